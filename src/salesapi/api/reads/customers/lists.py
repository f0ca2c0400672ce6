"""Lists and single things: customers, their satisfaction, and what is owed to persons."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.customers import customers, persons, satisfactions

LISTS: Final = (
    ListRead(name="customers", summary="Customers, those in the pool too", listing=customers.CUSTOMERS),
    ListRead(
        name="satisfactions",
        summary="What customers answered about their satisfaction",
        listing=satisfactions.SATISFACTIONS,
    ),
    ListRead(name="persons", summary="Persons: their consents, legal holds and erasure", listing=persons.PERSONS),
)

ITEMS: Final = (
    ItemRead(name="customer", summary="One customer with its contacts", thing=customers.CUSTOMERS),
    ItemRead(
        at="/v1/customers/{customer_id}/profile",
        name="customerProfile",
        summary="Everything about a customer at a glance",
        thing=customers.PROFILE,
    ),
    ItemRead(name="person", summary="One person's consents, legal holds and erasure", thing=persons.PERSONS),
)

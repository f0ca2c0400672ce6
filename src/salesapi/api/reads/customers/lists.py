"""Lists and single things: customers and their satisfaction."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.customers import customers, satisfactions

LISTS: Final = (
    ListRead(name="customers", summary="Customers, those in the pool too", listing=customers.CUSTOMERS),
    ListRead(
        name="satisfactions",
        summary="What customers answered about their satisfaction",
        listing=satisfactions.SATISFACTIONS,
    ),
)

ITEMS: Final = (
    ItemRead(name="customer", summary="One customer with its contacts", thing=customers.CUSTOMERS),
    ItemRead(
        at="/v1/customers/{customer_id}/profile",
        name="customerProfile",
        summary="Everything about a customer at a glance",
        thing=customers.PROFILE,
    ),
)

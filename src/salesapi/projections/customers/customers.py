"""Customers as they are now, with their contacts, one row a customer. Names and contacts are in clear here.

A customer without an owner is in the pool. Dates are business dates.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.customers.customers import KnownContact, evolve
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.parties import CustomerKind
from salesapi.projections.declaring import current


@record
class CustomerRow:
    """`name` is that of the company or of the person. Contacts stand in the order in which they were added."""

    customer_id: UUID
    name: str | None
    kind: CustomerKind
    owner_id: UUID | None
    parent_id: UUID | None
    attributes: tuple[AttributeValue, ...]
    contacts: tuple[KnownContact, ...]
    external_system: str | None
    external_id: str | None
    registered_on: date | None
    version: int
    position: int


PROJECTION: Final = current(
    "customer",
    evolve,
    row=CustomerRow,
    version=1,
    indexes=("(position)", "(owner_id, position)", "(parent_id)", "(external_id, external_system)"),
    reads_personal=True,
)

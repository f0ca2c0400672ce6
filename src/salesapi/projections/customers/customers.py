"""Customers as they are now, with their contacts, one row a customer. Names and contacts are in clear here.

A customer without an owner is in the pool. Dates are business dates.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.customers.customers import (
    CustomerAssigned,
    CustomerChanged,
    CustomerClaimed,
    CustomerContactAdded,
    CustomerContactChanged,
    CustomerContactRemoved,
    CustomerEvent,
    CustomerParentChanged,
    CustomerRegistered,
    CustomerReleased,
)
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.shared.attributes import AttributeValue, merged
from salesapi.domain.shared.kernel import ExternalId, Recorded, record
from salesapi.domain.shared.parties import CustomerKind
from salesapi.domain.states import business_date, id_of, replace, system_of
from salesapi.projections.declaring import one_row


@record
class ContactColumn:
    """A contact inside the customer's row."""

    contact_id: UUID
    name: str | None
    phone: str | None
    email: str | None
    wechat: str | None
    role: str | None
    external_id: ExternalId | None


@record
class CustomerRow:
    """`name` is that of the company or of the person. Contacts stand in the order in which they were added."""

    customer_id: UUID
    name: str | None
    kind: CustomerKind
    owner_id: UUID | None
    parent_id: UUID | None
    attributes: tuple[AttributeValue, ...]
    contacts: tuple[ContactColumn, ...]
    external_system: str | None
    external_id: str | None
    registered_on: date | None
    version: int
    position: int


def _fold(row: CustomerRow | None, event: CustomerEvent, recorded: Recorded) -> CustomerRow:
    if isinstance(event, CustomerRegistered):
        return CustomerRow(
            customer_id=recorded.stream_id,
            name=event.person_name if event.kind == "person" else event.name,
            kind=event.kind,
            owner_id=event.owner_id,
            parent_id=event.parent_id,
            attributes=event.attributes,
            contacts=(),
            external_system=system_of(event.external_id),
            external_id=id_of(event.external_id),
            registered_on=business_date(recorded),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a customer begins with customer.registered"
    return replace(_changed(row, event), version=recorded.version, position=recorded.position)


def _changed(row: CustomerRow, event: CustomerEvent) -> CustomerRow:
    match event:
        case CustomerRegistered() | CustomerSatisfactionRecorded():
            return row
        case CustomerChanged():
            name = event.person_name if row.kind == "person" else event.name
            return replace(row, name=name or row.name, attributes=merged(row.attributes, event.attributes))
        case CustomerParentChanged():
            return replace(row, parent_id=event.parent_to)
        case CustomerContactAdded() | CustomerContactChanged():
            return replace(row, contacts=_with_contact(row.contacts, event))
        case CustomerContactRemoved():
            kept = tuple(contact for contact in row.contacts if contact.contact_id != event.contact_id)
            return replace(row, contacts=kept)
        case CustomerAssigned() | CustomerClaimed():
            return replace(row, owner_id=event.owner_to)
        case CustomerReleased():
            return replace(row, owner_id=None)


def _with_contact(
    contacts: tuple[ContactColumn, ...], event: CustomerContactAdded | CustomerContactChanged
) -> tuple[ContactColumn, ...]:
    by_id = {contact.contact_id: contact for contact in contacts}
    known = by_id.get(event.contact_id)
    external_id = known.external_id if known else None
    by_id[event.contact_id] = ContactColumn(
        contact_id=event.contact_id,
        name=event.name,
        phone=event.phone,
        email=event.email,
        wechat=event.wechat,
        role=event.role,
        external_id=event.external_id if isinstance(event, CustomerContactAdded) else external_id,
    )
    return tuple(by_id.values())


PROJECTION: Final = one_row(
    "customer",
    _fold,
    row=CustomerRow,
    version=1,
    key=("customer_id",),
    indexes=("(position)", "(owner_id, position)", "(parent_id)", "(external_id, external_system)"),
    reads_personal=True,
)

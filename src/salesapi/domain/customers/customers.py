"""Customers: companies and persons we sell to, with their contacts and owner. Stream `customer`.

A company's name is a business label, stored in clear. A person's name is personal: it stands sealed in `person_name`, and
`name` is null then. Contacts are sealed each under its own id, so that one can be erased without the others. Without an
owner a customer is in the pool. The decisions are in `customer_decisions.py`.
"""

from datetime import date
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID

from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.shared.attributes import AttributeValue, AttributeValues, merged
from salesapi.domain.shared.kernel import (
    UNSET,
    About,
    ExternalId,
    Kind,
    Personal,
    Reason,
    Recorded,
    Refers,
    Refused,
    Title,
    Unset,
    record,
)
from salesapi.domain.shared.parties import CustomerKind, EmailText, PhoneText
from salesapi.domain.shared.states import business_date, made_from, replace

CONTACTS_MAX: Final = 200
"""Most contacts of one customer."""


@record
class CustomerRegistered:
    """A company has a `name`, a person a `person_name`; the other one is null."""

    kind: CustomerKind
    name: str | None
    person_name: Annotated[str | None, Personal()]
    owner_id: UUID | None
    parent_id: UUID | None
    attributes: tuple[AttributeValue, ...]
    external_id: ExternalId | None


@record
class CustomerChanged:
    """Only the fields that changed are set; the others are absent (null)."""

    name: str | None = None
    person_name: Annotated[str | None, Personal()] = None
    attributes: tuple[AttributeValue, ...] = ()


@record
class CustomerParentChanged:
    parent_from: UUID | None
    parent_to: UUID | None


@record
class CustomerContactAdded:
    contact_id: UUID
    name: Annotated[str | None, Personal("contact_id")]
    phone: Annotated[str | None, Personal("contact_id")]
    email: Annotated[str | None, Personal("contact_id")]
    wechat: Annotated[str | None, Personal("contact_id")]
    role: str | None
    external_id: ExternalId | None


@record
class CustomerContactChanged:
    """The contact as it is from now on, all fields; `fields` names those that changed."""

    contact_id: UUID
    fields: tuple[str, ...]
    name: Annotated[str | None, Personal("contact_id")]
    phone: Annotated[str | None, Personal("contact_id")]
    email: Annotated[str | None, Personal("contact_id")]
    wechat: Annotated[str | None, Personal("contact_id")]
    role: str | None


@record
class CustomerContactRemoved:
    contact_id: UUID
    reason: str | None


@record
class CustomerAssigned:
    owner_from: UUID | None
    owner_to: UUID
    reason: str | None


@record
class CustomerReleased:
    owner_from: UUID
    reason: str


@record
class CustomerClaimed:
    owner_to: UUID


@record
class CustomerPersonErased:
    """The contact is erased or, without one, the person's name and the comments; see `persons.py`.

    `answer_versions` are the versions of this stream at which answers came whose comments are erased.
    """

    person_id: UUID
    contact_id: UUID | None
    answer_versions: tuple[int, ...]


CustomerEvent: TypeAlias = (
    CustomerRegistered
    | CustomerChanged
    | CustomerParentChanged
    | CustomerContactAdded
    | CustomerContactChanged
    | CustomerContactRemoved
    | CustomerAssigned
    | CustomerReleased
    | CustomerClaimed
    | CustomerSatisfactionRecorded
    | CustomerPersonErased
)

CustomerId: TypeAlias = Annotated[UUID, About("The customer.")]
ContactId: TypeAlias = Annotated[UUID, About("The contact of this customer.")]
ContactRole: TypeAlias = Annotated[Title | None, About("Part in the decision, for example `decision maker`.")]


@record
class RegisterCustomer:
    """Registers a company or a person that we sell to. Without an owner it is in the pool."""

    name: Annotated[Title, About("Name. A company's is stored in clear, a person's is sealed.")]
    kind: Annotated[CustomerKind, About("`company` or `person`.")] = "company"
    owner_id: Annotated[
        UUID | None, Refers("member"), About("The accountable member; without one it is in the pool.")
    ] = None
    parent_id: Annotated[
        UUID | None, Refers("customer"), About("The customer that this one belongs to, such as its holding.")
    ] = None
    attributes: AttributeValues = ()
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class ChangeCustomer:
    """Changes the name, parent or attributes of a customer. Fields that are not sent stay."""

    customer_id: CustomerId
    name: Annotated[Title | Unset, About("New name.")] = UNSET
    parent_id: Annotated[UUID | Unset | None, Refers("customer"), About("New parent; null where it has none.")] = UNSET
    attributes: AttributeValues = ()


@record
class AddCustomerContact:
    """Adds a person to a customer. Name, phone, mail and WeChat are sealed under the contact's own id."""

    customer_id: CustomerId
    name: Annotated[Title, About("Name of the person; sealed.")]
    contact_id: Annotated[
        UUID | None, About("Id of the new contact; without it made from `external_id`, or else by us.")
    ] = None
    phone: Annotated[PhoneText | None, About("Phone number; sealed.")] = None
    email: Annotated[EmailText | None, About("Mail address; sealed.")] = None
    wechat: Annotated[Title | None, About("WeChat id; sealed.")] = None
    role: ContactRole = None
    external_id: Annotated[ExternalId | None, About("Its id in another system.")] = None


@record
class ChangeCustomerContact:
    """Changes what is known of a contact. Fields that are not sent stay; null clears."""

    customer_id: CustomerId
    contact_id: ContactId
    name: Annotated[Title | Unset, About("New name; sealed.")] = UNSET
    phone: Annotated[PhoneText | Unset | None, About("New phone number; sealed.")] = UNSET
    email: Annotated[EmailText | Unset | None, About("New mail address; sealed.")] = UNSET
    wechat: Annotated[Title | Unset | None, About("New WeChat id; sealed.")] = UNSET
    role: Annotated[Title | Unset | None, About("New part in the decision.")] = UNSET


@record
class RemoveCustomerContact:
    """Says that a person is no longer a contact of this customer. The history stays."""

    customer_id: CustomerId
    contact_id: ContactId
    reason: Annotated[Reason | None, About("Why.")] = None


@record
class AssignCustomer:
    """Makes a member accountable for a customer, from the pool or in place of another."""

    customer_id: CustomerId
    owner_id: Annotated[UUID, Refers("member"), About("The new accountable member.")]
    reason: Annotated[Reason | None, About("Why.")] = None


@record
class ReleaseCustomer:
    """Gives a customer back to the pool."""

    customer_id: CustomerId
    reason: Annotated[Reason, About("Why it is released.")]


@record
class ClaimCustomer:
    """Takes a customer from the pool for the member who asks. Of two claims one wins."""

    customer_id: CustomerId


class CustomerParentIsItself(Refused):
    code = "customer.parent_is_itself"
    message = "A customer cannot be its own parent; send another customer or null."


class CustomerContactExists(Refused):
    code = "customer.contact_exists"
    kind = Kind.CONFLICT
    message = "The customer has the contact {id} already; change that one."


class CustomerContactUnknown(Refused):
    code = "customer.contact_unknown"
    kind = Kind.NOT_FOUND
    message = "The customer has no contact {id}."


class CustomerContactsTooMany(Refused):
    code = "customer.contacts_too_many"
    message = "A customer has at most {limit} contacts; remove one first."


class CustomerAlreadyClaimed(Refused):
    code = "customer.already_claimed"
    kind = Kind.CONFLICT
    message = "The customer is not in the pool: a member answers for it already."


class CustomerClaimantNotMember(Refused):
    code = "customer.claimant_not_member"
    message = "Only a member can claim a customer; assign it to one instead."


@record
class KnownContact:
    """A contact of a customer, as it is now. Erased values are null."""

    contact_id: UUID
    name: str | None
    phone: str | None
    email: str | None
    wechat: str | None
    role: str | None
    external_id: ExternalId | None
    is_erased: bool = False


@record
class Customer:
    """A customer as it is now. `name` is that of the company or of the person."""

    name: str | None
    kind: CustomerKind
    owner_id: UUID | None
    parent_id: UUID | None
    attributes: tuple[AttributeValue, ...]
    contacts: tuple[KnownContact, ...] = ()
    """Those that were not removed, the oldest first."""
    external: ExternalId | None = None
    registered_on: date | None = None
    is_erased: bool = False
    removed_contact_ids: tuple[UUID, ...] = ()
    """Those whose values may still be known under their keys."""
    comment_versions: tuple[int, ...] = ()
    """The versions at which answers came with comments that are not erased."""

    def knew_contact(self, contact_id: UUID) -> bool:
        """Tells whether this is, or was, one of its contacts."""
        return self.contact(contact_id) is not None or contact_id in self.removed_contact_ids

    def contact(self, contact_id: UUID) -> KnownContact | None:
        """The contact with this id."""
        return next((each for each in self.contacts if each.contact_id == contact_id), None)


def evolve(state: Customer | None, event: CustomerEvent, recorded: Recorded) -> Customer:
    """Folds the stream to its state."""
    if isinstance(event, CustomerRegistered):
        return made_from(
            Customer,
            event,
            name=event.person_name if event.kind == "person" else event.name,
            registered_on=business_date(recorded),
            external=event.external_id,
        )
    assert state is not None, "a customer begins with customer.registered"
    match event:
        case CustomerChanged():
            name = event.person_name if state.kind == "person" else event.name
            return replace(state, name=name or state.name, attributes=merged(state.attributes, sent=event.attributes))
        case CustomerParentChanged():
            return replace(state, parent_id=event.parent_to)
        case CustomerContactAdded() | CustomerContactChanged():
            return replace(state, contacts=_with_contact(state.contacts, event))
        case CustomerContactRemoved():
            left = tuple(each for each in state.contacts if each.contact_id != event.contact_id)
            removed = dict.fromkeys((*state.removed_contact_ids, event.contact_id))
            return replace(state, contacts=left, removed_contact_ids=tuple(removed))
        case CustomerAssigned() | CustomerClaimed():
            return replace(state, owner_id=event.owner_to)
        case CustomerReleased():
            return replace(state, owner_id=None)
        case CustomerSatisfactionRecorded():
            if event.comment is None:
                return state
            return replace(state, comment_versions=(*state.comment_versions, recorded.version))
        case CustomerPersonErased():
            return _without_person(state, event)
        case _:
            assert_never(event)


def _without_person(state: Customer, event: CustomerPersonErased) -> Customer:
    if event.contact_id is None:
        name = None if state.kind == "person" else state.name
        return replace(state, name=name, comment_versions=(), is_erased=True)
    contacts = (
        replace(each, name=None, phone=None, email=None, wechat=None, is_erased=True)
        if each.contact_id == event.contact_id
        else each
        for each in state.contacts
    )
    return replace(state, contacts=tuple(contacts))


def _with_contact(
    contacts: tuple[KnownContact, ...], event: CustomerContactAdded | CustomerContactChanged
) -> tuple[KnownContact, ...]:
    by_id = {contact.contact_id: contact for contact in contacts}
    known = by_id.get(event.contact_id)
    external_id = known.external_id if known else None
    by_id[event.contact_id] = made_from(
        KnownContact,
        event,
        external_id=event.external_id if isinstance(event, CustomerContactAdded) else external_id,
        is_erased=known is not None and known.is_erased,
    )
    return tuple(by_id.values())

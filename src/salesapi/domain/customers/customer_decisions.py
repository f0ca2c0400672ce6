"""What may happen to a customer: the decisions of `customers.py`, pure, and the declaration of the stream."""

from typing import Final
from uuid import UUID

from salesapi.domain.cash.agreements import Agreement
from salesapi.domain.customers.customers import (
    CONTACTS_MAX,
    AddCustomerContact,
    AssignCustomer,
    ChangeCustomer,
    ChangeCustomerContact,
    ClaimCustomer,
    Customer,
    CustomerAlreadyClaimed,
    CustomerAssigned,
    CustomerChanged,
    CustomerClaimantNotMember,
    CustomerClaimed,
    CustomerContactAdded,
    CustomerContactChanged,
    CustomerContactExists,
    CustomerContactRemoved,
    CustomerContactsTooMany,
    CustomerContactUnknown,
    CustomerEvent,
    CustomerParentChanged,
    CustomerParentIsItself,
    CustomerRegistered,
    CustomerReleased,
    KnownContact,
    RegisterCustomer,
    ReleaseCustomer,
    RemoveCustomerContact,
    evolve,
)
from salesapi.domain.customers.satisfaction import (
    SCALES,
    CustomerSatisfactionRecorded,
    RecordSatisfaction,
    SatisfactionDealForeign,
    SatisfactionScoreOffScale,
)
from salesapi.domain.selling.deals import Deal
from salesapi.domain.shared.attributes import changed_values, definitions_needed, merged, refuse_invalid_values
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    LEADERS,
    SELLERS,
    UNSET,
    Context,
    ThingExists,
    external_identity,
    natural_id,
    owner_of,
)
from salesapi.domain.shared.references import reference_at, referred, refuse_unknown
from salesapi.domain.shared.states import made_from, replace


def register(state: Customer | None, command: RegisterCustomer, context: Context) -> tuple[CustomerRegistered, ...]:
    """Decides `RegisterCustomer`."""
    if state is not None:
        raise ThingExists(thing="customer", id=str(context.subject_id), pointer="/external_id")
    refuse_unknown(command, context.facts, "owner_id")
    _refuse_invalid_parent(command, context)
    refuse_invalid_values("customer", command, context.facts)
    is_person = command.kind == "person"
    registered = made_from(
        CustomerRegistered,
        command,
        name=None if is_person else command.name,
        person_name=command.name if is_person else None,
        attributes=merged((), sent=command.attributes),
    )
    return (registered,)


def change(
    state: Customer, command: ChangeCustomer, context: Context
) -> tuple[CustomerChanged | CustomerParentChanged, ...]:
    """Decides `ChangeCustomer`. A new parent is a fact of its own, because it can also become none."""
    _refuse_invalid_parent(command, context)
    refuse_invalid_values("customer", command, context.facts)
    name = None if command.name is UNSET or command.name == state.name else command.name
    attributes = changed_values(state.attributes, sent=command.attributes)
    decided: list[CustomerChanged | CustomerParentChanged] = []
    if name or attributes:
        is_person = state.kind == "person"
        decided.append(
            CustomerChanged(
                name=None if is_person else name, person_name=name if is_person else None, attributes=attributes
            )
        )
    if command.parent_id is not UNSET and command.parent_id != state.parent_id:
        decided.append(CustomerParentChanged(parent_from=state.parent_id, parent_to=command.parent_id))
    return tuple(decided)


def add_contact(state: Customer, command: AddCustomerContact, context: Context) -> tuple[CustomerContactAdded, ...]:
    """Decides `AddCustomerContact`. Adding the same contact with the same words again changes nothing."""
    contact_id = _new_contact_id(command, context)
    known = state.contact(contact_id)
    if known is not None:
        if _told(known) != _told(command):
            raise CustomerContactExists(id=str(contact_id), pointer="/external_id" if command.external_id else "")
        return ()
    if len(state.contacts) >= CONTACTS_MAX:
        raise CustomerContactsTooMany(limit=CONTACTS_MAX)
    added = made_from(CustomerContactAdded, command, contact_id=contact_id)
    return (added,)


def change_contact(
    state: Customer, command: ChangeCustomerContact, context: Context
) -> tuple[CustomerContactChanged, ...]:
    """Decides `ChangeCustomerContact`."""
    known = _known_contact(state, command.contact_id)
    changed = replace(
        known,
        name=known.name if command.name is UNSET else command.name,
        phone=known.phone if command.phone is UNSET else command.phone,
        email=known.email if command.email is UNSET else command.email,
        wechat=known.wechat if command.wechat is UNSET else command.wechat,
        role=known.role if command.role is UNSET else command.role,
    )
    before = _told(known)
    fields = tuple(field for field, value in _told(changed).items() if value != before[field])
    if not fields:
        return ()
    return (made_from(CustomerContactChanged, changed, contact_id=command.contact_id, fields=fields),)


def remove_contact(
    state: Customer, command: RemoveCustomerContact, context: Context
) -> tuple[CustomerContactRemoved, ...]:
    """Decides `RemoveCustomerContact`."""
    _known_contact(state, command.contact_id)
    return (CustomerContactRemoved(contact_id=command.contact_id, reason=command.reason),)


def assign(state: Customer, command: AssignCustomer, context: Context) -> tuple[CustomerAssigned, ...]:
    """Decides `AssignCustomer`."""
    refuse_unknown(command, context.facts)
    if command.owner_id == state.owner_id:
        return ()
    return (CustomerAssigned(owner_from=state.owner_id, owner_to=command.owner_id, reason=command.reason),)


def release(state: Customer, command: ReleaseCustomer, context: Context) -> tuple[CustomerReleased, ...]:
    """Decides `ReleaseCustomer`. What is in the pool stays there."""
    if state.owner_id is None:
        return ()
    return (CustomerReleased(owner_from=state.owner_id, reason=command.reason),)


def claim(state: Customer, command: ClaimCustomer, context: Context) -> tuple[CustomerClaimed, ...]:
    """Decides `ClaimCustomer`: only from the pool, and for the member who asks."""
    if context.member_id is None:
        raise CustomerClaimantNotMember()
    if state.owner_id == context.member_id:
        return ()
    if state.owner_id is not None:
        raise CustomerAlreadyClaimed()
    return (CustomerClaimed(owner_to=context.member_id),)


def record_satisfaction(
    state: Customer, command: RecordSatisfaction, context: Context
) -> tuple[CustomerSatisfactionRecorded, ...]:
    """Decides `RecordSatisfaction`. A deal without a customer may turn out to be this one's."""
    lowest, highest = SCALES[command.kind]
    if not lowest <= command.score <= highest:
        raise SatisfactionScoreOffScale(
            kind=command.kind, lowest=lowest, highest=highest, score=command.score, pointer="/score"
        )
    if command.deal_id is not None:
        deal = referred(command, "deal_id", Deal, context.facts)
        if deal.customer_id not in (None, command.customer_id):
            raise SatisfactionDealForeign(pointer="/deal_id")
    if command.agreement_id is not None:
        agreement = referred(command, "agreement_id", Agreement, context.facts)
        # An agreement has no owner: one of another customer, which may be out of scope, does not exist here.
        if agreement.customer_id != command.customer_id:
            raise reference_at(command, "agreement_id").refusal()
    refuse_unknown(command, context.facts, "activity_id")
    return (made_from(CustomerSatisfactionRecorded, command),)


def _told(of: KnownContact | AddCustomerContact) -> dict[str, str | None]:
    """All that is told of a contact, by field."""
    return {"name": of.name, "phone": of.phone, "email": of.email, "wechat": of.wechat, "role": of.role}


def _new_contact_id(command: AddCustomerContact, context: Context) -> UUID:
    if command.contact_id is not None:
        return command.contact_id
    parts = external_identity(command)
    return natural_id("contact", *parts) if parts else context.new_id


def _known_contact(state: Customer, contact_id: UUID) -> KnownContact:
    contact = state.contact(contact_id)
    if contact is None:
        raise CustomerContactUnknown(id=str(contact_id), pointer="/contact_id")
    return contact


def _refuse_invalid_parent(command: RegisterCustomer | ChangeCustomer, context: Context) -> None:
    if command.parent_id == context.subject_id:
        raise CustomerParentIsItself(pointer="/parent_id")
    refuse_unknown(command, context.facts, "parent_id")


STREAM: Final = Stream[Customer, CustomerEvent](
    kind="customer",
    plural="customers",
    evolve=evolve,
    commands=(
        creates(
            RegisterCustomer,
            decide=register,
            roles=SELLERS,
            identity=external_identity,
            needs=definitions_needed("customer"),
        ),
        changes(
            ChangeCustomer, decide=change, roles=SELLERS, target="customer_id", needs=definitions_needed("customer")
        ),
        changes(AddCustomerContact, decide=add_contact, roles=SELLERS, target="customer_id"),
        changes(ChangeCustomerContact, decide=change_contact, roles=SELLERS, target="customer_id"),
        changes(RemoveCustomerContact, decide=remove_contact, roles=SELLERS, target="customer_id"),
        changes(AssignCustomer, decide=assign, roles=LEADERS, target="customer_id"),
        changes(ReleaseCustomer, decide=release, roles=SELLERS, target="customer_id"),
        changes(ClaimCustomer, decide=claim, roles=SELLERS, target="customer_id"),
        changes(RecordSatisfaction, decide=record_satisfaction, roles=SELLERS, target="customer_id"),
    ),
    owner=owner_of,
)

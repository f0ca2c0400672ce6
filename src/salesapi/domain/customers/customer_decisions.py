"""What may happen to a customer: the decisions of `customers.py`, pure, and the declaration of the stream."""

from typing import Final
from uuid import UUID

from salesapi.domain.cash.agreements import Agreement
from salesapi.domain.customers import customers, satisfaction
from salesapi.domain.selling.deals import Deal
from salesapi.domain.shared.attributes import changed_values, definitions_needed, merged, refuse_invalid_values
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    LEADERS,
    SELLERS,
    UNSET,
    Context,
    external_identity,
    natural_id,
    owner_of,
    refuse_existing,
)
from salesapi.domain.shared.references import reference_at, referred, refuse_unknown
from salesapi.domain.shared.states import changed, changed_fields, made_from


def register(
    state: customers.Customer | None, command: customers.RegisterCustomer, context: Context
) -> tuple[customers.CustomerRegistered, ...]:
    """Decides `RegisterCustomer`."""
    refuse_existing(state, context, "customer")
    refuse_unknown(command, context.facts, "owner_id")
    _refuse_invalid_parent(command, context)
    refuse_invalid_values("customer", command, context.facts)
    is_person = command.kind == "person"
    registered = made_from(
        customers.CustomerRegistered,
        command,
        name=None if is_person else command.name,
        person_name=command.name if is_person else None,
        attributes=merged((), sent=command.attributes),
    )
    return (registered,)


def change(
    state: customers.Customer, command: customers.ChangeCustomer, context: Context
) -> tuple[customers.CustomerChanged | customers.CustomerParentChanged, ...]:
    """Decides `ChangeCustomer`. A new parent is a fact of its own, because it can also become none."""
    _refuse_invalid_parent(command, context)
    refuse_invalid_values("customer", command, context.facts)
    name = None if command.name is UNSET or command.name == state.name else command.name
    attributes = changed_values(state.attributes, sent=command.attributes)
    decided: list[customers.CustomerChanged | customers.CustomerParentChanged] = []
    if name or attributes:
        is_person = state.kind == "person"
        decided.append(
            customers.CustomerChanged(
                name=None if is_person else name, person_name=name if is_person else None, attributes=attributes
            )
        )
    if command.parent_id is not UNSET and command.parent_id != state.parent_id:
        decided.append(customers.CustomerParentChanged(parent_from=state.parent_id, parent_to=command.parent_id))
    return tuple(decided)


def add_contact(
    state: customers.Customer, command: customers.AddCustomerContact, context: Context
) -> tuple[customers.CustomerContactAdded, ...]:
    """Decides `AddCustomerContact`. Adding the same contact with the same words again changes nothing."""
    contact_id = _new_contact_id(command, context)
    known = state.contact(contact_id)
    if known is not None:
        if _told(known) != _told(command):
            raise customers.CustomerContactExists(
                id=str(contact_id), pointer="/external_id" if command.external_id else ""
            )
        return ()
    if len(state.contacts) >= customers.CONTACTS_MAX:
        raise customers.CustomerContactsTooMany(limit=customers.CONTACTS_MAX)
    added = made_from(customers.CustomerContactAdded, command, contact_id=contact_id)
    return (added,)


def change_contact(
    state: customers.Customer, command: customers.ChangeCustomerContact, context: Context
) -> tuple[customers.CustomerContactChanged, ...]:
    """Decides `ChangeCustomerContact`."""
    known = _known_contact(state, command.contact_id)
    after = changed(known, command, contact_id=known.contact_id)
    fields = changed_fields(known, now=after)
    if not fields:
        return ()
    return (made_from(customers.CustomerContactChanged, after, fields=fields),)


def remove_contact(
    state: customers.Customer, command: customers.RemoveCustomerContact, context: Context
) -> tuple[customers.CustomerContactRemoved, ...]:
    """Decides `RemoveCustomerContact`."""
    _known_contact(state, command.contact_id)
    return (customers.CustomerContactRemoved(contact_id=command.contact_id, reason=command.reason),)


def assign(
    state: customers.Customer, command: customers.AssignCustomer, context: Context
) -> tuple[customers.CustomerAssigned, ...]:
    """Decides `AssignCustomer`."""
    refuse_unknown(command, context.facts)
    if command.owner_id == state.owner_id:
        return ()
    return (customers.CustomerAssigned(owner_from=state.owner_id, owner_to=command.owner_id, reason=command.reason),)


def release(
    state: customers.Customer, command: customers.ReleaseCustomer, context: Context
) -> tuple[customers.CustomerReleased, ...]:
    """Decides `ReleaseCustomer`. What is in the pool stays there."""
    if state.owner_id is None:
        return ()
    return (customers.CustomerReleased(owner_from=state.owner_id, reason=command.reason),)


def claim(
    state: customers.Customer, command: customers.ClaimCustomer, context: Context
) -> tuple[customers.CustomerClaimed, ...]:
    """Decides `ClaimCustomer`: only from the pool, and for the member who asks."""
    if context.member_id is None:
        raise customers.CustomerClaimantNotMember()
    if state.owner_id == context.member_id:
        return ()
    if state.owner_id is not None:
        raise customers.CustomerAlreadyClaimed()
    return (customers.CustomerClaimed(owner_to=context.member_id),)


def record_satisfaction(
    state: customers.Customer, command: satisfaction.RecordSatisfaction, context: Context
) -> tuple[satisfaction.CustomerSatisfactionRecorded, ...]:
    """Decides `RecordSatisfaction`. A deal without a customer may turn out to be this one's."""
    lowest, highest = satisfaction.SCALES[command.kind]
    if not lowest <= command.score <= highest:
        raise satisfaction.SatisfactionScoreOffScale(
            kind=command.kind, lowest=lowest, highest=highest, score=command.score, pointer="/score"
        )
    if command.deal_id is not None:
        deal = referred(command, "deal_id", Deal, context.facts)
        if deal.customer_id not in (None, command.customer_id):
            raise satisfaction.SatisfactionDealForeign(pointer="/deal_id")
    if command.agreement_id is not None:
        agreement = referred(command, "agreement_id", Agreement, context.facts)
        # An agreement has no owner: one of another customer, which may be out of scope, does not exist here.
        if agreement.customer_id != command.customer_id:
            raise reference_at(command, "agreement_id").refusal()
    refuse_unknown(command, context.facts, "activity_id")
    return (made_from(satisfaction.CustomerSatisfactionRecorded, command),)


def _told(of: customers.KnownContact | customers.AddCustomerContact) -> dict[str, str | None]:
    """All that is told of a contact, by field."""
    return {"name": of.name, "phone": of.phone, "email": of.email, "wechat": of.wechat, "role": of.role}


def _new_contact_id(command: customers.AddCustomerContact, context: Context) -> UUID:
    if command.contact_id is not None:
        return command.contact_id
    parts = external_identity(command)
    return natural_id("contact", *parts) if parts else context.new_id


def _known_contact(state: customers.Customer, contact_id: UUID) -> customers.KnownContact:
    contact = state.contact(contact_id)
    if contact is None:
        raise customers.CustomerContactUnknown(id=str(contact_id), pointer="/contact_id")
    return contact


def _refuse_invalid_parent(command: customers.RegisterCustomer | customers.ChangeCustomer, context: Context) -> None:
    if command.parent_id == context.subject_id:
        raise customers.CustomerParentIsItself(pointer="/parent_id")
    refuse_unknown(command, context.facts, "parent_id")


STREAM: Final = Stream[customers.Customer, customers.CustomerEvent](
    kind="customer",
    plural="customers",
    evolve=customers.evolve,
    commands=(
        creates(
            customers.RegisterCustomer,
            decide=register,
            roles=SELLERS,
            identity=external_identity,
            needs=definitions_needed("customer"),
        ),
        changes(
            customers.ChangeCustomer,
            decide=change,
            roles=SELLERS,
            target="customer_id",
            needs=definitions_needed("customer"),
        ),
        changes(customers.AddCustomerContact, decide=add_contact, roles=SELLERS, target="customer_id"),
        changes(customers.ChangeCustomerContact, decide=change_contact, roles=SELLERS, target="customer_id"),
        changes(customers.RemoveCustomerContact, decide=remove_contact, roles=SELLERS, target="customer_id"),
        changes(customers.AssignCustomer, decide=assign, roles=LEADERS, target="customer_id"),
        changes(customers.ReleaseCustomer, decide=release, roles=SELLERS, target="customer_id"),
        changes(customers.ClaimCustomer, decide=claim, roles=SELLERS, target="customer_id"),
        changes(satisfaction.RecordSatisfaction, decide=record_satisfaction, roles=SELLERS, target="customer_id"),
    ),
    owner=owner_of,
)

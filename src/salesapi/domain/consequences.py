"""What crosses capabilities: the further commands that follow from one, decided and stored in the same commit.

`handle()` decides the command itself, then each step in order on the states as they are by then, and appends all as one
request. A step that is refused refuses the whole. Pure; no decisions are made here.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar, assert_never, cast
from uuid import UUID

from salesapi.domain.cash.receipts import ReceiptPersonErased
from salesapi.domain.customers.customers import AddCustomerContact, Customer, CustomerPersonErased, RegisterCustomer
from salesapi.domain.customers.persons import ErasePerson, Person, PersonalRecord
from salesapi.domain.organisation.api_keys import ApiKey, IssueApiKey, RotateApiKey
from salesapi.domain.organisation.approvals import ApprovalPersonErased
from salesapi.domain.organisation.members import MemberPersonErased
from salesapi.domain.pay.records.awards import ApproveAward, Award
from salesapi.domain.pay.records.objections import (
    DecideObjection,
    Objection,
    ObjectionPersonErased,
    ObjectionSubject,
    RaiseObjection,
    WithdrawObjection,
)
from salesapi.domain.pay.records.payout_holds import UpdatePayoutHold
from salesapi.domain.pay.records.points import CreditPoints
from salesapi.domain.selling.activities import Activity, ActivityPersonErased
from salesapi.domain.selling.deals import DealPersonErased, OpenDeal
from salesapi.domain.selling.forecast_sheets import ForecastSheetPersonErased
from salesapi.domain.selling.leads import ConvertLead, Lead, LeadDeal, LeadPersonErased, conversion
from salesapi.domain.selling.targets import SplitTarget, Target, proposals
from salesapi.domain.shared.kernel import Context, StreamRef, record
from salesapi.domain.shared.states import made_from

State = TypeVar("State")
Command = TypeVar("Command")


@record
class Step:
    """A command that follows from another one."""

    command: object
    subject_id: UUID | None = None
    """Id of the thing to create, where it is not made anew."""


@record
class FurtherFact:
    """An event that is stored in another stream as it is: nobody there can refuse it, so no command stands for it."""

    ref: StreamRef
    event: object


Following: TypeAlias = Callable[[State, Command, Context], "tuple[Step | FurtherFact, ...]"]
"""`steps(state, command, context)`: the state is that before the command."""
AnyFollowing: TypeAlias = Following[object, object]


def convert_lead(lead: Lead, command: ConvertLead, context: Context) -> tuple[Step, ...]:
    """The customer, contact and deal of a converted lead, with the lead's data and owner. Sealed anew under their own ids."""
    made = conversion(command)
    steps: list[Step] = []
    if command.customer_name is not None:
        register = RegisterCustomer(name=command.customer_name, kind=command.customer_kind, owner_id=lead.owner_id)
        steps.append(Step(command=register, subject_id=made.customer_id))
    if made.contact_id is not None:
        steps.append(Step(command=_contact(lead, made.customer_id, made.contact_id)))
    if command.deal is not None:
        deal = _deal(lead, command.lead_id, command.deal, made.customer_id)
        steps.append(Step(command=deal, subject_id=made.deal_id))
    return tuple(steps)


def _contact(lead: Lead, customer_id: UUID, contact_id: UUID) -> AddCustomerContact:
    assert lead.name is not None, "a lead without a name is not converted with a contact"
    return made_from(AddCustomerContact, lead, customer_id=customer_id, contact_id=contact_id, name=lead.name)


def _deal(lead: Lead, lead_id: UUID, deal: LeadDeal, customer_id: UUID) -> OpenDeal:
    assert lead.owner_id is not None, "a lead in the pool is not converted with a deal"
    return made_from(OpenDeal, deal, owner_id=lead.owner_id, customer_id=customer_id, lead_id=lead_id)


def approve_award(award: Award, command: ApproveAward, context: Context) -> tuple[Step, ...]:
    """The points of an approved award, credited to its member."""
    if award.points is None:
        return ()
    return (Step(command=CreditPoints(member_id=award.member_id, award_id=command.award_id)),)


def raise_objection(objection: Objection | None, command: RaiseObjection, context: Context) -> tuple[Step, ...]:
    """The line of a statement that is objected to is held from payout."""
    return _hold_updated(command.subject, context.subject_id)


def close_objection(
    objection: Objection, command: DecideObjection | WithdrawObjection, context: Context
) -> tuple[Step, ...]:
    """The line is free again, whatever was decided: what was wrong is put right by an adjustment."""
    return _hold_updated(objection.subject, command.objection_id)


def _hold_updated(subject: ObjectionSubject, objection_id: UUID) -> tuple[Step, ...]:
    if subject.kind != "statement_line":
        return ()
    return (Step(command=UpdatePayoutHold(payout_run_id=subject.id, objection_id=objection_id)),)


def split_target(target: Target, command: SplitTarget, context: Context) -> tuple[Step, ...]:
    """The children of a target, proposed as they are split off."""
    return tuple(Step(command=proposal) for proposal in proposals(target, command))


def rotate_key(key: ApiKey, command: RotateApiKey, context: Context) -> tuple[Step, ...]:
    """The key in the place of the one that ends: of the same principal, under the same label."""
    return (Step(command=made_from(IssueApiKey, command, principal_id=key.principal_id, label=key.label)),)


def erase_person(person: Person, command: ErasePerson, context: Context) -> tuple[FurtherFact, ...]:
    """The same in the streams of all things that hold something of the person: their states and rows forget it then."""
    assert person.request is not None, "an erasure was asked for"
    return tuple(
        FurtherFact(ref=StreamRef(each.kind, each.id), event=_erased(each, command.person_id, context))
        for each in person.request.records
    )


def _erased(record: PersonalRecord, person_id: UUID, context: Context) -> object:
    """The event by which the stream of a thing says it. Its state is at hand: the needs of the command name it."""
    match record.kind:
        case "member":
            return MemberPersonErased(person_id=person_id)
        case "lead":
            return LeadPersonErased(person_id=person_id)
        case "customer":
            customer = context.facts.state(StreamRef("customer", record.id))
            assert isinstance(customer, Customer), "it was there when the erasure was asked for"
            versions = () if record.contact_id else customer.comment_versions
            return CustomerPersonErased(person_id=person_id, contact_id=record.contact_id, answer_versions=versions)
        case "activity":
            activity = context.facts.state(StreamRef("activity", record.id))
            assert isinstance(activity, Activity), "it was there when the erasure was asked for"
            return ActivityPersonErased(person_id=person_id, about=activity.about)
        case "deal":
            return DealPersonErased(person_id=person_id)
        case "receipt":
            return ReceiptPersonErased(person_id=person_id)
        case "objection":
            return ObjectionPersonErased(person_id=person_id)
        case "approval":
            return ApprovalPersonErased(person_id=person_id)
        case "forecast_sheet":
            return ForecastSheetPersonErased(person_id=person_id)
        case _:
            assert_never(record.kind)


def following(command: type[Command], steps: Following[State, Command]) -> tuple[type, AnyFollowing]:
    """Declares what follows from a command."""
    return command, cast("AnyFollowing", steps)  # It is only given such commands, with the state of their stream.


FOLLOWING: Final[Mapping[type, AnyFollowing]] = dict(
    (
        following(ConvertLead, convert_lead),
        following(ApproveAward, approve_award),
        following(SplitTarget, split_target),
        following(RaiseObjection, raise_objection),
        following(DecideObjection, close_objection),
        following(WithdrawObjection, close_objection),
        following(RotateApiKey, rotate_key),
        following(ErasePerson, erase_person),
    )
)
"""What follows, by the command."""

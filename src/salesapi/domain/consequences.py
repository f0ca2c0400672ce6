"""What crosses capabilities: the further commands that follow from one, decided and stored in the same commit.

`handle()` decides the command itself, then each step in order on the states as they are by then, and appends all as one
request. A step that is refused refuses the whole. Pure; no decisions are made here.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar, cast
from uuid import UUID

from salesapi.domain.customers.customers import AddCustomerContact, RegisterCustomer
from salesapi.domain.organisation.api_keys import ApiKey, IssueApiKey, RotateApiKey
from salesapi.domain.pay.records.awards import ApproveAward, Award
from salesapi.domain.pay.records.objections import (
    DecideObjection,
    Objection,
    ObjectionSubject,
    RaiseObjection,
    WithdrawObjection,
)
from salesapi.domain.pay.records.payout_holds import UpdatePayoutHold
from salesapi.domain.pay.records.points import CreditPoints
from salesapi.domain.selling.deals import OpenDeal
from salesapi.domain.selling.leads import ConvertLead, Lead, LeadDeal, conversion
from salesapi.domain.selling.targets import SplitTarget, Target, proposals
from salesapi.domain.shared.kernel import Context, record
from salesapi.domain.shared.states import made_from

State = TypeVar("State")
Command = TypeVar("Command")


@record
class Step:
    """A command that follows from another one."""

    command: object
    subject_id: UUID | None = None
    """Id of the thing to create, where it is not made anew."""


Following: TypeAlias = Callable[[State, Command, Context], tuple[Step, ...]]
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
    )
)
"""What follows, by the command."""

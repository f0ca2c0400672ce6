"""Approvals: whether something may be done, asked of named members in steps. Stream `approval`: facts, requests, state, fold.

Steps are numbered from 1. Ordered ones are decided one after the other, parallel ones in any order; of each, one of its
members decides. `due_on` is a local date: an approval that is not decided by then is shown as overdue, and nothing happens
by itself. A returned approval is closed: what was mended is asked anew. The decisions are in `approval_decisions.py`.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import About, FreeText, Personal, Reason, Recorded, Refers, Refused, record
from salesapi.domain.shared.states import business_date, made_from, replace

STEPS_MAX: Final = 10
"""Most steps of one approval."""
DECIDERS_MAX: Final = 20
"""Most members of one step."""

ApprovalSubjectKind: TypeAlias = Literal["customer", "deal", "award", "compensation_plan", "payout_run"]
ApprovalDecision: TypeAlias = Literal["approve", "reject", "return"]
ApprovalStatus: TypeAlias = Literal["pending", "granted", "denied", "returned", "withdrawn"]
StepOrder: TypeAlias = Literal["ordered", "parallel"]


@record
class ApprovalSubject:
    """What is to be approved."""

    kind: Annotated[ApprovalSubjectKind, About("What sort of thing it is.")]
    id: Annotated[UUID, Refers(kind_in="kind"), About("Its id.")]


@record
class StepAsked:
    """One step of an approval."""

    member_ids: Annotated[
        tuple[UUID, ...],
        Refers("member"),
        MinLen(1),
        MaxLen(DECIDERS_MAX),
        About("The members of whom one decides the step."),
    ]


@record
class ApprovalRequested:
    """`requested_by` is the principal, `requester_id` the member that it is, where it is one."""

    subject: ApprovalSubject
    steps: tuple[StepAsked, ...]
    step_order: StepOrder
    due_on: date | None
    reason: str | None
    requested_by: UUID
    requester_id: UUID | None


@record
class ApprovalStepDecided:
    step: int
    decision: ApprovalDecision
    member_id: UUID
    note: Annotated[str | None, Personal()]


@record
class ApprovalDelegated:
    """Of this step, `member_to` decides in the place of `member_from`."""

    step: int
    member_from: UUID
    member_to: UUID


@record
class ApprovalGranted:
    """Every step is approved."""

    subject: ApprovalSubject


@record
class ApprovalDenied:
    """One step is rejected."""

    subject: ApprovalSubject


@record
class ApprovalWithdrawn:
    reason: str


@record
class ApprovalPersonErased:
    """What was said to the decisions is erased; see `customers/persons.py`."""

    person_id: UUID


ApprovalEvent: TypeAlias = (
    ApprovalRequested
    | ApprovalStepDecided
    | ApprovalDelegated
    | ApprovalGranted
    | ApprovalDenied
    | ApprovalWithdrawn
    | ApprovalPersonErased
)

ApprovalId: TypeAlias = Annotated[UUID, About("The approval.")]
StepNumber: TypeAlias = Annotated[int, Ge(1), Le(STEPS_MAX), About("The step, from 1.")]


@record
class RequestApproval:
    """Asks for an approval. Whoever asks is in none of the steps."""

    subject: Annotated[ApprovalSubject, About("What is to be approved.")]
    steps: Annotated[tuple[StepAsked, ...], MinLen(1), MaxLen(STEPS_MAX), About("The steps.")]
    step_order: Annotated[StepOrder, About("Whether steps are decided one after the other or in any order.")] = (
        "ordered"
    )
    due_on: Annotated[PlannedDate | None, About("Day by which it is to be decided; later it is shown as overdue.")] = (
        None
    )
    reason: Annotated[Reason | None, About("Why it is asked; stored in clear.")] = None


@record
class DecideApprovalStep:
    """Decides a step: rejecting denies the whole, returning closes it so that what was mended is asked anew."""

    approval_id: ApprovalId
    step: StepNumber
    decision: Annotated[ApprovalDecision, About("`approve`, `reject` or `return`.")]
    note: Annotated[FreeText | None, About("Free text to the decision; sealed.")] = None


@record
class DelegateApprovalStep:
    """Lets another member decide a step in your place."""

    approval_id: ApprovalId
    step: StepNumber
    member_id: Annotated[UUID, Refers("member"), About("The member who decides in your place.")]


@record
class WithdrawApproval:
    """Takes back an approval that is still pending. By who asked for it."""

    approval_id: ApprovalId
    reason: Annotated[Reason, About("Why it is withdrawn.")]


class ApprovalClosed(Refused):
    """A decided or withdrawn approval takes no more commands."""

    code = "approval.closed"
    message = "The approval is {status}; ask for another one."


class ApprovalRequesterDecides(Refused):
    """Nobody approves what they ask for."""

    code = "approval.requester_decides"
    message = "Who asks for an approval decides none of its steps; name somebody else."


class ApprovalStepUnknown(Refused):
    """There is no step with this number."""

    code = "approval.step_unknown"
    message = "The approval has the steps 1 to {steps}; there is no step {step}."


class ApprovalNotAsked(Refused):
    """Only the members of a step decide it."""

    code = "approval.not_asked"
    message = "You are not among those who decide step {step}."


class ApprovalStepIsDecided(Refused):
    """A step is decided once."""

    code = "approval.step_decided"
    message = "Step {step} is decided already."


class ApprovalStepNotNext(Refused):
    """Ordered steps are decided one after the other."""

    code = "approval.step_not_next"
    message = "Step {next} is decided before step {step}."


class ApprovalNotRequester(Refused):
    """Only who asked takes it back."""

    code = "approval.not_requester"
    message = "The approval was asked for by somebody else; only they withdraw it."


@record
class Step:
    """One step as it stands: who may decide it now, and how it was decided."""

    number: int
    member_ids: tuple[UUID, ...]
    is_waiting: bool = False
    """It can be decided now."""
    decision: ApprovalDecision | None = None
    decided_by_id: UUID | None = None
    decided_on: date | None = None
    note: str | None = None


@record
class Approval:
    """An approval as it is now. `party_ids` are all members who asked, were asked, or gave their place away, in order."""

    subject: ApprovalSubject
    status: ApprovalStatus = "pending"
    step_order: StepOrder
    steps: tuple[Step, ...]
    requested_by: UUID
    requester_id: UUID | None
    party_ids: tuple[UUID, ...]
    due_on: date | None
    requested_on: date | None
    closed_on: date | None = None
    reason: str | None
    withdrawal_reason: str | None = None
    is_erased: bool = False

    @property
    def waiting_ids(self) -> tuple[UUID, ...]:
        """The members who can decide something now, each once."""
        return tuple(dict.fromkeys(id for step in self.steps if step.is_waiting for id in step.member_ids))


def evolve(state: Approval | None, event: ApprovalEvent, recorded: Recorded) -> Approval:
    """Folds the stream to its state."""
    on = business_date(recorded)
    if isinstance(event, ApprovalRequested):
        parties = {id for step in event.steps for id in step.member_ids} | {event.requester_id}
        requested = made_from(
            Approval,
            event,
            steps=tuple(Step(number=n, member_ids=step.member_ids) for n, step in enumerate(event.steps, start=1)),
            party_ids=tuple(sorted(id for id in parties if id is not None)),
            requested_on=on,
        )
        return _with_turns(requested)
    assert state is not None, "an approval begins with approval.requested"
    match event:
        case ApprovalStepDecided():
            step = replace(
                state.steps[event.step - 1],
                decision=event.decision,
                decided_by_id=event.member_id,
                decided_on=on,
                note=event.note,
            )
            decided = _with_step(state, step)
            return _closed(decided, "returned", on) if event.decision == "return" else decided
        case ApprovalDelegated():
            step = state.steps[event.step - 1]
            others = (id for id in step.member_ids if id != event.member_from)
            delegated = _with_step(state, replace(step, member_ids=tuple(dict.fromkeys((*others, event.member_to)))))
            return replace(delegated, party_ids=tuple(sorted({*state.party_ids, event.member_to})))
        case ApprovalGranted():
            return _closed(state, "granted", on)
        case ApprovalDenied():
            return _closed(state, "denied", on)
        case ApprovalWithdrawn():
            return replace(_closed(state, "withdrawn", on), withdrawal_reason=event.reason)
        case ApprovalPersonErased():
            return replace(state, steps=tuple(replace(step, note=None) for step in state.steps), is_erased=True)
        case _:
            assert_never(event)


def _with_step(state: Approval, step: Step) -> Approval:
    return _with_turns(replace(state, steps=(*state.steps[: step.number - 1], step, *state.steps[step.number :])))


def _with_turns(state: Approval) -> Approval:
    """The approval with the steps marked that can be decided now; none is once it is closed."""
    waiting = [step.number for step in state.steps if state.status == "pending" and step.decision != "approve"]
    if state.step_order == "ordered":
        waiting = waiting[:1]
    return replace(state, steps=tuple(replace(step, is_waiting=step.number in waiting) for step in state.steps))


def _closed(state: Approval, status: ApprovalStatus, on: date | None) -> Approval:
    return _with_turns(replace(state, status=status, closed_on=on))

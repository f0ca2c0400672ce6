"""What may happen to an approval: the decisions of `approvals.py`, pure, and the declaration of the stream."""

from typing import Final
from uuid import UUID

from salesapi.domain.organisation import approvals
from salesapi.domain.organisation.approvals import Approval, ApprovalEvent, evolve
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import PEOPLE, Context
from salesapi.domain.shared.references import references, refuse_unknown
from salesapi.domain.shared.states import made_from

REQUEST_FOR_PAY: Final = "approval.request_for_pay"
"""Plans and runs have no owner whose scope would hide them: without this permission they do not exist as subjects."""
PAY_SUBJECTS: Final = frozenset({"compensation_plan", "payout_run"})


def request(
    state: Approval | None, command: approvals.RequestApproval, context: Context
) -> tuple[approvals.ApprovalRequested, ...]:
    """Decides `RequestApproval`."""
    is_hidden = command.subject.kind in PAY_SUBJECTS and REQUEST_FOR_PAY not in context.permissions
    for reference in references(command):
        is_subject = reference.pointer == "/subject/id"
        if context.facts.state(reference.ref) is None or (is_subject and is_hidden):
            raise reference.refusal()
        if not is_subject and reference.ref.id == context.member_id:
            raise approvals.ApprovalRequesterDecides(pointer=reference.pointer)
    return (
        made_from(
            approvals.ApprovalRequested,
            command,
            steps=tuple(
                approvals.StepAsked(member_ids=tuple(dict.fromkeys(step.member_ids))) for step in command.steps
            ),
            requested_by=context.actor_id,
            requester_id=context.member_id,
        ),
    )


def decide_step(
    state: Approval, command: approvals.DecideApprovalStep, context: Context
) -> tuple[approvals.ApprovalStepDecided | approvals.ApprovalGranted | approvals.ApprovalDenied, ...]:
    """Decides `DecideApprovalStep`. The last approval grants the whole, the first rejection denies it. Late ones count."""
    member_id = _decider(state, command.step, context)
    waiting = [step.number for step in state.steps if step.is_waiting]
    if command.step not in waiting:
        raise approvals.ApprovalStepNotNext(step=command.step, next=waiting[0], pointer="/step")
    decided = made_from(approvals.ApprovalStepDecided, command, member_id=member_id)
    match command.decision:
        case "return":
            return (decided,)
        case "reject":
            return (decided, approvals.ApprovalDenied(subject=state.subject))
        case "approve":
            is_last = all(step.decision == "approve" for step in state.steps if step.number != command.step)
            return (decided, approvals.ApprovalGranted(subject=state.subject)) if is_last else (decided,)


def delegate_step(
    state: Approval, command: approvals.DelegateApprovalStep, context: Context
) -> tuple[approvals.ApprovalDelegated, ...]:
    """Decides `DelegateApprovalStep`. A step that is not next yet can be given away too."""
    member_id = _decider(state, command.step, context)
    refuse_unknown(command, context.facts)
    if command.member_id == state.requester_id:
        raise approvals.ApprovalRequesterDecides(pointer="/member_id")
    if command.member_id == member_id:
        return ()
    return (approvals.ApprovalDelegated(step=command.step, member_from=member_id, member_to=command.member_id),)


def withdraw(
    state: Approval, command: approvals.WithdrawApproval, context: Context
) -> tuple[approvals.ApprovalWithdrawn, ...]:
    """Decides `WithdrawApproval`."""
    _refuse_closed(state)
    is_requester = context.actor_id == state.requested_by or (
        context.member_id is not None and context.member_id == state.requester_id
    )
    if not is_requester:
        raise approvals.ApprovalNotRequester()
    return (approvals.ApprovalWithdrawn(reason=command.reason),)


def _decider(state: Approval, number: int, context: Context) -> UUID:
    """The member as whom the caller may decide this step, whether or not it is next.

    Raises:
        ApprovalClosed, ApprovalStepUnknown, ApprovalNotAsked, ApprovalStepIsDecided.
    """
    _refuse_closed(state)
    if number > len(state.steps):
        raise approvals.ApprovalStepUnknown(step=number, steps=len(state.steps), pointer="/step")
    step = state.steps[number - 1]
    if context.member_id is None or context.member_id not in step.member_ids:
        raise approvals.ApprovalNotAsked(step=number, pointer="/step")
    if step.decision == "approve":
        raise approvals.ApprovalStepIsDecided(step=number, pointer="/step")
    return context.member_id


def _refuse_closed(state: Approval) -> None:
    if state.status != "pending":
        raise approvals.ApprovalClosed(status=state.status)


DECIDING: Final[Duty[Approval, object]] = Duty(
    why="who asks for an approval does not give it", apart_from=(approvals.ApprovalRequested,)
)

STREAM: Final = Stream[Approval, ApprovalEvent](
    kind="approval",
    plural="approvals",
    evolve=evolve,
    commands=(
        creates(
            approvals.RequestApproval, decide=request, roles=PEOPLE, duty=Duty(why="another person has to decide it")
        ),
        changes(approvals.DecideApprovalStep, decide=decide_step, roles=PEOPLE, target="approval_id", duty=DECIDING),
        changes(
            approvals.DelegateApprovalStep, decide=delegate_step, roles=PEOPLE, target="approval_id", duty=DECIDING
        ),
        changes(approvals.WithdrawApproval, decide=withdraw, roles=PEOPLE, target="approval_id"),
    ),
    owner=lambda state: frozenset(state.party_ids),
)

"""Approvals as they are now, one row an approval. Reasons and notes are in clear here. Dates are business dates.

`waiting_ids` are the members who can decide something now; `party_ids` all whom it concerns, and so may see it.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.organisation import approvals
from salesapi.domain.organisation.approvals import (
    Approval,
    ApprovalDecision,
    ApprovalEvent,
    ApprovalRequested,
    ApprovalStatus,
    ApprovalStepDecided,
    ApprovalSubject,
    ApprovalSubjectKind,
    ApprovalWithdrawn,
    Step,
    StepOrder,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, replace
from salesapi.projections.declaring import one_row


@record
class StepRow:
    """One step: who may decide it now, and how it was decided."""

    number: int
    member_ids: tuple[UUID, ...]
    is_waiting: bool
    decision: ApprovalDecision | None = None
    decided_by_id: UUID | None = None
    decided_on: date | None = None
    note: str | None = None


@record
class ApprovalRow:
    """`closed_on` is the day of the grant, denial, return or withdrawal."""

    approval_id: UUID
    subject_kind: ApprovalSubjectKind
    subject_id: UUID
    status: ApprovalStatus
    step_order: StepOrder
    steps: tuple[StepRow, ...]
    requested_by: UUID
    requester_id: UUID | None
    waiting_ids: tuple[UUID, ...]
    party_ids: tuple[UUID, ...]
    due_on: date | None
    requested_on: date | None
    closed_on: date | None
    reason: str | None
    withdrawal_reason: str | None
    version: int
    position: int


def _fold(row: ApprovalRow | None, event: ApprovalEvent, recorded: Recorded) -> ApprovalRow:
    if isinstance(event, ApprovalRequested):
        return _requested(event, recorded)
    assert row is not None, "an approval begins with approval.requested"
    state = approvals.evolve(_state(row), event, recorded)
    waiting = state.steps_waiting()
    steps = tuple(
        replace(step, member_ids=known.member_ids, is_waiting=step.number in waiting)
        for step, known in zip(row.steps, state.steps, strict=True)
    )
    if isinstance(event, ApprovalStepDecided):
        steps = tuple(_decided(step, event, recorded) if step.number == event.step else step for step in steps)
    return replace(
        row,
        status=state.status,
        steps=steps,
        waiting_ids=state.members_waiting(),
        party_ids=tuple(sorted(state.party_ids)),
        closed_on=None if state.status == "pending" else business_date(recorded),
        withdrawal_reason=event.reason if isinstance(event, ApprovalWithdrawn) else None,
        version=recorded.version,
        position=recorded.position,
    )


def _requested(event: ApprovalRequested, recorded: Recorded) -> ApprovalRow:
    state = approvals.evolve(None, event, recorded)
    waiting = state.steps_waiting()
    return ApprovalRow(
        approval_id=recorded.stream_id,
        subject_kind=event.subject.kind,
        subject_id=event.subject.id,
        status=state.status,
        step_order=event.step_order,
        steps=tuple(
            StepRow(number=number, member_ids=step.member_ids, is_waiting=number in waiting)
            for number, step in enumerate(event.steps, start=1)
        ),
        requested_by=event.requested_by,
        requester_id=event.requester_id,
        waiting_ids=state.members_waiting(),
        party_ids=tuple(sorted(state.party_ids)),
        due_on=event.due_on,
        requested_on=business_date(recorded),
        closed_on=None,
        reason=event.reason,
        withdrawal_reason=None,
        version=recorded.version,
        position=recorded.position,
    )


def _decided(step: StepRow, event: ApprovalStepDecided, recorded: Recorded) -> StepRow:
    return replace(
        step,
        decision=event.decision,
        decided_by_id=event.member_id,
        decided_on=business_date(recorded),
        note=event.note,
    )


def _state(row: ApprovalRow) -> Approval:
    return Approval(
        subject=ApprovalSubject(kind=row.subject_kind, id=row.subject_id),
        steps=tuple(Step(member_ids=step.member_ids, is_approved=step.decision == "approve") for step in row.steps),
        step_order=row.step_order,
        requested_by=row.requested_by,
        requester_id=row.requester_id,
        party_ids=frozenset(row.party_ids),
        status=row.status,
    )


PROJECTION: Final = one_row(
    "approval",
    _fold,
    row=ApprovalRow,
    version=1,
    key=("approval_id",),
    indexes=(
        "(position)",
        "(subject_id)",
        "(status, due_on)",
        "USING gin (waiting_ids)",
        "USING gin (party_ids)",
    ),
    reads_personal=True,
)

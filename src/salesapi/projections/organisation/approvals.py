"""Approvals as they are now, one row an approval. Reasons and notes are in clear here. Dates are business dates.

`waiting_ids` are the members who can decide something now; `party_ids` all whom it concerns, and so may see it.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.organisation.approvals import ApprovalStatus, ApprovalSubjectKind, Step, StepOrder, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class ApprovalRow:
    """`closed_on` is the day of the grant, denial, return or withdrawal."""

    approval_id: UUID
    subject_kind: ApprovalSubjectKind
    subject_id: UUID
    status: ApprovalStatus
    step_order: StepOrder
    steps: tuple[Step, ...]
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


PROJECTION: Final = current(
    "approval",
    evolve,
    row=ApprovalRow,
    version=1,
    indexes=("(position)", "(subject_id)", "(status, due_on)", "USING gin (waiting_ids)", "USING gin (party_ids)"),
    reads_personal=True,
)

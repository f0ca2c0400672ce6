"""Wire shapes of approvals, with the filter and orders of their list. Days are business dates."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.organisation.approvals import ApprovalDecision, ApprovalStatus, ApprovalSubjectKind, StepOrder
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Position


@record
class ApprovalStep:
    """One step of an approval."""

    number: Annotated[int, About("Its number, from 1.")]
    member_ids: Annotated[tuple[UUID, ...], About("The members of whom one decides it.")]
    is_waiting: Annotated[bool, About("It can be decided now.")]
    decision: Annotated[ApprovalDecision | None, About("How it was decided; null until it is.")]
    decided_by_id: Annotated[UUID | None, About("The member who decided it.")]
    decided_on: Annotated[date | None, About("Business date of the decision.")]
    note: Annotated[str | None, About("What was said to the decision.")]


@record
class Approval:
    """Whether something may be done, asked of members in steps."""

    id: Annotated[UUID, About("The approval.")]
    subject_kind: Annotated[ApprovalSubjectKind, About("What sort of thing is to be approved.")]
    subject_id: Annotated[UUID, About("Its id.")]
    status: Annotated[ApprovalStatus, About("`pending`, `granted`, `denied`, `returned` or `withdrawn`.")]
    is_overdue: Annotated[bool, About("Still pending after the day by which it was to be decided (UTC).")]
    step_order: Annotated[StepOrder, About("Whether steps are decided one after the other or in any order.")]
    steps: Annotated[tuple[ApprovalStep, ...], About("The steps.")]
    waiting_ids: Annotated[tuple[UUID, ...], About("The members who can decide something now.")]
    requested_by: Annotated[UUID, About("The principal who asked.")]
    requester_id: Annotated[UUID | None, About("The member who asked, where it is one.")]
    due_on: Annotated[date | None, About("Day by which it is to be decided.")]
    requested_on: Annotated[date | None, About("Business date of the request.")]
    closed_on: Annotated[date | None, About("Business date of the grant, denial, return or withdrawal.")]
    reason: Annotated[str | None, About("Why it was asked.")]
    withdrawal_reason: Annotated[str | None, About("Why it was withdrawn.")]
    is_erased: Annotated[bool, About("What was said to its decisions was erased.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class ApprovalFilter:
    """Which approvals. Fields that are not sent do not filter; days are inclusive at both ends."""

    status: Annotated[tuple[ApprovalStatus, ...] | None, MinLen(1), MaxLen(5), About("Any of these.")] = None
    waiting_for: Annotated[UUID | None, About("This member can decide something now: the member's worklist.")] = None
    requester_id: Annotated[UUID | None, About("Asked for by this member.")] = None
    subject_kind: Annotated[ApprovalSubjectKind | None, About("About this sort of thing.")] = None
    subject_id: Annotated[Uuids | None, About("About any of these things.")] = None
    is_overdue: Annotated[bool | None, About("Overdue, or not.")] = None
    due_from: Annotated[date | None, About("Due on this day or later.")] = None
    due_to: Annotated[date | None, About("Due on this day or earlier.")] = None


class ApprovalOrder(StrEnum):
    """Orders of approvals. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    DUE_ASC = "due_asc"
    DUE_DESC = "due_desc"

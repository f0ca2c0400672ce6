"""Wire shapes of objections, with the filter and orders of their list. Days are business dates, instants are UTC."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.pay.records.objections import CorrectionKind, ObjectionStatus, ObjectionSubjectKind
from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Position


@record
class Correction:
    """Where what was found wrong is put right."""

    kind: Annotated[CorrectionKind, About("An adjustment among the awards, or a payout run.")]
    id: Annotated[UUID, About("Its id.")]


@record
class Objection:
    """A member says that something is wrong, and what became of it."""

    id: Annotated[UUID, About("The objection.")]
    member_id: Annotated[UUID, About("The member whom it concerns.")]
    status: Annotated[ObjectionStatus, About("`open` and `answered` wait for a decision; the others are final.")]
    is_overdue: Annotated[bool, About("Not answered by the time it was due.")]
    subject_kind: Annotated[ObjectionSubjectKind, About("A statement line, a target, a rule or a process step.")]
    subject_id: Annotated[UUID, About("The payout run, the target, the compensation plan or the pipeline.")]
    subject_line: Annotated[int | None, About("Number of the statement's line.")]
    subject_key: Annotated[str | None, About("The plan's component or the pipeline's stage.")]
    claim: Annotated[str | None, About("What is wrong.")]
    evidence: Annotated[str | None, About("What shows it.")]
    is_late: Annotated[bool, About("Raised by permission after the days for it.")]
    raised_by: Annotated[UUID, About("The principal who raised it.")]
    raised_on: Annotated[date | None, About("Business date of raising.")]
    answer_due_on: Annotated[date, About("Local date by which it is to be answered.")]
    answer_due_at: Annotated[datetime | None, About("The instant of that, where raising was one.")]
    answer: Annotated[str | None, About("The last answer.")]
    answered_by: Annotated[UUID | None, About("The principal who gave it.")]
    answered_on: Annotated[date | None, About("Business date of the last answer.")]
    decided_by: Annotated[UUID | None, About("The principal who decided.")]
    correction: Annotated[Correction | None, About("Where it is put right, where it is adjusted.")]
    reason: Annotated[str | None, About("Why it was decided so, or withdrawn.")]
    closed_on: Annotated[date | None, About("Business date of the decision or withdrawal.")]
    is_erased: Annotated[bool, About("Claim, evidence and answer were erased.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class ObjectionFilter:
    """Which objections. Fields that are not sent do not filter; days are inclusive at both ends."""

    status: Annotated[tuple[ObjectionStatus, ...] | None, MinLen(1), MaxLen(7), About("Any of these.")] = None
    is_open: Annotated[bool | None, About("Waiting for an answer or a decision, or not: the worklist.")] = None
    is_overdue: Annotated[bool | None, About("Not answered by the time it was due, or not so.")] = None
    member_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    subject_kind: Annotated[ObjectionSubjectKind | None, About("About this sort of thing.")] = None
    subject_id: Annotated[Uuids | None, About("About any of these things.")] = None
    raised_from: Annotated[date | None, About("Raised on this day or later.")] = None
    raised_to: Annotated[date | None, About("Raised on this day or earlier.")] = None


class ObjectionOrder(StrEnum):
    """Orders of objections. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    ANSWER_DUE_ASC = "answer_due_asc"
    RAISED_DESC = "raised_desc"

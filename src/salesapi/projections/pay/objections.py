"""Objections as they are now, one row an objection. Claim, evidence and the last answer are in clear here.

`answer_due_*` is the business time by which it is to be answered; the instant is known where raising was one.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.objections import ObjectionCorrection, ObjectionStatus, ObjectionSubjectKind, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class ObjectionRow:
    """`closed_on` is the day of the decision or withdrawal, `reason` what was said with it."""

    objection_id: UUID
    member_id: UUID
    status: ObjectionStatus
    subject_kind: ObjectionSubjectKind
    subject_id: UUID
    subject_line: int | None
    subject_key: str | None
    claim: str | None
    evidence: str | None
    is_late: bool
    raised_by: UUID
    raised_on: date | None
    answer_due_on: date
    answer_due_at: datetime | None
    answer: str | None
    answered_by: UUID | None
    answered_on: date | None
    decided_by: UUID | None
    correction: ObjectionCorrection | None
    reason: str | None
    closed_on: date | None
    is_erased: bool
    version: int
    position: int


PROJECTION: Final = current(
    "objection",
    evolve,
    row=ObjectionRow,
    version=2,
    indexes=("(position)", "(member_id)", "(subject_id)", "(status, answer_due_on)"),
    reads_personal=True,
)

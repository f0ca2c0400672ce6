"""Objections as they are now, one row an objection. Claim, evidence and the last answer are in clear here.

`answer_due_*` is the business time by which it is to be answered; the instant is known where raising was one.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.objections import (
    STATUS_OF,
    ObjectionAnswered,
    ObjectionCorrection,
    ObjectionDecided,
    ObjectionEvent,
    ObjectionRaised,
    ObjectionStatus,
    ObjectionSubjectKind,
    ObjectionWithdrawn,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import business_date, replace
from salesapi.projections.declaring import one_row


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
    version: int
    position: int


def _fold(row: ObjectionRow | None, event: ObjectionEvent, recorded: Recorded) -> ObjectionRow:
    if isinstance(event, ObjectionRaised):
        return _raised(event, recorded)
    assert row is not None, "an objection begins with objection.raised"
    return replace(_changed(row, event, recorded), version=recorded.version, position=recorded.position)


def _raised(event: ObjectionRaised, recorded: Recorded) -> ObjectionRow:
    return ObjectionRow(
        objection_id=recorded.stream_id,
        member_id=event.member_id,
        status="open",
        subject_kind=event.subject.kind,
        subject_id=event.subject.id,
        subject_line=event.subject.line,
        subject_key=event.subject.key,
        claim=event.claim,
        evidence=event.evidence,
        is_late=event.is_late,
        raised_by=event.raised_by,
        raised_on=business_date(recorded),
        answer_due_on=event.answer_due_on,
        answer_due_at=event.answer_due_at,
        answer=None,
        answered_by=None,
        answered_on=None,
        decided_by=None,
        correction=None,
        reason=None,
        closed_on=None,
        version=recorded.version,
        position=recorded.position,
    )


def _changed(
    row: ObjectionRow, event: ObjectionAnswered | ObjectionDecided | ObjectionWithdrawn, recorded: Recorded
) -> ObjectionRow:
    on = business_date(recorded)
    match event:
        case ObjectionAnswered():
            return replace(row, status="answered", answer=event.answer, answered_by=event.answered_by, answered_on=on)
        case ObjectionDecided():
            return replace(
                row,
                status=STATUS_OF[event.outcome],
                decided_by=event.decided_by,
                correction=event.correction,
                reason=event.reason,
                closed_on=on,
            )
        case ObjectionWithdrawn():
            return replace(row, status="withdrawn", reason=event.reason, closed_on=on)


PROJECTION: Final = one_row(
    "objection",
    _fold,
    row=ObjectionRow,
    version=1,
    key=("objection_id",),
    indexes=("(position)", "(member_id)", "(subject_id)", "(status, answer_due_on)"),
    reads_personal=True,
)

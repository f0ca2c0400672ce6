"""Timelines: what happened to leads, customers, deals, activities, agreements, invoices and receipts, one row for each event
and subject that it concerns.

An event about two things (an activity about a deal) makes a row for each. `summary` holds the event's plain fields, without
personal ones. Rows stand in the order of the log; `occurred_*` is business time, `recorded_at` ours.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final, Literal, TypeAlias, get_args
from uuid import UUID

from salesapi.domain.cash.receipts import ReceiptAllocated, ReceiptRecorded, ReceiptRefunded
from salesapi.domain.selling.activities import Subject
from salesapi.domain.selling.leads import LeadConverted
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, business_instant, made_from
from salesapi.privacy.personal import personal_fields
from salesapi.projections.declaring import all_of, by, row_group
from salesapi.projections.projection import GroupKey

TimelineKind: TypeAlias = Literal["lead", "customer", "deal", "activity", "agreement", "invoice", "receipt"]
Plain: TypeAlias = str | int | bool | None

_KINDS: Final[dict[str, TimelineKind]] = {kind: kind for kind in get_args(TimelineKind)}


@record
class TimelineRow:
    """One event, as seen from one of its subjects."""

    subject_id: UUID
    position: int
    subject_kind: TimelineKind
    stream_kind: TimelineKind
    stream_id: UUID
    type: str
    occurred_on: date | None
    occurred_at: datetime | None
    recorded_at: datetime | None
    actor_id: UUID | None
    summary: dict[str, Plain]


def _subjects(event: object, recorded: Recorded) -> dict[UUID, TimelineKind]:
    """The things that the event concerns, its own stream first."""
    subjects: dict[UUID, TimelineKind] = {recorded.stream_id: _stream_kind(recorded)}
    about = getattr(event, "about", None)
    if isinstance(about, Subject):
        subjects.setdefault(about.id, about.kind)
    match event:
        case LeadConverted():
            subjects.setdefault(event.customer_id, "customer")
        case ReceiptRecorded() if event.customer_id is not None:
            subjects.setdefault(event.customer_id, "customer")
        case ReceiptAllocated() | ReceiptRefunded() if event.deal_id is not None:
            subjects.setdefault(event.deal_id, "deal")
        case ReceiptAllocated() | ReceiptRefunded() if event.invoice_id is not None:
            subjects.setdefault(event.invoice_id, "invoice")
        case _:
            pass
    return subjects


def _stream_kind(recorded: Recorded) -> TimelineKind:
    return _KINDS[recorded.type.partition(".")[0]]


def _groups(event: object, recorded: Recorded) -> tuple[GroupKey, ...]:
    return tuple((subject_id, recorded.position) for subject_id in _subjects(event, recorded))


def _evolve(rows: Sequence[TimelineRow], event: object, recorded: Recorded, group: GroupKey) -> tuple[TimelineRow, ...]:
    subject_id = group[0]
    assert isinstance(subject_id, UUID), "the group is (subject_id, position)"
    return (
        made_from(
            TimelineRow,
            recorded,
            subject_id=subject_id,
            subject_kind=_subjects(event, recorded)[subject_id],
            stream_kind=_stream_kind(recorded),
            occurred_on=business_date(recorded),
            occurred_at=business_instant(recorded),
            summary=_summary(event),
        ),
    )


def _summary(event: object) -> dict[str, Plain]:
    """The event's known fields that are plain values and not personal."""
    shown: dict[str, Plain] = {}
    kind: type = type(event)
    for name in _open_fields(kind):
        value = getattr(event, name)
        if isinstance(value, UUID | date | Decimal):
            shown[name] = str(value)
        elif isinstance(value, str | int):
            shown[name] = value
    return shown


@cache
def _open_fields(event: type) -> tuple[str, ...]:
    sealed = {field.path[0] for field in personal_fields(event)}
    return tuple(sorted(field.name for field in fields(event) if field.name not in sealed))


PROJECTION: Final = row_group(
    "timeline",
    _evolve,
    row=TimelineRow,
    version=1,
    key=("subject_id", "position"),
    groups=by(_groups),
    types=all_of(*_KINDS),
)

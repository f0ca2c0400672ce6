"""Wire shape of the business events that a statement's line rests on: what auditors see in the feed, without personal values."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from salesapi.domain.shared.kernel import About, record
from salesapi.schemas.scalars import Position

EVENTS_MAX: Final = 1_000
"""Most events that one answer holds beside its lines."""
LINE_EVENTS: Final = About(
    f"With `expand=events`: what these lines rest on, each event once, at most {EVENTS_MAX:,}, in the order of the lines; else "
    "null."
)


@record
class LineEvent:
    """One event of the log."""

    position: Annotated[Position, About("Its place in the log, as the line names it.")]
    type: Annotated[str, About("What happened, for example `receipt.allocated`.")]
    stream_kind: Annotated[str, About("Kind of the thing that it happened to.")]
    stream_id: Annotated[UUID, About("The thing that it happened to.")]
    stream_version: Annotated[int, About("Its place in the life of that thing.")]
    occurred_on: Annotated[date | None, About("Business date; null where unknown.")]
    occurred_at: Annotated[datetime | None, About("Business instant, where known.")]
    recorded_at: Annotated[datetime, About("When we recorded it.")]
    actor_id: Annotated[UUID, About("The principal who recorded it.")]
    payload: Annotated[
        dict[str, Any] | None,
        About("What it states, as stored, personal values null; null where it is about a thing or pay out of scope."),
    ]

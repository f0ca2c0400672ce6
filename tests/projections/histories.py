"""Histories for the tests of read models: facts with their streams, as the log would give them, with fixed positions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from salesapi.domain.catalogue import STREAMS
from salesapi.domain.shared.kernel import BusinessTime, Recorded
from salesapi.projections.projection import GroupKey, Projection, Row, fold_in_memory
from tests.spec import ACTOR, day

TYPE_NAMES: Final = {kind.event: kind.name for stream in STREAMS for kind in stream.events}
Wanted = TypeVar("Wanted")
RECORDED_FROM: Final = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """An event of a stream, and when it was true: a date, a business time, or unknown."""

    stream_id: UUID
    event: object
    occurred: str | BusinessTime | None = "2026-03-02"


def history(*facts: Fact) -> list[tuple[object, Recorded]]:
    """The facts as recorded one after the other."""
    versions: dict[UUID, int] = {}
    events = []
    for position, fact in enumerate(facts, start=1):
        versions[fact.stream_id] = versions.get(fact.stream_id, 0) + 1
        recorded = Recorded(
            position=position,
            version=versions[fact.stream_id],
            stream_id=fact.stream_id,
            occurred=day(fact.occurred) if isinstance(fact.occurred, str) else fact.occurred,
            type=TYPE_NAMES[type(fact.event)],
            recorded_at=RECORDED_FROM + timedelta(minutes=position),
            actor_id=ACTOR,
        )
        events.append((fact.event, recorded))
    return events


def fold(projection: Projection, *facts: Fact) -> dict[GroupKey, tuple[Row, ...]]:
    """The read model's rows after these facts, by group."""
    return fold_in_memory(projection, read_by(projection, history(*facts)))


def rows(projection: Projection, kind: type[Wanted], *facts: Fact) -> list[Wanted]:
    """All rows of a read model after these facts, checked to be of its class."""
    found = [row for group in fold(projection, *facts).values() for row in group]
    checked = [row for row in found if isinstance(row, kind)]
    assert len(checked) == len(found)
    return checked


def views(projection: Projection, *facts: Fact) -> list[Any]:
    """All rows of a read model whose class is made of a state."""
    return [row for group in fold(projection, *facts).values() for row in group]


def read_by(projection: Projection, events: list[tuple[object, Recorded]]) -> list[tuple[object, Recorded]]:
    """The events that the projection reads."""
    return [(event, recorded) for event, recorded in events if recorded.type in projection.types]

"""Each read model against the events that it reads: whatever an event says in any of its fields, the rows say too, in the
column of the same name where there is one.

The events are made from their classes, and each is folded with and without a change of each of its fields. What a read model
leaves out on purpose stands in `left_out.py` with its reason; a line there that is not needed fails as well.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import get_type_hints
from uuid import UUID

import pytest

from salesapi.domain.catalogue import STREAMS
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.projection import Projection
from tests.projections.histories import Fact, fold
from tests.projections.left_out import BEFORE, LEFT_OUT, STANDS_OTHERWISE, TYPES_LEFT_OUT, WAYS, Way
from tests.values_by_type import built, built_value, changes, plain

STREAM_OF = {kind.event: stream for stream in STREAMS for kind in stream.events}
EVENTS = {kind.name: kind.event for stream in STREAMS for kind in stream.events}
CASES = [(projection, name) for projection in PROJECTIONS for name in projection.types]
THE_ONLY_WAY = (Way(),)
pytestmark = pytest.mark.complete


def named(part: object) -> str:
    return part.name if isinstance(part, Projection) else str(part)


def named_in(tables: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Each exemption as (read model, event, field)."""
    for table in tables:
        for name, events in by_read_model(table):
            for event, listed in re.findall(r"(\w+)\(([^)]*)\)", events):
                yield from ((name, event, field) for field in re.split(r",\s*", listed))


def by_read_model(table: str) -> list[tuple[str, str]]:
    """The parts of a text of `left_out.py`: a read model, and what stands behind its colon."""
    names_and_texts = re.split(r"(\w+):\s", table)[1:]
    return list(zip(names_and_texts[::2], names_and_texts[1::2], strict=True))


EXEMPT = list(named_in(LEFT_OUT.values()))
OTHERWISE = set(named_in(STANDS_OTHERWISE.values()))


def fact(event: object) -> Fact:
    """The event in the one stream of its kind: the id that fields like `deal_id` hold."""
    return Fact(built_value(UUID, f"{STREAM_OF[type(event)].kind}_id"), event)


def told_before(projection: Projection, kind: type, begun: Mapping[str, object]) -> Iterator[Fact]:
    """Yields what begins each stream that the read model reads, up to the event's own, and what the event needs."""
    for stream in STREAMS:
        first = stream.events[0].event
        is_own = stream is STREAM_OF[kind]
        if first is not kind and any(each.name in projection.types for each in stream.events):
            (way, *_) = WAYS.get(first, THE_ONLY_WAY)
            yield fact(built(first, **{**way.given, **(begun if is_own else {})}))
        if is_own:
            break
    yield from map(fact, BEFORE.get(kind, ()))


def silent_fields(projection: Projection, kind: type, way: Way) -> set[str]:
    """The fields of the event, those inside of others by their path, that change nothing in the rows."""
    before = tuple(told_before(projection, kind, way.begun))
    event = fact(built(kind, **way.given))
    rows = fold(projection, *before, event)
    versions = [("occurred", replace(event, occurred="2026-03-03"))]
    versions += [(path, fact(changed)) for path, changed in changes(event.event, kind)]
    told = {path for path, version in versions if rows != rows_or_none(projection, *before, version)}
    return {path for path, _ in versions} - told


def rows_or_none(projection: Projection, *facts: Fact) -> object:
    """The rows, or None where the last event names something that is not there: then it was read too."""
    try:
        return fold(projection, *facts)
    except (AssertionError, LookupError, StopIteration):
        return None


@pytest.mark.parametrize(("projection", "name"), CASES, ids=named)
def test_each_field_of_an_event_reaches_the_rows(projection: Projection, name: str) -> None:
    kind = EVENTS[name]
    ways = WAYS.get(kind, THE_ONLY_WAY)
    silent = set.intersection(*(silent_fields(projection, kind, way) for way in ways))
    exempt = {field for each, event, field in EXEMPT if (each, event) == (projection.name, kind.__name__)}
    forgotten = {path for path in silent if not any(covers(field, path) for field in exempt)}
    assert not forgotten, f"{projection.name} leaves out of {kind.__name__}: {', '.join(sorted(forgotten))}"
    heard = {path for path in all_paths(kind) - silent if any(covers(field, path) for field in exempt)}
    unused = {field for field in exempt if not any(covers(field, path) for path in silent)}
    needless = sorted(heard | unused)
    assert not needless, f"{projection.name} tells of {kind.__name__} after all: {', '.join(needless)}"


def all_paths(kind: type) -> set[str]:
    (way, *_) = WAYS.get(kind, THE_ONLY_WAY)
    return {"occurred", *(path for path, _ in changes(built(kind, **way.given), kind))}


def covers(field: str, path: str) -> bool:
    return path == field or path.startswith(f"{field}.")


@pytest.mark.parametrize(("projection", "name"), CASES, ids=named)
def test_what_an_event_says_stands_in_the_column_of_its_name(projection: Projection, name: str) -> None:
    kind = EVENTS[name]
    columns, hints = get_type_hints(projection.row), get_type_hints(kind)
    alike = [each.name for each in fields(kind) if plain(columns.get(each.name)) == plain(hints[each.name])]
    elsewhere = set()
    for way in WAYS.get(kind, THE_ONLY_WAY):
        event: object = built(kind, **way.given)
        told = fold(projection, *told_before(projection, kind, way.begun), fact(event))
        rows = [row for group in told.values() for row in group]
        elsewhere |= {field for field in alike if getattr(event, field) not in [getattr(row, field) for row in rows]}
    exempt = {field for *of, field in OTHERWISE.union(EXEMPT) if of == [projection.name, kind.__name__]}
    assert elsewhere <= exempt, f"{projection.name} does not hold what {kind.__name__} says"
    needless = {field for *of, field in OTHERWISE if of == [projection.name, kind.__name__]} - elsewhere
    assert not needless, f"{projection.name} holds what {kind.__name__} says after all"


def test_an_exemption_is_of_an_event_that_is_read() -> None:
    read = {(projection.name, EVENTS[name].__name__) for projection, name in CASES}
    assert {(name, event) for name, event, _ in OTHERWISE.union(EXEMPT)} <= read


def test_a_read_model_reads_all_events_of_a_stream_or_says_why_not() -> None:
    exempt = {
        (name, event)
        for table in TYPES_LEFT_OUT.values()
        for name, events in by_read_model(table)
        for event in events.split()
    }
    unread = {
        (projection.name, kind.name)
        for projection in PROJECTIONS
        for stream in STREAMS
        if any(kind.name in projection.types for kind in stream.events)
        for kind in stream.events
        if kind.name not in projection.types
    }
    assert unread == exempt

"""After an erasure no read model holds anything that was personal, and a rebuild, which cannot open it any more, gives the same.

Each event with personal fields is made from its class, so a new one is tested here without being named.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from salesapi.domain.catalogue import STREAMS
from salesapi.domain.customers.customers import CustomerPersonErased
from salesapi.domain.shared.declarations import AnyStream
from salesapi.privacy.personal import EACH, personal_fields
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.projection import Projection
from tests.projections.histories import Fact, fold
from tests.projections.left_out import BEFORE, WAYS, Way
from tests.projections.test_every_field import fact
from tests.values_by_type import built

PLANTED = "Canary 4711"
CASES = [
    (stream, kind.event, way)
    for stream in STREAMS
    for kind in stream.events
    if personal_fields(kind.event)
    for way in WAYS.get(kind.event, (Way(),))
]


def _named(part: object) -> str | None:
    return part.__name__ if isinstance(part, type) else None


def with_personal(value: Any, path: tuple[str, ...], put: str | None) -> Any:
    """The record with something else in a personal field, wherever it stands inside."""
    if not path:
        return put
    if path[0] == EACH:
        return tuple(with_personal(each, path[1:], put) for each in value)
    return replace(value, **{path[0]: with_personal(getattr(value, path[0]), path[1:], put)})


def history(stream: AnyStream, kind: type, way: Way, put: str | None) -> Iterator[Fact]:
    """All that must have happened before the event, and the event itself, with this in all personal fields."""
    first = stream.events[0].event
    given = {**WAYS.get(first, (Way(),))[0].given, **way.begun}
    events = [built(first, **given), *BEFORE.get(kind, ())] if kind is not first else []
    for event in (*events, built(kind, **way.given)):
        kind_of_event: type = type(event)
        for field in personal_fields(kind_of_event):
            event = with_personal(event, field.path, put)
        yield fact(event)


def erasures(stream: AnyStream, events: list[Fact]) -> tuple[Fact, ...]:
    """The facts that end everything personal of the thing: for a customer its own, and those of its contact."""
    (erasing,) = [each.event for each in stream.events if each.name.endswith(".person_erased")]
    if erasing is not CustomerPersonErased:
        return (fact(built(erasing)),)
    contact_ids = {each.event.contact_id for each in events if hasattr(each.event, "contact_id")}
    versions = tuple(number for number, each in enumerate(events, start=1) if hasattr(each.event, "comment"))
    own = fact(built(erasing, contact_id=None, answer_versions=versions))
    return (own, *(fact(built(erasing, contact_id=each, answer_versions=())) for each in contact_ids))


@pytest.mark.parametrize(("stream", "kind", "way"), CASES, ids=_named)
def test_no_row_holds_what_is_erased_and_a_rebuild_gives_the_same(stream: AnyStream, kind: type, way: Way) -> None:
    before = list(history(stream, kind, way, PLANTED))
    erased = erasures(stream, before)
    unopened = [*history(stream, kind, way, None), *erased]
    shown = {projection.name for projection in PROJECTIONS if PLANTED in repr(rows_of(projection, before))}
    for projection in PROJECTIONS:
        after = rows_of(projection, [*before, *erased])
        assert PLANTED not in repr(after), projection.name
        assert after == rows_of(projection, unopened), f"a rebuild of {projection.name} differs"
        if projection.name in shown:
            assert "is_erased=True" in repr(after), f"{projection.name} does not tell that something is gone"


def rows_of(projection: Projection, facts: list[Fact]) -> object:
    """The rows after those facts that the read model reads."""
    return fold(projection, *facts)


def test_most_of_what_is_personal_is_shown_before_it_is_erased() -> None:
    """Notes of receipts and of lost deals stand in the log alone."""
    shown = {
        stream.kind
        for stream, kind, way in CASES
        if any(PLANTED in repr(rows_of(each, list(history(stream, kind, way, PLANTED)))) for each in PROJECTIONS)
    }
    assert {stream.kind for stream, _, _ in CASES} - shown == {"deal", "receipt"}

"""Every list of the catalogue on real PostgreSQL: each filter, each order, each scope, and each column of its shape.

The cases follow from the declarations. Rows are made from their classes, put straight into the read tables, and gone after
each test. A new list fails here until `list_facts.py` says what it shows.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.cli.migrating import migrate_all
from salesapi.domain.shared.kernel import ExternalId, ThingUnknown
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.generations import registered
from salesapi.projections.tables import ReadTable, read_table
from salesapi.queries.paging import PageRequest
from tests.queries.list_facts import FACTS, ListFacts, MadeRow, Means, Values, run_of
from tests.queries.made_rows import Rows
from tests.spec import uid
from tests.values_by_type import plain

DATABASE = "every_list"
RUNS = FACTS["payoutRuns"].projection
REP, MATE, STRANGER = uid(0xA1), uid(0xA2), uid(0xA4)
DAY = date(2026, 3, 10)
NEXT_DAY, DAY_BEFORE = DAY + timedelta(days=1), DAY - timedelta(days=1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def read_tables(postgresql: EmbeddedPostgreSQL) -> AsyncIterator[tuple[Any, Mapping[str, ReadTable]]]:
    urls = await postgresql.create_database(DATABASE)
    await migrate_all(urls.owner_url, None)
    connection = await asyncpg.connect(urls.application_url)
    generations = {each.name: each.generation for each in await registered(connection, [p.name for p in PROJECTIONS])}
    yield connection, {each.name: read_table(each, generations[each.name]) for each in PROJECTIONS}
    await connection.close()
    await postgresql.drop_database(DATABASE)


@pytest_asyncio.fixture(loop_scope="session")
async def rows(read_tables: tuple[Any, Mapping[str, ReadTable]]) -> AsyncIterator[Rows]:
    connection, tables = read_tables
    transaction = connection.transaction()
    await transaction.start()
    yield Rows(connection, tables)
    await transaction.rollback()


def named(part: object) -> str:
    return part.name if isinstance(part, ListRead | ItemRead) else str(part)


@pytest.mark.complete
def test_every_list_is_known_here() -> None:
    assert {read.name for read in LISTS} == set(FACTS), "say in list_facts.py what they show"


FILTERS = [(read, each.name) for read in LISTS for each in fields(read.listing.filters.where)]


@pytest.mark.parametrize(("read", "name"), FILTERS, ids=named)
async def test_a_filter_finds_what_it_says_and_nothing_else(
    rows: Rows, read: ListRead[Any, Any, Any], name: str
) -> None:
    for means in meanings(read, name):
        await rows.connection.execute("SAVEPOINT one_meaning")
        for around in means.around:
            await rows.put_around(around)
        inside = [await rows.put(FACTS[read.name], values) for values in means.inside]
        outside = [await rows.put(FACTS[read.name], values) for values in means.outside]
        assert inside
        assert outside
        shows = FACTS[read.name].shows
        found = await rows.listed(read, {name: means.value})
        assert sorted(found) == sorted(getattr(row, shows) for row in inside), (means.value, outside)
        if isinstance(means.value, bool) and name in get_type_hints(read.listing.shape):
            assert set(await rows.listed(read, {name: means.value}, shows=name)) == {means.value}
        await rows.connection.execute("ROLLBACK TO one_meaning")


def meanings(read: ListRead[Any, Any, Any], name: str) -> Iterator[Means]:
    """The values to send, with what each finds and does not find."""
    facts = FACTS[read.name]
    hint = plain(get_type_hints(read.listing.filters.where)[name])
    if name in facts.means:
        yield from both_ways(facts.means[name])
    elif name == "text":
        for column in facts.texts:
            yield from text_meanings(column)
    elif (bounded := bounded_column(facts, name)) is not None:
        yield bound_meaning(facts, bounded, is_lower=name.endswith("_from"))
    else:
        yield from equal_meanings(facts, facts.columns.get(name, name), hint)


def both_ways(means: Means) -> Iterator[Means]:
    """Yields the meaning, and its opposite where it is of `true`: what `true` finds, `false` leaves."""
    yield means
    if means.value is True:
        yield Means(False, inside=means.outside, outside=means.inside, around=means.around)


def text_meanings(column: str) -> Iterator[Means]:
    """A text is found anywhere and in any case; what PostgreSQL takes for a pattern is text too."""
    yield Means("PILot", inside=[{column: "The pilot of May"}], outside=[{column: "The plot"}])
    yield Means("4%", inside=[{column: "104% off"}], outside=[{column: "104 off"}])
    yield Means("a_b", inside=[{column: "A_B-Test"}], outside=[{column: "axb"}])
    yield Means("a\\b", inside=[{column: "a\\b"}], outside=[{column: "ab"}, {column: "a\\\\b"}])


def bounded_column(facts: ListFacts, name: str) -> str | None:
    """The column of a filter like `opened_from` or `amount_to`; None where the filter is no bound."""
    stem, _, end = name.rpartition("_")
    if end not in ("from", "to") or not stem:
        return None
    return column_of(facts, stem)


def column_of(facts: ListFacts, stem: str) -> str:
    """The column that a name means: `opened` means `opened_on`, `amount` means `amount_minor`."""
    columns = get_type_hints(facts.projection.row)
    if stem in facts.columns:
        return facts.columns[stem]
    return next(name for name in (f"{stem}_on", f"{stem}_minor", stem) if name in columns)


def bound_meaning(facts: ListFacts, column: str, *, is_lower: bool) -> Means:
    """A bound is inside itself; what is unknown is outside of every bound."""
    kind = get_type_hints(facts.projection.row)[column]
    low, middle, high = (DAY_BEFORE, DAY, NEXT_DAY) if plain(kind) is date else (-1, 0, 1)
    inside, outside = ((middle, high), (low,)) if is_lower else ((low, middle), (high,))
    unknown = [{column: None}] if is_nullable(kind) else []
    return Means(
        middle,
        inside=[{column: value} for value in inside],
        outside=[*({column: value} for value in outside), *unknown],
    )


def equal_meanings(facts: ListFacts, column: str, hint: object) -> Iterator[Means]:
    """The column holds the value, or any of them."""
    kind = get_type_hints(facts.projection.row)[column]
    if plain(kind) is bool:
        yield from both_ways(Means(True, inside=[{column: True}], outside=[{column: False}]))
        return
    one, two, *others = distinct(plain(kind))
    unknown = [{column: None}] if is_nullable(kind) else []
    if get_origin(hint) is tuple:
        outside = [{column: each} for each in others]
        yield Means((one, two), inside=[{column: one}, {column: two}], outside=[*outside, *unknown])
        for each in others:
            yield Means((each,), inside=[{column: each}], outside=[{column: one}])
    else:
        yield Means(one, inside=[{column: one}], outside=[{column: two}, *unknown])


def distinct(kind: object) -> tuple[Any, ...]:
    """Values of a column, each another."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    if kind is UUID:
        return uid(1), uid(2), uid(3)
    assert kind is str, kind
    return "one", "two", "One"


def is_nullable(hint: object) -> bool:
    return NoneType in get_args(hint)


@pytest.mark.parametrize("read", LISTS, ids=named)
async def test_without_a_filter_all_is_listed_but_what_hides(rows: Rows, read: ListRead[Any, Any, Any]) -> None:
    facts = FACTS[read.name]
    listed = await rows.put(facts, {})
    hidden = [await rows.put(facts, facts.hidden)] if facts.hidden else []
    assert all(getattr(listed, column) != value for column, value in facts.hidden.items())
    assert await rows.listed(read) == [getattr(listed, facts.shows)]
    for item in items_of(read):
        for row in hidden:
            await item.thing.one(rows.connection, EVERYTHING, getattr(row, facts.id_column))


KNOWN = [read for read in LISTS if read.name in FACTS]
WITH_STATUS = [read for read in KNOWN if "status" in get_type_hints(FACTS[read.name].projection.row)]


@pytest.mark.parametrize("read", WITH_STATUS, ids=named)
async def test_every_status_is_listed_but_the_one_that_hides(rows: Rows, read: ListRead[Any, Any, Any]) -> None:
    facts = FACTS[read.name]
    statuses = get_args(plain(get_type_hints(facts.projection.row)["status"]))
    made = [await rows.put(facts, {"status": status}) for status in statuses]
    shown = [row for row in made if row.status != facts.hidden.get("status")]
    assert sorted(await rows.listed(read)) == sorted(getattr(row, facts.shows) for row in shown)


@pytest.mark.parametrize(
    ("run", "is_listed"),
    [
        ({"status": "issued"}, True),
        ({"status": "locked"}, True),
        ({"status": "open"}, False),
        ({"status": "calculated"}, False),
        ({"status": "issued", "calculated_position": 8}, False),
    ],
    ids=str,
)
async def test_a_statement_is_listed_while_its_run_stands_by_it(rows: Rows, run: Values, is_listed: bool) -> None:
    statements = FACTS["statements"]
    kept = replace(statements, around=lambda values: (MadeRow(RUNS, {**run_of(values), **run}),))
    made = await rows.put(kept, {"calculated_position": 7})
    (read,) = (read for read in LISTS if read.name == "statements")
    assert await rows.listed(read) == ([made.issued_position] if is_listed else [])


ORDERS = [(read, order) for read in LISTS for order in read.listing.orders.members]


@pytest.mark.parametrize(("read", "order"), ORDERS, ids=named)
async def test_an_order_sorts_as_it_says_and_pages_give_the_whole_list_once(
    rows: Rows, read: ListRead[Any, Any, Any], order: StrEnum
) -> None:
    facts = FACTS[read.name]
    stem, _, direction = order.value.rpartition("_")
    column = facts.columns.get(order.value) or ("position" if stem == "changed" else column_of(facts, stem))
    made = [await rows.put(facts, {column: value}) for value in values_to_sort(facts, column)]

    def place(row: Any) -> tuple[bool, Any, Any]:
        value = getattr(row, column)
        return value is not None, value.encode() if isinstance(value, str) else value, getattr(row, facts.id_column)

    unknown = [row for row in made if getattr(row, column) is None]
    known = [row for row in made if getattr(row, column) is not None]
    expected = sorted(unknown, key=lambda row: getattr(row, facts.id_column)) + sorted(known, key=place)
    if direction == "desc":
        expected.reverse()
    found = await rows.listed(read, order=order)
    assert found == [getattr(row, facts.shows) for row in expected]


def values_to_sort(facts: ListFacts, column: str) -> Sequence[object]:
    """In no order, some of them twice, some unknown; texts sort by their bytes."""
    kind = get_type_hints(facts.projection.row)[column]
    if column in ("position", "issued_position"):
        return 3, 1, 5, 2, 4
    unknown = (None, None) if is_nullable(kind) else ()
    match plain(kind):
        case kind if kind is date and column in facts.projection.key:
            return NEXT_DAY, DAY_BEFORE, DAY
        case kind if kind is date:
            return NEXT_DAY, DAY, *unknown, DAY_BEFORE, DAY
        case kind if kind is int:
            return 0, 10, *unknown, -5, 9, 10
    return "b", "Z", *unknown, "ä", "a", "b", "10", "9"


SCOPES = {
    "a member": (Scope(member_ids=frozenset({REP})), {REP}),
    "two members": (Scope(member_ids=frozenset({REP, MATE})), {REP, MATE}),
    "nobody": (Scope(member_ids=frozenset()), set()),
    "everybody": (EVERYTHING, {REP, MATE, STRANGER}),
}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("read", LISTS, ids=named)
async def test_a_scope_shows_exactly_its_rows_in_the_list_and_one_by_one(
    rows: Rows, read: ListRead[Any, Any, Any], scope: str
) -> None:
    facts = FACTS[read.name]
    seen_by, members = SCOPES[scope]
    seen: list[Any] = []
    unseen: list[Any] = []
    owners = (REP, MATE, STRANGER, None) if facts.owned_by and has_nobodys(facts) else (REP, MATE, STRANGER)
    for number, owner in enumerate(owners, start=1):
        owned = facts.owned_by(owner, number) if facts.owned_by else None
        for around in owned.around if owned else ():
            await rows.put_around(around)
        row = await rows.put(facts, owned.values if owned else {})
        is_seen = (
            facts.owned_by is None or owner in members or scope == "everybody" or (owner is None and facts.has_pool)
        )
        (seen if is_seen else unseen).append(row)
    assert sorted(await rows.listed(read, scope=seen_by)) == sorted(getattr(row, facts.shows) for row in seen)
    for item in items_of(read):
        for row in seen:
            await item.thing.one(rows.connection, seen_by, getattr(row, facts.id_column))
        for row in unseen:
            with pytest.raises(ThingUnknown):
                await item.thing.one(rows.connection, seen_by, getattr(row, facts.id_column))


def has_nobodys(facts: ListFacts) -> bool:
    """Tells whether a thing of the list can be nobody's."""
    assert facts.owned_by is not None
    owned = facts.owned_by(None, 0)
    made = [MadeRow(facts.projection, owned.values), *owned.around]
    hints = [(get_type_hints(each.projection.row), each.values) for each in made]
    return all(is_nullable(types[name]) for types, values in hints for name, value in values.items() if value is None)


def items_of(read: ListRead[Any, Any, Any]) -> list[ItemRead[Any]]:
    """The reads of one thing of the list."""
    return [item for item in ITEMS if item.path.partition("/{")[0] == read.path]


@pytest.mark.complete
def test_every_item_is_of_a_list() -> None:
    assert sorted(item.name for read in LISTS for item in items_of(read)) == sorted(item.name for item in ITEMS)


@pytest.mark.parametrize("read", LISTS, ids=named)
async def test_each_field_shows_the_column_of_its_name(rows: Rows, read: ListRead[Any, Any, Any]) -> None:
    facts = FACTS[read.name]
    row = await rows.put(facts, {})
    listing = read.listing
    where, order = listing.filters.where(), listing.orders.default
    page = await listing.page(rows.connection, EVERYTHING, where=where, order=order, page=PageRequest())
    (item,) = page.items
    shown = {each.name: getattr(item, each.name) for each in fields(listing.shape)}
    for name, value in shown.items():
        if name == "external_id":
            assert value == ExternalId(system=row.external_system, id=row.external_id)
        elif name == "id":
            assert value == getattr(row, facts.id_column)
        elif name in facts.in_words:
            assert (value.kind, value.english) == (getattr(row, name).kind, f"{name} one")
        elif hasattr(row, column := facts.columns.get(name, name)):
            assert as_text(value) == as_text(getattr(row, column)), name


def as_text(value: object) -> str:
    """The value as far as wire shapes and rows must agree: their classes differ, what they hold does not."""
    return (
        msgspec.json.encode(value, order="deterministic").decode() if not isinstance(value, Decimal) else f'"{value}"'
    )

"""The empty table of a rebuild with little room in memory: rows leave it, are loaded again, and end as the fold has them."""

from dataclasses import replace
from functools import partial

import pytest

from salesapi.eventlog.checkpoints import max_tracking_id
from salesapi.projections.filling import TableFill
from salesapi.projections.generations import add_generation
from salesapi.projections.pages import decode_each
from salesapi.projections.projection import GROUP_ROWS_MAX, GroupKey, Projection, Row
from salesapi.projections.table_writer import FoldInvalid, PoisonEvent
from salesapi.projections.tables import ReadTable
from tests.projections.conftest import ReadSide
from tests.projections.examples import COUNTS, DEALS, DealRow, append_stories, codec, folded
from tests.spec import uid

STORIES = range(1, 40)
LITTLE_ROOM = 3


async def filled(read_side: ReadSide, projection: Projection, *, held_rows_max: int, page_events: int = 5) -> ReadTable:
    """A table that was filled from the whole log."""
    async with read_side.owner.transaction():
        table = await add_generation(read_side.owner, projection, "rebuilding")
    filling = TableFill(table, read_side.pool, held_rows_max=held_rows_max)
    after = 0
    while True:
        page = await read_side.log.read(after=after, limit=page_events, types=projection.types)
        await filling.take(await decode_each(codec(), page.events, personal=False))
        after = page.scanned_to
        if after == page.head:
            break
    await filling.finish(after)
    return table


async def stored(read_side: ReadSide, table: ReadTable) -> list[Row]:
    """All rows of the table."""
    return [
        table.codec.decode(tuple(row)) for row in await read_side.pool.fetch(f"SELECT * FROM read.{table.table_name}")
    ]


@pytest.mark.parametrize("projection", [DEALS, COUNTS], ids=["a row a deal", "groups of rows"])
@pytest.mark.parametrize("held_rows_max", [LITTLE_ROOM, 1_000], ids=["little room", "room for all"])
async def test_a_filled_table_holds_what_the_fold_in_memory_holds(
    read_side: ReadSide, projection: Projection, held_rows_max: int
) -> None:
    last = await append_stories(read_side.log, STORIES)
    table = await filled(read_side, projection, held_rows_max=held_rows_max)
    rows = await stored(read_side, table)

    assert len(rows) == len(set(rows))
    assert set(rows) == await folded(read_side.log, projection)
    assert await max_tracking_id(read_side.application, table.follower) == last


async def test_an_event_that_cannot_be_folded_is_named(read_side: ReadSide) -> None:
    await append_stories(read_side.log, STORIES)
    refused = next(each for each in (await read_side.log.read(after=60, limit=100)).events if each.type == "deal.won")

    def refusing(rows: tuple[Row, ...], event: object, recorded: object, group: GroupKey) -> tuple[Row, ...]:
        if getattr(recorded, "position", None) == refused.position:
            raise ZeroDivisionError
        result: tuple[Row, ...] = DEALS.evolve(rows, event, recorded, group)  # type: ignore[arg-type]
        return result

    with pytest.raises(PoisonEvent) as poison:
        await filled(read_side, replace(DEALS, evolve=refusing), held_rows_max=LITTLE_ROOM)
    assert poison.value.position == refused.position


def misplaced(wrong: str, rows: tuple[Row, ...], event: object, recorded: object, group: GroupKey) -> tuple[Row, ...]:
    result: tuple[Row, ...] = DEALS.evolve(rows, event, recorded, group)  # type: ignore[arg-type]
    (row,) = result or (None,)
    if not isinstance(row, DealRow):
        return ()
    match wrong:
        case "elsewhere":
            return (replace(row, deal_id=uid(0xEE)),)
        case "twice":
            return (row, row)
    return (row,) * (GROUP_ROWS_MAX + 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [("elsewhere", "not of the group"), ("twice", "two rows with one key"), ("many", "at most 2000 are allowed")],
)
async def test_a_projection_that_breaks_its_own_rules_fills_no_table(
    read_side: ReadSide, wrong: str, message: str
) -> None:
    await append_stories(read_side.log, range(1, 2))
    with pytest.raises(FoldInvalid, match=message):
        await filled(
            read_side, replace(DEALS, types=("deal.opened",), evolve=partial(misplaced, wrong)), held_rows_max=9
        )

"""New tables beside served ones: rebuilds, new versions, and what is refused."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from salesapi.database.locks import REBUILD, TRY_NAMED
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.projections.generations import ReadModelChanged, add_generation, follow_generation, make_live, registered
from salesapi.projections.positions import position_of
from salesapi.projections.projection import GroupKey, Projection, Row
from salesapi.projections.rebuilding import RebuildProgress, RebuildRefused, rebuild
from salesapi.projections.table_writer import PoisonEvent
from tests.projections.conftest import PATIENCE_SECONDS, ReadSide
from tests.projections.digests import rows_digest
from tests.projections.examples import COUNTS, DEALS, append_stories, codec, deal_groups, folded
from tests.spec import uid

MANY = range(1, 2_000)
"""Deals with more events than one page of a rebuild."""


def quietly(progress: RebuildProgress) -> None:
    """Nobody watches."""


async def rebuilt(
    read_side: ReadSide, projection: Projection, on_progress: Callable[[RebuildProgress], None] = quietly
) -> str:
    return await rebuild(
        read_side.urls.owner_url,
        projection,
        log=read_side.log,
        codec=codec(),
        pool=read_side.pool,
        on_progress=on_progress,
    )


async def tables(read_side: ReadSide) -> list[str]:
    """All tables of read models that exist."""
    rows = await read_side.owner.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'read' AND tablename <> 'registry' ORDER BY 1"
    )
    return [row["tablename"] for row in rows]


async def test_a_rebuild_gives_equal_rows_in_a_new_table_and_drops_the_old(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    async with read_side.engine(DEALS):
        await read_side.reach(["deal_example"], await append_stories(read_side.log, MANY))
        before, table_before = await rows_digest(read_side.application, DEALS), await read_side.live_table(DEALS.name)
        table_after = await rebuilt(read_side, DEALS)
        await read_side.reach(["deal_example"], await append_stories(read_side.log, range(5_001, 5_002)))
        await rebuilt(read_side, DEALS)

    assert table_after != table_before
    assert len(await tables(read_side)) == 1
    assert await read_side.rows(DEALS) == await folded(read_side.log, DEALS)
    assert await rows_digest(read_side.application, DEALS) != before, "one more deal is another digest"


async def test_a_rebuild_brings_back_a_row_that_was_changed_by_hand(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    async with read_side.engine(DEALS):
        await read_side.reach(["deal_example"], await append_stories(read_side.log, range(1, 100)))
    before = await rows_digest(read_side.application, DEALS)
    table = await read_side.live_table("deal_example")
    await read_side.pool.execute(f"UPDATE read.{table} SET amount_minor = 1 WHERE deal_id = $1", uid(3))
    changed = await rows_digest(read_side.application, DEALS)
    await rebuilt(read_side, DEALS)

    assert changed != before
    assert await rows_digest(read_side.application, DEALS) == before


async def test_queries_are_answered_and_never_go_back_while_a_busy_read_model_is_rebuilt(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    is_over = asyncio.Event()
    seen: list[tuple[int, int]] = []

    async def sell() -> int:
        start = 10_000
        while not is_over.is_set():
            await append_stories(read_side.log, range(start, start + 5))
            start += 5
        return await append_stories(read_side.log, range(start, start + 5))

    async def ask() -> None:
        while not is_over.is_set():
            position = await position_of(read_side.pool, ["owner_count"])
            seen.append((position, await read_side.pool.fetchval("SELECT sum(events) FROM read.owner_count") or 0))
            await asyncio.sleep(0.001)

    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], await append_stories(read_side.log, MANY))
        selling, authenticator = asyncio.create_task(sell()), asyncio.create_task(ask())
        await rebuilt(read_side, COUNTS)
        await rebuilt(read_side, COUNTS)
        is_over.set()
        last = await selling
        await authenticator
        await read_side.reach(["owner_count"], last)

    assert seen == sorted(seen), "neither the position nor the counts went back"
    assert seen[0][1] > 0
    counted = await read_side.pool.fetchval("SELECT sum(events) FROM read.owner_count")
    await rebuilt(read_side, COUNTS)
    assert await read_side.pool.fetchval("SELECT sum(events) FROM read.owner_count") == counted


async def test_a_rebuild_that_died_is_cleaned_up_by_the_next(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    async with read_side.engine(DEALS):
        await read_side.reach(["deal_example"], await append_stories(read_side.log, MANY))
    before = await rows_digest(read_side.application, DEALS)

    def die(progress: RebuildProgress) -> None:
        dying.cancel()

    dying = asyncio.create_task(rebuilt(read_side, DEALS, die))
    await asyncio.gather(dying, return_exceptions=True)
    left_behind = await tables(read_side)
    served = await read_side.live_table("deal_example")
    await rebuilt(read_side, DEALS)

    assert dying.cancelled()
    assert len(left_behind) == 2
    assert served == min(left_behind)
    assert len(await tables(read_side)) == 1
    assert await rows_digest(read_side.application, DEALS) == before


async def test_two_rebuilds_of_one_read_model_do_not_run_at_once(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    assert await read_side.owner.fetchval(TRY_NAMED, REBUILD, "owner_count")
    with pytest.raises(RebuildRefused, match="another rebuild"):
        await rebuilt(read_side, COUNTS)


async def test_a_read_model_that_was_never_prepared_cannot_be_rebuilt(read_side: ReadSide) -> None:
    with pytest.raises(RebuildRefused, match="salesapi migrate"):
        await rebuilt(read_side, COUNTS)


def undividable(rows: object, event: object, recorded: Recorded, group: GroupKey) -> tuple[Row, ...]:
    raise ZeroDivisionError


async def test_a_rebuild_that_meets_a_poison_event_leaves_the_live_table(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], await append_stories(read_side.log, range(1, 10)))
    table = await read_side.live_table("owner_count")
    with pytest.raises(PoisonEvent) as poison:
        await rebuilt(read_side, replace(COUNTS, evolve=undividable))

    assert poison.value.position == 1
    assert await read_side.live_table("owner_count") == table
    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)


@record
class DealStory:
    """The second version of the read model of deals: other columns."""

    deal_id: UUID
    events: int


def evolve_story(rows: tuple[Row, ...], event: object, recorded: Recorded, group: GroupKey) -> tuple[Row, ...]:
    events = sum(row.events for row in rows if isinstance(row, DealStory))
    return (DealStory(deal_id=recorded.stream_id, events=events + 1),)


STORIES = replace(DEALS, version=2, row=DealStory, groups=deal_groups, evolve=evolve_story, indexes=("(events)",))


async def shown(read_side: ReadSide, version: int) -> None:
    """Waits until queries see this version."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await registered(read_side.owner, ["deal_example"])
            if any(each.state == "live" and each.version == version for each in found):
                return
            await asyncio.sleep(0.01)


async def test_followers_build_a_new_version_beside_the_old_and_show_it_once_it_caught_up(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    async with read_side.engine(DEALS):
        await read_side.reach(["deal_example"], await append_stories(read_side.log, MANY))
        await read_side.prepare(STORIES)
        still_served = await read_side.rows(DEALS)
        async with read_side.engine(STORIES):
            await shown(read_side, 2)
            await read_side.reach(["deal_example"], await append_stories(read_side.log, range(6_000, 6_010)))

    assert len(still_served) == 1_499
    assert await read_side.rows(STORIES) == await folded(read_side.log, STORIES)
    assert [each.state for each in await registered(read_side.owner, ["deal_example"])] == ["retired", "live"]
    await read_side.prepare(STORIES)
    assert await tables(read_side) == [await read_side.live_table("deal_example")], "the old table is dropped next time"


async def test_a_program_that_is_rolled_back_gets_its_old_table_again(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    first = await read_side.live_table("deal_example")
    await append_stories(read_side.log, range(1, 20))
    await read_side.prepare(STORIES)
    async with read_side.engine(STORIES):
        await shown(read_side, 2)
    await read_side.prepare(DEALS)
    async with read_side.engine(DEALS):
        await shown(read_side, 1)

    assert await read_side.live_table("deal_example") == first
    assert await read_side.rows(DEALS) == await folded(read_side.log, DEALS)


async def test_a_rebuild_can_bring_a_new_version_too(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS)
    await append_stories(read_side.log, range(1, 20))
    await rebuilt(read_side, STORIES)

    assert await read_side.rows(STORIES) == await folded(read_side.log, STORIES)
    assert await tables(read_side) == [await read_side.live_table("deal_example")]


async def test_preparing_again_changes_nothing(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS, COUNTS)
    before = await tables(read_side)
    await read_side.prepare(DEALS, COUNTS)

    assert await tables(read_side) == before


@record
class OwnerCountWithName:
    owner_id: UUID
    kind: str
    events: int
    name: str | None


async def test_changed_columns_without_a_new_version_are_refused(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    changed = replace(COUNTS, row=OwnerCountWithName)
    with pytest.raises(ReadModelChanged, match=r"name text.*version=2"):
        await read_side.prepare(changed)
    with pytest.raises(ReadModelChanged):
        await rebuilt(read_side, changed)


async def test_a_changed_key_without_a_new_version_is_refused(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    with pytest.raises(ReadModelChanged, match="key owner_id, kind"):
        await read_side.prepare(replace(COUNTS, key=("owner_id", "kind")))


async def test_a_further_index_needs_no_new_version(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    await read_side.prepare(replace(COUNTS, indexes=("(events)",)))

    definitions = await read_side.owner.fetch("SELECT indexdef FROM pg_indexes WHERE schemaname = 'read'")
    assert any("(events)" in row["indexdef"] for row in definitions)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE read.other (id int)",
        "DROP VIEW read.owner_count",
        "DROP TABLE read.registry",
        "UPDATE read.registry SET version = 7",
        "INSERT INTO read.registry (name, generation, version, table_name, columns, state) VALUES ('a', 1, 1, 'a', '', 'live')",
    ],
)
async def test_the_application_role_cannot_make_or_change_tables(read_side: ReadSide, statement: str) -> None:
    await read_side.prepare(COUNTS)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await read_side.pool.execute(statement)


async def test_nobody_can_show_a_table_that_is_not_ready(read_side: ReadSide) -> None:
    await read_side.prepare(COUNTS)
    async with read_side.engine(COUNTS):
        await read_side.reach(["owner_count"], await append_stories(read_side.log, range(1, 10)))
    table = await add_generation(read_side.owner, COUNTS, "rebuilding")
    while_rebuilding = await make_live(read_side.application, table)
    await follow_generation(read_side.owner, table)
    while_behind = await make_live(read_side.application, table)

    assert (while_rebuilding, while_behind) == (False, False)
    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)

"""Read models that are in step share a page's transaction; one that cannot go on leaves, and comes back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest_asyncio
from asyncpg.connection import LoggedQuery

from salesapi.domain.shared.kernel import record
from salesapi.projections.positions import position_of
from salesapi.projections.projection import Projection, Row
from tests.projections.conftest import PATIENCE_SECONDS, ReadSide
from tests.projections.examples import COUNTS, DEALS, append, append_stories, evolve_counts, folded, opened
from tests.spec import uid

LOOK_SECONDS = 0.02
IDLE = 60


@record
class IdleRow:
    """A row that is never written."""

    stream_id: UUID


def idle(number: int) -> Projection:
    """A read model that no event of these tests concerns."""
    return Projection(
        name=f"idle_{number}",
        version=1,
        row=IdleRow,
        key=("stream_id",),
        group=("stream_id",),
        types=("objection.raised",),
        groups=lambda event, recorded: ((recorded.stream_id,),),
        evolve=lambda rows, event, recorded, group: rows,
    )


class Statements:
    """The statements that the followers of a read side send to PostgreSQL."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(self, query: LoggedQuery) -> None:
        self.sent.append(" ".join(query.query.split()))

    @property
    def of_pages(self) -> list[str]:
        """Those of the pages' transactions: between each BEGIN and its COMMIT, but for those who look how far they are."""
        found: list[str] = []
        is_inside = False
        for each in self.sent:
            if "read.registry" in each:
                continue
            is_inside = is_inside or each.startswith("BEGIN")
            if is_inside:
                found.append(each)
            is_inside = is_inside and not each.startswith("COMMIT")
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def watched(read_side: ReadSide) -> AsyncIterator[tuple[ReadSide, Statements]]:
    """A read side whose followers' statements are written down."""
    statements = Statements()

    async def watch(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        connection.add_query_logger(statements)

    async def keep_watching(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """The pool's usual reset would take the logger away."""

    pool = asyncpg.create_pool(read_side.urls.application_url, min_size=1, max_size=12, init=watch, reset=keep_watching)
    async with pool:
        yield replace(read_side, pool=pool), statements


async def quiet(read_side: ReadSide, *projections: Projection) -> int:
    """Waits until these are at the head together, and nothing is sent any more; the head."""
    head = await read_side.log.head()
    await read_side.reach([each.name for each in projections], head)
    await asyncio.sleep(0.2)
    return head


async def statements_of_one_page(read_side: ReadSide, statements: Statements, *projections: Projection) -> list[str]:
    """Lists the statements that one more page costs once these follow in step."""
    await read_side.prepare(*projections)
    async with read_side.engine(*projections):
        await append_stories(read_side.log, range(1, 5))
        await quiet(read_side, *projections)
        statements.sent.clear()
        await append(read_side.log, uid(900), opened("One more"))
        await quiet(read_side, *projections)
        return statements.of_pages


async def test_sixty_idle_read_models_add_no_statement_to_a_page(watched: tuple[ReadSide, Statements]) -> None:
    read_side, statements = watched

    page = await statements_of_one_page(read_side, statements, DEALS, COUNTS, *map(idle, range(1, IDLE + 1)))

    assert page.count("COMMIT;") == 1, page
    assert sum("log.tracking" in each for each in page) == 1, "one checkpoint statement moves all of them"
    assert sum("idle" in each for each in page) == 0
    # BEGIN, checkpoints, the upsert of the deal, load and upsert of the count, COMMIT.
    assert len(page) <= 7, page
    for projection in (DEALS, COUNTS):
        assert await read_side.rows(projection) == await folded(read_side.log, projection)


async def in_step(read_side: ReadSide, statements: Statements, *projections: Projection) -> bool:
    """Tells whether one more event costs these together one transaction."""
    await quiet(read_side, *projections)
    statements.sent.clear()
    await append(read_side.log, UUID(int=(await read_side.log.head()) + 0xFACE), opened("One more"))
    await quiet(read_side, *projections)
    return statements.of_pages.count("COMMIT;") == 1


async def eventually_in_step(read_side: ReadSide, statements: Statements, *projections: Projection) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await in_step(read_side, statements, *projections):
            await asyncio.sleep(LOOK_SECONDS)


async def test_a_read_model_whose_table_is_held_leaves_the_group_and_comes_back(
    watched: tuple[ReadSide, Statements],
) -> None:
    read_side, statements = watched
    await read_side.prepare(DEALS, COUNTS)
    async with read_side.engine(DEALS, COUNTS):
        await append_stories(read_side.log, range(1, 5))
        await quiet(read_side, DEALS, COUNTS)
        async with read_side.held_up("owner_count"):
            last = await append_stories(read_side.log, range(5, 10))
            await read_side.reach(["deal_example"], last)
            assert await position_of(read_side.pool, ["owner_count"]) < last
            assert await read_side.stopped("owner_count") is None, "to wait for a lock is no trouble"
        await eventually_in_step(read_side, statements, DEALS, COUNTS)

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)
    assert await read_side.rows(DEALS) == await folded(read_side.log, DEALS)


async def test_a_read_model_that_had_stopped_catches_up_and_joins_the_group_after_the_fix(
    watched: tuple[ReadSide, Statements],
) -> None:
    read_side, statements = watched
    await read_side.prepare(DEALS, COUNTS)
    is_broken = True

    def evolve(*arguments: Any) -> Sequence[Row]:
        if is_broken:
            raise ZeroDivisionError("a mistake")
        return evolve_counts(*arguments)

    mistaken = replace(COUNTS, evolve=evolve)
    async with read_side.engine(DEALS, mistaken):
        last = await append_stories(read_side.log, range(1, 50))
        await read_side.reach(["deal_example"], last)
        await read_side.stops("owner_count")
        is_broken = False
        await read_side.goes_on("owner_count")
        await eventually_in_step(read_side, statements, DEALS, COUNTS)

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)


async def test_a_new_version_catches_up_by_itself_and_joins_the_group_once_it_is_shown(
    watched: tuple[ReadSide, Statements],
) -> None:
    read_side, statements = watched
    second = replace(COUNTS, version=2)
    await read_side.prepare(DEALS, COUNTS)
    async with read_side.engine(DEALS, COUNTS):
        await append_stories(read_side.log, range(1, 400))
        await quiet(read_side, DEALS, COUNTS)
    await read_side.prepare(DEALS, second)
    async with read_side.engine(DEALS, second):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "v2" not in await read_side.live_table("owner_count"):
                await asyncio.sleep(LOOK_SECONDS)
        await eventually_in_step(read_side, statements, DEALS, second)

    assert await read_side.rows(second) == await folded(read_side.log, second)


async def test_a_group_that_was_killed_in_the_middle_goes_on_without_loss_or_repetition(read_side: ReadSide) -> None:
    await read_side.prepare(DEALS, COUNTS)
    async with read_side.engine(DEALS, COUNTS):
        for start in range(1, 300, 20):
            last = await append_stories(read_side.log, range(start, start + 20))
            await read_side.application.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'salesapi projections' "
                "AND datname = current_database()"
            )
        await read_side.reach(["deal_example", "owner_count"], last)

    assert await read_side.rows(COUNTS) == await folded(read_side.log, COUNTS)
    assert await read_side.rows(DEALS) == await folded(read_side.log, DEALS)

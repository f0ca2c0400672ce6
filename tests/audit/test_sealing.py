"""The sealer on a real PostgreSQL: what it stores, what it survives, and who may touch what it stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TypeAlias

import asyncpg
import pytest
import pytest_asyncio
from eventsourcing.persistence import IntegrityError

from salesapi.audit.leaf import leaf_bytes
from salesapi.audit.rows import pages
from salesapi.audit.sealing import BATCH_EVENTS_MAX, EvidenceBroken, NotSealed, Sealer, root_at, seal_all, seal_next
from salesapi.audit.tree import Frontier, empty_root, leaf_hash, perfect_subtrees
from salesapi.database.connections import open_connection
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.eventlog.recorder import PositionGap
from salesapi.subscriptions.runner import following
from tests.audit.stories import ROOT_TIMEOUT_SECONDS, StoredStory
from tests.connections import connected, value_of
from tests.programs import until

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

LOOKS_MAX = 500
LOOK_SECONDS = 0.02


@pytest_asyncio.fixture(loop_scope="session")
async def pool(story: StoredStory) -> AsyncIterator[Pool]:
    """Connections of the application's role."""
    async with asyncpg.create_pool(story.urls.application_url, min_size=1, max_size=6) as made:
        yield made


async def roots_by_size(story: StoredStory) -> list[bytes]:
    """The root over the first 0, 1, 2, ... events, computed from what stands in the log."""
    frontier = Frontier()
    roots = [frontier.root()]
    async with connected(story.urls.application_url) as connection:
        async for page in pages(connection):
            for each in page:
                frontier.append(leaf_hash(leaf_bytes(each.row)))
                roots.append(frontier.root())
    return roots


async def until_waiting_for_a_lock(superuser_url: str, application: str, *, count: int = 1) -> int:
    """A server process of this application, once so many of them wait for a lock; bounded."""
    async with connected(superuser_url) as connection:
        for _ in range(LOOKS_MAX):
            found = await connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'", application
            )
            if len(found) >= count:
                return int(found[0]["pid"])
            await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(f"{application} never came to wait for a lock")


async def test_every_sealed_size_has_the_root_over_its_events(story: StoredStory, pool: Pool) -> None:
    for count in (1, 5, 1, 26):
        await story.notes(count)
        await story.seal()
    roots = await roots_by_size(story)
    assert len(roots) == 34
    for size, root in enumerate(roots):
        assert await root_at(pool, size, 0) == root, f"size {size}"


async def test_each_sealed_batch_leaves_one_root(story: StoredStory, pool: Pool) -> None:
    await story.notes(3)
    await story.seal()
    await story.notes(4)
    await story.seal()
    await story.seal()
    roots = await roots_by_size(story)
    stored = await pool.fetch("SELECT size, root FROM audit.root ORDER BY size")
    assert [(row["size"], row["root"]) for row in stored] == [(3, roots[3]), (7, roots[7])]


async def test_a_log_longer_than_a_batch_is_sealed_in_several(story: StoredStory, pool: Pool) -> None:
    head = await story.notes(BATCH_EVENTS_MAX + 100)
    assert await story.seal() == head
    sizes = [row["size"] for row in await pool.fetch("SELECT size FROM audit.root ORDER BY size")]
    assert sizes == [BATCH_EVENTS_MAX, head]
    assert await root_at(pool, head, 0) == (await roots_by_size(story))[-1]


async def test_the_empty_log_has_the_empty_root(pool: Pool) -> None:
    assert await root_at(pool, 0, 0) == empty_root()


def test_a_root_over_a_million_events_needs_few_subtrees() -> None:
    assert len(perfect_subtrees((0, 1_000_000))) == (1_000_000).bit_count()


async def test_a_root_that_is_not_sealed_in_time_is_refused_as_unavailable(story: StoredStory, pool: Pool) -> None:
    await story.notes(2)
    with pytest.raises(NotSealed, match=r"audit\.not_sealed: The first 2 events are not sealed yet"):
        await root_at(pool, 2, 0.05)


async def test_a_root_waits_for_the_sealer_to_come_so_far(story: StoredStory, pool: Pool) -> None:
    await story.notes(2)
    waiting = asyncio.create_task(root_at(pool, 2, ROOT_TIMEOUT_SECONDS))
    await story.seal()
    assert await waiting == (await roots_by_size(story))[2]


async def test_the_running_sealer_is_woken_by_new_events(story: StoredStory, pool: Pool) -> None:
    async with following(pool, story.log) as subscriptions:
        sealer = subscriptions.start(Sealer(pool))
        for count in (1, 2, 3):
            head = await story.notes(count)
            await root_at(pool, head, ROOT_TIMEOUT_SECONDS)
        assert (sealer.status().state, sealer.status().error) == ("following", None)
    assert sealer.status().state == "ended"


async def test_two_sealers_at_once_never_seal_an_event_twice(
    story: StoredStory, postgresql: EmbeddedPostgreSQL
) -> None:
    rivals = [await open_connection(story.urls.application_url, name="rival") for _ in range(2)]
    blocker = await asyncpg.connect(story.urls.owner_url)
    try:
        for _ in range(3):
            head = await story.notes(40)
            # Both may read what is to be done, and both come to wait where they say that they have done it.
            await blocker.execute("BEGIN; LOCK TABLE log.tracking IN SHARE MODE")
            race = asyncio.gather(*(seal_next(rival) for rival in rivals), return_exceptions=True)
            await until_waiting_for_a_lock(postgresql.superuser_url, "salesapi rival", count=2)
            await blocker.execute("COMMIT")
            outcomes = await race
            assert head in outcomes
            assert sum(isinstance(each, IntegrityError) for each in outcomes) == 1
    finally:
        for connection in (*rivals, blocker):
            await connection.close()
    await story.must_be_proven()


async def test_a_sealer_whose_connection_is_killed_in_the_middle_loses_nothing(
    story: StoredStory, pool: Pool, postgresql: EmbeddedPostgreSQL
) -> None:
    async with connected(story.urls.owner_url) as blocker, connected(postgresql.superuser_url) as killer:
        # The root is the last row that a batch writes: with its table locked the batch stands before its end.
        await blocker.execute("BEGIN; LOCK TABLE audit.root IN ACCESS EXCLUSIVE MODE")
        head = await story.notes(20)
        async with following(pool, story.log) as subscriptions:
            subscriptions.start(Sealer(pool))
            victim = await until_waiting_for_a_lock(postgresql.superuser_url, "salesapi sealer")
            assert await killer.fetchval("SELECT pg_terminate_backend($1, 5000)", victim)
            assert await killer.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", victim) == 0
            await blocker.execute("COMMIT")
            assert await root_at(pool, head, ROOT_TIMEOUT_SECONDS) == (await roots_by_size(story))[-1]
    await story.must_be_proven()


async def test_a_second_sealer_stands_by_and_takes_over(story: StoredStory, pool: Pool) -> None:
    async with AsyncExitStack() as stack:
        async with following(pool, story.log) as first:
            first.start(Sealer(pool))
            await root_at(pool, await story.notes(1), ROOT_TIMEOUT_SECONDS)
            second = (await stack.enter_async_context(following(pool, story.log))).start(Sealer(pool))
            assert second.status().state == "standby"
        await root_at(pool, await story.notes(1), ROOT_TIMEOUT_SECONDS)
        assert second.status().state == "following"


@pytest.mark.breaks_log
async def test_a_sealer_that_cannot_go_on_holds_its_position_and_says_why(story: StoredStory, pool: Pool) -> None:
    await story.notes(2)
    await story.seal()
    await story.notes(3)
    await story.as_owner("DELETE FROM log.event WHERE position = 3")
    async with following(pool, story.log) as subscriptions:
        sealer = subscriptions.start(Sealer(pool))
        await until(lambda: sealer.status().error is not None, "it says why")
        status = sealer.status()
    assert status.state == "stopped"
    assert status.error == "PositionGap: after position 2 the log has 4: an event was removed or renumbered"
    assert await pool.fetchval("SELECT max(size) FROM audit.root") == 2


@pytest.mark.breaks_log
async def test_sealing_stops_loudly_where_an_event_is_missing(story: StoredStory) -> None:
    await story.notes(5)
    await story.as_owner("DELETE FROM log.event WHERE position = 3")
    with pytest.raises(PositionGap, match="after position 2 the log has 4"):
        await seal_all(story.urls.application_url)


@pytest.mark.breaks_log
async def test_sealing_stops_loudly_where_sealed_events_were_removed(story: StoredStory) -> None:
    await story.notes(5)
    await story.seal()
    await story.as_owner("DELETE FROM log.event WHERE position > 3")
    with pytest.raises(PositionGap, match="ends at 3, but 5 events are sealed"):
        await seal_all(story.urls.application_url)


async def test_a_stored_root_that_contradicts_the_tree_is_never_handed_out(story: StoredStory, pool: Pool) -> None:
    await story.notes(5)
    await story.seal()
    await story.as_owner("UPDATE audit.root SET root = decode(repeat('00', 32), 'hex')")
    with pytest.raises(EvidenceBroken, match="size 5"):
        await root_at(pool, 5, 0)


@pytest.mark.parametrize("table", ["audit.leaf", "audit.node", "audit.root"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_evidence_is_only_ever_added_even_by_the_owner(story: StoredStory, table: str, statement: str) -> None:
    await story.notes(4)
    await story.seal()
    column = {"audit.leaf": "hash", "audit.node": "hash", "audit.root": "root"}[table]
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="evidence is only ever added"):
        await value_of(story.urls.owner_url, statement.format(table, column, column))


@pytest.mark.parametrize("statement", ["UPDATE audit.leaf SET position = position", "DELETE FROM audit.root"])
async def test_the_application_may_not_change_evidence(pool: Pool, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await pool.execute(statement)

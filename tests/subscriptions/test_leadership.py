"""Leads by a lease: who has one keeps it while the process renews, and loses all of them when it does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest_asyncio

from salesapi.database.connections import Pool
from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.subscriptions.leadership import LEASE_SECONDS, RENEW_SECONDS, Leadership
from tests.programs import until

NAMES = tuple(f"tally {number}" for number in range(1, 41))
PAUSE = "UPDATE log.process SET until = clock_timestamp() - interval '1 s'"
"""What is found of a process that was paused for longer than its lease."""
ROWS = "SELECT min(until) FROM log.process"
WRITTEN_LEADS = "SELECT array_agg(DISTINCT xmin::text) FROM log.lead"
END_SESSIONS = """
    SELECT count(pg_terminate_backend(backend)) FROM log.process WHERE backend IN (SELECT pid FROM pg_stat_activity)
"""


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: DatabaseUrls) -> AsyncIterator[Pool]:
    """A migrated database as the application has it."""
    await migrate(database.owner_url)
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=8) as made:
        yield made


@asynccontextmanager
async def leading(pool: Pool) -> AsyncIterator[Leadership]:
    """The leads of a process while the block runs."""
    leadership = Leadership(pool)
    try:
        yield leadership
    finally:
        await leadership.close()


async def test_a_lead_is_of_one_process_until_it_is_given_up(pool: Pool) -> None:
    async with leading(pool) as first, leading(pool) as second:
        assert await first.lead(NAMES[:2]) == {*NAMES[:2]}
        assert await second.lead(NAMES[:3]) == {NAMES[2]}

        await first.leave(NAMES[:1])

        assert await second.lead(NAMES[:3]) == {NAMES[0], NAMES[2]}
        assert await first.lead(NAMES[:3]) == {NAMES[1]}


async def test_an_orderly_end_gives_all_leads_up_at_once(pool: Pool) -> None:
    async with leading(pool) as second:
        async with leading(pool) as first:
            await first.lead(NAMES)
            assert await second.lead(NAMES) == frozenset()

        assert await second.lead(NAMES) == {*NAMES}


async def test_a_process_that_does_not_renew_loses_all_leads_and_notices_by_itself(pool: Pool) -> None:
    async with leading(pool) as paused, leading(pool) as other:
        await paused.lead(NAMES)
        await pool.execute(PAUSE)
        assert await other.lead(NAMES) == {*NAMES}

        async def has_noticed() -> bool:
            return not await paused.lead(NAMES)

        await until(has_noticed, "it finds its lease gone", 2 * RENEW_SECONDS)
        assert await other.lead(NAMES) == {*NAMES}


async def test_an_expired_lease_that_nobody_took_goes_on(pool: Pool) -> None:
    async with leading(pool) as paused, leading(pool) as other:
        await paused.lead(NAMES)
        await pool.execute(PAUSE)

        async def is_renewed() -> bool:
            return bool(await pool.fetchval("SELECT until > clock_timestamp() FROM log.process"))

        await until(is_renewed, "it renews its lease", 2 * RENEW_SECONDS)
        assert await other.lead(NAMES) == frozenset()


async def test_all_leads_of_a_process_are_renewed_by_one_row(pool: Pool) -> None:
    async with leading(pool) as first:
        await first.lead(NAMES)
        before, written = await pool.fetchval(ROWS), await pool.fetchval(WRITTEN_LEADS)

        async def is_renewed() -> bool:
            return bool(await pool.fetchval(ROWS) > before)

        await until(is_renewed, "the row of the process is written", 2 * RENEW_SECONDS)
        assert await pool.fetchval(WRITTEN_LEADS) == written
        assert await pool.fetchval("SELECT count(*) FROM log.process") == 1


async def test_a_process_whose_session_has_ended_is_replaced_without_waiting_for_the_lease(pool: Pool) -> None:
    async with leading(pool) as killed, leading(pool) as other:
        await killed.lead(NAMES)
        await pool.execute(END_SESSIONS)

        assert await other.lead(NAMES) == {*NAMES}


async def test_one_whose_connection_was_lost_renews_on_another(pool: Pool) -> None:
    async with leading(pool) as first:
        await first.lead(NAMES)
        before = await pool.fetchval("SELECT backend FROM log.process")
        await pool.execute(END_SESSIONS)

        async def is_renewed() -> bool:
            return bool(await pool.fetchval("SELECT backend FROM log.process") != before)

        await until(is_renewed, "another session renews it", LEASE_SECONDS)
        assert await first.lead(NAMES) == {*NAMES}

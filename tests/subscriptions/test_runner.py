"""One runner for every follower: here with the smallest one that counts, and everything that may happen to it."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg
import pytest
import pytest_asyncio

from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.checkpoints import insert_tracking, max_tracking_id
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import EventLog
from salesapi.queries.health import BEHIND_SECONDS, FollowerHealth, health
from salesapi.subscriptions.runner import GATHER_SECONDS, GATHER_SECONDS_MAX, Progress, following, gathering_seconds
from salesapi.subscriptions.states import Trouble, trouble_of
from tests.connections import connected, value_of
from tests.programs import until
from tests.projections.examples import append_stories

PATIENCE_SECONDS = 20.0
LOOK_SECONDS = 0.02
PAGE = 7
AGE = """
    ALTER TABLE log.event DISABLE TRIGGER events_are_only_added;
    UPDATE log.event SET recorded_at = recorded_at - interval '1 minute';
    ALTER TABLE log.event ENABLE ALWAYS TRIGGER events_are_only_added
"""
"""A minute passes."""


class ServerIsAway(Exception):
    """A trouble of the tally that passes."""


@dataclass
class Tally:
    """A follower in a few lines: counts events, in the transaction of its checkpoint."""

    log: EventLog
    pool: "asyncpg.Pool[asyncpg.Record]"
    failure: Exception | None = None
    until: int | None = None
    steps: int = 0
    names: tuple[str, ...] = ("tally",)
    may_step: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_step.set()

    async def resume(self) -> None:
        """Each step begins from what is stored."""

    async def step(self) -> Progress | None:
        await self.may_step.wait()
        if self.failure is not None:
            raise self.failure
        async with self.pool.acquire() as connection, connection.transaction():
            position = await max_tracking_id(connection, "tally")
            page = await self.log.read(after=position or 0, limit=PAGE)
            if page.events:
                await insert_tracking(connection, "tally", expected=position, position=page.scanned_to)
                await connection.execute("UPDATE tally SET events = events + $1", len(page.events))
        self.steps += 1
        if self.until is not None and page.scanned_to >= self.until:
            return None
        return Progress(position=page.scanned_to, is_at_head=page.scanned_to == page.head)

    def trouble(self, error: Exception) -> Trouble:
        return trouble_of(error, passing=(ServerIsAway,))

    async def close(self) -> None:
        """It borrows its connections."""


@dataclass
class Place:
    """A log, a pool, and the table that the tally counts in."""

    urls: DatabaseUrls
    log: PostgreSQLEventLog
    pool: "asyncpg.Pool[asyncpg.Record]"

    async def counted(self) -> int:
        return int(await self.pool.fetchval("SELECT events FROM tally"))

    async def of_tally(self) -> FollowerHealth:
        found = await health(self.pool, ["tally"])
        assert found is not None
        (tally,) = (each for each in found.followers if each.follower == "tally")
        return tally

    async def eventually(self, **wanted: object) -> FollowerHealth:
        """Looks until the health of the tally has these values."""
        found: FollowerHealth | None = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    found = await self.of_tally()
                    if all(getattr(found, name) == value for name, value in wanted.items()):
                        return found
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise AssertionError(f"it did not come about: {found}") from None


@pytest_asyncio.fixture(loop_scope="session")
async def place(database: DatabaseUrls) -> AsyncIterator[Place]:
    """An empty log."""
    await migrate(database.owner_url)
    async with connected(database.owner_url) as owner:
        await owner.execute(
            "CREATE TABLE public.tally AS SELECT 0 AS events; GRANT ALL ON public.tally TO salesapi_app"
        )
    log = await PostgreSQLEventLog.connect(database.application_url)
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=8) as pool:
        yield Place(database, log, pool)
    await log.close()


async def test_a_follower_is_brought_to_the_head_woken_by_commits_and_shown(place: Place) -> None:
    await append_stories(place.log, range(1, 10))
    async with following(place.pool, place.log) as subscriptions:
        tally = subscriptions.start(Tally(place.log, place.pool))
        await place.eventually(lag=0, state="following", error=None)
        head = await append_stories(place.log, range(10, 20))
        await place.eventually(position=head, lag=0)
        assert (tally.status().state, tally.status().error) == ("following", None)

    assert await place.counted() == head


async def test_one_that_no_process_runs_is_shown_as_not_led(place: Place) -> None:
    await place.eventually(state="not_led", position=0)
    async with following(place.pool, place.log) as subscriptions:
        subscriptions.start(Tally(place.log, place.pool))
        await place.eventually(state="following")
    await place.eventually(state="not_led")


async def test_one_that_follows_and_comes_nowhere_is_shown_as_behind_with_its_age(place: Place) -> None:
    tally = Tally(place.log, place.pool)
    async with following(place.pool, place.log) as subscriptions:
        subscriptions.start(tally)
        await place.eventually(state="following")
        tally.may_step.clear()
        head = await append_stories(place.log, range(1, 10))
        late = await place.of_tally()
        async with connected(place.urls.owner_url) as owner:
            await owner.execute(AGE)
        behind = await place.eventually(state="behind")
        tally.may_step.set()
        mended = await place.eventually(state="following", lag=0)

    assert (late.state, late.lag) == ("following", head)
    assert 0 <= late.age_seconds < BEHIND_SECONDS
    assert (behind.lag, behind.error) == (head, None)
    assert 60 <= behind.age_seconds < 60 + PATIENCE_SECONDS
    assert behind.leader is not None
    assert behind.leader.endswith(f"/{os.getpid()}")
    assert mended.age_seconds == 0


async def test_of_two_processes_one_leads_and_the_other_takes_over(place: Place) -> None:
    async with following(place.pool, place.log) as second:
        async with following(place.pool, place.log) as first:
            leading = first.start(Tally(place.log, place.pool))
            await place.eventually(state="following")
            standing_by = second.start(Tally(place.log, place.pool))
            await append_stories(place.log, range(1, 10))
            await place.eventually(lag=0)
            assert (leading.status().state, standing_by.status().state) == ("following", "standby")
        head = await append_stories(place.log, range(10, 20))
        await place.eventually(lag=0, state="following")

    assert await place.counted() == head


async def test_two_that_both_believe_they_lead_count_each_event_once(place: Place) -> None:
    rivals = [Tally(place.log, place.pool, names=(f"rival {number}",)) for number in (1, 2)]
    async with following(place.pool, place.log) as subscriptions:
        for rival in rivals:
            subscriptions.start(rival)
        starts = itertools.count(1, 10)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(rival.steps for rival in rivals):
                head = await append_stories(place.log, range(start := next(starts), start + 10))
            while await place.counted() < head:
                await asyncio.sleep(LOOK_SECONDS)

    assert await place.counted() == head


async def test_a_process_whose_connections_are_killed_goes_on_by_itself(place: Place) -> None:
    async with following(place.pool, place.log) as subscriptions:
        subscriptions.start(Tally(place.log, place.pool))
        await append_stories(place.log, range(1, 10))
        await place.eventually(lag=0)
        await value_of(
            place.urls.application_url,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user "
            "AND application_name <> 'salesapi writer'",
        )
        head = await append_stories(place.log, range(10, 20))
        await place.eventually(lag=0, state="following", error=None)

    assert await place.counted() == head


async def test_what_passes_is_shown_as_failing_and_what_does_not_as_stopped_without_any_value(place: Place) -> None:
    tally = Tally(place.log, place.pool)
    async with following(place.pool, place.log) as subscriptions:
        subscriptions.start(tally)
        await place.eventually(state="following")
        tally.failure = ServerIsAway("at 10.0.0.1 with the password hunter2")
        await append_stories(place.log, range(1, 2))
        failing = await place.eventually(state="failing")
        tally.failure = ZeroDivisionError("the secret amount 100000")
        stopped = await place.eventually(state="stopped")
        tally.failure = None
        await place.eventually(state="following", error=None, lag=0)

    assert failing.error is not None
    assert failing.error.startswith("ServerIsAway in step")
    assert stopped.error is not None
    assert stopped.error.startswith("ZeroDivisionError in step (test_runner.py:")
    assert "hunter2" not in failing.error
    assert "100000" not in stopped.error


async def test_one_that_has_nothing_more_to_do_ends_by_itself(place: Place) -> None:
    head = await append_stories(place.log, range(1, 10))
    async with following(place.pool, place.log) as subscriptions:
        tally = subscriptions.start(Tally(place.log, place.pool, until=head))
        await until(lambda: not tally.is_running, "it ends")

    assert await place.counted() == head


@pytest.mark.parametrize(
    ("asked", "step", "pause"),
    [
        (GATHER_SECONDS, 0.001, GATHER_SECONDS),
        (GATHER_SECONDS, 0.01, 0.02),
        (GATHER_SECONDS, 3.0, GATHER_SECONDS_MAX),
        (0.2, 3.0, 0.2),
    ],
    ids=["a quick step", "a busy machine", "a slow engine", "one that gathers for longer"],
)
def test_commits_gather_for_twice_a_step_and_never_for_long(asked: float, step: float, pause: float) -> None:
    assert gathering_seconds(asked, step_seconds=step) == pause

"""The engine: keeps the tables of all projections up to date, one follower for each generation.

A follower reads the log after its checkpoint and folds page by page. An event that it cannot apply stops it alone: it holds
its position, says so in `read.stopped` and tries again. Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import LOST, Connection
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.recorder import EventLog, LogUnavailable
from salesapi.projections.generations import make_live, registered
from salesapi.projections.pages import PageCache
from salesapi.projections.positions import ProjectionStatus, read_statuses
from salesapi.projections.projection import Projection
from salesapi.projections.table_writer import ACQUIRE_TIMEOUT_SECONDS, PoisonEvent, TableFold, reason_of
from salesapi.projections.tables import ReadTable, described, read_table

WAKE_SECONDS: Final = 10.0
"""How long a follower at the head waits before it looks again by itself."""
SWAP_SECONDS: Final = 1.0
"""The same for one that is waiting to be shown."""
RETRY_FIRST_SECONDS: Final = 1.0
RETRY_MAX_SECONDS: Final = 60.0
"""The longest pause of one that has stopped before a poison event."""
CONTENDED_SECONDS: Final = 0.1
"""The pause of one whose checkpoint another process has moved."""
CHECKPOINT_SECONDS: Final = 0.05
"""How long the checkpoint may wait after pages that hold nothing for the projection: many of them cost one transaction."""
REGISTRY_SECONDS: Final = 1.0
"""How often the engine looks for new generations, and for followers that another process no longer leads."""

LEAD: Final = "SELECT pg_try_advisory_lock(hashtextextended($1, 7732))"
LEAVE: Final = "SELECT pg_advisory_unlock(hashtextextended($1, 7732))"
MARK_STOPPED: Final = """
    INSERT INTO read.stopped (name, generation, position, error)
    SELECT name, generation, $3, $4 FROM read.registry WHERE name = $1 AND generation = $2
    ON CONFLICT (name, generation) DO UPDATE SET position = excluded.position, error = excluded.error
"""

logger = logging.getLogger(__name__)


class ProjectionFollower:
    """Follows the log for one generation."""

    def __init__(
        self,
        table: ReadTable,
        *,
        is_live: bool,
        log: EventLog,
        pool: "asyncpg.Pool[asyncpg.Record]",
        pages: PageCache,
        on_moved: Callable[[], None],
    ) -> None:
        """`on_moved` is called when the registry is to be read again: a generation was shown or taken away."""
        self._table = table
        self._is_live = is_live
        self._log = log
        self._pool = pool
        self._pages = pages
        self._on_moved = on_moved
        self._fold = TableFold(table, pool)
        self._looked_to = 0
        """How far the log is known to hold nothing more for it; the checkpoint follows within `CHECKPOINT_SECONDS`."""
        self._checkpoint_due: float | None = None

    async def run(self) -> None:
        """Follows until it is cancelled."""
        poison_retry_seconds = RETRY_FIRST_SECONDS
        is_resumed = False
        while True:
            try:
                if not is_resumed:
                    await self._resume()
                    is_resumed = True
                await self._step()
                poison_retry_seconds = RETRY_FIRST_SECONDS
                continue
            except IntegrityError:
                logger.info("%s: another process moved the checkpoint, or it was dropped", self._table.follower)
                self._on_moved()
                pause_seconds = CONTENDED_SECONDS
            except (*LOST, LogUnavailable) as error:
                logger.warning("%s: cannot reach PostgreSQL (%s)", self._table.follower, type(error).__name__)
                pause_seconds = RETRY_FIRST_SECONDS
            except Exception as error:  # noqa: BLE001 - whatever it is, it stops this projection only
                await self._mark_stopped(error)
                pause_seconds = poison_retry_seconds
                poison_retry_seconds = min(2 * poison_retry_seconds, RETRY_MAX_SECONDS)
            is_resumed = False
            await asyncio.sleep(pause_seconds)

    async def _resume(self) -> None:
        await self._fold.resume()
        self._looked_to, self._checkpoint_due = self._fold.position, None

    async def _step(self) -> None:
        """One page, or the wait for one."""
        projection, position = self._table.projection, self._looked_to
        page = await self._pages.page(after=position, personal=projection.reads_personal)
        events = [event for event in page.events if event.stored.type in self._types]
        if events or self._is_checkpoint_due(page.scanned_to):
            await self._fold.advance(events, after=self._fold.position, to=page.scanned_to)
            self._checkpoint_due = None
        self._looked_to = page.scanned_to
        if not self._is_live and self._fold.position == page.head:
            await self._try_to_show()
        if page.scanned_to == page.head:
            await self._log.wait_past(page.head, self._wait_seconds())

    def _is_checkpoint_due(self, scanned_to: int) -> bool:
        """Whether the checkpoint must move although there is nothing to store."""
        if scanned_to == self._fold.position:
            return False
        now = time.monotonic()
        if self._checkpoint_due is None:
            self._checkpoint_due = now + CHECKPOINT_SECONDS
        return now >= self._checkpoint_due

    def _wait_seconds(self) -> float:
        """How long to wait at the head."""
        if self._checkpoint_due is not None:
            return max(0.0, self._checkpoint_due - time.monotonic())
        return WAKE_SECONDS if self._is_live else SWAP_SECONDS

    async def _try_to_show(self) -> None:
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
                self._is_live = await make_live(connection, self._table)
        except asyncpg.LockNotAvailableError:
            logger.info("%s has caught up; a query still reads the old table", self._table.follower)
        if self._is_live:
            logger.info("%s has caught up and is shown now", self._table.follower)
            self._on_moved()

    async def _mark_stopped(self, error: Exception) -> None:
        """Says where and why, for the health of every process."""
        position, reason = self._fold.position + 1, reason_of(error)
        if isinstance(error, PoisonEvent):
            position, reason = error.position, error.reason
        logger.error("%s has stopped before position %d: %s", self._table.follower, position, reason)
        try:
            await self._pool.execute(
                MARK_STOPPED, self._table.projection.name, self._table.generation, position, reason
            )
        except (*LOST, asyncpg.PostgresError) as failure:
            logger.warning("%s: cannot store that it has stopped (%s)", self._table.follower, type(failure).__name__)

    @property
    def _types(self) -> tuple[str, ...]:
        return self._table.projection.types


@dataclass(frozen=True, slots=True, kw_only=True)
class _Led:
    """A follower that this process leads."""

    table: ReadTable
    task: "asyncio.Task[None]"


class ProjectionEngine:
    """Runs the followers of these projections: of the live generations, and of those that will be shown."""

    def __init__(
        self,
        projections: Sequence[Projection],
        *,
        log: EventLog,
        codec: Codec,
        pool: "asyncpg.Pool[asyncpg.Record]",
    ) -> None:
        """`pool` is the application role's; one of its connections is kept for leadership."""
        self._projections = {projection.name: projection for projection in projections}
        assert len(self._projections) == len(projections), "two projections have one name"
        self._log = log
        self._pool = pool
        self._pages = PageCache(log, codec, {name for projection in projections for name in projection.types})
        self._led: dict[str, _Led] = {}
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins, in a task of its own."""
        assert self._task is None, "the engine runs already"
        self._task = asyncio.create_task(self._run(), name="projection engine")

    async def stop(self) -> None:
        """Ends all followers; what they had not committed is folded again later."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def statuses(self) -> tuple[ProjectionStatus, ...]:
        """All generations of the engine's projections, whichever process leads them."""
        return await read_statuses(self._pool, tuple(self._projections))

    async def _run(self) -> None:
        """Leads what no other process leads. Leadership saves double work; the checkpoints alone keep it correct."""
        while True:
            try:
                # The locks live as long as this connection is kept.
                async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
                    while True:
                        self._look.clear()
                        await self._lead(connection)
                        await _wait(self._look, REGISTRY_SECONDS)
            except Exception as error:  # noqa: BLE001 - the engine outlives every failure of its database
                logger.warning("the projection engine lost its lead (%s); trying again", reason_of(error))
            finally:
                await self._end(list(self._led))
            await asyncio.sleep(REGISTRY_SECONDS)

    async def _lead(self, connection: Connection) -> None:
        wanted = await self._wanted(connection)
        ended = [name for name, led in self._led.items() if name not in wanted or led.task.done()]
        await self._end(ended)
        for name in ended:
            await connection.execute(LEAVE, name)
        for name, (table, is_live) in wanted.items():
            if name not in self._led and await connection.fetchval(LEAD, name):
                follower = ProjectionFollower(
                    table,
                    is_live=is_live,
                    log=self._log,
                    pool=self._pool,
                    pages=self._pages,
                    on_moved=self._look.set,
                )
                self._led[name] = _Led(table=table, task=asyncio.create_task(follower.run(), name=name))

    async def _wanted(self, connection: Connection) -> dict[str, tuple[ReadTable, bool]]:
        """The generations that this program can follow: of its own versions, and with its own columns."""
        wanted: dict[str, tuple[ReadTable, bool]] = {}
        for each in await registered(connection, tuple(self._projections)):
            projection = self._projections[each.name]
            if each.state not in ("live", "following") or each.version != projection.version:
                continue
            if each.columns != described(projection):
                logger.error("%s has other columns than this program: run `salesapi migrate`", each.table_name)
                continue
            table = read_table(projection, each.generation)
            wanted[table.follower] = (table, each.state == "live")
        return wanted

    async def _end(self, names: Sequence[str]) -> None:
        ended = [self._led.pop(name) for name in names]
        for led in ended:
            led.task.cancel()
        for led, outcome in zip(
            ended, await asyncio.gather(*(led.task for led in ended), return_exceptions=True), strict=True
        ):
            if isinstance(outcome, Exception):
                logger.error("%s ended: %s", led.table.follower, reason_of(outcome))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, or the time is over."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return

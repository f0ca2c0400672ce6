"""Rebuilds a read model: a new table is filled from position 0 beside the live one, catches up, and takes its place.

Queries read the live table all along. Memory is bounded: one page of events and a bounded number of rows. A rebuild that dies
leaves a table that nobody reads; the next rebuild of the same read model drops it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg
from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import CONNECT_TIMEOUT_SECONDS, OwnConnection, Pool
from salesapi.database.locks import REBUILD, TRY_NAMED
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.recorder import EventLog, Page
from salesapi.projections import generations
from salesapi.projections.filling import TableFill
from salesapi.projections.pages import PagedEvent, decode_each
from salesapi.projections.projection import Projection
from salesapi.projections.table_writer import TableWriter
from salesapi.projections.tables import SCHEMA, ReadTable, create_indexes

REBUILD_PAGE_EVENTS: Final = 2_000
"""Larger pages are hardly faster, and hold up whatever else the process does for longer."""
AHEAD_SECONDS: Final = 0.001
"""Given to the query of the next page to be sent: the database answers it while this process folds, which waits for nothing."""
SWAP_TRIES_MAX: Final = 120
SWAP_PAUSE_SECONDS: Final = 1.0
DROP_LOCK_TIMEOUT: Final = "10s"
"""How long the old table may still be read before it is left to the next `salesapi migrate`."""

HOLD_LIVE: Final = """
    SELECT position FROM log.tracking WHERE follower = (
        SELECT 'read.' || table_name FROM read.registry WHERE name = $1 AND is_live AND generation <> $2
    ) FOR UPDATE
"""
"""Never the new table's own checkpoint, if a follower has shown it already: the rebuild would wait for itself."""

logger = logging.getLogger(__name__)


class RebuildRefused(RuntimeError):
    """The read model cannot be rebuilt now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildProgress:
    """The progress of a new table: the position that it has reached, and the log's head."""

    table_name: str
    position: int
    head: int


async def rebuild(
    owner_url: str,
    projection: Projection,
    *,
    log: EventLog,
    codec: Codec,
    pool: Pool,
    on_progress: Callable[[RebuildProgress], None],
) -> str:
    """Rebuilds the read model while it is served; returns the name of the table that is live afterwards.

    `pool` is the application role's; `on_progress` is called after each page.

    Raises:
        RebuildRefused: it was never prepared, another rebuild of it runs, or readers held the view for too long.
        ReadModelChanged: its columns differ from the live table's, and its version does not.
        PoisonEvent, FoldInvalid: an event cannot be folded, or its rows cannot be stored. The live table stays.
    """
    async with _owner_connection(owner_url) as owner:
        table = await _begin(owner, projection)
        filling = _Filling(table, log=log, codec=codec, pool=pool, on_progress=on_progress)
        await filling.from_beginning()
        await create_indexes(owner, table)
        await owner.execute(f'ANALYZE {SCHEMA}."{table.table_name}"')
        await generations.follow_generation(owner, table)
        await _swap(owner, filling, table)
        await _drop_others(owner, table)
    return table.table_name


@asynccontextmanager
async def _owner_connection(owner_url: str) -> AsyncIterator[OwnConnection]:
    """Without a time-out for statements: an index over all rows takes its time."""
    connection = await asyncpg.connect(
        owner_url, timeout=CONNECT_TIMEOUT_SECONDS, server_settings={"application_name": "salesapi rebuild"}
    )
    try:
        yield connection
    finally:
        await connection.close(timeout=CONNECT_TIMEOUT_SECONDS)


async def _begin(owner: OwnConnection, projection: Projection) -> ReadTable:
    """Makes the new table, and drops what a rebuild that died has left. The lock lives as long as the connection."""
    if not await owner.fetchval(TRY_NAMED, REBUILD, projection.name):
        raise RebuildRefused(f"another rebuild of {projection.name} is running")
    found = await generations.registered(owner, [projection.name])
    if not any(each.state == "live" for each in found):
        raise RebuildRefused(f"{projection.name} has no live table: run `salesapi migrate` first")
    for each in found:
        if each.state == "rebuilding":
            await generations.drop_generation(owner, each)
        elif each.version == projection.version:
            generations.refuse_other_columns(projection, each)
    async with owner.transaction():
        return await generations.add_generation(owner, projection, "rebuilding")


class _Filling:
    """The one that fills the new table; near the end followers may do so as well."""

    def __init__(
        self,
        table: ReadTable,
        *,
        log: EventLog,
        codec: Codec,
        pool: Pool,
        on_progress: Callable[[RebuildProgress], None],
    ) -> None:
        self._table = table
        self._log = log
        self._codec = codec
        self._on_progress = on_progress
        self._pool = pool
        self._fold = TableWriter(table, pool)

    async def from_beginning(self) -> None:
        """Fills the empty table up to what the log's end was a moment ago. Reads the next page while one is folded."""
        filling = TableFill(self._table, self._pool)
        after = 0
        reading = self._read_after(after)
        try:
            while True:
                page = await reading
                after = page.scanned_to
                if after < page.head:
                    reading = self._read_after(after)
                    await asyncio.wait([reading], timeout=AHEAD_SECONDS)
                await filling.take(await self._decoded(page))
                self._tell(after, page.head)
                if after >= page.head:
                    break
        finally:
            reading.cancel()
        if after:
            await filling.finish(after)
            await self._fold.resume()

    async def to_head(self) -> None:
        """Follows up to what the log's end was a moment ago."""
        while True:
            page = await self._read_after(self._fold.position)
            if page.scanned_to > self._fold.position:
                await self._take(page)
            if page.scanned_to == page.head:
                return

    async def to(self, position: int) -> None:
        """Follows until a position is reached that the log has."""
        while self._fold.position < position:
            await self._take(await self._read_after(self._fold.position))

    def _read_after(self, position: int) -> "asyncio.Task[Page]":
        return asyncio.create_task(
            self._log.read(after=position, limit=REBUILD_PAGE_EVENTS, types=self._table.projection.types)
        )

    async def _take(self, page: Page) -> None:
        try:
            await self._fold.advance(await self._decoded(page), after=self._fold.position, to=page.scanned_to)
        except IntegrityError:
            # A follower was faster: the table is already followed.
            await self._fold.resume()
        self._tell(self._fold.position, page.head)

    async def _decoded(self, page: Page) -> Sequence[PagedEvent]:
        return await decode_each(self._codec, page.events, personal=self._table.projection.reads_personal)

    def _tell(self, position: int, head: int) -> None:
        self._on_progress(RebuildProgress(table_name=self._table.table_name, position=position, head=head))


async def _swap(owner: OwnConnection, filling: _Filling, table: ReadTable) -> None:
    """Shows the new table. The live one stands still meanwhile, so that it cannot run away from its successor."""
    for _ in range(SWAP_TRIES_MAX):
        await filling.to_head()
        try:
            async with owner.transaction():
                live_position = await owner.fetchval(HOLD_LIVE, table.projection.name, table.generation)
                await filling.to(live_position or 0)
                if await generations.make_live(owner, table):
                    return
        except asyncpg.LockNotAvailableError:
            logger.info("%s has caught up; a query still reads the old table", table.table_name)
        await asyncio.sleep(SWAP_PAUSE_SECONDS)
    raise RebuildRefused(
        f"{table.table_name} is complete, but the view was in use {SWAP_TRIES_MAX} times; followers will show it later"
    )


async def _drop_others(owner: OwnConnection, table: ReadTable) -> None:
    await owner.execute(f"SET lock_timeout = '{DROP_LOCK_TIMEOUT}'")
    for each in await generations.registered(owner, [table.projection.name]):
        is_superseded = each.state == "retired" or each.version == table.projection.version
        if each.table_name == table.table_name or not is_superseded:
            continue
        try:
            await generations.drop_generation(owner, each)
        except asyncpg.LockNotAvailableError:
            logger.warning("%s is still being read: the next `salesapi migrate` drops it", each.table_name)

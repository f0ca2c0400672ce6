"""A migrated database with a log, a pool of the application's role, and engines that end with their test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest_asyncio

from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.projections.engine import ProjectionEngine
from salesapi.projections.generations import prepare_read_models, registered
from salesapi.projections.positions import wait_until
from salesapi.projections.projection import Projection, Row
from salesapi.projections.tables import read_table
from salesapi.queries.health import StoppedProjection, health
from salesapi.subscriptions.runner import following
from tests.projections.examples import codec

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class ReadSide:
    """The databases, connections and log that a test of the read side needs."""

    urls: DatabaseUrls
    owner: "asyncpg.Connection[asyncpg.Record]"
    application: "asyncpg.Connection[asyncpg.Record]"
    pool: "asyncpg.Pool[asyncpg.Record]"
    log: PostgreSQLEventLog

    @asynccontextmanager
    async def engine(self, *projections: Projection) -> AsyncIterator[ProjectionEngine]:
        """A running engine, as a process of its own has it."""
        async with following(self.pool, self.log) as subscriptions:
            engine = ProjectionEngine(projections, subscriptions, codec())
            subscriptions.start(engine)
            yield engine

    async def prepare(self, *projections: Projection) -> None:
        """Prepares the read models as `salesapi migrate` does."""
        await prepare_read_models(self.owner, projections)

    async def reach(self, names: Sequence[str], position: int) -> None:
        """Waits until these read models have come so far."""
        await wait_until(self.pool, names, position, PATIENCE_SECONDS)

    async def stopped(self, name: str) -> StoppedProjection | None:
        """The read model as health shows it, where it has stopped."""
        found = await health(self.pool, ())
        assert found is not None
        return next((each for each in found.stopped if each.name == name), None)

    async def stops(self, name: str) -> StoppedProjection:
        """Waits until the read model has stopped."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (found := await self.stopped(name)) is None:
                await asyncio.sleep(0.01)
        return found

    async def goes_on(self, name: str) -> None:
        """Waits until the read model is not stopped."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.stopped(name) is not None:
                await asyncio.sleep(0.01)

    async def live_table(self, name: str) -> str:
        """The name of the table that queries read."""
        (live,) = [each for each in await registered(self.owner, [name]) if each.state == "live"]
        return live.table_name

    @asynccontextmanager
    async def held_up(self, name: str) -> AsyncIterator[str]:
        """While it lasts, rows of this read model can be read and not written; the name of its table."""
        table = await self.live_table(name)
        blocker = await asyncpg.connect(self.urls.owner_url)
        try:
            async with blocker.transaction():
                await blocker.execute(f"LOCK TABLE read.{table} IN SHARE MODE")
                yield table
        finally:
            await blocker.close()

    async def rows(self, projection: Projection) -> set[Row]:
        """All rows that queries see."""
        table = read_table(projection, 1)
        return {
            table.codec.decode(tuple(row)) for row in await self.pool.fetch(f"SELECT * FROM read.{projection.name}")
        }


@pytest_asyncio.fixture(loop_scope="session")
async def read_side(database: DatabaseUrls) -> AsyncIterator[ReadSide]:
    """A fresh read side without any read model yet."""
    await migrate(database.owner_url)
    async with AsyncExitStack() as stack:
        owner = await asyncpg.connect(database.owner_url)
        stack.push_async_callback(owner.close)
        application = await asyncpg.connect(database.application_url)
        stack.push_async_callback(application.close)
        pool = await stack.enter_async_context(asyncpg.create_pool(database.application_url, min_size=1, max_size=12))
        log = await PostgreSQLEventLog.connect(database.application_url)
        stack.push_async_callback(log.close)
        yield ReadSide(urls=database, owner=owner, application=application, pool=pool, log=log)

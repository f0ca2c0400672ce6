"""Runs the followers of the log in this process: projections, the sealer and the relay."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from salesapi.app import Core
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.engine import ProjectionEngine


@asynccontextmanager
async def running_followers(core: Core) -> AsyncIterator[None]:
    """Follows while the block runs."""
    async with AsyncExitStack() as undo:
        engine = ProjectionEngine(PROJECTIONS, core.log, core.codec, core.pool)
        await engine.start()
        undo.push_async_callback(engine.stop)
        yield

"""Runs the followers of the log in this process: projections, the sealer and, where NATS is configured, the relay."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from salesapi.app import Core
from salesapi.audit.sealing import Sealer
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.engine import ProjectionEngine
from salesapi.streaming.relay import Relay


@asynccontextmanager
async def running_followers(core: Core) -> AsyncIterator[None]:
    """Follows while the block runs."""
    assert core.settings.database_url is not None
    url = core.settings.database_url.get_secret_value()
    async with AsyncExitStack() as undo:
        followers: list[ProjectionEngine | Sealer | Relay] = [
            ProjectionEngine(PROJECTIONS, log=core.log, codec=core.codec, pool=core.pool),
            Sealer(url, core.log),
        ]
        if core.settings.nats_url is not None:
            followers.append(Relay(url, core.log, core.settings.nats_url.get_secret_value()))
        for follower in followers:
            follower.start()
            undo.push_async_callback(follower.stop)
        yield

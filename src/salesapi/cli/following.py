"""Runs the followers of the log: projections, the sealer and, where NATS is configured, the relay and the stream's auditor."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from salesapi.app import Core
from salesapi.audit.sealing import Sealer
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.engine import ProjectionEngine
from salesapi.projections.projection import Projection
from salesapi.streaming.auditing import StreamAuditor
from salesapi.streaming.relay import Relay
from salesapi.subscriptions.runner import Subscriptions, following


@asynccontextmanager
async def running_followers(
    core: Core, projections: Sequence[Projection] = PROJECTIONS
) -> AsyncIterator[Subscriptions]:
    """Follows while the block runs."""
    async with following(core.pool, core.log) as subscriptions:
        engine = ProjectionEngine(projections, subscriptions, core.codec)
        core.log.on_erased(engine.forget)
        subscriptions.start(engine)
        subscriptions.start(Sealer(core.pool))
        if core.settings.nats_url is not None:
            nats_url = core.settings.nats_url.get_secret_value()
            subscriptions.start(Relay(core.log, nats_url))
            subscriptions.start(StreamAuditor(core.log, core.pool, nats_url))
        yield subscriptions

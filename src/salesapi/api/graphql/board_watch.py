"""The watch over the deals of one process: it follows their read model while somebody subscribes, and hands changes on.

A change is pushed once the read model holds it; of several changes of a deal that are seen together only the last state is
pushed. Each subscriber has a bounded queue: whoever does not keep up is told so and dropped, and never holds up the others.
Durations are in seconds.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Final

from salesapi.api.graphql.errors import masked
from salesapi.database.connections import LOST, Pool
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.recorder import EventLog
from salesapi.projections.positions import (
    MIN_POSITION_WAIT_SECONDS,
    PositionTimedOut,
    ProjectionStopped,
    position_of,
    wait_until,
)
from salesapi.queries.selling.deal_changes import CHANGES_MAX, deals_changed
from salesapi.queries.selling.deals import DEALS
from salesapi.schemas.selling.deals import Deal

QUEUE_CHANGES_MAX: Final = 1_000
"""How many changes may wait for one subscriber."""
SUBSCRIBERS_MAX: Final = 1_000
"""Subscribers of one process."""
CATCH_UP_MAX: Final = 2_000
"""How many changes a subscriber may be behind when it begins."""
LOOK_SECONDS: Final = 5.0
"""Longest wait for the log before looking again."""
BACK_OFF_SECONDS: Final = 1.0

logger = logging.getLogger(__name__)


class SubscriberTooSlow(Refused):
    """Too many changes wait for this subscriber."""

    code = "subscription.too_slow"
    kind = Kind.UNAVAILABLE
    message = "More than {limit} changes were waiting for you; read the board again and subscribe from its position."


class TooManySubscribers(Refused):
    """The process has no room for another subscriber."""

    code = "subscription.too_many"
    kind = Kind.UNAVAILABLE
    message = "{limit} subscribers are connected already; try again shortly."


class TooFarBehind(Refused):
    """The wanted position lies too far back to be caught up with."""

    code = "subscription.too_far_behind"
    kind = Kind.CONFLICT
    message = "More than {limit} deals changed since position {position}; read the board again and begin there."


class WatchEnded(RuntimeError):
    """The watch has failed."""


class Subscriber:
    """One reader of the watch. `None` in the queue says that no more will come."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[Deal | None] = asyncio.Queue(QUEUE_CHANGES_MAX + 2)
        self.is_dropped = False

    def push(self, deal: Deal) -> None:
        """Hands over a change, or drops the subscriber."""
        if self.is_dropped:
            return
        self.is_dropped = self.changes.qsize() >= QUEUE_CHANGES_MAX
        self.changes.put_nowait(None if self.is_dropped else deal)


class BoardWatch:
    """Follows the read model of deals while there are subscribers."""

    def __init__(self, pool: Pool, log: EventLog) -> None:
        self._pool = pool
        self._log = log
        self._subscribers: set[Subscriber] = set()
        self._task: asyncio.Task[None] | None = None

    async def changes(self, after: int | None) -> AsyncGenerator[Deal, None]:
        """All changed deals: those after a position first, if one is named, then those to come.

        Raises:
            TooManySubscribers, TooFarBehind, SubscriberTooSlow.
        """
        if len(self._subscribers) >= SUBSCRIBERS_MAX:
            raise TooManySubscribers(limit=SUBSCRIBERS_MAX)
        subscriber = Subscriber()
        self._subscribers.add(subscriber)
        try:
            reached = await position_of(self._pool, DEALS.reads)
            self._start(reached)
            for deal in await self._caught_up(reached if after is None else after, reached):
                yield deal
            while (changed := await subscriber.changes.get()) is not None:
                # What was caught up with above may come again with the same position.
                if changed.position > reached:
                    yield changed
            if subscriber.is_dropped:
                raise SubscriberTooSlow(limit=QUEUE_CHANGES_MAX)
            raise WatchEnded("the watch over the deals has failed; its error is in the log")
        finally:
            self._subscribers.discard(subscriber)
            if not self._subscribers and self._task is not None:
                self._task.cancel()
                self._task = None

    def _start(self, reached: int) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._watch(reached), name="deal board")
            self._task.add_done_callback(self._watch_ended)

    def _watch_ended(self, task: "asyncio.Task[None]") -> None:
        """Tells the subscribers when the watch has failed, which only a bug can do: silence would look like calm."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            masked(error, "deal board")
            self._task = None
            for subscriber in self._subscribers:
                subscriber.changes.put_nowait(None)

    async def _caught_up(self, after: int, until: int) -> list[Deal]:
        found: list[Deal] = []
        begun = after
        while after < until:
            async with self._pool.acquire() as connection:
                page = await deals_changed(connection, after=after, until=until)
            found += page
            if len(found) > CATCH_UP_MAX:
                raise TooFarBehind(limit=CATCH_UP_MAX, position=begun)
            after = page[-1].position if len(page) == CHANGES_MAX else until
        return found

    async def _watch(self, position: int) -> None:
        """Passes changes on for ever; a lost database is waited for, and nothing is skipped."""
        while True:
            try:
                position = await self._pass_on(position)
            except (*LOST, PositionTimedOut, ProjectionStopped) as error:
                logger.warning("the deal board waits at position %s: %s", position, type(error).__name__)
                await asyncio.sleep(BACK_OFF_SECONDS)

    async def _pass_on(self, position: int) -> int:
        """Waits for the log, then for the read model; pushes what changed and returns how far that is."""
        head = await self._log.wait_past(position, LOOK_SECONDS)
        if head <= position:
            return position
        reached = await wait_until(self._pool, DEALS.reads, position + 1, MIN_POSITION_WAIT_SECONDS)
        async with self._pool.acquire() as connection:
            page = await deals_changed(connection, after=position, until=reached)
        for deal in page:
            for subscriber in self._subscribers:
                subscriber.push(deal)
        return page[-1].position if len(page) == CHANGES_MAX else reached

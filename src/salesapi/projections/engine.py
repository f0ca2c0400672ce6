"""The engine: sees to it that the tables of all projections are kept up to date, each generation by one process.

It looks at the registry of generations: the live ones follow the log in one group, those that will be shown follow alone until
they have caught up. Leads are taken for each generation, so that programs of two versions can run side by side. An event that
cannot be applied stops its own projection only, which then says so in `log.follower`. Durations are in seconds.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from salesapi.eventlog.checkpoints import positions_of
from salesapi.eventlog.codec import Codec
from salesapi.projections.generations import Generation, make_live, registered
from salesapi.projections.group import CATCHING_UP_MAX, ProjectionGroup, Straggler
from salesapi.projections.pages import PageCache
from salesapi.projections.projection import Projection
from salesapi.projections.table_writer import ACQUIRE_TIMEOUT_SECONDS, TableWriter
from salesapi.projections.tables import described, read_table
from salesapi.subscriptions.runner import Progress, Subscription, Subscriptions
from salesapi.subscriptions.states import Trouble, trouble_of

REGISTRY_SECONDS: Final = 1.0
"""How often the engine looks for new generations, and for those that another process no longer leads."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alone:
    """A read model outside of the group, and what runs it."""

    straggler: Straggler
    subscription: Subscription


class ProjectionEngine:
    """Follows with these projections. It is a follower itself only in that the runner calls it again and again."""

    names: tuple[str, ...] = ()

    def __init__(self, projections: Sequence[Projection], subscriptions: Subscriptions, codec: Codec) -> None:
        """`subscriptions` run the followers; their leads are shared with the other followers of the process."""
        self._projections = {projection.name: projection for projection in projections}
        assert len(self._projections) == len(projections), "two projections have one name"
        # Once: it reads the types of all rows, and the registry is compared with it at each look.
        self._columns = {projection.name: described(projection) for projection in projections}
        self._subscriptions = subscriptions
        self._pool = subscriptions.pool
        self._pages = PageCache(
            subscriptions.log, codec, {name for projection in projections for name in projection.types}
        )
        self._turns = asyncio.Semaphore(CATCHING_UP_MAX)
        self._group = ProjectionGroup(self._pool, self._pages, on_left=self._leave)
        self._group_subscription: Subscription | None = None
        self._folds: dict[str, TableWriter] = {}
        """Of all generations that this process leads."""
        self._alone: dict[str, _Alone] = {}

    async def resume(self) -> None:
        """See `Follower.resume`: each look begins from what is stored."""

    async def step(self) -> Progress:
        """One look, and the pause after it."""
        if self._group_subscription is None:
            self._group_subscription = self._subscriptions.start(self._group)
        await self._look()
        await asyncio.sleep(REGISTRY_SECONDS)
        return Progress(position=0, is_at_head=False)

    def forget(self) -> None:
        """Drops the personal values held in memory."""
        self._pages.forget()

    def trouble(self, error: Exception) -> Trouble:
        """See `Follower.trouble`."""
        return trouble_of(error)

    async def close(self) -> None:
        """See `Follower.close`: it borrows its connections."""

    async def _look(self) -> None:
        """Leads what no other process leads, and lets go what is gone."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
            wanted = self._wanted(await registered(connection, tuple(self._projections)))
        led = await self._subscriptions.leadership.lead(wanted)
        await self._let_go([follower for follower in self._folds if follower not in led])
        self._alone = {name: each for name, each in self._alone.items() if each.subscription.is_running}
        await self._take_on({follower: each for follower, each in wanted.items() if follower in led})
        await self._show()

    def _wanted(self, generations: Sequence[Generation]) -> dict[str, Generation]:
        """Those that this program can follow: of its own versions, and with its own columns."""
        wanted: dict[str, Generation] = {}
        for each in generations:
            projection = self._projections[each.name]
            if each.state not in ("live", "following") or each.version != projection.version:
                continue
            if each.columns != self._columns[each.name]:
                logger.error("%s has other columns than this program: run `salesapi migrate`", each.table_name)
                continue
            wanted[each.follower] = each
        return wanted

    async def _let_go(self, followers: Sequence[str]) -> None:
        if not followers:
            return
        self._group.remove(followers)
        for follower in followers:
            del self._folds[follower]
            if follower in self._alone:
                await self._alone.pop(follower).subscription.stop()
        await self._subscriptions.leadership.leave(followers)

    async def _take_on(self, led: dict[str, Generation]) -> None:
        """Begins with those that are new here; the live ones as a group, if there is none yet."""
        new = [follower for follower in led if follower not in self._folds]
        if new:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
                positions = await positions_of(connection, new)
            for follower in new:
                each = led[follower]
                fold = TableWriter(read_table(self._projections[each.name], each.generation), self._pool)
                fold.resume_at(positions[follower])
                self._folds[follower] = fold
            if not self._group.names:
                self._group.begin([self._folds[follower] for follower in new if led[follower].state == "live"])
        for follower, each in led.items():
            if follower in self._alone:
                self._alone[follower].straggler.is_live = each.state == "live"
            elif follower not in self._group.names:
                self._follow_alone(self._folds[follower], is_live=each.state == "live", has_failed=False)

    async def _show(self) -> None:
        """Shows those that have caught up with the log, each as soon as it has caught up with the one it replaces."""
        for follower, each in list(self._alone.items()):
            if each.straggler.is_live or not each.straggler.is_at_head:
                continue
            try:
                async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
                    each.straggler.is_live = await make_live(connection, self._folds[follower].table)
            except asyncpg.LockNotAvailableError:
                logger.info("%s has caught up; a query still reads the old table", follower)
            if each.straggler.is_live:
                logger.info("%s has caught up and is shown now", follower)

    def _leave(self, fold: TableWriter) -> None:
        self._follow_alone(fold, is_live=True, has_failed=True)

    def _follow_alone(self, fold: TableWriter, *, is_live: bool, has_failed: bool) -> None:
        straggler = Straggler(fold, self._group, self._pages, is_live=is_live, has_failed=has_failed, turns=self._turns)
        subscription = self._subscriptions.start(straggler)
        self._alone[fold.table.follower] = _Alone(straggler=straggler, subscription=subscription)

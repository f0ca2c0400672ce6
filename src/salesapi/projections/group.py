"""Read models that are in step share each page: one transaction and one checkpoint statement for all of them.

A read model that no event of a page concerns costs that page nothing. One that cannot go on leaves the group, so that it stops
only itself, and follows alone (`Straggler`); it comes back where it stands beside the group again. Durations are in seconds, on
this process's monotonic clock.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import asyncpg
from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import LOST, Connection
from salesapi.eventlog.checkpoints import move_together, positions_of
from salesapi.projections.pages import PAGE_EVENTS, DecodedPage, PageCache, PagedEvent
from salesapi.projections.table_writer import ACQUIRE_TIMEOUT_SECONDS, SETTINGS, TOLD, PoisonEvent, TableWriter
from salesapi.subscriptions.runner import WAIT_SECONDS, Progress
from salesapi.subscriptions.states import Trouble, reason_of, trouble_of

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]

CHECKPOINT_SECONDS: Final = 0.05
"""How long the checkpoint of a read model may wait after pages that hold nothing for it."""
LOOK_SECONDS: Final = 1.0
"""How long a group without members, or a read model that is to be shown, waits before it looks again."""
SET_SESSION: Final = "; ".join(
    f"SET {name} = {value}"
    for name, value in {**SETTINGS, "lock_timeout": "'500ms'", "application_name": "'salesapi projections'"}.items()
)
"""Whoever holds the table of one read model, to make an index or to drop it, holds up that one and no other."""
CATCHING_UP_MAX: Final = 4
"""Most pages that read models outside of the group apply at the same time: a bound on connections."""

Work: TypeAlias = dict[TableWriter, list[PagedEvent]]

logger = logging.getLogger(__name__)


class _Leaves(Exception):
    """These cannot share this transaction; nothing of it is stored."""

    def __init__(self, members: Sequence[TableWriter]) -> None:
        self.members = members


class ProjectionGroup:
    """The live read models of this process that are in step. Each takes the events after its own checkpoint."""

    def __init__(self, pool: "Pool", pages: PageCache, *, on_left: Callable[[TableWriter], None]) -> None:
        """`on_left` is told of each that leaves: it is to follow alone."""
        self._pool = pool
        self._pages = pages
        self._on_left = on_left
        self._connection: PoolConnectionProxy[asyncpg.Record] | None = None
        self._members: tuple[TableWriter, ...] = ()
        self._readers: dict[str, list[TableWriter]] = {}
        self._position = 0
        """Every member has done what is before, though its checkpoint may follow within `CHECKPOINT_SECONDS`."""
        self._target: int | None = None
        """Where the present step leads, once that is known."""
        self._beginnings = 0
        self._changed = asyncio.Event()
        self._all_moved_at = 0.0
        self.names: tuple[str, ...] = ()

    async def resume(self) -> None:
        """Takes up the stored checkpoints. Who is more than a page behind the foremost leaves."""
        asked = self._members
        await self.close()
        positions = await positions_of(await self._connected(), [each.table.follower for each in asked])
        for each in asked:
            each.resume_at(positions[each.table.follower])
        # Not those that were asked for: some may have been removed meanwhile, and others have joined.
        self.begin(self._members)

    def begin(self, members: Sequence[TableWriter]) -> None:
        """Makes these the members, at their checkpoints; those that are far behind the foremost leave at once."""
        foremost = max((each.position for each in members), default=0)
        self._beginnings += 1
        near = [each for each in members if foremost - each.position <= PAGE_EVENTS]
        self._set_members(near)
        self._position = min((each.position for each in near), default=0)
        for each in members:
            if each not in near:
                self._on_left(each)

    def remove(self, names: Iterable[str]) -> None:
        """Takes members out that this process does not lead any more."""
        gone = set(names)
        self._set_members([each for each in self._members if each.table.follower not in gone])

    async def join(self, one: TableWriter) -> bool:
        """Takes one in that has done what the group has; waits while the group is on its way to where it stands."""
        while self._target is not None and one.position >= self._target:
            await self._changed.wait()
        if not self._members:
            self.begin([one])
            return True
        if self._target is not None or one.position < self._position:
            return False
        self._set_members([*self._members, one])
        return True

    async def step(self) -> Progress:
        """One page for all. Who cannot take part leaves, and the others go on."""
        if not self._members:
            await self.close()
            await self._members_to_come()
            return Progress(position=self._position, is_at_head=False)
        beginnings = self._beginnings
        page = await self._pages.page(after=self._position, personal=False)
        if beginnings != self._beginnings:
            return Progress(position=self._position, is_at_head=False)
        self._target = page.scanned_to
        try:
            # Whoever joined while the page was read takes part.
            await self._apply(self._members, page)
        except _Leaves as leaves:
            self.remove([each.table.follower for each in leaves.members])
            for each in leaves.members:
                self._on_left(each)
            return Progress(position=self._position, is_at_head=False)
        finally:
            self._target = None
            self._tell()
        if beginnings != self._beginnings:
            return Progress(position=self._position, is_at_head=False)
        self._position = page.scanned_to
        is_at_head = page.scanned_to == page.head
        return Progress(position=self._position, is_at_head=is_at_head, wait_seconds=self._wait_seconds())

    def trouble(self, error: Exception) -> Trouble:
        """See `Follower.trouble`. What one member alone cannot do is no trouble of the group."""
        return trouble_of(error, told=TOLD)

    async def close(self) -> None:
        """See `Follower.close`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._pool.release(connection)

    async def _connected(self) -> Connection:
        """One connection of the pool, kept as long as all is well: to borrow it for each page would cost two round trips."""
        if self._connection is None:
            self._connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS)
            await self._connection.execute(SET_SESSION)
        return self._connection

    async def _apply(self, members: Sequence[TableWriter], page: DecodedPage) -> None:
        to = page.scanned_to
        work = await self._work(page)
        now = time.monotonic()
        are_all_due = now >= self._all_moved_at + CHECKPOINT_SECONDS
        moving = [each for each in members if each.position < to and (are_all_due or each in work)]
        if moving:
            await self._store(moving, work, to)
            for each in moving:
                each.position = to
        if are_all_due:
            self._all_moved_at = now

    async def _work(self, page: DecodedPage) -> Work:
        """The events of the page for each member that reads any of them."""
        work: Work = {}
        is_any_personal = any(
            each.table.projection.reads_personal
            for event in page.events
            for each in self._readers.get(event.stored.type, ())
        )
        opened = await self._pages.opened(page) if is_any_personal else page
        for event, in_clear in zip(page.events, opened.events, strict=True):
            for each in self._readers.get(event.stored.type, ()):
                if event.stored.position > each.position:
                    work.setdefault(each, []).append(in_clear if each.table.projection.reads_personal else event)
        return work

    async def _store(self, moving: Sequence[TableWriter], work: Work, to: int) -> None:
        """One transaction.

        Raises:
            _Leaves: a member's checkpoint was moved by another process, or it cannot fold or store its events.
            IntegrityError: all checkpoints were.
        """
        connection = await self._connected()
        async with connection.transaction():
            expected = {each.table.follower: each.position for each in moving}
            try:
                moved = await move_together(connection, expected, to)
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
                raise IntegrityError("another process begins to follow the same read models") from error
            if not moved:
                raise IntegrityError(f"another process leads the {len(moving)} read models of this group")
            lost = [each for each in moving if each.table.follower not in moved]
            if lost:
                raise _Leaves(lost)
            await _fold_all(connection, work)

    async def _members_to_come(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            return

    def _set_members(self, members: Sequence[TableWriter]) -> None:
        self._members = tuple(members)
        self.names = tuple(each.table.follower for each in members)
        self._readers = {}
        for each in members:
            for type_ in each.table.projection.types:
                self._readers.setdefault(type_, []).append(each)
        self._tell()

    def _tell(self) -> None:
        """Wakes whoever waits for the group to move or to change."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _wait_seconds(self) -> float:
        if all(each.position >= self._position for each in self._members):
            return WAIT_SECONDS
        return max(0.0, self._all_moved_at + CHECKPOINT_SECONDS - time.monotonic())


async def _fold_all(connection: Connection, work: Work) -> None:
    """Folds and stores for every member; all that cannot are found at once."""
    failed: list[TableWriter] = []
    for each, events in work.items():
        try:
            await each.store(connection, events)
        except LOST:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this read model only
            logger.warning("%s leaves the group: %s", each.table.follower, reason_of(error, TOLD))
            failed.append(each)
            if isinstance(error, asyncpg.PostgresError):
                break  # the transaction takes no further statement
    if failed:
        raise _Leaves(failed)


class Straggler:
    """One read model by itself: it is behind the group, has stopped before an event, or is not shown yet."""

    def __init__(
        self,
        fold: TableWriter,
        group: ProjectionGroup,
        pages: PageCache,
        *,
        is_live: bool,
        has_failed: bool,
        turns: asyncio.Semaphore,
    ) -> None:
        """`has_failed`: it must get on by itself before it may join the group. `turns` are shared by all stragglers."""
        self.is_live = is_live
        self.is_at_head = False
        self.names = (fold.table.follower,)
        self._fold = fold
        self._group = group
        self._pages = pages
        self._has_failed = has_failed
        self._turns = turns

    async def resume(self) -> None:
        """See `Follower.resume`."""
        await self._fold.resume()

    async def step(self) -> Progress | None:
        """One page, or the way into the group."""
        if self.is_live and not self._has_failed and await self._group.join(self._fold):
            return None
        async with self._turns:
            after = self._fold.position
            page = await self._pages.page(after=after, personal=self._fold.table.projection.reads_personal)
            if page.scanned_to > after:
                types = self._fold.table.projection.types
                events = [event for event in page.events if event.stored.type in types]
                await self._fold.advance(events, after=after, to=page.scanned_to)
        self._has_failed = False
        self.is_at_head = page.scanned_to == page.head
        return Progress(position=page.scanned_to, is_at_head=self.is_at_head, wait_seconds=LOOK_SECONDS)

    def trouble(self, error: Exception) -> Trouble:
        """See `Follower.trouble`."""
        self._has_failed = True
        if isinstance(error, PoisonEvent):
            return Trouble("stopped", error.reason)
        return trouble_of(error, told=TOLD)

    async def close(self) -> None:
        """See `Follower.close`: it borrows its connections."""

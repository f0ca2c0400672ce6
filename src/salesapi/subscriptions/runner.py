"""Runs followers of the log, each in a task of its own: lead, steps, waits at the head, back-off, state and end.

A follower says what one step is; everything else is here, once. Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

import asyncpg
from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import UNAVAILABLE
from salesapi.eventlog.recorder import EventLog
from salesapi.subscriptions.leadership import Leadership
from salesapi.subscriptions.states import REPORT_SECONDS, State, Trouble, reason_of, write_state

if TYPE_CHECKING:
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]

WAIT_SECONDS: Final = 5.0
"""How long a follower at the head waits for news before it looks by itself."""
GATHER_SECONDS: Final = 0.005
"""Least pause after a step that has come to the head: commits that come meanwhile share the next one. The first commit after a
quiet time is followed at once; in a busy log a reader waits for what it wrote this much longer."""
GATHER_STEPS: Final = 2.0
"""The pause in durations of the step before it: a follower that keeps up takes at most a third of its time, however busy the
log and the machine are."""
GATHER_SECONDS_MAX: Final = 0.025
"""Longest pause for that reason."""
LEAD_SECONDS: Final = 1.0
"""How long one that does not lead waits before it asks again."""
CONTENDED_SECONDS: Final = 0.1
"""The pause of one whose checkpoint another process has moved."""
CANCEL_AGAIN_SECONDS: Final = 1.0
"""How long one that was told to end may take before it is told again."""
BACKOFF_SECONDS: Final = {"failing": (0.05, 5.0), "stopped": (1.0, 30.0)}
"""First and longest pause after a try that did not succeed; each is twice the one before."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The outcome of a step."""

    position: int
    """Everything up to there is done."""
    is_at_head: bool
    """False: there is more, go on at once."""
    gather_seconds: float = GATHER_SECONDS
    wait_seconds: float = WAIT_SECONDS
    is_checkpoint: bool = True
    """False where `log.tracking` does not know the position: it is stored with the follower's state then."""


class Follower(Protocol):
    """One that follows the log. It keeps its position in its work's transaction, or asks for it where its work is."""

    @property
    def names(self) -> tuple[str, ...]:
        """The followers that it is led and shown as; more than one where they share their steps, none while there are none."""

    async def resume(self) -> None:
        """Takes up where it stands: before the first step, and whenever the outcome of the last one is not known."""

    async def step(self) -> Progress | None:
        """Does the next batch, whole or not at all. None: it has nothing more to do, ever.

        Raises:
            IntegrityError: another process did it first.
        """

    def trouble(self, error: Exception) -> Trouble:
        """Judges what a step raised; mostly `trouble_of`."""

    async def close(self) -> None:
        """Gives up its connections, at the end; may be called again."""


def gathering_seconds(gather_seconds: float, *, step_seconds: float) -> float:
    """Computes the pause at the head of the log, in which commits gather, after a step of this duration."""
    return max(gather_seconds, min(GATHER_STEPS * step_seconds, GATHER_SECONDS_MAX))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionStatus:
    """The state of a follower in this process. `position` is the last that it is known to have done."""

    state: State | Literal["standby", "ended"]
    """`standby`: another process leads."""
    position: int
    error: str | None


class Subscription:
    """One follower, for as long as it is started. Any number of processes may run one of the same name."""

    def __init__(self, follower: Follower, *, log: EventLog, pool: "Pool", leadership: Leadership) -> None:
        """`log` wakes it; `pool` is the application role's."""
        self._follower = follower
        self._log = log
        self._pool = pool
        self._leadership = leadership
        self._task: asyncio.Task[None] | None = None
        self._status = SubscriptionStatus(state="ended", position=0, error=None)
        self._is_resumed = False
        self._backoff_seconds: float | None = None
        self._stored: tuple[object, ...] = ()
        """The names, state and error that `log.follower` was told last."""
        self._reported: int | None = None
        self._report_due = 0.0
        self._store_again = 0.0
        """Not before this after a failure to store: a busy follower would try at each step."""

    def start(self) -> None:
        """Begins, in a task of its own."""
        assert self._task is None, "it runs already"
        self._status = SubscriptionStatus(state="standby", position=0, error=None)
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """Ends; a step under way is stored whole or not at all."""
        task, self._task = self._task, None
        if task is None:
            return
        running = {task}
        while running:
            # Asked again, because a cancellation can be lost: `asyncio.wait_for` of Python 3.11, with which the NATS client
            # waits, returns the answer instead when both meet in one turn of the loop.
            task.cancel()
            _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)
        await self._close()
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            logger.error("%s had ended by itself: %s", self._name, reason_of(error))

    @property
    def is_running(self) -> bool:
        """True while it follows, or tries to."""
        return self._task is not None and not self._task.done()

    def status(self) -> SubscriptionStatus:
        """Tells the state of the follower now."""
        return self._status

    async def _run(self) -> None:
        try:
            while await self._turn():
                pass
            await self._close()
        finally:
            self._status = SubscriptionStatus(state="ended", position=self._status.position, error=self._status.error)

    async def _close(self) -> None:
        try:
            await self._follower.close()
        except UNAVAILABLE as error:
            logger.warning("%s: its connection was lost before its end (%s)", self._name, type(error).__name__)

    async def _turn(self) -> bool:
        """One step and the wait after it, or the pause after a failure; false once there is nothing more to do."""
        try:
            names = self._follower.names
            if not await self._leadership.lead(names) >= set(names):
                self._is_resumed, self._stored = False, ()
                self._status = SubscriptionStatus(state="standby", position=self._status.position, error=None)
                await asyncio.sleep(LEAD_SECONDS)
                return True
            if not self._is_resumed:
                await self._follower.resume()
                self._is_resumed = True
            return await self._follow()
        except IntegrityError as error:
            # Another process did the same first: nothing is wrong, go on behind it.
            logger.info("%s: %s", self._name, error)
            pause_seconds = CONTENDED_SECONDS
        except Exception as error:  # noqa: BLE001 - whatever it is, a follower holds its position and tries again
            pause_seconds = await self._fail(self._follower.trouble(error))
        self._is_resumed = False
        await asyncio.sleep(pause_seconds)
        return True

    async def _follow(self) -> bool:
        before, began = self._status.position, time.monotonic()
        progress = await self._follower.step()
        step_seconds = time.monotonic() - began
        if progress is None:
            return False
        self._backoff_seconds = None
        self._status = SubscriptionStatus(state="following", position=progress.position, error=None)
        until_report_seconds = await self._store(None if progress.is_checkpoint else progress.position)
        if not progress.is_at_head:
            return True
        if progress.position != before:
            await asyncio.sleep(gathering_seconds(progress.gather_seconds, step_seconds=step_seconds))
        else:
            await self._log.wait_past(progress.position, min(progress.wait_seconds, until_report_seconds))
        return True

    async def _fail(self, trouble: Trouble) -> float:
        """Says what is wrong where it is not said yet; the pause before the next try."""
        if (trouble.state, trouble.reason) != (self._status.state, self._status.error):
            logger.error("%s: %s at position %d: %s", self._name, trouble.state, self._status.position, trouble.reason)
        first_seconds, most_seconds = BACKOFF_SECONDS[trouble.state]
        pause_seconds = max(first_seconds, self._backoff_seconds or 0.0)
        self._backoff_seconds = min(2 * pause_seconds, most_seconds)
        self._status = SubscriptionStatus(state=trouble.state, position=self._status.position, error=trouble.reason)
        await self._store(self._reported)
        return min(pause_seconds, most_seconds)

    async def _store(self, position: int | None) -> float:
        """Stores what has changed, the position not too often; how long the next report of it may be waited for."""
        now = time.monotonic()
        told = (self._follower.names, self._status.state, self._status.error)
        if told == self._stored and (position == self._reported or now < self._report_due):
            return WAIT_SECONDS if position == self._reported else self._report_due - now
        if now < self._store_again:
            return self._store_again - now
        names, state, error = told
        assert state in ("following", "failing", "stopped"), "only one that leads is stored"
        try:
            if names:
                await write_state(self._pool, names, state, error=error, position=position)
        except (*UNAVAILABLE, asyncpg.PostgresError) as failure:
            logger.warning("%s: cannot store its state (%s)", self._name, type(failure).__name__)
            self._store_again = now + REPORT_SECONDS
            return REPORT_SECONDS
        self._stored, self._reported, self._report_due = told, position, now + REPORT_SECONDS
        return WAIT_SECONDS

    @property
    def _name(self) -> str:
        names = self._follower.names
        return names[0] if len(names) == 1 else type(self._follower).__name__


class Subscriptions:
    """The followers of one process: they share the connection that holds its leads."""

    def __init__(self, pool: "Pool", log: EventLog) -> None:
        """`pool` is the application role's; `log` wakes the followers."""
        self.pool = pool
        self.log = log
        self.leadership = Leadership(pool)
        self._started: list[Subscription] = []

    def start(self, follower: Follower) -> Subscription:
        """Runs a follower until it ends, or until all are stopped."""
        self._started = [each for each in self._started if each.is_running]
        subscription = Subscription(follower, log=self.log, pool=self.pool, leadership=self.leadership)
        self._started.append(subscription)
        subscription.start()
        return subscription

    async def stop(self) -> None:
        """Ends all of them, and gives their leads up."""
        while self._started:
            # In their order: one that started others is ended before them, and starts no more.
            await self._started.pop(0).stop()
        await self.leadership.close()


@asynccontextmanager
async def following(pool: "Pool", log: EventLog) -> AsyncIterator[Subscriptions]:
    """Runs the followers that are started in the block until it ends."""
    subscriptions = Subscriptions(pool, log)
    try:
        yield subscriptions
    finally:
        await subscriptions.stop()

"""Who waits for the log to move on: woken by our own commits, by NOTIFY from other processes, and by a poll as the guarantee.

Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from salesapi.database.connections import OwnConnection, end_task, keep_connected
from salesapi.eventlog.reading import HEAD

POLL_SECONDS: Final = 1.0
"""Longest that a commit elsewhere goes unseen: notifications are lost with their connection."""
CHANNEL: Final = "event"
ERASED_CHANNEL: Final = "erased"
"""Told by the commit that destroys keys (migration 0060)."""

logger = logging.getLogger(__name__)


class HeadWatch:
    """Knows how far the log was last seen, and asks PostgreSQL only while somebody waits."""

    def __init__(self, connect: Callable[[], Awaitable[OwnConnection]]) -> None:
        self._connect = connect
        self._seen = 0
        self._moved = asyncio.Event()
        self._look = asyncio.Event()
        self._waiting = 0
        self.own_backend: int | None = None
        """The server process of our own writer, whose commits are known without its notifications."""
        self._task: asyncio.Task[None] | None = None
        self._on_erased: list[Callable[[], None]] = []

    def on_erased(self, forget: Callable[[], None]) -> None:
        """Has this called when a person is erased, and when that may have happened unseen: with each new connection."""
        self._on_erased.append(forget)

    def start(self) -> None:
        """Begins listening, in a task of its own."""
        self._task = asyncio.create_task(self._run(), name="event log listener")

    async def close(self) -> None:
        """Stops.

        Raises: what ended the listener, if a bug did.
        """
        await end_task(self._task)

    def reached(self, head: int) -> None:
        """The log was seen to have this head: wakes whoever waits for less."""
        if head > self._seen:
            self._seen = head
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    async def wait_past(self, position: int, timeout_seconds: float) -> int:
        """See `EventLog.wait_past`."""
        if self._seen > position:
            return self._seen
        self._waiting += 1
        self._look.set()
        try:
            async with asyncio.timeout(timeout_seconds):
                while self._seen <= position:
                    await self._moved.wait()
        except TimeoutError:
            logger.debug("the log did not move past %d within %.1f s", position, timeout_seconds)
        finally:
            self._waiting -= 1
        return self._seen

    async def _run(self) -> None:
        await keep_connected(self._connect, self._listen, name="event log listener", on_outage=lambda _: None)

    def _notified(self, _connection: object, backend: int, _channel: str, _payload: object) -> None:
        if backend != self.own_backend:
            self._look.set()

    def _erased(self, *_: object) -> None:
        for forget in self._on_erased:
            forget()

    async def _listen(self, connection: OwnConnection) -> None:
        await connection.add_listener(CHANNEL, self._notified)
        await connection.add_listener(ERASED_CHANNEL, self._erased)
        self._erased()
        connection.add_termination_listener(lambda _: self._look.set())
        while True:
            self._look.clear()
            if connection.is_closed():
                raise ConnectionResetError("the event log's listening connection was closed")
            if self._waiting:
                self.reached(await connection.fetchval(HEAD))
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._look.wait()
            except TimeoutError:
                continue

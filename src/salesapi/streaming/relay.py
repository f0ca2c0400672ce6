"""The relay: follows the log into JetStream, so that the stream's sequence of an event is its log position.

Each batch is fenced by the stream's expected last sequence, and that sequence is the only cursor: a relay that was killed,
a second one, a lost answer or a lost end of the stream can neither send an event twice nor leave one out. Durations are in
seconds, on this process's monotonic clock.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from salesapi.database.connections import BACKOFF_FIRST_SECONDS, OwnConnection, open_connection
from salesapi.eventlog.recorder import EventLog, Page, PositionGap, StoredEvent
from salesapi.streaming.cloud_events import cloud_event, event_id
from salesapi.streaming.sales_stream import (
    BATCH_MESSAGES_MAX,
    SALES,
    Message,
    SalesStream,
    StreamConnection,
    StreamDiverged,
    StreamMoved,
)

LEADER_LOCK: Final = 7734
"""Session advisory lock of the process that relays: only an optimisation, the fence decides."""
WAIT_SECONDS: Final = 5.0
"""How long the relay waits at the head before it looks by itself, and before it asks again for the lead."""
BACKOFF_MAX_SECONDS: Final = 5.0
CANCEL_AGAIN_SECONDS: Final = 1.0
"""How long a relay that was told to stop may take before it is told again."""

RelayState: TypeAlias = Literal["stopped", "standby", "relaying", "failing", "diverged"]
"""`standby`: another process leads. `failing`: NATS or the log cannot be reached, it tries again. `diverged`: the stream is
not a copy of the log; it looks again, but only a human can mend it."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayStatus:
    """How the relay is. `last_sequence` is the last position that it knows to be in the stream, `head` the log's."""

    state: RelayState
    last_sequence: int
    head: int
    error: str | None
    """What stopped the last try; None while all is well."""


class StreamSender:
    """Brings the stream up to the log, a batch at a time. Safe to run at the same time as others."""

    def __init__(self, log: EventLog, nats_url: str, stream: SalesStream = SALES) -> None:
        """`nats_url` may hold a password: it is never logged."""
        self._log = log
        self._nats_url = nats_url
        self._stream = stream
        self._connection: StreamConnection | None = None
        self._epoch = 0
        self._sent_to: int | None = None
        self.last_sequence = 0
        self.head = 0

    async def send_next(self) -> int:
        """Sends the next batch; returns how many events it held, 0 at the head.

        Raises:
            StreamMoved: another was first; try again.
            StreamDiverged: the stream is not a copy of the log.
            PositionGap: the log lacks a position.
            Also what asyncpg and nats-py raise when a server cannot be reached.
        """
        connection = await self._connected()
        self.last_sequence = await connection.last_sequence()
        if self.last_sequence != self._sent_to:
            await self._compare_end(connection)
        page = await self._log.read(after=self.last_sequence, limit=BATCH_MESSAGES_MAX)
        self._refuse_shorter_log(page)
        self._sent_to = self.last_sequence
        if not page.events:
            return 0
        sent = await connection.send(self._messages(page.events))
        self._sent_to = self.last_sequence = self.last_sequence + sent
        return sent

    async def close(self) -> None:
        """Ends the connection to NATS; the next call opens another one."""
        connection, self._connection = self._connection, None
        self._sent_to = None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> StreamConnection:
        if self._connection is None or not self._connection.is_open:
            await self.close()
            self._connection = await StreamConnection.open(self._nats_url, self._stream)
            self._epoch = await self._log.epoch()
        return self._connection

    async def _compare_end(self, connection: StreamConnection) -> None:
        """The end of a stream that we did not send just now must be the log's event of that position."""
        if self.last_sequence == 0:
            return
        page = await self._log.read(after=self.last_sequence - 1, limit=1)
        self._refuse_shorter_log(page)
        if await connection.body_at(self.last_sequence) != cloud_event(page.events[0], self._epoch):
            raise StreamDiverged(
                f"the stream {self._stream.name} and the log (epoch {self._epoch}) have different events at position "
                f"{self.last_sequence}: the log was restored from a backup, or one of them was altered. Compare them; where "
                "the log is right, delete the stream: the relay then sends the whole log again."
            )

    def _refuse_shorter_log(self, page: Page) -> None:
        self.head = page.head
        if page.head < self.last_sequence:
            raise StreamDiverged(
                f"the stream {self._stream.name} ends at {self.last_sequence}, the log (epoch {self._epoch}) at {page.head}: "
                "the log was restored from an older backup. Tell the consumers, raise the log's epoch, and delete the "
                "stream: the relay then sends the whole log again."
            )

    def _messages(self, events: tuple[StoredEvent, ...]) -> list[Message]:
        messages: list[Message] = []
        for position, event in enumerate(events, start=self.last_sequence + 1):
            if event.position != position:
                raise PositionGap(
                    f"after position {position - 1} the log gave {event.position}: a row is missing or was changed. "
                    "Run `salesapi verify`."
                )
            subject, body = self._stream.subject(event.type), cloud_event(event, self._epoch)
            messages.append(Message(position, event_id(self._epoch, position), subject, body))
        return messages


class Relay:
    """Relays in a task of its own, for as long as it is started. Any number of processes may run one."""

    def __init__(self, url: str, log: EventLog, nats_url: str, stream: SalesStream = SALES) -> None:
        """`url` is the application's role in PostgreSQL; `log` wakes the relay."""
        self._url = url
        self._log = log
        self._sender = StreamSender(log, nats_url, stream)
        self._task: asyncio.Task[None] | None = None
        self._lead: OwnConnection | None = None
        self._state: RelayState = "stopped"
        self._error: str | None = None

    def start(self) -> None:
        """Begins relaying."""
        assert self._task is None, "this relay runs already"
        self._state = "standby"
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        """Stops; a batch under way is stored whole or not at all."""
        if self._task is None:
            return
        running = {self._task}
        while running:
            # Asked again, because a cancellation can be lost: `asyncio.wait_for` of Python 3.11, with which the NATS client
            # waits, returns the answer instead when both meet in one turn of the loop.
            self._task.cancel()
            _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)
        self._task = None
        await self._disconnect()
        self._state = "stopped"

    def status(self) -> RelayStatus:
        """How it is now."""
        return RelayStatus(
            state=self._state, last_sequence=self._sender.last_sequence, head=self._sender.head, error=self._error
        )

    async def _run(self) -> None:
        backoff_seconds = BACKOFF_FIRST_SECONDS
        while True:
            try:
                await self._work()
                self._error, backoff_seconds = None, BACKOFF_FIRST_SECONDS
            except StreamMoved as moved:
                # Another relay sent the same events first: nothing is wrong, go on behind it.
                logger.info("relay: %s", moved)
                await asyncio.sleep(BACKOFF_FIRST_SECONDS)
            except Exception as error:  # noqa: BLE001 - a tailing loop holds its position and tries again, whatever it is
                self._fail(error)
                await self._disconnect()
                await asyncio.sleep(backoff_seconds)
                backoff_seconds = min(2 * backoff_seconds, BACKOFF_MAX_SECONDS)

    async def _work(self) -> None:
        """One batch, or one wait at the head."""
        if not await self._leads():
            self._state = "standby"
            await asyncio.sleep(WAIT_SECONDS)
            return
        sent = await self._sender.send_next()
        self._state, self._error = "relaying", None
        if not sent:
            await self._log.wait_past(self._sender.last_sequence, WAIT_SECONDS)

    async def _leads(self) -> bool:
        if self._lead is not None and not self._lead.is_closed():
            return True
        connection = await open_connection(self._url, name="relay")
        try:
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_LOCK):
                self._lead = connection
        finally:
            if self._lead is not connection:
                connection.terminate()
        return self._lead is connection

    def _fail(self, error: Exception) -> None:
        state: RelayState = "diverged" if isinstance(error, StreamDiverged | PositionGap) else "failing"
        text = f"{type(error).__name__}: {error}"
        if (state, text) != (self._state, self._error):
            logger.error("relay: stays at sequence %d (%s); trying again", self._sender.last_sequence, text)
        self._state, self._error = state, text

    async def _disconnect(self) -> None:
        await self._sender.close()
        if self._lead is not None:
            self._lead.terminate()  # gives the lead free, too
        self._lead = None

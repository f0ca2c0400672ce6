"""The relay: follows the log into JetStream, so that the stream's sequence of an event is its log position.

Each batch is fenced by the stream's expected last sequence, and that sequence is the only cursor: a relay that was killed,
a second one, a lost answer or a lost end of the stream can neither send an event twice nor leave one out.
"""

from typing import Final

from nats.errors import Error as NatsError

from salesapi.eventlog.epochs import FIRST_EPOCHS
from salesapi.eventlog.recorder import EventLog, Page, PositionGap, StoredEvent
from salesapi.streaming import sales_stream
from salesapi.streaming.cloud_events import cloud_event
from salesapi.streaming.connecting import NotEncrypted
from salesapi.streaming.sales_stream import SALES, BatchRefused, Message, SalesStream, StreamConnection, StreamDiverged
from salesapi.subscriptions.names import RELAY
from salesapi.subscriptions.runner import Progress
from salesapi.subscriptions.states import Trouble, trouble_of

PASSING: Final = (NatsError, OSError, TimeoutError, BatchRefused)
"""Troubles of NATS that pass by themselves. Their texts name servers, codes and streams."""

RESTORED: Final = (
    "the log was restored from an older backup. Run `salesapi restored`: it tells what to do, and mends the stream"
)


class Relay:
    """The follower that brings the stream up to the log, a batch at a time. Any number of processes may run one."""

    names = (RELAY,)

    def __init__(self, log: EventLog, nats_url: str, stream: SalesStream = SALES) -> None:
        """`nats_url` may hold a password: it is never shown."""
        self._log = log
        self._nats_url = nats_url
        self._stream = stream
        self._connection: StreamConnection | None = None
        self._epochs = FIRST_EPOCHS
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
        await self._notice_restore()
        if self.last_sequence != self._sent_to:
            await self._compare_end(connection)
        page = await self._log.read(after=self.last_sequence, limit=sales_stream.BATCH_MESSAGES_MAX)
        self._refuse_shorter_log(page)
        self._sent_to = self.last_sequence
        if not page.events:
            return 0
        sent = await connection.send(self._messages(page.events))
        self._sent_to = self.last_sequence = self.last_sequence + sent
        return sent

    async def step(self) -> Progress:
        """Sends the next batch."""
        await self.send_next()
        position = self.last_sequence
        return Progress(position=position, is_at_head=position >= self.head, is_checkpoint=False)

    async def resume(self) -> None:
        """See `Follower.resume`: the next batch asks for the stream's end on a connection of its own."""
        await self.close()

    def trouble(self, error: Exception) -> Trouble:
        """See `Follower.trouble`: a stream that is not a copy of the log, or a server without TLS, does not pass."""
        return trouble_of(error, told=(StreamDiverged, NotEncrypted, *PASSING), passing=PASSING)

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
        return self._connection

    async def _notice_restore(self) -> None:
        """In another epoch, what we have sent ourselves may be of a history that is gone."""
        epochs = await self._log.epochs()
        if epochs != self._epochs:
            self._epochs, self._sent_to = epochs, None

    async def _compare_end(self, connection: StreamConnection) -> None:
        """The end of a stream that we did not send just now must be the log's event of that position."""
        if self.last_sequence == 0:
            return
        page = await self._log.read(after=self.last_sequence - 1, limit=1)
        self._refuse_shorter_log(page)
        if await connection.body_at(self.last_sequence) != cloud_event(page.events[0], self._epochs):
            raise StreamDiverged(
                f"the stream {self._stream.name} and the log (epoch {self._epochs.current}) have different events at "
                f"position {self.last_sequence}: {RESTORED}. Or one of them was altered: compare them; where the log is right, "
                "delete the stream, and the relay sends the whole log again."
            )

    def _refuse_shorter_log(self, page: Page) -> None:
        self.head = page.head
        if page.head < self.last_sequence:
            raise StreamDiverged(
                f"the stream {self._stream.name} ends at {self.last_sequence}, the log (epoch {self._epochs.current}) at "
                f"{page.head}: {RESTORED}."
            )

    def _messages(self, events: tuple[StoredEvent, ...]) -> list[Message]:
        messages: list[Message] = []
        for position, event in enumerate(events, start=self.last_sequence + 1):
            if event.position != position:
                raise PositionGap(
                    f"after position {position - 1} the log gave {event.position}: a row is missing or was changed. "
                    "Run `salesapi verify`."
                )
            subject, body = self._stream.subject(event.type), cloud_event(event, self._epochs)
            messages.append(Message(position, self._epochs.id_of(position), subject, body))
        return messages

"""The JetStream stream that carries the whole log and nothing else, so that its sequences are the log's positions.

Nothing here depends on JetStream keeping what it acknowledged: the log is the truth, and the stream can be sent anew from
position 1. Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Final, NamedTuple

import msgspec
from eventsourcing.persistence import IntegrityError
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from salesapi.streaming.cloud_events import MEDIA_TYPE

BATCH_MESSAGES_MAX: Final = 500
"""Most messages of one atomic batch; the server takes 1,000."""
BATCH_BYTES_MAX: Final = 8 * 1024 * 1024
"""A batch takes no further message once it holds so many bytes: the server keeps it in memory until its commit."""
CONNECT_SECONDS_MAX: Final = 5.0
ANSWER_SECONDS_MAX: Final = 10.0
"""How long the server may take to answer a request or to store a batch."""
WRONG_LAST_SEQUENCE: Final = 10071
"""The server's error code of a batch whose expected last sequence is not the stream's."""
ID_HEADER: Final = "Salesapi-Id"
"""The event's id, for consumers that do not open the body. Not `Nats-Msg-Id`: one id that the server remembers would
refuse the whole batch (error 10201), and the expected sequence guards for ever what its memory guards for two minutes."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesStream:
    """A stream's name, and what its messages' subjects begin with."""

    name: str
    subject_prefix: str

    def subject(self, stored_type: str) -> str:
        """The subject of an event: `sales.v1.deal.stage_changed`."""
        return f"{self.subject_prefix}.{stored_type}"


SALES: Final = SalesStream(name="SALES", subject_prefix="sales.v1")


class Message(NamedTuple):
    """One message of the stream."""

    sequence: int
    id: str
    subject: str
    body: bytes


class StreamMoved(IntegrityError):
    """Another relay was first, or the stream lost its end: nothing was stored. Read the last sequence again and go on."""


class StreamDiverged(RuntimeError):
    """The stream is not a copy of the log, and sending more would hide it. A human decides."""


class BatchRefused(RuntimeError):
    """The server refused a batch for a reason of its own; nothing of it was stored."""


class _Error(msgspec.Struct):
    err_code: int = 0
    description: str = ""


class _Answer(msgspec.Struct):
    seq: int = 0
    error: _Error | None = None


_ANSWER_DECODER: Final = msgspec.json.Decoder(_Answer)


class StreamConnection:
    """One connection to NATS and the stream behind it. It is not mended when lost: open another one."""

    def __init__(self, client: Client, stream: SalesStream) -> None:
        """Use `open`."""
        self._client = client
        self._jetstream: JetStreamContext = client.jetstream(timeout=ANSWER_SECONDS_MAX)
        self._stream = stream

    @classmethod
    async def open(cls, nats_url: str, stream: SalesStream) -> "StreamConnection":
        """Connects once.

        Raises: what nats-py raises, OSError or TimeoutError when the server cannot be reached.
        """
        return cls(await connect(nats_url), stream)

    async def close(self) -> None:
        """Ends the connection; harmless when it is lost already."""
        await self._client.close()

    @property
    def is_open(self) -> bool:
        """True while the connection stands."""
        return bool(self._client.is_connected)

    async def last_sequence(self) -> int:
        """The stream's last sequence; a stream that is not there is made, empty.

        Raises:
            StreamDiverged: messages before the last one are missing.
        """
        try:
            state = (await self._jetstream.stream_info(self._stream.name)).state
        except NotFoundError:
            state = (await self._jetstream.add_stream(_configuration(self._stream))).state
        if state.messages != state.last_seq:
            raise StreamDiverged(
                f"the stream {self._stream.name} holds {state.messages} of the {state.last_seq} messages it was sent: some "
                "were purged, deleted or lost. Delete the stream: the relay then sends the whole log again."
            )
        return state.last_seq

    async def body_at(self, sequence: int) -> bytes:
        """The body of a stored message."""
        stored = await self._jetstream.get_msg(self._stream.name, sequence)
        return stored.data or b""

    async def delete(self) -> None:
        """Deletes the stream with all of its messages and consumers.

        Raises: what nats-py raises when the server refuses it.
        """
        await self._jetstream.delete_stream(self._stream.name)

    async def send(self, messages: Sequence[Message]) -> int:
        """Stores messages that follow each other as one atomic batch; returns how many, from the first.

        Raises:
            StreamMoved: the stream's last sequence is not the one before the first message.
            BatchRefused: for another reason, such as a full disk.
        """
        batch = _bounded(messages)
        batch_id = token_hex(16)
        for number, message in enumerate(batch[:-1], start=1):
            await self._client.publish(message.subject, message.body, headers=_headers(message, batch_id, number))
        headers = {**_headers(batch[-1], batch_id, len(batch)), Header.BATCH_COMMIT.value: "1"}
        answer = await self._client.request(batch[-1].subject, batch[-1].body, ANSWER_SECONDS_MAX, headers=headers)
        told = _ANSWER_DECODER.decode(answer.data)
        if told.error is not None and told.error.err_code == WRONG_LAST_SEQUENCE:
            raise StreamMoved(told.error.description)
        if told.error is not None:
            raise BatchRefused(f"NATS error {told.error.err_code}: {told.error.description}")
        if told.seq != batch[-1].sequence:
            raise StreamDiverged(f"position {batch[-1].sequence} was stored under the sequence {told.seq}")
        return len(batch)


async def connect(nats_url: str) -> Client:
    """A client that gives up when its connection is lost: the caller's loop backs off and knows what to read again.

    Raises: what nats-py raises, OSError or TimeoutError when the server cannot be reached.
    """
    client = Client()
    try:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            await client.connect(
                nats_url,
                name="salesapi relay",
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                error_cb=_note,
            )
    except BaseException:
        await client.close()
        raise
    return client


@asynccontextmanager
async def jetstream_at(nats_url: str) -> AsyncIterator[JetStreamContext]:
    """JetStream on a connection of its own, for as long as the block lasts.

    Raises: as `connect`.
    """
    client = await connect(nats_url)
    try:
        yield client.jetstream(timeout=ANSWER_SECONDS_MAX)
    finally:
        await client.close()


async def _note(error: Exception) -> None:
    """The client tells of errors here besides raising them where they are met."""
    logger.debug("NATS client: %s", type(error).__name__)


def _configuration(stream: SalesStream) -> StreamConfig:
    """No limits. Deleting and purging messages are denied: the way to repair is to delete the stream as a whole."""
    return StreamConfig(
        name=stream.name,
        description="The sales event log: each sequence is the log position of its event.",
        subjects=[f"{stream.subject_prefix}.>"],
        storage=StorageType.FILE,
        allow_atomic=True,
        deny_delete=True,
        deny_purge=True,
    )


def _bounded(messages: Sequence[Message]) -> Sequence[Message]:
    """The first messages that one batch may hold; at least one."""
    bytes_so_far = 0
    for count, message in enumerate(messages[:BATCH_MESSAGES_MAX]):
        bytes_so_far += len(message.body)
        if count and bytes_so_far > BATCH_BYTES_MAX:
            return messages[:count]
    return messages[:BATCH_MESSAGES_MAX]


def _headers(message: Message, batch_id: str, number: int) -> dict[str, str]:
    headers = {
        "Content-Type": MEDIA_TYPE,
        ID_HEADER: message.id,
        Header.BATCH_ID.value: batch_id,
        Header.BATCH_SEQUENCE.value: str(number),
    }
    if number == 1:
        headers[Header.EXPECTED_LAST_SEQUENCE.value] = str(message.sequence - 1)
    return headers

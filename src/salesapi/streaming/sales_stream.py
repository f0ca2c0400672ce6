"""The JetStream stream that carries the whole log and nothing else, so that its sequences are the log's positions.

Nothing here depends on JetStream keeping what it acknowledged: the log is the truth, and the stream can be sent anew from
position 1. Durations are in seconds, on this process's monotonic clock.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import Final, NamedTuple

import msgspec
from eventsourcing.persistence import IntegrityError
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, BadRequestError, NotFoundError

from salesapi.streaming.cloud_events import MEDIA_TYPE
from salesapi.streaming.connecting import ANSWER_SECONDS_MAX, connect

BATCH_MESSAGES_MAX: Final = 500
"""Most messages of one atomic batch; the server takes 1,000."""
BATCH_BYTES_MAX: Final = 8 * 1024 * 1024
"""A batch takes no further message once it holds so many bytes: the server keeps it in memory until its commit."""
WRONG_LAST_SEQUENCE: Final = 10071
"""The server's error code of a batch whose expected last sequence is not the stream's."""
ID_HEADER: Final = "Salesapi-Id"
"""The event's id, for consumers that do not open the body. Not `Nats-Msg-Id`: one id that the server remembers would
refuse the whole batch (error 10201), and the expected sequence guards for ever what its memory guards for two minutes."""
INCARNATION: Final = "salesapi_incarnation"
"""Name in the stream's metadata, as the next two: they tell a consumer that the stream was made anew, and what to read again."""
REPLACES: Final = "salesapi_replaces"
"""The incarnation before, where that is known."""
FAULTY_FROM: Final = "salesapi_faulty_from"
"""The first position at which that one was not the log."""
TOLD: Final = (INCARNATION, REPLACES, FAULTY_FROM)
END_OF_MESSAGES: Final = ("204", "404")
"""What the server says after the last message of a batch, and where there is none."""


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
    content_type: str = MEDIA_TYPE


class StreamState(NamedTuple):
    """The stream as it is now."""

    last_sequence: int
    incarnation: str
    """Another one whenever we make the stream anew; empty in one that was made before there were any."""
    created: str
    """By the server's clock; another one, too, where somebody else makes it anew."""
    is_configured: bool
    """False: something about it could let a message be lost, changed or added by others."""
    metadata: dict[str, str]
    """What we have told consumers in it."""


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
            # Two that make it at once name two incarnations: the first one's stays, and the second is refused.
            with suppress(BadRequestError):
                await self._jetstream.add_stream(_configuration(self._stream, {INCARNATION: token_hex(8)}))
            state = (await self._jetstream.stream_info(self._stream.name)).state
        if state.messages != state.last_seq:
            raise StreamDiverged(
                f"the stream {self._stream.name} holds {state.messages} of the {state.last_seq} messages it was sent: some "
                "were purged, deleted or lost. Its auditor makes it again from the log."
            )
        return state.last_seq

    async def state(self) -> StreamState | None:
        """The stream as it is, None where there is none. Unlike `last_sequence` it makes none, and judges nothing."""
        try:
            told = await self._jetstream.stream_info(self._stream.name)
        except NotFoundError:
            return None
        metadata = {str(name): str(text) for name, text in (told.config.metadata or {}).items() if name in TOLD}
        is_configured = _is_guarded(told.config, self._stream)
        incarnation = metadata.get(INCARNATION, "")
        return StreamState(told.state.last_seq, incarnation, str(told.created), is_configured, metadata)

    async def configure(self, metadata: dict[str, str]) -> None:
        """Gives the stream that is there the configuration that it should have; its messages and consumers stay.

        Raises: APIError where the server refuses it, as for a stream that is sealed.
        """
        told = {INCARNATION: token_hex(8), **metadata}
        await self._jetstream.update_stream(_configuration(self._stream, told))

    async def make_anew(self, *, replaced: str, faulty_from: int) -> None:
        """Deletes the stream and makes it again, empty. What it replaces, and from where on that was faulty, stands in it."""
        told = {INCARNATION: token_hex(8), REPLACES: replaced, FAULTY_FROM: str(faulty_from)}
        configuration = _configuration(self._stream, told)
        with suppress(NotFoundError):
            await self._jetstream.delete_stream(self._stream.name)
        try:
            await self._jetstream.add_stream(configuration)
        except APIError:
            # The relay was first.
            await self._jetstream.update_stream(configuration)

    async def messages(self, *, first: int, last: int) -> list[Message]:
        """The stored messages of these sequences, or the first of them; those that are not there are left out.

        Raises: BatchRefused, where the server does not read them.
        """
        inbox = self._client.new_inbox()
        answers = await self._client.subscribe(inbox)
        try:
            asked = {"seq": first, "batch": min(last - first + 1, BATCH_MESSAGES_MAX), "max_bytes": BATCH_BYTES_MAX}
            subject = f"$JS.API.DIRECT.GET.{self._stream.name}"
            await self._client.publish(subject, msgspec.json.encode(asked), reply=inbox)
            found: list[Message] = []
            while True:
                answer = await answers.next_msg(ANSWER_SECONDS_MAX)
                headers = answer.headers or {}
                if (status := headers.get("Status")) in END_OF_MESSAGES:
                    return found
                if status is not None:
                    raise BatchRefused(f"NATS status {status} for messages from {first} on")
                if (sequence := int(headers["Nats-Sequence"])) <= last:
                    told = (headers.get(ID_HEADER, ""), headers["Nats-Subject"], answer.data)
                    found.append(Message(sequence, *told, headers.get("Content-Type", "")))
        finally:
            await answers.unsubscribe()

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


def _configuration(stream: SalesStream, metadata: dict[str, str]) -> StreamConfig:
    """No limits. Deleting and purging messages are denied: the way to repair is to delete the stream as a whole."""
    return StreamConfig(
        name=stream.name,
        description="The sales event log: each sequence is the log position of its event.",
        subjects=[f"{stream.subject_prefix}.>"],
        storage=StorageType.FILE,
        allow_atomic=True,
        allow_direct=True,
        deny_delete=True,
        deny_purge=True,
        metadata=metadata,
    )


def _is_guarded(found: StreamConfig, stream: SalesStream) -> bool:
    """Whether all is as it should be that decides which messages are there; the number of replicas is an operator's."""
    return (
        found.subjects == [f"{stream.subject_prefix}.>"]
        and (found.storage, found.retention) == (StorageType.FILE, RetentionPolicy.LIMITS)
        and all((found.deny_delete, found.deny_purge, found.allow_direct, found.allow_atomic))
        and not any((found.sealed, found.no_ack, found.allow_rollup_hdrs, found.allow_msg_ttl, found.max_age))
        and not any((found.mirror, found.sources, found.republish, found.subject_transform))
        and {found.max_msgs, found.max_bytes, found.max_msgs_per_subject, found.max_msg_size} == {-1}
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

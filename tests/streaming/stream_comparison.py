"""Compares the JetStream stream with the log, message by message: positions, subjects and bytes. Reads only; no clock."""

from dataclasses import dataclass
from typing import Final

from nats.aio.msg import Msg
from nats.errors import TimeoutError as NoMessages
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from salesapi.eventlog.epochs import Epochs
from salesapi.eventlog.recorder import EventLog, StoredEvent
from salesapi.streaming.cloud_events import cloud_event
from salesapi.streaming.connecting import jetstream_at
from salesapi.streaming.sales_stream import SALES, SalesStream

PAGE_MESSAGES: Final = 250
"""Events and messages in memory at once; at the largest event of 256 KiB that is twice 64 MiB."""
FETCH_SECONDS_MAX: Final = 5.0
"""How long a message that the stream says it has may take to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first position at which stream and log are not the same."""

    position: int
    reason: str


async def compare_stream_with_log(log: EventLog, nats_url: str, stream: SalesStream = SALES) -> Difference | None:
    """The first difference between the stream and the log as it is at the beginning; None where there is none.

    A relay that lags behind shows as a missing end: let it catch up first.

    Raises: what asyncpg and nats-py raise when a server cannot be reached.
    """
    head, epochs = await log.head(), await log.epochs()
    async with jetstream_at(nats_url) as jetstream:
        try:
            last_sequence = (await jetstream.stream_info(stream.name)).state.last_seq
        except NotFoundError:
            return Difference(position=1, reason="there is no stream") if head else None
        found = await _first_difference(log, epochs, jetstream, stream, up_to=min(head, last_sequence))
        if found is None and last_sequence < head:
            found = Difference(position=last_sequence + 1, reason="the stream ends before it")
        if found is None and last_sequence > (head := await log.head()):
            found = Difference(position=head + 1, reason="the log ends before it")
        return found


async def _first_difference(
    log: EventLog, epochs: Epochs, jetstream: JetStreamContext, stream: SalesStream, *, up_to: int
) -> Difference | None:
    reader = await jetstream.pull_subscribe(
        f"{stream.subject_prefix}.>",
        stream=stream.name,
        config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE),
    )
    position = 0
    while position < up_to:
        page = await log.read(after=position, limit=min(PAGE_MESSAGES, up_to - position))
        expected = list(page.events)
        if not expected:
            return Difference(position=position + 1, reason="the log lacks it")
        while expected:
            try:
                messages = await reader.fetch(len(expected), FETCH_SECONDS_MAX)
            except NoMessages:
                return Difference(position=position + 1, reason="the stream lacks it")
            for message in messages:
                event, position = expected.pop(0), position + 1
                reason = _difference(event, epochs, stream, message)
                if reason is not None or event.position != position:
                    return Difference(position=position, reason=reason or f"the log has position {event.position}")
    return None


def _difference(event: StoredEvent, epochs: Epochs, stream: SalesStream, message: Msg) -> str | None:
    if message.metadata.sequence.stream != event.position:
        return f"the stream's next sequence is {message.metadata.sequence.stream}"
    if message.subject != stream.subject(event.type):
        return f"its subject is {message.subject}"
    return None if message.data == cloud_event(event, epochs) else "its bytes differ"

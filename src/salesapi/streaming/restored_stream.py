"""The stream after a backup of the log was restored: whether it holds events that are gone, and its end where it does.

JetStream gives no sequence a second time, so such a stream is deleted as a whole, and the relay sends the log again. No clock.
"""

from dataclasses import dataclass

import msgspec
from nats.errors import Error as NatsError
from nats.js.errors import APIError

from salesapi.eventlog.epochs import Epochs
from salesapi.eventlog.recorder import StoredEvent
from salesapi.streaming.cloud_events import cloud_event
from salesapi.streaming.sales_stream import SALES, SalesStream, StreamConnection, StreamDiverged

UNREACHED = (NatsError, APIError, OSError, TimeoutError, StreamDiverged)
"""What may stand in the way of looking at a stream, or of deleting it; their texts hold no secret."""


class _Id(msgspec.Struct, frozen=True):
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEnd:
    """The last message of a stream: its sequence, the epoch that its id has, and its bytes; sequence 0 for an empty stream."""

    sequence: int
    epoch: int
    body: bytes

    def is_of_lost_history(self, epochs: Epochs) -> bool:
        """Tells whether its event is gone, by the epochs that were told."""
        agreed_to = epochs.agreed_to(epoch=self.epoch, position=self.sequence)
        return agreed_to is not None and agreed_to < self.sequence

    def is_copy_of(self, event: StoredEvent, epochs: Epochs) -> bool:
        """Tells whether it is the log's event of that position."""
        return self.body == cloud_event(event, epochs)


async def stream_end(nats_url: str, stream: SalesStream = SALES) -> StreamEnd:
    """Reads the end of the stream.

    Raises: those of `UNREACHED`.
    """
    connection = await StreamConnection.open(nats_url, stream)
    try:
        sequence = await connection.last_sequence()
        if sequence == 0:
            return StreamEnd(sequence=0, epoch=0, body=b"")
        body = await connection.body_at(sequence)
    finally:
        await connection.close()
    try:
        epoch = int(msgspec.json.decode(body, type=_Id).id.partition(":")[0])
    except (msgspec.DecodeError, ValueError) as error:
        raise StreamDiverged(f"the last message of the stream {stream.name} is not an event of ours") from error
    return StreamEnd(sequence=sequence, epoch=epoch, body=body)


async def delete_stream(nats_url: str, stream: SalesStream = SALES) -> None:
    """Deletes the stream, so that the relay makes it anew.

    Raises: those of `UNREACHED`.
    """
    connection = await StreamConnection.open(nats_url, stream)
    try:
        await connection.delete()
    finally:
        await connection.close()

"""The faults of the stream as they are stored: counted by kind, and what stood there, for whoever looks into it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from salesapi.database.connections import Pool
from salesapi.streaming.comparing import Kind
from salesapi.streaming.sales_stream import Message

KEPT_MESSAGES_MAX: Final = 1_000
"""Most messages that are kept; when so many stand there, the owner has to look at them, and to empty the table."""
KEPT_BYTES_MAX: Final = 16 * 1024 * 1024
"""Most bytes of messages that one repair keeps."""

COUNT: Final = """
    INSERT INTO log.stream_fault AS f (kind, faults, position, found_at)
    SELECT kind, faults, position, clock_timestamp()
    FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS found (kind, faults, position)
    ON CONFLICT (kind) DO UPDATE SET
        faults = f.faults + excluded.faults, position = excluded.position, found_at = excluded.found_at
"""
KEEP: Final = """
    INSERT INTO log.stream_faulty_message (kind, position, subject, id, body)
    SELECT kind, position, subject, id, body
    FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bytea[]) AS k (kind, position, subject, id, body)
    WHERE (SELECT count(*) FROM log.stream_faulty_message) < $6
"""


class Fault(NamedTuple):
    """One fault; `position` 0 where it is not of a message."""

    position: int
    kind: Kind


async def store_faults(pool: Pool, faults: Sequence[Fault], kept: Mapping[int, Message]) -> None:
    """Counts the faults, and keeps the messages at these positions.

    Raises: what asyncpg raises when the server cannot be reached.
    """
    counts = Counter(fault.kind for fault in faults)
    firsts = {fault.kind: fault.position for fault in reversed(faults)}
    telling = [(fault.kind, kept[fault.position]) for fault in faults if fault.position in kept]
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(COUNT, [*counts], [*counts.values()], [firsts[kind] for kind in counts])
        await connection.execute(
            KEEP,
            [kind for kind, _ in telling],
            [message.sequence for _, message in telling],
            [_storable(message.subject) for _, message in telling],
            [_storable(message.id) for _, message in telling],
            [message.body for _, message in telling],
            KEPT_MESSAGES_MAX,
        )


def _storable(text: str) -> str:
    """A text of somebody else's, without what PostgreSQL does not store."""
    return text.replace("\x00", "").encode(errors="replace").decode()

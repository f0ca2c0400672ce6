"""Reading the log and its tree as they are stored: payload and meta as exact text, whatever codec a connection has.

Positions and sizes count events from 1. No clock.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final, NamedTuple

import asyncpg

from salesapi.audit.leaf import StoredRow
from salesapi.audit.tree import MAX_TREE_SIZE, Frontier, NodeAddress, perfect_subtrees
from salesapi.database.connections import Connection
from salesapi.eventlog.reading import HEAD
from salesapi.eventlog.recorder import PositionGap

ROWS_PAGE: Final = 250
"""Events in memory at once; at the largest event of 256 KiB that is 64 MiB."""

SCAN_POSITIONS: Final = 10_000
"""Positions that one look for rare types spans."""

# The casts to text keep the stored bytes out of reach of a JSON codec set on the connection.
PAGE: Final = """
    SELECT e.position, e.stream_kind, e.stream_id, e.version, e.type, e.schema, e.occurred_at, e.occurred_on,
           e.occurred_zone, e.recorded_at, e.payload::text AS payload, e.meta::text AS meta, l.hash
    FROM log.event e LEFT JOIN audit.leaf l ON l.position = e.position
    WHERE e.position > $1 AND e.position <= $2 ORDER BY e.position LIMIT $3
"""
OF_TYPES: Final = """
    SELECT e.position, e.stream_kind, e.stream_id, e.version, e.type, e.schema, e.occurred_at, e.occurred_on,
           e.occurred_zone, e.recorded_at, e.payload::text AS payload, e.meta::text AS meta, NULL::bytea AS hash
    FROM log.event e
    WHERE e.position > $1 AND e.position <= $2 AND e.type = ANY($3::text[]) ORDER BY e.position
"""
HASHES: Final = """
    SELECT CASE WHEN a.level = 0
                THEN (SELECT l.hash FROM audit.leaf l WHERE l.position = a.idx + 1)
                ELSE (SELECT n.hash FROM audit.node n WHERE n.level = a.level AND n.idx = a.idx) END AS hash
    FROM unnest($1::integer[], $2::bigint[]) WITH ORDINALITY AS a (level, idx, number) ORDER BY a.number
"""


class SealedRow(NamedTuple):
    """An event as it is stored, and the hash that the sealer stored for it (None: not sealed yet)."""

    row: StoredRow
    leaf: bytes | None


async def pages(
    connection: Connection, *, after: int = 0, up_to: int = MAX_TREE_SIZE
) -> AsyncIterator[Sequence[SealedRow]]:
    """The events after one position up to another, in order, in pages.

    Raises:
        PositionGap: a position is missing before another; after what stands before the gap was handed out.
    """
    position = after
    while position < up_to:
        page = [_sealed_row(record) for record in await connection.fetch(PAGE, position, up_to, ROWS_PAGE)]
        if not page:
            return
        whole = [each for number, each in enumerate(page, start=position + 1) if each.row.position == number]
        if whole:
            yield whole
        position += len(whole)
        if len(whole) < len(page):
            raise PositionGap(
                f"after position {position} the log has {page[len(whole)].row.position}: an event was removed or renumbered"
            )


async def rows_of_types(connection: Connection, types: Sequence[str]) -> AsyncIterator[Sequence[StoredRow]]:
    """The events of some rare types in order, over the whole log, a span of positions at a time."""
    head: int = await connection.fetchval(HEAD)
    for after in range(0, head, SCAN_POSITIONS):
        records = await connection.fetch(OF_TYPES, after, after + SCAN_POSITIONS, types)
        yield [_sealed_row(record).row for record in records]


async def node_hashes(connection: Connection, addresses: Iterable[NodeAddress]) -> list[bytes | None]:
    """The stored hashes at these places, None where there is none; one probe of an index for each."""
    wanted = tuple(addresses)
    records = await connection.fetch(HASHES, [level for level, _ in wanted], [index for _, index in wanted])
    return [record["hash"] for record in records]


async def stored_frontier(connection: Connection, size: int) -> Frontier | None:
    """The tree over the first `size` events from the stored subtrees; None while they are not all sealed."""
    hashes = [each for each in await node_hashes(connection, perfect_subtrees((0, size))) if each is not None]
    return Frontier(size=size, hashes=hashes) if len(hashes) == size.bit_count() else None


def _sealed_row(record: asyncpg.Record) -> SealedRow:
    columns = dict(record)
    leaf = columns.pop("hash")
    return SealedRow(StoredRow(**columns), leaf)

"""The bytes of one stored event that its leaf in the audit tree is the hash of. Pure: standard library only, no clock.

Encoding 1, fixed for good (a change is encoding 2 beside it, under another prefix):

    leaf   = PREFIX field{12}
    PREFIX = the ASCII bytes "salesapi leaf 1" and a newline
    field  = 0x00                                   the column is NULL
           | 0x01 length value                      length: 4 bytes, unsigned, big-endian; value: that many bytes

Every value is UTF-8 text, and the fields stand in the order of `StoredRow`:

    position, version, schema    decimal digits
    stream_id                    UUID in lower case with hyphens
    stream_kind, type            as stored
    occurred_at, recorded_at     RFC 3339 in UTC with six digits of a second: 2026-03-31T22:00:00.000000Z
    occurred_on                  2026-03-31
    occurred_zone                as stored
    payload, meta                the JSON text exactly as stored, byte for byte, never parsed

Two different rows never have the same bytes: NULL differs from empty, and a length before each value fixes its end.
The epoch is left out, since it belongs to the log and not to the row: a restored log keeps its roots. `occurred_*` is
the business's clock as the sender gave it, `recorded_at` is the log's own.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

PREFIX = b"salesapi leaf 1\n"
LENGTH_BYTES = 4
MAX_FIELD_BYTES = 256**LENGTH_BYTES - 1  # bytes: what the length can say, and more than a column can hold

_NULL = b"\x00"
_PRESENT = b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """One row of the event table as it is stored; `payload` and `meta` are JSON text and must not be parsed first."""

    position: int
    stream_kind: str
    stream_id: UUID
    version: int
    type: str
    schema: int
    occurred_at: datetime | None
    occurred_on: date | None
    occurred_zone: str | None
    recorded_at: datetime
    payload: str
    meta: str


LOG_COLUMNS: Final = (
    *("position", "stream_kind", "stream_id", "version", "type", "schema", "payload", "meta"),
    *("occurred_at", "occurred_on", "occurred_zone", "recorded_at"),
)
"""The columns of the event table, in its order."""
in_log_order: Final = attrgetter(*LOG_COLUMNS)
"""Reads a row's values in that order."""


def leaf_bytes(row: StoredRow) -> bytes:
    """Encode a row for `tree.leaf_hash`.

    Raises: ValueError if an instant has no zone, or a text is longer than MAX_FIELD_BYTES or is not Unicode.
    """
    return PREFIX + b"".join([_field(text) for text in row_texts(row)])


def row_texts(row: StoredRow) -> tuple[str | None, ...]:
    """The values of a row in the order of `StoredRow`, as they are spelt in evidence; None is NULL.

    Raises: ValueError if an instant has no zone.
    """
    return (
        str(row.position),
        row.stream_kind,
        str(row.stream_id),
        str(row.version),
        row.type,
        str(row.schema),
        None if row.occurred_at is None else utc_text(row.occurred_at),
        None if row.occurred_on is None else row.occurred_on.isoformat(),
        row.occurred_zone,
        utc_text(row.recorded_at),
        row.payload,
        row.meta,
    )


def utc_text(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always of the same width; the only spelling of an instant in evidence.

    Raises: ValueError if the instant has no zone: it would be read in the zone of the machine.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no zone: read it from a timestamptz column")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _field(text: str | None) -> bytes:
    if text is None:
        return _NULL
    value = text.encode()
    if len(value) > MAX_FIELD_BYTES:
        raise ValueError(f"a field of {len(value)} bytes cannot be encoded: the limit is {MAX_FIELD_BYTES} bytes")
    return _PRESENT + len(value).to_bytes(LENGTH_BYTES, "big") + value

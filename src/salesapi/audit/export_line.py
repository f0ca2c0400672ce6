"""The lines of an export, written and read: one form only, so that a changed byte anywhere in a line shows. Pure, no clock.

An event's line is JSON without spaces, its members in this order:

    id             "<epoch>:<position>"
    position, stream_kind, stream_id, version, type, schema
    occurred_at, occurred_on, occurred_zone, recorded_at      instants as `leaf.utc_text` writes them, or null
    payload, meta                                             the stored JSON text, byte for byte
    leaf                                                      the sealed hash of the row, in hex

The last line is {"epoch":<epoch>,"root":"<hex>","size":<events>}: the root of the audit tree over all lines before it. Of a log
that was restored from a backup it is {"epoch":<newest>,"epochs":[[<epoch>,<first position>],...],"format":2,"root":...}, and
each line's id has the epoch of its position. A form that is neither has a greater `format`. See docs/formats.md.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from salesapi.audit.leaf import StoredRow, row_texts
from salesapi.audit.tree import HASH_BYTES
from salesapi.domain.shared.states import made_from
from salesapi.eventlog.epochs import Epoch, Epochs

LINE_BYTES_MAX: Final = 1024 * 1024
"""Longest line: an event of 256 KiB with room for its envelope, and for a rewritten log to be read all the same."""
JSON_SPACE: Final = " \t\r\n"
UNQUOTED: Final = frozenset({"position", "version", "schema", "payload", "meta"})
"""Members that are JSON as they are: numbers, and the stored JSON texts."""
LAST_LINE_START: Final = b'{"epoch":'
FORMAT: Final = 2
"""The newest form of a last line that this program reads and writes."""


class LineUnreadable(ValueError):
    """A line is not one that an export writes; the message says why."""


class FormatUnknown(ValueError):
    """The export was made by a newer program; the message says so."""


class NotExportable(ValueError):
    """A stored text does not fit in a line as it is. Our codec never writes such a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event's line: the stored row, the epoch of its id, and the leaf hash that was sealed for it."""

    epoch: int
    row: StoredRow
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLine:
    """The last line of an export: what it says about itself."""

    epochs: Epochs
    root: bytes
    size: int


class _EventMembers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
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
    payload: msgspec.Raw
    meta: msgspec.Raw
    leaf: str


class _LastMembers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    epoch: int
    root: str
    size: int
    epochs: tuple[tuple[int, int], ...] = ()
    format: int = 1


class _Format(msgspec.Struct, frozen=True):
    format: int = 1


_EVENT_DECODER: Final = msgspec.json.Decoder(_EventMembers)
_LAST_DECODER: Final = msgspec.json.Decoder(_LastMembers)
_FORMAT_DECODER: Final = msgspec.json.Decoder(_Format)


def event_line(each: EventLine) -> bytes:
    """The bytes of an event's line, with its newline.

    Raises:
        NotExportable: payload or meta has a line break, or space around it.
    """
    row = each.row
    for name, text in (("payload", row.payload), ("meta", row.meta)):
        if "\n" in text or "\r" in text or text.strip(JSON_SPACE) != text:
            raise NotExportable(
                f"the {name} of the event at position {row.position} has a line break or space around its JSON text: "
                "this program did not write it. Run `salesapi verify` on the database."
            )
    texts = (f"{each.epoch}:{row.position}", *row_texts(row), each.leaf.hex())
    members = ",".join(
        f'"{name}":{text if name in UNQUOTED else _text(text)}'
        for name, text in zip(_EventMembers.__struct_fields__, texts, strict=True)
    )
    return f"{{{members}}}\n".encode()


def last_line(last: LastLine) -> bytes:
    """The bytes of the last line, with its newline."""
    epochs, more = last.epochs, ""
    if epochs.known != (Epoch(epochs.current, 1),):
        listed = ",".join(f"[{number},{first_position}]" for number, first_position in epochs.known)
        more = f'"epochs":[{listed}],"format":{FORMAT},'
    return f'{{"epoch":{epochs.current},{more}"root":"{last.root.hex()}","size":{last.size}}}\n'.encode()


def read_event_line(line: bytes) -> EventLine:
    """The event of a line, which must have exactly the bytes that `event_line` writes for it.

    Raises:
        LineUnreadable: it does not.
    """
    try:
        members = _EVENT_DECODER.decode(line)
        each = _event_of(members)
        written = event_line(each)
    except (msgspec.DecodeError, NotExportable, UnicodeError, ValueError) as error:
        raise LineUnreadable(f"is not an event's line: {error}") from error
    if written != line:
        raise LineUnreadable(f"differs from the one form of its event at byte {_first_difference(written, line)}")
    return each


def read_last_line(line: bytes) -> LastLine:
    """The last line, which must have exactly the bytes that `last_line` writes.

    Raises:
        FormatUnknown: a newer program has written it.
        LineUnreadable: it does not.
    """
    try:
        if (format := _FORMAT_DECODER.decode(line).format) > FORMAT:
            raise FormatUnknown(
                f"the export has the format {format}, this program reads up to {FORMAT}: take a newer salesapi (docs/formats.md)"
            )
        members = _LAST_DECODER.decode(line)
        epochs = Epochs(tuple(Epoch(*each) for each in members.epochs) or (Epoch(members.epoch, 1),))
        last = LastLine(epochs=epochs, root=_hash(members.root), size=members.size)
    except FormatUnknown:
        raise
    except (msgspec.DecodeError, UnicodeError, ValueError) as error:
        raise LineUnreadable(f"is not an export's last line: {error}") from error
    if last_line(last) != line:
        raise LineUnreadable(
            f"differs from the one form of a last line at byte {_first_difference(last_line(last), line)}"
        )
    return last


def _event_of(members: _EventMembers) -> EventLine:
    epoch, separator, position = members.id.partition(":")
    if not separator or not epoch.isdecimal() or position != str(members.position):
        raise ValueError(f"its id {members.id!r} is not that of position {members.position}")
    row = made_from(StoredRow, members, payload=bytes(members.payload).decode(), meta=bytes(members.meta).decode())
    return EventLine(epoch=int(epoch), row=row, leaf=_hash(members.leaf))


def _text(text: str | None) -> str:
    return "null" if text is None else json.dumps(text, ensure_ascii=False)


def _hash(text: str) -> bytes:
    hashed = bytes.fromhex(text)
    if len(hashed) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes, this one has {len(hashed)}")
    return hashed


def _first_difference(expected: bytes, found: bytes) -> int:
    """The first byte, counted from 1, in which two texts differ."""
    for number, (left, right) in enumerate(zip(expected, found, strict=False), start=1):
        if left != right:
            return number
    return min(len(expected), len(found)) + 1

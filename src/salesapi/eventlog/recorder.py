"""The event log's contract: the words of the `eventsourcing` library's recorders, as `async def`, with our requests.

Positions are gapless from 1 in commit order, so the visible log is always a prefix: a follower that has position `c` reads
`c + 1` next or nothing. One request has one verdict over all its streams, and its idempotency key is stored in the same
commit. Implementations: `postgresql.py` (the real one) and `memory.py` (its twin for tests).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from eventsourcing.persistence import IntegrityError

from salesapi.domain.shared.kernel import BusinessTime, StreamRef, fast_record
from salesapi.eventlog.epochs import Epochs

EVENT_BYTES_MAX: Final = 256 * 1024
"""Largest stored event (payload and meta together), in bytes."""
REQUEST_EVENTS_MAX: Final = 10_000
"""Most events that one request may append."""
REQUEST_BYTES_MAX: Final = 64 * 1024 * 1024
"""Most bytes of payload, meta and receipt that one request may hold."""
PAGE_EVENTS_MAX: Final = 10_000
"""Most events that one read may return."""
SCAN_POSITIONS_MAX: Final = 100_000
"""Most positions that one read with a type filter looks at; `Page.scanned_to` says how far it came."""


@fast_record
class NewEvent:
    """One event to append: its declared name, and its payload and meta as the JSON text that is stored byte for byte."""

    type: str
    schema: int
    payload: str
    meta: str
    occurred: BusinessTime | None


@fast_record
class StreamAppend:
    """Events for one stream, which must be at `expected_version` (0: it must be new)."""

    stream: StreamRef
    expected_version: int
    events: tuple[NewEvent, ...]


@fast_record
class RequestKey:
    """The marks that make a retry known: who asked, with which key, for what (SHA-256 of the client's request)."""

    principal_id: UUID
    key: str
    fingerprint: bytes
    receipt: str
    """JSON text handed out again on a retry, beside the positions."""
    keep_forever: bool = False
    """True for imports and reactions; a client's key is kept for 30 days or more."""


@fast_record
class AppendRequest:
    """Everything that one command (or one atomic bulk) writes: all of it or nothing. May hold no events but a key."""

    appends: tuple[StreamAppend, ...]
    key: RequestKey | None = None


@fast_record
class Appended:
    """The verdict on an accepted request. Its events have the positions `first_position`, + 1, ... in request order.

    Where the request held no events, `first_position` is one past the log's head at that moment.
    """

    first_position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One row of the log as it is stored."""

    position: int
    stream: StreamRef
    version: int
    type: str
    schema: int
    payload: str
    meta: str
    occurred: BusinessTime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """An earlier request found by its key."""

    fingerprint: bytes
    receipt: str
    first_position: int
    event_count: int
    recorded_at: datetime


@fast_record
class Loaded:
    """The data to decide a command, read in one statement: its key's earlier request, and the streams' news."""

    request: StoredRequest | None
    streams: tuple[tuple[StoredEvent, ...], ...]
    """One entry for each stream asked for, in that order, ascending by version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The events after a position, in order; with a type filter, those of the wanted types."""

    events: tuple[StoredEvent, ...]
    scanned_to: int
    """The next page starts after this: every position up to it is in this page or not of the wanted types."""
    head: int
    """The log's highest position in the same snapshot."""


class VersionConflict(IntegrityError):
    """A stream of the request is not at the version that the request expected. Nothing of it was stored."""


class KeyTaken(IntegrityError):
    """The idempotency key is stored already: load it again for the earlier receipt. Nothing was stored."""


class NotStorable(ValueError):
    """The log never stores such a request: too large, too many events, or text with U+0000 or an unpaired surrogate."""


class LogOverloaded(RuntimeError):
    """More is waiting than the log can take, or another process holds it too long. Not stored: try again later."""


class LogUnavailable(RuntimeError):
    """The log cannot be reached. Not stored."""


class StorageFull(LogUnavailable):
    """The disk has no room for it. Not stored; reads go on."""


class OutcomeUnknown(RuntimeError):
    """The connection was lost with this request in flight: it may be stored or not. Ask again with the same key."""


class PositionGap(RuntimeError):
    """A follower was handed a position other than the next one: the log is broken, and following stops loudly."""


class EventLog(Protocol):
    """The port. `postgresql.PostgreSQLEventLog` and `memory.MemoryEventLog` pass one and the same suite."""

    async def append(self, request: AppendRequest) -> Appended:
        """Stores the request whole.

        Raises:
            VersionConflict: a stream has moved on (or does not exist, or exists already).
            KeyTaken: the key was used before, or by a twin a moment ago.
            NotStorable: a bound of this file is passed, or a text cannot be stored.
            LogOverloaded, LogUnavailable: nothing was stored.
            OutcomeUnknown: only a request without a key, or one whose key could not be looked up in time.
        """

    async def load(self, streams: Sequence[tuple[StreamRef, int]], key: tuple[UUID, str] | None = None) -> Loaded:
        """Reads each stream's events after the given version, and the request stored under (principal, key)."""

    async def read(self, *, after: int, limit: int, types: Sequence[str] | None = None) -> Page:
        """Reads forward from `after` (exclusive) in one snapshot; `limit` counts returned events.

        With `types`, at most `SCAN_POSITIONS_MAX` positions are looked at: go on from `scanned_to` until it is `head`.
        """

    async def head(self) -> int:
        """The highest position, 0 for an empty log."""

    async def epochs(self) -> Epochs:
        """The log's epochs as they are now."""

    @property
    def known_epochs(self) -> Epochs:
        """The epochs as they were when this process began to write: of all that it has been told was stored."""

    async def wait_past(self, position: int, timeout_seconds: float) -> int:
        """Returns the head as soon as it is past `position`, or at the time-out (then it may be equal)."""

    def follow(self, *, after: int, page: int) -> AsyncIterator[Page]:
        """Endless pages in order from `after`; checks that positions follow each other.

        Raises:
            PositionGap: a position is missing.
        """

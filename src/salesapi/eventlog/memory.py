"""The event log's twin in memory: the same port and verdicts, for tests and simulations. One process, nothing durable.

`recorded_at` is read from the given clock and never goes back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from salesapi.domain.shared.kernel import StreamRef
from salesapi.domain.shared.states import made_from
from salesapi.eventlog.epochs import FIRST_EPOCHS, Epochs
from salesapi.eventlog.following import follow
from salesapi.eventlog.reading import stored_events
from salesapi.eventlog.recorder import (
    PAGE_EVENTS_MAX,
    SCAN_POSITIONS_MAX,
    Appended,
    AppendRequest,
    EventLog,
    KeyTaken,
    Loaded,
    Page,
    StoredEvent,
    StoredRequest,
    VersionConflict,
)
from salesapi.eventlog.request_rows import EventRow, checked_rows


class MemoryEventLog:
    """Keeps the events in a list: position p is at index p - 1."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`clock` gives instants with a zone."""
        self._clock = clock
        self._events: list[StoredEvent] = []
        self._streams: dict[UUID, list[StoredEvent]] = {}
        self._requests: dict[tuple[UUID, str], StoredRequest] = {}
        self._moved = asyncio.Event()
        self.known_epochs = FIRST_EPOCHS

    async def append(self, request: AppendRequest) -> Appended:
        """See `EventLog.append`."""
        rows, _ = checked_rows(request)
        key = request.key
        if key is not None and (key.principal_id, key.key) in self._requests:
            raise KeyTaken(f"the key {key.key!r} of principal {key.principal_id} was used before")
        for row in rows:
            if row.first and self._version(row) != row.version - 1:
                raise VersionConflict(f"not at the expected version: {row.kind} {row.id} at {row.version - 1}")
        first_position, recorded_at = len(self._events) + 1, self._clock()
        if self._events:
            recorded_at = max(recorded_at, self._events[-1].recorded_at)
        if key is not None:
            self._requests[key.principal_id, key.key] = made_from(
                StoredRequest, key, first_position=first_position, event_count=len(rows), recorded_at=recorded_at
            )
        for row in rows:
            self._add(row, recorded_at)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        return Appended(first_position=first_position, recorded_at=recorded_at)

    def _version(self, row: EventRow) -> int:
        stored = self._streams.get(row.id)
        if stored is None:
            return 0
        return stored[-1].version if stored[-1].stream.kind == row.kind else -1

    def _add(self, row: EventRow, recorded_at: datetime) -> None:
        kind, id, version, _, *rest = row
        (event,) = stored_events([(len(self._events) + 1, kind, id, version, *rest, recorded_at)])
        self._events.append(event)
        self._streams.setdefault(row.id, []).append(event)

    async def load(self, streams: Sequence[tuple[StreamRef, int]], key: tuple[UUID, str] | None = None) -> Loaded:
        """See `EventLog.load`."""
        tails = tuple(
            tuple(event for event in self._streams.get(stream.id, ())[max(after, 0) :] if event.stream == stream)
            for stream, after in streams
        )
        return Loaded(request=None if key is None else self._requests.get(key), streams=tails)

    async def read(self, *, after: int, limit: int, types: Sequence[str] | None = None) -> Page:
        """See `EventLog.read`."""
        assert 0 < limit <= PAGE_EVENTS_MAX, f"a page holds 1 to {PAGE_EVENTS_MAX} events, not {limit}"
        head = len(self._events)
        scan_end = head if types is None else min(head, after + SCAN_POSITIONS_MAX)
        wanted = [event for event in self._events[after:scan_end] if types is None or event.type in types][:limit]
        scanned_to = wanted[-1].position if len(wanted) == limit else max(after, scan_end)
        return Page(events=tuple(wanted), scanned_to=scanned_to, head=head)

    async def head(self) -> int:
        """See `EventLog.head`."""
        return len(self._events)

    async def epochs(self) -> Epochs:
        """See `EventLog.epochs`."""
        return self.known_epochs

    async def wait_past(self, position: int, timeout_seconds: float) -> int:
        """See `EventLog.wait_past`."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while len(self._events) <= position:
                    await self._moved.wait()
        except TimeoutError:
            return len(self._events)
        return len(self._events)

    def follow(self, *, after: int, page: int) -> AsyncIterator[Page]:
        """See `EventLog.follow`."""
        return follow(self, after=after, page=page)


if TYPE_CHECKING:
    _port: type[EventLog] = MemoryEventLog

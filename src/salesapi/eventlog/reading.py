"""Reading the log: the statements, the rows they answer, and the group reader that serves many commands in one statement.

The group reader has the shape of the writer: everything pending goes out in one statement. Many commands decided at once
then cost one round trip instead of one each.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from salesapi.database.array_literals import array_literal
from salesapi.database.connections import LOST, Connection, OwnConnection, keep_connected
from salesapi.domain.shared.kernel import BusinessTime, StreamRef
from salesapi.domain.shared.states import maker
from salesapi.eventlog.recorder import (
    SCAN_POSITIONS_MAX,
    Loaded,
    LogOverloaded,
    LogUnavailable,
    Page,
    StoredEvent,
    StoredRequest,
)

GROUP_STREAMS_MAX: Final = 1_000
"""A statement takes no further load once it asks for so many streams."""
QUEUE_LOADS_MAX: Final = 10_000
READERS: Final = 2
"""Connections that serve loads: the second goes on while the first waits for a long stream."""
TRIES_MAX: Final = 2
"""Times that a load is sent: once more when its connection was lost."""

LOAD: Final = """
    SELECT e.position, e.stream_kind, e.stream_id, e.version, e.type, e.schema, e.payload, e.meta,
           e.occurred_at, e.occurred_on, e.occurred_zone, e.recorded_at, s.number, NULL::bytea AS fingerprint
    FROM unnest($1::text::uuid[], $2::text[], $3::text::integer[]) WITH ORDINALITY AS s (id, kind, after, number)
    CROSS JOIN LATERAL (
        SELECT * FROM log.event
        WHERE stream_id = s.id AND version > s.after AND stream_kind = s.kind
        ORDER BY version OFFSET 0
    ) e
    UNION ALL
    SELECT r.first_position, r.key, r.principal_id, r.event_count, '', 0, r.receipt, 'null',
           NULL, NULL, NULL, r.recorded_at, -k.number, r.fingerprint
    FROM unnest($4::text::uuid[], $5::text[]) WITH ORDINALITY AS k (principal_id, key, number)
    CROSS JOIN LATERAL (
        SELECT * FROM log.request r WHERE r.principal_id = k.principal_id AND r.key = k.key OFFSET 0
    ) r
    ORDER BY 13, 4
"""
"""Streams' events have numbers from 1 up, requests found by their key from -1 down: their columns share what fits. Ids and
numbers go as array literals, see `database/array_literals.py`."""

HEAD: Final = "SELECT coalesce(max(position), 0) FROM log.event"

PAGE: Final = """
    SELECT e.*, h.head FROM (SELECT coalesce(max(position), 0) AS head FROM log.event) h
    LEFT JOIN LATERAL (
        SELECT position, stream_kind, stream_id, version, type, schema, payload, meta,
               occurred_at, occurred_on, occurred_zone, recorded_at
        FROM log.event WHERE position > $1 ORDER BY position LIMIT $2
    ) e ON true
    ORDER BY e.position
"""
PAGE_OF_TYPES: Final = """
    SELECT e.*, h.head FROM (SELECT coalesce(max(position), 0) AS head FROM log.event) h
    LEFT JOIN LATERAL (
        SELECT position, stream_kind, stream_id, version, type, schema, payload, meta,
               occurred_at, occurred_on, occurred_zone, recorded_at
        FROM log.event WHERE position > $1 AND position <= $3 AND type = ANY($4::text[]) ORDER BY position LIMIT $2
    ) e ON true
    ORDER BY e.position
"""

# A rebuild makes these by the million.
_make_event: Final = maker(StoredEvent)
_make_ref: Final = maker(StreamRef)
_make_time: Final = maker(BusinessTime)


def stored_events(rows: Iterable[Iterable[Any]]) -> list[StoredEvent]:
    """Rows of `log.event`, in the order of its columns; what stands behind these is not looked at."""
    return [
        _make_event(
            position=position,
            stream=_make_ref(kind, id),
            version=version,
            type=type,
            schema=schema,
            payload=payload,
            meta=meta,
            occurred=None if on is None or zone is None else _make_time(on=on, zone=zone, at=at),
            recorded_at=recorded_at,
        )
        for position, kind, id, version, type, schema, payload, meta, at, on, zone, recorded_at, *_ in rows
    ]


async def read_page(connection: Connection, *, after: int, limit: int, types: Sequence[str] | None) -> Page:
    """One page in one statement, so in one snapshot. The statement's bounds are the caller's to keep."""
    if types is None:
        records = await connection.fetch(PAGE, after, limit)
        scan_end = None
    else:
        scan_end = after + SCAN_POSITIONS_MAX
        records = await connection.fetch(PAGE_OF_TYPES, after, limit, scan_end, list(types))
    head: int = records[0][-1]
    # A page without events is one row that holds the head only.
    events = tuple(stored_events(records)) if records[0][0] is not None else ()
    looked_to = max(after, head if scan_end is None else min(head, scan_end))
    return Page(events=events, scanned_to=events[-1].position if len(events) == limit else looked_to, head=head)


@dataclass(slots=True, eq=False, kw_only=True)
class PendingLoad:
    """A load on its way, and the caller who waits for it."""

    streams: Sequence[tuple[StreamRef, int]]
    key: tuple[UUID, str] | None
    answer: "asyncio.Future[Loaded]"
    tries: int = 0

    def refuse(self, error: BaseException) -> None:
        """Tells the caller, if it is still there."""
        if not self.answer.done():
            self.answer.set_exception(error)


class GroupReader:
    """Takes loads from many callers and answers everything pending with one statement."""

    def __init__(self, connect: Callable[[], Awaitable[OwnConnection]]) -> None:
        self._connect = connect
        self._queue: deque[PendingLoad] = deque()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._running = 0

    def start(self) -> None:
        """Begins reading, in tasks of its own."""
        self._running = READERS
        self._tasks = [asyncio.create_task(self._run(), name=f"event log reader {n}") for n in range(1, READERS + 1)]

    async def close(self) -> None:
        """Stops; what waits is refused.

        Raises: what ended a reader, if a bug did.
        """
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        for error in ended:
            if error is not None and not isinstance(error, asyncio.CancelledError):
                raise error

    async def load(self, streams: Sequence[tuple[StreamRef, int]], key: tuple[UUID, str] | None) -> Loaded:
        """See `EventLog.load`."""
        if not self._running:
            raise LogUnavailable("the event log's readers are not running")
        if len(self._queue) >= QUEUE_LOADS_MAX:
            raise LogOverloaded(f"{len(self._queue)} loads wait for the event log: try again later")
        answer: asyncio.Future[Loaded] = asyncio.get_running_loop().create_future()
        self._queue.append(PendingLoad(streams=streams, key=key, answer=answer))
        self._wake.set()
        return await answer

    async def _run(self) -> None:
        try:
            await keep_connected(self._connect, self._serve, name="event log reader", on_outage=self._refuse_waiting)
        finally:
            # Cancelled or broken: the last one leaves nobody waiting.
            self._running -= 1
            if not self._running:
                self._refuse_waiting(None)

    def _refuse_waiting(self, error: BaseException | None) -> None:
        while self._queue:
            refusal = LogUnavailable("the event log cannot be reached")
            refusal.__cause__ = error
            self._queue.popleft().refuse(refusal)

    async def _serve(self, connection: OwnConnection) -> None:
        connection.add_termination_listener(lambda _: self._wake.set())
        while True:
            if connection.is_closed():
                raise ConnectionResetError("a reading connection of the event log was closed")
            group = self._next_group()
            if not group:
                self._wake.clear()
                await self._wake.wait()
                continue
            try:
                await self._answer(connection, group)
            finally:
                # Left without an answer, because the connection was lost or we are stopping: a read can be asked again.
                self._ask_again([load for load in group if not load.answer.done()])

    def _next_group(self) -> list[PendingLoad]:
        group: list[PendingLoad] = []
        streams = 0
        while self._queue and streams < GROUP_STREAMS_MAX:
            load = self._queue.popleft()
            if not load.answer.done():
                group.append(load)
                streams += max(1, len(load.streams))
        return group

    def _ask_again(self, group: list[PendingLoad]) -> None:
        for load in reversed(group):
            load.tries += 1
            if load.tries >= TRIES_MAX:
                load.refuse(LogUnavailable("the connection to the event log was lost while reading, twice"))
            else:
                self._queue.appendleft(load)

    async def _answer(self, connection: Connection, group: list[PendingLoad]) -> None:
        wanted = [stream for load in group for stream in load.streams]
        keys = [load.key for load in group if load.key is not None]
        try:
            records = await connection.fetch(
                LOAD,
                array_literal([stream.id.hex for stream, _ in wanted]),
                [stream.kind for stream, _ in wanted],
                array_literal([str(after) for _, after in wanted]),
                array_literal([principal_id.hex for principal_id, _ in keys]),
                [key for _, key in keys],
            )
        except LOST:
            raise
        except asyncpg.PostgresError as error:
            for load in group:
                load.refuse(error)
            return
        _hand_out(group, records, streams=len(wanted), keys=len(keys))


def _hand_out(group: list[PendingLoad], records: Sequence[asyncpg.Record], *, streams: int, keys: int) -> None:
    """Gives each load its streams and its request, by their numbers in the statement."""
    events: list[list[StoredEvent]] = [[] for _ in range(streams)]
    requests: list[StoredRequest | None] = [None] * keys
    found = len([record for record in records if record["number"] < 0])
    for record in records[:found]:
        requests[-record["number"] - 1] = StoredRequest(
            fingerprint=record["fingerprint"],
            first_position=record["position"],
            event_count=record["version"],
            receipt=record["payload"],
            recorded_at=record["recorded_at"],
        )
    for record, event in zip(records[found:], stored_events(records[found:]), strict=True):
        events[record["number"] - 1].append(event)
    stream_number = key_number = 0
    for load in group:
        news = tuple(tuple(tail) for tail in events[stream_number : stream_number + len(load.streams)])
        stream_number += len(load.streams)
        request = None
        if load.key is not None:
            request = requests[key_number]
            key_number += 1
        if not load.answer.done():
            load.answer.set_result(Loaded(request=request, streams=news))

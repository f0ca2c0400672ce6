"""The group-commit writer: one task, one connection; everything pending goes out in one call and one commit.

There is no batching timer. A lone request goes out at once; under load a batch is what queued up during the last commit.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

import asyncpg

from salesapi.database.array_literals import array_literal
from salesapi.database.connections import LOST, Connection, OwnConnection, end_task, keep_connected
from salesapi.eventlog.recorder import (
    Appended,
    AppendRequest,
    KeyTaken,
    LogOverloaded,
    LogUnavailable,
    NotStorable,
    OutcomeUnknown,
    RequestKey,
    StorageFull,
    VersionConflict,
)
from salesapi.eventlog.request_rows import EventRow, checked_rows

BATCH_EVENTS_MAX: Final = 1_000
"""A batch takes no further request once it holds so many events (one request may hold more)."""
BATCH_BYTES_MAX: Final = 16 * 1024 * 1024
"""The same for payload, meta and receipts, in bytes."""
BATCH_LOOK_MAX: Final = 1_000
"""Most waiting requests looked at for one batch; the rest includes those that wait for their own stream or key."""
QUEUE_REQUESTS_MAX: Final = 10_000
QUEUE_BYTES_MAX: Final = 256 * 1024 * 1024

APPEND: Final = """
    SELECT last_position, recorded, taken, stale FROM log.append(
        $1, $2::text::uuid[], $3::text::integer[], $4::text::boolean[], $5, $6::text::integer[], $7, $8,
        $9::text::timestamptz[], $10::text::date[], $11,
        $12::text::uuid[], $13, $14, $15, $16::text::boolean[], $17::text::integer[], $18::text::integer[])
"""
"""Numbers, ids and times go as array literals: asyncpg looks at each element of an array of anything but text three times."""
OWN_KEY: Final = """
    SELECT first_position, recorded_at FROM log.request
    WHERE principal_id = $1 AND key = $2 AND fingerprint = $3 AND receipt::text = $4
"""

Batch: TypeAlias = Sequence[tuple[RequestKey | None, list[EventRow]]]
"""What goes out together: each request's key and its events."""

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False, kw_only=True)
class Pending:
    """A request on its way, and the caller who waits for its verdict."""

    request: AppendRequest
    rows: list[EventRow]
    size_bytes: int
    verdict: "asyncio.Future[Appended]"
    holds: tuple[UUID | tuple[UUID, str], ...] = field(default=())
    """Its streams and its key: two requests that share one do not go out in one batch."""
    in_doubt: bool = False
    """True when it went out before, on a connection that was lost."""

    def accept(self, appended: Appended) -> None:
        """Tells the caller, if it is still there."""
        if not self.verdict.done():
            self.verdict.set_result(appended)

    def refuse(self, error: Exception) -> None:
        """Tells the caller, if it is still there."""
        if not self.verdict.done():
            self.verdict.set_exception(error)

    def fail(self, error: Exception, *, cause: BaseException | None) -> None:
        """Refuses for a reason that is not in the request. What was in doubt before stays so, whatever `error` says."""
        if self.in_doubt:
            error = OutcomeUnknown("the connection was lost with this request in flight, and asking again failed")
        error.__cause__ = cause
        self.refuse(error)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchVerdict:
    """The answer of `log.append`: stored as a whole from `first_position` on, or which requests stand in the way."""

    appended: Appended
    taken: frozenset[int]
    """Places in the batch of the requests whose key is stored already."""
    stale: frozenset[int]
    """Places of those with a stream that is not at the expected version. Where either is not empty, nothing was stored."""


class GroupWriter:
    """Takes requests from many callers and gives each its own verdict."""

    def __init__(self, connect: Callable[[], Awaitable[OwnConnection]], committed: Callable[[int], None]) -> None:
        """`committed` is called with the new head after each commit that stored events."""
        self._connect = connect
        self._committed = committed
        self._queue: deque[Pending] = deque()
        self._queue_bytes = 0
        self._in_flight: Sequence[Pending] = ()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins writing, in a task of its own."""
        self._task = asyncio.create_task(self._run(), name="event log writer")

    async def close(self) -> None:
        """Stops. What still waits is refused; what is in flight has an unknown outcome.

        Raises: what ended the writer, if a bug did.
        """
        await end_task(self._task)

    async def append(self, request: AppendRequest) -> Appended:
        """See `EventLog.append`. Cancelling the caller leaves the batch alone; a request not sent yet is dropped."""
        rows, size_bytes = checked_rows(request)
        if self._task is None or self._task.done():
            raise LogUnavailable("the event log's writer is not running; nothing was stored")
        if len(self._queue) >= QUEUE_REQUESTS_MAX or self._queue_bytes + size_bytes > QUEUE_BYTES_MAX:
            raise LogOverloaded(
                f"{len(self._queue)} requests wait for the event log; nothing was stored, try again later"
            )
        holds: tuple[UUID | tuple[UUID, str], ...] = tuple([append.stream.id for append in request.appends])
        if request.key is not None:
            holds = (*holds, (request.key.principal_id, request.key.key))
        verdict: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        pending = Pending(request=request, rows=rows, size_bytes=size_bytes, verdict=verdict, holds=holds)
        self._queue.append(pending)
        self._queue_bytes += size_bytes
        self._wake.set()
        return await verdict

    async def _run(self) -> None:
        try:
            await keep_connected(self._connect, self._serve, name="event log writer", on_outage=self._refuse_waiting)
        finally:
            # Cancelled or broken: nobody may be left waiting.
            for pending in self._in_flight:
                pending.fail(OutcomeUnknown("the event log's writer stopped with this request in flight"), cause=None)
            self._refuse_waiting(None)

    def _refuse_waiting(self, error: BaseException | None) -> None:
        waiting, self._queue, self._queue_bytes = self._queue, deque(), 0
        for pending in waiting:
            pending.fail(LogUnavailable("the event log cannot be reached; nothing was stored"), cause=error)

    async def _serve(self, connection: OwnConnection) -> None:
        connection.add_termination_listener(lambda _: self._wake.set())
        while True:
            if connection.is_closed():
                raise ConnectionResetError("the event log's writing connection was closed")
            batch = self._next_batch()
            if not batch:
                self._wake.clear()
                await self._wake.wait()
                continue
            self._in_flight = batch
            try:
                await self._store(connection, batch)
            except LOST as error:
                self._doubt(error)
                raise
            self._in_flight = ()
            # Callers just answered may ask again at once: one turn of the loop lets them share the next commit, instead
            # of leaving it to the few who were refused earlier.
            await asyncio.sleep(0)

    def _next_batch(self) -> list[Pending]:
        """Takes from the queue what goes out together: no two requests for one stream or one key, and bounded."""
        batch: list[Pending] = []
        later: list[Pending] = []
        held: set[UUID | tuple[UUID, str]] = set()
        events = size_bytes = looked = 0
        while self._queue and looked < BATCH_LOOK_MAX and events < BATCH_EVENTS_MAX and size_bytes < BATCH_BYTES_MAX:
            pending = self._queue.popleft()
            looked += 1
            if pending.verdict.done():
                self._queue_bytes -= pending.size_bytes
            elif held.isdisjoint(pending.holds):
                batch.append(pending)
                events += len(pending.rows)
                size_bytes += pending.size_bytes
            else:
                later.append(pending)
            held.update(pending.holds)
        self._queue.extendleft(reversed(later))
        self._queue_bytes -= size_bytes
        return batch

    def _doubt(self, error: BaseException) -> None:
        """The connection was lost with a batch in flight. A request with a key is sent again: the key says if it was stored."""
        for pending in reversed(self._in_flight):
            if pending.verdict.done():
                continue
            if pending.request.key is None:
                unknown = OutcomeUnknown("the connection was lost with this request in flight, and it has no key")
                pending.fail(unknown, cause=error)
            else:
                pending.in_doubt = True
                self._queue.appendleft(pending)
                self._queue_bytes += pending.size_bytes
        self._in_flight = ()

    async def _store(self, connection: Connection, batch: list[Pending]) -> None:
        try:
            await self._store_or_refuse(connection, batch)
        except asyncpg.QueryCanceledError as error:
            for pending in batch:
                held = LogOverloaded("the event log was held too long by another process; nothing was stored")
                pending.fail(held, cause=error)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            if len(batch) > 1:
                # One of them cannot be stored by a fault of its own: each alone, so that it fails only itself.
                for pending in batch:
                    await self._store(connection, [pending])
                return
            refused = NotStorable(f"the event log refuses this request: {type(error).__name__}: {error}")
            batch[0].fail(refused, cause=error)
        except LOST:
            raise
        except asyncpg.PostgresError as error:
            logger.error("the event log cannot be written: %s (%s)", type(error).__name__, error.sqlstate)
            kind = StorageFull if isinstance(error, asyncpg.DiskFullError) else LogUnavailable
            for pending in batch:
                unavailable = kind(f"the event log cannot be written: {type(error).__name__}; nothing was stored")
                pending.fail(unavailable, cause=error)

    async def _store_or_refuse(self, connection: Connection, batch: list[Pending]) -> None:
        """Calls `log.append` until everything left of the batch is stored; each call before removes whom it refuses."""
        while batch:
            verdict = await append_batch(connection, [(pending.request.key, pending.rows) for pending in batch])
            if not verdict.taken and not verdict.stale:
                self._accept(batch, verdict.appended)
                return
            accepted: list[Pending] = []
            for number, pending in enumerate(batch):
                if number in verdict.taken:
                    await self._refuse_taken(connection, pending)
                elif number in verdict.stale:
                    pending.refuse(VersionConflict(f"not at the expected version: {_shown_streams(pending.request)}"))
                else:
                    accepted.append(pending)
            batch = accepted

    def _accept(self, batch: list[Pending], appended: Appended) -> None:
        position = appended.first_position
        for pending in batch:
            pending.accept(Appended(first_position=position, recorded_at=appended.recorded_at))
            position += len(pending.rows)
        if position > appended.first_position:
            self._committed(position - 1)

    async def _refuse_taken(self, connection: Connection, pending: Pending) -> None:
        """The key is stored. By this very request, if it was in doubt and the stored row is its own; else by a twin."""
        key = pending.request.key
        assert key is not None, "log.append said that the key of a request without one is taken"
        if pending.in_doubt:
            own = await connection.fetchrow(OWN_KEY, key.principal_id, key.key, key.fingerprint, key.receipt)
            if own is not None:
                pending.accept(Appended(first_position=own["first_position"], recorded_at=own["recorded_at"]))
                return
        pending.refuse(KeyTaken(f"the key {key.key!r} of principal {key.principal_id} was used before"))


async def append_batch(connection: Connection, batch: Batch) -> BatchVerdict:
    """Sends one batch in one round trip: its own commit, or part of the transaction that is open on the connection."""
    answer = await connection.fetchrow(APPEND, *_event_columns(batch), *_key_columns(batch))
    assert answer is not None, "log.append answers one row"
    taken, stale = answer["taken"], answer["stale"]
    of_keys = [place for place, (key, _) in enumerate(batch) if key is not None] if taken else []
    of_events = [place for place, (_, rows) in enumerate(batch) for _ in rows] if stale else []
    return BatchVerdict(
        appended=Appended(first_position=answer["last_position"] + 1, recorded_at=answer["recorded"]),
        taken=frozenset(of_keys[number - 1] for number in taken or ()),
        stale=frozenset(of_events[number - 1] for number in stale or ()),
    )


def _event_columns(batch: Batch) -> Sequence[object]:
    """The first eleven arguments of `log.append`."""
    rows = [row for _, rows in batch for row in rows]
    if not rows:
        return ((), "{}", "{}", "{}", (), "{}", (), (), "{}", "{}", ())
    kinds, ids, versions, firsts, types, schemas, payloads, metas, instants, dates, zones = zip(*rows, strict=True)
    return (
        kinds,
        array_literal([id.hex for id in ids]),
        array_literal(map(str, versions)),
        array_literal(["t" if first else "f" for first in firsts]),
        types,
        array_literal(map(str, schemas)),
        payloads,
        metas,
        array_literal(["NULL" if instant is None else instant.isoformat() for instant in instants]),
        array_literal(["NULL" if date is None else date.isoformat() for date in dates]),
        zones,
    )


def _key_columns(batch: Batch) -> Sequence[object]:
    """The last seven arguments of `log.append`: the keys, and where their requests' events lie in the batch."""
    keys: list[RequestKey] = []
    offsets: list[int] = []
    counts: list[int] = []
    events_before = 0
    for key, rows in batch:
        if key is not None:
            keys.append(key)
            offsets.append(events_before)
            counts.append(len(rows))
        events_before += len(rows)
    return (
        array_literal([key.principal_id.hex for key in keys]),
        [key.key for key in keys],
        [key.fingerprint for key in keys],
        [key.receipt for key in keys],
        array_literal(["t" if key.keep_forever else "f" for key in keys]),
        array_literal(map(str, offsets)),
        array_literal(map(str, counts)),
    )


def _shown_streams(request: AppendRequest) -> str:
    return ", ".join(
        f"{append.stream.kind} {append.stream.id} at {append.expected_version}" for append in request.appends[:10]
    )

"""Appending inside a transaction that the test holds open: the writer's own call, without the writer."""

from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import Connection
from salesapi.eventlog.recorder import Appended, AppendRequest, KeyTaken, VersionConflict
from salesapi.eventlog.request_rows import checked_rows
from salesapi.eventlog.writer import append_batch


async def append_within(connection: Connection, request: AppendRequest) -> Appended:
    """Appends in the open transaction, which holds the append lock from here to its end."""
    rows, _ = checked_rows(request)
    verdict = await append_batch(connection, [(request.key, rows)])
    refusals: list[IntegrityError] = [KeyTaken("key")] * len(verdict.taken) + [VersionConflict("stream")] * len(
        verdict.stale
    )
    if refusals:
        raise refusals[0]
    return verdict.appended

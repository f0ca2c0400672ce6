"""How far read models have come, and the bounded wait of a query for a position.

Read from the database, so that it holds for all processes. Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from salesapi.database.connections import Pool, Record
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.recorder import EventLog

WAIT_SECONDS_MAX: Final = 30.0
"""Longest that a query may ask to wait."""
MIN_POSITION_WAIT_SECONDS: Final = 2.0
"""Longest that a query waits for its `minPosition`."""
LOOK_FIRST_SECONDS: Final = 0.002
LOOK_MAX_SECONDS: Final = 0.05
LIVE_POSITIONS: Final = """
    SELECT r.name, coalesce(t.position, 0) AS position, f.follower IS NOT NULL AS is_stopped
    FROM read.registry r
    LEFT JOIN log.tracking t ON t.follower = 'read.' || r.table_name
    LEFT JOIN log.follower f ON f.follower = 'read.' || r.table_name AND f.state = 'stopped'
    WHERE r.name = ANY($1::text[]) AND r.is_live
"""


class PositionTimedOut(Refused):
    """The read models did not reach the wanted position in time."""

    code = "position.timed_out"
    kind = Kind.UNAVAILABLE
    message = "{read_model} is at position {position} and did not reach {wanted} in time; ask again."


class ProjectionStopped(Refused):
    """A read model stands before an event that it cannot apply, so it will not reach the position by waiting."""

    code = "projection.stopped"
    kind = Kind.UNAVAILABLE
    message = "{read_model} has stopped at position {position} and cannot reach {wanted}; an operator must look at it."


class ReadModelMissing(RuntimeError):
    """A read model has no live table: `salesapi migrate` was not run."""


async def position_of(pool: Pool, names: Sequence[str]) -> int:
    """The position that all of these read models have reached. Ask before reading rows: they then hold at least that.

    Raises:
        ReadModelMissing: one of them has no live table.
    """
    return min(int(row["position"]) for row in await _live_positions(pool, names))


async def reached(pool: Pool, names: Sequence[str], min_position: int | None) -> int:
    """The position that these read models reflect, at least `min_position` where one is asked for.

    Raises:
        PositionTimedOut, ProjectionStopped.
    """
    if min_position is None:
        return await position_of(pool, names)
    return await wait_until(pool, names, min_position, MIN_POSITION_WAIT_SECONDS)


async def log_reached(log: EventLog, wanted: int | None) -> int:
    """The log's head, for what is read from the log itself; at least `wanted` where that is asked for.

    Raises:
        PositionTimedOut.
    """
    head = await log.head()
    if wanted is not None and head < wanted:
        head = await log.wait_past(wanted - 1, MIN_POSITION_WAIT_SECONDS)
        if head < wanted:
            raise PositionTimedOut(read_model="log", position=head, wanted=wanted)
    return head


async def wait_until(pool: Pool, names: Sequence[str], position: int, timeout_seconds: float) -> int:
    """Waits until all of these read models have reached the position; returns what they have reached.

    Raises:
        PositionTimedOut: not within the time (at most `WAIT_SECONDS_MAX`).
        ProjectionStopped: one of them has stopped before that position.
        ReadModelMissing: one of them has no live table.
    """
    deadline = time.monotonic() + min(timeout_seconds, WAIT_SECONDS_MAX)
    look_again_seconds = LOOK_FIRST_SECONDS
    while True:
        rows = await _live_positions(pool, names)
        last = min(rows, key=lambda row: row["position"])
        if last["position"] >= position:
            return int(last["position"])
        for row in rows:
            if row["is_stopped"] and row["position"] < position:
                raise ProjectionStopped(read_model=row["name"], position=row["position"], wanted=position)
        if time.monotonic() + look_again_seconds > deadline:
            raise PositionTimedOut(read_model=last["name"], position=last["position"], wanted=position)
        await asyncio.sleep(look_again_seconds)
        look_again_seconds = min(2 * look_again_seconds, LOOK_MAX_SECONDS)


async def _live_positions(pool: Pool, names: Sequence[str]) -> list[Record]:
    rows = await pool.fetch(LIVE_POSITIONS, list(names))
    missing = set(names) - {row["name"] for row in rows}
    if missing or not rows:
        raise ReadModelMissing(f"no live table for {sorted(missing)}: run `salesapi migrate` with the owner's role")
    return rows

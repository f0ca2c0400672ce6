"""What health shows: how far the log is, and of each follower how far it is, who leads it, and what is wrong with it.

Read from the database, so that it holds for all processes. `since` is the database's clock.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

import asyncpg

from salesapi.database.connections import Pool, Record
from salesapi.eventlog.epochs import newest_epoch

PATIENCE_SECONDS: Final = 2.0
"""Longest wait for the database before it counts as down."""

BEHIND_SECONDS: Final = 30.0
"""A follower whose oldest event not handled yet is older is `behind`: two changes of its leader take less."""

_HEALTH: Final = """
    WITH head AS (SELECT coalesce(max(position), 0) AS head FROM log.event),
    named AS (
        SELECT 'read.' || table_name AS follower, name, state = 'live' AS is_shown
        FROM read.registry WHERE state IN ('live', 'following')
        UNION
        SELECT follower, NULL, true FROM unnest($1::text[]) AS follower
        UNION
        SELECT follower, NULL, true FROM log.follower WHERE follower NOT LIKE 'read.%'
    ),
    followers AS (
        SELECT n.follower, n.name, n.is_shown, coalesce(f.position, t.position, 0) AS position,
               f.state, f.error, f.since, l.leader
        FROM named n
        LEFT JOIN log.tracking t ON t.follower = n.follower
        LEFT JOIN log.follower f ON f.follower = n.follower
        LEFT JOIN log.living_lead l ON l.follower = n.follower
    )
    SELECT h.head, f.*, extract(epoch FROM clock_timestamp() - e.recorded_at)::float8 AS age_seconds
    FROM head h LEFT JOIN followers f ON true LEFT JOIN log.event e ON e.position = f.position + 1
    ORDER BY f.follower
"""

_FAULTS: Final = "SELECT kind, faults, position, found_at FROM log.stream_fault ORDER BY kind"

State: TypeAlias = Literal["following", "behind", "failing", "stopped", "not_led"]
"""`behind`: it follows, but what it has not handled is too old. `failing`: something that it needs cannot be reached; it goes on
by itself afterwards. `stopped`: only a human can mend it. `not_led`: no process runs it; see that `salesapi work` runs, and has
the settings that it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerHealth:
    """A follower of the log. `error` says what is, or was last, wrong with it, and `since` from when on."""

    follower: str
    leader: str | None
    """Host and process id of the process that leads it."""
    position: int
    lag: int
    """Events that it has not handled."""
    age_seconds: float
    """How long ago the oldest of these was recorded; 0 where there is none."""
    state: State
    error: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFaults:
    """The messages of the stream that were not those of the log, by kind, that were found so far. They are repaired."""

    kind: str
    faults: int
    position: int
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedProjection:
    """A projection that a poison event has stopped; its reads are stale from `position` on."""

    name: str
    position: int
    error: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of the log and its followers."""

    head: int
    are_followers_well: bool
    """Each is led by a process, follows, and is not behind."""
    followers: tuple[FollowerHealth, ...]
    stream_faults: tuple[StreamFaults, ...]
    stopped: tuple[StoppedProjection, ...]


async def health(pool: Pool, expected: Sequence[str]) -> Health | None:
    """The health, or None where PostgreSQL does not answer in time.

    `expected` are followers that must run besides those of the read models, and besides all that have ever run.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), pool.acquire() as connection:
            rows = await connection.fetch(_HEALTH, list(expected))
            faults = await connection.fetch(_FAULTS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    named = [row for row in rows if row["follower"] is not None]
    followers = tuple(_follower(row) for row in named)
    return Health(
        head=rows[0]["head"],
        are_followers_well=all(each.state == "following" for each in followers),
        followers=followers,
        stream_faults=tuple(StreamFaults(**row) for row in faults),
        stopped=tuple(
            StoppedProjection(name=row["name"], position=row["position"] + 1, error=row["error"], since=row["since"])
            for row in named
            if row["name"] is not None and row["state"] == "stopped"
        ),
    )


def _follower(row: Record) -> FollowerHealth:
    lag = max(0, row["head"] - row["position"])
    age_seconds = max(0.0, row["age_seconds"] or 0.0) if lag else 0.0
    state: State = "not_led" if row["leader"] is None else row["state"] or "following"
    if state == "following" and row["is_shown"] and age_seconds > BEHIND_SECONDS:
        state = "behind"
    return FollowerHealth(
        follower=row["follower"],
        leader=row["leader"],
        position=row["position"],
        lag=lag,
        age_seconds=round(age_seconds, 3),
        state=state,
        error=row["error"],
        since=row["since"],
    )


async def is_restore_untold(pool: Pool) -> bool:
    """Tells whether nothing is written, because the database was made from a backup and that was not told yet."""
    try:
        async with pool.acquire(timeout=PATIENCE_SECONDS) as connection:
            return not (await newest_epoch(connection)).is_same_database
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False

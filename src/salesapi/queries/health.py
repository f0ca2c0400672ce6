"""What health shows: how far the log is, and of each follower how far it is, who leads it, and what is wrong with it.

Read from the database, so that it holds for all processes. `since` is the database's clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

import asyncpg

from salesapi.database.connections import Pool, Record
from salesapi.database.locks import FOLLOW
from salesapi.eventlog.epochs import newest_epoch

PATIENCE_SECONDS: Final = 2.0
"""Longest wait for the database before it counts as down."""

_HEALTH: Final = """
    WITH head AS (SELECT coalesce(max(position), 0) AS head FROM log.event),
    leads AS (
        SELECT objid::bigint AS name_hash FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND classid = $2 AND objsubid = 2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ),
    named AS (
        SELECT 'read.' || table_name AS follower, name FROM read.registry WHERE state IN ('live', 'following')
        UNION
        SELECT follower, NULL FROM unnest($1::text[]) AS follower
        UNION
        SELECT follower, NULL FROM log.follower WHERE follower NOT LIKE 'read.%'
    )
    SELECT n.follower, n.name, h.head, coalesce(f.position, t.position, 0) AS position, f.state, f.error, f.since,
           hashtext(n.follower)::bigint & 4294967295 IN (SELECT name_hash FROM leads) AS is_led
    FROM head h LEFT JOIN named n ON true
    LEFT JOIN log.tracking t ON t.follower = n.follower
    LEFT JOIN log.follower f ON f.follower = n.follower
    ORDER BY n.follower
"""

State: TypeAlias = Literal["following", "failing", "stopped", "not_led"]
"""`failing`: something that it needs cannot be reached; it goes on by itself afterwards. `stopped`: only a human can mend it.
`not_led`: no process runs it; see that `salesapi work` runs, and has the settings that it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerHealth:
    """A follower of the log. `error` says what is, or was last, wrong with it, and `since` from when on."""

    follower: str
    position: int
    lag: int
    state: State
    error: str | None
    since: datetime | None


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
    """Each is led by a process and follows; how far behind it may be is for whoever watches `lag`."""
    followers: tuple[FollowerHealth, ...]
    stopped: tuple[StoppedProjection, ...]


async def health(pool: Pool, expected: Sequence[str]) -> Health | None:
    """The health, or None where PostgreSQL does not answer in time.

    `expected` are followers that must run besides those of the read models, and besides all that have ever run.
    """
    try:
        rows = await pool.fetch(_HEALTH, list(expected), FOLLOW, timeout=PATIENCE_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    named = [row for row in rows if row["follower"] is not None]
    followers = tuple(_follower(row) for row in named)
    return Health(
        head=rows[0]["head"],
        are_followers_well=all(each.state == "following" for each in followers),
        followers=followers,
        stopped=tuple(
            StoppedProjection(name=row["name"], position=row["position"] + 1, error=row["error"], since=row["since"])
            for row in named
            if row["name"] is not None and row["state"] == "stopped"
        ),
    )


def _follower(row: Record) -> FollowerHealth:
    return FollowerHealth(
        follower=row["follower"],
        position=row["position"],
        lag=max(0, row["head"] - row["position"]),
        state="not_led" if not row["is_led"] else row["state"] or "following",
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

"""What health shows: how far the log is, how far its followers are, and which projections have stopped."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import asyncpg

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

PATIENCE_SECONDS: Final = 2.0
"""Longest wait for the database before it counts as down."""

_FOLLOWERS: Final = "SELECT follower, position FROM log.tracking ORDER BY follower"
_STOPPED: Final = "SELECT name, position, error, since FROM read.stopped ORDER BY name"
_HEAD: Final = "SELECT coalesce(max(position), 0) FROM log.event"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerHealth:
    """A follower with a checkpoint."""

    follower: str
    position: int
    lag: int


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
    followers: tuple[FollowerHealth, ...]
    stopped: tuple[StoppedProjection, ...]


async def health(pool: "Pool") -> Health | None:
    """The health, or None where PostgreSQL does not answer in time."""
    try:
        followers = await pool.fetch(_FOLLOWERS, timeout=PATIENCE_SECONDS)
        stopped = await pool.fetch(_STOPPED, timeout=PATIENCE_SECONDS)
        head = await pool.fetchval(_HEAD, timeout=PATIENCE_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    return Health(
        head=head,
        followers=tuple(
            FollowerHealth(follower=row["follower"], position=row["position"], lag=max(0, head - row["position"]))
            for row in followers
        ),
        stopped=tuple(StoppedProjection(**dict(row)) for row in stopped),
    )

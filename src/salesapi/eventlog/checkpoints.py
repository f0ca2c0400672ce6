"""Checkpoints of followers: how far each has come, moved in the follower's own transaction by compare-and-swap."""

from typing import Final

from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import Connection

FIRST: Final = """
    INSERT INTO log.tracking (follower, position) VALUES ($1, $2) ON CONFLICT (follower) DO NOTHING RETURNING position
"""
NEXT: Final = """
    UPDATE log.tracking SET position = $2, moved_at = clock_timestamp() WHERE follower = $1 AND position = $3
    RETURNING position
"""


async def max_tracking_id(connection: Connection, follower: str) -> int | None:
    """The position up to which the follower has stored its work; None before its first page."""
    position: int | None = await connection.fetchval("SELECT position FROM log.tracking WHERE follower = $1", follower)
    return position


async def insert_tracking(connection: Connection, follower: str, *, expected: int | None, position: int) -> None:
    """Moves the follower from `expected` (None: it has no checkpoint yet) on to `position`, in the open transaction.

    Raises:
        IntegrityError: another process moved it meanwhile, or `position` is not past `expected`. Roll back: the work of
            this transaction was done by the other, or is not new.
    """
    if expected is not None and position <= expected:
        raise IntegrityError(f"{follower} is at {expected}: it cannot move to {position}")
    if expected is None:
        moved = await connection.fetchval(FIRST, follower, position)
    else:
        moved = await connection.fetchval(NEXT, follower, position, expected)
    if moved is None:
        raise IntegrityError(f"{follower} is no longer at {expected}: another process leads it")

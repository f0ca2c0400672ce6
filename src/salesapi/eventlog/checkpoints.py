"""Checkpoints of followers: how far each has come, moved in the follower's own transaction by compare-and-swap."""

from collections.abc import Mapping, Sequence
from typing import Final

from eventsourcing.persistence import IntegrityError

from salesapi.database.array_literals import array_literal
from salesapi.database.connections import Connection

FIRST: Final = """
    INSERT INTO log.tracking (follower, position) VALUES ($1, $2) ON CONFLICT (follower) DO NOTHING RETURNING position
"""
NEXT: Final = """
    UPDATE log.tracking SET position = $2, moved_at = clock_timestamp() WHERE follower = $1 AND position = $3
    RETURNING position
"""
FIRST_OF_MANY: Final = """
    INSERT INTO log.tracking (follower, position) SELECT name, $2 FROM unnest($1::text[]) AS name
    ON CONFLICT (follower) DO NOTHING RETURNING follower
"""
NEXT_OF_MANY: Final = """
    WITH free AS (
        SELECT t.follower FROM unnest($1::text[], $2::text::bigint[]) AS e (follower, expected)
        JOIN log.tracking t ON t.follower = e.follower AND t.position = e.expected
        FOR UPDATE OF t SKIP LOCKED
    )
    UPDATE log.tracking t SET position = $3, moved_at = clock_timestamp() FROM free WHERE t.follower = free.follower
    RETURNING t.follower
"""
"""A checkpoint that is being moved by somebody else is not waited for: who shares a transaction never holds the others up."""


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


async def move_together(connection: Connection, expected: Mapping[str, int], position: int) -> frozenset[str]:
    """Moves many followers from their expected positions (0: no checkpoint yet) on to one, in the open transaction.

    Returns those that were moved. The others were moved meanwhile, or are being moved or held, by another process: their work
    may not be part of this transaction.
    """
    assert all(each < position for each in expected.values()), "a checkpoint only moves forward"
    # In one order everywhere, so that two processes never wait for each other.
    names = sorted(expected)
    first, later = [name for name in names if not expected[name]], [name for name in names if expected[name]]
    moved: set[str] = set()
    if first:
        moved |= {row["follower"] for row in await connection.fetch(FIRST_OF_MANY, first, position)}
    if later:
        before = array_literal([str(expected[name]) for name in later])
        moved |= {row["follower"] for row in await connection.fetch(NEXT_OF_MANY, later, before, position)}
    return frozenset(moved)


async def positions_of(connection: Connection, followers: Sequence[str]) -> dict[str, int]:
    """Reads the position to which each of these has come; 0 before its first page."""
    found = await connection.fetch(
        "SELECT follower, position FROM log.tracking WHERE follower = ANY($1)", list(followers)
    )
    return dict.fromkeys(followers, 0) | {row["follower"]: int(row["position"]) for row in found}

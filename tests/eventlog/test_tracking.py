"""Checkpoints move by compare-and-swap in the follower's own transaction: work is counted once, whoever leads."""

from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import pytest
from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import OwnConnection
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.checkpoints import insert_tracking, max_tracking_id, move_together, positions_of
from tests.connections import connected

pytestmark = pytest.mark.breaks_log
"""Checkpoints are moved without any event."""

Processes: TypeAlias = tuple[OwnConnection, OwnConnection]


@pytest.fixture
async def processes(migrated: DatabaseUrls) -> AsyncIterator[Processes]:
    async with connected(migrated.application_url) as first, connected(migrated.application_url) as second:
        yield first, second


async def test_a_follower_begins_without_a_checkpoint_and_moves_forward(processes: Processes) -> None:
    connection, _ = processes
    assert await max_tracking_id(connection, "deals") is None

    await insert_tracking(connection, "deals", expected=None, position=3)
    await insert_tracking(connection, "deals", expected=3, position=7)

    assert await max_tracking_id(connection, "deals") == 7
    assert await max_tracking_id(connection, "leads") is None


@pytest.mark.parametrize(("expected", "position"), [(None, 9), (2, 9), (4, 9), (3, 3), (3, 2)])
async def test_a_checkpoint_that_was_moved_or_would_not_move_on_is_refused(
    processes: Processes, expected: int | None, position: int
) -> None:
    connection, _ = processes
    await insert_tracking(connection, "deals", expected=None, position=3)

    with pytest.raises(IntegrityError):
        await insert_tracking(connection, "deals", expected=expected, position=position)

    assert await max_tracking_id(connection, "deals") == 3


@pytest.mark.parametrize("expected", [None, 3])
async def test_of_two_processes_that_both_lead_one_counts(processes: Processes, expected: int | None) -> None:
    first, second = processes
    if expected is not None:
        await insert_tracking(first, "deals", expected=None, position=expected)
    transaction = first.transaction()
    await transaction.start()
    await insert_tracking(first, "deals", expected=expected, position=5)
    await second.execute("SET lock_timeout = '50ms'")
    with pytest.raises(asyncpg.LockNotAvailableError):
        await insert_tracking(second, "deals", expected=expected, position=6)

    await transaction.commit()

    with pytest.raises(IntegrityError):
        await insert_tracking(second, "deals", expected=expected, position=6)
    assert await max_tracking_id(second, "deals") == 5


async def test_a_checkpoint_goes_back_with_its_transaction(processes: Processes) -> None:
    connection, other = processes
    transaction = connection.transaction()
    await transaction.start()
    await insert_tracking(connection, "deals", expected=None, position=5)

    await transaction.rollback()

    assert await max_tracking_id(other, "deals") is None


async def test_many_followers_move_together_and_those_that_another_process_moved_are_left_out(
    processes: Processes,
) -> None:
    connection, _ = processes
    await insert_tracking(connection, "deals", expected=None, position=3)
    await insert_tracking(connection, "leads", expected=None, position=4)

    moved = await move_together(connection, {"deals": 3, "leads": 3, "members": 0}, 9)

    assert moved == {"deals", "members"}
    reached = {"deals": 9, "leads": 4, "members": 9, "teams": 0}
    assert await positions_of(connection, list(reached)) == reached


async def test_a_checkpoint_that_is_being_moved_by_another_process_holds_up_no_other(processes: Processes) -> None:
    first, second = processes
    for follower in ("deals", "leads"):
        await insert_tracking(first, follower, expected=None, position=3)
    async with first.transaction():
        await insert_tracking(first, "deals", expected=3, position=5)
        await second.execute("SET lock_timeout = '50ms'")
        moved = await move_together(second, {"deals": 3, "leads": 3}, 9)

    assert moved == {"leads"}
    assert await positions_of(second, ["deals", "leads"]) == {"deals": 5, "leads": 9}

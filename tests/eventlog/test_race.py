"""A follower polls while two processes commit slowly and out of step: it must be handed every position, in order.

The same race on a table with identity positions shows that it catches a log which skips.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from salesapi.embedded.postgresql import DatabaseUrls
from tests.connections import connected, connected_log
from tests.eventlog.requests import append, deal, key, request
from tests.eventlog.within import append_within

REPOSITORY = Path(__file__).resolve().parents[2]
COMMITS = 25
SLOW_MS, QUICK_MS = 40, 7

ReadAfter = Callable[[int], Awaitable[list[int]]]


async def _start(url: str, table: str, first: int, pause_ms: int) -> Process:
    arguments = (url, table, str(first), str(COMMITS), str(pause_ms))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.eventlog.slow_committer", *arguments, cwd=REPOSITORY, stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def _run(process: Process) -> list[int]:
    output, _ = await process.communicate(b"go\n")
    assert process.returncode == 0
    return [int(position) for position in output.split()]


async def _race(url: str, table: str, read_after: ReadAfter) -> tuple[list[int], list[int]]:
    """Races two processes: what they committed, and what a follower saw that always polls and never looks back."""
    processes = [await _start(url, table, 1, SLOW_MS), await _start(url, table, 1_001, QUICK_MS)]
    writing = asyncio.gather(*(_run(process) for process in processes))
    seen: list[int] = []
    last = 0
    ended = False
    while not ended:
        ended = writing.done()
        for position in await read_after(last):
            seen.append(position)
            last = position
    return sorted(position for positions in await writing for position in positions), seen


async def test_a_follower_never_skips_whatever_commits_when(migrated: DatabaseUrls) -> None:
    async with connected_log(migrated.application_url) as log:

        async def read_after(last: int) -> list[int]:
            return [event.position for event in (await log.read(after=last, limit=100)).events]

        committed, seen = await _race(migrated.application_url, "log", read_after)

    assert committed == list(range(1, 2 * COMMITS + 1))
    assert seen == committed


async def test_the_race_catches_positions_given_out_without_the_lock(database: DatabaseUrls) -> None:
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute("CREATE TABLE identity_event (position bigint GENERATED ALWAYS AS IDENTITY)")

    async def read_after(last: int) -> list[int]:
        rows = await connection.fetch("SELECT position FROM identity_event WHERE position > $1 ORDER BY 1", last)
        return [row["position"] for row in rows]

    committed, seen = await _race(database.owner_url, "identity", read_after)
    await connection.close()

    assert committed == list(range(1, 2 * COMMITS + 1))
    assert len(seen) < len(committed), "identity positions were all seen: this race shows nothing"


async def test_two_writers_in_one_log_leave_neither_hole_nor_double(migrated: DatabaseUrls) -> None:
    url = migrated.application_url
    async with connected_log(url) as first, connected_log(url) as second:
        verdicts = await asyncio.gather(
            *((first, second)[n % 2].append(request(append(deal(n // 2), 0), key=key(f"k{n}"))) for n in range(400)),
            return_exceptions=True,
        )
        stored = (await first.read(after=0, limit=1_000)).events
    accepted = sorted(verdict.first_position for verdict in verdicts if not isinstance(verdict, BaseException))
    assert accepted == [event.position for event in stored] == list(range(1, 201))
    assert len({event.stream for event in stored}) == 200


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
async def test_a_stricter_isolation_level_is_loud_never_wrong(migrated: DatabaseUrls, level: str) -> None:
    url = migrated.application_url
    async with connected(url) as strict, connected(url) as other:
        transaction = strict.transaction(isolation="serializable" if level == "serializable" else "repeatable_read")
        await transaction.start()
        await strict.fetchval("SELECT count(*) FROM log.event")
        async with other.transaction():
            await append_within(other, request(append(deal(1), 0)))

        with pytest.raises((asyncpg.UniqueViolationError, asyncpg.SerializationError)):
            await append_within(strict, request(append(deal(2), 0)))

        await transaction.rollback()

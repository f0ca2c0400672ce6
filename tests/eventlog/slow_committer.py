"""A writer in a process of its own that stays a while between writing and committing. Run by `test_race.py`.

Arguments: database URL, table (`log` or `identity`), streams' first number, count of commits, pause in milliseconds.
Prints `ready`, begins with the next line on its input, prints the positions it committed.
"""

import asyncio
import sys

import asyncpg

from salesapi.database.connections import Connection
from tests.eventlog.requests import append, deal, request
from tests.eventlog.within import append_within


async def _write(connection: Connection, table: str, number: int) -> int:
    if table == "log":
        return (await append_within(connection, request(append(deal(number), 0)))).first_position
    return int(await connection.fetchval("INSERT INTO identity_event DEFAULT VALUES RETURNING position"))


async def main(url: str, table: str, first: int, count: int, pause_ms: int) -> None:
    connection = await asyncpg.connect(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    positions = []
    for number in range(first, first + count):
        async with connection.transaction():
            positions.append(await _write(connection, table, number))
            await connection.execute("SELECT pg_sleep($1)", pause_ms / 1000)
    await connection.close()
    sys.stdout.write(" ".join(map(str, positions)) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))

"""Connections of tests to a database, closed whatever happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from salesapi.database.connections import OwnConnection
from salesapi.eventlog.postgresql import PostgreSQLEventLog


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[OwnConnection]:
    """A connection of the role in the URL, for as long as the block lasts."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def connected_log(url: str) -> AsyncIterator[PostgreSQLEventLog]:
    """The event log, for as long as the block lasts."""
    log = await PostgreSQLEventLog.connect(url)
    try:
        yield log
    finally:
        await log.close()


async def value_of(url: str, statement: str, *arguments: object) -> object:
    """Runs one statement on a connection of its own; answers its first value."""
    async with connected(url) as connection:
        return await connection.fetchval(statement, *arguments)

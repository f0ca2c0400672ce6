"""Connections of tests to a database, closed whatever happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from salesapi.database.connections import OwnConnection


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[OwnConnection]:
    """A connection of the role in the URL, for as long as the block lasts."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def value_of(url: str, statement: str, *arguments: object) -> object:
    """Runs one statement on a connection of its own; answers its first value."""
    async with connected(url) as connection:
        return await connection.fetchval(statement, *arguments)

"""The leads of this process: the followers that it runs and no other process does. One connection holds them all.

A lead only saves double work. That nothing is done twice is guarded by a follower's checkpoint, compared and swapped in its
own transaction, or by the fence of what it writes to.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import asyncpg

from salesapi.database.connections import KEEPALIVE_IDLE_SECONDS, LOST, Pool
from salesapi.database.locks import FOLLOW

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

ACQUIRE_TIMEOUT_SECONDS: Final = 10.0
"""Longest wait for a connection of the pool."""

LEAD: Final = "SELECT name FROM unnest($2::text[]) AS name WHERE pg_try_advisory_lock($1::integer, hashtext(name))"
LEAVE: Final = "SELECT pg_advisory_unlock($1::integer, hashtext(name)) FROM unnest($2::text[]) AS name"

logger = logging.getLogger(__name__)


class Leadership:
    """Takes leads and keeps them until they are given up, or until the connection is lost, and all of them with it."""

    def __init__(self, pool: Pool) -> None:
        """`pool` is the application role's; one of its connections is kept from the first lead on."""
        self._pool = pool
        self._connection: PoolConnectionProxy[asyncpg.Record] | None = None
        self._held: set[str] = set()
        self._turn = asyncio.Lock()

    async def lead(self, names: Iterable[str]) -> frozenset[str]:
        """Takes the leads that nobody has; returns those of these that this process has now.

        Raises: what asyncpg raises when the server cannot be reached. All leads are lost then.
        """
        wanted = frozenset(names)
        if self._is_connected() and wanted <= self._held:
            return wanted
        async with self._turn:
            await self._connect()
            assert self._connection is not None, "it was just opened"
            missing = sorted(wanted - self._held)
            if missing:
                self._held |= {row["name"] for row in await self._connection.fetch(LEAD, FOLLOW, missing)}
            return wanted & self._held

    async def leave(self, names: Iterable[str]) -> None:
        """Gives leads up, so that another process can take them at once."""
        async with self._turn:
            left = sorted(self._held.intersection(names))
            self._held.difference_update(left)
            if left and self._connection is not None and self._is_connected():
                await self._connection.execute(LEAVE, FOLLOW, left)

    async def close(self) -> None:
        """Gives all leads up."""
        async with self._turn:
            await self._disconnect()

    def _is_connected(self) -> bool:
        try:
            return self._connection is not None and not self._connection.is_closed()
        except asyncpg.InterfaceError:
            # A pool takes a lost connection back by itself; asking it then is refused.
            return False

    async def _connect(self) -> None:
        if self._is_connected():
            return
        await self._disconnect()
        self._connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS)
        # A process whose machine vanished must not lead for hours: the server looks after this connection.
        await self._connection.execute(f"SET tcp_keepalives_idle = {KEEPALIVE_IDLE_SECONDS}")

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is None:
            return
        try:
            await self._pool.release(connection)
        except LOST as error:
            logger.debug("the connection that held the leads was lost already (%s)", type(error).__name__)

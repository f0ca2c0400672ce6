"""The leads of this process: the followers that it runs and no other process does. A lease in the database, of the process.

A process that does not renew its lease is removed with all of its leads by whoever asks next, also when it is only paused, or
when its connection stands and nobody is behind it; one whose session has ended, at once. A lead only saves double work. That
nothing is done twice is guarded by a follower's checkpoint, compared and swapped in its own transaction, or by the fence of what
it writes to. Durations are in seconds; the lease runs by the database's clock, and this process trusts it by its own monotonic
clock from when it asked.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import asyncpg

from salesapi.database.connections import LOST, UNAVAILABLE, Pool, Record, end_task

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

LEASE_SECONDS: Final = 10.0
"""After so long without a renewal another process may lead."""
RENEW_SECONDS: Final = 3.0
"""How often a process renews."""
RENEW_AGAIN_SECONDS: Final = 0.5
"""The pause after a renewal that failed: the session may have ended, and with it what others see of the lease."""
ANSWER_SECONDS_MAX: Final = 5.0
"""How long the database may take to answer, and the pool to give a connection; then the connection is given up."""

TAKE: Final = "SELECT follower FROM log.take_leads($1, $2, $3, $4) AS follower"
RENEW: Final = """
    UPDATE log.process SET until = clock_timestamp() + $2::interval, backend = pg_backend_pid() WHERE id = $1 RETURNING id
"""
FREE: Final = """
    SELECT EXISTS (
        SELECT FROM unnest($1::text[]) AS name
        WHERE NOT EXISTS (SELECT FROM log.living_lead l WHERE l.follower = name)
    ) AS is_any_free
"""
LEAVE: Final = "DELETE FROM log.lead WHERE process = $1 AND follower = ANY ($2::text[])"
END: Final = "DELETE FROM log.process WHERE id = $1"

logger = logging.getLogger(__name__)


class Leadership:
    """Takes leads and keeps them until they are given up, or until the lease was not renewed, and all of them with it."""

    def __init__(self, pool: Pool) -> None:
        """`pool` is the application role's; one of its connections is kept from the first lead on."""
        self._pool = pool
        self._id = uuid4()
        self._name = f"{socket.gethostname()}/{os.getpid()}"
        self._connection: PoolConnectionProxy[Record] | None = None
        self._held: frozenset[str] = frozenset()
        self._trusted_until = 0.0
        self._turn = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def lead(self, names: Iterable[str]) -> frozenset[str]:
        """Takes the leads that nobody has; returns those of these that this process has now.

        Raises: what asyncpg raises when the server cannot be reached, TimeoutError when it does not answer.
        """
        wanted = frozenset(names)
        if wanted <= self._held and self._is_trusted():
            return wanted
        async with self._turn:
            if not self._is_trusted() or await self._is_any_free(wanted - self._held):
                await self._take(sorted(wanted))
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew_again_and_again(), name="leases")
        return wanted & self._held

    async def leave(self, names: Iterable[str]) -> None:
        """Gives leads up, so that another process can take them at once."""
        left = sorted(self._held.intersection(names))
        if not left:
            return
        async with self._turn:
            self._held = self._held.difference(left)
            await self._ask(LEAVE, self._id, left)

    async def close(self) -> None:
        """Gives all leads up. Where the database cannot be told, they end with the lease."""
        renewing, self._renewing = self._renewing, None
        await end_task(renewing)
        async with self._turn:
            try:
                if self._trusted_until:
                    await self._ask(END, self._id)
            except (*UNAVAILABLE, asyncpg.PostgresError) as error:
                logger.warning("the leads end with their lease: %s", type(error).__name__)
            self._held, self._trusted_until = frozenset(), 0.0
            await self._disconnect()

    def _is_trusted(self) -> bool:
        return time.monotonic() < self._trusted_until

    async def _is_any_free(self, names: frozenset[str]) -> bool:
        (answer,) = await self._ask(FREE, sorted(names))
        return bool(answer["is_any_free"])

    async def _take(self, names: list[str]) -> None:
        asked_at = time.monotonic()
        rows = await self._ask(TAKE, self._id, self._name, timedelta(seconds=LEASE_SECONDS), names)
        self._held = frozenset(row["follower"] for row in rows)
        self._trusted_until = asked_at + LEASE_SECONDS

    async def _renew_again_and_again(self) -> None:
        pause_seconds = RENEW_SECONDS
        while True:
            await asyncio.sleep(pause_seconds)
            try:
                await self._renew()
                pause_seconds = RENEW_SECONDS
            except (*UNAVAILABLE, asyncpg.PostgresError) as error:
                logger.warning("the leads were not renewed: %s", type(error).__name__)
                pause_seconds = RENEW_AGAIN_SECONDS

    async def _renew(self) -> None:
        """Renews all leads of this process with one row. Where the row is gone, so are they: another process may lead."""
        async with self._turn:
            asked_at = time.monotonic()
            if await self._ask(RENEW, self._id, timedelta(seconds=LEASE_SECONDS)):
                self._trusted_until = asked_at + LEASE_SECONDS
            elif self._trusted_until:
                logger.warning("%s was not renewed in time: its leads are free", self._name)
                self._held, self._trusted_until = frozenset(), 0.0

    async def _ask(self, statement: str, *arguments: object) -> list[Record]:
        """Asks on the one connection that is kept for this; a connection that does not answer in time is not kept."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                if self._connection is None:
                    self._connection = await self._pool.acquire()
                return await self._connection.fetch(statement, *arguments)
        except BaseException:
            await self._disconnect()
            raise

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            # Not given back in order: one that is half dead would be waited for.
            connection.terminate()
            await self._pool.release(connection)
        except LOST as error:
            logger.debug("the connection of the leads was lost already (%s)", type(error).__name__)

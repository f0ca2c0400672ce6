"""When each key was used last, for people who look for keys that nobody needs. No fact: a table, written once a minute.

The instant is that of writing, by the clock of this process: up to `NOTED_SECONDS` after the use.
"""

import asyncio
import logging
from typing import Final
from uuid import UUID

from salesapi.clock import Clock
from salesapi.database.connections import UNAVAILABLE, Pool, end_task

NOTED_SECONDS: Final = 60.0
"""How often a process writes, whatever number of requests came with whatever number of keys."""

WRITE_SECONDS_MAX: Final = 5.0
"""How long a database may take for it, also at the end of the process."""

logger = logging.getLogger(__name__)


class KeyUses:
    """Notes the uses of keys in this process."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._used: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None

    def note(self, api_key_id: UUID) -> None:
        """Notes that the key was used just now. Costs a request nothing but this."""
        if api_key_id not in self._used:
            self._used.add(api_key_id)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._write_each_minute(), name="key uses")

    async def close(self) -> None:
        """Writes what is noted, and stops."""
        await end_task(self._task)
        await self.write()

    async def write(self) -> None:
        """Writes what is noted; where the database does not answer it stays noted."""
        used = sorted(self._used)
        self._used.clear()
        if not used:
            return
        try:
            async with asyncio.timeout(WRITE_SECONDS_MAX):
                await self._pool.execute(
                    """
                    INSERT INTO access.api_key_use (api_key_id, last_used_at) SELECT unnest($1::uuid[]), $2
                    ON CONFLICT (api_key_id) DO UPDATE SET last_used_at = excluded.last_used_at
                    WHERE api_key_use.last_used_at < excluded.last_used_at
                    """,
                    used,
                    self._clock.now(),
                )
        except UNAVAILABLE as error:
            logger.warning("key uses: cannot reach PostgreSQL (%s); trying again", type(error).__name__)
            self._used.update(used)

    async def _write_each_minute(self) -> None:
        while self._used:
            await self.write()
            await asyncio.sleep(NOTED_SECONDS)

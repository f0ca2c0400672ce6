"""Whether the database has room for what is written. A full disk refuses writes, and reads go on; nobody has to lift it by hand.

Durations are in seconds, on this process's monotonic clock.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg

from salesapi.database.connections import Pool
from salesapi.eventlog.recorder import StorageFull

FREE_BYTES_MIN: Final = 64 * 1024 * 1024
"""Least free space in the folder of embedded engines: PostgreSQL ends itself when its own journal finds none."""
PROBE_SECONDS: Final = 1.0
"""How often it is tried at most whether there is room again, and how long that may take."""
HOLD_SECONDS: Final = 10.0
"""How long a refused write counts where the role may not try by itself."""
PROBE: Final = """
    CREATE TEMPORARY TABLE room ON COMMIT DROP AS
    SELECT repeat(md5(number::text), 60) AS filling FROM generate_series(1, 512) AS number
"""
"""A megabyte in a file of its own, which is gone afterwards: rows might find room in a file that is there already."""


class StorageRoom:
    """The room for one process's writes."""

    def __init__(self, pool: Pool, folder: Path | None = None) -> None:
        """`pool` is the application role's; `folder` is that of embedded engines."""
        self._pool = pool
        self._folder = folder
        self._refused_at: float | None = None
        self._probe_due = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Notices when what is done in the block is refused for want of room.

        Raises: StorageFull, in its place.
        """
        try:
            yield
        except (StorageFull, asyncpg.DiskFullError) as error:
            self._refused_at = time.monotonic()
            raise StorageFull("the database has no room left; nothing was stored") from error

    async def is_there(self) -> bool:
        """Tells whether writes find room. Where one did not, it is tried with a file of a megabyte."""
        if self._folder is not None and shutil.disk_usage(self._folder).free < FREE_BYTES_MIN:
            return False
        if self._refused_at is not None and time.monotonic() >= self._probe_due:
            self._probe_due = time.monotonic() + PROBE_SECONDS
            if await self._finds_room(self._refused_at):
                self._refused_at = None
        return self._refused_at is None

    async def _finds_room(self, refused_at: float) -> bool:
        try:
            async with self._pool.acquire(timeout=PROBE_SECONDS) as connection, connection.transaction():
                await connection.execute(PROBE, timeout=PROBE_SECONDS)
        except asyncpg.InsufficientPrivilegeError:
            return time.monotonic() >= refused_at + HOLD_SECONDS
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True

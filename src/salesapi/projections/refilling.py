"""Read models that are ahead of their log, because only a part of a backup was restored: they are emptied, and filled anew."""

from typing import Final

from salesapi.database.connections import Connection
from salesapi.projections.tables import SCHEMA

LOCK_TIMEOUT: Final = "10s"
"""How long a table may still be read before the refilling is refused."""
AHEAD: Final = """
    SELECT r.name, r.table_name FROM read.registry r JOIN log.tracking t ON t.follower = 'read.' || r.table_name
    WHERE t.position > $1 ORDER BY r.name, r.generation
"""


async def refill_ahead(owner: Connection, head: int) -> list[str]:
    """Empties the read models that have come further than the log's head, in one transaction; returns their names.

    Followers then find no checkpoint and fold the log from its beginning.

    Raises:
        asyncpg.LockNotAvailableError: one of them is still being read. Nothing was changed.
    """
    async with owner.transaction():
        await owner.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        found = await owner.fetch(AHEAD, head)
        for row in found:
            await owner.execute(f'TRUNCATE {SCHEMA}."{row["table_name"]}"')
            await owner.execute("DELETE FROM log.tracking WHERE follower = $1", f"{SCHEMA}.{row['table_name']}")
    return [row["name"] for row in found]

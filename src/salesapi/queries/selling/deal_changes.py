"""Deals by the position of their last change, for those who watch a board. One statement a page, over all owners."""

from typing import Final

from salesapi.database.connections import Connection
from salesapi.queries.selling.deals import DEALS
from salesapi.schemas.selling.deals import Deal

CHANGES_MAX: Final = 500
"""Most deals of one page of changes."""


async def deals_changed(connection: Connection, *, after: int, until: int) -> tuple[Deal, ...]:
    """The deals whose last change lies after one position and not after another, in its order, at most `CHANGES_MAX`.

    Whoever passes them on keeps each watcher to its own scope.
    """
    rows = await connection.fetch(
        f"""
        SELECT {DEALS.columns} FROM {DEALS.source} WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
        """,  # noqa: S608
        after,
        until,
        CHANGES_MAX,
    )
    return DEALS.read(rows)

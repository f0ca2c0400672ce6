"""How both doors wait for the position that a query asks for."""

from collections.abc import Sequence
from typing import Final

from salesapi.database.connections import Pool
from salesapi.eventlog.recorder import EventLog
from salesapi.projections.positions import PositionTimedOut, position_of, wait_until

MIN_POSITION_WAIT_SECONDS: Final = 2.0
"""Longest that a query waits for its `minPosition`."""


async def reached(pool: Pool, reads: Sequence[str], min_position: int | None) -> int:
    """The position that these read models reflect, at least `min_position` where one is asked for.

    Raises:
        PositionTimedOut, ProjectionStopped.
    """
    if min_position is None:
        return await position_of(pool, reads)
    return await wait_until(pool, reads, min_position, MIN_POSITION_WAIT_SECONDS)


async def log_reached(log: EventLog, wanted: int | None) -> int:
    """The log's head, for what is read from the log itself; at least `wanted` where that is asked for.

    Raises:
        PositionTimedOut.
    """
    head = await log.head()
    if wanted is not None and head < wanted:
        head = await log.wait_past(wanted - 1, MIN_POSITION_WAIT_SECONDS)
        if head < wanted:
            raise PositionTimedOut(read_model="log", position=head, wanted=wanted)
    return head

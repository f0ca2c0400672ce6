"""Following the log: endless pages in order, with the check that none of it is missing. The same for every implementation."""

from collections.abc import AsyncIterator
from typing import Final

from salesapi.eventlog.recorder import EventLog, Page, PositionGap

FOLLOW_WAIT_SECONDS: Final = 10.0
"""How long a follower at the head waits before it looks again by itself."""


async def follow(log: EventLog, *, after: int, page: int) -> AsyncIterator[Page]:
    """See `EventLog.follow`."""
    position = after
    while True:
        news = await log.read(after=position, limit=page)
        for event in news.events:
            if event.position != position + 1:
                raise PositionGap(
                    f"after position {position} the log gave {event.position}: a row is missing or was changed. "
                    "Stop the followers and run `salesapi verify`."
                )
            position = event.position
        if news.head < position:
            raise PositionGap(
                f"the log ends at {news.head}, before the follower's position {position}: it was restored from an older backup"
            )
        if news.events:
            yield news
        else:
            await log.wait_past(position, FOLLOW_WAIT_SECONDS)

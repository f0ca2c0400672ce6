"""Hears of every change of a principal or key, whichever process made it: the log tells, this process need not be told.

Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from typing import Final, TypeAlias

from salesapi.database.connections import UNAVAILABLE, end_task
from salesapi.domain.organisation import api_keys, principals
from salesapi.domain.shared.kernel import StreamRef
from salesapi.eventlog.recorder import EventLog, LogOverloaded, LogUnavailable

LOOK_SECONDS: Final = 1.0
"""Longest between two looks, for news whose notification was lost with its connection."""
PAUSE_SECONDS: Final = 0.05
"""Shortest between two looks: what happens in a log that never rests is heard this late, and costs this seldom."""
IN_TOUCH_SECONDS: Final = 5.0
"""How long after a look what was not told counts as not so: a database that does not answer tells nothing either."""
BACK_OFF_SECONDS: Final = 0.5
PAGE_EVENTS: Final = 100
TYPES: Final = [event.name for stream in (principals.STREAM, api_keys.STREAM) for event in stream.events]

UNREADABLE: Final = (LogUnavailable, LogOverloaded, *UNAVAILABLE)
"""What says that the log cannot be read now, and may be later."""

Heard: TypeAlias = Callable[[Collection[StreamRef] | None], None]
"""Told the streams that changed; None where it may be any."""

logger = logging.getLogger(__name__)


class KeyNews:
    """Follows the log for what changes access, from the first time that it is asked for."""

    def __init__(self, log: EventLog, heard: Heard) -> None:
        self._log = log
        self._heard = heard
        self._task: asyncio.Task[None] | None = None
        self.in_touch_until = 0.0
        """Until when everything is heard; afterwards nothing that was known may be relied on."""

    def start(self) -> None:
        """Begins, unless it has."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="key news")

    async def close(self) -> None:
        """Stops.

        Raises: what ended it, if a bug did.
        """
        await end_task(self._task)

    async def _follow(self) -> None:
        position: int | None = None
        while True:
            try:
                if position is None:
                    position = await self._log.head()
                    self._heard(None)
                page = await self._log.read(after=position, limit=PAGE_EVENTS, types=TYPES)
                position = page.scanned_to
                if page.events:
                    self._heard({event.stream for event in page.events})
                self.in_touch_until = time.monotonic() + IN_TOUCH_SECONDS
                if position >= page.head:
                    await asyncio.sleep(PAUSE_SECONDS)
                    await self._log.wait_past(position, LOOK_SECONDS)
            except UNREADABLE as error:
                if time.monotonic() < self.in_touch_until:
                    reason = type(error.__cause__ or error).__name__
                    logger.warning("key news: cannot reach PostgreSQL (%s); trying again", reason)
                    self.in_touch_until = 0.0
                await asyncio.sleep(BACK_OFF_SECONDS)

"""Pages of the log, decoded once for all projections of a process that stand at the same position.

An event that cannot be decoded is handed on as such: it stops the projections that read its type, and no other.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from salesapi.eventlog.codec import Codec, DecodedEvent
from salesapi.eventlog.connecting import LOST
from salesapi.eventlog.recorder import EventLog, PositionGap, StoredEvent

PAGE_EVENTS: Final = 1_000
"""Most events that a follower applies in one transaction."""
PAGES_KEPT_MAX: Final = 6
"""Most decoded pages held in memory by one process."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecodable:
    """An event that this program cannot read, and why."""

    stored: StoredEvent
    error: Exception


PagedEvent: TypeAlias = DecodedEvent | Undecodable


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPage:
    """The events of the wanted types after a position. `scanned_to` and `head` as in the log's own pages."""

    events: tuple[PagedEvent, ...]
    scanned_to: int
    head: int


class PageCache:
    """Reads and decodes pages; those who ask for the same one share it, also while it is being read."""

    def __init__(self, log: EventLog, codec: Codec, types: Iterable[str]) -> None:
        """`types` are the stored names that anybody here reads."""
        self._log = log
        self._codec = codec
        self._types = frozenset(types)
        self._pages: OrderedDict[tuple[int, bool], asyncio.Task[DecodedPage]] = OrderedDict()

    async def page(self, *, after: int, personal: bool) -> DecodedPage:
        """The page after a position. It may end before the log's newest events: ask again from `scanned_to`.

        Raises:
            PositionGap: a position is missing in the log, or the log is shorter than it was.
        """
        key = (after, personal)
        reading = self._pages.get(key)
        if reading is not None and reading.done():
            # Its callback may not have run yet; an empty page handed out again would starve the loop of ever running it.
            self._forget_useless(key, reading)
            reading = self._pages.get(key)
        if reading is None:
            reading = asyncio.create_task(self._read(after, personal), name=f"page after {after}")
            self._pages[key] = reading
            reading.add_done_callback(lambda done: self._forget_useless(key, done))
            while len(self._pages) > PAGES_KEPT_MAX:
                self._pages.popitem(last=False)
        # Shielded: the others who wait for the same page still want it.
        return await asyncio.shield(reading)

    def _forget_useless(self, key: tuple[int, bool], done: "asyncio.Task[DecodedPage]") -> None:
        """Only a page with events, all readable, is the same when it is asked for again."""
        is_kept = not done.cancelled() and done.exception() is None and done.result().scanned_to > key[0]
        if is_kept and not any(isinstance(event, Undecodable) for event in done.result().events):
            return
        if self._pages.get(key) is done:
            del self._pages[key]

    async def _read(self, after: int, personal: bool) -> DecodedPage:
        page = await self._log.read(after=after, limit=PAGE_EVENTS)
        _check_positions(page.events, after=after, head=page.head)
        wanted = [event for event in page.events if event.type in self._types]
        events = await decode_each(self._codec, wanted, personal=personal)
        return DecodedPage(events=tuple(events), scanned_to=page.scanned_to, head=page.head)


async def decode_each(codec: Codec, stored: Sequence[StoredEvent], *, personal: bool) -> Sequence[PagedEvent]:
    """Decodes all at once, or one by one where one of them cannot be read."""
    try:
        return await codec.decode(stored, open_personal=personal)
    except LOST:
        raise
    except Exception as error:  # noqa: BLE001 - an upcast may raise anything; its event alone must pay for it
        if len(stored) == 1:
            return [Undecodable(stored=stored[0], error=error)]
        logger.warning("a page after position %d does not decode: looking for the event", stored[0].position - 1)
    return [event for each in stored for event in await decode_each(codec, [each], personal=personal)]


def _check_positions(events: Sequence[StoredEvent], *, after: int, head: int) -> None:
    """The check of `eventlog/following.py`, for readers that ask page by page."""
    for expected, event in enumerate(events, start=after + 1):
        if event.position != expected:
            raise PositionGap(
                f"after position {expected - 1} the log gave {event.position}: a row is missing or was changed. "
                "Stop the followers and run `salesapi verify`."
            )
    if head < after:
        raise PositionGap(
            f"the log ends at {head}, before the follower's position {after}: it was restored from an older backup. "
            "Rebuild the read models."
        )

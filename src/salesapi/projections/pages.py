"""Pages of the log, decoded once for all projections of a process that stand near each other.

A follower whose position lies inside a kept page gets the rest of it, and is in step with the others then. An event that
cannot be decoded is handed on as such: it stops the projections that read its type, and no other.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from salesapi.database.connections import LOST
from salesapi.database.text import MARKED
from salesapi.eventlog.codec import Codec, DecodedEvent
from salesapi.eventlog.recorder import EventLog, PositionGap, StoredEvent

PAGE_EVENTS: Final = 1_000
"""Most events that a follower applies in one transaction."""
PAGES_KEPT_MAX: Final = 4
"""Most decoded pages of each kind, with and without personal values, held in memory by one process."""

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
    """Reads and decodes pages. One is read at a time, so that those who wait for their turn can share what was read."""

    def __init__(self, log: EventLog, codec: Codec, types: Iterable[str]) -> None:
        """`types` are the stored names that anybody here reads."""
        self._log = log
        self._codec = codec
        self._types = frozenset(types)
        self._kept: dict[bool, deque[tuple[int, DecodedPage]]] = {
            personal: deque(maxlen=PAGES_KEPT_MAX) for personal in (False, True)
        }
        self._turns = {personal: asyncio.Lock() for personal in (False, True)}

    def forget(self) -> None:
        """Drops the pages with personal values in clear: a person is erased."""
        self._kept[True].clear()

    async def page(self, *, after: int, personal: bool) -> DecodedPage:
        """The page after a position. It may end before the log's newest events: ask again from `scanned_to`.

        Raises:
            PositionGap: a position is missing in the log, or the log is shorter than it was.
        """
        kept = self._rest_of_kept(after, personal)
        if kept is not None:
            return kept
        async with self._turns[personal]:
            kept = self._rest_of_kept(after, personal)
            if kept is not None:
                return kept
            page = await self._read(after, personal)
            # Only a page with events, all readable, is the same when it is asked for again.
            if page.scanned_to > after and not any(isinstance(event, Undecodable) for event in page.events):
                self._kept[personal].append((after, page))
            return page

    def _rest_of_kept(self, after: int, personal: bool) -> DecodedPage | None:
        """Finds what a kept page holds after the position; None where there is none."""
        for first, page in self._kept[personal]:
            if first == after:
                return page
            if first < after < page.scanned_to:
                events = tuple(event for event in page.events if event.stored.position > after)
                return DecodedPage(events=events, scanned_to=page.scanned_to, head=page.head)
        return None

    async def _read(self, after: int, personal: bool) -> DecodedPage:
        if personal:
            return await self.opened(await self.page(after=after, personal=False))
        page = await self._log.read(after=after, limit=PAGE_EVENTS)
        _check_positions(page.events, after=after, head=page.head)
        wanted = [event for event in page.events if event.type in self._types]
        events = await decode_each(self._codec, wanted, personal=False)
        return DecodedPage(events=tuple(events), scanned_to=page.scanned_to, head=page.head)

    async def opened(self, page: DecodedPage) -> DecodedPage:
        """The same page with its personal values in clear: only events that hold any are decoded again."""
        sealed = [event.stored for event in page.events if MARKED in event.stored.payload]
        if not sealed:
            return page
        opened = {event.stored.position: event for event in await decode_each(self._codec, sealed, personal=True)}
        events = tuple(opened.get(event.stored.position, event) for event in page.events)
        return DecodedPage(events=events, scanned_to=page.scanned_to, head=page.head)


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

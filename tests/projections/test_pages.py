"""Pages that several followers share."""

import asyncio
from collections.abc import Sequence

from salesapi.eventlog.memory import MemoryEventLog
from salesapi.eventlog.recorder import Page
from salesapi.projections.pages import PageCache
from tests.projections.examples import append_stories, codec

TURNS_MAX = 50


class CrowdedLog(MemoryEventLog):
    """Lets a second follower in at the very moment when a page has been read and nobody has been told yet."""

    def __init__(self) -> None:
        super().__init__()
        self.second: asyncio.Task[int] | None = None
        self.cache: PageCache | None = None

    async def read(self, *, after: int, limit: int, types: Sequence[str] | None = None) -> Page:
        page = await super().read(after=after, limit=limit, types=types)
        if self.second is None:
            await append_stories(self, range(1, 2))
            self.second = asyncio.get_running_loop().create_task(self._follow(after))
        return page

    async def _follow(self, after: int) -> int:
        assert self.cache is not None
        for turn in range(TURNS_MAX):
            if (await self.cache.page(after=after, personal=False)).scanned_to > after:
                return turn
        return TURNS_MAX


async def test_an_empty_page_is_not_handed_out_again_before_the_loop_has_turned() -> None:
    log = CrowdedLog()
    log.cache = PageCache(log, codec(), {"deal.opened"})
    assert (await log.cache.page(after=0, personal=False)).scanned_to == 0
    assert log.second is not None
    assert await log.second <= 1

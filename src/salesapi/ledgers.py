"""Ledgers: the log folded to the facts that pay is computed from. One is kept at the head, others are folded anew.

The kept one is advanced by what is new, so that a statement costs what its lines cost and not what the log does. It takes about
as much memory as a run of pay does (README, "Measured") and only in processes that were asked for pay. Reads the log, never a
read model that may lag.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, cast

from salesapi.domain.catalogue import PAY_EVENT_TYPES
from salesapi.domain.pay.ledger.pay_facts import PayEvent, PayFacts
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.recorder import EventLog, StoredEvent

PAGE_EVENTS: Final = 5_000
"""Events read at once."""


class PayFactsReader:
    """The ledgers of one log. Whoever is given one reads it before waiting for anything else: the kept one goes forward."""

    def __init__(self, log: EventLog, codec: Codec) -> None:
        self._log = log
        self._codec = codec
        self._turn = asyncio.Lock()
        self._kept: PayFacts | None = None
        self._epoch = 0
        self.applied_count = 0
        """Events applied to the kept ledger, and to those that it replaced."""

    async def at(self, position: int | None) -> PayFacts:
        """The ledger up to a position (None: the head at this moment), the kept one where it stands there."""
        if position is None:
            return await self.at_head()
        is_same_log = (await self._log.epochs()).current == self._epoch
        if is_same_log and self._kept is not None and self._kept.position == position:
            return self._kept
        return await ledger_at(self._log, self._codec, position)

    async def at_head(self) -> PayFacts:
        """The kept ledger, brought to the head. The first call folds the whole log.

        An event that cannot be folded drops the ledger, and so does a log that was restored: the next call begins anew.
        """
        async with self._turn:
            epoch = (await self._log.epochs()).current
            if epoch != self._epoch:
                self._kept, self._epoch = None, epoch
            return await self._advanced()

    async def _advanced(self) -> PayFacts:
        end: int | None = None
        while True:
            ledger = self._kept or PayFacts()
            page = await self._log.read(after=ledger.position, limit=PAGE_EVENTS, types=PAY_EVENT_TYPES)
            if page.head < ledger.position:
                self._kept = None
                continue
            end = end or page.head
            # Put back once the page is whole: between pages it may be read, and a fault leaves none behind.
            self._kept = None
            _apply(ledger, self._codec, page.events)
            ledger.advance_to(page.scanned_to)
            self._kept = ledger
            self.applied_count += len(page.events)
            if ledger.position >= end:
                return ledger


async def ledger_at(log: EventLog, codec: Codec, position: int | None) -> PayFacts:
    """A new ledger up to a position (None: the head at this moment)."""
    end = await log.head() if position is None else position
    ledger = PayFacts()
    reached = 0
    while reached < end:
        page = await log.read(after=reached, limit=PAGE_EVENTS, types=PAY_EVENT_TYPES)
        _apply(ledger, codec, [event for event in page.events if event.position <= end])
        reached = page.scanned_to
    ledger.advance_to(end)
    return ledger


def _apply(ledger: PayFacts, codec: Codec, events: Sequence[StoredEvent]) -> None:
    for decoded in codec.decode_unopened(events):
        # The filter lets only these types through, which the type checker cannot know.
        ledger.apply(cast(PayEvent, decoded.event), decoded.recorded)

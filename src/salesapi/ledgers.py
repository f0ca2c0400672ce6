"""Folds the log to the ledger that pay is computed from: the facts of deals, teams, plans and enrolments up to a position."""

from typing import Final, cast

from salesapi.domain.commission.facts import EVENT_TYPES, Ledger, LedgerEvent
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.recorder import EventLog

PAGE_EVENTS: Final = 5_000
"""Events read at once."""


async def ledger_at(log: EventLog, codec: Codec, position: int | None) -> Ledger:
    """The ledger up to a position (None: the head at this moment). Reads the log, never a read model that may lag."""
    end = await log.head() if position is None else position
    ledger = Ledger()
    reached = 0
    while reached < end:
        page = await log.read(after=reached, limit=PAGE_EVENTS, types=EVENT_TYPES)
        for decoded in codec.decode_unopened([event for event in page.events if event.position <= end]):
            # The filter lets only these types through, which the type checker cannot know.
            ledger.apply(cast(LedgerEvent, decoded.event), decoded.recorded)
        reached = page.scanned_to
    ledger.advance_to(end)
    return ledger

"""Computes a year of pay in a process of its own, without trace: first reading alone, then everything.

Prints seconds and the peak of memory.
"""

import json
import resource
import time

import uvloop

from bench.pay_stories import PERIODS, PLANS
from bench.rebuild_process import KILOBYTE
from salesapi.app import Core, running_core
from salesapi.cli.running import collect_seldom
from salesapi.domain.catalogue import PAY_EVENT_TYPES
from salesapi.domain.pay.statements.statements import totals_of
from salesapi.ledgers import PAGE_EVENTS, ledger_at
from salesapi.settings import Settings


async def main() -> None:
    """Reads, then recomputes."""
    async with running_core(Settings()) as core:
        started = time.perf_counter()
        await _read(core)
        read = time.perf_counter()
        ledger = await ledger_at(core.log, core.codec, None)
        folded = time.perf_counter()
        statements = sum(len(totals_of(ledger, plan_id, period)) for plan_id in PLANS for period in PERIODS)
        ended = time.perf_counter()
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE
    print(
        json.dumps(
            {
                "reading_seconds": read - started,
                "folding_seconds": folded - read,
                "seconds": ended - read,
                "statements": statements,
                "peak_bytes": peak_bytes,
            }
        )
    )


async def _read(core: Core) -> None:
    """Reads and decodes what pay follows from, and keeps nothing."""
    reached, head = 0, await core.log.head()
    while reached < head:
        page = await core.log.read(after=reached, limit=PAGE_EVENTS, types=PAY_EVENT_TYPES)
        core.codec.decode_unopened(page.events)
        reached = page.scanned_to


if __name__ == "__main__":
    collect_seldom()
    uvloop.run(main())

"""Decoding and folding in memory, beside decoding alone: deals and stage visits over the same stored events.

Nothing is waited for here, so the time is this process's on the processor.
"""

import gc
import time
from collections.abc import Sequence
from typing import Final

from bench.bench_database import Ground
from bench.deal_stories import codec, stored_events
from bench.measuring import Effort, Line, Measure, rate
from salesapi.cli.running import collect_seldom
from salesapi.eventlog.recorder import StoredEvent
from salesapi.projections.projection import fold_in_memory
from salesapi.projections.selling import deals, stage_visits

PROJECTIONS: Final = (deals.PROJECTION, stage_visits.PROJECTION)


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """For each projection the fold of all events, beside the decoding of the same round; cycles are seldom looked for."""
    stored = [event async for page in stored_events(effort.scaled(60_000, 6_000)) for event in page]
    thresholds = gc.get_threshold()
    collect_seldom()
    try:
        return _measured(stored, effort)
    finally:
        gc.set_threshold(*thresholds)


def _measured(stored: Sequence[StoredEvent], effort: Effort) -> Sequence[Line]:
    coder = codec()
    lines = []
    for _ in range(effort.rounds):
        started = time.process_time()
        decoded = coder.decode_unopened(stored)
        decoding = time.process_time() - started
        for projection in PROJECTIONS:
            started = time.process_time()
            wanted = [(each.event, each.recorded) for each in decoded if each.stored.type in projection.types]
            fold_in_memory(projection, wanted)
            folding = time.process_time() - started
            what = f"decode + fold of {projection.name}, {len(stored):,} events"
            ours, decoding_alone = len(stored) / (decoding + folding), len(stored) / decoding
            lines.append(rate(what, "events/s", ours, beside=("decoding alone", decoding_alone)))
    return lines


MEASURE: Final = Measure(name="fold", run=measure)

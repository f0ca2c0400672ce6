"""A rebuild of a read model from position 0, beside COPY of the resulting rows into an equal table with equal indexes.

The rebuild reads, decodes, folds and writes every event's row and checkpoints, makes the indexes and swaps; COPY only writes
the end result, once.
"""

import gc
import time
from collections.abc import Sequence
from typing import Final

from bench.bench_database import Database, Ground
from bench.deal_stories import fill_log
from bench.measuring import Effort, Line, Measure, rate
from bench.rebuild_process import rebuilt
from salesapi.app import running_core
from salesapi.cli.running import collect_seldom
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.selling import deals, stage_visits

REBUILT: Final = (deals.PROJECTION, stage_visits.PROJECTION)
assert set(REBUILT) <= set(PROJECTIONS)


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """One rebuild and one COPY of each projection in each round; cycles are looked for as seldom as in `salesapi rebuild`."""
    events = effort.scaled(60_000, 6_000)
    thresholds = gc.get_threshold()
    collect_seldom()
    try:
        return await _measured(ground, effort, events)
    finally:
        gc.set_threshold(*thresholds)


async def _measured(ground: Ground, effort: Effort, events: int) -> Sequence[Line]:
    lines = []
    async with ground.database() as database:
        await fill_log(database, events)
        async with running_core(database.settings) as core:
            for _ in range(effort.rounds):
                for projection in REBUILT:
                    started = time.perf_counter()
                    table = await rebuilt(database.urls.owner_url, core, projection)
                    seconds = time.perf_counter() - started
                    rows, copying = await _copy_seconds(database, table)
                    what = f"rebuild of {projection.name}, {events:,} events to {rows:,} rows"
                    copied = ("COPY of the same rows", rows / copying)
                    lines.append(rate(what, "rows/s", rows / seconds, beside=copied))
    return lines


async def _copy_seconds(database: Database, table: str) -> tuple[int, float]:
    """Counts the rows of the table, and times a COPY of them into an equal one, in seconds."""
    async with database.owner() as owner:
        await owner.execute(
            f'CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE bench."{table}" (LIKE read."{table}" INCLUDING ALL)'
        )
        records = await owner.fetch(f'SELECT * FROM read."{table}"')  # noqa: S608 - a name that rebuild() made
        started = time.perf_counter()
        await owner.copy_records_to_table(table, schema_name="bench", records=map(tuple, records))
        seconds = time.perf_counter() - started
        await owner.execute(f'DROP TABLE bench."{table}"')
    return len(records), seconds


MEASURE: Final = Measure(name="rebuild", run=measure)

"""Pay of a year: 500 participants, three plans. All of it recomputed from the log, and one statement of it asked for.

The recomputation is without trace, reading included, beside reading alone. What is asked of a service is in `statements.py`.
"""

from collections.abc import Sequence
from typing import Final

from bench import statements
from bench.bench_database import Database, Ground
from bench.deal_stories import OWNERS, fill_log
from bench.measuring import Effort, Line, Measure, cost
from bench.pay_stories import PLANS, append_pay
from bench.processes import ended

SECONDS_MAX: Final = 60.0
MEGABYTES_MAX: Final = 500.0
MEGABYTE: Final = 1_000_000
ROUNDS_MAX: Final = 3


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """Each round of the recomputation is a process of its own over the same log."""
    events = effort.scaled(1_000_000, 50_000)
    lines: list[Line] = []
    async with ground.database() as database:
        await fill_log(database, events)
        await append_pay(database)
        for _ in range(min(effort.rounds, ROUNDS_MAX)):
            lines += await _recomputed(database, events)
        lines += await statements.measure(database, effort, events)
    return lines


async def _recomputed(database: Database, events: int) -> list[Line]:
    answer = await ended(["bench.commission_process"], database.environment)
    what = (
        f"pay of {events:,} events, {len(OWNERS)} participants, {len(PLANS)} plans, "
        f"{answer['statements']:,.0f} statements without trace"
    )
    seconds, reading_seconds = answer["seconds"], answer["reading_seconds"]
    return [
        cost(what, "s", seconds, beside=("reading alone", reading_seconds)),
        cost(f"{what}: time", "s", seconds, beside=("bound", SECONDS_MAX), target=1.0),
        cost(f"{what}: memory", "MB", answer["peak_bytes"] / MEGABYTE, beside=("bound", MEGABYTES_MAX), target=1.0),
    ]


MEASURE: Final = Measure(name="commission", run=measure)

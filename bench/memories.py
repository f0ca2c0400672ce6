"""Memory of the processes beside a log ten times as long: what a process holds must not grow with what has happened.

`salesapi serve` after 2,000 commands, and a process that rebuilds the deals. The log is filled by COPY.
"""

from collections.abc import Sequence
from typing import Final

from bench.bench_database import Ground
from bench.commands import load
from bench.company import found_company
from bench.deal_stories import fill_log
from bench.measuring import Effort, Line, Measure, cost
from bench.processes import ended, resident_bytes, serving

REQUESTS: Final = 2_000
TARGET: Final = 1.2
MEGABYTE: Final = 1_000_000


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """Once: the lengths of the logs are what is compared, and memory hardly varies between rounds."""
    few, many = effort.scaled(100_000, 10_000), effort.scaled(1_000_000, 100_000)
    serve_few, rebuild_few = await _megabytes(ground, few)
    serve_many, rebuild_many = await _megabytes(ground, many)
    return [
        cost(f"memory of {what} at {many:,} events", "MB", ours, beside=(f"the same at {few:,}", before), target=TARGET)
        for what, ours, before in (("serve", serve_many, serve_few), ("a rebuild", rebuild_many, rebuild_few))
    ]


async def _megabytes(ground: Ground, events: int) -> tuple[float, float]:
    async with ground.database() as database:
        await fill_log(database, events)
        await found_company(database)
        key = await database.admin_key()
        async with serving(["salesapi", "serve"], database.environment) as (pid, port):
            await load(port, key, requests=REQUESTS)
            of_serve = resident_bytes(pid)
        of_rebuild = (await ended(["bench.rebuild_process", "deal"], database.environment))["peak_bytes"]
        return of_serve / MEGABYTE, of_rebuild / MEGABYTE


MEASURE: Final = Measure(name="memory", run=measure)

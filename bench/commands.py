"""Commands per second over HTTP at 32 clients and one worker, beside a plain FastAPI service that only inserts a row.

`salesapi serve` runs as a process of its own, first alone, then with `salesapi work` beside it, which follows every event on
the same cores, and then with a `work` of sixty read models more that nothing concerns. Each request authenticates, validates,
decides on folded state, stores the event and the key, and answers a receipt. Same load generator, same durability.
"""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from bench.bench_database import Database, Ground
from bench.company import deal_body, found_company
from bench.deal_stories import META
from bench.equal_table import make_equal_table
from bench.idle_read_models import WITH_IDLE, make_tables
from bench.measuring import Effort, Line, Measure, rate
from bench.processes import ProcessFailed, ended, running, serving
from salesapi.eventlog.codec import encode_meta
from salesapi.eventlog.reading import HEAD
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.projection import Projection

CLIENTS: Final = 32
TARGET: Final = 1.0
TARGET_BESIDE: Final = 0.85
TARGET_WITH_IDLE: Final = 0.95
"""Of the rate without the idle read models."""
PATH: Final = "/v1/deals"
BASELINE: Final = "FastAPI + asyncpg pool"
FOLLOWED: Final = """
    SELECT min(coalesce(t.position, 0)) FROM read.registry r
    LEFT JOIN log.tracking t ON t.follower = 'read.' || r.table_name WHERE r.is_live AND r.name = ANY($1::text[])
"""
FOLLOW_SECONDS_MAX: Final = 300.0
FOLLOW_LOOK_SECONDS: Final = 0.1


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """The service alone and with followers, and the baseline, in each round."""
    seconds = effort.scaled(4, 2)
    lines: list[Line] = []
    async with ground.database() as database:
        await found_company(database)
        await make_tables(database)
        async with database.owner() as owner:
            await make_equal_table(owner)
        key = await database.admin_key()
        plain = {"BENCH_KEY_SHA256": sha256(key.encode()).hexdigest(), "BENCH_META": encode_meta(META)}
        async with (
            serving(["salesapi", "serve"], database.environment) as (_, ours),
            serving(["bench.baseline_service"], {**database.environment, **plain}) as (_, theirs),
        ):
            for port in (ours, theirs):
                await load(port, key, seconds=1)
            for _ in range(effort.rounds):
                baseline = await load(theirs, key, seconds=seconds)
                alone = await load(ours, key, seconds=seconds)
                beside = (BASELINE, baseline)
                lines.append(rate("POST /v1/deals, serve alone", "1/s", alone, beside=beside, target=TARGET))
            for _ in range(effort.rounds):
                rates: list[tuple[float, float]] = []
                for program, projections in (
                    (["salesapi", "work"], PROJECTIONS),
                    (["bench.idle_read_models"], WITH_IDLE),
                ):
                    async with running(program, database.environment):
                        await load(ours, key, seconds=1)
                        await _until_followed(database, projections)
                        baseline = await load(theirs, key, seconds=seconds)
                        rates.append((await load(ours, key, seconds=seconds), baseline))
                (worked, baseline), (with_idle, _) = rates
                what, beside = "POST /v1/deals, work beside it", (BASELINE, baseline)
                lines.append(rate(what, "1/s", worked, beside=beside, target=TARGET_BESIDE))
                what, beside = "POST /v1/deals, sixty idle read models more", ("work beside it", worked)
                lines.append(rate(what, "1/s", with_idle, beside=beside, target=TARGET_WITH_IDLE))
    return lines


async def _until_followed(database: Database, projections: Sequence[Projection]) -> None:
    """Waits for the followers to reach the head: catching up with earlier rounds is not what is measured."""
    names = [projection.name for projection in projections]
    async with database.owner() as owner, asyncio.timeout(FOLLOW_SECONDS_MAX):
        while await owner.fetchval(FOLLOWED, names) != await owner.fetchval(HEAD):
            await asyncio.sleep(FOLLOW_LOOK_SECONDS)


async def load(port: int, key: str, *, seconds: int = 0, requests: int = 0) -> float:
    """Commands per second.

    Raises:
        ProcessFailed: a request was refused.
    """
    answer = await ended(
        [
            "bench.load",
            *("--port", str(port), "--path", PATH, "--key", key, "--body", deal_body()),
            *("--clients", str(CLIENTS), "--seconds", str(seconds), "--requests", str(requests)),
        ]
    )
    if answer["refused"]:
        raise ProcessFailed(f"{answer['refused']} of the requests at port {port} were refused")
    return answer["per_second"]


MEASURE: Final = Measure(name="command", run=measure)

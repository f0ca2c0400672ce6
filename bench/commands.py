"""Commands per second over HTTP at 32 clients and one worker, beside a plain FastAPI service that only inserts a row.

`salesapi serve` runs as a process of its own, first alone, then with `salesapi work` beside it, which follows every event on
the same cores. Each request authenticates, validates, decides on folded state, stores the event and the key, and answers a
receipt. Same load generator, same durability.
"""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from bench.bench_database import Database, Ground
from bench.company import deal_body, found_company
from bench.deal_stories import META
from bench.equal_table import make_equal_table
from bench.measuring import Effort, Line, Measure
from bench.processes import ProcessFailed, ended, running, serving
from salesapi.eventlog.codec import encode_meta
from salesapi.eventlog.reading import HEAD

CLIENTS: Final = 32
TARGET: Final = 1.0
PATH: Final = "/v1/deals"
BASELINE: Final = "FastAPI + asyncpg pool"
FOLLOWED: Final = """
    SELECT min(coalesce(t.position, 0)) FROM read.registry r
    LEFT JOIN log.tracking t ON t.follower = 'read.' || r.table_name WHERE r.is_live
"""
FOLLOW_SECONDS_MAX: Final = 300.0
FOLLOW_LOOK_SECONDS: Final = 0.1


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """The service alone and with followers, and the baseline, in each round."""
    seconds = effort.scaled(4, 2)
    lines: list[Line] = []
    async with ground.database() as database:
        await found_company(database)
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
                lines.append(_line("POST /v1/deals, serve alone", alone, baseline))
            async with running(["salesapi", "work"], database.environment):
                for _ in range(effort.rounds):
                    await _until_followed(database)
                    baseline = await load(theirs, key, seconds=seconds)
                    beside = await load(ours, key, seconds=seconds)
                    lines.append(_line("POST /v1/deals, work beside it", beside, baseline))
    return lines


async def _until_followed(database: Database) -> None:
    """Waits for the followers to reach the head: catching up with earlier rounds is not what is measured."""
    async with database.owner() as owner, asyncio.timeout(FOLLOW_SECONDS_MAX):
        while await owner.fetchval(FOLLOWED) != await owner.fetchval(HEAD):
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


def _line(what: str, ours: float, baseline: float) -> Line:
    return Line(what=what, unit="1/s", ours=ours, baseline=BASELINE, baseline_value=baseline, target=TARGET)


MEASURE: Final = Measure(name="command", run=measure)

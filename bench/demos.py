"""How long the demo company takes to load while all followers run in the same process, beside loading it with the sealer
alone, which the lock of a payout run needs."""

import time
from collections.abc import Sequence
from typing import Final

from bench.bench_database import Ground
from bench.measuring import Effort, Line, Measure, cost
from salesapi.app import Core, running_core
from salesapi.audit.sealing import Sealer
from salesapi.cli.following import running_followers
from salesapi.demo.loading import load_demo
from salesapi.subscriptions.runner import following


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """One load with followers and one without in each round; a quick run takes one round."""
    lines = []
    for _ in range(1 if effort.is_quick else effort.rounds):
        async with ground.database() as database, running_core(database.settings) as core, running_followers(core):
            followed = await _seconds(core)
        async with (
            ground.database() as database,
            running_core(database.settings) as core,
            following(core.pool, core.log) as subscriptions,
        ):
            subscriptions.start(Sealer(core.pool))
            alone = await _seconds(core)
        what = "demo company, all followers in the process"
        lines.append(cost(what, "s", followed, beside=("with the sealer alone", alone)))
    return lines


async def _seconds(core: Core) -> float:
    started = time.perf_counter()
    await load_demo(core.handling, lambda text: None)
    return time.perf_counter() - started


MEASURE: Final = Measure(name="demo", run=measure)

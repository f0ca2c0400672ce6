"""A full recomputation of a year's pay from the log: 500 participants, three plans, reading included, beside reading alone."""

from collections.abc import Sequence
from typing import Final

from bench.deal_stories import OWNERS, fill_log
from bench.ground import Ground
from bench.measuring import Effort, Line, Measure
from bench.pay_stories import PLANS, append_pay
from bench.processes import ended

SECONDS_MAX: Final = 60.0
MEGABYTES_MAX: Final = 500.0
MEGABYTE: Final = 1_000_000


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """Each round is a process of its own over the same log."""
    events = effort.scaled(1_000_000, 50_000)
    lines: list[Line] = []
    async with ground.database() as database:
        await fill_log(database, events)
        await append_pay(database)
        for _ in range(min(effort.rounds, 3)):
            answer = await ended(["bench.commission_process"], database.environment)
            what = f"{events:,} events, {len(OWNERS)} participants, {len(PLANS)} plans, {answer['lines']:,.0f} lines"
            lines += [
                _line(f"pay of {what}", "s", answer["seconds"], "reading alone", answer["reading_seconds"], None),
                _line(f"pay of {what}: time", "s", answer["seconds"], "bound", SECONDS_MAX, 1.0),
                _line(f"pay of {what}: memory", "MB", answer["peak_bytes"] / MEGABYTE, "bound", MEGABYTES_MAX, 1.0),
            ]
    return lines


def _line(what: str, unit: str, ours: float, baseline: str, baseline_value: float, target: float | None) -> Line:
    return Line(
        what=what,
        unit=unit,
        ours=ours,
        baseline=baseline,
        baseline_value=baseline_value,
        target=target,
        is_cost=True,
    )


MEASURE: Final = Measure(name="commission", run=measure)

"""What a measure is, and how its rounds become one line: medians of interleaved rounds beside a named baseline.

A ratio is taken within each round and the median of these is shown: a disturbance of the machine then meets both sides.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from bench.bench_database import Ground
from salesapi.domain.shared.states import made_from

ROUNDS_MAX: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """The amount of measuring. `quick` takes small data and short rounds: for trying, not for figures to keep."""

    rounds: int
    is_quick: bool

    def scaled(self, full: int, quick: int) -> int:
        return quick if self.is_quick else full


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of one round beside its baseline's. `target` is the ratio wanted, a lower bound unless `is_cost`."""

    what: str
    unit: str
    ours: float
    baseline: str
    baseline_value: float
    target: float | None = None
    is_cost: bool = False
    """True where less is better: seconds or bytes."""

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The figure that all rounds together give."""

    what: str
    unit: str
    ours: float
    baseline: str
    baseline_value: float
    ratio: float
    ratio_least: float
    ratio_most: float
    rounds: int
    target: float | None
    is_met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A named measure. `run` yields the lines of every round, in any order."""

    name: str
    run: Callable[[Ground, Effort], Awaitable[Sequence[Line]]]


def rate(what: str, unit: str, ours: float, *, beside: tuple[str, float], target: float | None = None) -> Line:
    """Makes the line of a figure of which more is better, beside a named one."""
    baseline, baseline_value = beside
    return Line(what=what, unit=unit, ours=ours, baseline=baseline, baseline_value=baseline_value, target=target)


def cost(what: str, unit: str, ours: float, *, beside: tuple[str, float], target: float | None = None) -> Line:
    """Makes the line of a figure of which less is better, beside a named one or a bound."""
    return replace(rate(what, unit, ours, beside=beside, target=target), is_cost=True)


def figures(lines: Sequence[Line]) -> list[Figure]:
    """One figure for each kind of line, in the order of their first appearance."""
    by_what: dict[str, list[Line]] = {}
    for line in lines:
        by_what.setdefault(line.what, []).append(line)
    return [_figure(group) for group in by_what.values()]


def _figure(group: Sequence[Line]) -> Figure:
    first = group[0]
    ratios = [line.ratio for line in group]
    ratio = median(ratios)
    is_met = None if first.target is None else (ratio <= first.target if first.is_cost else ratio >= first.target)
    return made_from(
        Figure,
        first,
        ours=median(line.ours for line in group),
        baseline_value=median(line.baseline_value for line in group),
        ratio=ratio,
        ratio_least=min(ratios),
        ratio_most=max(ratios),
        rounds=len(group),
        is_met=is_met,
    )

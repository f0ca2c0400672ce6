"""The tables that a plan's rates are read from: tiers (R04 to R09), payout curves (R12) and matrices (R14), as plain data.

Bounds are exact decimals in the unit of the table's axis: minor units of the plan's currency for amounts, percent for
attainment. Rates are exact decimals in percent. `problem_of_...` says what is wrong with a table, and where: such a table is
refused when its plan is published, so that nothing here or in `rates.py` has to guess.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import Exact

TIERS_MAX: Final = 20
"""Most tiers of one table."""
POINTS_MAX: Final = 50
"""Most points of one payout curve."""
AXIS_VALUES_MAX: Final = 50
"""Most bands of one axis of a matrix."""
RATE_PERCENT_MAX: Final = Decimal(1000)
"""Rates lie between minus this and this, in percent."""
RATE_DECIMALS_MAX: Final = 10
"""Most decimals of a rate in percent: its product with any amount stays exact within money's precision."""

TierAxis: TypeAlias = Literal["amount", "attainment_percent"]
TiersCount: TypeAlias = Literal["period", "deal", "line"]
TierBoundary: TypeAlias = Literal["lower_inclusive", "upper_inclusive"]
AppliesTo: TypeAlias = Literal["new", "all"]
AboveLastPoint: TypeAlias = Literal["capped", "continued"]


@record
class Tier:
    """One step of a rate table."""

    lower: Annotated[Exact, About("Where it begins, in the unit of the axis; the first at 0.")]
    upper: Annotated[Exact | None, About("Where it ends; null for the last tier, which is open.")]
    rate_percent: Annotated[Exact, About("Rate in percent, a decimal string: `5` is five percent.")]
    applies_to: Annotated[
        AppliesTo,
        About("`new`: only the part inside the tier earns its rate (marginal); `all`: reaching it rates everything."),
    ]
    rate_at_upper_percent: Annotated[
        Exact | None, About("The rate moves evenly to this one at the tier's end; null keeps it fixed.")
    ] = None


@record
class TierTable:
    """Rates by what was credited. Totals below zero belong to the first tier."""

    kind: Annotated[Literal["tiers"], About("Which kind of rate it is.")] = "tiers"
    axis: Annotated[
        TierAxis,
        About("`amount`: bounds in minor units of the plan's currency; `attainment_percent`: in percent of the quota."),
    ]
    boundary: Annotated[
        TierBoundary,
        About("To which tier an amount exactly on a bound belongs: `lower_inclusive` the upper, else the lower tier."),
    ]
    tiers: Annotated[tuple[Tier, ...], MinLen(1), MaxLen(TIERS_MAX), About("All tiers, in order, without a gap.")]
    counts: Annotated[
        TiersCount,
        About(
            "What a tier is told by: all that is credited in the `period` that is counted, each `deal` alone, or each "
            "`line` of a deal alone."
        ),
    ] = "period"

    def __hash__(self) -> int:
        """By its last bound and size: tables are looked up for every credit, and differ by their quotas."""
        return hash((self.tiers[-1].lower, len(self.tiers)))


@record
class CurvePoint:
    """One point of a payout curve."""

    attainment_percent: Annotated[Exact, About("Attainment of the quota in percent.")]
    payout_percent: Annotated[Exact, About("Share of the target bonus paid there, in percent.")]


@record
class PayoutCurve:
    """Share of a target bonus by attainment: straight between points; two points at one attainment are a step up to the later."""

    points: Annotated[
        tuple[CurvePoint, ...],
        MinLen(1),
        MaxLen(POINTS_MAX),
        About("Points in order of attainment; 0 below the first."),
    ]
    above_last: Annotated[
        AboveLastPoint, About("Beyond the last point: `capped` at its payout, or `continued` at the last slope.")
    ]


@record
class Band:
    """One band of a matrix's axis."""

    lower: Annotated[Exact, About("Where it begins, in the unit of the axis.")]
    upper: Annotated[Exact | None, About("Where it ends; null for the last band, which is open.")]


@record
class MatrixRow:
    """The rates of one band of the first axis."""

    rates_percent: Annotated[
        tuple[Exact, ...], MinLen(1), MaxLen(AXIS_VALUES_MAX), About("One rate for each band of the second axis.")
    ]


@record
class Matrix:
    """Rates by two axes, for example own attainment and the team's. Values on a bound belong to the upper band."""

    rows: Annotated[tuple[Band, ...], MinLen(1), MaxLen(AXIS_VALUES_MAX), About("Bands of the first axis, gapless.")]
    columns: Annotated[tuple[Band, ...], MinLen(1), MaxLen(AXIS_VALUES_MAX), About("Bands of the second, gapless.")]
    cells: Annotated[
        tuple[MatrixRow, ...], MinLen(1), MaxLen(AXIS_VALUES_MAX), About("One row for each band of the first.")
    ]


@record
class Problem:
    """One fault in a table or in terms. `pointer` is the place within it (RFC 6901)."""

    pointer: str
    reason: str


def problem_of_rate(rate_percent: Decimal, pointer: str) -> Problem | None:
    """A rate is finite, within bounds, and short enough to stay exact."""
    if not rate_percent.is_finite() or abs(rate_percent) > RATE_PERCENT_MAX:
        return Problem(
            pointer=pointer, reason=f"a rate lies between -{RATE_PERCENT_MAX} and {RATE_PERCENT_MAX} percent"
        )
    digits_after_point = rate_percent.as_tuple().exponent
    assert isinstance(digits_after_point, int), "a finite decimal has an exponent"
    if -digits_after_point > RATE_DECIMALS_MAX:
        return Problem(pointer=pointer, reason=f"a rate has at most {RATE_DECIMALS_MAX} decimals")
    return None


def problem_of_tiers(tiers: Sequence[Tier]) -> Problem | None:
    """R08: gapless from 0 to an open end. R09: a rate that moves needs an end to move to."""
    for index, tier in enumerate(tiers):
        found = problem_of_rate(tier.rate_percent, f"/tiers/{index}/rate_percent")
        if found is None and tier.rate_at_upper_percent is not None:
            found = problem_of_rate(tier.rate_at_upper_percent, f"/tiers/{index}/rate_at_upper_percent")
            if found is None and tier.upper is None:
                reason = "the last tier has no end, so its rate cannot move to another one there"
                found = Problem(pointer=f"/tiers/{index}/rate_at_upper_percent", reason=reason)
        if found is not None:
            return found
    return _problem_of_bounds([(tier.lower, tier.upper) for tier in tiers], "tier", "/tiers")


def problem_of_curve(curve: PayoutCurve) -> Problem | None:
    """R12: attainments rise; at most two points stand at one attainment; a continued curve needs a last slope."""
    values = [point.attainment_percent for point in curve.points]
    for index in range(1, len(values)):
        place = f"/points/{index}/attainment_percent"
        if values[index] < values[index - 1]:
            return Problem(pointer=place, reason=f"a point at {values[index]} cannot follow one at {values[index - 1]}")
        if index > 1 and values[index] == values[index - 2]:
            return Problem(pointer=place, reason=f"three points stand at {values[index]}; a step has two")
    if curve.above_last == "continued" and (len(values) < 2 or values[-1] == values[-2]):
        return Problem(pointer="/above_last", reason="the curve ends without a slope, so it cannot be continued")
    return None


def problem_of_matrix(matrix: Matrix) -> Problem | None:
    """R14: both axes gapless, and a rate in every cell."""
    for name, bands in (("rows", matrix.rows), ("columns", matrix.columns)):
        found = _problem_of_bounds([(band.lower, band.upper) for band in bands], "band", f"/{name}")
        if found is not None:
            return found
    if len(matrix.cells) != len(matrix.rows):
        return Problem(pointer="/cells", reason=f"{len(matrix.rows)} bands need as many rows, not {len(matrix.cells)}")
    for index, row in enumerate(matrix.cells):
        place = f"/cells/{index}/rates_percent"
        if len(row.rates_percent) != len(matrix.columns):
            reason = f"{len(matrix.columns)} bands need as many rates, not {len(row.rates_percent)}"
            return Problem(pointer=place, reason=reason)
        for column, rate_percent in enumerate(row.rates_percent):
            if (found := problem_of_rate(rate_percent, f"{place}/{column}")) is not None:
                return found
    return None


def _problem_of_bounds(bounds: Sequence[tuple[Decimal, Decimal | None]], noun: str, pointer: str) -> Problem | None:
    """Gapless from 0 to an open end; the pointer names the field that is wrong."""
    if not bounds:
        return Problem(pointer=pointer, reason=f"there is no {noun}")
    expected = Decimal(0)
    for index, (lower, upper) in enumerate(bounds):
        place = f"{pointer}/{index}"
        if lower != expected:
            return Problem(pointer=f"{place}/lower", reason=_misplaced(noun, index, lower, expected))
        is_last = index == len(bounds) - 1
        if upper is None:
            if is_last:
                return None
            return Problem(pointer=f"{place}/upper", reason=f"only the last {noun} is open-ended")
        if is_last:
            return Problem(pointer=f"{place}/upper", reason=f"the last {noun} must be open-ended (upper null)")
        if upper <= lower:
            return Problem(pointer=f"{place}/upper", reason=f"a {noun} must end above {lower}, where it begins")
        expected = upper
    raise AssertionError("the last bound returns")


def _misplaced(noun: str, index: int, lower: Decimal, expected: Decimal) -> str:
    if index == 0:
        return f"the first {noun} begins at 0, not at {lower}"
    fault = "leaves a gap" if lower > expected else "overlaps the one before"
    return f"a {noun} that begins at {lower} {fault}; it must begin at {expected}"


def tier_index(table: TierTable, value: Fraction | int) -> int:
    """R08: the place of a value's tier; one exactly on a bound goes by the table's side, one below zero to the first tier."""
    for index, tier in enumerate(table.tiers):
        if tier.upper is None or value < tier.upper:
            return index
        if value == tier.upper and table.boundary == "upper_inclusive":
            return index
    raise AssertionError("a published table is open-ended")

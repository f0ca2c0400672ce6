"""Rates R01 to R14, R20 and R21 of the rule catalogue, one function a rule, in its order; the gate (R13) is in `components.py`.

All exact: amounts are fractions of minor units, rates decimals in percent; nothing is rounded here. A table counts what was
credited before (`start`) and with a credit (`start` plus `base`), so that deals of a period stand on each other's shoulders.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.pay.rules.tables import Band, Matrix, PayoutCurve, Tier, TierTable, tier_index
from salesapi.domain.shared.kernel import fast_record, record
from salesapi.domain.shared.money import PRECISION_DIGITS
from salesapi.domain.shared.states import made_from

Slowed: TypeAlias = Literal["whole", "below"]

ZERO: Final = Fraction()
TABLES_KEPT: Final = 4_096
"""How many tables are kept as steps: those of all participants with quotas of their own, so that a run makes each once."""


@fast_record
class Part:
    """So much of a base at so many percent: one term of a line's formula."""

    rate_percent: Fraction
    amount: Amount

    @property
    def exact(self) -> Fraction:
        """The earning of the part, in exact minor units."""
        rate, amount = self.rate_percent, self.amount
        if isinstance(amount, int):
            return Fraction(rate.numerator * amount, rate.denominator * 100)
        return rate * amount / 100


@fast_record
class Tiered:
    """The result of a credit by a table: `own` for itself, `uplift` on what came before that a higher tier rates."""

    own: tuple[Part, ...]
    uplift: tuple[Part, ...]

    @property
    def exact(self) -> Fraction:
        """Both together, in minor units."""
        return total_of(self.own) + total_of(self.uplift)


@lru_cache(maxsize=TABLES_KEPT)
def exact(value: Decimal) -> Fraction:
    """A decimal as a fraction: a run asks for the same few again and again."""
    return Fraction(value)


@lru_cache(maxsize=TABLES_KEPT)
def part_of(whole: int, value_percent: Decimal) -> Amount:
    """So many percent of a whole amount, as a whole number where it is one."""
    part = whole * Fraction(value_percent) / 100
    return part.numerator if part.denominator == 1 else part


def total_of(parts: Sequence[Part]) -> Fraction:
    """Sums what parts earn together, in exact minor units."""
    if len(parts) == 1:
        return parts[0].exact
    return sum((part.exact for part in parts), ZERO)


def flat_percentage(rate_percent: Fraction, base: Amount) -> Part:
    """R01: `e = r * b`."""
    return Part(rate_percent=rate_percent, amount=base)


def flat_amount(unit_minor: int, count: Fraction | int) -> Fraction:
    """R02: `e = n * u`, for each deal, unit, meeting or new customer; what is cancelled counts back with a negative count."""
    return Fraction(count) * unit_minor


def individual_rate(target_variable_minor: int, *, quota_minor: int) -> Fraction:
    """R03: `r = targetVariable / quota`, in percent. The quota is positive and as the period has it, prorated or not."""
    assert quota_minor > 0, "a rate of one's own needs a quota"
    return Fraction(target_variable_minor * 100, quota_minor)


def tiered(table: TierTable, *, start: Amount, base: Amount, rated_from: Amount = 0) -> Tiered:
    """R04 to R06 and R21: what a credit earns that takes the total from `start` on.

    R04, tiers for what is `new`: each part of the amount earns its own tier's rate, `e = sum_i r_i * len([m0, m1] in [lo_i,
    hi_i))`. R05, tiers for `all`: the tier reached rates everything, `e = r(m1) * m1 - alreadyEarned`; it falls back when a
    refund does. R06, both: R05 up to the highest `all` tier reached, R04 above it. R21: what was counted before `rated_from`, as
    by earlier periods of the year, decides about the tier and is not rated again.
    """
    after = start + base
    reached = _schedule(table, after)
    own = _rated(reached, start, after)
    schedule = reached if start == rated_from else _schedule(table, start)
    if schedule == reached:
        return Tiered(own=own, uplift=())
    return Tiered(own=own, uplift=_difference(_rated(reached, rated_from, start), _rated(schedule, rated_from, start)))


def rule_of_tiers(table: TierTable) -> str:
    """Names the rule of a table: R04 where all tiers rate what is new, R05 where all rate everything, else R06."""
    kinds = {tier.applies_to for tier in table.tiers}
    return "R06" if len(kinds) > 1 else "R04" if "new" in kinds else "R05"


def attainment_percent(measure: Amount, *, quota: Amount) -> Fraction:
    """R07: the measure in percent of a positive quota."""
    assert quota > 0, "attainment needs a quota"
    return Fraction(measure) * 100 / quota


@lru_cache(maxsize=TABLES_KEPT)
def in_amounts(table: TierTable, quota_minor: Amount) -> TierTable:
    """R07: a table by attainment as the table by amount that it is for one quota."""
    if table.axis == "amount":
        return table
    return made_from(TierTable, table, axis="amount", tiers=tuple(_of_quota(tier, quota_minor) for tier in table.tiers))


def in_tier_rate(tier: Tier, value: Amount) -> Fraction:
    """R09: `r = r_lo + (a - lo) / (hi - lo) * (r_hi - r_lo)`, or the fixed rate; held at the tier's ends outside of it."""
    rate = Fraction(tier.rate_percent)
    if tier.rate_at_upper_percent is None or tier.upper is None:
        return rate
    lower, upper = Fraction(tier.lower), Fraction(tier.upper)
    inside = min(max(Fraction(value), lower), upper)
    return rate + (inside - lower) / (upper - lower) * (Fraction(tier.rate_at_upper_percent) - rate)


def accelerated(
    rate_percent: Fraction, *, factor: Decimal, threshold: Amount, start: Amount, base: Amount
) -> tuple[Part, ...]:
    """R10: `e = r * k * b` for the part above the threshold, on new credit only; the part below it at the plain rate."""
    below, above = _around(threshold, start, base)
    return _parts((rate_percent, below), (rate_percent * exact(factor), above))


def decelerated(
    rate_percent: Fraction, *, factor: Decimal, threshold: Amount, start: Amount, base: Amount, slowed: Slowed
) -> tuple[Part, ...]:
    """R11: `e = r * d * b` under a threshold: on the part `below` it, or on the `whole` credit while the total is under it."""
    slow = rate_percent * exact(factor)
    if slowed == "whole":
        is_under = start + base < threshold
        return _parts((slow if is_under else rate_percent, base))
    below, above = _around(threshold, start, base)
    return _parts((slow, below), (rate_percent, above))


def payout_percent(curve: PayoutCurve, attainment: Fraction) -> Fraction:
    """R12: attainment to share of the target bonus, both in percent: 0 below the first point, straight between points, at a
    step the later point's; beyond the last `capped` there or `continued` at the last slope.
    """
    points = [(Fraction(point.attainment_percent), Fraction(point.payout_percent)) for point in curve.points]
    if attainment < points[0][0]:
        return ZERO
    place = max(index for index, (at, _) in enumerate(points) if at <= attainment)
    if place < len(points) - 1:
        return _on_line(points[place], points[place + 1], attainment)
    if curve.above_last == "capped" or attainment == points[place][0]:
        return points[place][1]
    return _on_line(points[place - 1], points[place], attainment)


def matrix_rate(matrix: Matrix, *, first: Fraction, second: Fraction) -> Decimal:
    """R14: the rate of the cell where the bands of two values meet; values below the first band belong to it."""
    return matrix.cells[_band(matrix.rows, first)].rates_percent[_band(matrix.columns, second)]


def year_to_date_less_paid(due_to_date: Fraction, *, paid_before: Fraction) -> Fraction:
    """R20: `p_t = E(YTD_t) - sum p_<t`; negative after a refund, to be carried or recovered (R54)."""
    return due_to_date - paid_before


@record
class _Step:
    """A stretch of totals and the rate at each of its ends; None is open."""

    lower: Amount | None
    upper: Amount | None
    lower_rate: Fraction
    upper_rate: Fraction
    is_fixed: bool

    def rate_at(self, value: Amount) -> Fraction:
        """The rate of one more unit at this total."""
        if self.is_fixed or self.lower is None or self.upper is None:
            return self.lower_rate
        way = Fraction(value - self.lower) / (self.upper - self.lower)
        return self.lower_rate + way * (self.upper_rate - self.lower_rate)

    def mean_rate(self, first: Amount, last: Amount) -> Fraction:
        """The mean rate of what lies between two totals."""
        return self.lower_rate if self.is_fixed else (self.rate_at(first) + self.rate_at(last)) / 2


def _schedule(table: TierTable, total: Amount) -> tuple[_Step, ...]:
    """Lays out how totals are rated once this one is reached: one rate below the highest `all` tier, then by tiers."""
    reached = tier_index(table, total)
    tiers = table.tiers
    last_all = max((index for index in range(reached + 1) if tiers[index].applies_to == "all"), default=None)
    if last_all is None:
        return _new_steps(table, 0)
    end = tiers[last_all].upper
    rate = in_tier_rate(tiers[last_all], total)
    upper = None if end is None else _bound(end)
    every = _Step(lower=None, upper=upper, lower_rate=rate, upper_rate=rate, is_fixed=True)
    return (every, *_new_steps(table, last_all + 1))


@lru_cache(maxsize=TABLES_KEPT)
def _new_steps(table: TierTable, first: int) -> tuple[_Step, ...]:
    """The tiers from the first on as steps, each rated for itself."""
    steps: list[_Step] = []
    for index in range(first, len(table.tiers)):
        tier = table.tiers[index]
        rate = Fraction(tier.rate_percent)
        at_upper = rate if tier.rate_at_upper_percent is None else Fraction(tier.rate_at_upper_percent)
        lower, upper = _bound(tier.lower), None if tier.upper is None else _bound(tier.upper)
        if index == 0:
            # Totals below zero belong to the first tier, at the rate with which it begins.
            steps.append(_Step(lower=None, upper=lower, lower_rate=rate, upper_rate=rate, is_fixed=True))
        is_fixed = rate == at_upper
        steps.append(_Step(lower=lower, upper=upper, lower_rate=rate, upper_rate=at_upper, is_fixed=is_fixed))
    return tuple(steps)


def _bound(value: Decimal) -> Amount:
    """A bound as a whole number where it is one, which is far quicker to compare."""
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else exact


def _rated(schedule: tuple[_Step, ...], start: Amount, end: Amount) -> tuple[Part, ...]:
    """The parts of a way between two totals; amounts are negative going down. A moving rate counts with its mean."""
    if start == end:
        step = next(step for step in schedule if step.upper is None or start <= step.upper)
        return (Part(rate_percent=step.rate_at(start), amount=0),)
    low, high = min(start, end), max(start, end)
    sign = 1 if end > start else -1
    return _parts(*((rate, sign * length) for rate, length in _stretches(schedule, low, high)))


def _stretches(schedule: tuple[_Step, ...], low: Amount, high: Amount) -> Iterator[tuple[Fraction, Amount]]:
    for step in schedule:
        first = low if step.lower is None else max(low, step.lower)
        last = high if step.upper is None else min(high, step.upper)
        if last > first:
            yield step.mean_rate(first, last), last - first


def _parts(*terms: tuple[Fraction, Amount]) -> tuple[Part, ...]:
    """One part for each rate, in the order in which the rates first come, without empty ones."""
    if len(terms) == 1:
        return (Part(rate_percent=terms[0][0], amount=terms[0][1]),)
    amounts: dict[Fraction, Amount] = {}
    for rate_percent, amount in terms:
        amounts[rate_percent] = amounts.get(rate_percent, 0) + amount
    parts = tuple(Part(rate_percent=rate, amount=amount) for rate, amount in amounts.items() if amount)
    return parts or tuple(Part(rate_percent=rate, amount=0) for rate in list(amounts)[:1])


def _difference(after: tuple[Part, ...], before: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts of one way less those of another; none where both are the same."""
    terms = [(part.rate_percent, part.amount) for part in after] + [
        (part.rate_percent, -part.amount) for part in before
    ]
    return tuple(part for part in _parts(*terms) if part.amount)


def _of_quota(tier: Tier, quota_minor: Amount) -> Tier:
    share = Fraction(quota_minor) / 100
    return made_from(
        Tier,
        tier,
        lower=_decimal(Fraction(tier.lower) * share),
        upper=None if tier.upper is None else _decimal(Fraction(tier.upper) * share),
    )


def _decimal(value: Fraction) -> Decimal:
    """A product of a decimal and an integer over 100 has an end, so this is exact."""
    with localcontext() as context:
        context.prec = PRECISION_DIGITS
        return Decimal(value.numerator) / Decimal(value.denominator)


def _around(threshold: Amount, start: Amount, base: Amount) -> tuple[Amount, Amount]:
    """Splits a credit that begins at `start` into what lies below and above a threshold."""
    above = max(start + base - threshold, 0) - max(start - threshold, 0)
    return base - above, above


def _on_line(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction], at: Fraction) -> Fraction:
    return first[1] + (at - first[0]) / (second[0] - first[0]) * (second[1] - first[1])


def _band(bands: tuple[Band, ...], value: Fraction) -> int:
    return next(index for index, band in enumerate(bands) if band.upper is None or value < band.upper)

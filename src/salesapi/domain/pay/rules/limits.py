"""Upper limits of pay (R29, R30): of a line, a deal, a component, the plan, of the rate, and a budget that scales everybody.

Pure and exact: integers or fractions of minor units; only a budget that bites gives whole minor units, which add up to it.
What is cut is never dropped silently: `paid + lost + carried = earned` in every result. Floors and draws are in `draws.py`.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal, TypeAlias

from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.pay.rules.tables import Problem, problem_of_rate
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.money import parts_of

DealExcess: TypeAlias = Literal["lost", "deferred"]
CapExcess: TypeAlias = Literal["lost", "carried"]
CapSplit: TypeAlias = Literal["split_then_cap", "cap_then_split"]
CapWindow: TypeAlias = Literal["period", "year"]
CapOf: TypeAlias = Literal["line", "deal", "component", "plan"]
"""What a limit sums up, in the order in which limits are asked."""


@fast_record
class Capped:
    """An earning under a cap; paid, lost and carried (or deferred) add up to it."""

    earned_minor: Fraction
    cap_minor: Fraction
    paid_minor: Fraction
    lost_minor: Fraction
    carried_minor: Fraction


def per_line_limit(limit_minor: Amount, *, earned_minor: Amount, excess: DealExcess = "lost") -> Capped:
    """R29: `min(e, limit)` of one line; a negative line at most `-limit`, so that a refund takes back what was given."""
    earned, limit = Fraction(earned_minor), Fraction(limit_minor)
    return _result(earned, limit, max(min(earned, limit), -limit), excess)


def per_deal_cap(
    cap_minor: Amount, *, earned_minor: Amount, earned_before_minor: Amount = 0, excess: DealExcess = "lost"
) -> Capped:
    """R29: `min(e, cap)`; several lines of one deal share its cap: each pays the change of `max(-cap, min(sum, cap))`.

    `earned_before_minor` is what the deal earned before in the period, uncapped, with what was deferred to it. What is deferred
    is earned again in the next period, under that period's cap.
    """
    earned, before = Fraction(earned_minor), Fraction(earned_before_minor)
    after_minor = per_line_limit(cap_minor, earned_minor=before + earned).paid_minor
    paid_minor = after_minor - per_line_limit(cap_minor, earned_minor=before).paid_minor
    return _result(earned, Fraction(cap_minor), paid_minor, excess)


def cap_of_share(cap_minor: Amount, share: Fraction, split: CapSplit) -> Amount:
    """R29: with `cap_then_split` the shares of a deal have its cap together; with `split_then_cap` each share has it all."""
    return cap_minor * share if split == "cap_then_split" else cap_minor


def earnings_cap(*, earned_minor: Amount, earned_before_minor: Amount, cap_minor: Amount, excess: CapExcess) -> Capped:
    """R30: component, plan, period and annual cap: `paid = min(before + e, cap) - min(before, cap)`.

    `earned_before_minor` is the uncapped sum earlier in the same window (with what was carried into it). Steps sum to
    `min(sum, cap)` in any order; a later negative first undoes what was cut. Carried excess is earned in the next window, by all
    steps together `max(0, sum - cap)`.
    """
    earned, before, cap = Fraction(earned_minor), Fraction(earned_before_minor), Fraction(cap_minor)
    return _result(earned, cap, min(before + earned, cap) - min(before, cap), excess)


def rate_cap(rate_percent: Fraction, cap_percent: Decimal) -> Fraction:
    """R30: a cap on the rate instead of the earnings: `min(r, cap)`; what the rate would have paid above was never earned."""
    return min(rate_percent, Fraction(cap_percent))


def budget_cap(*, earned_minor: Sequence[Amount], budget_minor: int) -> tuple[Capped, ...]:
    """R30: everybody is scaled by `budget / sum` where the sum is above; whole minor units that add up to the budget.

    Largest remainder, ties to the first: send members in a fixed order; one may have up to a minor unit more than the exact
    part. Within the budget all stays exact. Negative results are neither scaled nor do they make room for others, since a
    correction is not part of the budget. What is cut is lost: it is nobody's in particular, so that nobody's next window has it.
    """
    earned = [Fraction(each) for each in earned_minor]
    positive = [max(each, Fraction()) for each in earned]
    paid = earned
    if sum(positive) > budget_minor:
        parts = parts_of(budget_minor, in_whole_numbers(positive))
        paid = [Fraction(part) if each > 0 else each for each, part in zip(earned, parts, strict=True)]
    return tuple(_result(each, Fraction(budget_minor), kept, "lost") for each, kept in zip(earned, paid, strict=True))


def in_whole_numbers(weights: Sequence[Fraction]) -> list[Decimal]:
    """The same proportions as whole numbers, because a decimal cannot hold every fraction exactly."""
    scale = lcm(*(weight.denominator for weight in weights))
    return [Decimal(int(weight * scale)) for weight in weights]


def problem_of_limit(limit_minor: int, pointer: str) -> Problem | None:
    """R29, R30: what limits an amount is above 0."""
    if limit_minor > 0:
        return None
    return Problem(pointer=pointer, reason=f"{pointer.rpartition('/')[2]} must be above 0, not {limit_minor}")


def problem_of_rate_cap(cap_percent: Decimal, pointer: str) -> Problem | None:
    """R30: a cap on the rate is a rate above 0."""
    found = problem_of_rate(cap_percent, pointer)
    if found is None and cap_percent <= 0:
        return Problem(pointer=pointer, reason=f"a cap on the rate is above 0 percent, not {cap_percent}")
    return found


def _result(
    earned_minor: Fraction, cap_minor: Fraction, paid_minor: Fraction, excess: DealExcess | CapExcess
) -> Capped:
    cut_minor = earned_minor - paid_minor
    is_lost = excess == "lost"
    return Capped(
        earned_minor=earned_minor,
        cap_minor=cap_minor,
        paid_minor=paid_minor,
        lost_minor=cut_minor if is_lost else Fraction(),
        carried_minor=Fraction() if is_lost else cut_minor,
    )

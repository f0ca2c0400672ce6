"""Upper limits of pay (R29, R30): per line and deal, per component or plan and window, and a budget that scales everybody.

Pure and exact: integers or fractions of minor units; only a budget that bites gives whole minor units, which add up to it.
What is cut is never dropped silently: `paid + lost + carried = earned` in every result. Floors and draws are in `draws.py`.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Annotated, Literal, TypeAlias

from salesapi.domain.commission.release import Amount
from salesapi.domain.commission.tables import Problem, problem_of_rate
from salesapi.domain.kernel import About, AmountMinor, record
from salesapi.domain.money import Exact, parts_of

DealExcess: TypeAlias = Literal["lost", "deferred"]
CapExcess: TypeAlias = Literal["lost", "carried"]
CapSplit: TypeAlias = Literal["split_then_cap", "cap_then_split"]
CapScope: TypeAlias = Literal["component", "plan"]
CapWindow: TypeAlias = Literal["period", "year"]
CapBasis: TypeAlias = Literal["earnings", "rate"]


@record
class DealCap:
    """The most that one deal earns, before anything is summed."""

    cap_minor: Annotated[AmountMinor, About("The most, in minor units of the plan's currency.")]
    excess: Annotated[DealExcess, About("What is above: `lost`, or `deferred` to the next period.")]
    split: Annotated[
        CapSplit,
        About("`cap_then_split`: the shares of a deal have the cap together; `split_then_cap`: each share has it all."),
    ]


@record
class LineLimit:
    """The most that one line earns, before anything is summed."""

    limit_minor: Annotated[AmountMinor, About("The most, in minor units of the plan's currency.")]
    excess: Annotated[DealExcess, About("What is above: `lost`, or `deferred` to the next period.")]


@record
class Cap:
    """The most that a component or the plan pays one member in a window, or the highest rate that it pays at."""

    scope: Annotated[CapScope, About("What is summed up to it.")]
    window: Annotated[CapWindow, About("For how long: the plan's period, or the year that it lies in.")]
    basis: Annotated[CapBasis, About("Whether it limits the `earnings` or the `rate`.")]
    cap_minor: Annotated[AmountMinor | None, About("The most in minor units; for `earnings` only.")]
    cap_percent: Annotated[Exact | None, About("The highest rate in percent; for `rate` only.")]
    excess: Annotated[CapExcess, About("What is above: `lost`, or `carried` to the next window.")]


@record
class Budget:
    """The most that a component or the plan pays all its members together in a window."""

    scope: Annotated[CapScope, About("What is summed up to it.")]
    window: Annotated[CapWindow, About("For how long.")]
    budget_minor: Annotated[AmountMinor, About("The most, in minor units of the plan's currency.")]
    excess: Annotated[CapExcess, About("What is above: `lost`, or `carried` to the next window.")]


@record
class Capped:
    """An earning under a cap; paid, lost and carried (or deferred) add up to it."""

    earned_minor: Fraction
    cap_minor: Fraction
    paid_minor: Fraction
    lost_minor: Fraction
    carried_minor: Fraction


@record
class CappedRate:
    """A rate under a cap."""

    rate_percent: Decimal
    cap_percent: Decimal
    paid_percent: Decimal


def per_line_limit(limit: LineLimit, *, earned_minor: Amount) -> Capped:
    """R29: `min(e, limit)` of one line; a negative line at most `-limit`, so that a refund takes back what was given."""
    earned, limit_minor = Fraction(earned_minor), Fraction(limit.limit_minor)
    return _result(earned, limit_minor, max(min(earned, limit_minor), -limit_minor), limit.excess)


def per_deal_limit(limit: LineLimit, *, earned_minor: Amount, earned_before_minor: Amount) -> Capped:
    """R29: several lines of one deal share its limit: each pays the change of `max(-limit, min(sum, limit))`."""
    earned, before = Fraction(earned_minor), Fraction(earned_before_minor)
    after_minor = per_line_limit(limit, earned_minor=before + earned).paid_minor
    paid_minor = after_minor - per_line_limit(limit, earned_minor=before).paid_minor
    return _result(earned, Fraction(limit.limit_minor), paid_minor, limit.excess)


def per_deal_cap(
    cap: DealCap,
    *,
    earned_minor: Sequence[Amount],
    earned_before_minor: Sequence[Amount],
    shares_percent: Sequence[Decimal],
) -> tuple[Capped, ...]:
    """R29: `min(e, cap)` of a deal's earning in a period, for each share of it (one of 100 where it is not split).

    `earned_minor` is what each share earns now and `earned_before_minor` what it earned on this deal before in the period,
    uncapped: a step pays the change of `min(sum, cap)`, so that lines of a deal share one cap and a refund of all gives
    zero. `cap_then_split` caps each share at its percent of the cap, `split_then_cap` at all of it. What is deferred is
    earned again in the next period, under that period's cap.
    """
    return tuple(
        _capped(Fraction(earned), Fraction(before), _cap_of_share(cap, share), cap.excess)
        for earned, before, share in zip(earned_minor, earned_before_minor, shares_percent, strict=True)
    )


def earnings_cap(*, earned_minor: Amount, earned_before_minor: Amount, cap_minor: Amount, excess: CapExcess) -> Capped:
    """R30: component, plan, period and annual cap: `paid = min(before + e, cap) - min(before, cap)`.

    `earned_before_minor` is the uncapped sum earlier in the same window (with what was carried into it): 0 for the first,
    and for a cap that is compared with the sum of its window at once. Steps sum to `min(sum, cap)` in any order; a later
    negative first undoes what was cut. Carried excess is earned in the next window, by all steps together
    `max(0, sum - cap)`.
    """
    return _capped(Fraction(earned_minor), Fraction(earned_before_minor), Fraction(cap_minor), excess)


def rate_cap(*, rate_percent: Decimal, cap_percent: Decimal) -> CappedRate:
    """R30: a cap on the rate instead of the earnings: `min(r, cap)`; what the rate would have paid above was never earned."""
    return CappedRate(rate_percent=rate_percent, cap_percent=cap_percent, paid_percent=min(rate_percent, cap_percent))


def budget_cap(*, earned_minor: Sequence[Amount], budget_minor: int, excess: CapExcess) -> tuple[Capped, ...]:
    """R30: everybody is scaled by `budget / sum` where the sum is above; whole minor units that add up to the budget.

    `budget_minor` is what is left of it in its window, not negative. Largest remainder, ties to the first: send members in
    a fixed order; one may have up to a minor unit more than the exact part. Within the budget all stays exact. Negative
    results are neither scaled nor do they make room for others, since a correction is not part of the budget.
    """
    earned = [Fraction(each) for each in earned_minor]
    positive = [max(each, Fraction()) for each in earned]
    paid = earned
    if sum(positive) > budget_minor:
        # The weights of parts_of are decimals; a third is none, but all of them times their common denominator are.
        scale = lcm(*(each.denominator for each in positive))
        parts = parts_of(budget_minor, [Decimal(int(each * scale)) for each in positive])
        paid = [Fraction(part) if each > 0 else each for each, part in zip(earned, parts, strict=True)]
    return tuple(_result(each, Fraction(budget_minor), kept, excess) for each, kept in zip(earned, paid, strict=True))


def problem_of_deal_cap(cap: DealCap) -> Problem | None:
    """R29: a cap is not negative."""
    return _problem_of_amount(cap.cap_minor, "/cap_minor")


def problem_of_line_limit(limit: LineLimit) -> Problem | None:
    """R29: a limit is not negative."""
    return _problem_of_amount(limit.limit_minor, "/limit_minor")


def problem_of_cap(cap: Cap) -> Problem | None:
    """R30: an amount for earnings or a percent for a rate, and only what can be said of it."""
    if (cap.basis == "earnings") != (cap.cap_minor is not None):
        return Problem(pointer="/cap_minor", reason="an amount belongs to a cap on earnings and to no other")
    if (cap.basis == "rate") != (cap.cap_percent is not None):
        return Problem(pointer="/cap_percent", reason="a percent belongs to a cap on the rate and to no other")
    if cap.cap_minor is not None:
        return _problem_of_amount(cap.cap_minor, "/cap_minor")
    if cap.scope == "plan":
        return Problem(pointer="/scope", reason="a rate is a component's; a cap on it cannot span the plan")
    if cap.excess == "carried":
        return Problem(pointer="/excess", reason="above a cap on the rate nothing is earned, so nothing can be carried")
    assert cap.cap_percent is not None, "a cap on the rate has a percent"
    if cap.cap_percent.is_finite() and cap.cap_percent < 0:
        return Problem(pointer="/cap_percent", reason="it must not be negative")
    return problem_of_rate(cap.cap_percent, "/cap_percent")


def problem_of_budget(budget: Budget) -> Problem | None:
    """R30: a budget is not negative."""
    return _problem_of_amount(budget.budget_minor, "/budget_minor")


def _problem_of_amount(amount_minor: int, pointer: str) -> Problem | None:
    return Problem(pointer=pointer, reason="it must not be negative") if amount_minor < 0 else None


def _cap_of_share(cap: DealCap, share_percent: Decimal) -> Fraction:
    if cap.split == "split_then_cap":
        return Fraction(cap.cap_minor)
    return cap.cap_minor * Fraction(share_percent) / 100


def _capped(
    earned_minor: Fraction, before_minor: Fraction, cap_minor: Fraction, excess: DealExcess | CapExcess
) -> Capped:
    paid_minor = min(before_minor + earned_minor, cap_minor) - min(before_minor, cap_minor)
    return _result(earned_minor, cap_minor, paid_minor, excess)


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

"""Rates, tiers, curves and rounding, a second time: plain loops and fractions, beside `naive_commission.py`."""

import math
from fractions import Fraction
from itertools import pairwise

from salesapi.domain.pay.plans.plan_rates import DealAmount, FlatRate, IndividualRate, Rate, TargetBonus
from salesapi.domain.pay.rules.tables import PayoutCurve, TierTable


def rated(stated: Rate, start: int, after: int, quota: int | None) -> list[Fraction]:
    """Rates the way from one total to another: what it earns for itself, and what it changes on what came before."""
    base = after - start
    if isinstance(stated, DealAmount):
        return [Fraction(stated.amount_minor if base >= 0 else -stated.amount_minor)]
    if isinstance(stated, TierTable):
        own = tiered(stated, after, after, quota) - tiered(stated, after, start, quota)
        return [own, tiered(stated, after, start, quota) - tiered(stated, start, start, quota)]
    if isinstance(stated, TargetBonus):
        assert quota is not None, "a bonus needs a quota"
        shares = [payout(stated.curve, Fraction(each * 100, quota)) if each else Fraction() for each in (start, after)]
        return [(shares[1] - shares[0]) * stated.target_minor / 100]
    assert isinstance(stated, FlatRate | IndividualRate), "the naive engine knows no rates by what was sold"
    if isinstance(stated, FlatRate):
        rate = Fraction(stated.rate_percent) / 100
    else:
        rate = Fraction(stated.target_variable_minor, quota or 0)
    below = above = rate
    threshold = Fraction()
    if stated.accelerator is not None:
        threshold = Fraction(stated.accelerator.above_attainment_percent) * (quota or 0) / 100
        above = rate * Fraction(stated.accelerator.factor)
    if stated.decelerator is not None:
        threshold = Fraction(stated.decelerator.below_attainment_percent) * (quota or 0) / 100
        below = rate * Fraction(stated.decelerator.factor)
        if stated.decelerator.slowed == "whole":
            return [base * (below if after < threshold else above)]

    def due(whole_amount: int) -> Fraction:
        return below * min(Fraction(whole_amount), threshold) + above * max(whole_amount - threshold, Fraction())

    return [due(after) - due(start)]


def tiered(table: TierTable, reached: int, amount: int, quota: int | None) -> Fraction:
    """R04 to R09: what the first `amount` of the period earns, once the period's total has `reached` so much."""
    unit = Fraction(1) if table.axis == "amount" else Fraction(quota or 0, 100)
    tiers = [
        (
            Fraction(tier.lower) * unit,
            None if tier.upper is None else Fraction(tier.upper) * unit,
            Fraction(tier.rate_percent),
            Fraction(tier.rate_percent if tier.rate_at_upper_percent is None else tier.rate_at_upper_percent),
        )
        for tier in table.tiers
    ]
    place = 0
    for lower, _, _, _ in tiers[1:]:
        if reached > lower or (reached == lower and table.boundary == "lower_inclusive"):
            place += 1
    first_new, due = 0, Fraction()
    for number in range(place + 1):
        if table.tiers[number].applies_to == "all":
            lower, upper, rate, rate_at_upper = tiers[number]
            if upper is not None:
                inside = min(max(Fraction(reached), lower), upper)
                rate += (inside - lower) / (upper - lower) * (rate_at_upper - rate)
            first_new, due = number + 1, rate * (amount if upper is None else min(Fraction(amount), upper))
    if first_new == 0 and amount < 0:
        return tiers[0][2] * amount / 100
    for lower, upper, rate, rate_at_upper in tiers[first_new:]:
        end = Fraction(amount) if upper is None else min(Fraction(amount), upper)
        if end > lower:
            slope = Fraction() if upper is None else (rate_at_upper - rate) / (upper - lower)
            due += (end - lower) * (rate + slope * (end - lower) / 2)
    return due / 100


def payout(curve: PayoutCurve, attainment: Fraction) -> Fraction:
    """R12: straight between points, the later one at a step, nothing before the first."""
    points = [(Fraction(point.attainment_percent), Fraction(point.payout_percent)) for point in curve.points]
    if attainment < points[0][0]:
        return Fraction()
    for (left, low), (right, high) in pairwise(points):
        if left <= attainment < right:
            return low + (attainment - left) * (high - low) / (right - left)
    last, most = points[-1]
    if curve.above_last == "capped":
        return most
    left, low = points[-2]
    return most + (attainment - last) * (most - low) / (last - left)


def whole(exact: Fraction, mode: str) -> int:
    """The nearest whole number; on a half away from zero or to the even one; or simply cut."""
    size = abs(exact)
    below = math.floor(size)
    rest = size - below
    half = Fraction(1, 2)
    if mode != "down" and (rest > half or (rest == half and (mode == "half_up" or below % 2 == 1))):
        below += 1
    return below if exact >= 0 else -below

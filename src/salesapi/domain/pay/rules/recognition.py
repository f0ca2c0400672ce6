"""Rewards that are not a rate: points and their redemption (R47), recognition by grant and approval (R48).

Points have no currency and never count as money; posted ones are whole. Amounts are minor units. Nothing is rounded here.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.kernel import record


@record
class Reward:
    """The thing granted: an amount of money in a period, points, or neither, such as a title or a day of training."""

    kind: str
    amount_minor: int | None
    currency: str | None
    points: int | None
    plan_id: UUID | None
    period: str | None


def points_earned(quantity: Fraction, points_per_unit: Decimal) -> Fraction:
    """R47: `n * u` in points, as R02 has it in money; like money it becomes whole where an entry is posted."""
    return quantity * Fraction(points_per_unit)


def points_balance(entries: Iterable[int]) -> int:
    """R47: the sum of all entries, in any order. Below zero where points were taken back after they were redeemed."""
    return sum(entries)


def problem_of_redemption(balance: int, *, points: int) -> Problem | None:
    """R47: a redemption posts a negative entry; nobody redeems nothing, or more than the balance."""
    if not 0 < points <= balance:
        return Problem(pointer="/points", reason=f"the balance is {balance} points, so {points} cannot be redeemed")
    return None


def problem_of_reward(reward: Reward) -> Problem | None:
    """R48: a fixed amount, or none; money names its currency and its period, points are a kind of their own."""
    has_money = reward.amount_minor is not None
    if has_money != (reward.currency is not None):
        return Problem(pointer="/currency", reason="An amount and its currency go together: send both or neither.")
    if has_money != (reward.period is not None):
        return Problem(
            pointer="/period", reason="An amount needs the period in which it is paid, and nothing else has one."
        )
    if reward.plan_id is not None and not has_money:
        return Problem(pointer="/plan_id", reason="Only an amount is paid by a plan.")
    if (reward.kind == "points") != (reward.points is not None):
        reason = "An award of the kind points needs points, and no other kind takes them."
        return Problem(pointer="/points", reason=reason)
    if reward.kind == "points" and has_money:
        return Problem(pointer="/amount_minor", reason="An award is of money or of points, not of both.")
    if reward.kind == "spiff" and not has_money:
        return Problem(pointer="/amount_minor", reason="A spiff needs an amount.")
    return None

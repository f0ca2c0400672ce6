"""Rules R47 and R48, worked by hand. Examples by hypothesis with fixed seeds."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules.recognition import (
    Reward,
    points_balance,
    points_earned,
    problem_of_redemption,
)
from tests.spec import uid

# R47


@pytest.mark.parametrize(("quantity", "points"), [("3", 30), ("0", 0), ("-1", -10), ("1/4", Fraction(5, 2))])
def test_points_are_earned_for_each_unit(quantity: str, points: Fraction) -> None:
    assert points_earned(Fraction(quantity), Decimal(10)) == points


@given(st.lists(st.integers(min_value=-1_000, max_value=1_000), max_size=20), st.integers(min_value=1, max_value=2_000))
def test_the_balance_is_the_sum_in_any_order_and_redeeming_never_overdraws_it(entries: list[int], points: int) -> None:
    balance = points_balance(entries)
    assert points_balance(entries[::-1]) == balance
    if problem_of_redemption(balance, points=points) is None:
        assert points_balance([*entries, -points]) == balance - points >= 0


# R48

NOMINEE: Final = uid(0xA)
COLLEAGUE: Final = uid(0xB)
LEADER: Final = uid(0xC)
STAR: Final = Reward(
    kind="recognition", amount_minor=100_000, currency="USD", points=None, plan_id=uid(0xF1), period="2026Q1"
)
TITLE: Final = replace(STAR, amount_minor=None, currency=None, plan_id=None, period=None)

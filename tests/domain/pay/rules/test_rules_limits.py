"""Caps, limits and budgets (R29, R30): figures worked by hand, and laws with examples by hypothesis (fixed seeds)."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import limits

AMOUNTS: Final = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=60)
STEPS: Final = st.lists(AMOUNTS, max_size=10)
CAPS: Final = st.integers(min_value=0, max_value=10**6)


@pytest.mark.parametrize(
    ("earned", "excess", "paid", "lost", "carried"),
    [
        (999, "lost", 999, 0, 0),
        (1000, "lost", 1000, 0, 0),
        (1001, "lost", 1000, 1, 0),
        (1500, "deferred", 1000, 0, 500),
        (0, "lost", 0, 0, 0),
        (-400, "lost", -400, 0, 0),
        (-1500, "lost", -1000, -500, 0),
    ],
)
def test_a_line_or_a_deal_earns_its_limit_at_most_and_its_refund_takes_back_no_more(
    earned: int, excess: limits.DealExcess, paid: int, lost: int, carried: int
) -> None:
    for limit in (limits.per_line_limit, limits.per_deal_cap):
        result = limit(1000, earned_minor=earned, excess=excess)
        assert [result.paid_minor, result.lost_minor, result.carried_minor] == [paid, lost, carried]


@pytest.mark.parametrize(
    ("split", "earned", "paid"),
    [
        # 3,000 split 60 to 40 under a cap of 1,000: together 600 + 400; each by itself 1,000 + 1,000.
        ("cap_then_split", (1800, 1200), (600, 400)),
        ("split_then_cap", (1800, 1200), (1000, 1000)),
        ("cap_then_split", (600, 400), (600, 400)),
        ("split_then_cap", (900, 600), (900, 600)),
        ("cap_then_split", (900, 600), (600, 400)),
    ],
)
def test_the_shares_of_a_deal_have_its_cap_together_or_each(
    split: limits.CapSplit, earned: tuple[int, int], paid: tuple[int, int]
) -> None:
    shares = (Fraction(60, 100), Fraction(40, 100))
    results = [
        limits.per_deal_cap(limits.cap_of_share(1000, share, split), earned_minor=each)
        for share, each in zip(shares, earned, strict=True)
    ]
    assert [result.paid_minor for result in results] == [*paid]
    assert [result.lost_minor for result in results] == [earned[0] - paid[0], earned[1] - paid[1]]


def test_lines_of_one_deal_share_its_cap_and_a_refund_first_undoes_what_was_cut() -> None:
    # Cap 1,000: 700 pays 700, then 500 pays 300; -100 still leaves 1,100 earned, -1,100 takes back all.
    before, paid, deferred = 0, [], []
    for earned in (700, 500, -100, -1100):
        result = limits.per_deal_cap(1000, earned_minor=earned, earned_before_minor=before, excess="deferred")
        before += earned
        paid.append(result.paid_minor)
        deferred.append(result.carried_minor)
    assert paid == [700, 300, 0, -1000]
    assert deferred == [0, 200, -100, -100]


@pytest.mark.parametrize(
    ("earned", "before", "excess", "paid", "lost", "carried"),
    [
        (500, 0, "lost", 500, 0, 0),  # under
        (1000, 0, "lost", 1000, 0, 0),  # exactly on it
        (1200, 0, "lost", 1000, 200, 0),  # above lost
        (1200, 0, "carried", 1000, 0, 200),  # above carried
        (600, 700, "lost", 300, 300, 0),  # room of the year
        (600, 1000, "carried", 0, 0, 600),  # no room
        (-300, 1200, "lost", -100, -200, 0),  # refund from above
        (-300, 0, "lost", -300, 0, 0),  # negative
    ],
)
def test_a_cap_pays_up_to_its_room_and_says_what_becomes_of_the_rest(
    earned: int, before: int, excess: limits.CapExcess, paid: int, lost: int, carried: int
) -> None:
    result = limits.earnings_cap(earned_minor=earned, earned_before_minor=before, cap_minor=1000, excess=excess)
    assert [result.paid_minor, result.lost_minor, result.carried_minor] == [paid, lost, carried]


def test_carried_excess_is_paid_in_the_next_window_under_its_cap() -> None:
    # Earned 1,500, 200, 0 under 1,000 a period: paid 1,000, 700, 0.
    carried, paid = Fraction(), []
    for earned in (1500, 200, 0):
        result = limits.earnings_cap(
            earned_minor=earned + carried, earned_before_minor=0, cap_minor=1000, excess="carried"
        )
        carried = result.carried_minor
        paid.append(result.paid_minor)
    assert [*paid, carried] == [1000, 700, 0, 0]


@given(STEPS, CAPS, st.sampled_from(("lost", "carried")))
def test_capped_steps_sum_to_the_capped_sum_and_nothing_disappears(
    steps: list[Fraction], cap: int, excess: limits.CapExcess
) -> None:
    before, paid = Fraction(), Fraction()
    for earned in steps:
        result = limits.earnings_cap(earned_minor=earned, earned_before_minor=before, cap_minor=cap, excess=excess)
        assert result.paid_minor + result.lost_minor + result.carried_minor == earned
        before += earned
        paid += result.paid_minor
        assert paid == min(before, cap)


@pytest.mark.parametrize(("rate", "paid"), [("4", "4"), ("6", "6"), ("7.5", "6"), ("-1", "-1")])
def test_a_cap_on_the_rate_pays_at_the_cap(rate: str, paid: str) -> None:
    assert limits.rate_cap(Fraction(rate), Decimal(6)) == Fraction(paid)


@pytest.mark.parametrize(
    ("earned", "budget", "paid"),
    [
        ((600, 300, 100), 1000, (600, 300, 100)),  # exactly the budget
        ((600, 300, 300), 1000, (500, 250, 250)),  # scaled
        ((100, 100, 100), 100, (34, 33, 33)),  # residual to the first
        ((600, 300, -50), 450, (300, 150, -50)),  # corrections stay
        ((600, 300), 0, (0, 0)),  # no budget
        ((), 0, ()),  # nobody
        ((Fraction(1, 3), Fraction(2, 3)), 1, (Fraction(1, 3), Fraction(2, 3))),  # exact within
        ((Fraction(10, 3), Fraction(20, 3)), 9, (3, 6)),  # thirds
    ],
)
def test_a_budget_scales_everybody_alike(
    earned: tuple[int | Fraction, ...], budget: int, paid: tuple[int | Fraction, ...]
) -> None:
    results = limits.budget_cap(earned_minor=earned, budget_minor=budget)
    assert [result.paid_minor for result in results] == [*paid]


@given(STEPS, CAPS)
def test_a_budget_that_bites_is_paid_out_exactly_and_each_part_is_pro_rata(earned: list[Fraction], budget: int) -> None:
    results = limits.budget_cap(earned_minor=earned, budget_minor=budget)
    wanted = sum(max(each, Fraction()) for each in earned)
    assert sum(max(result.paid_minor, Fraction()) for result in results) == min(wanted, budget)
    for result in results:
        assert result.paid_minor + result.lost_minor == result.earned_minor, "nothing of a budget is carried"
        if wanted > budget and result.earned_minor > 0:
            assert abs(result.paid_minor - result.earned_minor * budget / wanted) < 1


@given(STEPS, CAPS, st.sampled_from(("lost", "deferred")))
def test_steps_of_a_deal_sum_to_its_capped_sum_and_nothing_disappears(
    steps: list[Fraction], cap: int, excess: limits.DealExcess
) -> None:
    before, paid = Fraction(), Fraction()
    for earned in steps:
        result = limits.per_deal_cap(cap, earned_minor=earned, earned_before_minor=before, excess=excess)
        assert result.paid_minor + result.lost_minor + result.carried_minor == earned
        before += earned
        paid += result.paid_minor
        assert paid == max(-cap, min(before, cap))

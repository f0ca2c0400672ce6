"""Rules R35 and R41 at their bounds, worked by hand (amounts in minor units). Examples by hypothesis, fixed seeds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules import awards as award_rules
from tests.domain.pay import award_options
from tests.spec import uid

# R35

MARCH: Final = replace(award_options.MARCH, unit_award_minor=500)


def deal(number: int, units: int = 1, on: date = date(2026, 3, 10), member: int = 0xA) -> award_rules.SpiffDeal:
    return award_rules.SpiffDeal(
        deal_id=uid(number), member_id=uid(member), on=on, units=Fraction(units), commission=Fraction(units * 80)
    )


def refund(number: int, share: str = "1") -> award_rules.SpiffRefund:
    return award_rules.SpiffRefund(deal_id=uid(number), share=Fraction(share))


def awards(spiff: award_rules.Spiff, *entries: award_rules.SpiffDeal | award_rules.SpiffRefund) -> list[int]:
    return [int(found.award) for found in award_rules.spiff_awards(spiff, entries)]


@pytest.mark.parametrize(
    ("on", "award"),
    [
        (date(2026, 2, 28), 0),
        (date(2026, 3, 1), 1_500),
        (date(2026, 3, 31), 1_500),
        (date(2026, 4, 1), 0),
    ],
)
def test_a_campaign_pays_from_its_first_to_its_last_day(on: date, award: int) -> None:
    assert awards(MARCH, deal(1, units=3, on=on)) == [award]


def test_a_campaign_can_pay_a_multiple_of_the_commission() -> None:
    spiff = replace(MARCH, unit_award_minor=None, commission_multiplier=Decimal("1.5"))
    assert awards(spiff, deal(1, units=2)) == [240]  # 1.5 x 160
    (nothing,) = award_rules.spiff_awards(spiff, [deal(2, units=0)])
    assert (int(nothing.award), nothing.outcome) == (0, "nothing_to_award")


@pytest.mark.parametrize(
    ("budget_end", "expected", "outcome"),
    [
        ("partial", [1_000, 500, 0], "cut_by_budget"),
        ("nothing", [1_000, 0, 500], "over_budget"),  # the last deal still fits into the 500 that are left
        ("whole", [1_000, 1_000, 0], "awarded"),
    ],
)
def test_a_deal_that_runs_over_the_budget_gets_what_the_plan_says(
    budget_end: award_rules.BudgetEnd, expected: list[int], outcome: str
) -> None:
    spiff = replace(MARCH, budget_minor=1_500, budget_end=budget_end)
    found = award_rules.spiff_awards(spiff, [deal(1, units=2), deal(2, units=2), deal(3)])
    assert [entry.award for entry in found] == expected
    assert found[1].outcome == outcome


def test_a_deal_that_needs_exactly_what_is_left_gets_it_all() -> None:
    found = award_rules.spiff_awards(
        replace(MARCH, budget_minor=1_500, budget_end="nothing"), [deal(1, units=3), deal(2)]
    )
    assert [entry.outcome for entry in found] == ["awarded", "over_budget"]
    spent = award_rules.spiff_awards(
        replace(MARCH, budget_minor=1_500, budget_end="whole"), [deal(1, units=3), deal(2)]
    )
    assert [entry.outcome for entry in spent] == ["awarded", "over_budget"]


@pytest.mark.parametrize(
    ("refunded_budget", "expected"), [("freed", [1_000, 0, -1_000, 500]), ("kept", [1_000, 0, -1_000, 0])]
)
def test_a_refund_frees_the_budget_for_later_deals_or_leaves_it_used(
    refunded_budget: award_rules.RefundedBudget, expected: list[int]
) -> None:
    spiff = replace(MARCH, budget_minor=1_000, refunded_budget=refunded_budget)
    assert awards(spiff, deal(1, units=2), deal(2), refund(1), deal(3)) == expected


def test_partial_refunds_take_back_their_shares_and_never_more_than_the_award() -> None:
    entries = (deal(1, units=4), refund(1, "1/4"), refund(1, "1/2"), refund(1, "1/2"), refund(1), refund(2))
    found = award_rules.spiff_awards(MARCH, entries)
    assert [entry.award for entry in found] == [2_000, -500, -1_000, -500, 0, 0]
    assert found[-1].outcome == "never_awarded"


def test_only_the_first_winners_are_paid() -> None:
    first_two = replace(MARCH, winners_max=2)
    assert awards(first_two, deal(1), deal(2), deal(3)) == [500, 500, 0]
    same_day = replace(first_two, winner_ties="same_day_wins")
    late = deal(4, on=date(2026, 3, 11))
    assert awards(same_day, deal(1), deal(2), deal(3), late) == [500, 500, 500, 0]


def test_one_member_can_win_only_so_often() -> None:
    one_each = replace(MARCH, winners_max=2, member_awards_max=1)
    assert awards(one_each, deal(1), deal(2), deal(3, member=0xB), deal(4, member=0xC)) == [500, 0, 500, 0]


@pytest.mark.parametrize(
    ("refunded_budget", "share", "expected"), [("freed", "1", 500), ("freed", "1/2", 0), ("kept", "1", 0)]
)
def test_a_place_is_freed_only_by_the_refund_of_the_whole_deal(
    refunded_budget: award_rules.RefundedBudget, share: str, expected: int
) -> None:
    spiff = replace(MARCH, winners_max=1, refunded_budget=refunded_budget)
    assert awards(spiff, deal(1), refund(1, share), deal(2))[-1] == expected


@pytest.mark.parametrize(
    ("stacking", "won", "missed", "refunded"),
    [("added", 1_300, 800, -1_300), ("instead", 500, 800, -500), ("greater", 800, 800, -800)],
)
def test_an_award_stacks_with_the_commission_as_stated(
    stacking: award_rules.SpiffStacking, won: int, missed: int, refunded: int
) -> None:
    assert award_rules.with_spiff(Fraction(800), award=Fraction(500), stacking=stacking) == won
    assert award_rules.with_spiff(Fraction(800), award=Fraction(0), stacking=stacking) == missed
    assert award_rules.with_spiff(Fraction(-800), award=Fraction(-500), stacking=stacking) == refunded


@given(
    st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=12),
    st.integers(min_value=1, max_value=20_000),
    st.sampled_from(("partial", "nothing")),
    st.sampled_from(("freed", "kept")),
)
def test_a_campaign_never_pays_more_than_its_budget_and_all_refunds_make_it_zero(
    units: list[int], budget_minor: int, budget_end: award_rules.BudgetEnd, refunded_budget: award_rules.RefundedBudget
) -> None:
    spiff = replace(MARCH, budget_minor=budget_minor, budget_end=budget_end, refunded_budget=refunded_budget)
    deals = [deal(number, units=count) for number, count in enumerate(units, start=1)]
    refunds = [refund(number) for number in range(1, len(units) + 1)]
    assert sum(awards(spiff, *deals)) <= budget_minor
    assert sum(awards(spiff, *deals, *refunds)) == 0


# R41

ITEMS: Final = (
    award_rules.ScorecardItem(key="revenue", weight_percent=Decimal(50)),
    award_rules.ScorecardItem(key="visits", weight_percent=Decimal(30)),
    award_rules.ScorecardItem(key="quality", weight_percent=Decimal(20)),
)
CURVES: Final = {
    "revenue": lambda score: min(score, Fraction(150)),
    "visits": lambda score: score,
    "quality": lambda score: Fraction(100 if score >= 90 else 0),
}


@pytest.mark.parametrize(
    ("scores", "missing", "parts"),
    [
        # 50 % x 120 %, 30 % x 80 %, 20 % x 100 % of 10,000
        ({"revenue": 120, "visits": 80, "quality": 90}, "zero", [6_000, 2_400, 2_000]),
        ({"revenue": 200, "visits": 0, "quality": 89}, "zero", [7_500, 0, 0]),
        ({"revenue": 120, "visits": 80}, "zero", [6_000, 2_400, 0]),
        ({"revenue": 120, "visits": 80}, "one", [6_000, 2_400, 2_000]),
        # 50 and 30 of the 80 that are scored: 62.5 % x 120 %, 37.5 % x 80 %
        ({"revenue": 120, "visits": 80}, "reweight", [7_500, 3_000, 0]),
        ({}, "zero", [0, 0, 0]),
        ({}, "one", [5_000, 3_000, 2_000]),
        ({}, "reweight", [0, 0, 0]),
    ],
)
def test_a_scorecard_pays_each_weight_by_its_score(
    scores: dict[str, int], missing: award_rules.MissingScore, parts: list[int]
) -> None:
    exact = {key: Fraction(score) for key, score in scores.items()}
    lines = award_rules.scorecard(ITEMS, exact, CURVES, target=Fraction(10_000), missing=missing)
    assert [line.earned for line in lines] == parts


@given(st.lists(st.integers(min_value=1, max_value=99), min_size=1, max_size=8), st.data())
def test_equal_scores_pay_the_curve_whatever_the_weights_and_the_missing_ones(
    cuts: list[int], data: st.DataObject
) -> None:
    bounds = [0, *sorted(set(cuts)), 100]
    items = [
        award_rules.ScorecardItem(key=str(low), weight_percent=Decimal(high - low)) for low, high in pairwise(bounds)
    ]
    assert award_rules.problem_of_scorecard(items) is None
    scored = data.draw(st.sets(st.sampled_from([item.key for item in items]), min_size=1))
    lines = award_rules.scorecard(
        items,
        {key: Fraction(90) for key in scored},
        {key: lambda score: score for key in scored},
        target=Fraction(7_000),
        missing="reweight",
    )
    assert sum(line.earned for line in lines) == 6_300

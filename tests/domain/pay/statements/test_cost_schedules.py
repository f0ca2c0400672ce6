"""The contract cost of a deal month by month (R70), worked by hand. Amounts are minor units; fixed seeds."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules.contract_costs import AmortisationMethod, Expedient
from salesapi.domain.pay.statements.cost_schedules import CostMonth, cost_schedule, revenue_of_months, term_months
from salesapi.domain.shared.dates import months_after
from tests.domain.pay.pay_terms import STRAIGHT

LATER = date(2040, 12, 31)


def month(number: int) -> date:
    """The first day of a month, counted from January 2026 as 1."""
    return months_after(date(2026, 1, 1), number - 1)


def schedule(
    added: dict[int, int],
    months: int = 24,
    *,
    expedient: Expedient = "not_elected",
    churned: date | None = None,
    until: date = LATER,
    method: AmortisationMethod = "straight_line",
    revenue: tuple[int, ...] = (),
) -> list[tuple[int, int, int, int]]:
    """The months as (added, expense, impairment, carrying)."""
    policy = replace(STRAIGHT, method=method, expedient=expedient)
    by_month = {month(number): amount_minor for number, amount_minor in added.items()}
    found = cost_schedule(policy, by_month, months, churned_on=churned, until_on=until, revenue_minor=revenue)
    assert [each.month_on for each in found] == [month(min(added) + step) for step in range(len(found))]
    return [shown(each) for each in found]


def shown(each: CostMonth) -> tuple[int, int, int, int]:
    return each.added_minor, each.expense_minor, each.impairment_minor, each.carrying_minor


def test_a_cost_is_expensed_evenly_from_the_month_of_its_earning_on() -> None:
    found = schedule({1: 2_400})
    assert found[0] == (2_400, 100, 0, 2_300)
    assert found[1:] == [(0, 100, 0, 2_300 - 100 * step) for step in range(1, 24)]


def test_the_last_month_takes_the_residual() -> None:
    # 1,000 over 13 months: 76 each, and 88.
    assert [each[1] for each in schedule({1: 1_000}, 13)] == [76] * 12 + [88]


def test_nothing_is_shown_after_the_day_that_is_asked_for() -> None:
    assert schedule({1: 2_400}, until=date(2026, 2, 1)) == [(2_400, 100, 0, 2_300), (0, 100, 0, 2_200)]
    policy = replace(STRAIGHT, expedient="elected")
    assert cost_schedule(policy, {month(2): 100}, 24, churned_on=None, until_on=month(1)) == ()


def test_a_cost_is_expensed_as_the_revenue_of_its_months() -> None:
    # 700 by 1 : 1 : 4 : 1. What is clawed back in the third month leaves 350: of the first two 50 each are taken back.
    by_revenue = {"method": "by_revenue", "revenue": (1_000, 1_000, 4_000, 1_000)}
    assert schedule({1: 700}, 4, **by_revenue) == [  # type: ignore[arg-type]
        (700, 100, 0, 600),
        (0, 100, 0, 500),
        (0, 400, 0, 100),
        (0, 100, 0, 0),
    ]
    found = schedule({1: 700, 3: -350}, 4, **by_revenue)  # type: ignore[arg-type]
    assert found[2:] == [(-350, 100, 0, 50), (0, 50, 0, 0)]
    ended = schedule({1: 700}, 4, churned=date(2026, 2, 10), **by_revenue)  # type: ignore[arg-type]
    assert ended == [(700, 100, 0, 600), (0, 100, 500, 0), (0, 0, 0, 0), (0, 0, 0, 0)]


def test_the_revenue_of_a_month_is_what_payment_plans_ask_for_in_it() -> None:
    dues = [(date(2025, 12, 31), 5), (date(2026, 1, 31), 10), (date(2026, 2, 1), 20), (date(2027, 6, 1), 40)]
    assert revenue_of_months(dues, month(1), 3) == (15, 20, 40)
    assert revenue_of_months(dues, month(1), 1) == (75,)
    assert revenue_of_months([], month(1), 3) == ()


def test_a_clawback_lowers_the_asset_and_the_months_that_are_over_catch_up() -> None:
    # 600 expensed in six months. Of 1,440 it would be 60 a month: 240 come back in July, whose own expense is 60.
    found = schedule({1: 2_400, 7: -960})
    assert found[5:8] == [(0, 100, 0, 1_800), (-960, -180, 0, 1_020), (0, 60, 0, 960)]
    assert found[-1] == (0, 60, 0, 0)


def test_what_is_earned_later_on_the_same_deal_catches_up_too() -> None:
    # 4,800 would have been 200 a month: 400 instead of 200 in two months, and 200 for March.
    assert schedule({1: 2_400, 3: 2_400})[2:4] == [(2_400, 400, 0, 4_200), (0, 200, 0, 4_000)]


def test_what_is_taken_back_after_the_benefit_ended_is_no_expense_any_more() -> None:
    assert schedule({1: 300, 5: -100}, 3) == [
        (300, 100, 0, 200),
        (0, 100, 0, 100),
        (0, 100, 0, 0),
        (0, 0, 0, 0),
        (-100, -100, 0, 0),
    ]


@pytest.mark.parametrize(
    ("expedient", "months", "first"),
    [("elected", 12, 1_200), ("not_elected", 12, 100), ("elected", 24, 50), ("not_elected", 24, 50)],
)
def test_a_benefit_of_at_most_a_year_is_an_expense_at_once_only_where_that_is_elected(
    expedient: Expedient, months: int, first: int
) -> None:
    found = schedule({1: 1_200}, months, expedient=expedient)
    assert found[0] == (1_200, first, 0, 1_200 - first)


def test_a_clawback_of_what_was_expensed_at_once_lowers_the_expense() -> None:
    found = schedule({1: 1_200, 5: -900}, 12, expedient="elected")
    assert found[:5] == [(1_200, 1_200, 0, 0), *[(0, 0, 0, 0)] * 3, (-900, -900, 0, 0)]


def test_a_contract_that_ends_early_is_written_off_in_its_month() -> None:
    found = schedule({1: 2_400, 9: -500}, churned=date(2026, 7, 20))
    assert found[5:9] == [(0, 100, 0, 1_800), (0, 100, 1_700, 0), (0, 0, 0, 0), (-500, -500, 0, 0)]


def test_what_is_taken_back_in_the_month_of_the_end_is_not_written_off() -> None:
    found = schedule({1: 2_400, 7: -960}, churned=date(2026, 7, 20))
    assert found[6] == (-960, -180, 1_020, 0)


def test_what_is_earned_after_the_end_is_an_expense_at_once() -> None:
    assert schedule({2: 2_400}, churned=date(2026, 1, 31))[0] == (2_400, 100, 2_300, 0)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "months"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), 12),
        (date(2026, 1, 15), date(2027, 1, 14), 12),
        (date(2026, 1, 15), date(2027, 1, 15), 13),  # a started month counts
        (date(2026, 1, 31), date(2026, 2, 27), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 2),  # the second month begins on its last day
        (date(2026, 1, 1), date(2026, 1, 1), 1),
        (date(2026, 1, 2), date(2026, 1, 1), 1),
        (date(1990, 1, 1), date.max, 240),
    ],
)
def test_a_term_has_as_many_months_as_were_started(starts_on: date, ends_on: date, months: int) -> None:
    assert term_months(starts_on, ends_on=ends_on) == months


@given(
    st.dictionaries(st.integers(1, 40), st.integers(-5_000, 5_000), min_size=1, max_size=6),
    st.integers(1, 30),
    st.sampled_from(("elected", "not_elected")),
    st.one_of(st.none(), st.integers(1, 40).map(month)),
)
def test_all_that_is_added_is_expensed_or_written_off_or_still_stands(
    added: dict[int, int], months: int, expedient: Expedient, churned: date | None
) -> None:
    carrying = 0
    for each in schedule(added, months, expedient=expedient, churned=churned):
        carrying += each[0] - each[1] - each[2]
        assert each[3] == carrying
    assert carrying == 0

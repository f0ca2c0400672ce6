"""The contract-cost asset (R70), worked by hand. Amounts in minor units; fixed seeds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesapi.domain.pay.rules.contract_costs import (
    AmortisationMethod,
    AmortisedMonth,
    ContractCostPolicy,
    EmployerTaxes,
    Expedient,
    RenewalCommission,
    amortisation,
    benefit_months,
    caught_up,
    contract_cost,
    impaired,
)


def policy(
    method: AmortisationMethod = "straight_line",
    expedient: Expedient = "elected",
    taxes: EmployerTaxes = "expensed",
    renewal: RenewalCommission = "not_commensurate",
) -> ContractCostPolicy:
    return ContractCostPolicy(
        method=method,
        expedient=expedient,
        employer_taxes=taxes,
        renewal_commission=renewal,
        customer_life_months=60,
    )


def expenses(schedule: tuple[AmortisedMonth, ...]) -> list[int]:
    return [month.expense_minor for month in schedule]


@pytest.mark.parametrize(
    ("taxes", "commission", "percent", "asset", "expensed"),
    [
        ("capitalised", 1_000, "20", 1_200, 0),
        ("expensed", 1_000, "20", 1_000, 200),
        ("expensed", 1_000, "0", 1_000, 0),
        ("expensed", -1_000, "20", -1_000, -200),  # what is taken back takes its taxes back
        ("expensed", 10, "5", 10, 1),  # half up
        ("capitalised", 10, "4.9", 10, 0),
    ],
)
def test_commission_is_an_asset_and_the_employers_taxes_on_it_where_the_policy_says_so(
    taxes: EmployerTaxes, commission: int, percent: str, asset: int, expensed: int
) -> None:
    found = contract_cost(policy(taxes=taxes), commission_minor=commission, employer_tax_percent=Decimal(percent))
    assert (found.asset_minor, found.expensed_minor) == (asset, expensed)


@pytest.mark.parametrize(
    ("renewal", "term", "months"),
    [
        ("commensurate", 24, 24),
        ("not_commensurate", 24, 60),
        ("not_commensurate", 60, 60),
        ("not_commensurate", 72, 72),
    ],
)
def test_renewals_that_pay_less_make_the_first_sale_benefit_the_customers_life(
    renewal: RenewalCommission, term: int, months: int
) -> None:
    assert benefit_months(policy(renewal=renewal), term) == months


def test_a_straight_line_leaves_its_residual_to_the_last_month() -> None:
    # 1,000 over 13 months: 76 each, and 1,000 - 12 * 76 = 88.
    schedule = amortisation(policy(), 1_000, months=13)
    assert expenses(schedule) == [76] * 12 + [88]
    assert [(one.month, one.carrying_minor) for one in schedule[-2:]] == [(12, 88), (13, 0)]


def test_an_expense_by_revenue_follows_the_expected_revenue() -> None:
    # 1,000 by 1 : 1 : 4 : 1 (of 7): 142, 142, 571 and the rest, 145.
    schedule = amortisation(policy("by_revenue", "not_elected"), 1_000, months=4, revenue_minor=(1, 1, 4, 1))
    assert expenses(schedule) == [142, 142, 571, 145]


@pytest.mark.parametrize(
    ("expedient", "months", "count"), [("elected", 12, 1), ("elected", 13, 13), ("not_elected", 12, 12)]
)
def test_what_benefits_at_most_twelve_months_may_be_an_expense_at_once(
    expedient: Expedient, months: int, count: int
) -> None:
    assert len(amortisation(policy(expedient=expedient), 1_200, months=months)) == count


def test_a_clawback_lowers_the_asset_and_catches_up_what_was_expensed_too_much() -> None:
    # 2,400 over 24 months, 600 expensed in six. 960 is clawed back: 1,440 is 60 a month, 360 in six: 240 comes back.
    before, after = amortisation(policy(), 2_400, months=24), amortisation(policy(), 1_440, months=24)
    found = caught_up(before, after=after, months_over=6)
    assert (found, expenses(after[6:])) == (-240, [60] * 18)
    # The asset: 1,800 - 960 + 240 = 1,080, which is 18 times 60.
    assert before[5].carrying_minor - 960 - found == sum(expenses(after[6:]))


def test_a_full_clawback_takes_back_all_expense() -> None:
    before, after = amortisation(policy(), 2_400, months=24), amortisation(policy(), 0, months=24)
    assert (caught_up(before, after=after, months_over=6), set(expenses(after))) == (-600, {0})


def test_a_clawback_of_what_was_expensed_at_once_takes_back_the_expense() -> None:
    before, after = amortisation(policy(), 1_200, months=12), amortisation(policy(), 300, months=12)
    assert caught_up(before, after=after, months_over=5) == -900


def test_churn_writes_off_all_that_the_months_to_come_carry() -> None:
    # 2,400 over 24 months: 1,800 stands after six.
    schedule = amortisation(policy(), 2_400, months=24)
    assert [impaired(schedule, months_over=months) for months in (0, 6, 23, 24, 25)] == [2_400, 1_800, 100, 0, 0]


@given(
    cost=st.integers(0, 10**12),
    clawed=st.integers(0, 10**12),
    revenue=st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any),
    months_over=st.integers(0, 50),
    method=st.sampled_from(("straight_line", "by_revenue")),
    expedient=st.sampled_from(("elected", "not_elected")),
)
def test_all_expense_together_is_the_cost_that_is_left(
    cost: int, clawed: int, revenue: list[int], months_over: int, method: AmortisationMethod, expedient: Expedient
) -> None:
    def of(amount_minor: int) -> tuple[AmortisedMonth, ...]:
        return amortisation(policy(method, expedient), amount_minor, months=len(revenue), revenue_minor=revenue)

    before, left = of(cost), max(0, cost - clawed)
    assert sum(expenses(before)) == cost
    expensed = sum(expenses(before[:months_over]))
    change = caught_up(before, after=of(left), months_over=months_over)
    assert expensed + change + sum(expenses(of(left)[months_over:])) == left
    assert expensed + change + impaired(of(left), months_over=months_over) == left
    assert impaired(of(left), months_over=months_over) >= 0

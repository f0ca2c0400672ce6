"""What counts over the year through the whole engine: R20 (what is due to date less what was paid) and R21 (only new credits).

Quotas, gates and attainment of such components are those of the year.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.plan_components import Component, CountedOver, Gate, VersionTakeover
from salesapi.domain.pay.plans.plan_rates import Accelerator, IndividualRate, RateMatrix
from salesapi.domain.pay.rules.clawbacks import RecoveryLimit
from salesapi.domain.pay.rules.tables import TierTable
from tests.domain.pay.commission_stories import ANN, flat, tiered, tiers
from tests.domain.pay.pay_terms import KEEP
from tests.domain.pay.plan_options import MATRIX
from tests.domain.pay.trade_stories import TradeLog, line, lines_of, paid

QUARTERS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")


def of_year(component: Component, counted_over: CountedOver = "year_to_date") -> TradeLog:
    """Ann's component counts over the year."""
    log = TradeLog().plan(replace(component, counted_over=counted_over)).enrol(ANN)
    return log


def test_r20_pays_what_is_due_to_date_less_what_was_paid_and_carries_a_negative_month() -> None:
    ten = tiers((0, 10_000_000, "10"), (10_000_000, None, "12"))
    by_tiers = replace(tiered("marginal"), rate=TierTable(axis="amount", boundary="lower_inclusive", tiers=ten))
    carried = RecoveryLimit(percent=None, amount_minor=None, kept_minor=None, leaver="carried")
    log = TradeLog().plan(replace(by_tiers, counted_over="year_to_date"), period="month", recovery=carried).enrol(ANN)
    log.sell(1, 1_000_000, "2026-01-10")
    log.sell(2, 800_000, "2026-02-10")
    log.sell(3, -300_000, "2026-03-10")
    assert log.lock("2026-01")[ANN].total_minor == 100_000
    assert log.lock("2026-02")[ANN].total_minor == 80_000
    assert lines_of(log, "2026-03") == [("earning", -30_000), ("recovery", 30_000)]
    log.lock("2026-03")
    log.sell(4, 1_000_000, "2026-04-10")
    assert lines_of(log, "2026-04") == [("earning", 100_000), ("recovery", -30_000)]


def test_r20_a_tier_that_the_year_reaches_lifts_what_earlier_periods_paid() -> None:
    log = of_year(tiered("retroactive"))
    log.sell(1, 7_000_000, "2026-01-10")
    log.sell(2, 2_000_000, "2026-05-10")
    assert lines_of(log, "2026Q1") == [("earning", 140_000)]
    assert lines_of(log, "2026Q2") == [("earning", 60_000), ("uplift", 70_000)]


def test_r21_a_tier_that_the_year_reaches_rates_only_what_is_new() -> None:
    log = of_year(tiered("retroactive"), "year_to_date_rate")
    log.sell(1, 7_000_000, "2026-01-10")
    log.sell(2, 2_000_000, "2026-05-10")
    log.sell(3, 4_000_000, "2026-06-10")
    assert lines_of(log, "2026Q2") == [("earning", 60_000), ("earning", 180_000), ("uplift", 30_000)]


@pytest.mark.parametrize("counted_over", ["year_to_date", "year_to_date_rate"])
def test_a_year_begins_anew(counted_over: CountedOver) -> None:
    log = of_year(tiered("retroactive"), counted_over)
    log.sell(1, 20_000_000, "2026-12-31")
    log.sell(2, 1_000_000, "2027-01-01")
    assert lines_of(log, "2027Q1") == [("earning", 20_000)]


def test_r20_a_deal_that_is_taken_back_moves_the_tiers_of_all_periods_after_it() -> None:
    log = of_year(tiered("retroactive"))
    log.sell(1, 7_000_000, "2026-01-10")
    log.sell(2, 2_000_000, "2026-05-10")
    log.lock("2026Q1")
    log.lock("2026Q2")
    log.reopen(1)
    found = [(each.kind, each.period, each.posted_minor) for each in log.lock("2026Q3")[ANN].lines]
    assert found == [("adjustment", "2026Q1", -140_000), ("adjustment", "2026Q2", -90_000)]
    assert log.lock("2026Q4") == {}


def test_r20_a_late_deal_of_a_locked_period_is_paid_with_what_it_lifts_later() -> None:
    log = of_year(tiered("retroactive"))
    log.sell(2, 7_000_000, "2026-05-10")
    log.lock("2026Q1")
    assert log.lock("2026Q2")[ANN].total_minor == 140_000
    log.sell(1, 2_000_000, "2026-01-10")
    found = [(each.kind, each.period, each.posted_minor) for each in log.lock("2026Q3")[ANN].lines]
    assert found == [("adjustment", "2026Q1", 40_000), ("adjustment", "2026Q2", 90_000)]


def test_r51_a_refund_of_an_earlier_quarter_takes_back_what_a_later_one_lifted_it_by() -> None:
    log = of_year(replace(tiered("retroactive"), clawback=KEEP))
    log.sell(1, 7_000_000, "2026-01-10")
    log.pay(1, 7_000_000, "2026-01-20", deal=1)
    log.sell(2, 2_000_000, "2026-05-10")
    log.refund(1, 7_000_000, "2026-08-10", deal=1)
    assert [paid(log, period) for period in QUARTERS[:3]] == [140_000, 130_000, -210_000]


def test_the_quota_of_such_a_component_is_that_of_the_year() -> None:
    own = replace(flat("0"), rate=IndividualRate(target_variable_minor=120_000))
    log = of_year(own)
    log.quota(ANN, 400_000, "2026Q1")
    log.sell(1, 100_000, "2026-01-10")
    assert lines_of(log, "2026Q1") == [("held", 0)]
    log.quota(ANN, 1_200_000, "2026")
    assert lines_of(log, "2026Q1") == [("earning", 10_000)]


def test_an_accelerator_of_the_year_speeds_up_what_is_above_the_years_quota() -> None:
    faster = Accelerator(above_attainment_percent=Decimal(100), factor=Decimal(2))
    log = of_year(flat("10", accelerator=faster))
    log.quota(ANN, 150_000, "2026")
    log.sell(1, 100_000, "2026-01-10")
    log.sell(2, 100_000, "2026-05-10")
    assert (paid(log, "2026Q1"), paid(log, "2026Q2")) == (10_000, 15_000)


def test_r13_a_gate_of_the_year_pays_all_of_the_year_in_the_quarter_that_opens_it() -> None:
    log = of_year(replace(flat("10"), gate=Gate(attainment_percent=Decimal(100), pays="whole_period")))
    log.quota(ANN, 250_000, "2026")
    for deal, month in enumerate(("01", "04", "07", "10"), start=1):
        log.sell(deal, 100_000, f"2026-{month}-10")
    assert [log.lock(period)[ANN].total_minor for period in QUARTERS] == [0, 0, 30_000, 10_000]


def test_r13_a_gate_of_the_year_that_shuts_again_takes_all_of_it_back() -> None:
    log = of_year(replace(flat("10"), gate=Gate(attainment_percent=Decimal(100), pays="whole_period")))
    log.quota(ANN, 200_000, "2026")
    log.sell(1, 100_000, "2026-01-10")
    log.sell(2, 100_000, "2026-04-10")
    log.sell(3, -50_000, "2026-07-10")
    assert [paid(log, period) for period in QUARTERS] == [0, 20_000, -20_000, 0]


def test_r13_a_gate_of_the_year_for_later_deals_pays_from_the_deal_on_that_opens_it() -> None:
    log = of_year(replace(flat("10"), gate=Gate(attainment_percent=Decimal(100), pays="later_deals")))
    log.quota(ANN, 150_000, "2026")
    log.sell(1, 100_000, "2026-01-10")
    log.sell(2, 100_000, "2026-04-10")
    assert [paid(log, period) for period in QUARTERS] == [0, 10_000, 0, 0]


def test_r20_a_matrix_rates_the_year_to_date_again_when_the_attainment_moves() -> None:
    by_term = RateMatrix(first="attainment_percent", second="term_months", matrix=MATRIX.matrix)
    log = of_year(replace(flat("0"), rate=by_term))
    log.quota(ANN, 200_000, "2026")
    for deal, on in ((1, "2026-01-10"), (2, "2026-04-10")):
        log.sell(deal, 100_000, on)
        log.agree(deal, 0, on=on, lines=(line("all", 100_000, recurring=True),), starts="2026-05-01", ends="2027-04-30")
    assert (paid(log, "2026Q1"), paid(log, "2026Q2")) == (2_000, 6_000), "2 % of the first, then 4 % of both"


def test_r57_a_split_of_the_years_quota_is_by_the_days_of_the_year() -> None:
    own = replace(
        flat("0"),
        rate=IndividualRate(target_variable_minor=365_000),
        counted_over="year_to_date",
    )
    split = VersionTakeover(change="split_period", cumulative="restart")
    log = TradeLog().plan(own).enrol(ANN)
    log.publish(2, own, effective_from="2026-03-15", takeover=split)
    log.quota(ANN, 3_650_000, "2026")
    log.sell(1, 100_000, "2026-03-14")
    log.sell(2, 100_000, "2026-05-10")
    assert paid(log, "2026Q1") == 50_000, "365,000 for 73 of 365 days of 3,650,000: a half"
    assert paid(log, "2026Q2") == 12_500, "365,000 for 292 of 365 days of it"


def test_r21_a_year_that_fell_back_to_nothing_still_lifts_what_the_period_took_back() -> None:
    log = of_year(tiered("retroactive"), "year_to_date_rate")
    log.sell(1, 8_000_000, "2026-01-10")
    log.sell(2, -8_000_000, "2026-04-10")
    log.sell(3, 8_000_000, "2026-05-10")
    assert lines_of(log, "2026Q2") == [("earning", -160_000), ("earning", 240_000), ("uplift", -80_000)]

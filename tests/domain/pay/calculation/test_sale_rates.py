"""Rates that follow from what was sold, through the whole engine: by unit, product, margin, term, invoice; a factor by answers.

R02, R14, R37 to R40, R44.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesapi.domain.cash.invoices import InvoiceLine
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import DealAmount, RateMatrix, UnitAmount
from salesapi.domain.pay.rules.rate_rules import RateRule, RateRules
from salesapi.domain.pay.rules.tables import TiersCount
from tests.domain.pay.commission_stories import ANN, BOB, CID, flat, share, table, tiered
from tests.domain.pay.pay_terms import AGREED_MARGIN, RESTATE
from tests.domain.pay.plan_options import CONTRACT_TERMS, CURRENCIES, MARGIN_BANDS, MATRIX, RESIDUAL, SATISFACTION
from tests.domain.pay.trade_stories import TradeLog, by, line, lines_of, one_deal, paid, sold


@pytest.mark.parametrize(("cost", "earned"), [(80_001, 5_000), (80_000, 8_000), (100_000, 5_000), (110_000, 5_000)])
def test_r37_the_margin_percent_picks_the_rate_and_a_margin_on_the_bound_the_upper_band(cost: int, earned: int) -> None:
    on_price = replace(MARGIN_BANDS, base="price")
    log = one_deal(by(rate=on_price, base=AGREED_MARGIN), line("all", 100_000, cost=cost))
    assert paid(log, "2026Q1") == earned


def test_r37_sellers_of_a_deal_without_any_margin_share_its_price_as_they_share_the_deal() -> None:
    on_price = replace(MARGIN_BANDS, base="price")
    log = TradeLog().plan(by(rate=on_price, base=AGREED_MARGIN)).enrol(ANN, BOB)
    log.sell(1, 100_000, "2026-01-10", shares=(share(ANN, "70"), share(BOB, "30")))
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, cost=100_000),))
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (3_500, 1_500)


def test_r37_a_deal_in_another_currency_without_any_margin_is_rated_on_its_price_in_the_plans() -> None:
    on_price = replace(MARGIN_BANDS, base="price")
    log = TradeLog().plan(by(rate=on_price, base=AGREED_MARGIN), currencies=CURRENCIES).enrol(ANN)
    log.rate("2026-01-10", "1.1")
    log.sell(1, 100_000, "2026-01-10", currency="EUR")
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, cost=100_000),), currency="EUR")
    assert paid(log, "2026Q1") == 5_500


ANY_PRODUCT = RateRule(
    product_level="all",
    product_key=None,
    region=None,
    customer_type=None,
    channel=None,
    priority=0,
    effective_from=None,
    rate_percent=Decimal(2),
)
BY_CATEGORY = (
    replace(ANY_PRODUCT, product_level="category", product_key="beds", rate_percent=Decimal(8)),
    ANY_PRODUCT,
)


def test_r38_each_part_of_a_sale_has_the_rate_of_the_most_specific_rule() -> None:
    log = TradeLog().plan(by(rate=RateRules(rules=BY_CATEGORY))).enrol(ANN)
    log.product(1, "bed", "beds")
    log.product(2, "table", "tables")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "3", "200"), sold(2, "4", "100")))
    assert paid(log, "2026Q1") == 4_800 + 800


def test_r38_a_region_of_the_customer_that_becomes_known_later_is_a_correction() -> None:
    north = replace(BY_CATEGORY[1], region="north", rate_percent=Decimal(5))
    log = TradeLog().plan(by(rate=RateRules(rules=(north, BY_CATEGORY[1])))).enrol(ANN)
    log.customer(1, region="south")
    log.sell(1, 100_000, "2026-01-10", customer=1)
    assert log.lock("2026Q1")[ANN].total_minor == 2_000
    log.change_customer(1, region="north")
    assert lines_of(log, "2026Q2") == [("adjustment", 3_000)]


def test_r39_the_term_of_the_agreement_sets_the_rate_of_its_first_year() -> None:
    recurring = line("all", 200_000, recurring=True)
    log = one_deal(by(rate=CONTRACT_TERMS), recurring)
    assert paid(log, "2026Q1") == 7_000, "7 % for 24 months, on one of two years"


@pytest.mark.parametrize(
    ("ends", "months"), [("2026-02-28", 1), ("2026-03-01", 2), ("2027-01-31", 12), ("2027-02-01", 13)]
)
def test_r39_a_term_counts_the_months_that_it_begins_with_both_its_days(ends: str, months: int) -> None:
    bands = replace(
        CONTRACT_TERMS, bands=(CONTRACT_TERMS.bands[0], replace(CONTRACT_TERMS.bands[1], from_months=months))
    )
    log = TradeLog().plan(by(rate=replace(bands, base="total_contract_value"))).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, recurring=True),), starts="2026-02-01", ends=ends)
    assert paid(log, "2026Q1") == 7_000


def test_r40_each_recurring_invoice_pays_in_its_period_for_so_many_periods() -> None:
    log = one_deal(by(rate=replace(RESIDUAL, periods=2), attributed="invoice"), line("all", 300_000, recurring=True))
    for number, on in enumerate(("2026-02-01", "2026-05-01", "2026-08-01"), start=1):
        log.invoice(number, 1, 100_000, 13_000, on=on)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [2_000, 2_000, 0]


def test_r40_a_credit_note_takes_back_what_its_invoice_paid() -> None:
    log = one_deal(by(rate=RESIDUAL, attributed="invoice"), line("all", 300_000, recurring=True))
    log.invoice(1, 1, 100_000, on="2026-02-01")
    log.lock("2026Q1")
    log.credit(1, 1, 25_000, on="2026-05-01")
    assert lines_of(log, "2026Q2") == [("adjustment", -500)]


def test_r40_a_new_owner_of_the_customer_is_paid_from_its_day_on() -> None:
    log = TradeLog().plan(by(rate=RESIDUAL, attributed="invoice")).enrol(ANN, BOB)
    log.customer(1, owner=ANN)
    log.sell(1, 300_000, "2026-01-10", customer=1)
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 300_000, recurring=True),))
    log.assign(1, BOB, "2026-03-15")
    log.invoice(1, 1, 100_000, on="2026-02-01")
    log.invoice(2, 1, 100_000, on="2026-04-01")
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (2_000, 0)
    assert (paid(log, "2026Q2", ANN), paid(log, "2026Q2", BOB)) == (0, 2_000)


def test_r40_only_the_recurring_lines_of_an_invoice_pay() -> None:
    log = one_deal(by(rate=RESIDUAL, attributed="invoice"), line("rent", 300_000, recurring=True), line("help", 50_000))
    lines = (InvoiceLine(amount_minor=100_000, line_key="rent"), InvoiceLine(amount_minor=50_000, line_key="help"))
    log.invoice(1, 1, 150_000, on="2026-02-01", lines=lines)
    assert paid(log, "2026Q1") == 2_000


def test_r02_a_unit_pays_and_a_share_of_the_deal_is_a_share_of_its_units() -> None:
    log = TradeLog().plan(by(rate=UnitAmount(amount_minor=500))).enrol(ANN, BOB)
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "10", "100"),), shares=(share(ANN, "75"), share(BOB, "25")))
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (3_750, 1_250)


def test_r02_units_of_a_deal_in_another_currency_are_as_many() -> None:
    log = TradeLog().plan(by(rate=UnitAmount(amount_minor=500)), currencies=CURRENCIES).enrol(ANN)
    log.rate("2026-01-10", "1.1")
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "10", "100", "EUR"),), currency="EUR")
    assert paid(log, "2026Q1") == 5_000


def test_r02_units_are_paid_with_the_payments_that_they_are_attributed_to() -> None:
    log = TradeLog().plan(by(rate=UnitAmount(amount_minor=500), attributed="payment")).enrol(ANN)
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "10", "100"),))
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.pay(2, 60_000, "2026-05-10", deal=1)
    assert (paid(log, "2026Q1"), paid(log, "2026Q2")) == (2_000, 3_000)


def test_r14_the_cell_where_attainment_and_term_meet_rates_the_deal() -> None:
    log = one_deal(by(rate=MATRIX), line("all", 100_000, recurring=True))
    log.quota(ANN, 90_000)
    assert paid(log, "2026Q1") == 4_000, "above the quota, for more than a year"


def test_r14_who_is_in_a_team_is_corrected_when_another_ones_late_deal_moves_the_team() -> None:
    by_team = RateMatrix(first="attainment_percent", second="team_attainment_percent", matrix=MATRIX.matrix)
    columns = (
        replace(MATRIX.matrix.columns[0], upper=Decimal(100)),
        replace(MATRIX.matrix.columns[1], lower=Decimal(100)),
    )
    log = (
        TradeLog().plan(by(rate=replace(by_team, matrix=replace(MATRIX.matrix, columns=columns)))).enrol(ANN, BOB, CID)
    )
    log.team(CID, ANN, BOB)
    log.quota(ANN, 200_000)
    log.quota(CID, 200_000)
    log.sell(1, 100_000, "2026-01-10", owner=ANN)
    assert log.lock("2026Q1")[ANN].total_minor == 1_000
    log.sell(2, 100_000, "2026-01-11", owner=BOB)
    assert lines_of(log, "2026Q2", ANN) == [("adjustment", 1_000)]


def test_a_flat_amount_of_a_deal_is_paid_with_its_payments_and_comes_to_the_whole() -> None:
    log = TradeLog().plan(by(rate=DealAmount(amount_minor=10_000), attributed="payment")).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.sell(2, 100_000, "2026-01-10")
    log.pay(1, 30_000, "2026-02-10", deal=1)
    log.pay(2, 100_000, "2026-02-11", deal=2)
    log.pay(3, 30_000, "2026-02-12", deal=1)
    log.pay(4, 40_000, "2026-05-10", deal=1)
    log.refund(4, 40_000, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [16_000, 4_000, -4_000]


@pytest.mark.parametrize(
    "component",
    [
        by(rate=replace(MARGIN_BANDS, base="price"), base=AGREED_MARGIN),
        by(rate=CONTRACT_TERMS),
        by(rate=DealAmount(amount_minor=4_000)),
        by(rate=UnitAmount(amount_minor=400)),
    ],
)
def test_a_restated_refund_of_everything_leaves_nothing_whatever_is_rated(component: Component) -> None:
    log = TradeLog().plan(replace(component, clawback=RESTATE)).enrol(ANN)
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "10", "100"),))
    agreed = line("all", 100_000, cost=60_000, recurring=True)
    log.agree(1, 0, on="2026-01-12", lines=(agreed,), starts="2026-02-01", ends="2027-01-31")
    log.pay(1, 100_000, "2026-01-20", deal=1)
    whole = log.lock("2026Q1")[ANN].total_minor
    assert whole > 0
    log.refund(1, 50_000, "2026-04-20", deal=1)
    assert log.lock("2026Q2")[ANN].total_minor * 2 == -whole
    log.refund(1, 50_000, "2026-07-20", deal=1)
    assert log.lock("2026Q3")[ANN].total_minor * 2 == -whole


def test_r44_the_answers_of_ones_customers_make_the_factor_of_the_period() -> None:
    asked = replace(SATISFACTION, responses_min=2)
    log = TradeLog().plan(replace(flat("10"), satisfaction=asked)).enrol(ANN, BOB)
    log.customer(1)
    log.customer(2)
    log.sell(1, 100_000, "2026-01-10", customer=1)
    log.sell(2, 100_000, "2026-01-10", customer=2, owner=BOB)
    for score in (5, 3):
        log.answer(1, score, "2026-02-01")
    for score in (5, 4):
        log.answer(2, score, "2026-02-01")
    assert lines_of(log, "2026Q1", ANN) == [("earning", 10_000), ("modifier", -10_000)], "half of them are content"
    assert paid(log, "2026Q1", BOB) == 10_000


def test_r44_an_answer_that_becomes_known_after_the_lock_is_a_correction() -> None:
    asked = replace(SATISFACTION, responses_min=1)
    log = TradeLog().plan(replace(flat("10"), satisfaction=asked)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10", customer=1)
    assert log.lock("2026Q1")[ANN].total_minor == 10_000
    log.answer(1, 1, "2026-03-31")
    assert lines_of(log, "2026Q2") == [("adjustment", -10_000)]


@pytest.mark.parametrize(("counts", "earned"), [("period", 855_000), ("deal", 705_000), ("line", 380_000)])
def test_the_base_of_a_tier_is_the_line_the_deal_or_the_period(counts: TiersCount, earned: int) -> None:
    log = TradeLog().plan(replace(tiered("retroactive"), rate=replace(table("retroactive"), counts=counts))).enrol(ANN)
    log.product(1, "bed")
    log.product(2, "table")
    log.sell(1, 13_000_000, "2026-01-10", lines=(sold(1, "1", "60000"), sold(2, "1", "70000")))
    log.sell(2, 6_000_000, "2026-02-10")
    assert paid(log, "2026Q1") == earned


def test_the_sellers_of_a_managers_deal_reach_the_tiers_of_a_deal_together() -> None:
    by_deal = replace(table("marginal"), counts="deal")
    log = TradeLog().plan(replace(tiered("marginal"), credit="manager_override", rate=by_deal)).enrol(CID)
    log.team(CID, ANN, BOB)
    log.sell(1, 13_000_000, "2026-01-10", shares=(share(ANN, "50"), share(BOB, "50")))
    log.sell(2, 1_000_000, "2026-01-11", owner=ANN)
    assert paid(log, "2026Q1", CID) == 325_000 + 20_000

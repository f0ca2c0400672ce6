"""What is credited and at which rate, through the whole engine: filters, margins, rates by product and term, residuals, sourcing.

R02 by unit, R14, R19, R36 to R40, R44. What was sold is known from the deal's lines and from its agreements.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.commission.bases import NegativeMargin
from salesapi.domain.commission.rate_rules import RateRule
from salesapi.domain.invoices import InvoiceLine
from salesapi.domain.plan_components import Base, Component, FilterCondition, RateMatrix, SaleFilter, Sourcing
from tests.domain.commission_stories import ANN, BOB, CID, flat, share, tiered
from tests.domain.plan_options import CONTRACT_TERMS, MARGIN_BANDS, MATRIX, RESIDUAL, SATISFACTION
from tests.domain.test_commission_clawback import RESTATE
from tests.domain.trade_stories import TradeLog, line, lines_of, paid, sold
from tests.spec import uid

NET = Base(kind="agreement_net")
AGREED_MARGIN = Base(kind="margin", cost_from="agreement", negative_margin="zero")
LISTED_MARGIN = Base(kind="margin", cost_from="catalogue", negative_margin="zero")


def by(**options: Any) -> Component:
    """A component with a rate of some kind."""
    return replace(flat("10"), **{"rate_percent": None, **options})


def one_deal(component: Component, *agreed: Any, amount: int = 100_000, **terms: Any) -> TradeLog:
    """Ann's deal of 1,000.00, with an agreement where lines are named."""
    log = TradeLog()
    log.plan(component, **terms).enrol(ANN, BOB, CID)
    log.sell(1, amount, "2026-01-10")
    if agreed:
        log.agree(1, 0, on="2026-01-12", lines=agreed, starts="2026-02-01", ends="2028-01-31")
    return log


def only(**conditions: Any) -> SaleFilter:
    """A filter on product codes or categories, or on attributes."""
    found = []
    for name, values in conditions.items():
        of, _, key = name.partition("__")
        found.append(FilterCondition(of=of, key=key or None, any_of=values))  # type: ignore[arg-type]
    return SaleFilter(conditions=tuple(found))


def test_r36_a_margin_is_price_less_cost_and_a_restated_cost_is_a_correction() -> None:
    log = one_deal(flat("10") if False else replace(flat("10"), base=AGREED_MARGIN), line("all", 100_000, cost=60_000))
    assert lines_of(log, "2026Q1") == [("earning", 4_000)]
    log.lock("2026Q1")
    log.restate_cost(1, 70_000, on="2026-05-01")
    (line_,) = log.statements("2026Q2")[ANN].lines
    assert (line_.kind, line_.period, line_.posted_minor) == ("adjustment", "2026Q1", -1_000)


def test_r36_the_cost_of_the_catalogue_is_that_of_the_day_of_the_sale() -> None:
    log = TradeLog()
    log.plan(replace(flat("10"), base=LISTED_MARGIN)).enrol(ANN)
    log.product(1, "bed", cost="120")
    log.set_cost(1, "150", since="2026-02-01")
    log.sell(1, 100_000, "2026-01-31", lines=(sold(1, "5", "200"),))
    log.sell(2, 100_000, "2026-02-01", lines=(sold(1, "5", "200"),))
    assert lines_of(log, "2026Q1") == [("earning", 4_000), ("earning", 2_500)]


def test_r36_a_margin_waits_for_an_unknown_cost_and_is_paid_when_that_is_known() -> None:
    log = TradeLog()
    log.plan(replace(flat("10"), base=LISTED_MARGIN)).enrol(ANN)
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-31", lines=(sold(1, "5", "200"),))
    assert lines_of(log, "2026Q1") == [("held", 0)]
    log.lock("2026Q1")
    log.set_cost(1, "120")
    assert lines_of(log, "2026Q2") == [("adjustment", 4_000)]


@pytest.mark.parametrize(("negative_margin", "earned"), [("zero", 0), ("negative", -2_000), ("block", 0)])
def test_r36_a_loss_counts_as_the_plan_says(negative_margin: NegativeMargin, earned: int) -> None:
    base = replace(AGREED_MARGIN, negative_margin=negative_margin)
    log = one_deal(replace(flat("10"), base=base), line("all", 100_000, cost=120_000))
    assert paid(log, "2026Q1") == earned


@pytest.mark.parametrize(("cost", "earned"), [(80_001, 5_000), (80_000, 8_000), (100_000, 5_000), (110_000, 5_000)])
def test_r37_the_margin_percent_picks_the_rate_and_a_margin_on_the_bound_the_upper_band(cost: int, earned: int) -> None:
    on_price = replace(MARGIN_BANDS, base="price")
    log = one_deal(by(margin_bands=on_price, base=AGREED_MARGIN), line("all", 100_000, cost=cost))
    assert paid(log, "2026Q1") == earned


def test_r37_sellers_of_a_deal_without_any_margin_share_its_price_as_they_share_the_deal() -> None:
    on_price = replace(MARGIN_BANDS, base="price")
    log = TradeLog()
    log.plan(by(margin_bands=on_price, base=AGREED_MARGIN)).enrol(ANN, BOB)
    log.sell(1, 100_000, "2026-01-10", shares=(share(ANN, "70"), share(BOB, "30")))
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, cost=100_000),))
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (3_500, 1_500)


def test_r37_a_deal_in_another_currency_without_any_margin_is_rated_on_its_price_in_the_plans() -> None:
    from tests.domain.plan_options import CURRENCIES

    on_price = replace(MARGIN_BANDS, base="price")
    log = TradeLog()
    log.plan(by(margin_bands=on_price, base=AGREED_MARGIN), currencies=CURRENCIES).enrol(ANN)
    log.rate("2026-01-10", "1.1")
    log.sell(1, 100_000, "2026-01-10", currency="EUR")
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, cost=100_000),), currency="EUR")
    assert paid(log, "2026Q1") == 5_500


BY_CATEGORY = (
    RateRule(
        product_level="category",
        product_key="beds",
        region=None,
        customer_type=None,
        channel=None,
        priority=0,
        effective_from=None,
        rate_percent=Decimal(8),
    ),
    RateRule(
        product_level="all",
        product_key=None,
        region=None,
        customer_type=None,
        channel=None,
        priority=0,
        effective_from=None,
        rate_percent=Decimal(2),
    ),
)


def test_r38_each_part_of_a_sale_has_the_rate_of_the_most_specific_rule() -> None:
    log = TradeLog()
    log.plan(by(rules=BY_CATEGORY)).enrol(ANN)
    log.product(1, "bed", "beds")
    log.product(2, "table", "tables")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "3", "200"), sold(2, "4", "100")))
    assert paid(log, "2026Q1") == 4_800 + 800


def test_r38_a_region_of_the_customer_that_becomes_known_later_is_a_correction() -> None:
    north = replace(BY_CATEGORY[1], region="north", rate_percent=Decimal(5))
    log = TradeLog()
    log.plan(by(rules=(north, BY_CATEGORY[1]))).enrol(ANN)
    log.customer(1, region="south")
    log.sell(1, 100_000, "2026-01-10", customer=1)
    assert log.lock("2026Q1")[ANN].total_minor == 2_000
    log.change_customer(1, region="north")
    assert lines_of(log, "2026Q2") == [("adjustment", 3_000)]


def test_r39_the_term_of_the_agreement_sets_the_rate_of_its_first_year() -> None:
    recurring = line("all", 200_000, recurring=True)
    log = one_deal(by(contract_terms=CONTRACT_TERMS), recurring)
    assert paid(log, "2026Q1") == 7_000, "7 % for 24 months, on one of two years"


@pytest.mark.parametrize(
    ("ends", "months"), [("2026-02-28", 1), ("2026-03-01", 2), ("2027-01-31", 12), ("2027-02-01", 13)]
)
def test_r39_a_term_counts_the_months_that_it_begins_with_both_its_days(ends: str, months: int) -> None:
    bands = replace(
        CONTRACT_TERMS, bands=(CONTRACT_TERMS.bands[0], replace(CONTRACT_TERMS.bands[1], from_months=months))
    )
    log = TradeLog()
    log.plan(by(contract_terms=replace(bands, base="total_contract_value"))).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, recurring=True),), starts="2026-02-01", ends=ends)
    assert paid(log, "2026Q1") == 7_000


def test_r40_each_recurring_invoice_pays_in_its_period_for_so_many_periods() -> None:
    log = one_deal(
        by(residual=replace(RESIDUAL, periods=2), attributed="invoice"), line("all", 300_000, recurring=True)
    )
    for number, on in enumerate(("2026-02-01", "2026-05-01", "2026-08-01"), start=1):
        log.invoice(number, 1, 100_000, 13_000, on=on)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [2_000, 2_000, 0]


def test_r40_a_credit_note_takes_back_what_its_invoice_paid() -> None:
    log = one_deal(by(residual=RESIDUAL, attributed="invoice"), line("all", 300_000, recurring=True))
    log.invoice(1, 1, 100_000, on="2026-02-01")
    log.lock("2026Q1")
    log.credit(1, 1, 25_000, on="2026-05-01")
    assert lines_of(log, "2026Q2") == [("adjustment", -500)]


def test_r40_a_new_owner_of_the_customer_is_paid_from_its_day_on() -> None:
    log = TradeLog()
    log.plan(by(residual=RESIDUAL, attributed="invoice")).enrol(ANN, BOB)
    log.customer(1, owner=ANN)
    log.sell(1, 300_000, "2026-01-10", customer=1)
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 300_000, recurring=True),))
    log.assign(1, BOB, "2026-03-15")
    log.invoice(1, 1, 100_000, on="2026-02-01")
    log.invoice(2, 1, 100_000, on="2026-04-01")
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (2_000, 0)
    assert (paid(log, "2026Q2", ANN), paid(log, "2026Q2", BOB)) == (0, 2_000)


def test_r40_only_the_recurring_lines_of_an_invoice_pay() -> None:
    log = one_deal(
        by(residual=RESIDUAL, attributed="invoice"), line("rent", 300_000, recurring=True), line("help", 50_000)
    )
    lines = (InvoiceLine(amount_minor=100_000, line_key="rent"), InvoiceLine(amount_minor=50_000, line_key="help"))
    log.invoice(1, 1, 150_000, on="2026-02-01", lines=lines)
    assert paid(log, "2026Q1") == 2_000


def test_r02_a_unit_pays_and_a_share_of_the_deal_is_a_share_of_its_units() -> None:
    log = TradeLog()
    log.plan(by(unit_amount_minor=500)).enrol(ANN, BOB)
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "10", "100"),), shares=(share(ANN, "75"), share(BOB, "25")))
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (3_750, 1_250)


def test_r02_units_of_a_deal_in_another_currency_are_as_many() -> None:
    from tests.domain.plan_options import CURRENCIES

    log = TradeLog()
    log.plan(by(unit_amount_minor=500), currencies=CURRENCIES).enrol(ANN)
    log.rate("2026-01-10", "1.1")
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "10", "100", "EUR"),), currency="EUR")
    assert paid(log, "2026Q1") == 5_000


def test_r02_units_are_paid_with_the_payments_that_they_are_attributed_to() -> None:
    log = TradeLog()
    log.plan(by(unit_amount_minor=500, attributed="payment")).enrol(ANN)
    log.product(1, "bed")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "10", "100"),))
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.pay(2, 60_000, "2026-05-10", deal=1)
    assert (paid(log, "2026Q1"), paid(log, "2026Q2")) == (2_000, 3_000)


def test_r14_the_cell_where_attainment_and_term_meet_rates_the_deal() -> None:
    log = one_deal(by(matrix=MATRIX), line("all", 100_000, recurring=True))
    log.quota(ANN, 90_000)
    assert paid(log, "2026Q1") == 4_000, "above the quota, for more than a year"


def test_r14_who_is_in_a_team_is_corrected_when_another_ones_late_deal_moves_the_team() -> None:
    by_team = RateMatrix(first="attainment_percent", second="team_attainment_percent", matrix=MATRIX.matrix)
    columns = (
        replace(MATRIX.matrix.columns[0], upper=Decimal(100)),
        replace(MATRIX.matrix.columns[1], lower=Decimal(100)),
    )
    log = TradeLog()
    log.plan(by(matrix=replace(by_team, matrix=replace(MATRIX.matrix, columns=columns)))).enrol(ANN, BOB, CID)
    log.team(CID, ANN, BOB)
    log.quota(ANN, 200_000)
    log.quota(CID, 200_000)
    log.sell(1, 100_000, "2026-01-10", owner=ANN)
    assert log.lock("2026Q1")[ANN].total_minor == 1_000
    log.sell(2, 100_000, "2026-01-11", owner=BOB)
    assert lines_of(log, "2026Q2", ANN) == [("adjustment", 1_000)]


def test_a_filter_on_products_counts_only_their_part_of_the_deal() -> None:
    log = TradeLog()
    log.plan(replace(flat("10"), only=only(product_category=("beds",)))).enrol(ANN)
    log.product(1, "bed", "beds")
    log.product(2, "table", "tables")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "3", "200"), sold(2, "4", "100")))
    log.sell(2, 100_000, "2026-01-11", lines=(sold(2, "10", "100"),))
    assert lines_of(log, "2026Q1") == [("earning", 6_000)]


def test_a_deal_of_which_no_line_has_all_that_is_asked_for_is_no_sale() -> None:
    asked = only(product_code=("bed",), product_category=("tables",))
    log = TradeLog()
    log.plan(by(deal_amount_minor=5_000, only=asked)).enrol(ANN)
    log.product(1, "bed", "beds")
    log.product(2, "table", "tables")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "3", "200"), sold(2, "4", "100")))
    assert lines_of(log, "2026Q1") == []


def test_a_filter_on_the_deal_and_on_its_customer_lets_through_who_has_the_value() -> None:
    asked = only(deal_attribute__channel=("direct",), customer_attribute__type=("hotel", "inn"))
    log = TradeLog()
    log.plan(replace(flat("10"), only=asked)).enrol(ANN)
    log.customer(1, type="hotel")
    log.customer(2, type="bar")
    log.sell(1, 100_000, "2026-01-10", customer=1, channel="direct")
    log.sell(2, 100_000, "2026-01-11", customer=1, channel="partner")
    log.sell(3, 100_000, "2026-01-12", customer=2, channel="direct")
    assert [each.deal_id for each in log.statements("2026Q1")[ANN].lines] == [uid(1)]


def test_a_new_customer_is_one_without_an_earlier_win() -> None:
    new, existing = flat("5", key="new"), flat("1", key="existing")
    log = TradeLog()
    log.plan(
        replace(new, only=SaleFilter(customer="new")), replace(existing, only=SaleFilter(customer="existing"))
    ).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10", customer=1)
    log.sell(2, 100_000, "2026-01-11", customer=1)
    log.sell(3, 100_000, "2026-01-12")
    assert lines_of(log, "2026Q1") == [("earning", 5_000), ("earning", 1_000)]


def test_an_earlier_win_that_becomes_known_late_makes_another_sellers_customer_an_existing_one() -> None:
    log = TradeLog()
    log.plan(replace(flat("5"), only=SaleFilter(customer="new"))).enrol(ANN, BOB)
    log.sell(2, 100_000, "2026-03-01", owner=BOB, customer=1)
    assert log.lock("2026Q1")[BOB].total_minor == 5_000
    log.sell(1, 40_000, "2026-01-10", owner=ANN, customer=1)
    assert lines_of(log, "2026Q2", ANN) == [("adjustment", 2_000)]
    assert lines_of(log, "2026Q2", BOB) == [("adjustment", -5_000)]


def test_a_first_win_that_is_taken_back_makes_another_sellers_customer_a_new_one() -> None:
    log = TradeLog()
    log.plan(replace(flat("5"), only=SaleFilter(customer="new"))).enrol(ANN, BOB)
    log.sell(1, 40_000, "2026-01-10", owner=ANN, customer=1)
    log.sell(2, 100_000, "2026-03-01", owner=BOB, customer=1)
    log.lock("2026Q1")
    log.reopen(1)
    assert lines_of(log, "2026Q2", ANN) == [("adjustment", -2_000)]
    assert lines_of(log, "2026Q2", BOB) == [("adjustment", 5_000)]


def test_an_amended_order_re_derives_its_commission_as_a_delta() -> None:
    log = one_deal(replace(flat("10"), base=NET), line("all", 100_000, 13_000))
    assert log.lock("2026Q1")[ANN].total_minor == 10_000
    amended_at = log.amend(1, 20_000, 2_600, on="2026-05-01")
    (line_,) = log.lock("2026Q2")[ANN].lines
    assert (line_.kind, line_.period, line_.posted_minor) == ("adjustment", "2026Q1", 2_000)
    assert line_.positions == (amended_at,)


def test_an_amendment_does_not_change_the_order_of_the_deals_of_a_day() -> None:
    log = TradeLog()
    log.plan(replace(tiered("marginal"), base=NET)).enrol(ANN)
    for deal in (1, 2):
        log.sell(deal, 8_000_000, "2026-01-10")
        log.agree(deal, 8_000_000, on="2026-01-12")
    first = [(each.deal_id, each.posted_minor) for each in log.lock("2026Q1")[ANN].lines]
    assert first == [(uid(1), 160_000), (uid(2), 300_000)]
    log.amend(1, 0, on="2026-05-01")
    assert log.lock("2026Q2") == {}


def test_a_base_of_an_agreement_waits_for_it() -> None:
    log = one_deal(replace(flat("10"), base=NET))
    assert lines_of(log, "2026Q1") == [("held", 0)]
    log.lock("2026Q1")
    log.agree(1, 90_000, on="2026-03-01")
    assert lines_of(log, "2026Q2") == [("adjustment", 9_000)]


def test_r68_the_base_is_net_or_gross_of_the_tax_of_each_line() -> None:
    lines = (line("beds", 100_000, 13_000), line("help", 50_000, 3_000))
    assert paid(one_deal(replace(flat("10"), base=NET), *lines), "2026Q1") == 15_000
    gross = Base(kind="agreement_gross")
    assert paid(one_deal(replace(flat("10"), base=gross), *lines), "2026Q1") == 16_600


def sourced(model: str = "weighted", **options: Any) -> Component:
    """Five percent for who touched the lead."""
    sourcing = Sourcing(model=model, **options)  # type: ignore[arg-type]
    return replace(flat("5", "sourcing", "sourcing"), sourcing=sourcing)


def test_r19_touches_of_the_lead_share_the_deal_by_their_weights() -> None:
    log = TradeLog()
    log.plan(sourced()).enrol(ANN, BOB)
    log.touch(1, ANN, "2025-12-01", weight="3")
    log.touch(1, BOB, "2025-12-02", weight="1")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (3_750, 1_250)


@pytest.mark.parametrize(("model", "earned"), [("first", (5_000, 0)), ("last", (0, 5_000))])
def test_r19_the_first_or_the_last_touch_has_all_of_it(model: str, earned: tuple[int, int]) -> None:
    log = TradeLog()
    log.plan(sourced(model)).enrol(ANN, BOB)
    log.touch(1, ANN, "2025-12-01")
    log.touch(1, BOB, "2025-12-02")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == earned


def test_r19_a_touch_expires() -> None:
    log = TradeLog()
    log.plan(sourced("first", expires_after_days=30)).enrol(ANN, BOB)
    log.touch(1, ANN, "2025-12-10")
    log.touch(1, BOB, "2025-12-11")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (0, 5_000)


def test_r19_a_touch_that_becomes_known_after_the_lock_is_a_correction() -> None:
    log = TradeLog()
    log.plan(sourced("first")).enrol(ANN, BOB)
    log.touch(1, BOB, "2025-12-02")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert log.lock("2026Q1")[BOB].total_minor == 5_000
    log.touch(1, ANN, "2025-12-01")
    assert (paid(log, "2026Q2", ANN), paid(log, "2026Q2", BOB)) == (5_000, -5_000)


def test_sales_attributed_to_payments_are_credited_payment_by_payment() -> None:
    log = TradeLog()
    log.plan(replace(flat("10"), attributed="payment", base=NET)).enrol(ANN)
    log.sell(1, 113_000, "2026-01-10")
    log.agree(1, 100_000, 13_000, on="2026-01-12")
    log.pay(1, 56_500, "2026-02-10", deal=1)
    log.pay(2, 113_000, "2026-05-10", deal=1)
    log.refund(2, 84_750, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [5_000, 5_000, -2_500]


def test_money_in_another_currency_than_what_is_due_pays_nothing() -> None:
    log = TradeLog()
    log.plan(replace(flat("10"), attributed="payment")).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-02-10", deal=1, currency="JPY")
    log.pay(2, 50_000, "2026-02-11", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 5_000)]


def test_a_flat_amount_of_a_deal_is_paid_with_its_payments_and_comes_to_the_whole() -> None:
    log = TradeLog()
    log.plan(by(deal_amount_minor=10_000, attributed="payment")).enrol(ANN)
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
        by(margin_bands=replace(MARGIN_BANDS, base="price"), base=AGREED_MARGIN),
        by(contract_terms=CONTRACT_TERMS),
        by(deal_amount_minor=4_000),
        by(unit_amount_minor=400),
    ],
)
def test_a_restated_refund_of_everything_leaves_nothing_whatever_is_rated(component: Component) -> None:
    log = TradeLog()
    log.plan(replace(component, clawback=RESTATE)).enrol(ANN)
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
    log = TradeLog()
    log.plan(replace(flat("10"), satisfaction=asked)).enrol(ANN, BOB)
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
    log = TradeLog()
    log.plan(replace(flat("10"), satisfaction=asked)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10", customer=1)
    assert log.lock("2026Q1")[ANN].total_minor == 10_000
    log.answer(1, 1, "2026-03-31")
    assert lines_of(log, "2026Q2") == [("adjustment", -10_000)]


def test_a_deal_that_is_paid_in_parts_earns_at_most_its_cap_in_all() -> None:
    log = TradeLog()
    log.plan(replace(flat("10"), attributed="payment", deal_cap_minor=5_000)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.pay(2, 60_000, "2026-05-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2")] == [2_000, 3_000]


def test_a_refund_of_a_payment_is_taken_back_at_the_rate_of_its_payment() -> None:
    log = TradeLog()
    log.plan(replace(tiered("retroactive"), attributed="payment")).enrol(ANN)
    log.sell(1, 12_000_000, "2026-01-10")
    log.sell(2, 1_000_000, "2026-01-10")
    log.pay(1, 12_000_000, "2026-02-10", deal=1)
    log.pay(2, 1_000_000, "2026-05-10", deal=2)
    assert log.lock("2026Q1")[ANN].total_minor == 540_000
    log.refund(1, 12_000_000, "2026-05-10", deal=1)
    assert lines_of(log, "2026Q2") == [("earning", 20_000), ("clawback", -540_000)]

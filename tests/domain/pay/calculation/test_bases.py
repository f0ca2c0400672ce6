"""What is credited, through the whole engine: filters, bases, margins, amendments, sourcing, payments (R19, R22, R36, R68).

What was sold is known from the deal's lines and from its agreements.
"""

from dataclasses import replace
from typing import Any

import pytest

from salesapi.domain.pay.plans.plan_components import Base, Component, FilterCondition, SaleFilter, Sourcing
from salesapi.domain.pay.plans.plan_rates import DealAmount
from salesapi.domain.pay.rules.commissionable_bases import NegativeMargin
from tests.domain.pay.commission_stories import ANN, BOB, CID, flat, tiered
from tests.domain.pay.pay_terms import AGREED_MARGIN, LISTED_MARGIN, NET
from tests.domain.pay.trade_stories import TradeLog, by, line, lines_of, one_deal, paid, sold
from tests.spec import uid


def only(**conditions: Any) -> SaleFilter:
    """A filter on product codes or categories, or on attributes."""
    found = []
    for name, values in conditions.items():
        of, _, key = name.partition("__")
        found.append(FilterCondition(of=of, key=key or None, any_of=values))  # type: ignore[arg-type]
    return SaleFilter(conditions=tuple(found))


def test_r36_a_margin_is_price_less_cost_and_a_restated_cost_is_a_correction() -> None:
    log = one_deal(replace(flat("10"), base=AGREED_MARGIN), line("all", 100_000, cost=60_000))
    assert lines_of(log, "2026Q1") == [("earning", 4_000)]
    log.lock("2026Q1")
    log.restate_cost(1, 70_000, on="2026-05-01")
    (line_,) = log.statements("2026Q2")[ANN].lines
    assert (line_.kind, line_.period, line_.posted_minor) == ("adjustment", "2026Q1", -1_000)


def test_r36_the_cost_of_the_catalogue_is_that_of_the_day_of_the_sale() -> None:
    log = TradeLog().plan(replace(flat("10"), base=LISTED_MARGIN)).enrol(ANN)
    log.product(1, "bed", cost="120")
    log.set_cost(1, "150", since="2026-02-01")
    log.sell(1, 100_000, "2026-01-31", lines=(sold(1, "5", "200"),))
    log.sell(2, 100_000, "2026-02-01", lines=(sold(1, "5", "200"),))
    assert lines_of(log, "2026Q1") == [("earning", 4_000), ("earning", 2_500)]


def test_r36_a_cost_that_begins_later_changes_no_closed_margin_and_one_that_is_corrected_does() -> None:
    log = TradeLog().plan(replace(flat("10"), base=LISTED_MARGIN)).enrol(ANN)
    log.product(1, "bed", cost="120")
    log.sell(1, 100_000, "2026-01-31", lines=(sold(1, "5", "200"),))
    assert log.lock("2026Q1")[ANN].total_minor == 4_000
    log.set_cost(1, "150", since="2026-02-01")
    assert lines_of(log, "2026Q2") == []
    log.set_cost(1, "130", until="2026-02-01")
    assert lines_of(log, "2026Q2") == [("adjustment", -500)], "5 x 10.00 more cost, at ten percent"


def test_r36_a_margin_waits_for_an_unknown_cost_and_is_paid_when_that_is_known() -> None:
    log = TradeLog().plan(replace(flat("10"), base=LISTED_MARGIN)).enrol(ANN)
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


def test_a_filter_on_products_counts_only_their_part_of_the_deal() -> None:
    log = TradeLog().plan(replace(flat("10"), only=only(product_category=("beds",)))).enrol(ANN)
    log.product(1, "bed", "beds")
    log.product(2, "table", "tables")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "3", "200"), sold(2, "4", "100")))
    log.sell(2, 100_000, "2026-01-11", lines=(sold(2, "10", "100"),))
    assert lines_of(log, "2026Q1") == [("earning", 6_000)]


def test_a_deal_of_which_no_line_has_all_that_is_asked_for_is_no_sale() -> None:
    asked = only(product_code=("bed",), product_category=("tables",))
    log = TradeLog().plan(by(rate=DealAmount(amount_minor=5_000), only=asked)).enrol(ANN)
    log.product(1, "bed", "beds")
    log.product(2, "table", "tables")
    log.sell(1, 100_000, "2026-01-10", lines=(sold(1, "3", "200"), sold(2, "4", "100")))
    assert lines_of(log, "2026Q1") == []


def test_a_filter_on_the_deal_and_on_its_customer_lets_through_who_has_the_value() -> None:
    asked = only(deal_attribute__channel=("direct",), customer_attribute__type=("hotel", "inn"))
    log = TradeLog().plan(replace(flat("10"), only=asked)).enrol(ANN)
    log.customer(1, type="hotel")
    log.customer(2, type="bar")
    log.sell(1, 100_000, "2026-01-10", customer=1, channel="direct")
    log.sell(2, 100_000, "2026-01-11", customer=1, channel="partner")
    log.sell(3, 100_000, "2026-01-12", customer=2, channel="direct")
    assert [each.deal_id for each in log.statements("2026Q1")[ANN].lines] == [uid(1)]


def test_a_new_customer_is_one_without_an_earlier_win() -> None:
    new, existing = flat("5", key="new"), flat("1", key="existing")
    log = (
        TradeLog()
        .plan(replace(new, only=SaleFilter(customer="new")), replace(existing, only=SaleFilter(customer="existing")))
        .enrol(ANN)
    )
    log.sell(1, 100_000, "2026-01-10", customer=1)
    log.sell(2, 100_000, "2026-01-11", customer=1)
    log.sell(3, 100_000, "2026-01-12")
    assert lines_of(log, "2026Q1") == [("earning", 5_000), ("earning", 1_000)]


def test_an_earlier_win_that_becomes_known_late_makes_another_sellers_customer_an_existing_one() -> None:
    log = TradeLog().plan(replace(flat("5"), only=SaleFilter(customer="new"))).enrol(ANN, BOB)
    log.sell(2, 100_000, "2026-03-01", owner=BOB, customer=1)
    assert log.lock("2026Q1")[BOB].total_minor == 5_000
    log.sell(1, 40_000, "2026-01-10", owner=ANN, customer=1)
    assert lines_of(log, "2026Q2", ANN) == [("adjustment", 2_000)]
    assert lines_of(log, "2026Q2", BOB) == [("adjustment", -5_000)]


def test_a_first_win_that_is_taken_back_makes_another_sellers_customer_a_new_one() -> None:
    log = TradeLog().plan(replace(flat("5"), only=SaleFilter(customer="new"))).enrol(ANN, BOB)
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
    log = TradeLog().plan(replace(tiered("marginal"), base=NET)).enrol(ANN)
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
    log = TradeLog().plan(sourced()).enrol(ANN, BOB)
    log.touch(1, ANN, "2025-12-01", weight="3")
    log.touch(1, BOB, "2025-12-02", weight="1")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (3_750, 1_250)


@pytest.mark.parametrize(("model", "earned"), [("first", (5_000, 0)), ("last", (0, 5_000))])
def test_r19_the_first_or_the_last_touch_has_all_of_it(model: str, earned: tuple[int, int]) -> None:
    log = TradeLog().plan(sourced(model)).enrol(ANN, BOB)
    log.touch(1, ANN, "2025-12-01")
    log.touch(1, BOB, "2025-12-02")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == earned


def test_r19_a_touch_expires() -> None:
    log = TradeLog().plan(sourced("first", expires_after_days=30)).enrol(ANN, BOB)
    log.touch(1, ANN, "2025-12-10")
    log.touch(1, BOB, "2025-12-11")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (0, 5_000)


def test_r19_a_touch_that_becomes_known_after_the_lock_is_a_correction() -> None:
    log = TradeLog().plan(sourced("first")).enrol(ANN, BOB)
    log.touch(1, BOB, "2025-12-02")
    log.sell(1, 100_000, "2026-01-10", owner=CID, lead=1)
    assert log.lock("2026Q1")[BOB].total_minor == 5_000
    log.touch(1, ANN, "2025-12-01")
    assert (paid(log, "2026Q2", ANN), paid(log, "2026Q2", BOB)) == (5_000, -5_000)


def test_sales_attributed_to_payments_are_credited_payment_by_payment() -> None:
    log = TradeLog().plan(replace(flat("10"), attributed="payment", base=NET)).enrol(ANN)
    log.sell(1, 113_000, "2026-01-10")
    log.agree(1, 100_000, 13_000, on="2026-01-12")
    log.pay(1, 56_500, "2026-02-10", deal=1)
    log.pay(2, 113_000, "2026-05-10", deal=1)
    log.refund(2, 84_750, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [5_000, 5_000, -2_500]


def test_money_in_another_currency_than_what_is_due_pays_nothing() -> None:
    log = TradeLog().plan(replace(flat("10"), attributed="payment")).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-02-10", deal=1, currency="JPY")
    log.pay(2, 50_000, "2026-02-11", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 5_000)]


def test_a_deal_that_is_paid_in_parts_earns_at_most_its_cap_in_all() -> None:
    log = TradeLog().plan(replace(flat("10"), attributed="payment", deal_cap_minor=5_000)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.pay(2, 60_000, "2026-05-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2")] == [2_000, 3_000]


def test_a_refund_of_a_payment_is_taken_back_at_the_rate_of_its_payment() -> None:
    log = TradeLog().plan(replace(tiered("retroactive"), attributed="payment")).enrol(ANN)
    log.sell(1, 12_000_000, "2026-01-10")
    log.sell(2, 1_000_000, "2026-01-10")
    log.pay(1, 12_000_000, "2026-02-10", deal=1)
    log.pay(2, 1_000_000, "2026-05-10", deal=2)
    assert log.lock("2026Q1")[ANN].total_minor == 540_000
    log.refund(1, 12_000_000, "2026-05-10", deal=1)
    assert lines_of(log, "2026Q2") == [("earning", 20_000), ("clawback", -540_000)]

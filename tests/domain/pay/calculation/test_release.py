"""Release through the whole engine: what is earned is payable with the cash, on an event, in parts, or after a while.

R22 to R28. A statement withholds what is not payable in the period of the sale and releases it in the period in which it is.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from salesapi.domain.cash.invoices import InvoiceLine
from salesapi.domain.pay.plans.plan_components import Component, FilterCondition, Release, SaleFilter
from salesapi.domain.pay.rules.release import ExpiryStep, ExpiryTable
from salesapi.domain.pay.rules.withholding import Holdback, Wait
from tests.domain.pay.commission_stories import ANN, BOB, CID, flat, share, tiered
from tests.domain.pay.pay_terms import NET, PAYMENT, WITH_CASH, after, in_parts
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, line, lines_of, paid
from tests.spec import uid

LATE = ExpiryTable(
    anchor="booking",
    steps=(ExpiryStep(after_days=30, kept_percent=Decimal(50)), ExpiryStep(after_days=120, kept_percent=Decimal(0))),
)


def released(rate: str, release: Release = WITH_CASH, **more: Any) -> Component:
    """A flat rate that is released in some way."""
    return replace(flat(rate), release=release, **more)


def ten_percent(release: Release = WITH_CASH, **more: Any) -> TradeLog:
    """Ann has ten percent, and a deal of 1,000.00 won on 10 January."""
    log = TradeLog().plan(released("10", release, **more)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    return log


def test_r24_half_of_the_cash_releases_half_of_what_is_earned_on_the_net() -> None:
    log = TradeLog().plan(released("4", base=NET)).enrol(ANN)
    log.sell(1, 11_300_000, "2026-01-10")
    log.agree(1, 10_000_000, 1_300_000, on="2026-01-12")
    log.pay(1, 5_650_000, "2026-02-10", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 400_000), ("withheld", -200_000)]
    log.lock("2026Q1")
    log.pay(2, 5_650_000, "2026-05-10", deal=1)
    assert lines_of(log, "2026Q2") == [("release", 200_000)]


def test_a_release_says_which_cash_it_rests_on_and_how_much_is_payable() -> None:
    log = ten_percent()
    paid_at = log.pay(1, 25_000, "2026-05-10", deal=1)
    (line_,) = log.statements("2026Q2")[ANN].lines
    assert (line_.rule, line_.deal_id, line_.rate_percent) == ("R24", uid(1), "25")
    assert paid_at in line_.positions
    assert english(line_) == "25 % payable of 100.00: 25.00 less 0.00 = 25.00 USD"


def test_part_payments_release_proportions_that_sum_to_the_whole() -> None:
    log = TradeLog().plan(released("10")).enrol(ANN)
    log.sell(1, 10_000, "2026-01-10")
    log.pay(1, 3_334, "2026-02-10", deal=1)
    log.pay(2, 3_333, "2026-05-10", deal=1)
    log.pay(3, 3_333, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [333, 334, 333]


def test_over_payment_releases_no_more_than_the_whole() -> None:
    log = ten_percent()
    log.pay(1, 90_000, "2026-02-10", deal=1)
    log.pay(2, 90_000, "2026-05-10", deal=1)
    log.pay(3, 90_000, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [9_000, 1_000, 0]


def test_a_late_payment_counts_to_its_sales_period_and_rate() -> None:
    log = TradeLog().plan(released("5")).enrol(ANN)
    log.publish(2, released("50"), effective_from="2026-04-01")
    log.sell(1, 100_000, "2026-03-31")
    log.pay(1, 100_000, "2026-08-10", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 5_000), ("withheld", -5_000)]
    assert lines_of(log, "2026Q2") == []
    assert lines_of(log, "2026Q3") == [("release", 5_000)]


def test_a_late_payment_moves_no_tier_of_the_period_in_which_it_comes() -> None:
    log = TradeLog().plan(replace(tiered("retroactive"), release=WITH_CASH)).enrol(ANN)
    log.sell(1, 7_000_000, "2026-01-10")
    log.sell(2, 7_000_000, "2026-04-10")
    log.pay(1, 7_000_000, "2026-04-20", deal=1)
    log.pay(2, 7_000_000, "2026-04-20", deal=2)
    assert lines_of(log, "2026Q2") == [("earning", 140_000), ("release", 140_000)]


def test_cash_that_bounces_is_taken_back_in_its_own_period_and_paid_again_when_it_comes() -> None:
    log = ten_percent()
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.lock("2026Q1")
    log.bounce(1, "2026-05-10")
    log.pay(2, 100_000, "2026-08-10", deal=1)
    assert lines_of(log, "2026Q2") == [("release", -4_000)]
    assert lines_of(log, "2026Q3") == [("release", 10_000)]


def test_a_refund_posts_the_opposite_sign_and_nets_to_zero() -> None:
    log = ten_percent()
    log.pay(1, 100_000, "2026-02-10", deal=1)
    log.lock("2026Q1")
    log.refund(1, 30_000, "2026-05-10", deal=1)
    log.lock("2026Q2")
    log.refund(1, 70_000, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [10_000, -3_000, -7_000]


def test_the_reversal_of_a_settled_sale_shows_in_the_periods_that_it_was_settled_in() -> None:
    log = ten_percent()
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.pay(2, 60_000, "2026-05-10", deal=1)
    assert log.lock("2026Q1")[ANN].total_minor == 4_000
    assert log.lock("2026Q2")[ANN].total_minor == 6_000
    reopened_at = log.reopen(1)
    lines = log.lock("2026Q3")[ANN].lines
    assert [(each.kind, each.period, each.posted_minor) for each in lines] == [
        ("adjustment", "2026Q1", -10_000),
        ("release_adjustment", "2026Q1", 6_000),
        ("release_adjustment", "2026Q2", -6_000),
    ]
    assert {each.positions for each in lines} == {(reopened_at,)}


def test_cash_that_becomes_known_after_the_lock_of_its_period_is_paid_as_a_correction() -> None:
    log = ten_percent()
    log.lock("2026Q1")
    paid_at = log.pay(1, 100_000, "2026-03-31", deal=1)
    (line_,) = log.lock("2026Q2")[ANN].lines
    assert (line_.kind, line_.period, line_.posted_minor) == ("release_adjustment", "2026Q1", 10_000)
    assert line_.positions == (paid_at,)
    assert english(line_) == "2026Q1 payable part recomputed 0.00 less posted -100.00 = 100.00 USD"
    assert log.lock("2026Q3") == {}


def test_a_refund_after_full_release_that_is_dated_into_a_locked_period_is_a_correction_of_it() -> None:
    log = ten_percent()
    log.pay(1, 100_000, "2026-02-10", deal=1)
    log.lock("2026Q1")
    log.lock("2026Q2")
    log.refund(1, 50_000, "2026-06-30", deal=1)
    assert [(each.kind, each.period, each.posted_minor) for each in log.lock("2026Q3")[ANN].lines] == [
        ("release_adjustment", "2026Q2", -5_000)
    ]


def test_a_run_that_is_returned_loses_nothing() -> None:
    log = ten_percent()
    log.pay(1, 50_000, "2026-02-10", deal=1)
    log.open_run("2026Q1")
    log.issue("2026Q1")
    log.pay(2, 50_000, "2026-03-10", deal=1)
    assert log.lock_open("2026Q1")[ANN].total_minor == 10_000
    assert log.lock("2026Q2") == {}


def test_several_components_on_one_deal_are_released_each_in_its_own_way() -> None:
    log = TradeLog()
    at_once, with_cash = flat("1", key="now"), replace(released("2"), key="cash")
    log.plan(at_once, with_cash).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 50_000, "2026-04-10", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 1_000), ("earning", 2_000), ("withheld", -2_000)]
    assert lines_of(log, "2026Q2") == [("release", 1_000)]


def test_a_manager_and_a_seller_are_released_alike_and_need_no_split_of_a_hundred() -> None:
    log = TradeLog()
    seller = released("3")
    manager = replace(flat("1.5", "manager_override", "team"), release=WITH_CASH)
    log.plan(seller, manager).enrol(ANN, BOB)
    log.team(BOB, ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 50_000, "2026-02-10", deal=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (1_500, 750)


def test_attainment_counts_the_credited_share_and_not_what_is_paid_of_it() -> None:
    log = TradeLog().plan(replace(tiered("retroactive"), release=WITH_CASH)).enrol(ANN, BOB, CID)
    log.sell(1, 16_000_000, "2026-01-10", shares=(share(ANN, "50"), share(BOB, "50")))
    log.pay(1, 8_000_000, "2026-02-10", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 240_000), ("withheld", -120_000)]


def test_money_that_came_before_the_invoice_waits_for_it_where_the_plan_says_so() -> None:
    waiting = replace(PAYMENT, prepayment="releases_on_invoice")
    log = TradeLog().plan(released("10", replace(WITH_CASH, payment=waiting))).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12")
    log.pay(1, 30_000, "2026-02-10", deal=1)
    assert paid(log, "2026Q1") == 0
    log.lock("2026Q1")
    log.invoice(1, 1, 100_000, on="2026-04-05")
    assert lines_of(log, "2026Q2") == [("release", 3_000)]


def test_r25_cash_pays_the_lines_in_order_and_releases_only_those_that_count() -> None:
    beds = SaleFilter(conditions=(FilterCondition(of="product_code", any_of=("bed",)),))
    in_order = replace(WITH_CASH, order="in_order")
    log = TradeLog().plan(released("10", in_order, base=NET, only=beds)).enrol(ANN)
    log.product(1, "table")
    log.product(2, "bed")
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 0, on="2026-01-12", lines=(line("tables", 60_000, product=1), line("beds", 40_000, product=2)))
    log.pay(1, 70_000, "2026-02-10", deal=1)
    log.pay(2, 30_000, "2026-05-10", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 4_000), ("withheld", -3_000)]
    assert lines_of(log, "2026Q2") == [("release", 3_000)]


def test_r25_pro_rata_every_line_has_its_part_of_each_payment() -> None:
    beds = SaleFilter(conditions=(FilterCondition(of="product_code", any_of=("bed",)),))
    log = TradeLog().plan(released("10", base=NET, only=beds)).enrol(ANN)
    log.product(1, "table")
    log.product(2, "bed")
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 0, on="2026-01-12", lines=(line("tables", 60_000, product=1), line("beds", 40_000, product=2)))
    log.pay(1, 70_000, "2026-02-10", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 4_000), ("withheld", -1_200)]


def test_r26_late_cash_releases_less_and_says_what_lapsed() -> None:
    log = ten_percent(replace(WITH_CASH, expiry=LATE))
    log.pay(1, 20_000, "2026-02-09", deal=1)
    log.pay(2, 30_000, "2026-02-10", deal=1)
    log.pay(3, 50_000, "2026-05-11", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -6_500), ("lapsed", 0)]
    assert lines_of(log, "2026Q2") == [("lapsed", 0)]
    assert [each.base_minor for each in log.statements("2026Q2")[ANN].lines] == [5_000]


def test_a_late_refund_takes_back_what_its_cash_in_time_released() -> None:
    log = ten_percent(replace(WITH_CASH, expiry=LATE))
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.lock("2026Q1")
    log.refund(1, 100_000, "2026-06-20", deal=1)
    assert paid(log, "2026Q1") == 10_000
    assert lines_of(log, "2026Q2") == [("release", -10_000)]


def test_a_refund_of_late_cash_takes_back_only_what_that_released() -> None:
    log = ten_percent(replace(WITH_CASH, expiry=LATE))
    log.pay(1, 50_000, "2026-01-20", deal=1)
    log.pay(2, 50_000, "2026-03-20", deal=1)
    assert paid(log, "2026Q1") == 5_000 + 2_500
    log.lock("2026Q1")
    log.refund(2, 50_000, "2026-04-20", deal=1)
    assert paid(log, "2026Q2") == -2_500


def test_r27_instalments_are_paid_on_their_days_and_the_last_has_the_rest() -> None:
    thirds = in_parts(("33.3", after(0)), ("33.3", after(3)), ("33.4", after(6)))
    log = TradeLog().plan(released("10", thirds)).enrol(ANN)
    log.sell(1, 10_010, "2026-01-10")
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3", "2026Q4")] == [333, 333, 335, 0]


def test_r27_what_remains_of_instalments_is_cancelled_with_the_customer() -> None:
    halves = in_parts(("50", after(0)), ("50", "acceptance"))
    log = ten_percent(halves)
    log.agree(1, 100_000, on="2026-01-12")
    log.lock("2026Q1")
    log.cancel(1, on="2026-05-01")
    log.report(1, "accepted", on="2026-05-02")
    assert lines_of(log, "2026Q2") == [("lapsed", 0)]


def test_r28_a_holdback_is_kept_for_its_months_and_then_released() -> None:
    year = Holdback(share_percent=Decimal(20), wait=Wait(count=12, unit="months"), event=None, on_clawback="netted")
    log = ten_percent(Release(holdback=year))
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -2_000)]
    assert [paid(log, period) for period in ("2026Q2", "2026Q3", "2026Q4")] == [0, 0, 0]
    assert lines_of(log, "2027Q1") == [("release", 2_000)]


def test_r28_a_retention_stands_behind_the_cash_and_ends_with_acceptance() -> None:
    until_accepted = Holdback(share_percent=Decimal(10), wait=None, event="acceptance", on_clawback="netted")
    log = ten_percent(replace(WITH_CASH, holdback=until_accepted))
    log.agree(1, 100_000, on="2026-01-12")
    log.pay(1, 50_000, "2026-02-10", deal=1)
    log.report(1, "accepted", on="2026-05-01")
    log.pay(2, 50_000, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [4_500, 500, 5_000]


def test_r22_an_earning_is_released_on_delivery_and_belongs_to_its_booking() -> None:
    log = ten_percent(Release(on="delivery"))
    log.agree(1, 0, on="2026-01-12", lines=(line("bed", 60_000), line("table", 40_000)))
    log.report(1, "delivered", key="bed", on="2026-03-01")
    assert lines_of(log, "2026Q1") == [("earning", 10_000), ("withheld", -10_000)]
    log.report(1, "delivered", key="table", on="2026-04-01")
    assert lines_of(log, "2026Q2") == [("release", 10_000)]


def test_r22_a_sale_belongs_to_the_period_of_its_signature_when_it_is_attributed_to_it() -> None:
    log = TradeLog().plan(replace(flat("10"), attributed="signature", base=NET)).enrol(ANN)
    log.sell(1, 100_000, "2026-03-31")
    log.agree(1, 90_000, 11_700, on="2026-04-01")
    assert lines_of(log, "2026Q1") == []
    assert lines_of(log, "2026Q2") == [("earning", 9_000)]


def test_a_draft_that_was_dropped_is_no_agreement() -> None:
    log = TradeLog().plan(replace(flat("10"), attributed="signature", base=NET)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.draft(1, number=2)
    log.agree(1, 90_000, on="2026-01-12")
    log.cancel(1, on="2026-01-13", number=2)
    assert lines_of(log, "2026Q1") == [("earning", 9_000)]


def test_cash_without_a_day_counts_nowhere_and_neither_does_what_is_paid_back_of_it() -> None:
    log = ten_percent()
    log.pay(1, 50_000, None, deal=1)
    log.refund(1, 50_000, "2026-02-20", deal=1)
    log.pay(2, 100_000, "2026-03-10", deal=1)
    assert paid(log, "2026Q1") == 10_000


def test_an_agreement_that_comes_to_nothing_releases_as_the_plan_says() -> None:
    log = ten_percent(base=NET)
    log.agree(1, 0, on="2026-01-12", lines=(line("bed", 100_000, 13_000), line("gift", -113_000)))
    log.pay(1, 5_000, "2026-02-10", deal=1)
    assert paid(log, "2026Q1") == 0


def test_invoices_that_are_voided_release_nothing_with_the_money_for_them() -> None:
    log = ten_percent()
    log.agree(1, 100_000, on="2026-01-12")
    log.invoice(1, 1, 100_000, on="2026-01-15", lines=(InvoiceLine(amount_minor=100_000),))
    log.pay(1, 100_000, "2026-02-15", invoice=1)
    assert log.lock("2026Q1")[ANN].total_minor == 10_000
    log.void_invoice(1, 1, on="2026-05-01")
    assert [(each.kind, each.period, each.posted_minor) for each in log.lock("2026Q2")[ANN].lines] == [
        ("release_adjustment", "2026Q1", -10_000)
    ]

"""Clawback through the whole engine: what is taken back, of what was paid, and at which rate (R49, R50, R55).

A statement takes back in the period of the loss, at the rate of the earning; what had not been paid yet is cancelled instead.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.plan_components import Base, Clawback, Release, Rounding, RoundingScope
from salesapi.domain.pay.plans.plan_rates import DealAmount, FlatRate
from salesapi.domain.pay.rules.award_measures import CollectionBand
from salesapi.domain.pay.rules.withholding import Holdback, OnClawback, Wait
from tests.domain.pay.commission_stories import ANN, BOB, flat, share
from tests.domain.pay.pay_terms import KEEP, NET, RESTATE, RULE, WITH_CASH
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, clawed, line, lines_of, paid, paid_deal

UNPAID = Clawback(rule=replace(RULE, triggers=("non_payment",)), attainment="keep", non_payment_days=60)


def test_a_refund_takes_back_its_share_at_the_rate_of_the_earning_that_it_reverses() -> None:
    log = paid_deal()
    assert log.lock("2026Q1")[ANN].total_minor == 10_000
    log.publish(2, clawed(rate=FlatRate(rate_percent=Decimal(50))), effective_from="2026-04-01")
    log.refund(1, 40_000, "2026-05-10", deal=1)
    (line_,) = log.lock("2026Q2")[ANN].lines
    assert (line_.kind, line_.rule, line_.posted_minor, line_.rate_percent) == ("clawback", "R49", -4_000, "10")
    assert english(line_) == "10 % of 400.00 lost: 40.00, of which paid before = -40.00 USD"


def test_refunds_of_all_of_it_net_to_zero() -> None:
    log = paid_deal()
    log.lock("2026Q1")
    log.refund(1, 33_333, "2026-05-10", deal=1)
    log.refund(1, 33_333, "2026-05-11", deal=1)
    log.lock("2026Q2")
    log.refund(1, 33_334, "2026-08-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [10_000, -6_667, -3_333]


@pytest.mark.parametrize(("on", "taken"), [("2027-01-10", -4_000), ("2027-01-11", 0)])
def test_the_window_is_counted_from_its_anchor_with_its_last_day(on: str, taken: int) -> None:
    log = paid_deal()
    log.refund(1, 40_000, on, deal=1)
    assert paid(log, "2027Q1") == taken


def test_a_refund_of_over_payment_is_no_loss() -> None:
    log = paid_deal()
    log.pay(2, 100_000, "2026-02-20", deal=1)
    log.refund(2, 100_000, "2026-05-10", deal=1)
    assert lines_of(log, "2026Q2") == []


def test_a_credit_note_and_the_money_that_follows_it_are_one_loss() -> None:
    log = paid_deal()
    log.invoice(1, 1, 100_000, on="2026-01-15")
    log.credit(1, 1, 30_000, on="2026-04-10")
    log.lock("2026Q1")
    assert log.lock("2026Q2")[ANN].total_minor == -3_000
    log.refund(1, 30_000, "2026-07-10", deal=1)
    assert lines_of(log, "2026Q3") == []


def test_a_downgrade_and_the_money_that_is_paid_back_for_it_are_one_loss() -> None:
    log = paid_deal()
    log.lock("2026Q1")
    log.amend(1, -40_000, on="2026-04-10")
    assert log.lock("2026Q2")[ANN].total_minor == -4_000
    log.refund(1, 40_000, "2026-07-10", deal=1)
    assert lines_of(log, "2026Q3") == []


def test_r55_the_commission_on_a_fee_that_is_kept_is_kept_also_when_the_rest_is_paid_back() -> None:
    log = paid_deal()
    log.lock("2026Q1")
    log.cancel(1, on="2026-04-10", fee=30_000)
    assert log.lock("2026Q2")[ANN].total_minor == -7_000
    log.refund(1, 70_000, "2026-07-10", deal=1)
    assert lines_of(log, "2026Q3") == []


def test_a_downgrade_claws_only_the_difference_and_an_upgrade_nothing() -> None:
    log = paid_deal()
    log.lock("2026Q1")
    log.amend(1, 20_000, on="2026-04-10")
    assert lines_of(log, "2026Q2") == []
    log.lock("2026Q2")
    log.amend(1, -60_000, on="2026-07-10")
    assert lines_of(log, "2026Q3") == [("clawback", -4_000)], "of the 1,000.00 that was paid on, 600.00 is left"


def test_an_amendment_is_no_loss_where_the_base_follows_the_agreement_by_itself() -> None:
    log = paid_deal(base=NET)
    log.lock("2026Q1")
    log.amend(1, -40_000, on="2026-04-10")
    assert [(each.kind, each.period, each.posted_minor) for each in log.lock("2026Q2")[ANN].lines] == [
        ("adjustment", "2026Q1", -4_000)
    ]


def test_churn_takes_back_what_of_the_term_is_not_served() -> None:
    unserved = replace(RULE, triggers=("churn",), share="unserved_term", started_month="served")
    log = paid_deal(replace(KEEP, rule=unserved))
    log.lock("2026Q1")
    log.cancel(1, on="2026-06-15", effective="2026-07-01")
    assert lines_of(log, "2026Q2") == []
    assert lines_of(log, "2026Q3") == [("clawback", -5_833)], "7 of 12 months of 100.00"


def test_a_cancellation_counts_in_the_period_from_which_on_it_holds() -> None:
    log = paid_deal()
    log.lock("2026Q1")
    log.cancel(1, on="2026-04-10", effective="2026-11-01")
    assert [paid(log, period) for period in ("2026Q2", "2026Q3", "2026Q4")] == [0, 0, -10_000]


def test_a_cancellation_that_holds_from_a_locked_period_on_is_a_correction_of_it() -> None:
    log = paid_deal()
    for period in ("2026Q1", "2026Q2"):
        log.lock(period)
    cancelled_at = log.cancel(1, on="2026-08-10", effective="2026-06-01")
    (line_,) = log.lock("2026Q3")[ANN].lines
    assert (line_.kind, line_.period, line_.posted_minor) == ("clawback_adjustment", "2026Q2", -10_000)
    assert line_.positions == (cancelled_at,)


def test_non_payment_takes_back_what_is_open_so_many_days_after_it_was_due() -> None:
    log = TradeLog().plan(clawed(UNPAID)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12")
    log.invoice(1, 1, 100_000, on="2026-01-15", due="2026-03-01")
    log.pay(1, 25_000, "2026-04-15", invoice=1)
    assert lines_of(log, "2026Q1") == [("earning", 10_000)]
    assert lines_of(log, "2026Q2") == [("clawback", -7_500)]


def test_money_for_the_deal_pays_its_invoices_in_the_order_in_which_they_are_due() -> None:
    log = TradeLog().plan(clawed(UNPAID)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12")
    log.invoice(1, 1, 60_000, on="2026-01-15", due="2026-02-01")
    log.invoice(2, 1, 40_000, on="2026-01-15", due="2026-03-01")
    log.pay(1, 70_000, "2026-02-15", deal=1)
    assert lines_of(log, "2026Q2") == [("clawback", -3_000)]


def test_non_payment_of_an_invoice_of_a_later_year_is_found_in_its_period() -> None:
    rule = replace(UNPAID.rule, window=60)
    log = TradeLog().plan(clawed(replace(UNPAID, rule=rule))).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12")
    log.invoice(1, 1, 50_000, on="2028-01-15", due="2028-02-15")
    assert lines_of(log, "2028Q1") == []
    assert lines_of(log, "2028Q2") == [("clawback", -5_000)]


def test_what_was_not_paid_yet_is_cancelled_and_only_the_rest_is_taken_back() -> None:
    log = paid_deal(replace(KEEP, rule=replace(RULE, triggers=("cancellation", "churn"))), release=WITH_CASH)
    log.refund(1, 50_000, "2026-01-25", deal=1)
    log.lock("2026Q1")
    log.cancel(1, on="2026-04-10", fee=20_000)
    assert lines_of(log, "2026Q2") == [("clawback", -3_000), ("cancelled", 0)]
    assert [each.base_minor for each in log.statements("2026Q2")[ANN].lines][1:] == [5_000]


def test_a_refund_is_not_taken_twice_where_the_release_follows_the_cash_by_itself() -> None:
    log = paid_deal(release=WITH_CASH)
    log.lock("2026Q1")
    log.refund(1, 40_000, "2026-04-10", deal=1)
    assert log.lock("2026Q2")[ANN].total_minor == -4_000
    log.pay(2, 40_000, "2026-07-10", deal=1)
    assert paid(log, "2026Q3") == 0, "what was lost is not earned again with the next payment"


@pytest.mark.parametrize(
    ("on_clawback", "in_second", "in_next_year"),
    [("netted", -1_000, 0), ("forfeited", -1_000, 0), ("released", -3_000, 2_000)],
)
def test_a_clawback_meets_what_is_held_back_as_the_plan_says(
    on_clawback: OnClawback, in_second: int, in_next_year: int
) -> None:
    log = paid_deal(release=Release(holdback=held(on_clawback)))
    log.lock("2026Q1")
    log.refund(1, 30_000, "2026-04-10", deal=1)
    assert (paid(log, "2026Q2"), paid(log, "2027Q1")) == (in_second, in_next_year)


@pytest.mark.parametrize(("on_clawback", "in_next_year"), [("netted", 1_000), ("forfeited", 0)])
def test_a_small_clawback_takes_from_what_is_held_back_or_ends_it(on_clawback: OnClawback, in_next_year: int) -> None:
    log = paid_deal(release=Release(holdback=held(on_clawback)))
    log.lock("2026Q1")
    log.refund(1, 10_000, "2026-04-10", deal=1)
    assert (paid(log, "2026Q2"), paid(log, "2027Q1")) == (0, in_next_year)


@pytest.mark.parametrize("on_clawback", ["netted", "forfeited", "released"])
def test_a_clawback_of_everything_leaves_nothing_held_back(on_clawback: OnClawback) -> None:
    log = paid_deal(release=Release(holdback=held(on_clawback)))
    log.refund(1, 100_000, "2026-04-10", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2027Q1")] == [8_000, -8_000, 0]


def held(on_clawback: OnClawback) -> Holdback:
    """A fifth is kept for a year."""
    return Holdback(share_percent=Decimal(20), wait=Wait(count=12, unit="months"), event=None, on_clawback=on_clawback)


@pytest.mark.parametrize("scope", ["line", "component", "statement"])
def test_what_rounding_had_added_is_taken_back_with_the_whole(scope: RoundingScope) -> None:
    log = TradeLog()
    rounding = Rounding(scope=scope, mode="half_up")
    log.plan(clawed(rate=FlatRate(rate_percent=Decimal("0.5"))), rounding=rounding).enrol(ANN)
    for deal in (1, 2, 3):
        log.sell(deal, 100 + 70 * deal, "2026-01-10")
        log.pay(deal, 100 + 70 * deal, "2026-01-20", deal=deal)
    first = log.lock("2026Q1")[ANN].total_minor
    assert first > 0
    for deal in (1, 2, 3):
        log.refund(deal, 100 + 70 * deal, "2026-04-20", deal=deal)
    assert first + paid(log, "2026Q2") == 0


def test_sellers_and_their_manager_give_back_alike() -> None:
    log = TradeLog()
    manager = replace(flat("1.5", "manager_override", "team"), clawback=KEEP)
    log.plan(clawed(rate=FlatRate(rate_percent=Decimal(3))), manager).enrol(ANN, BOB)
    log.team(BOB, ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.refund(1, 50_000, "2026-04-20", deal=1)
    assert (paid(log, "2026Q1", ANN), paid(log, "2026Q1", BOB)) == (3_000, 1_500)
    assert (paid(log, "2026Q2", ANN), paid(log, "2026Q2", BOB)) == (-1_500, -750)


def test_each_share_of_a_deal_gives_back_its_own_part() -> None:
    log = TradeLog().plan(clawed()).enrol(ANN, BOB)
    log.sell(1, 100_000, "2026-01-10", shares=(share(ANN, "70"), share(BOB, "30")))
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.refund(1, 50_000, "2026-04-20", deal=1)
    assert (paid(log, "2026Q2", ANN), paid(log, "2026Q2", BOB)) == (-3_500, -1_500)


def test_a_capped_deal_gives_back_at_the_rate_that_the_cap_left() -> None:
    log = paid_deal(deal_cap_minor=5_000)
    log.refund(1, 40_000, "2026-04-20", deal=1)
    assert (paid(log, "2026Q1"), paid(log, "2026Q2")) == (5_000, -2_000)


def test_a_flat_amount_without_a_base_is_taken_back_too() -> None:
    log = TradeLog()
    margin = Base(kind="margin", cost_from="agreement", negative_margin="zero")
    log.plan(clawed(rate=DealAmount(amount_minor=5_000), base=margin)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, cost=120_000),))
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.refund(1, 100_000, "2026-04-20", deal=1)
    assert (paid(log, "2026Q1"), paid(log, "2026Q2")) == (5_000, -5_000)


def test_what_a_factor_by_days_added_is_taken_back_with_what_it_was_added_to() -> None:
    bands = (CollectionBand(up_to_days=None, factor=Decimal("1.1")),)
    log = paid_deal(release=replace(WITH_CASH, speed=bands))
    log.invoice(1, 1, 100_000, on="2026-01-15", due="2026-02-15")
    assert paid(log, "2026Q1") == 11_000
    log.cancel(1, on="2026-04-10")
    assert paid(log, "2026Q2") == -11_000


def test_a_reopened_deal_takes_its_clawback_back_with_it() -> None:
    log = paid_deal()
    log.refund(1, 40_000, "2026-04-20", deal=1)
    assert [log.lock(period)[ANN].total_minor for period in ("2026Q1", "2026Q2")] == [10_000, -4_000]
    log.reopen(1)
    assert log.lock("2026Q3")[ANN].total_minor == -6_000


@pytest.mark.parametrize("terms", [KEEP, RESTATE])
def test_money_that_is_paid_back_twice_takes_back_the_earning_once(terms: Clawback) -> None:
    log = paid_deal(terms)
    log.lock("2026Q1")
    log.refund(1, 100_000, "2026-04-10", deal=1)
    log.pay(2, 30_000, "2026-05-10", deal=1)
    log.refund(2, 30_000, "2026-06-10", deal=1)
    assert paid(log, "2026Q2") == -10_000


@pytest.mark.parametrize(("refund", "taken"), [(50_000, -8_000), (80_000, -8_000), (90_000, -9_000)])
def test_r55_a_refund_before_counts_towards_what_is_lost_beyond_the_fee(refund: int, taken: int) -> None:
    log = paid_deal()
    log.lock("2026Q1")
    log.refund(1, refund, "2026-04-05", deal=1)
    log.cancel(1, on="2026-04-10", fee=20_000)
    assert paid(log, "2026Q2") == taken


def test_r50_an_earning_below_zero_has_nothing_to_take_back() -> None:
    log = TradeLog()
    margin = Base(kind="margin", cost_from="agreement", negative_margin="negative")
    log.plan(clawed(base=margin)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 0, on="2026-01-12", lines=(line("all", 100_000, cost=120_000),))
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.refund(1, 100_000, "2026-04-20", deal=1)
    assert (paid(log, "2026Q1"), paid(log, "2026Q2")) == (-2_000, 0)

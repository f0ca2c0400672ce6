"""What is released or taken back long after the sale: under an earlier version, on the last day of a holdback, after leaving.

Each was paid wrongly once; what would have come of it is beside it. Amounts are minor units.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.plan_components import Clawback, Component, Release
from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.pay.rules.release import ExpiryStep, ExpiryTable
from salesapi.domain.pay.rules.withholding import Holdback, OnClawback, Wait
from tests.domain.pay.commission_stories import ANN, flat
from tests.domain.pay.pay_terms import KEEP, WITH_CASH, after, in_parts, leavers
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid


def held(months: int, on_clawback: OnClawback = "netted") -> Component:
    """Ten percent, of which a fifth is kept for some months."""
    wait = Wait(count=months, unit="months")
    holdback = Holdback(share_percent=Decimal(20), wait=wait, event=None, on_clawback=on_clawback)
    return replace(flat("10"), release=Release(holdback=holdback), clawback=KEEP)


def test_r28_what_an_earlier_version_holds_back_for_longer_is_released_on_its_day() -> None:
    # Looked for only as long after the sale as the last version waits, it was never found.
    log = TradeLog().plan(held(12)).enrol(ANN)
    log.publish(2, held(1), effective_from="2026-04-01")
    log.sell(1, 100_000, "2026-01-10")
    assert paid(log, "2026Q1") == 8_000
    assert lines_of(log, "2027Q1") == [("release", 2_000)]


def test_r60_what_an_earlier_version_pays_long_after_leaving_is_found() -> None:
    # Released by its instalment, without any event of the deal, after a version that has no rules of leavers.
    halves = in_parts(("50", after(0, "days")), ("50", after(200, "days")), on_churn="keep_remaining")
    log = TradeLog().plan(replace(flat("10"), release=halves), leavers=leavers("100", "50", 300)).enrol(ANN)
    log.publish(2, replace(flat("10"), release=WITH_CASH), effective_from="2026-04-01")
    log.sell(1, 100_000, "2026-01-10")
    log.leave(ANN, "2026-05-15")
    assert [paid(log, period) for period in ("2026Q1", "2026Q2", "2026Q3")] == [5_000, 0, 2_500]


@pytest.mark.parametrize(
    ("on_clawback", "on", "in_first_of_next_year"),
    [
        ("forfeited", "2027-01-09", 0),
        ("forfeited", "2027-01-10", 0),
        ("netted", "2027-01-10", 1_000),
        ("released", "2027-01-10", 1_000),
    ],
)
def test_r28_on_its_last_day_a_clawback_still_meets_what_is_held(
    on_clawback: OnClawback, on: str, in_first_of_next_year: int
) -> None:
    # Of 100.00 a fifth is held until 10 January 2027; 10.00 are taken back. Forfeited, all 20.00 are lost with it.
    log = TradeLog().plan(held(12, on_clawback)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-01-20", deal=1)
    for period in ("2026Q1", "2026Q2", "2026Q3", "2026Q4"):
        log.lock(period)
    log.refund(1, 10_000, on, deal=1)
    assert paid(log, "2027Q1") == in_first_of_next_year


def test_r60_who_left_gives_back_no_more_of_a_refund_than_its_cash_had_paid() -> None:
    # Half of what the last period released was paid: 50.00. A refund at the later share of 100 % took back 100.00.
    log = TradeLog().plan(replace(flat("10"), release=WITH_CASH), leavers=leavers("50", "100", 30)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-05-01", deal=1)
    log.leave(ANN, "2026-05-15")
    log.refund(1, 40_000, "2026-05-20", deal=1)
    assert paid(log, "2026Q2") == 3_000
    log.lock("2026Q2")
    log.refund(1, 60_000, "2026-08-20", deal=1)
    assert paid(log, "2026Q3") == -3_000, "also after the days in which something is still released"


def test_r60_money_that_went_back_counts_later_again_by_the_later_share() -> None:
    log = TradeLog().plan(replace(flat("10"), release=WITH_CASH), leavers=leavers("100", "50", 30)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-02-01", deal=1)
    log.leave(ANN, "2026-05-15")
    log.refund(1, 100_000, "2026-05-20", deal=1)
    log.pay(2, 100_000, "2026-06-01", deal=1)
    assert [paid(log, period) for period in ("2026Q1", "2026Q2")] == [10_000, -5_000]


def test_r60_a_prepayment_of_what_was_sold_in_the_last_period_is_of_that_period() -> None:
    # Nothing is released before it is earned (R22): the payment of March counts on the day of the sale.
    log = TradeLog().plan(replace(flat("10"), release=WITH_CASH), leavers=leavers("50", "0", 30)).enrol(ANN)
    log.pay(1, 100_000, "2026-03-20", deal=1)
    log.sell(1, 100_000, "2026-05-01")
    log.leave(ANN, "2026-05-15")
    assert paid(log, "2026Q2") == 5_000


@pytest.mark.parametrize(
    ("clawback", "in_second"), [(None, [("lapsed", 0)]), (KEEP, [("clawback", -50), ("lapsed", 0)])]
)
def test_r27_what_is_cancelled_of_a_half_minor_unit_is_said_once(
    clawback: Clawback | None, in_second: list[tuple[LineKind, int]]
) -> None:
    # 10 % of 10.05 are 100.5, posted as 101: 50 at once; the other 51 lapse, and no half is cancelled beside them.
    halves = in_parts(("50", after(0)), ("50", after(6)))
    log = TradeLog().plan(replace(flat("10"), release=halves, clawback=clawback)).enrol(ANN)
    log.sell(1, 1_005, "2026-01-10")
    log.agree(1, 1_005, on="2026-01-12")
    assert lines_of(log, "2026Q1") == [("earning", 101), ("withheld", -51)]
    log.lock("2026Q1")
    log.cancel(1, on="2026-05-01")
    assert lines_of(log, "2026Q2") == in_second


def test_what_lapses_step_by_step_adds_up_to_what_lapses_in_all() -> None:
    # 10 % of 10.10 are 101; each quarter a quarter of it is paid too late, and half of that, 12.625, lapses: 50.5 in all.
    late = ExpiryTable(anchor="booking", steps=(ExpiryStep(after_days=0, kept_percent=Decimal(50)),))
    log = TradeLog().plan(replace(flat("10"), release=replace(WITH_CASH, expiry=late))).enrol(ANN)
    log.sell(1, 1_010, "2026-01-10")
    gone: list[int | None] = []
    for number, period in enumerate(("2026Q1", "2026Q2", "2026Q3", "2026Q4")):
        log.pay(number, (252, 253, 252, 253)[number], f"2026-{3 * number + 2:02}-10", deal=1)
        gone += [each.base_minor for each in log.lock(period)[ANN].lines if each.kind == "lapsed"]
    assert gone == [13, 12, 13, 13]


def test_a_line_of_what_lapsed_says_by_which_rule() -> None:
    # Half is due at once, half on acceptance; Ann leaves in the quarter, and the customer is lost before it accepts.
    halves = in_parts(("50", after(0)), ("50", "acceptance"))
    log = TradeLog().plan(replace(flat("10"), release=halves), leavers=leavers("80", "0", 30)).enrol(ANN)
    log.sell(1, 100_000, "2026-04-10")
    log.agree(1, 100_000, on="2026-04-12")
    log.leave(ANN, "2026-05-15")
    log.cancel(1, on="2026-06-01")
    lapsed = [(each.rule, each.base_minor) for each in log.statements("2026Q2")[ANN].lines if each.kind == "lapsed"]
    assert lapsed == [("R27", 5_000), ("R60", 1_000)]
    assert paid(log, "2026Q2") == 4_000

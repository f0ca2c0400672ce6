"""What becomes of the attainment when something is taken back (R51): it stays, or it is restated and the tiers fall.

A deal gives back at the rate that its tier finally paid it at, also what a later deal lifted it by.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.plan_components import Clawback
from tests.domain.pay.commission_stories import ANN, table, tiered
from tests.domain.pay.pay_terms import KEEP, RESTATE
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid, paid_deal


def test_r51_a_refund_of_the_last_deal_keeps_the_attainment_and_takes_its_own_commission() -> None:
    log = two_deals(KEEP)
    log.refund(2, 4_000_000, "2026-05-10", deal=2)
    assert paid(log, "2026Q2") == -180_000


def test_r51_a_refund_of_the_last_deal_restates_the_attainment_and_the_tier_falls() -> None:
    log = two_deals(RESTATE)
    log.refund(2, 4_000_000, "2026-05-10", deal=2)
    assert [(each.kind, each.period, each.posted_minor) for each in log.statements("2026Q2")[ANN].lines] == [
        ("adjustment", "2026Q1", -300_000)
    ]


def test_r51_a_refund_of_the_first_deal_takes_back_what_later_deals_lifted_it_by() -> None:
    log = two_deals(KEEP)
    log.refund(1, 8_000_000, "2026-05-10", deal=1)
    assert paid(log, "2026Q2") == -360_000


@pytest.mark.parametrize("terms", [KEEP, RESTATE])
@pytest.mark.parametrize("first", [1, 2])
def test_r51_refunds_of_everything_net_to_zero_whatever_becomes_of_the_attainment(terms: Clawback, first: int) -> None:
    log = two_deals(terms)
    amounts = {1: 8_000_000, 2: 4_000_000}
    log.refund(first, amounts[first], "2026-05-10", deal=first)
    one = log.lock("2026Q2")[ANN].total_minor
    log.refund(3 - first, amounts[3 - first], "2026-08-10", deal=3 - first)
    assert one + log.lock("2026Q3")[ANN].total_minor == -540_000


def two_deals(terms: Clawback) -> TradeLog:
    """80,000 and 40,000 at table T, retroactive: 5,400 is paid in the first quarter."""
    log = TradeLog().plan(replace(tiered("retroactive"), clawback=terms)).enrol(ANN)
    log.sell(1, 8_000_000, "2026-01-10")
    log.sell(2, 4_000_000, "2026-02-10")
    log.pay(1, 8_000_000, "2026-01-20", deal=1)
    log.pay(2, 4_000_000, "2026-02-20", deal=2)
    assert log.lock("2026Q1")[ANN].total_minor == 540_000
    return log


def test_a_restatement_waits_for_the_day_from_which_on_the_cancellation_holds() -> None:
    log = paid_deal(RESTATE)
    cancelled_at = log.cancel(1, on="2026-02-10", effective="2026-05-01")
    assert log.lock("2026Q1")[ANN].total_minor == 10_000
    (line_,) = log.lock("2026Q2")[ANN].lines
    assert (line_.kind, line_.period, line_.posted_minor) == ("adjustment", "2026Q1", -10_000)
    assert line_.positions == (cancelled_at,)
    assert log.lock("2026Q3") == {}


def test_lines_that_are_rounded_each_by_itself_are_taken_back_together() -> None:
    log = two_small_deals()
    first = log.lock("2026Q1")[ANN].total_minor
    log.refund(1, 150, "2026-04-20", deal=1)
    log.refund(2, 150, "2026-04-20", deal=2)
    assert first + paid(log, "2026Q2") == 0


def two_small_deals() -> TradeLog:
    """A tier lifts the first deal by a half of a minor unit, and the second earns a half, too."""
    log = TradeLog()
    small = tiered("retroactive")
    low, _, high = table("retroactive").tiers
    tiers = replace(
        table("retroactive"),
        tiers=(
            replace(low, upper=Decimal(200), rate_percent=Decimal(1)),
            replace(high, lower=Decimal(200), rate_percent=Decimal("1.1")),
        ),
    )
    log.plan(replace(small, rate=tiers, clawback=KEEP)).enrol(ANN)
    for deal in (1, 2):
        log.sell(deal, 150, "2026-01-10")
        log.pay(deal, 150, "2026-01-20", deal=deal)
    return log


def test_r51_what_a_falling_tier_took_off_an_earlier_deal_comes_back_with_its_refund() -> None:
    falling = tiered("retroactive")
    low, middle, high = table("retroactive").tiers
    tiers = replace(table("retroactive"), tiers=(replace(low, rate_percent=Decimal(4)), middle, high))
    log = TradeLog().plan(replace(falling, rate=tiers, clawback=KEEP)).enrol(ANN)
    for deal in (1, 2):
        log.sell(deal, 4_000_000, f"2026-0{deal}-10")
        log.pay(deal, 4_000_000, f"2026-0{deal}-20", deal=deal)
    assert lines_of(log, "2026Q1") == [("earning", 160_000), ("earning", 120_000), ("uplift", -40_000)]
    log.refund(1, 4_000_000, "2026-05-10", deal=1)
    assert paid(log, "2026Q2") == -120_000
    log.refund(2, 4_000_000, "2026-08-10", deal=2)
    assert paid(log, "2026Q3") == -120_000

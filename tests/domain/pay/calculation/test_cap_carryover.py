"""What caps carry over through the whole engine (R29 deferred, R30 carried): into which window, with which words, by whom.

Figures worked by hand. Laws over generated deals are in `test_cap_carryover_laws.py`.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest

from salesapi.domain.pay.plans.plan_components import Gate, Rounding, RoundingScope
from salesapi.domain.pay.plans.plan_rates import FlatRate
from salesapi.domain.pay.rules.draws import Guarantee
from salesapi.domain.pay.rules.limits import CapSplit
from salesapi.domain.pay.statements.live_statements import LiveStatements
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.carryover_stories import CARRIED, DEFERRED, of_deals, posted
from tests.domain.pay.commission_stories import ANN, BOB, CID, PLAN, Log, flat, share
from tests.domain.pay.pay_terms import KEEP, RESTATE, WITH_CASH
from tests.domain.pay.plan_options import RESIDUAL
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, line, lines_of
from tests.spec import uid


def test_r30_what_goes_past_the_cap_of_a_period_is_earned_first_in_the_next_ones() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    log.win(1, 2_500_000, "2026-01-15")
    log.win(2, 200_000, "2026-04-15")
    assert posted(log, "2026Q1") == of_deals(("R01", 1, 250_000), ("R30", 1, -150_000))
    assert posted(log, "2026Q2") == of_deals(
        ("R30", 1, 150_000), ("R30", 1, -50_000), ("R01", 2, 20_000), ("R30", 2, -20_000)
    )
    assert posted(log, "2026Q3") == of_deals(("R30", 1, 50_000), ("R30", 2, 20_000))
    assert posted(log, "2026Q4") == [], "1,500.00, 200.00 and nothing under 1,000.00: all is paid"


def test_r30_a_carried_line_says_where_it_comes_from_and_what_becomes_of_the_rest() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    won = log.win(1, 2_500_000, "2026-01-15")
    cut = log.statements("2026Q1")[ANN].lines[1]
    assert english(cut) == (
        "cap of the period 1,000.00, the rest is earned later: 1,000.00 less 2,500.00 = -1,500.00 USD"
    )
    carried, again = log.statements("2026Q2")[ANN].lines
    assert (carried.kind, carried.component, carried.won_on, carried.positions) == (
        "earning",
        "base",
        date(2026, 1, 15),
        (won,),
    )
    assert english(carried) == "carried from 2026Q1, past the cap of the component there = 1,500.00 USD"
    assert english(again).endswith("the rest is earned later: 1,000.00 less 1,500.00 = -500.00 USD")


def test_what_does_not_fit_at_all_waits_without_a_line() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    for deal in (1, 2, 3):
        log.win(deal, 1_000_000, "2026-01-15")
    assert posted(log, "2026Q2") == of_deals(("R30", 2, 100_000))
    assert posted(log, "2026Q3") == of_deals(("R30", 3, 100_000))
    assert english(log.statements("2026Q3")[ANN].lines[0]).startswith("carried from 2026Q2")


def test_a_refund_under_a_cap_first_takes_from_what_waits() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    log.win(1, 900_000, "2026-01-15")
    log.win(2, 600_000, "2026-01-16")
    log.win(3, -300_000, "2026-01-17")
    assert posted(log, "2026Q1")[1:] == of_deals(
        ("R01", 2, 60_000), ("R30", 2, -50_000), ("R01", 3, -30_000), ("R30", 3, 30_000)
    )
    assert posted(log, "2026Q2") == of_deals(("R30", 2, 20_000)), "1,200.00 earned, 1,000.00 paid"


def test_a_cap_of_the_year_carries_into_the_first_period_of_the_next_year() -> None:
    log = Log().plan(replace(CARRIED, cap_window="year")).enrol(ANN)
    log.win(1, 800_000, "2026-01-15")
    log.win(2, 800_000, "2026-07-15")
    log.win(3, 700_000, "2027-02-15")
    log.win(4, -200_000, "2027-05-15")
    assert posted(log, "2026Q3") == of_deals(("R01", 2, 80_000), ("R30", 2, -60_000))
    assert posted(log, "2026Q4") == []
    assert posted(log, "2027Q1") == of_deals(("R30", 2, 60_000), ("R01", 3, 70_000), ("R30", 3, -30_000))
    assert posted(log, "2027Q2") == of_deals(("R01", 4, -20_000), ("R30", 4, 20_000))
    assert posted(log, "2028Q1") == of_deals(("R30", 3, 10_000)), "600.00, 700.00 and -200.00 under 1,000.00"


def test_the_cap_of_the_plan_carries_by_component_and_deal() -> None:
    log = Log().plan(flat("10"), flat("5", key="extra"), cap_minor=100_000, cap_excess="carried").enrol(ANN)
    log.win(1, 1_000_000, "2026-01-15")
    assert [line.component for line in log.statements("2026Q2")[ANN].lines] == ["extra"]
    assert posted(log, "2026Q2") == of_deals(("R30", 1, 50_000))
    assert english(log.statements("2026Q2")[ANN].lines[0]) == (
        "carried from 2026Q1, past the cap of the plan there = 500.00 USD"
    )


def test_the_cap_of_the_plan_may_be_that_of_a_year() -> None:
    log = Log().plan(flat("10"), cap_minor=150_000, cap_window="year").enrol(ANN)
    for number, month in enumerate((1, 4, 7), start=1):
        log.win(number, 600_000, f"2026-{month:02}-15")
    log.win(4, 600_000, "2027-01-15")
    assert posted(log, "2026Q3") == of_deals(("R01", 3, 60_000), ("R30", 3, -30_000))
    assert posted(log, "2027Q1") == of_deals(("R01", 4, 60_000)), "what is lost is not carried"


def test_the_cap_of_the_plan_of_a_year_carries_into_the_next_year() -> None:
    log = Log().plan(flat("10"), cap_minor=150_000, cap_window="year", cap_excess="carried").enrol(ANN)
    log.win(1, 1_700_000, "2026-01-15")
    log.win(2, 600_000, "2026-12-15")
    log.win(3, 900_000, "2027-04-15")
    assert posted(log, "2026Q4") == of_deals(("R01", 2, 60_000), ("R30", 2, -60_000))
    assert posted(log, "2027Q1") == of_deals(("R30", 1, 20_000), ("R30", 2, 60_000))
    assert posted(log, "2027Q2") == of_deals(("R01", 3, 90_000), ("R30", 3, -20_000))
    assert posted(log, "2028Q1") == of_deals(("R30", 3, 20_000))


def test_r29_what_goes_past_the_cap_of_a_deal_is_earned_in_the_next_periods_under_their_caps() -> None:
    log = Log().plan(DEFERRED).enrol(ANN)
    log.win(1, 2_500_000, "2026-01-15")
    log.win(2, 1_200_000, "2026-04-15")
    assert posted(log, "2026Q1") == of_deals(("R01", 1, 250_000), ("R29", 1, -150_000))
    assert posted(log, "2026Q2") == of_deals(
        ("R29", 1, 150_000), ("R29", 1, -50_000), ("R01", 2, 120_000), ("R29", 2, -20_000)
    )
    assert posted(log, "2026Q3") == of_deals(("R29", 1, 50_000), ("R29", 2, 20_000))
    assert posted(log, "2026Q4") == []
    assert english(log.statements("2026Q3")[ANN].lines[0]) == (
        "carried from 2026Q2, past the cap of a deal there = 500.00 USD"
    )


def test_what_is_deferred_counts_under_the_caps_of_its_new_period() -> None:
    both = replace(DEFERRED, cap_minor=120_000, cap_excess="carried")
    log = Log().plan(both, cap_minor=110_000).enrol(ANN)
    log.win(1, 1_500_000, "2026-01-15")
    log.win(2, 1_000_000, "2026-04-15")
    assert posted(log, "2026Q2") == of_deals(
        ("R29", 1, 50_000), ("R01", 2, 100_000), ("R30", 2, -30_000), ("R30", 2, -10_000)
    ), "500.00 and 1,000.00 under 1,200.00 of the component, then under 1,100.00 of the plan, whose excess is lost"
    assert posted(log, "2026Q3") == of_deals(("R30", 2, 30_000))


def test_what_is_carried_past_the_plan_comes_before_what_is_deferred() -> None:
    log = Log().plan(DEFERRED, cap_minor=60_000, cap_excess="carried").enrol(ANN)
    log.win(1, 1_500_000, "2026-01-15")
    assert posted(log, "2026Q1") == of_deals(("R01", 1, 150_000), ("R29", 1, -50_000), ("R30", 1, -40_000))
    assert posted(log, "2026Q2") == of_deals(("R30", 1, 40_000), ("R29", 1, 50_000), ("R30", 1, -30_000))
    assert posted(log, "2026Q3") == of_deals(("R30", 1, 30_000))


def test_a_negative_deal_past_its_cap_takes_the_rest_in_the_next_period() -> None:
    log = Log().plan(DEFERRED).enrol(ANN)
    log.win(1, 1_500_000, "2026-01-15")
    log.win(2, -1_500_000, "2026-04-15")
    paid = [sum(minor for _, _, minor in posted(log, f"2026Q{quarter}")) for quarter in (1, 2, 3, 4)]
    assert paid == [100_000, -50_000, -50_000, 0], "a refund of all leaves nothing"


def test_neither_rate_nor_gate_of_the_new_period_is_asked_again() -> None:
    gated = replace(CARRIED, gate=Gate(attainment_percent=Decimal(100), pays="whole_period"))
    log = Log().plan(gated).enrol(ANN)
    log.quota(ANN, 1_000_000, "2026Q1")
    log.win(1, 1_500_000, "2026-01-15")
    assert posted(log, "2026Q2") == of_deals(("R30", 1, 50_000)), "it was earned by what the first quarter reached"


@pytest.mark.parametrize("scope", get_args(RoundingScope))
def test_what_is_carried_is_exact_and_rounded_where_it_is_posted(scope: RoundingScope) -> None:
    thirds = replace(CARRIED, rate=FlatRate(rate_percent=Decimal("3.333333")))
    log = Log().plan(thirds, rounding=Rounding(scope=scope, mode="half_up")).enrol(ANN)
    log.win(1, 4_000_000, "2026-01-15")
    log.win(2, 1_000_000, "2026-01-15")
    first, second = log.statements("2026Q2")[ANN].lines
    assert (first.exact_minor, first.posted_minor) == ("33333.32", 33_333)
    assert (second.exact_minor, second.posted_minor) == ("33333.33", 33_333 if scope == "line" else 33_334)


def test_a_late_deal_moves_what_every_later_period_was_carried() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    log.win(2, 1_300_000, "2026-01-15")
    for period in ("2026Q1", "2026Q2"):
        log.lock(period)
    log.win(1, 800_000, "2026-01-10")
    lines = log.statements("2026Q3")[ANN].lines
    adjusted = [(line.rule, line.period, line.deal_id, line.posted_minor) for line in lines]
    assert adjusted == [
        ("R30", "2026Q3", uid(2), 10_000),
        ("R53", "2026Q1", uid(1), 80_000),
        ("R53", "2026Q1", uid(2), -80_000),
        ("R53", "2026Q2", uid(2), 70_000),
    ], "800.00 and 200.00 in the first quarter, 1,000.00 in the second, the last 100.00 now"
    assert sum(each[-1] for each in adjusted) == 80_000
    log.lock("2026Q3")
    assert log.statements("2026Q4") == {}


def test_corrections_of_what_was_carried_chain() -> None:
    log = Log().plan(CARRIED).enrol(ANN)
    log.win(1, 2_500_000, "2026-01-15")
    for period in ("2026Q1", "2026Q2"):
        log.lock(period)
    log.void(1)
    assert posted(log, "2026Q3") == of_deals(("R53", 1, -100_000), ("R53", 1, -100_000))
    log.lock("2026Q3")
    assert log.statements("2026Q4") == {}


def test_what_is_carried_is_released_with_the_cash_of_its_deal() -> None:
    log = TradeLog().plan(replace(CARRIED, release=WITH_CASH)).enrol(ANN)
    log.sell(1, 1_500_000, "2026-01-15")
    log.agree(1, 1_500_000, on="2026-01-15")
    log.pay(1, 750_000, "2026-03-01", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 150_000), ("limit", -50_000), ("withheld", -50_000)]
    assert lines_of(log, "2026Q2") == [("earning", 50_000), ("withheld", -25_000)]
    log.pay(2, 750_000, "2026-08-01", deal=1)
    assert lines_of(log, "2026Q3") == [("release", 50_000), ("release", 25_000)]


def test_what_is_carried_is_taken_back_with_its_deal() -> None:
    for clawback in (KEEP, RESTATE):
        log = TradeLog().plan(replace(CARRIED, clawback=clawback)).enrol(ANN)
        log.sell(1, 1_500_000, "2026-01-15")
        log.agree(1, 1_500_000, on="2026-01-15")
        for period in ("2026Q1", "2026Q2"):
            log.lock(period)
        log.cancel(1, on="2026-07-10")
        back = log.lock("2026Q3")[ANN]
        assert back.total_minor == -150_000
        if clawback is KEEP:
            _, carried = back.lines
            assert english(carried) == "lost: 500.00, of which paid before = -500.00 USD", "it has no rate of its own"
        assert log.statements("2026Q4") == {}


@pytest.mark.parametrize(
    ("split", "ann", "bob"), [("split_then_cap", 100_000, 100_000), ("cap_then_split", 75_000, 25_000)]
)
def test_r29_a_split_deal_has_its_cap_for_each_share_or_for_all_together(split: CapSplit, ann: int, bob: int) -> None:
    log = Log().plan(replace(DEFERRED, deal_cap_split=split)).enrol(ANN, BOB)
    log.win(1, 8_000_000, "2026-01-15", shares=(share(ANN, "75"), share(BOB, "25")))
    for period in ("2026Q1", "2026Q2"):
        totals = {member: statement.total_minor for member, statement in log.statements(period).items()}
        assert totals == {ANN: ann, BOB: bob}, "what is deferred is under the same cap"


@pytest.mark.parametrize("split", get_args(CapSplit))
def test_each_recurring_invoice_shares_the_cap_of_its_deal_with_what_was_deferred(split: CapSplit) -> None:
    log = TradeLog()
    residual = replace(flat("0"), rate=replace(RESIDUAL, periods=None), attributed="invoice")
    log.plan(replace(residual, deal_cap_minor=15_000, deal_cap_excess="deferred", deal_cap_split=split)).enrol(ANN)
    log.sell(1, 1_000_000, "2026-01-05")
    log.agree(1, 0, on="2026-01-05", lines=(line("a", 1_000_000, recurring=True),))
    for number, on in enumerate(("2026-01-31", "2026-04-30"), start=1):
        log.invoice(number, 1, 1_000_000, on=on)
    assert lines_of(log, "2026Q1") == [("earning", 20_000), ("limit", -5_000)]
    assert lines_of(log, "2026Q2") == [("earning", 5_000), ("earning", 20_000), ("limit", -10_000)]
    assert lines_of(log, "2026Q3") == [("earning", 10_000)]


def test_what_a_payment_earns_past_a_cap_goes_back_with_it() -> None:
    log = TradeLog().plan(replace(CARRIED, attributed="payment")).enrol(ANN)
    log.sell(1, 1_500_000, "2026-01-15")
    log.pay(1, 1_500_000, "2026-02-15", deal=1)
    assert lines_of(log, "2026Q1") == [("earning", 150_000), ("limit", -50_000)]
    log.lock("2026Q1")
    log.lock("2026Q2")
    log.refund(1, 1_500_000, "2026-08-15", deal=1)
    assert lines_of(log, "2026Q3") == [("clawback", -100_000), ("clawback", -50_000)]


def test_a_manager_carries_what_the_team_earns_past_a_cap() -> None:
    log = TradeLog().plan(replace(CARRIED, credit="manager_override")).enrol(CID)
    log.team(CID, ANN, BOB)
    log.sell(1, 1_500_000, "2026-01-15", shares=(share(ANN, "60"), share(BOB, "40")))
    (carried,) = log.statements("2026Q2")[CID].lines
    assert (carried.posted_minor, carried.source_member_id, carried.credit_rule) == (50_000, BOB, "R18")


def test_what_is_carried_counts_in_the_budget_and_the_guarantee_of_the_period_that_earns_it() -> None:
    log = Log().plan(CARRIED, budget_minor=80_000).enrol(ANN)
    log.win(1, 1_900_000, "2026-01-15")
    totals = [log.statements(period)[ANN].total_minor for period in ("2026Q1", "2026Q2")]
    assert totals == [80_000, 80_000], "1,000.00 and 900.00 scaled to 800.00; what the budget takes is lost"
    assert log.statements("2026Q3") == {}
    guarantee = Guarantee(kind="guarantee", amount_minor=90_000, last_on=None, compared_with="earned")
    log = Log().plan(CARRIED, guarantee=guarantee).enrol(ANN)
    log.win(1, 1_500_000, "2026-01-15")
    assert [line.posted_minor for line in log.statements("2026Q2")[ANN].lines] == [50_000, 40_000]


def test_a_live_statement_is_the_one_that_a_run_issues_and_shows_what_is_coming_of_what_was_carried() -> None:
    log = TradeLog().plan(replace(CARRIED, release=WITH_CASH)).enrol(ANN)
    log.sell(1, 1_500_000, "2026-01-15")
    log.agree(1, 1_500_000, on="2026-01-15")
    log.lock("2026Q1")
    live = LiveStatements(log.ledger, PLAN, period_named("2026Q2")).of(ANN)
    issued = log.statements("2026Q2")[ANN]
    assert live.lines(first=1, last=len(live.postings)) == issued.lines
    assert [(each.period, each.deal_id, each.open_minor) for each in live.coming] == [
        ("2026Q1", uid(1), 100_000),
        ("2026Q2", uid(1), 50_000),
    ]


def test_each_share_of_a_manager_defers_under_its_own_part_of_the_cap() -> None:
    log = TradeLog().plan(replace(DEFERRED, credit="manager_override", deal_cap_split="cap_then_split")).enrol(CID)
    log.team(CID, ANN, BOB)
    log.sell(1, 2_000_000, "2026-01-15", shares=(share(ANN, "75"), share(BOB, "25")))
    for period in ("2026Q1", "2026Q2"):
        assert log.statements(period)[CID].total_minor == 100_000, "750.00 and 250.00 of it"
    assert log.statements("2026Q3") == {}

"""A clawback of a closed period (R53 of R49): told apart from what is released, and what it means to accruals and contract costs.

A deal of 1,200.00 at ten percent earns 120.00. The quarters are locked before it is known what was lost in them. Worked by hand.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from salesapi.domain.pay.plans.plan_components import Release
from salesapi.domain.pay.records.payout_runs import StatementLine
from salesapi.domain.pay.rules.accounting import accrual_balances
from salesapi.domain.pay.rules.withholding import Holdback, Wait
from salesapi.domain.pay.statements.accruals import LockedLines, cost_minor, cost_on, movements_of
from salesapi.domain.pay.statements.cost_schedules import CostMonth, cost_schedule
from salesapi.domain.pay.statements.statements import Statement
from salesapi.domain.shared.dates import DaySpan
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.commission_stories import ANN, flat
from tests.domain.pay.pay_terms import KEEP, STRAIGHT, WITH_CASH
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog


def sold(paid: int = 120_000, **more: Any) -> TradeLog:
    """Won in January, for a year; so much of the 1,200.00 is paid at once."""
    log = TradeLog().plan(replace(flat("10"), clawback=KEEP, **more)).enrol(ANN)
    log.sell(1, 120_000, "2026-01-10")
    log.agree(1, 120_000, on="2026-01-12", starts="2026-01-01", ends="2026-12-31")
    log.pay(1, paid, "2026-01-20", deal=1)
    return log


def locked(log: TradeLog, *periods: str) -> list[Statement]:
    """Ann's statements of runs that are locked one after the other."""
    found = (log.lock(period).get(ANN) for period in periods)
    return [statement for statement in found if statement is not None]


def told(statement: Statement) -> list[tuple[str, str, int, int | None]]:
    return [(line.kind, line.period, line.posted_minor, line.base_minor) for line in statement.lines]


def settled(statement: Statement, line: StatementLine) -> LockedLines:
    """A line as finance's reports read it."""
    period = period_named(statement.period)
    is_own = line.won_on is not None and period.first_on <= line.won_on <= period.last_on
    return LockedLines(
        kind=line.kind,
        posted_minor=line.posted_minor,
        gone_minor=(line.base_minor or 0) if line.kind in ("lapsed", "cancelled") else 0,
        earned_on=line.won_on if is_own and line.won_on is not None else period.last_on,
        payable_on=period.last_on,
    )


def settled_of(statements: Iterable[Statement]) -> list[LockedLines]:
    return [settled(statement, line) for statement in statements for line in statement.lines]


def balances(statements: Iterable[Statement], on: str) -> tuple[int, int]:
    """Computes what is earned and not payable, and payable and not paid, at the end of a day before any payment."""
    day = date.fromisoformat(on)
    movements = [each for lines in settled_of(statements) for each in movements_of(lines) if each.on <= day]
    (found,) = accrual_balances(movements, DaySpan(effective_from=day, effective_until=day + timedelta(days=1)))
    return (found.earned_not_payable_minor, found.payable_not_paid_minor)


def months(statements: Iterable[Statement], until: str) -> dict[int, CostMonth]:
    """The contract cost of the deal, by the number of the month."""
    added: dict[date, int] = {}
    for lines in settled_of(statements):
        month_on = cost_on(lines).replace(day=1)
        added[month_on] = added.get(month_on, 0) + cost_minor(lines)
    found = cost_schedule(STRAIGHT, added, 12, churned_on=None, until_on=date.fromisoformat(until))
    return {each.month_on.month: each for each in found}


def test_a_refund_of_a_closed_period_is_told_as_a_clawback_of_it() -> None:
    log = sold()
    locked(log, "2026Q1", "2026Q2")
    refunded_at = log.refund(1, 48_000, "2026-06-30", deal=1)
    (statement,) = locked(log, "2026Q3")
    assert told(statement) == [("clawback_adjustment", "2026Q2", -4_800, None)]
    assert (statement.adjusted_minor, statement.clawed_minor, statement.total_minor) == (-4_800, 0, -4_800)
    (line_,) = statement.lines
    assert (line_.rule, line_.positions) == ("R53", (refunded_at,))
    assert english(line_) == "2026Q2 taken back recomputed -48.00 less posted 0.00 = -48.00 USD"
    assert log.lock("2026Q4") == {}


def test_accruals_take_it_back_from_what_is_payable_and_leave_what_is_earned_alone() -> None:
    log = sold()
    statements = locked(log, "2026Q1", "2026Q2")
    assert balances(statements, "2026-06-30") == (0, 12_000)
    log.refund(1, 48_000, "2026-06-30", deal=1)
    statements += locked(log, "2026Q3")
    assert balances(statements, "2026-09-29") == (0, 12_000), "what was reported of a locked period stays"
    assert balances(statements, "2026-09-30") == (0, 7_200)


def test_the_contract_cost_is_less_from_the_month_of_its_run_on_and_catches_up() -> None:
    log = sold()
    statements = locked(log, "2026Q1", "2026Q2")
    before = months(statements, "2026-12-31")
    assert [before[month].carrying_minor for month in (1, 8, 9, 12)] == [11_000, 4_000, 3_000, 0]
    log.refund(1, 48_000, "2026-06-30", deal=1)
    after = months([*statements, *locked(log, "2026Q3")], "2026-12-31")
    assert after[8] == before[8]
    # 72.00 over a year are 6.00 a month: 48.00 of eight months instead of 80.00 that were expensed, and 6.00 of this month.
    september = after[9]
    assert (september.added_minor, september.expense_minor, september.carrying_minor) == (-4_800, -2_600, 1_800)
    assert [after[month].carrying_minor for month in (10, 11, 12)] == [1_200, 600, 0]


def test_what_was_not_payable_yet_is_cancelled_in_the_closed_period() -> None:
    log = sold(60_000, release=WITH_CASH)
    statements = locked(log, "2026Q1", "2026Q2")
    assert balances(statements, "2026-06-30") == (6_000, 6_000)
    cancelled_at = log.cancel(1, on="2026-08-10", effective="2026-06-01")
    statements += locked(log, "2026Q3")
    assert told(statements[-1]) == [
        ("clawback_adjustment", "2026Q2", -6_000, None),
        ("cancelled", "2026Q2", 0, 6_000),
    ]
    gone = statements[-1].lines[1]
    assert (gone.rule, gone.positions, gone.exact_minor) == ("R53", (cancelled_at,), "0")
    assert english(gone) == "2026Q2 never payable recomputed 60.00 less posted 0.00 = 60.00 USD"
    assert balances(statements, "2026-09-30") == (0, 0)
    september = months(statements, "2026-12-31")[9]
    assert (september.added_minor, september.carrying_minor) == (-12_000, 0)


def test_all_unpaid_is_cancelled_in_the_closed_period_by_a_line_that_posts_nothing() -> None:
    log = sold(0, release=WITH_CASH)
    statements = locked(log, "2026Q1", "2026Q2")
    log.cancel(1, on="2026-08-10", effective="2026-06-01")
    statements += locked(log, "2026Q3")
    assert told(statements[-1]) == [("cancelled", "2026Q2", 0, 12_000)]
    assert statements[-1].total_minor == 0
    assert balances(statements, "2026-09-30") == (0, 0)
    assert log.lock("2026Q4") == {}


def test_a_reopened_deal_gives_back_its_clawback_and_what_was_cancelled() -> None:
    log = sold(60_000, release=WITH_CASH)
    statements = locked(log, "2026Q1", "2026Q2")
    log.cancel(1, on="2026-08-10", effective="2026-06-01")
    statements += locked(log, "2026Q3")
    log.reopen(1)
    statements += locked(log, "2026Q4")
    assert told(statements[-1]) == [
        ("adjustment", "2026Q1", -12_000, None),
        ("release_adjustment", "2026Q1", 6_000, None),
        ("clawback_adjustment", "2026Q2", 6_000, None),
        ("cancelled", "2026Q2", 0, -6_000),
    ]
    assert sum(statement.total_minor for statement in statements) == 0
    assert balances(statements, "2026-12-31") == (0, 0)
    assert {each.carrying_minor for month, each in months(statements, "2026-12-31").items() if month >= 9} == {0}


def test_refunds_of_one_closed_period_that_become_known_one_by_one_chain() -> None:
    log = sold()
    statements = locked(log, "2026Q1", "2026Q2")
    for amount_minor, period, taken in (
        (40_000, "2026Q3", -4_000),
        (30_000, "2026Q4", -3_000),
        (50_000, "2027Q1", -5_000),
    ):
        log.refund(1, amount_minor, "2026-06-30", deal=1)
        statements += locked(log, period)
        assert told(statements[-1]) == [("clawback_adjustment", "2026Q2", taken, None)]
    assert sum(statement.total_minor for statement in statements) == 0
    assert balances(statements, "2027-03-31") == (0, 0)


def test_a_refund_within_the_closed_period_of_the_sale_is_a_clawback_too() -> None:
    log = sold()
    statements = locked(log, "2026Q1")
    log.refund(1, 12_000, "2026-03-31", deal=1)
    statements += locked(log, "2026Q2")
    assert told(statements[-1]) == [("clawback_adjustment", "2026Q1", -1_200, None)]
    assert balances(statements, "2026-06-30") == (0, 10_800)


@pytest.mark.parametrize(
    ("refunded", "expected", "balance"),
    [
        # A tenth is lost: the fifth that is held back pays for it, and half of that is left to come.
        (12_000, [("cancelled", "2026Q2", 0, 1_200)], (1_200, 9_600)),
        # Half is lost: 60.00, of which 24.00 were held back.
        (60_000, [("clawback_adjustment", "2026Q2", -3_600, None), ("cancelled", "2026Q2", 0, 2_400)], (0, 6_000)),
    ],
)
def test_what_is_held_back_pays_for_a_loss_of_a_closed_period_first(
    refunded: int, expected: list[tuple[str, str, int, int | None]], balance: tuple[int, int]
) -> None:
    wait = Wait(count=12, unit="months")
    holdback = Holdback(share_percent=Decimal(20), wait=wait, event=None, on_clawback="netted")
    log = sold(release=Release(holdback=holdback))
    statements = locked(log, "2026Q1", "2026Q2")
    assert balances(statements, "2026-06-30") == (2_400, 9_600)
    log.refund(1, refunded, "2026-06-30", deal=1)
    statements += locked(log, "2026Q3")
    assert told(statements[-1]) == expected
    assert balances(statements, "2026-09-30") == balance


def test_cash_that_bounces_in_a_closed_period_is_no_clawback() -> None:
    log = sold(release=WITH_CASH)
    statements = locked(log, "2026Q1", "2026Q2")
    log.bounce(1, "2026-06-30")
    statements += locked(log, "2026Q3")
    assert told(statements[-1]) == [("release_adjustment", "2026Q2", -12_000, None)]
    assert balances(statements, "2026-09-30") == (12_000, 0), "it is earned, and waits for its money again"


def test_all_that_a_correction_says_adds_up_to_what_the_facts_give() -> None:
    log = sold()
    log.refund(1, 33_333, "2026-03-20", deal=1)
    at_once = sum(log.statements(period)[ANN].total_minor for period in ("2026Q1",))
    late = sold()
    statements = locked(late, "2026Q1")
    late.refund(1, 33_333, "2026-03-20", deal=1)
    statements += locked(late, "2026Q2")
    assert at_once == sum(statement.total_minor for statement in statements) == 12_000 - round(Fraction(33_333, 10))

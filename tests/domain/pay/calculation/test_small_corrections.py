"""Small corrections of closed periods (R53): recorded by a line that posts nothing, and paid once they come to enough."""

from dataclasses import replace

import pytest

from salesapi.domain.pay.calculation.corrections import is_small
from salesapi.domain.pay.records.payout_runs import StatementLine
from tests.domain.pay.commission_stories import ANN, flat
from tests.domain.pay.pay_terms import KEEP, NET, WITH_CASH
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, lines_of, paid


@pytest.mark.parametrize(
    ("deltas", "from_minor", "expected"),
    [
        ((99,), 100, True),  # below
        ((-99,), 100, True),  # below, taken back
        ((100,), 100, False),  # exactly
        ((-100,), 100, False),  # exactly, taken back
        ((-99, 99), 100, True),  # two sides
        ((60, 60), 100, True),  # never added up
        ((-5, 100), 100, False),  # one side
        ((1,), 1, False),
        ((1,), None, False),  # none
    ],
)
def test_r53_a_correction_is_small_where_each_of_its_sides_is(
    deltas: tuple[int, ...], from_minor: int | None, expected: bool
) -> None:
    assert is_small(deltas, from_minor) == expected


def agreed(from_minor: int | None = 100) -> TradeLog:
    """Ten percent of what is agreed: 1,000.00, paid in the first quarter, which is locked. Corrections count from 1.00 on."""
    log = TradeLog().plan(replace(flat("10"), base=NET), correction_from_minor=from_minor).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12")
    assert log.lock("2026Q1")[ANN].total_minor == 10_000
    return log


def only_line(log: TradeLog, period: str) -> StatementLine:
    (line,) = log.lock(period)[ANN].lines
    return line


def test_a_small_correction_is_recorded_once_and_posts_nothing() -> None:
    log = agreed()
    amended_at = log.amend(1, 990, on="2026-05-10")
    line = only_line(log, "2026Q2")
    assert (line.kind, line.rule, line.period, line.posted_minor) == ("adjustment", "R53", "2026Q1", 0)
    assert (line.exact_minor, line.residual_minor, line.positions) == ("99", "99", (amended_at,))
    assert english(line) == (
        "2026Q1 recomputed 100.99 less posted 100.00 = 0.99 USD; less than 1.00 is recorded and not paid"
    )
    assert log.lock("2026Q3") == {}


def test_small_corrections_are_paid_together_once_they_come_to_enough() -> None:
    log = agreed()
    log.amend(1, 990, on="2026-05-10")
    log.lock("2026Q2")
    log.amend(1, 10, on="2026-08-10")
    line = only_line(log, "2026Q3")
    assert (line.posted_minor, english(line)) == (100, "2026Q1 recomputed 101.00 less posted 100.00 = 1.00 USD")
    assert log.lock("2026Q4") == {}


def test_what_is_taken_back_again_leaves_nothing_to_correct() -> None:
    log = agreed()
    log.amend(1, 990, on="2026-05-10")
    log.lock("2026Q2")
    log.amend(1, -990, on="2026-08-10")
    assert log.lock("2026Q3") == {}


def test_without_a_least_amount_every_correction_is_paid() -> None:
    log = agreed(None)
    log.amend(1, 10, on="2026-05-10")
    assert lines_of(log, "2026Q2") == [("adjustment", 1)]


def test_the_version_of_the_last_day_of_the_run_says_how_much_is_small() -> None:
    log = agreed(None)
    log.publish(2, replace(flat("10"), base=NET), effective_from="2026-06-30", correction_from_minor=100)
    log.amend(1, 990, on="2026-05-10")
    assert lines_of(log, "2026Q2") == [("adjustment", 0)]


def test_the_sides_of_a_deal_are_recorded_or_paid_together() -> None:
    log = TradeLog()
    component = replace(flat("10"), base=NET, clawback=KEEP, release=WITH_CASH)
    log.plan(component, correction_from_minor=100).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12")
    log.lock("2026Q1")
    log.amend(1, 500, on="2026-05-10")
    assert lines_of(log, "2026Q2") == [("adjustment", 0), ("release_adjustment", 0)], "0.50 more, and not payable"
    log.pay(1, 50_250, "2026-03-10", deal=1)
    assert lines_of(log, "2026Q2") == [("adjustment", 50), ("release_adjustment", 4_975)], "half of 100.50 is payable"
    assert paid(log, "2026Q2") == 5_025


def test_a_small_clawback_of_a_closed_period_waits_too() -> None:
    log = TradeLog().plan(replace(flat("10"), clawback=KEEP), correction_from_minor=100).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 100_000, "2026-01-20", deal=1)
    log.lock("2026Q1")
    log.refund(1, 900, "2026-03-20", deal=1)
    assert log.lock("2026Q2")[ANN].total_minor == 0
    log.refund(1, 100, "2026-03-21", deal=1)
    line = only_line(log, "2026Q3")
    assert (line.kind, line.period, line.posted_minor) == ("clawback_adjustment", "2026Q1", -100)

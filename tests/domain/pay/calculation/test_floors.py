"""Guarantees and draws on statements: R31 to R33 over the periods of a plan, with what was advanced and what is owed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salesapi.domain.pay.plans.enrolments import EnrolmentEnded
from salesapi.domain.pay.rules.draws import Guarantee
from tests.domain.pay.commission_stories import ANN, PLAN, Log, balance_minor, flat
from tests.domain.pay.plan_options import DRAW
from tests.domain.pay.reasons_said import english

FLOOR = Guarantee(kind="guarantee", amount_minor=90_000, last_on=None, compared_with="payable")
DRAWN = replace(DRAW, recovery_limit_percent=Decimal(100))
QUARTERS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")


def owed_of(log: Log) -> int:
    """Computes what Ann was advanced less what was recovered."""
    return balance_minor(log.ledger, ANN)


def test_the_guarantee_lifts_a_statement_and_leaves_a_better_one_alone() -> None:
    log = Log().plan(flat("10"), guarantee=FLOOR).enrol(ANN)
    log.win(1, 600_000, "2026-01-31")
    statement = log.statements("2026Q1")[ANN]
    assert [(line.rule, line.posted_minor) for line in statement.lines] == [("R01", 60_000), ("R31", 30_000)]
    assert (statement.earned_minor, statement.drawn_minor, statement.total_minor) == (60_000, 30_000, 90_000)
    assert english(statement.lines[1]) == "guaranteed 900.00 less 600.00 = 300.00 USD"
    log.win(2, 300_000, "2026-02-01")
    assert [line.rule for line in log.statements("2026Q1")[ANN].lines] == ["R01", "R01"]


def test_who_sold_nothing_has_a_statement_with_the_guarantee_alone() -> None:
    log = Log().plan(flat("10"), guarantee=replace(FLOOR, kind="non_recoverable_draw")).enrol(ANN)
    (line,) = log.statements("2026Q1")[ANN].lines
    assert (line.kind, line.rule, line.deal_id, line.posted_minor) == ("guarantee", "R32", None, 90_000)


@pytest.mark.parametrize(
    ("begins", "ends", "last_on", "expected"),
    [
        ("2026-02-15", None, None, 45_000),  # 45 of 90 days
        ("2026-01-01", "2026-01-31", None, 30_000),  # 30 days; the last day is not enrolled any more
        ("2026-01-01", None, "2026-01-18", 18_000),
        ("2026-04-01", None, None, 0),
    ],
)
def test_a_guarantee_counts_for_the_days_on_which_it_holds(
    begins: str, ends: str | None, last_on: str | None, expected: int
) -> None:
    floor = replace(FLOOR, last_on=date.fromisoformat(last_on) if last_on else None)
    log = Log().plan(flat("10"), guarantee=floor)
    log.enrol_from(ANN, begins, ends)
    statements = log.statements("2026Q1")
    assert (statements[ANN].total_minor if ANN in statements else 0) == expected


def test_a_draw_is_advanced_and_recovered_as_in_the_catalogue() -> None:
    log = Log().plan(flat("10"), draw=DRAWN).enrol(ANN)
    paid, owed = [], []
    for number, (quarter, earned_minor) in enumerate(zip(QUARTERS, (60_000, 100_000, 150_000), strict=False), start=1):
        log.win(number, earned_minor * 10, f"2026-{3 * number:02}-01")
        locked = log.lock(quarter)[ANN]
        paid.append(locked.total_minor)
        owed.append(owed_of(log))
    assert paid == [90_000, 90_000, 130_000]
    assert owed == [30_000, 20_000, 0]
    assert log.statements("2026Q3")[ANN] == locked, "a locked period is recomputed with the balance that it began with"
    log.win(4, 1_500_000, "2026-12-01")
    assert [line.rule for line in log.statements("2026Q4")[ANN].lines] == ["R01"], "nothing is owed any more"


def test_a_period_that_is_run_after_a_later_one_does_not_recover_the_same_debt_again() -> None:
    log = Log().plan(flat("10"), draw=DRAWN).enrol(ANN)
    log.win(1, 600_000, "2026-03-01")
    log.lock("2026Q1")
    log.win(2, 1_500_000, "2026-09-01")
    assert log.lock("2026Q3")[ANN].total_minor == 120_000
    log.win(3, 1_000_000, "2026-06-01")
    assert log.lock("2026Q2")[ANN].total_minor == 100_000
    assert owed_of(log) == 0
    assert [log.statements(quarter)[ANN].total_minor for quarter in QUARTERS[:3]] == [90_000, 100_000, 120_000]


def test_recovery_takes_at_most_its_share_of_a_periods_earnings() -> None:
    log = Log().plan(flat("10"), draw=replace(DRAWN, recovery_limit_percent=Decimal(10))).enrol(ANN)
    log.lock("2026Q1")
    log.win(1, 3_000_000, "2026-04-01")
    statement = log.lock("2026Q2")[ANN]
    assert [line.posted_minor for line in statement.lines] == [300_000, -30_000]
    assert (
        english(statement.lines[1])
        == "recovered of 900.00 owed, at most 10 % of 3,000.00; 2,700.00 is paid = -300.00 USD"
    )
    assert owed_of(log) == 60_000


@pytest.mark.parametrize(("compared_with", "expected"), [("payable", 60_000), ("earned", 90_000)])
def test_a_correction_counts_towards_the_draw_only_where_the_plan_compares_what_is_payable(
    compared_with: str, expected: int
) -> None:
    log = Log().plan(flat("10"), draw=replace(DRAWN, compared_with=compared_with)).enrol(ANN)  # type: ignore[arg-type]
    log.win(1, 900_000, "2026-01-31")
    log.lock("2026Q1")
    log.win(2, 300_000, "2026-03-31")
    statement = log.statements("2026Q2")[ANN]
    assert statement.adjusted_minor == 30_000, "the late deal of the first quarter"
    assert statement.drawn_minor == expected


def test_floors_of_locked_periods_are_never_corrected_themselves() -> None:
    log = Log().plan(flat("10"), draw=DRAWN).enrol(ANN)
    log.lock("2026Q1")
    log.win(1, 900_000, "2026-01-31")
    lines = log.statements("2026Q2")[ANN].lines
    # The late 900.00 of the first quarter reach the draw of the second: nothing is advanced, nothing above it recovered.
    assert [(line.kind, line.posted_minor) for line in lines] == [("adjustment", 90_000)]


@pytest.mark.parametrize(("on_leaving", "expected"), [("still_owed", [100_000, -90_000]), ("forgiven", [100_000])])
def test_a_leavers_balance_is_owed_or_forgiven_as_the_plan_says(on_leaving: str, expected: list[int]) -> None:
    log = Log().plan(flat("10"), draw=replace(DRAWN, on_leaving=on_leaving)).enrol(ANN)  # type: ignore[arg-type]
    log.lock("2026Q1")
    log.win(1, 1_000_000, "2026-01-31")
    ended = EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=date(2026, 4, 1), reason="left")
    log.add(ANN, ended)
    assert [line.posted_minor for line in log.statements("2026Q2")[ANN].lines] == expected


def test_a_run_that_was_returned_leaves_no_debt() -> None:
    log = Log().plan(flat("10"), draw=DRAWN).enrol(ANN)
    log.open_run("2026Q1")
    log.issue("2026Q1")
    assert owed_of(log) == 0, "only a lock posts"
    log.issue("2026Q1")
    log.lock_open("2026Q1")
    assert owed_of(log) == 90_000


@pytest.mark.parametrize(("on_leaving", "expected"), [("still_owed", [300_000, -90_000]), ("forgiven", [300_000])])
def test_what_was_forgiven_when_a_member_left_is_not_owed_again_when_it_comes_back(
    on_leaving: str, expected: list[int]
) -> None:
    log = Log().plan(flat("10"), draw=replace(DRAWN, on_leaving=on_leaving)).enrol(ANN)  # type: ignore[arg-type]
    log.lock("2026Q1")
    log.add(ANN, EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=date(2026, 4, 1), reason="left"))
    log.lock("2026Q2")
    log.enrol_from(ANN, "2026-07-01")
    log.win(1, 3_000_000, "2026-07-01")
    assert [line.posted_minor for line in log.statements("2026Q3")[ANN].lines] == expected


def test_what_was_recovered_before_a_leaving_became_known_that_forgives_it_is_no_credit_of_who_comes_back() -> None:
    log = Log().plan(flat("10"), draw=replace(DRAWN, on_leaving="forgiven")).enrol(ANN)
    log.win(1, 600_000, "2026-03-01")
    log.lock("2026Q1")
    log.win(2, 1_500_000, "2026-06-01")
    assert log.lock("2026Q2")[ANN].total_minor == 120_000, "300.00 are recovered"
    log.leave(ANN, "2026-03-31")
    log.enrol_from(ANN, "2026-07-01")
    log.win(3, 300_000, "2026-07-01")
    log.win(4, 3_000_000, "2026-10-01")
    third, fourth = (log.lock(quarter)[ANN].lines for quarter in ("2026Q3", "2026Q4"))
    # 300.00 and -1,500.00, the correction of the second quarter, are topped up to 900.00.
    assert [(line.rule, line.posted_minor) for line in third] == [("R01", 30_000), ("R53", -150_000), ("R33", 210_000)]
    assert [(line.rule, line.posted_minor) for line in fourth] == [("R01", 300_000), ("R33", -210_000)]

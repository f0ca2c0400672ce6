"""Corrections of locked periods: the difference between what is known now and what was posted, with its causes."""

from datetime import date

from hypothesis import given as examples
from hypothesis import strategies as st

from salesapi.domain.pay.plans.enrolments import EnrolmentEnded
from salesapi.domain.pay.records.payout_runs import StatementLine
from salesapi.domain.pay.statements.live_statements import LiveStatements
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, flat, posted, recomputed, tiered
from tests.domain.pay.reasons_said import english
from tests.spec import uid


def adjustments(log: Log, period: str) -> list[StatementLine]:
    """All adjustment lines of a period's statements."""
    return [line for one in log.statements(period).values() for line in one.lines if line.kind == "adjustment"]


def locked_first_quarter() -> Log:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    log.win(1, 10_000, "2026-01-31")
    log.win(2, 20_000, "2026-02-28", owner=BOB)
    log.lock("2026Q1")
    return log


def test_nothing_changed_nothing_corrected() -> None:
    log = locked_first_quarter()
    log.win(3, 10_000, "2026-04-01")
    assert adjustments(log, "2026Q2") == []


def test_a_win_reopened_after_the_lock_is_taken_back_with_its_cause() -> None:
    log = locked_first_quarter()
    reopened_at = log.reopen(1)
    (line,) = adjustments(log, "2026Q2")
    assert (line.posted_minor, line.period, line.deal_id, line.rule) == (-500, "2026Q1", uid(1), "R53")
    assert line.positions == (reopened_at,)
    assert english(line) == "2026Q1 recomputed 0.00 less posted 5.00 = -5.00 USD"


def test_a_win_voided_after_the_lock_is_taken_back() -> None:
    log = locked_first_quarter()
    log.void(2)
    assert [line.posted_minor for line in adjustments(log, "2026Q2")] == [-1_000]


def test_a_late_recorded_win_of_a_locked_period_is_paid_in_the_next_run() -> None:
    log = locked_first_quarter()
    won_at = log.win(3, 10_000, "2026-03-31")
    (line,) = adjustments(log, "2026Q2")
    assert (line.posted_minor, line.period, line.positions) == (500, "2026Q1", (won_at,))
    statement = log.statements("2026Q2")[ANN]
    assert (statement.earned_minor, statement.adjusted_minor, statement.total_minor) == (0, 500, 500)


def test_what_was_paid_under_an_enrolment_that_falls_is_taken_back_from_who_then_never_took_part() -> None:
    log = Log().plan(flat("5"))
    log.enrol_from(ANN, "2026-01-20")
    log.win(1, 10_000, "2026-01-31")
    log.lock("2026Q1")
    mistaken = EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=date(2026, 1, 20), reason="mistaken")
    log.add(ANN, mistaken)
    live = LiveStatements(log.ledger, PLAN, period_named("2026Q2"))
    assert live.has(ANN)
    assert [line.posted_minor for line in live.of(ANN).postings] == [-500]
    assert [line.posted_minor for line in adjustments(log, "2026Q2")] == [-500]
    log.lock("2026Q2")
    assert log.statements("2026Q3") == {}


def test_several_corrections_chain() -> None:
    log = locked_first_quarter()
    log.reopen(1)
    log.lock("2026Q2")
    assert adjustments(log, "2026Q3") == []
    log.win(1, 40_000, "2026-01-31")
    (line,) = adjustments(log, "2026Q3")
    assert (line.posted_minor, english(line)) == (2_000, "2026Q1 recomputed 20.00 less posted 0.00 = 20.00 USD")
    log.lock("2026Q3")
    assert adjustments(log, "2026Q4") == []


def test_a_win_that_moves_into_another_period_is_taken_back_in_the_first() -> None:
    log = locked_first_quarter()
    log.reopen(1)
    log.win(1, 10_000, "2026-04-01")
    statement = log.statements("2026Q2")[ANN]
    assert (statement.earned_minor, statement.adjusted_minor, statement.total_minor) == (500, -500, 0)


def test_a_refund_that_falls_through_a_retroactive_tier_takes_back_the_uplift() -> None:
    log = Log().plan(tiered("retroactive")).enrol(ANN)
    log.win(1, 8_000_000, "2026-01-30")
    log.win(2, 4_000_000, "2026-01-31")
    assert log.lock("2026Q1")[ANN].total_minor == 540_000
    log.reopen(2)
    assert [line.posted_minor for line in adjustments(log, "2026Q2")] == [-300_000]


def test_another_deals_line_that_moved_with_the_tier_names_the_deal_that_moved_it() -> None:
    log = Log().plan(tiered("marginal")).enrol(ANN)
    log.win(1, 8_000_000, "2026-01-30")
    log.win(2, 4_000_000, "2026-01-31")
    log.lock("2026Q1")
    reopened_at = log.reopen(1)
    lines = adjustments(log, "2026Q2")
    assert [(line.deal_id, line.posted_minor) for line in lines] == [(uid(1), -160_000), (uid(2), -40_000)]
    assert {line.positions for line in lines} == {(reopened_at,)}


def test_a_back_dated_version_corrects_what_was_locked() -> None:
    log = locked_first_quarter()
    published_at = log.publish(2, flat("6"), effective_from="2026-02-01")
    (line,) = adjustments(log, "2026Q2")
    assert (line.posted_minor, line.positions) == (200, (published_at,))


def test_a_back_dated_end_of_an_enrolment_takes_back_what_came_after_it() -> None:
    log = locked_first_quarter()
    ended = EnrolmentEnded(member_id=BOB, plan_id=PLAN, effective_until=date(2026, 2, 28), reason="left")
    log.add(BOB, ended)
    assert [line.posted_minor for line in adjustments(log, "2026Q2")] == [-1_000]


def test_statements_of_an_abandoned_calculation_are_never_posted() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.open_run("2026Q1")
    log.win(1, 10_000, "2026-01-31")
    log.issue("2026Q1")
    log.win(2, 20_000, "2026-01-31")
    log.issue("2026Q1")
    log.void(1)
    log.void(2)
    assert log.lock_open("2026Q1") == {}
    assert posted(log.ledger, "2026Q1") == {}
    assert adjustments(log, "2026Q2") == []
    log.win(3, 10_000, "2026-01-31")
    assert [line.posted_minor for line in adjustments(log, "2026Q2")] == [500]


def test_only_earlier_periods_are_corrected() -> None:
    log = locked_first_quarter()
    log.lock("2026Q3")
    log.reopen(1)
    log.win(3, 10_000, "2026-07-01")
    assert {line.period for line in adjustments(log, "2026Q2")} == {"2026Q1"}
    assert {line.period for line in adjustments(log, "2026Q4")} == {"2026Q1", "2026Q3"}


STEP = st.tuples(
    st.sampled_from(["win", "reopen", "lock"]), st.integers(1, 5), st.integers(1, 12_000_000), st.integers(1, 9)
)


@examples(st.lists(STEP, max_size=25))
def test_what_locked_runs_posted_is_what_is_known_at_the_last_of_them(
    steps: list[tuple[str, int, int, int]],
) -> None:
    log = Log().plan(tiered("retroactive")).enrol(ANN, BOB)
    unlocked, won = ["2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1"], set[int]()
    for kind, deal, amount_minor, month in steps:
        if kind == "win" and deal not in won:
            log.win(deal, amount_minor, f"2026-0{month}-15", owner=(ANN, BOB)[deal % 2])
            won.add(deal)
        elif kind == "reopen" and deal in won:
            log.reopen(deal)
            won.remove(deal)
        elif kind == "lock" and len(unlocked) > 1:
            log.lock(unlocked.pop(0))
    log.lock(unlocked[0])
    for run in log.ledger.paid.runs_of(PLAN):
        assert recomputed(log.ledger, run.period.text) == posted(log.ledger, run.period.text)

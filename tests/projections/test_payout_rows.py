"""Rows of payout runs, statements and payouts, and of where pay is booked: given facts, the rows."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from salesapi.domain.organisation.members import MemberChanged, MemberJoined, MemberLeft
from salesapi.domain.pay.records import payout_runs, payouts
from salesapi.domain.pay.records.payout_holds import PayoutRunLineFreed, PayoutRunLineHeld
from salesapi.domain.shared.states import made_from
from salesapi.projections.organisation import employments
from salesapi.projections.organisation.employments import CHANGES_MAX, EmploymentRow
from salesapi.projections.pay import payout_runs as payout_run_rows
from salesapi.projections.pay import payouts as payout_rows
from salesapi.projections.pay import statement_lines, statements
from salesapi.projections.pay.payout_runs import PayoutRunRow
from salesapi.projections.pay.payouts import PayoutRow
from salesapi.projections.pay.statement_lines import StatementLineRow
from salesapi.projections.pay.statements import StatementRow
from tests.projections.histories import Fact, rows
from tests.spec import uid
from tests.values_by_type import bare, built

RUN, PLAN, ANN, BOB, CAT = uid(0xF3), uid(0xF2), uid(0xA), uid(0xB), uid(0xC)
ANNS, BOBS = (
    payouts.PayoutAmount(member_id=ANN, amount_minor=500),
    payouts.PayoutAmount(member_id=BOB, amount_minor=1_200),
)
INSTRUCTED = payouts.PayoutRunPayoutInstructed(
    batch="A",
    payout_on=date(2026, 4, 15),
    takes_all=True,
    amounts=(ANNS, BOBS),
    parts=(),
    omissions=(payouts.PayoutOmission(member_id=CAT, total_minor=-300, reason="negative"),),
    currency="CNY",
)
PAID = made_from(payouts.PayoutRunPayoutPaid, INSTRUCTED, external_reference="bank 7", paid_on=date(2026, 4, 16))
ANN_FAILED = payouts.PayoutRunPayoutFailed(
    batch="A", member_id=ANN, amount_minor=500, currency="CNY", was_paid=False, reason="account closed"
)
ANN_AGAIN = replace(INSTRUCTED, batch="B", amounts=(ANNS,), omissions=())


def payments(*events: object) -> dict[tuple[UUID, str], PayoutRow]:
    found = rows(payout_rows.PROJECTION, PayoutRow, *(Fact(RUN, event) for event in events))
    return {(row.member_id, row.batch): row for row in found}


def run_after(*events: object) -> PayoutRunRow:
    opened = payout_runs.PayoutRunOpened(plan_id=PLAN, period="2026-03")
    (run,) = rows(payout_run_rows.PROJECTION, PayoutRunRow, *(Fact(RUN, event) for event in (opened, *events)))
    return run


def employed(*events: object) -> list[EmploymentRow]:
    return rows(employments.PROJECTION, EmploymentRow, *(Fact(ANN, event) for event in events))


def test_a_batch_has_a_row_for_each_member_with_the_reason_of_those_who_are_left_out() -> None:
    found = payments(INSTRUCTED)
    assert {key: (row.status, row.amount_minor, row.reason) for key, row in found.items()} == {
        (ANN, "A"): ("instructed", 500, None),
        (BOB, "A"): ("instructed", 1_200, None),
        (CAT, "A"): ("not_instructed", -300, "negative"),
    }


def test_a_paid_batch_names_its_reference_and_its_day() -> None:
    row = payments(INSTRUCTED, PAID)[BOB, "A"]
    assert (row.status, row.external_reference, row.paid_on) == ("paid", "bank 7", date(2026, 4, 16))
    assert (row.instructed_position, row.position) == (1, 2)


def test_what_failed_and_is_instructed_again_keeps_both_rows() -> None:
    found = payments(INSTRUCTED, replace(PAID, amounts=(BOBS,)), ANN_FAILED, ANN_AGAIN)
    assert (found[ANN, "A"].status, found[ANN, "A"].reason) == ("failed", "account closed")
    assert (found[ANN, "B"].status, found[ANN, "B"].instructed_position) == ("instructed", 4)


def test_a_payment_that_came_back_has_no_reference_any_more() -> None:
    row = payments(INSTRUCTED, PAID, replace(ANN_FAILED, was_paid=True))[ANN, "A"]
    assert (row.status, row.external_reference, row.paid_on) == ("failed", None, None)


def test_a_run_sums_what_is_instructed_and_paid() -> None:
    steps = (
        INSTRUCTED,
        replace(PAID, amounts=(BOBS,)),
        ANN_FAILED,
        ANN_AGAIN,
        replace(PAID, amounts=(ANNS,), batch="B"),
    )
    sums = [run_after(*steps[:number]) for number in range(len(steps) + 1)]
    assert [(run.instructed_minor, run.paid_minor) for run in sums] == [
        (0, 0),
        (1_700, 0),
        (1_700, 1_200),
        (1_200, 1_200),
        (1_700, 1_200),
        (1_700, 1_700),
    ]
    back = run_after(INSTRUCTED, PAID, replace(ANN_FAILED, was_paid=True))
    assert (back.instructed_minor, back.paid_minor) == (1_200, 1_200)


def test_a_statement_that_is_paid_in_part_names_the_lines_of_each_batch() -> None:
    left_out = payouts.PayoutPart(member_id=ANN, without_lines=(2, 5), lines=())
    own = payouts.PayoutPart(member_id=ANN, without_lines=(), lines=(2, 5))
    disputed = payouts.PayoutOmission(member_id=CAT, total_minor=300, reason="disputed")
    found = payments(
        replace(INSTRUCTED, parts=(left_out,), omissions=(disputed,)), ANN_FAILED, replace(ANN_AGAIN, parts=(own,))
    )
    assert (found[ANN, "A"].without_lines, found[ANN, "A"].lines, found[ANN, "A"].status) == ((2, 5), (), "failed")
    assert (found[ANN, "B"].without_lines, found[ANN, "B"].lines) == ((), (2, 5))
    assert (found[BOB, "A"].without_lines, found[BOB, "A"].lines) == ((), ())
    assert (found[CAT, "A"].status, found[CAT, "A"].reason) == ("not_instructed", "disputed")


def test_a_run_has_the_version_of_its_last_hold_for_who_changes_it_next() -> None:
    held = PayoutRunLineHeld(member_id=ANN, line=2, amount_minor=100, currency="CNY", objection_id=uid(0x71))
    freed = PayoutRunLineFreed(member_id=ANN, line=2, objection_id=uid(0x71))
    before, after = run_after(INSTRUCTED), run_after(INSTRUCTED, held, freed)
    assert (after.version, after.position) == (before.version + 2, before.position + 2)
    assert replace(after, version=before.version, position=before.position) == before


JOINED = bare(MemberJoined, name="Ann", employee_number="7", cost_centre="CC-1")


def test_each_change_of_where_pay_is_booked_is_a_row_from_its_position_on() -> None:
    events = (
        JOINED,
        MemberChanged(name="Anna"),
        MemberChanged(cost_centre="CC-2", legal_entity="CN"),
        MemberLeft(left_on=date(2026, 5, 1), reason=None),
        MemberChanged(cleared=("cost_centre",)),
    )
    assert [
        (row.since_position, row.employee_number, row.cost_centre, row.legal_entity) for row in employed(*events)
    ] == [(1, "7", "CC-1", None), (3, "7", "CC-2", "CN"), (5, "7", None, "CN")]


def test_of_many_changes_only_the_latest_are_kept() -> None:
    changes = [MemberChanged(cost_centre=f"CC-{number % 2 + 2}") for number in range(CHANGES_MAX + 5)]
    rows = employed(JOINED, *changes)
    assert (len(rows), rows[-1].since_position) == (CHANGES_MAX, CHANGES_MAX + 6)


LINE = built(payout_runs.StatementLine, posted_minor=50)


def issued(part: int, lines: tuple[payout_runs.StatementLine, ...], position: int = 9) -> Fact:
    """A part of the statement of one member."""
    event = built(
        payout_runs.PayoutRunStatementIssued, member_id=ANN, part=part, parts=2, lines=lines, position=position
    )
    return Fact(RUN, event)


def test_a_statement_of_several_parts_is_one_row_with_all_its_lines() -> None:
    facts = (issued(1, (LINE,) * payout_runs.STATEMENT_LINES_MAX), issued(2, (LINE,)))
    (statement,) = rows(statements.PROJECTION, StatementRow, *facts)
    assert (statement.parts, statement.calculated_position, statement.issued_position) == (2, 9, 1)
    lines = rows(statement_lines.PROJECTION, StatementLineRow, *facts)
    assert [line.number for line in lines] == list(range(1, payout_runs.STATEMENT_LINES_MAX + 2))


def test_a_statement_issued_anew_replaces_the_lines_of_its_parts() -> None:
    facts = (issued(1, (LINE, LINE)), issued(1, (replace(LINE, posted_minor=60),), position=12))
    (line,) = rows(statement_lines.PROJECTION, StatementLineRow, *facts)
    assert (line.posted_minor, line.calculated_position) == (60, 12)


def test_a_returned_run_has_no_calculation_any_more() -> None:
    facts = (
        Fact(RUN, payout_runs.PayoutRunOpened(plan_id=PLAN, period="2026-03")),
        Fact(RUN, built(payout_runs.PayoutRunCalculated, position=9, total_minor=50)),
        issued(1, (LINE,)),
    )
    (run,) = rows(payout_run_rows.PROJECTION, PayoutRunRow, *facts)
    assert (run.status, run.calculated_position, run.total_minor) == ("issued", 9, 50)
    (run,) = rows(
        payout_run_rows.PROJECTION, PayoutRunRow, *facts, Fact(RUN, payout_runs.PayoutRunReturned(reason="wrong rate"))
    )
    assert (run.status, run.calculated_position, run.total_minor, run.reason) == ("open", None, None, "wrong rate")

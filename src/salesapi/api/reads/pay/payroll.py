"""The export of a locked run to payroll and ERP (R71): whole in REST, as JSON or CSV; page by page in GraphQL.

REST's answer carries neither a position nor an instant, so that the same request gives the same bytes again.
"""

from dataclasses import fields
from operator import attrgetter
from typing import Annotated, Final
from uuid import UUID

from salesapi.api.reads.question import CsvTable, PageOf, Question, Reading, Reflecting, Whole, in_pay
from salesapi.domain.shared.kernel import About, record
from salesapi.queries.paging import Page, PageRequest
from salesapi.queries.pay.payroll import LINES_MAX, READS, locked_run, payroll, payroll_lines
from salesapi.schemas.pay.payout_runs import PayoutRun
from salesapi.schemas.pay.payroll import Payroll, PayrollLine

COLUMNS: Final = tuple(field.name for field in fields(PayrollLine))
"""The columns of CSV: the fields of a line, in their order."""


@record
class PayrollOf:
    """The payout run whose payroll is asked for, and the batch of it; all members without a batch."""

    payout_run_id: UUID
    batch: Annotated[
        str | None, About("Only the members whom this batch pays, as it was instructed, whatever became of it.")
    ] = None


@record
class PayrollLinesOf(PayrollOf):
    """The same, page by page."""

    page: PageRequest


async def _complete_run(reading: Reading, payout_run_id: UUID) -> PayoutRun:
    """The locked run, once the read models hold all of its lines."""
    await reading.position()
    run = await reading.read(locked_run, "pay", payout_run_id)
    await reading.position(run.position)
    return run


async def _payroll(reading: Reading, given: PayrollOf) -> Payroll:
    run = await _complete_run(reading, given.payout_run_id)
    return await reading.read(payroll, "pay", run, given.batch)


async def _lines(reading: Reading, given: PayrollLinesOf) -> Reflecting[Page[PayrollLine]]:
    run = await _complete_run(reading, given.payout_run_id)
    found = await reading.read(payroll_lines, "pay", run, batch=given.batch, page=given.page)
    return Reflecting(found, await reading.position())


QUESTIONS: Final = (
    Question(
        name="payroll",
        answers=Whole(Payroll),
        arguments=PayrollOf,
        answer=_payroll,
        summary="A locked run for payroll and ERP, as JSON or CSV",
        reads=READS,
        rest=in_pay(
            path="/v1/payout-runs/{payout_run_id}/payroll",
            about=f"""\
One line for each member, component, account and period that it is for; lines of 0 are left out. The \
lines of a member sum to its statement; a batch has the lines that it pays. The account follows from the kind \
of line, as in the totals of a statement. Cost centre, employee number and employer are those that were known when the run was \
calculated. Who sees only some statements gets the lines of these. At most {LINES_MAX:,} lines.

The same request gives the same bytes again, whatever happens later.""",
        ),
        in_graphql=False,
        csv=CsvTable(
            name=lambda found: f"payroll-{found.payout_run_id}",
            columns=COLUMNS,
            rows=lambda found: map(attrgetter(*COLUMNS), found.lines),
        ),
    ),
    Question(
        name="payrollLines",
        answers=PageOf(PayrollLine),
        arguments=PayrollLinesOf,
        answer=_lines,
        summary="Lines of a locked payout run for payroll and ERP: by member, component, account and period",
        reads=READS,
    ),
)

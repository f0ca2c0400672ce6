"""Statements that stand, their lines with the trace that explains them, and all statements of one run."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.api.reads.arguments import Texts
from salesapi.api.reads.question import InRest, Item, PageOf, Question, Reading
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import About, record
from salesapi.queries.paging import Page, PageRequest
from salesapi.queries.pay.line_events import events_of_page
from salesapi.queries.pay.payout_runs import LINES_READ, RUNS, STATEMENTS, statement, statement_lines
from salesapi.schemas.pay.payout_runs import (
    Statement,
    StatementFilter,
    StatementLine,
    StatementOrder,
    StatementTrace,
)


def _events(texts: Sequence[str]) -> str:
    if texts[0] != "events":
        raise ValueError("it is `events`")
    return texts[0]


Expand: TypeAlias = Annotated[
    Literal["events"] | None,
    Texts(_events, {"type": "string", "enum": ["events"]}),
    About("`events`: with the business events that the lines of the page rest on."),
]


@record
class StatementOf:
    """The payout run and the member of a statement."""

    payout_run_id: UUID
    member_id: UUID


@record
class StatementLinesOf(StatementOf):
    """The same, page by page."""

    page: PageRequest


@record
class StatementTraceOf(StatementLinesOf):
    """The statement with a page of its lines, and what they rest on."""

    expand: Expand = None


@record
class StatementsOf:
    """The payout run whose statements are asked for, and the page of them."""

    payout_run_id: UUID
    page: PageRequest


async def _statement(reading: Reading, given: StatementOf) -> Statement:
    return await reading.read(statement, "pay", payout_run_id=given.payout_run_id, member_id=given.member_id)


async def _lines(reading: Reading, given: StatementLinesOf) -> Page[StatementLine]:
    _, lines = await reading.read(_with_lines, "pay", given)
    return lines


async def _trace(reading: Reading, given: StatementTraceOf) -> StatementTrace:
    found, lines = await reading.read(_with_lines, "pay", given)
    events = await reading.read(events_of_page, "pay", lines.items) if given.expand else None
    return StatementTrace(statement=found, lines=lines.items, next_cursor=lines.next_cursor, events=events)


async def _with_lines(
    connection: Connection, scope: Scope, given: StatementLinesOf
) -> tuple[Statement, Page[StatementLine]]:
    found = await statement(connection, scope, payout_run_id=given.payout_run_id, member_id=given.member_id)
    return found, await statement_lines(connection, found, given.page)


async def _of_run(reading: Reading, given: StatementsOf) -> Page[Statement]:
    await reading.read(RUNS.one, "pay", given.payout_run_id)
    where = StatementFilter(payout_run_id=given.payout_run_id)
    return await reading.read(STATEMENTS.page, "pay", where=where, order=StatementOrder.TOTAL_DESC, page=given.page)


QUESTIONS: Final = (
    Question(
        name="payoutRunStatements",
        answers=PageOf(Statement),
        arguments=StatementsOf,
        answer=_of_run,
        summary="Statements of a payout run that stand, the largest first",
        reads=STATEMENTS.reads,
        rest=InRest(path="/v1/payout-runs/{payout_run_id}/statements"),
        in_graphql=False,
    ),
    Question(
        name="statementTrace",
        answers=Item(StatementTrace),
        arguments=StatementTraceOf,
        answer=_trace,
        summary="One statement with its lines, each with the trace that explains it",
        reads=STATEMENTS.reads,
        rest=InRest(path="/v1/statements/{payout_run_id}/{member_id}", operation="statement"),
        in_graphql=False,
    ),
    Question(
        name="statement",
        answers=Item(Statement),
        arguments=StatementOf,
        answer=_statement,
        summary="One statement that stands",
        reads=STATEMENTS.reads,
    ),
    Question(
        name="statementLines",
        answers=PageOf(StatementLine),
        arguments=StatementLinesOf,
        answer=_lines,
        summary="All lines of a statement, in their order, each with the trace that explains it",
        reads=LINES_READ,
    ),
)

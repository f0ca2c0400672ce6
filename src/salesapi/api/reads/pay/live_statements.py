"""A member's statement as it stands now, with what surrounds it. It is computed from the log, never from a lagging read model."""

from typing import Annotated, Final, TypeAlias
from uuid import UUID

from salesapi.api.reads.arguments import Texts
from salesapi.api.reads.pay.statements import Expand
from salesapi.api.reads.question import Item, PageOf, Question, Reading, Reflecting, in_pay
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.states import made_from
from salesapi.queries.paging import Page, PageRequest
from salesapi.queries.pay.line_events import events_of_page
from salesapi.queries.pay.live_statements import LiveAnswer, LiveQuestion, live_statement
from salesapi.schemas.pay.live_statements import LiveStatement, LiveStatementTrace
from salesapi.schemas.pay.payout_runs import StatementLine

Period: TypeAlias = Annotated[
    str,
    Texts(lambda texts: texts[0], {"type": "string", "examples": ["2026-03", "2026Q1", "2026"]}),
    About("A period that the plan pays by: a month, a quarter or a year (`2026-03`, `2026Q1` or `2026`)."),
]


@record
class LiveStatementOf:
    """The plan, member and period of a live statement."""

    plan_id: UUID
    member_id: UUID
    period: Period


@record
class LiveLinesOf(LiveStatementOf):
    """The same, page by page."""

    page: PageRequest


@record
class LiveTraceOf(LiveLinesOf):
    """The statement with a page of its lines, and what they rest on."""

    expand: Expand = None


async def found_live(reading: Reading, given: LiveStatementOf) -> LiveAnswer:
    """The live statement, whose lines are put into words where they are asked for."""
    return await live_statement(reading.shared.ledgers, reading.caller.pay, made_from(LiveQuestion, given))


async def _statement(reading: Reading, given: LiveStatementOf) -> LiveStatement:
    found = await found_live(reading, given)
    reading.live[found.statement] = found
    return found.statement


async def _lines(reading: Reading, given: LiveLinesOf) -> Reflecting[Page[StatementLine]]:
    found = await found_live(reading, given)
    return Reflecting(found.page(given.page), found.statement.position)


async def _trace(reading: Reading, given: LiveTraceOf) -> Reflecting[LiveStatementTrace]:
    found = await found_live(reading, given)
    lines = found.page(given.page)
    events = await reading.read(events_of_page, "pay", lines.items) if given.expand else None
    trace = LiveStatementTrace(
        statement=found.statement, lines=lines.items, next_cursor=lines.next_cursor, events=events
    )
    return Reflecting(trace, found.statement.position)


QUESTIONS: Final = (
    Question(
        name="liveStatementTrace",
        answers=Item(LiveStatementTrace),
        arguments=LiveTraceOf,
        answer=_trace,
        summary="A member's statement as it stands now",
        reads=(),
        rest=in_pay(
            path="/v1/live-statements/{plan_id}/{member_id}",
            operation="liveStatement",
            about="""\
What a payout run would calculate now, from everything recorded up to the head of the log, with what \
surrounds it: attainment and the derivation of the quota, the distance to the next tier, the rank, the year to date, and what is \
earned and still to come. With `minPosition` it reflects a write of your own. It pays nothing: issued statements do.

Pages of lines are of the moment at which each is asked for: compare `position`.""",
        ),
        in_graphql=False,
    ),
    Question(
        name="liveStatement",
        answers=Item(LiveStatement),
        arguments=LiveStatementOf,
        answer=_statement,
        summary="What a payout run would calculate now for a member, with what surrounds it. It pays nothing",
        reads=(),
    ),
    Question(
        name="liveStatementLines",
        answers=PageOf(StatementLine),
        arguments=LiveLinesOf,
        answer=_lines,
        summary="All lines of a live statement, in their order. Each page is of the moment at which it is asked for",
        reads=(),
    ),
)

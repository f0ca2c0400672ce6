"""The fields `liveStatement` and `liveStatementLines`: a member's statement as it stands now, as REST answers it.

Its lines are made, and put into words, where they are selected; the answer that they are read from is kept for the operation.
"""

from typing import Annotated, Any, Final
from uuid import UUID

import strawberry

from salesapi.api.graphql.connections import After, Connections, First, MinPosition
from salesapi.api.graphql.context import Asked
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.read_positions import log_reached
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, PageRequest
from salesapi.queries.pay.live_statements import LiveAnswer, LiveQuestion, live_statement
from salesapi.schemas.pay.live_statements import LiveStatement
from salesapi.schemas.pay.payout_runs import StatementLine

Info = strawberry.Info[Asked, None]
PeriodText = Annotated[
    str, strawberry.argument(description="A period that the plan pays by: `2026-03`, `2026Q1` or `2026`.")
]
_ABSENT: Final[Any] = strawberry.UNSET


def live_statement_field(outputs: Outputs) -> Any:
    """The field over the kept ledger."""

    async def resolver(
        info: Info, plan_id: UUID, member_id: UUID, period: PeriodText, min_position: MinPosition = _ABSENT
    ) -> Any:
        found = await _found(info.context, plan_id, member_id, period, min_position or None)
        info.context.live[found.statement] = found
        return found.statement

    shape: Any = outputs.of(LiveStatement)
    resolver.__annotations__["return"] = shape | None
    return strawberry.field(
        resolver=resolver,
        name="liveStatement",
        description="What a payout run would calculate now for a member, with what surrounds it. It pays nothing.",
    )


def live_statement_lines_field(connections: Connections) -> Any:
    """The field over all of its lines."""

    async def resolver(
        info: Info,
        plan_id: UUID,
        member_id: UUID,
        period: PeriodText,
        first: First = PAGE_ROWS_DEFAULT,
        after: After = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        page = PageRequest(first=first, after=after or None)
        found = await _found(info.context, plan_id, member_id, period, min_position or None)
        return connections.page(StatementLine, found.page(page), page.after, found.statement.position)

    resolver.__annotations__["return"] = connections.of(StatementLine)
    return strawberry.field(
        resolver=resolver,
        name="liveStatementLines",
        description="All lines of a live statement, in their order. Each page is of the moment at which it is asked for.",
    )


async def _found(asked: Asked, plan_id: UUID, member_id: UUID, period: str, min_position: int | None) -> LiveAnswer:
    await log_reached(asked.sources.log, min_position)
    question = LiveQuestion(plan_id=UUID(str(plan_id)), member_id=UUID(str(member_id)), period=period)
    return await live_statement(asked.sources.ledgers, asked.asker.pay, question)

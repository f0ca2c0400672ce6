"""The field `payrollLines` (R71): the lines that REST exports whole, page by page."""

from typing import Annotated, Any, Final
from uuid import UUID

import strawberry

from salesapi.api.graphql.connections import After, Connections, First, MinPosition
from salesapi.api.graphql.context import Asked
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, PageRequest
from salesapi.queries.pay.payroll import locked_run, payroll_lines
from salesapi.schemas.pay.payroll import PayrollLine

Info = strawberry.Info[Asked, None]
Batch = Annotated[
    str | None,
    strawberry.argument(description="Only the members whom this batch pays, as it was instructed."),
]
_ABSENT: Final[Any] = strawberry.UNSET


def payroll_lines_field(connections: Connections) -> Any:
    """The field over the lines of a locked run."""

    async def resolver(
        info: Info,
        payout_run_id: UUID,
        batch: Batch = _ABSENT,
        first: First = PAGE_ROWS_DEFAULT,
        after: After = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        page = PageRequest(first=first, after=after or None)
        await asked.position(min_position or None)
        run = await asked.read(locked_run, "pay", UUID(str(payout_run_id)))
        position = await asked.position(run.position)
        number = None if batch is _ABSENT else batch
        found = await asked.read(payroll_lines, "pay", run, number, page)
        return connections.page(PayrollLine, found, page.after, position)

    resolver.__annotations__["return"] = connections.of(PayrollLine)
    return strawberry.field(
        resolver=resolver,
        name="payrollLines",
        description="Lines of a locked payout run for payroll and ERP: by member, component, account and period.",
    )

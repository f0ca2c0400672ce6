"""The type `Query`: lists, single things, reports, each one question of `queries/` within the asker's scope."""

import types
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry

from salesapi.access.principals import Scope
from salesapi.api.graphql.connections import After, Connections, First, MinPosition
from salesapi.api.graphql.context import Asked
from salesapi.api.graphql.estimates import commission_estimate_field
from salesapi.api.graphql.live_statements import live_statement_field, live_statement_lines_field
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.payroll import payroll_lines_field
from salesapi.api.graphql.scalars import BigInt
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.api.reads.declaration import ItemRead
from salesapi.database.connections import Connection
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.queries.customers import customers
from salesapi.queries.organisation.teams import teams_on
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, Page, PageRequest
from salesapi.queries.pay import compensation_plans, payout_runs
from salesapi.schemas.customers.customers import TimelineEntry
from salesapi.schemas.organisation.teams import Team
from salesapi.schemas.pay.compensation_plans import CompensationPlanDifferences
from salesapi.schemas.pay.payout_runs import Statement, StatementLine

Info = strawberry.Info[Asked, None]
_ABSENT: Final[Any] = strawberry.UNSET
On = Annotated[date | None, strawberry.argument(description="The day that is shown; without it today (UTC).")]

VersionFrom = Annotated[int, strawberry.argument(name="from", description="Number of the version compared with.")]
VersionTo = Annotated[int, strawberry.argument(description="Number of the version that is compared.")]


def query_type(outputs: Outputs, connections: Connections, reports: Mapping[str, Any]) -> type:
    """The type `Query` with all fields."""
    made: Any = types.new_class("Query")
    answers = {listed.name: connections.field(listed) for listed in LISTS}
    answers |= {item.name: _item(item, outputs) for item in ITEMS}
    answers |= {
        "position": strawberry.field(
            resolver=_position, description="Log position that everything in this answer reflects, at least."
        ),
        "compensationPlanDifferences": _plan_differences(outputs),
        "statement": _statement(outputs),
        "statementLines": _statement_lines(connections),
        "payrollLines": payroll_lines_field(connections),
        "commissionEstimate": commission_estimate_field(outputs),
        "liveStatement": live_statement_field(outputs),
        "liveStatementLines": live_statement_lines_field(connections),
        "customerTimeline": _timeline(connections),
        "teams": _teams(connections),
        **reports,
    }
    for name, field in answers.items():
        setattr(made, name, field)
    made.__annotations__ = {}
    strawberry.type(made, name="Query", description="All reads, within the scope of the key.")
    query: type = made
    return query


def _item(item: ItemRead, outputs: Outputs) -> Any:
    async def resolver(info: Info, id: UUID, min_position: MinPosition = _ABSENT) -> Any:
        asked = info.context
        await asked.position(min_position or None)
        return await asked.read(item.query, item.scope, _uuid(id))

    shape: Any = outputs.of(item.shape)
    resolver.__annotations__["return"] = shape | None
    return strawberry.field(resolver=resolver, name=item.name, description=f"{item.summary}.")


async def _position(info: Info, min_position: MinPosition = _ABSENT) -> BigInt:
    return BigInt(await info.context.position(min_position or None))


def _plan_differences(outputs: Outputs) -> Any:
    async def resolver(
        info: Info, id: UUID, from_: VersionFrom, to: VersionTo, min_position: MinPosition = _ABSENT
    ) -> Any:
        asked = info.context
        await asked.position(min_position or None)
        numbers = {"version_from": from_, "version_to": to}
        return await asked.read(compensation_plans.compensation_plan_differences, "pay", _uuid(id), **numbers)

    shape: Any = outputs.of(CompensationPlanDifferences)
    resolver.__annotations__["return"] = shape | None
    return strawberry.field(
        resolver=resolver,
        name="compensationPlanDifferences",
        description="What one version of a compensation plan changes against another.",
    )


def _statement(outputs: Outputs) -> Any:
    async def resolver(info: Info, payout_run_id: UUID, member_id: UUID, min_position: MinPosition = _ABSENT) -> Any:
        asked = info.context
        await asked.position(min_position or None)
        ids = {"payout_run_id": _uuid(payout_run_id), "member_id": _uuid(member_id)}
        return await asked.read(payout_runs.statement, "pay", **ids)

    shape: Any = outputs.of(Statement)
    resolver.__annotations__["return"] = shape | None
    return strawberry.field(resolver=resolver, name="statement", description="One statement that stands.")


def _statement_lines(connections: Connections) -> Any:
    async def resolver(
        info: Info,
        payout_run_id: UUID,
        member_id: UUID,
        first: First = PAGE_ROWS_DEFAULT,
        after: After = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        page = PageRequest(first=first, after=after or None)
        position = await asked.position(min_position or None)
        ids = {"payout_run_id": _uuid(payout_run_id), "member_id": _uuid(member_id)}
        found = await asked.read(_lines, "pay", page, **ids)
        return connections.page(StatementLine, found, page.after, position)

    resolver.__annotations__["return"] = connections.of(StatementLine)
    return strawberry.field(
        resolver=resolver,
        name="statementLines",
        description="All lines of a statement, in their order, each with the trace that explains it.",
    )


async def _lines(
    connection: Connection, scope: Scope, page: PageRequest, *, payout_run_id: UUID, member_id: UUID
) -> Page[StatementLine]:
    found = await payout_runs.statement(connection, scope, payout_run_id=payout_run_id, member_id=member_id)
    return await payout_runs.statement_lines(connection, found, page)


def _timeline(connections: Connections) -> Any:
    async def resolver(
        info: Info,
        customer_id: UUID,
        first: First = PAGE_ROWS_DEFAULT,
        after: After = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        page = PageRequest(first=first, after=after or None)
        position = await asked.position(min_position or None)
        found = await asked.read(customers.customer_timeline, "rows", _uuid(customer_id), page)
        return connections.page(TimelineEntry, found, page.after, position)

    resolver.__annotations__["return"] = connections.of(TimelineEntry)
    return strawberry.field(
        resolver=resolver,
        name="customerTimeline",
        description="What happened to a customer, its deals, leads, agreements and invoices, the latest recorded first.",
    )


def _teams(connections: Connections) -> Any:
    async def resolver(
        info: Info,
        on: On = _ABSENT,
        first: First = PAGE_ROWS_DEFAULT,
        after: After = _ABSENT,
        min_position: MinPosition = _ABSENT,
    ) -> Any:
        asked = info.context
        page = PageRequest(first=first, after=after or None)
        position = await asked.position(min_position or None)
        teams = await asked.sources.states.state(TREE)
        day = date.fromisoformat(str(on)) if on else asked.sources.clock.now().date()
        found = teams_on(teams if isinstance(teams, Teams) else Teams(), day, page)
        return connections.page(Team, found, page.after, position)

    resolver.__annotations__["return"] = connections.of(Team)
    return strawberry.field(resolver=resolver, name="teams", description="Teams as they stand on a day.")


def _uuid(value: object) -> UUID:
    """Ids arrive as the client's text, which the scalar has checked."""
    return UUID(str(value))

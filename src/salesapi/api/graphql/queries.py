"""The type `Query`: lists, single things, reports, each one question of `queries/` within the asker's scope."""

import types
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry

from salesapi.access.principals import Scope
from salesapi.api.graphql.asked import Asked, ScopeOf
from salesapi.api.graphql.connections import After, Connections, First, ListField, MinPosition
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.scalars import BigInt
from salesapi.domain.teams import TREE, Teams
from salesapi.eventlog.connecting import Connection
from salesapi.queries import (
    activities,
    agreements,
    approvals,
    attribution_touches,
    awards,
    calendars,
    compensation_plans,
    credits,
    customers,
    deals,
    forecast_sheets,
    invoices,
    leads,
    members,
    objections,
    payout_runs,
    pipelines,
    points,
    products,
    rate_tables,
    receipts,
    satisfactions,
    targets,
)
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, Page, PageRequest
from salesapi.queries.teams import teams_on
from salesapi.schemas.activities import Activity, ActivityFilter, ActivityOrder
from salesapi.schemas.agreements import Agreement, AgreementFilter, AgreementOrder
from salesapi.schemas.approvals import Approval, ApprovalFilter, ApprovalOrder
from salesapi.schemas.attribution_touches import AttributionTouch, AttributionTouchFilter, AttributionTouchOrder
from salesapi.schemas.awards import Award, AwardFilter, AwardOrder
from salesapi.schemas.calendars import Calendar, CalendarFilter, CalendarOrder
from salesapi.schemas.compensation_plans import (
    CompensationPlan,
    CompensationPlanFilter,
    CompensationPlanInWords,
    CompensationPlanOrder,
)
from salesapi.schemas.credits import Credit, CreditFilter, CreditOrder
from salesapi.schemas.customers import Customer, CustomerFilter, CustomerOrder, CustomerProfile, TimelineEntry
from salesapi.schemas.deals import Deal, DealFilter, DealOrder
from salesapi.schemas.forecast_sheets import ForecastSheet, ForecastSheetFilter, ForecastSheetOrder
from salesapi.schemas.invoices import Invoice, InvoiceFilter, InvoiceOrder
from salesapi.schemas.leads import Lead, LeadFilter, LeadOrder
from salesapi.schemas.members import Member, MemberFilter, MemberOrder
from salesapi.schemas.objections import Objection, ObjectionFilter, ObjectionOrder
from salesapi.schemas.payout_runs import (
    PayoutRun,
    PayoutRunFilter,
    PayoutRunOrder,
    Statement,
    StatementFilter,
    StatementLine,
    StatementOrder,
)
from salesapi.schemas.pipelines import Pipeline, PipelineFilter, PipelineOrder
from salesapi.schemas.points import (
    PointsBalance,
    PointsEntry,
    PointsEntryFilter,
    PointsEntryOrder,
    PointsFilter,
    PointsOrder,
)
from salesapi.schemas.products import Product, ProductFilter, ProductOrder
from salesapi.schemas.rate_tables import (
    CurrencyRate,
    CurrencyRateFilter,
    CurrencyRateOrder,
    RateTable,
    RateTableFilter,
    RateTableOrder,
)
from salesapi.schemas.receipts import PaymentReceipt, ReceiptFilter, ReceiptOrder
from salesapi.schemas.satisfactions import Satisfaction, SatisfactionFilter, SatisfactionOrder
from salesapi.schemas.targets import Target, TargetFilter, TargetOrder
from salesapi.schemas.teams import Team

Info = strawberry.Info[Asked, None]
_ABSENT: Final[Any] = strawberry.UNSET
On = Annotated[date | None, strawberry.argument(description="The day that is shown; without it today (UTC).")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemField:
    """One thing by its id: `query(connection, scope, id)`."""

    name: str
    about: str
    shape: type
    query: Callable[[Connection, Scope, UUID], Awaitable[Any]]
    scope: ScopeOf = "rows"


LISTS: Final = (
    ListField(
        name="deals",
        about="Deals.",
        shape=Deal,
        where=DealFilter,
        order=DealOrder.CHANGED_DESC,
        query=deals.deals,
    ),
    ListField(
        name="leads",
        about="Leads, those in the pool too.",
        shape=Lead,
        where=LeadFilter,
        order=LeadOrder.CHANGED_DESC,
        query=leads.leads,
    ),
    ListField(
        name="activities",
        about="Activities and follow-ups.",
        shape=Activity,
        where=ActivityFilter,
        order=ActivityOrder.CHANGED_DESC,
        query=activities.activities,
    ),
    ListField(
        name="customers",
        about="Customers, those in the pool too.",
        shape=Customer,
        where=CustomerFilter,
        order=CustomerOrder.CHANGED_DESC,
        query=customers.customers,
    ),
    ListField(
        name="products",
        about="Products.",
        shape=Product,
        where=ProductFilter,
        order=ProductOrder.NAME_ASC,
        query=products.products,
    ),
    ListField(
        name="members",
        about="Members.",
        shape=Member,
        where=MemberFilter,
        order=MemberOrder.NAME_ASC,
        query=members.members,
    ),
    ListField(
        name="pipelines",
        about="Pipelines.",
        shape=Pipeline,
        where=PipelineFilter,
        order=PipelineOrder.KEY_ASC,
        query=pipelines.pipelines,
    ),
    ListField(
        name="agreements",
        about="Agreements with customers.",
        shape=Agreement,
        where=AgreementFilter,
        order=AgreementOrder.CHANGED_DESC,
        query=agreements.agreements,
    ),
    ListField(
        name="invoices",
        about="Invoices with what was paid on them.",
        shape=Invoice,
        where=InvoiceFilter,
        order=InvoiceOrder.CHANGED_DESC,
        query=invoices.invoices,
    ),
    ListField(
        name="receipts",
        about="Receipts of money.",
        shape=PaymentReceipt,
        where=ReceiptFilter,
        order=ReceiptOrder.CHANGED_DESC,
        query=receipts.receipts,
    ),
    ListField(
        name="satisfactions",
        about="What customers answered about their satisfaction.",
        shape=Satisfaction,
        where=SatisfactionFilter,
        order=SatisfactionOrder.RECORDED_DESC,
        query=satisfactions.satisfactions,
    ),
    ListField(
        name="attributionTouches",
        about="Attribution touches: who and what touched which lead.",
        shape=AttributionTouch,
        where=AttributionTouchFilter,
        order=AttributionTouchOrder.CHANGED_DESC,
        query=attribution_touches.attribution_touches,
    ),
    ListField(
        name="forecastSheets",
        about="Forecast sheets: what members expect to sell in a period.",
        shape=ForecastSheet,
        where=ForecastSheetFilter,
        order=ForecastSheetOrder.CHANGED_DESC,
        query=forecast_sheets.forecast_sheets,
    ),
    ListField(
        name="targets",
        about="Targets of members and teams.",
        shape=Target,
        where=TargetFilter,
        order=TargetOrder.CHANGED_DESC,
        query=targets.targets,
    ),
    ListField(
        name="rateTables",
        about="Rate tables of currencies.",
        shape=RateTable,
        where=RateTableFilter,
        order=RateTableOrder.KEY_ASC,
        query=rate_tables.rate_tables,
    ),
    ListField(
        name="currencyRates",
        about="Currency rates by day.",
        shape=CurrencyRate,
        where=CurrencyRateFilter,
        order=CurrencyRateOrder.ON_DESC,
        query=rate_tables.currency_rates,
    ),
    ListField(
        name="calendars",
        about="Calendars.",
        shape=Calendar,
        where=CalendarFilter,
        order=CalendarOrder.KEY_ASC,
        query=calendars.calendars,
    ),
    ListField(
        name="compensationPlans",
        about="Compensation plans that somebody in your pay scope takes part in.",
        shape=CompensationPlan,
        where=CompensationPlanFilter,
        order=CompensationPlanOrder.KEY_ASC,
        query=compensation_plans.compensation_plans,
        scope="pay",
    ),
    ListField(
        name="credits",
        about="Credits: whose part in which deal.",
        shape=Credit,
        where=CreditFilter,
        order=CreditOrder.CHANGED_DESC,
        query=credits.credits,
        scope="pay",
    ),
    ListField(
        name="payoutRuns",
        about="Payout runs.",
        shape=PayoutRun,
        where=PayoutRunFilter,
        order=PayoutRunOrder.PERIOD_DESC,
        query=payout_runs.payout_runs,
        scope="pay",
    ),
    ListField(
        name="statements",
        about="Statements that stand.",
        shape=Statement,
        where=StatementFilter,
        order=StatementOrder.ISSUED_DESC,
        query=payout_runs.statements,
        scope="pay",
    ),
    ListField(
        name="approvals",
        about="Approvals that concern you, your team or everybody.",
        shape=Approval,
        where=ApprovalFilter,
        order=ApprovalOrder.CHANGED_DESC,
        query=approvals.approvals,
    ),
    ListField(
        name="objections",
        about="Objections.",
        shape=Objection,
        where=ObjectionFilter,
        order=ObjectionOrder.CHANGED_DESC,
        query=objections.objections,
        scope="pay",
    ),
    ListField(
        name="awards",
        about="Awards, and adjustments by hand.",
        shape=Award,
        where=AwardFilter,
        order=AwardOrder.CHANGED_DESC,
        query=awards.awards,
        scope="pay",
    ),
    ListField(
        name="pointsBalances",
        about="Points of members.",
        shape=PointsBalance,
        where=PointsFilter,
        order=PointsOrder.BALANCE_DESC,
        query=points.points_balances,
        scope="pay",
    ),
    ListField(
        name="pointsEntries",
        about="Credited and redeemed points.",
        shape=PointsEntry,
        where=PointsEntryFilter,
        order=PointsEntryOrder.ENTERED_DESC,
        query=points.points_entries,
        scope="pay",
    ),
)
ITEMS: Final = (
    ItemField(name="deal", about="One deal, also a voided one.", shape=Deal, query=deals.deal),
    ItemField(name="lead", about="One lead, also a voided one.", shape=Lead, query=leads.lead),
    ItemField(name="activity", about="One activity, also a voided one.", shape=Activity, query=activities.activity),
    ItemField(name="customer", about="One customer with its contacts.", shape=Customer, query=customers.customer),
    ItemField(
        name="customerProfile",
        about="Everything about a customer at a glance.",
        shape=CustomerProfile,
        query=customers.customer_profile,
    ),
    ItemField(name="product", about="One product with its prices and costs.", shape=Product, query=products.product),
    ItemField(name="member", about="One member.", shape=Member, query=members.member),
    ItemField(name="pipeline", about="One pipeline with its versions.", shape=Pipeline, query=pipelines.pipeline),
    ItemField(
        name="agreement", about="One agreement, also a cancelled one.", shape=Agreement, query=agreements.agreement
    ),
    ItemField(name="invoice", about="One invoice, also a voided one.", shape=Invoice, query=invoices.invoice),
    ItemField(
        name="forecastSheet",
        about="One forecast sheet with all its revisions.",
        shape=ForecastSheet,
        query=forecast_sheets.forecast_sheet,
    ),
    ItemField(name="target", about="One target with all lines ever set.", shape=Target, query=targets.target),
    ItemField(name="receipt", about="One receipt of money.", shape=PaymentReceipt, query=receipts.receipt),
    ItemField(
        name="rateTable",
        about="One rate table with its latest rates.",
        shape=RateTable,
        query=rate_tables.rate_table,
    ),
    ItemField(
        name="calendar",
        about="One calendar with its holidays and fiscal periods.",
        shape=Calendar,
        query=calendars.calendar,
    ),
    ItemField(
        name="compensationPlanInWords",
        about="One compensation plan in words, English and Chinese.",
        shape=CompensationPlanInWords,
        query=compensation_plans.compensation_plan_in_words,
        scope="pay",
    ),
    ItemField(
        name="compensationPlan",
        about="One compensation plan with its versions.",
        shape=CompensationPlan,
        query=compensation_plans.compensation_plan,
        scope="pay",
    ),
    ItemField(name="payoutRun", about="One payout run.", shape=PayoutRun, query=payout_runs.payout_run, scope="pay"),
    ItemField(
        name="approval",
        about="One approval with its steps.",
        shape=Approval,
        query=approvals.approval,
    ),
    ItemField(
        name="objection",
        about="One objection.",
        shape=Objection,
        query=objections.objection,
        scope="pay",
    ),
    ItemField(
        name="award",
        about="One award or adjustment, also a revoked one.",
        shape=Award,
        query=awards.award,
        scope="pay",
    ),
    ItemField(
        name="pointsBalance",
        about="The points of one member.",
        shape=PointsBalance,
        query=points.points_balance,
        scope="pay",
    ),
)


def query_type(outputs: Outputs, connections: Connections, reports: Mapping[str, Any]) -> type:
    """The type `Query` with all fields."""
    made: Any = types.new_class("Query")
    answers = {listed.name: connections.field(listed) for listed in LISTS}
    answers |= {item.name: _item(item, outputs) for item in ITEMS}
    answers |= {
        "position": strawberry.field(
            resolver=_position, description="Log position that everything in this answer reflects, at least."
        ),
        "statement": _statement(outputs),
        "statementLines": _statement_lines(connections),
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


def _item(item: ItemField, outputs: Outputs) -> Any:
    async def resolver(info: Info, id: UUID, min_position: MinPosition = _ABSENT) -> Any:
        asked = info.context
        await asked.position(min_position or None)
        return await asked.read(item.query, item.scope, _uuid(id))

    shape: Any = outputs.of(item.shape)
    resolver.__annotations__["return"] = shape | None
    return strawberry.field(resolver=resolver, name=item.name, description=item.about)


async def _position(info: Info, min_position: MinPosition = _ABSENT) -> BigInt:
    return BigInt(await info.context.position(min_position or None))


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

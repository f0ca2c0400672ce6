"""The lists and single things that can be read by REST: their paths, shapes, parameters and the questions that answer them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from salesapi.api.rest.parameters import ListParameters
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
from salesapi.queries.paging import Page
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
from salesapi.schemas.customers import Customer, CustomerFilter, CustomerOrder, CustomerProfile
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

ScopeOf: TypeAlias = Literal["rows", "pay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRoute:
    """A list: `query(connection, scope, where=, order=, page=)`."""

    path: str
    name: str
    summary: str
    shape: type
    parameters: ListParameters[Any, Any]
    query: Callable[..., Awaitable[Page[Any]]]
    reads: tuple[str, ...]
    scope: ScopeOf = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRoute:
    """One thing: `query(connection, scope, id)`."""

    path: str
    name: str
    summary: str
    shape: type
    query: Callable[..., Awaitable[Any]]
    reads: tuple[str, ...]
    scope: ScopeOf = "rows"


LISTS: Final = (
    ListRoute(
        path="/v1/deals",
        name="deals",
        summary="Deals",
        shape=Deal,
        parameters=ListParameters(DealFilter, DealOrder.CHANGED_DESC),
        query=deals.deals,
        reads=deals.READS,
    ),
    ListRoute(
        path="/v1/leads",
        name="leads",
        summary="Leads, those in the pool too",
        shape=Lead,
        parameters=ListParameters(LeadFilter, LeadOrder.CHANGED_DESC),
        query=leads.leads,
        reads=leads.READS,
    ),
    ListRoute(
        path="/v1/activities",
        name="activities",
        summary="Activities and follow-ups",
        shape=Activity,
        parameters=ListParameters(ActivityFilter, ActivityOrder.CHANGED_DESC),
        query=activities.activities,
        reads=activities.READS,
    ),
    ListRoute(
        path="/v1/customers",
        name="customers",
        summary="Customers, those in the pool too",
        shape=Customer,
        parameters=ListParameters(CustomerFilter, CustomerOrder.CHANGED_DESC),
        query=customers.customers,
        reads=customers.READS,
    ),
    ListRoute(
        path="/v1/products",
        name="products",
        summary="Products",
        shape=Product,
        parameters=ListParameters(ProductFilter, ProductOrder.NAME_ASC),
        query=products.products,
        reads=products.READS,
    ),
    ListRoute(
        path="/v1/members",
        name="members",
        summary="Members",
        shape=Member,
        parameters=ListParameters(MemberFilter, MemberOrder.NAME_ASC),
        query=members.members,
        reads=members.READS,
    ),
    ListRoute(
        path="/v1/pipelines",
        name="pipelines",
        summary="Pipelines",
        shape=Pipeline,
        parameters=ListParameters(PipelineFilter, PipelineOrder.KEY_ASC),
        query=pipelines.pipelines,
        reads=pipelines.READS,
    ),
    ListRoute(
        path="/v1/agreements",
        name="agreements",
        summary="Agreements with customers",
        shape=Agreement,
        parameters=ListParameters(AgreementFilter, AgreementOrder.CHANGED_DESC),
        query=agreements.agreements,
        reads=agreements.READS,
    ),
    ListRoute(
        path="/v1/invoices",
        name="invoices",
        summary="Invoices with what was paid on them",
        shape=Invoice,
        parameters=ListParameters(InvoiceFilter, InvoiceOrder.CHANGED_DESC),
        query=invoices.invoices,
        reads=invoices.READS,
    ),
    ListRoute(
        path="/v1/receipts",
        name="receipts",
        summary="Receipts of money",
        shape=PaymentReceipt,
        parameters=ListParameters(ReceiptFilter, ReceiptOrder.CHANGED_DESC),
        query=receipts.receipts,
        reads=receipts.READS,
    ),
    ListRoute(
        path="/v1/satisfactions",
        name="satisfactions",
        summary="What customers answered about their satisfaction",
        shape=Satisfaction,
        parameters=ListParameters(SatisfactionFilter, SatisfactionOrder.RECORDED_DESC),
        query=satisfactions.satisfactions,
        reads=satisfactions.READS,
    ),
    ListRoute(
        path="/v1/attribution-touches",
        name="attributionTouches",
        summary="Attribution touches: who and what touched which lead",
        shape=AttributionTouch,
        parameters=ListParameters(AttributionTouchFilter, AttributionTouchOrder.CHANGED_DESC),
        query=attribution_touches.attribution_touches,
        reads=attribution_touches.READS,
    ),
    ListRoute(
        path="/v1/forecast-sheets",
        name="forecastSheets",
        summary="Forecast sheets: what members expect to sell in a period",
        shape=ForecastSheet,
        parameters=ListParameters(ForecastSheetFilter, ForecastSheetOrder.CHANGED_DESC),
        query=forecast_sheets.forecast_sheets,
        reads=forecast_sheets.READS,
    ),
    ListRoute(
        path="/v1/targets",
        name="targets",
        summary="Targets of members and teams",
        shape=Target,
        parameters=ListParameters(TargetFilter, TargetOrder.CHANGED_DESC),
        query=targets.targets,
        reads=targets.READS,
    ),
    ListRoute(
        path="/v1/rate-tables",
        name="rateTables",
        summary="Rate tables of currencies",
        shape=RateTable,
        parameters=ListParameters(RateTableFilter, RateTableOrder.KEY_ASC),
        query=rate_tables.rate_tables,
        reads=rate_tables.READS,
    ),
    ListRoute(
        path="/v1/currency-rates",
        name="currencyRates",
        summary="Currency rates by day",
        shape=CurrencyRate,
        parameters=ListParameters(CurrencyRateFilter, CurrencyRateOrder.ON_DESC),
        query=rate_tables.currency_rates,
        reads=rate_tables.RATES_READ,
    ),
    ListRoute(
        path="/v1/calendars",
        name="calendars",
        summary="Calendars",
        shape=Calendar,
        parameters=ListParameters(CalendarFilter, CalendarOrder.KEY_ASC),
        query=calendars.calendars,
        reads=calendars.READS,
    ),
    ListRoute(
        path="/v1/compensation-plans",
        name="compensationPlans",
        summary="Compensation plans that pay you, your team or everybody",
        shape=CompensationPlan,
        parameters=ListParameters(CompensationPlanFilter, CompensationPlanOrder.KEY_ASC),
        query=compensation_plans.compensation_plans,
        reads=compensation_plans.READS,
        scope="pay",
    ),
    ListRoute(
        path="/v1/credits",
        name="credits",
        summary="Credits: whose part in which deal",
        shape=Credit,
        parameters=ListParameters(CreditFilter, CreditOrder.CHANGED_DESC),
        query=credits.credits,
        reads=credits.READS,
        scope="pay",
    ),
    ListRoute(
        path="/v1/payout-runs",
        name="payoutRuns",
        summary="Payout runs",
        shape=PayoutRun,
        parameters=ListParameters(PayoutRunFilter, PayoutRunOrder.CHANGED_DESC),
        query=payout_runs.payout_runs,
        reads=payout_runs.READS,
        scope="pay",
    ),
    ListRoute(
        path="/v1/statements",
        name="statements",
        summary="Statements that stand",
        shape=Statement,
        parameters=ListParameters(StatementFilter, StatementOrder.ISSUED_DESC),
        query=payout_runs.statements,
        reads=payout_runs.READS,
        scope="pay",
    ),
    ListRoute(
        path="/v1/approvals",
        name="approvals",
        summary="Approvals that concern you, your team or everybody",
        shape=Approval,
        parameters=ListParameters(ApprovalFilter, ApprovalOrder.CHANGED_DESC),
        query=approvals.approvals,
        reads=approvals.READS,
    ),
    ListRoute(
        path="/v1/objections",
        name="objections",
        summary="Objections",
        shape=Objection,
        parameters=ListParameters(ObjectionFilter, ObjectionOrder.CHANGED_DESC),
        query=objections.objections,
        reads=objections.READS,
        scope="pay",
    ),
    ListRoute(
        path="/v1/awards",
        name="awards",
        summary="Awards, and adjustments by hand",
        shape=Award,
        parameters=ListParameters(AwardFilter, AwardOrder.CHANGED_DESC),
        query=awards.awards,
        reads=awards.READS,
        scope="pay",
    ),
    ListRoute(
        path="/v1/points",
        name="pointsBalances",
        summary="Points of members",
        shape=PointsBalance,
        parameters=ListParameters(PointsFilter, PointsOrder.BALANCE_DESC),
        query=points.points_balances,
        reads=points.READS,
        scope="pay",
    ),
    ListRoute(
        path="/v1/points-entries",
        name="pointsEntries",
        summary="Credited and redeemed points",
        shape=PointsEntry,
        parameters=ListParameters(PointsEntryFilter, PointsEntryOrder.ENTERED_DESC),
        query=points.points_entries,
        reads=points.ENTRIES_READ,
        scope="pay",
    ),
)
"""Lists by filter and order."""

ITEMS: Final = (
    ItemRoute(
        path="/v1/deals/{deal_id}",
        name="deal",
        summary="One deal, also a voided one",
        shape=Deal,
        query=deals.deal,
        reads=deals.READS,
    ),
    ItemRoute(
        path="/v1/leads/{lead_id}",
        name="lead",
        summary="One lead, also a voided one",
        shape=Lead,
        query=leads.lead,
        reads=leads.READS,
    ),
    ItemRoute(
        path="/v1/activities/{activity_id}",
        name="activity",
        summary="One activity, also a voided one",
        shape=Activity,
        query=activities.activity,
        reads=activities.READS,
    ),
    ItemRoute(
        path="/v1/customers/{customer_id}",
        name="customer",
        summary="One customer with its contacts",
        shape=Customer,
        query=customers.customer,
        reads=customers.READS,
    ),
    ItemRoute(
        path="/v1/customers/{customer_id}/profile",
        name="customerProfile",
        summary="Everything about a customer at a glance",
        shape=CustomerProfile,
        query=customers.customer_profile,
        reads=customers.PROFILE_READS,
    ),
    ItemRoute(
        path="/v1/products/{product_id}",
        name="product",
        summary="One product with its prices and costs",
        shape=Product,
        query=products.product,
        reads=products.READS,
    ),
    ItemRoute(
        path="/v1/members/{member_id}",
        name="member",
        summary="One member",
        shape=Member,
        query=members.member,
        reads=members.READS,
    ),
    ItemRoute(
        path="/v1/pipelines/{pipeline_id}",
        name="pipeline",
        summary="One pipeline with its versions",
        shape=Pipeline,
        query=pipelines.pipeline,
        reads=pipelines.READS,
    ),
    ItemRoute(
        path="/v1/agreements/{agreement_id}",
        name="agreement",
        summary="One agreement, also a cancelled one",
        shape=Agreement,
        query=agreements.agreement,
        reads=agreements.READS,
    ),
    ItemRoute(
        path="/v1/invoices/{invoice_id}",
        name="invoice",
        summary="One invoice, also a voided one",
        shape=Invoice,
        query=invoices.invoice,
        reads=invoices.READS,
    ),
    ItemRoute(
        path="/v1/receipts/{receipt_id}",
        name="receipt",
        summary="One receipt of money",
        shape=PaymentReceipt,
        query=receipts.receipt,
        reads=receipts.READS,
    ),
    ItemRoute(
        path="/v1/rate-tables/{rate_table_id}",
        name="rateTable",
        summary="One rate table with its latest rates",
        shape=RateTable,
        query=rate_tables.rate_table,
        reads=rate_tables.READS,
    ),
    ItemRoute(
        path="/v1/calendars/{calendar_id}",
        name="calendar",
        summary="One calendar with its holidays and fiscal periods",
        shape=Calendar,
        query=calendars.calendar,
        reads=calendars.READS,
    ),
    ItemRoute(
        path="/v1/forecast-sheets/{forecast_sheet_id}",
        name="forecastSheet",
        summary="One forecast sheet with all its revisions",
        shape=ForecastSheet,
        query=forecast_sheets.forecast_sheet,
        reads=forecast_sheets.READS,
    ),
    ItemRoute(
        path="/v1/targets/{target_id}",
        name="target",
        summary="One target with all lines that were ever set",
        shape=Target,
        query=targets.target,
        reads=targets.READS,
    ),
    ItemRoute(
        path="/v1/compensation-plans/{plan_id}",
        name="compensationPlan",
        summary="One compensation plan with its versions",
        shape=CompensationPlan,
        query=compensation_plans.compensation_plan,
        reads=compensation_plans.READS,
        scope="pay",
    ),
    ItemRoute(
        path="/v1/compensation-plans/{plan_id}/in-words",
        name="compensationPlanInWords",
        summary="One compensation plan in words, English and Chinese",
        shape=CompensationPlanInWords,
        query=compensation_plans.compensation_plan_in_words,
        reads=compensation_plans.READS,
        scope="pay",
    ),
    ItemRoute(
        path="/v1/payout-runs/{payout_run_id}",
        name="payoutRun",
        summary="One payout run",
        shape=PayoutRun,
        query=payout_runs.payout_run,
        reads=payout_runs.READS,
        scope="pay",
    ),
    ItemRoute(
        path="/v1/approvals/{approval_id}",
        name="approval",
        summary="One approval with its steps",
        shape=Approval,
        query=approvals.approval,
        reads=approvals.READS,
    ),
    ItemRoute(
        path="/v1/objections/{objection_id}",
        name="objection",
        summary="One objection",
        shape=Objection,
        query=objections.objection,
        reads=objections.READS,
        scope="pay",
    ),
    ItemRoute(
        path="/v1/awards/{award_id}",
        name="award",
        summary="One award or adjustment, also a revoked one",
        shape=Award,
        query=awards.award,
        reads=awards.READS,
        scope="pay",
    ),
    ItemRoute(
        path="/v1/points/{member_id}",
        name="pointsBalance",
        summary="The points of one member",
        shape=PointsBalance,
        query=points.points_balance,
        reads=points.READS,
        scope="pay",
    ),
)
"""Single things, each by the one id in its path."""

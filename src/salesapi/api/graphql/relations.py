"""How read models hang together in GraphQL: which field leads from one thing to others, and the statement that finds them.

A relation is read for a whole level at once: `= ANY` over the ids of that level, within the asker's scope. What is out of
scope is null, as if it did not exist.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.api.authentication import ScopeOf
from salesapi.api.graphql.context import Asked
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.database.connections import Connection
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.pay.records.pool_shares import PoolShare
from salesapi.domain.selling.deals import DealLine, DealShare
from salesapi.domain.selling.forecast_sheets import ForecastEntry
from salesapi.queries.cash import agreements, invoices
from salesapi.queries.customers import customers, satisfactions
from salesapi.queries.organisation import members
from salesapi.queries.organisation.teams import teams_of_members
from salesapi.queries.paging import PageRequest
from salesapi.queries.pay import awards, compensation_plans, enrolments, objections, payout_runs, payroll
from salesapi.queries.pay.line_events import events_of_lines
from salesapi.queries.pay.pay_relations import lines_of_statements, statements_of_runs
from salesapi.queries.reference import products, rate_tables
from salesapi.queries.selling import activities, attribution_touches, deals, leads, pipelines, targets
from salesapi.schemas.cash.agreements import AgreedLine, Agreement
from salesapi.schemas.cash.invoices import Invoice
from salesapi.schemas.cash.receipts import PaymentReceipt, ReceiptAllocation
from salesapi.schemas.customers.customers import Customer, TimelineEntry
from salesapi.schemas.customers.satisfactions import Satisfaction
from salesapi.schemas.organisation.approvals import Approval
from salesapi.schemas.organisation.members import Member
from salesapi.schemas.organisation.teams import Team
from salesapi.schemas.pay.awards import Award
from salesapi.schemas.pay.commission_estimates import CommissionEstimate, EstimatedPay
from salesapi.schemas.pay.compensation_plans import CompensationPlan, CompensationPlanDifferences
from salesapi.schemas.pay.credits import Credit
from salesapi.schemas.pay.enrolments import Enrolment
from salesapi.schemas.pay.line_events import LineEvent
from salesapi.schemas.pay.live_statements import ComingPayment, LiveStatement
from salesapi.schemas.pay.objections import Objection
from salesapi.schemas.pay.payout_runs import PayoutRun, Statement, StatementLine
from salesapi.schemas.pay.payroll import PayrollLine
from salesapi.schemas.pay.points import PointsBalance, PointsEntry
from salesapi.schemas.pay.pool_shares import PoolShares
from salesapi.schemas.reference.products import Product
from salesapi.schemas.reference.rate_tables import CurrencyRate, RateTable
from salesapi.schemas.selling.activities import Activity
from salesapi.schemas.selling.attribution_touches import AttributionTouch
from salesapi.schemas.selling.deals import Deal, StageVisit
from salesapi.schemas.selling.forecast_sheets import ForecastSheet
from salesapi.schemas.selling.leads import Lead
from salesapi.schemas.selling.pipelines import Pipeline
from salesapi.schemas.selling.targets import Target

Load: TypeAlias = Callable[[Asked, Sequence[Any]], Awaitable[Mapping[Any, Any]]]

READS: Final[Mapping[type, tuple[str, ...]]] = {
    **{read.shape: read.reads for read in (*LISTS, *ITEMS)},
    CompensationPlanDifferences: compensation_plans.READS,
    StageVisit: deals.VISITS_READ,
    StatementLine: payout_runs.LINES_READ,
    PayrollLine: payroll.READS,
    TimelineEntry: customers.TIMELINE_READS,
}
"""The read models behind each type; a position that an answer reflects is that of all types it touches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """Leads to one thing, by the id in `key`."""

    name: str
    about: str
    shape: type
    key: str
    load: Load

    def key_of(self, parent: Any) -> Any:
        """What the thing is found by; None where there is none."""
        return getattr(parent, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Leads to a list, at most `first` of it."""

    name: str
    about: str
    shape: type
    load: Callable[[Asked, Sequence[Any], int], Awaitable[Mapping[Any, Any]]]
    key: str | None = "id"

    def key_of(self, parent: Any) -> Any:
        """What the list is found by."""
        return parent if self.key is None else getattr(parent, self.key)


@dataclass(frozen=True, slots=True)
class ById:
    """Loads things by their ids."""

    query: Callable[[Connection, Scope, Sequence[UUID]], Awaitable[Mapping[UUID, Any]]]
    scope: ScopeOf = "rows"

    async def __call__(self, asked: Asked, ids: Sequence[UUID]) -> Mapping[UUID, Any]:
        """Those that are in scope."""
        return await asked.read(self.query, self.scope, ids)


@dataclass(frozen=True, slots=True)
class Latest:
    """Loads the latest of a list for each of several ids."""

    query: Callable[[Connection, Scope, Sequence[UUID], int], Awaitable[Mapping[UUID, Any]]]
    scope: ScopeOf = "rows"

    async def __call__(self, asked: Asked, ids: Sequence[UUID], first: int) -> Mapping[UUID, Any]:
        """Those that are in scope."""
        return await asked.read(self.query, self.scope, ids, first)


async def _visits(connection: Connection, _: Scope, ids: Sequence[UUID], first: int) -> Mapping[UUID, Any]:
    found = await deals.stage_visits_of_deals(connection, ids)
    return {deal_id: visits[:first] for deal_id, visits in found.items()}


async def _lines(connection: Connection, _: Scope, found: Sequence[Statement], first: int) -> Mapping[Statement, Any]:
    return await lines_of_statements(connection, found, first)


async def _lines_of(asked: Asked, found: Sequence[Statement], first: int) -> Mapping[Statement, Any]:
    return await asked.read(_lines, "pay", found, first)


async def _live_lines(asked: Asked, found: Sequence[LiveStatement], first: int) -> Mapping[LiveStatement, Any]:
    return {statement: asked.live[statement].page(PageRequest(first=first)).items for statement in found}


async def _events(asked: Asked, lines: Sequence[tuple[int, ...]], first: int) -> Mapping[tuple[int, ...], Any]:
    found = await asked.read(events_of_lines, "pay", lines)
    return {line: events[:first] for line, events in found.items()}


async def _teams(asked: Asked, member_ids: Sequence[UUID]) -> Mapping[UUID, Team]:
    teams = await asked.sources.states.state(TREE)
    on = asked.sources.clock.now().date()
    return teams_of_members(teams, on, member_ids) if isinstance(teams, Teams) else {}


AGREEMENTS: Final = ById(agreements.agreements_by_ids)
AWARDS: Final = ById(awards.awards_by_ids, "pay")
CUSTOMERS: Final = ById(customers.customers_by_ids)
DEALS: Final = ById(deals.deals_by_ids)
INVOICES: Final = ById(invoices.invoices_by_ids)
LEADS: Final = ById(leads.leads_by_ids)
MEMBERS: Final = ById(members.members_by_ids)
OBJECTIONS: Final = ById(objections.objections_by_ids, "pay")
PIPELINES: Final = ById(pipelines.pipelines_by_ids)
PLANS: Final = ById(compensation_plans.compensation_plans_by_ids, "pay")
PRODUCTS: Final = ById(products.products_by_ids)
RATE_TABLES: Final = ById(rate_tables.rate_tables_by_ids)
TARGETS: Final = ById(targets.targets_by_ids)
RUNS: Final = ById(payout_runs.payout_runs_by_ids, "pay")

_owner = partial(One, name="owner", about="The accountable member.", shape=Member, key="owner_id", load=MEMBERS)
_member = partial(One, name="member", about="The member.", shape=Member, key="member_id", load=MEMBERS)
_award = partial(One, name="award", shape=Award, load=AWARDS)
_customer = partial(One, name="customer", shape=Customer, key="customer_id", load=CUSTOMERS)
_deal = partial(One, name="deal", shape=Deal, key="deal_id", load=DEALS)
_pipeline = partial(One, name="pipeline", about="The pipeline.", shape=Pipeline, key="pipeline_id", load=PIPELINES)
_plan = partial(One, name="plan", about="The compensation plan.", shape=CompensationPlan, key="plan_id", load=PLANS)
_activities = partial(Many, name="activities", shape=Activity, load=Latest(activities.activities_about))
_enrolments = partial(Many, name="enrolments", shape=Enrolment)
_touches = partial(Many, name="attribution_touches", shape=AttributionTouch)

RELATIONS: Final[Mapping[type, tuple[One | Many, ...]]] = {
    Deal: (
        _owner(),
        _customer(about="The customer, where known and in your scope."),
        One(name="lead", about="The lead that it came from.", shape=Lead, key="lead_id", load=LEADS),
        _pipeline(),
        Many(
            name="stage_visits",
            about="Its stays in stages, in their order.",
            shape=StageVisit,
            load=Latest(_visits),
        ),
        _activities(about="The activities about it that changed last."),
        _touches(about="The attribution touches that count for it.", load=Latest(attribution_touches.touches_of_deals)),
    ),
    DealLine: (One(name="product", about="The product.", shape=Product, key="product_id", load=PRODUCTS),),
    DealShare: (_member(),),
    StageVisit: (_owner(), _pipeline()),
    Customer: (
        _owner(),
        One(name="parent", about="The customer above it.", shape=Customer, key="parent_id", load=CUSTOMERS),
        Many(name="deals", about="Its deals that changed last.", shape=Deal, load=Latest(deals.deals_of_customers)),
        Many(name="leads", about="The leads that became it.", shape=Lead, load=Latest(leads.leads_of_customers)),
        Many(
            name="agreements",
            about="Its agreements that changed last.",
            shape=Agreement,
            load=Latest(agreements.agreements_of_customers),
        ),
        Many(
            name="invoices",
            about="Its invoices that changed last, without voided ones.",
            shape=Invoice,
            load=Latest(invoices.invoices_of_customers),
        ),
        _activities(about="The activities about it that changed last; those about its deals are there."),
        Many(
            name="satisfactions",
            about="What it answered about its satisfaction, the latest recorded first.",
            shape=Satisfaction,
            load=Latest(satisfactions.satisfactions_of_customers),
        ),
    ),
    Lead: (
        _owner(),
        _customer(about="The customer that it became."),
        _deal(about="The deal that its conversion opened."),
        _activities(about="The activities about it that changed last."),
        _touches(about="Its attribution touches.", load=Latest(attribution_touches.touches_of_leads)),
    ),
    AttributionTouch: (
        _member(about="The member whose touch it was."),
        One(name="lead", about="The lead, where it is in your scope.", shape=Lead, key="lead_id", load=LEADS),
        _deal(about="The deal that it counts for, where it is in your scope."),
    ),
    Activity: (
        _owner(),
        _customer(about="The customer that it is about, where it is about one.", key="about_id"),
        _deal(about="The deal that it is about, where it is about one.", key="about_id"),
        One(
            name="lead",
            about="The lead that it is about, where it is about one.",
            shape=Lead,
            key="about_id",
            load=LEADS,
        ),
    ),
    Member: (
        One(name="team", about="The team that the member is in today.", shape=Team, key="id", load=_teams),
        _enrolments(
            about="Its compensation plans that changed last, where its pay is in your scope.",
            load=Latest(enrolments.enrolments_of_members, "pay"),
        ),
    ),
    Team: (One(name="leader", about="Who leads it.", shape=Member, key="leader_id", load=MEMBERS),),
    PaymentReceipt: (_customer(about="The customer who paid."),),
    ForecastSheet: (_owner(),),
    Target: (
        _owner(),
        One(
            name="parent",
            about="The target that it is a part of, where it is in your scope.",
            shape=Target,
            key="parent_target_id",
            load=TARGETS,
        ),
        Many(name="parts", about="Its parts that changed last.", shape=Target, load=Latest(targets.parts_of_targets)),
    ),
    ForecastEntry: (_deal(about="The deal, where it is in your scope."),),
    Satisfaction: (
        _customer(about="The customer who answered."),
        _deal(about="The deal that it is about, where it is in your scope."),
        One(
            name="agreement",
            about="The agreement that it is about, where it is in your scope.",
            shape=Agreement,
            key="agreement_id",
            load=AGREEMENTS,
        ),
    ),
    CurrencyRate: (
        One(name="rate_table", about="Its rate table.", shape=RateTable, key="rate_table_id", load=RATE_TABLES),
    ),
    ReceiptAllocation: (
        _deal(about="The deal, where it is for one."),
        One(
            name="invoice",
            about="The invoice, where it is for one and in your scope.",
            shape=Invoice,
            key="invoice_id",
            load=INVOICES,
        ),
    ),
    Agreement: (
        _customer(about="The customer."),
        _deal(about="The deal that it comes from, where it is in your scope."),
        Many(
            name="invoices",
            about="Its invoices that changed last, without voided ones.",
            shape=Invoice,
            load=Latest(invoices.invoices_of_agreements),
        ),
    ),
    AgreedLine: (One(name="product", about="The product.", shape=Product, key="product_id", load=PRODUCTS),),
    Invoice: (
        _customer(about="The customer who owes it."),
        One(
            name="agreement",
            about="The agreement that it is for.",
            shape=Agreement,
            key="agreement_id",
            load=AGREEMENTS,
        ),
    ),
    CompensationPlan: (
        _enrolments(
            about="Who takes part, where its pay is in your scope; what changed last.",
            load=Latest(enrolments.enrolments_of_plans, "pay"),
        ),
    ),
    Enrolment: (_member(), _plan()),
    Credit: (_member(), _deal(about="The deal, where it is in your scope.")),
    Approval: (
        One(name="requester", about="The member who asked.", shape=Member, key="requester_id", load=MEMBERS),
        _customer(about="The customer that is to be approved, where it is one.", key="subject_id"),
        _deal(about="The deal that is to be approved, where it is one.", key="subject_id"),
        _award(about="The award that is to be approved, where it is one.", key="subject_id"),
    ),
    Objection: (
        _member(),
        One(
            name="payout_run",
            about="The payout run, where it is about a statement.",
            shape=PayoutRun,
            key="subject_id",
            load=RUNS,
        ),
    ),
    Award: (
        _member(),
        _plan(),
        One(
            name="objection",
            about="The objection that led to an adjustment.",
            shape=Objection,
            key="objection_id",
            load=OBJECTIONS,
        ),
        _deal(about="The deal whose expiry is extended."),
    ),
    PoolShares: (_owner(about="The leader of the team."), _plan()),
    PoolShare: (_member(),),
    PointsBalance: (_member(key="id"),),
    PointsEntry: (_member(), _award(about="The award that was credited.", key="award_id"), _plan()),
    PayoutRun: (
        _plan(),
        Many(
            name="statements",
            about="Its statements that stand, the largest first.",
            shape=Statement,
            load=Latest(statements_of_runs, "pay"),
        ),
    ),
    Statement: (
        _member(),
        _plan(),
        One(name="payout_run", about="The payout run.", shape=PayoutRun, key="payout_run_id", load=RUNS),
        Many(name="lines", about="Its first lines, in their order.", shape=StatementLine, load=_lines_of, key=None),
    ),
    PayrollLine: (_member(), _plan()),
    CommissionEstimate: (_deal(about="The deal."),),
    EstimatedPay: (_member(), _plan()),
    StatementLine: (
        _deal(about="The deal, where it is in your scope."),
        One(name="source_member", about="Whose sale.", shape=Member, key="source_member_id", load=MEMBERS),
        Many(
            name="events",
            about="The business events that it rests on, in the order of the log.",
            shape=LineEvent,
            load=_events,
            key="positions",
        ),
    ),
    LiveStatement: (
        _member(),
        _plan(),
        Many(
            name="lines",
            about="Its first lines, in their order.",
            shape=StatementLine,
            load=_live_lines,
            key=None,
        ),
    ),
    ComingPayment: (_deal(about="The deal, where it is in your scope."),),
}

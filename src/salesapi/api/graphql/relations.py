"""How read models hang together in GraphQL: which field leads from one thing to others, and the statement that finds them.

A relation is read for a whole level at once: `= ANY` over the ids of that level, within the asker's scope. What is out of
scope is null, as if it did not exist.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from salesapi.api.graphql.context import OperationContext
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.pay.records.pool_shares import PoolShare
from salesapi.domain.selling.deals import DealLine, DealShare
from salesapi.domain.selling.forecast_sheets import ForecastEntry
from salesapi.queries.cash.agreements import AGREEMENTS
from salesapi.queries.cash.invoices import INVOICES
from salesapi.queries.customers.customers import CUSTOMERS
from salesapi.queries.customers.satisfactions import SATISFACTIONS
from salesapi.queries.listings import Listing
from salesapi.queries.organisation.members import MEMBERS
from salesapi.queries.organisation.principals import PRINCIPALS
from salesapi.queries.organisation.teams import teams_of_members
from salesapi.queries.paging import PageRequest
from salesapi.queries.pay.awards import AWARDS
from salesapi.queries.pay.compensation_plans import PLANS
from salesapi.queries.pay.enrolments import ENROLMENTS
from salesapi.queries.pay.line_events import events_of_lines
from salesapi.queries.pay.objections import OBJECTIONS
from salesapi.queries.pay.pay_relations import lines_of_statements, statements_of_runs
from salesapi.queries.pay.payout_runs import RUNS
from salesapi.queries.reference.products import PRODUCTS
from salesapi.queries.reference.rate_tables import RATE_TABLES
from salesapi.queries.selling.activities import ACTIVITIES
from salesapi.queries.selling.attribution_touches import TOUCHES
from salesapi.queries.selling.deals import DEALS, stage_visits_of_deals
from salesapi.queries.selling.leads import LEADS
from salesapi.queries.selling.pipelines import PIPELINES
from salesapi.queries.selling.targets import TARGETS
from salesapi.queries.sources import DeclarationWrong
from salesapi.schemas.cash.agreements import AgreedLine, Agreement
from salesapi.schemas.cash.invoices import Invoice
from salesapi.schemas.cash.receipts import PaymentReceipt, ReceiptAllocation
from salesapi.schemas.customers.customers import Customer, TimelineEntry
from salesapi.schemas.customers.persons import Person
from salesapi.schemas.customers.satisfactions import Satisfaction
from salesapi.schemas.organisation.api_keys import ApiKey
from salesapi.schemas.organisation.approvals import Approval
from salesapi.schemas.organisation.members import Member
from salesapi.schemas.organisation.principals import Me, Principal
from salesapi.schemas.organisation.teams import Team
from salesapi.schemas.pay.awards import Award
from salesapi.schemas.pay.commission_estimates import CommissionEstimate, EstimatedPay
from salesapi.schemas.pay.compensation_plans import CompensationPlan
from salesapi.schemas.pay.credits import Credit
from salesapi.schemas.pay.enrolments import Enrolment
from salesapi.schemas.pay.line_events import LineEvent
from salesapi.schemas.pay.live_statements import ComingPayment, LiveStatement
from salesapi.schemas.pay.objections import Objection
from salesapi.schemas.pay.payout_runs import PayoutRun, Statement, StatementLine
from salesapi.schemas.pay.payroll import PayrollLine
from salesapi.schemas.pay.points import PointsBalance, PointsEntry
from salesapi.schemas.pay.pool_shares import PoolShares
from salesapi.schemas.reference.rate_tables import CurrencyRate
from salesapi.schemas.selling.activities import Activity
from salesapi.schemas.selling.attribution_touches import AttributionTouch
from salesapi.schemas.selling.deals import Deal, StageVisit
from salesapi.schemas.selling.forecast_sheets import ForecastSheet
from salesapi.schemas.selling.leads import Lead
from salesapi.schemas.selling.targets import Target

Load: TypeAlias = Callable[[OperationContext, Sequence[Any]], Awaitable[Mapping[Any, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """Leads to one thing, by the id in `key`."""

    name: str
    about: str
    shape: type
    key: str
    load: Load

    def key_of(self, parent: Any) -> Any:
        """Reads the key by which the thing is found; None where there is none."""
        return getattr(parent, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Leads to a list, at most `first` of it."""

    name: str
    about: str
    shape: type
    load: Callable[[OperationContext, Sequence[Any], int], Awaitable[Mapping[Any, Any]]]
    key: str | None = "id"

    def key_of(self, parent: Any) -> Any:
        """Reads the key by which the list is found."""
        return parent if self.key is None else getattr(parent, self.key)


@dataclass(frozen=True, slots=True)
class ById:
    """Loads things of a list by their ids."""

    listing: Listing[Any, Any, Any]

    async def __call__(self, asked: OperationContext, ids: Sequence[UUID]) -> Mapping[UUID, Any]:
        """Reads those that are in scope."""
        return await asked.read(self.listing.by_ids, self.listing.scope_of, ids)


@dataclass(frozen=True, slots=True)
class Latest:
    """Loads the latest of a list for each of several ids in one of its columns."""

    listing: Listing[Any, Any, Any]
    column: str

    def __post_init__(self) -> None:
        """Checks the column."""
        self.listing.refuse_no_relation(self.column)

    async def __call__(self, asked: OperationContext, ids: Sequence[UUID], first: int) -> Mapping[UUID, Any]:
        """Reads those that are in scope."""
        read, scope = self.listing.latest_by, self.listing.scope_of
        return await asked.read(read, scope, ids, column=self.column, first=first)


def to_one(listing: Listing[Any, Any, Any], *, name: str, key: str, about: str) -> One:
    """Leads to one thing of a list, by its id."""
    return One(name=name, about=about, shape=listing.shape, key=key, load=ById(listing))


def to_latest(listing: Listing[Any, Any, Any], *, name: str, column: str, about: str) -> Many:
    """Leads to those things of a list that changed last and have the id in a column."""
    return Many(name=name, about=about, shape=listing.shape, load=Latest(listing, column))


async def _visits(asked: OperationContext, ids: Sequence[UUID], first: int) -> Mapping[UUID, Any]:
    found = await asked.read(lambda connection, _: stage_visits_of_deals(connection, ids), "rows")
    return {deal_id: visits[:first] for deal_id, visits in found.items()}


async def _statements(asked: OperationContext, ids: Sequence[UUID], first: int) -> Mapping[UUID, Any]:
    return await asked.read(statements_of_runs, "pay", ids, first)


async def _lines(asked: OperationContext, found: Sequence[Statement], first: int) -> Mapping[Statement, Any]:
    return await asked.read(lambda connection, _: lines_of_statements(connection, found, first), "pay")


async def _live_lines(
    asked: OperationContext, found: Sequence[LiveStatement], first: int
) -> Mapping[LiveStatement, Any]:
    return {statement: asked.live[statement].page(PageRequest(first=first)).items for statement in found}


async def _events(
    asked: OperationContext, lines: Sequence[tuple[int, ...]], first: int
) -> Mapping[tuple[int, ...], Any]:
    found = await asked.read(events_of_lines, "pay", lines)
    return {line: events[:first] for line, events in found.items()}


async def _teams(asked: OperationContext, member_ids: Sequence[UUID]) -> Mapping[UUID, Team]:
    teams = await asked.sources.reading.states.state(TREE)
    on = asked.sources.reading.clock.now().date()
    return teams_of_members(teams, on, member_ids) if isinstance(teams, Teams) else {}


def _principals(*keys: str) -> tuple[One, ...]:
    """Leads from each of these ids of principals to who they are."""
    return tuple(to_one(PRINCIPALS, name=f"{key}_principal", key=key, about=f"Who `{key}` is.") for key in keys)


_owner = partial(to_one, MEMBERS, name="owner", key="owner_id", about="The accountable member.")
_member = partial(to_one, MEMBERS, name="member", key="member_id", about="The member.")
_actor = partial(to_one, PRINCIPALS, name="actor", key="actor_id", about="The principal who recorded it.")
_lead = partial(to_one, LEADS, name="lead", key="lead_id")
_customer = partial(to_one, CUSTOMERS, name="customer", key="customer_id")
_deal = partial(to_one, DEALS, name="deal", key="deal_id")
_pipeline = partial(to_one, PIPELINES, name="pipeline", key="pipeline_id", about="The pipeline.")
_product = partial(to_one, PRODUCTS, name="product", key="product_id", about="The product.")
_agreement = partial(to_one, AGREEMENTS, name="agreement", key="agreement_id")
_plan = partial(to_one, PLANS, name="plan", key="plan_id", about="The compensation plan.")
_award = partial(to_one, AWARDS, name="award")
_run = partial(to_one, RUNS, name="payout_run")
_activities = partial(to_latest, ACTIVITIES, name="activities", column="about_id")
_enrolments = partial(to_latest, ENROLMENTS, name="enrolments")
_invoices = partial(to_latest, INVOICES, name="invoices", about="Its invoices that changed last, without voided ones.")
_touches = partial(to_latest, TOUCHES, name="attribution_touches")

RELATIONS: Final[Mapping[type, tuple[One | Many, ...]]] = {
    Deal: (
        _owner(),
        _customer(about="The customer, where known and in your scope."),
        _lead(about="The lead that it came from."),
        _pipeline(),
        Many(name="stage_visits", about="Its stays in stages, in their order.", shape=StageVisit, load=_visits),
        _activities(about="The activities about it that changed last."),
        _touches(about="The attribution touches that count for it.", column="deal_id"),
    ),
    DealLine: (_product(),),
    DealShare: (_member(),),
    StageVisit: (_owner(), _pipeline()),
    Customer: (
        _owner(),
        to_one(CUSTOMERS, name="parent", key="parent_id", about="The customer above it."),
        to_latest(DEALS, name="deals", column="customer_id", about="Its deals that changed last."),
        to_latest(LEADS, name="leads", column="customer_id", about="The leads that became it."),
        to_latest(AGREEMENTS, name="agreements", column="customer_id", about="Its agreements that changed last."),
        _invoices(column="customer_id"),
        _activities(about="The activities about it that changed last; those about its deals are there."),
        to_latest(
            SATISFACTIONS,
            name="satisfactions",
            column="customer_id",
            about="What it answered about its satisfaction, the latest recorded first.",
        ),
    ),
    Lead: (
        _owner(),
        _customer(about="The customer that it became."),
        _deal(about="The deal that its conversion opened."),
        _activities(about="The activities about it that changed last."),
        _touches(about="Its attribution touches.", column="lead_id"),
    ),
    AttributionTouch: (
        _member(about="The member whose touch it was."),
        _lead(about="The lead, where it is in your scope."),
        _deal(about="The deal that it counts for, where it is in your scope."),
    ),
    Activity: (
        _owner(),
        _customer(about="The customer that it is about, where it is about one.", key="about_id"),
        _deal(about="The deal that it is about, where it is about one.", key="about_id"),
        _lead(about="The lead that it is about, where it is about one.", key="about_id"),
    ),
    Member: (
        One(name="team", about="The team that the member is in today.", shape=Team, key="id", load=_teams),
        _enrolments(
            about="Its compensation plans that changed last, where its pay is in your scope.", column="member_id"
        ),
    ),
    Team: (to_one(MEMBERS, name="leader", key="leader_id", about="Who leads it."),),
    PaymentReceipt: (_customer(about="The customer who paid."),),
    ForecastSheet: (_owner(),),
    Target: (
        _owner(),
        to_one(
            TARGETS,
            name="parent",
            key="parent_target_id",
            about="The target that it is a part of, where it is in your scope.",
        ),
        to_latest(TARGETS, name="parts", column="parent_target_id", about="Its parts that changed last."),
    ),
    ForecastEntry: (_deal(about="The deal, where it is in your scope."),),
    Satisfaction: (
        _customer(about="The customer who answered."),
        _deal(about="The deal that it is about, where it is in your scope."),
        _agreement(about="The agreement that it is about, where it is in your scope."),
    ),
    CurrencyRate: (to_one(RATE_TABLES, name="rate_table", key="rate_table_id", about="Its rate table."),),
    ReceiptAllocation: (
        _deal(about="The deal, where it is for one."),
        to_one(INVOICES, name="invoice", key="invoice_id", about="The invoice, where it is for one and in your scope."),
    ),
    Agreement: (
        _customer(about="The customer."),
        _deal(about="The deal that it comes from, where it is in your scope."),
        _invoices(column="agreement_id"),
    ),
    AgreedLine: (_product(),),
    Invoice: (_customer(about="The customer who owes it."), _agreement(about="The agreement that it is for.")),
    CompensationPlan: (
        _enrolments(about="Who takes part, where its pay is in your scope; what changed last.", column="plan_id"),
    ),
    Enrolment: (_member(), _plan()),
    Credit: (_member(), _deal(about="The deal, where it is in your scope.")),
    Approval: (
        to_one(MEMBERS, name="requester", key="requester_id", about="The member who asked."),
        *_principals("requested_by"),
        _customer(about="The customer that is to be approved, where it is one.", key="subject_id"),
        _deal(about="The deal that is to be approved, where it is one.", key="subject_id"),
        _award(about="The award that is to be approved, where it is one.", key="subject_id"),
    ),
    Principal: (_member(about="The member that it is."),),
    Person: (*_principals("confirmed_by"),),
    Me: (_member(about="The member that it is."),),
    ApiKey: (to_one(PRINCIPALS, name="principal", key="principal_id", about="For whom it opens the doors."),),
    LineEvent: (_actor(),),
    TimelineEntry: (_actor(),),
    Objection: (
        _member(),
        _run(about="The payout run, where it is about a statement.", key="subject_id"),
        *_principals("raised_by", "answered_by", "decided_by"),
    ),
    Award: (
        _member(),
        _plan(),
        to_one(OBJECTIONS, name="objection", key="objection_id", about="The objection that led to an adjustment."),
        _deal(about="The deal whose expiry is extended."),
        *_principals("granted_by", "approved_by"),
    ),
    PoolShares: (_owner(about="The leader of the team."), _plan(), *_principals("stated_by", "approved_by")),
    PoolShare: (_member(),),
    PointsBalance: (_member(key="id"),),
    PointsEntry: (_member(), _award(about="The award that was credited.", key="award_id"), _plan()),
    PayoutRun: (
        _plan(),
        Many(
            name="statements", about="Its statements that stand, the largest first.", shape=Statement, load=_statements
        ),
        *_principals("submitted_by", "approved_by"),
    ),
    Statement: (
        _member(),
        _plan(),
        _run(about="The payout run.", key="payout_run_id"),
        Many(name="lines", about="Its first lines, in their order.", shape=StatementLine, load=_lines, key=None),
    ),
    PayrollLine: (_member(), _plan()),
    CommissionEstimate: (_deal(about="The deal."),),
    EstimatedPay: (_member(), _plan()),
    StatementLine: (
        _deal(about="The deal, where it is in your scope."),
        to_one(MEMBERS, name="source_member", key="source_member_id", about="Whose sale."),
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
        Many(name="lines", about="Its first lines, in their order.", shape=StatementLine, load=_live_lines, key=None),
    ),
    ComingPayment: (_deal(about="The deal, where it is in your scope."),),
}


def refuse_unknown_keys(relations: Mapping[Any, Sequence[One | Many]]) -> None:
    """Refuses relations that are found by what their shape has not.

    Raises:
        DeclarationWrong.
    """
    for shape, led in relations.items():
        names = {field.name for field in fields(shape)}
        for relation in led:
            if relation.key is not None and relation.key not in names:
                raise DeclarationWrong(f"{shape.__name__}.{relation.name}: the shape has no field `{relation.key}`")


refuse_unknown_keys(RELATIONS)

"""The lists and single things that can be read by REST: their paths, shapes, parameters and the questions that answer them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from salesapi.api.rest.parameters import ListParameters
from salesapi.queries import (
    activities,
    compensation_plans,
    credits,
    customers,
    deals,
    leads,
    members,
    payout_runs,
    pipelines,
    products,
    receipts,
)
from salesapi.queries.paging import Page
from salesapi.schemas.activities import Activity, ActivityFilter, ActivityOrder
from salesapi.schemas.compensation_plans import CompensationPlan, CompensationPlanFilter, CompensationPlanOrder
from salesapi.schemas.credits import Credit, CreditFilter, CreditOrder
from salesapi.schemas.customers import Customer, CustomerFilter, CustomerOrder, CustomerProfile
from salesapi.schemas.deals import Deal, DealFilter, DealOrder
from salesapi.schemas.leads import Lead, LeadFilter, LeadOrder
from salesapi.schemas.members import Member, MemberFilter, MemberOrder
from salesapi.schemas.payout_runs import (
    PayoutRun,
    PayoutRunFilter,
    PayoutRunOrder,
    Statement,
    StatementFilter,
    StatementOrder,
)
from salesapi.schemas.pipelines import Pipeline, PipelineFilter, PipelineOrder
from salesapi.schemas.products import Product, ProductFilter, ProductOrder
from salesapi.schemas.receipts import PaymentReceipt, ReceiptFilter, ReceiptOrder

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
        path="/v1/receipts",
        name="receipts",
        summary="Receipts of money",
        shape=PaymentReceipt,
        parameters=ListParameters(ReceiptFilter, ReceiptOrder.CHANGED_DESC),
        query=receipts.receipts,
        reads=receipts.READS,
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
        summary="One product with its prices",
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
        path="/v1/receipts/{receipt_id}",
        name="receipt",
        summary="One receipt of money",
        shape=PaymentReceipt,
        query=receipts.receipt,
        reads=receipts.READS,
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
        path="/v1/payout-runs/{payout_run_id}",
        name="payoutRun",
        summary="One payout run",
        shape=PayoutRun,
        query=payout_runs.payout_run,
        reads=payout_runs.READS,
        scope="pay",
    ),
)
"""Single things, each by the one id in its path."""

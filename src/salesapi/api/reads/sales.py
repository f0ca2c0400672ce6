"""Reads of what is sold, by whom, to whom and on which way: deals, leads, activities, customers, products, members, pipelines."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.customers import customers
from salesapi.queries.organisation import members
from salesapi.queries.reference import products
from salesapi.queries.selling import activities, deals, leads, pipelines
from salesapi.schemas.customers.customers import Customer, CustomerFilter, CustomerOrder, CustomerProfile
from salesapi.schemas.organisation.members import Member, MemberFilter, MemberOrder
from salesapi.schemas.reference.products import Product, ProductFilter, ProductOrder
from salesapi.schemas.selling.activities import Activity, ActivityFilter, ActivityOrder
from salesapi.schemas.selling.deals import Deal, DealFilter, DealOrder
from salesapi.schemas.selling.leads import Lead, LeadFilter, LeadOrder
from salesapi.schemas.selling.pipelines import Pipeline, PipelineFilter, PipelineOrder

LISTS: Final = (
    ListRead(
        path="/v1/deals",
        name="deals",
        summary="Deals",
        shape=Deal,
        where=DealFilter,
        order=DealOrder.CHANGED_DESC,
        query=deals.deals,
        reads=deals.READS,
    ),
    ListRead(
        path="/v1/leads",
        name="leads",
        summary="Leads, those in the pool too",
        shape=Lead,
        where=LeadFilter,
        order=LeadOrder.CHANGED_DESC,
        query=leads.leads,
        reads=leads.READS,
    ),
    ListRead(
        path="/v1/activities",
        name="activities",
        summary="Activities and follow-ups",
        shape=Activity,
        where=ActivityFilter,
        order=ActivityOrder.CHANGED_DESC,
        query=activities.activities,
        reads=activities.READS,
    ),
    ListRead(
        path="/v1/customers",
        name="customers",
        summary="Customers, those in the pool too",
        shape=Customer,
        where=CustomerFilter,
        order=CustomerOrder.CHANGED_DESC,
        query=customers.customers,
        reads=customers.READS,
    ),
    ListRead(
        path="/v1/products",
        name="products",
        summary="Products",
        shape=Product,
        where=ProductFilter,
        order=ProductOrder.NAME_ASC,
        query=products.products,
        reads=products.READS,
    ),
    ListRead(
        path="/v1/members",
        name="members",
        summary="Members",
        shape=Member,
        where=MemberFilter,
        order=MemberOrder.NAME_ASC,
        query=members.members,
        reads=members.READS,
    ),
    ListRead(
        path="/v1/pipelines",
        name="pipelines",
        summary="Pipelines",
        shape=Pipeline,
        where=PipelineFilter,
        order=PipelineOrder.KEY_ASC,
        query=pipelines.pipelines,
        reads=pipelines.READS,
    ),
)

ITEMS: Final = (
    ItemRead(
        path="/v1/deals/{deal_id}",
        name="deal",
        summary="One deal, also a voided one",
        shape=Deal,
        query=deals.deal,
        reads=deals.READS,
    ),
    ItemRead(
        path="/v1/leads/{lead_id}",
        name="lead",
        summary="One lead, also a voided one",
        shape=Lead,
        query=leads.lead,
        reads=leads.READS,
    ),
    ItemRead(
        path="/v1/activities/{activity_id}",
        name="activity",
        summary="One activity, also a voided one",
        shape=Activity,
        query=activities.activity,
        reads=activities.READS,
    ),
    ItemRead(
        path="/v1/customers/{customer_id}",
        name="customer",
        summary="One customer with its contacts",
        shape=Customer,
        query=customers.customer,
        reads=customers.READS,
    ),
    ItemRead(
        path="/v1/customers/{customer_id}/profile",
        name="customerProfile",
        summary="Everything about a customer at a glance",
        shape=CustomerProfile,
        query=customers.customer_profile,
        reads=customers.PROFILE_READS,
    ),
    ItemRead(
        path="/v1/products/{product_id}",
        name="product",
        summary="One product with its prices and costs",
        shape=Product,
        query=products.product,
        reads=products.READS,
    ),
    ItemRead(
        path="/v1/members/{member_id}",
        name="member",
        summary="One member",
        shape=Member,
        query=members.member,
        reads=members.READS,
    ),
    ItemRead(
        path="/v1/pipelines/{pipeline_id}",
        name="pipeline",
        summary="One pipeline with its versions",
        shape=Pipeline,
        query=pipelines.pipeline,
        reads=pipelines.READS,
    ),
)

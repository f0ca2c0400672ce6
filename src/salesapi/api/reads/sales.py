"""Reads of what is sold, by whom, to whom and on which way: deals, leads, activities, customers, products, members, pipelines."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.customers import customers
from salesapi.queries.organisation import members
from salesapi.queries.reference import products
from salesapi.queries.selling import activities, deals, leads, pipelines

LISTS: Final = (
    ListRead(path="/v1/deals", name="deals", summary="Deals", listing=deals.DEALS),
    ListRead(path="/v1/leads", name="leads", summary="Leads, those in the pool too", listing=leads.LEADS),
    ListRead(
        path="/v1/activities", name="activities", summary="Activities and follow-ups", listing=activities.ACTIVITIES
    ),
    ListRead(
        path="/v1/customers", name="customers", summary="Customers, those in the pool too", listing=customers.CUSTOMERS
    ),
    ListRead(path="/v1/products", name="products", summary="Products", listing=products.PRODUCTS),
    ListRead(path="/v1/members", name="members", summary="Members", listing=members.MEMBERS),
    ListRead(path="/v1/pipelines", name="pipelines", summary="Pipelines", listing=pipelines.PIPELINES),
)

ITEMS: Final = (
    ItemRead(path="/v1/deals/{deal_id}", name="deal", summary="One deal, also a voided one", thing=deals.DEALS),
    ItemRead(path="/v1/leads/{lead_id}", name="lead", summary="One lead, also a voided one", thing=leads.LEADS),
    ItemRead(
        path="/v1/activities/{activity_id}",
        name="activity",
        summary="One activity, also a voided one",
        thing=activities.ACTIVITIES,
    ),
    ItemRead(
        path="/v1/customers/{customer_id}",
        name="customer",
        summary="One customer with its contacts",
        thing=customers.CUSTOMERS,
    ),
    ItemRead(
        path="/v1/customers/{customer_id}/profile",
        name="customerProfile",
        summary="Everything about a customer at a glance",
        thing=customers.PROFILE,
    ),
    ItemRead(
        path="/v1/products/{product_id}",
        name="product",
        summary="One product with its prices and costs",
        thing=products.PRODUCTS,
    ),
    ItemRead(path="/v1/members/{member_id}", name="member", summary="One member", thing=members.MEMBERS),
    ItemRead(
        path="/v1/pipelines/{pipeline_id}",
        name="pipeline",
        summary="One pipeline with its versions",
        thing=pipelines.PIPELINES,
    ),
)

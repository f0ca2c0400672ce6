"""Lists and single things: what is sold: pipelines, leads, deals, activities, attribution, forecasts, targets, campaigns."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.selling import (
    activities,
    attribution_touches,
    campaigns,
    deals,
    forecast_sheets,
    leads,
    pipelines,
    targets,
)

LISTS: Final = (
    ListRead(path="/v1/deals", name="deals", summary="Deals", listing=deals.DEALS),
    ListRead(path="/v1/leads", name="leads", summary="Leads, those in the pool too", listing=leads.LEADS),
    ListRead(
        path="/v1/activities", name="activities", summary="Activities and follow-ups", listing=activities.ACTIVITIES
    ),
    ListRead(path="/v1/pipelines", name="pipelines", summary="Pipelines", listing=pipelines.PIPELINES),
    ListRead(
        path="/v1/attribution-touches",
        name="attributionTouches",
        summary="Attribution touches: who and what touched which lead",
        listing=attribution_touches.TOUCHES,
    ),
    ListRead(
        path="/v1/forecast-sheets",
        name="forecastSheets",
        summary="Forecast sheets: what members expect to sell in a period",
        listing=forecast_sheets.SHEETS,
    ),
    ListRead(path="/v1/targets", name="targets", summary="Targets of members and teams", listing=targets.TARGETS),
    ListRead(path="/v1/campaigns", name="campaigns", summary="Campaigns with their costs", listing=campaigns.CAMPAIGNS),
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
        path="/v1/pipelines/{pipeline_id}",
        name="pipeline",
        summary="One pipeline with its versions",
        thing=pipelines.PIPELINES,
    ),
    ItemRead(
        path="/v1/forecast-sheets/{forecast_sheet_id}",
        name="forecastSheet",
        summary="One forecast sheet with all its revisions",
        thing=forecast_sheets.SHEETS,
    ),
    ItemRead(
        path="/v1/targets/{target_id}",
        name="target",
        summary="One target with all lines that were ever set",
        thing=targets.TARGETS,
    ),
    ItemRead(
        path="/v1/campaigns/{campaign_id}",
        name="campaign",
        summary="One campaign with all its costs",
        thing=campaigns.CAMPAIGNS,
    ),
)

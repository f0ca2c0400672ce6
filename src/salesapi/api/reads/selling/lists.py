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
    ListRead(name="deals", summary="Deals", listing=deals.DEALS),
    ListRead(name="leads", summary="Leads, those in the pool too", listing=leads.LEADS),
    ListRead(name="activities", summary="Activities and follow-ups", listing=activities.ACTIVITIES),
    ListRead(name="pipelines", summary="Pipelines", listing=pipelines.PIPELINES),
    ListRead(
        name="attributionTouches",
        summary="Attribution touches: who and what touched which lead",
        listing=attribution_touches.TOUCHES,
    ),
    ListRead(
        name="forecastSheets",
        summary="Forecast sheets: what members expect to sell in a period",
        listing=forecast_sheets.SHEETS,
    ),
    ListRead(name="targets", summary="Targets of members and teams", listing=targets.TARGETS),
    ListRead(name="campaigns", summary="Campaigns with their costs", listing=campaigns.CAMPAIGNS),
)

ITEMS: Final = (
    ItemRead(name="deal", summary="One deal, also a voided one", thing=deals.DEALS),
    ItemRead(name="lead", summary="One lead, also a voided one", thing=leads.LEADS),
    ItemRead(
        at="/v1/activities/{activity_id}",
        name="activity",
        summary="One activity, also a voided one",
        thing=activities.ACTIVITIES,
    ),
    ItemRead(name="pipeline", summary="One pipeline with its versions", thing=pipelines.PIPELINES),
    ItemRead(name="forecastSheet", summary="One forecast sheet with all its revisions", thing=forecast_sheets.SHEETS),
    ItemRead(name="target", summary="One target with all lines that were ever set", thing=targets.TARGETS),
    ItemRead(name="campaign", summary="One campaign with all its costs", thing=campaigns.CAMPAIGNS),
)

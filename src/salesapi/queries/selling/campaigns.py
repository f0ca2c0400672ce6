"""The list of campaigns. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.filters import contains
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.selling.campaigns import Campaign, CampaignFilter, CampaignOrder

CAMPAIGNS: Final = Listing(
    Campaign,
    source="read.campaign",
    scope=EVERYBODY,
    where=CampaignFilter,
    conditions={"text": contains("name")},
    order=CampaignOrder.KEY_ASC,
)

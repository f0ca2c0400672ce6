"""The list of campaigns. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.filters import Filters, contains
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_position, by_text
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.selling.campaigns import Campaign, CampaignFilter, CampaignOrder

CAMPAIGNS: Final = Listing(
    Campaign,
    source="read.campaign",
    scope=EVERYBODY,
    filters=Filters(
        CampaignFilter,
        {"key": "key = ANY({})", "channel": "channel = ANY({})", "status": "status = {}", "text": contains("name")},
    ),
    orders=Orders(
        CampaignOrder.KEY_ASC, {"key": by_text("key"), "changed": by_position(), "cost": by_amount("cost_minor")}
    ),
)

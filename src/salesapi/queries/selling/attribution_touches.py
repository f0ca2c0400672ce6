"""The list of attribution touches. A touch is seen by who sees its lead, and by who is in scope of its own member."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import RowScope
from salesapi.schemas.selling.attribution_touches import AttributionTouch, AttributionTouchFilter, AttributionTouchOrder

_OF_SEEN_LEADS: Final = (
    "lead_id IN (SELECT lead_id FROM read.lead WHERE owner_id = ANY({0}::uuid[]) OR owner_id IS NULL)"
)

TOUCHES: Final = Listing(
    AttributionTouch,
    source="read.attribution_touch",
    scope=RowScope(text=f"{_OF_SEEN_LEADS} OR member_id = ANY({{0}}::uuid[])"),
    expressions={"weight": "trim_scale(weight)::text"},
    where=AttributionTouchFilter,
    order=AttributionTouchOrder.CHANGED_DESC,
)

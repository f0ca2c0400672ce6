"""Questions about attribution touches. A touch is seen by who sees its lead, and by who is in scope of its own member."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_day, by_position
from salesapi.schemas.selling.attribution_touches import AttributionTouch, AttributionTouchFilter, AttributionTouchOrder

READS: Final = ("attribution_touch", "lead")

TOUCHES: Final = Listing(
    columns="""touch_id AS id, lead_id, kind, member_id, campaign, trim_scale(weight)::text AS weight, touched_on,
        touched_at, deal_id, position""",
    source="read.attribution_touch",
    id="touch_id",
    reader=Reader(AttributionTouch),
)
ORDERS: Final[dict[AttributionTouchOrder, Order]] = {
    AttributionTouchOrder.CHANGED_DESC: by_position("position", is_descending=True),
    AttributionTouchOrder.TOUCHED_DESC: by_day("touched_on", is_descending=True),
    AttributionTouchOrder.TOUCHED_ASC: by_day("touched_on", is_descending=False),
}


async def attribution_touches(
    connection: Connection,
    scope: Scope,
    *,
    where: AttributionTouchFilter,
    order: AttributionTouchOrder,
    page: PageRequest,
) -> Page[AttributionTouch]:
    """A page of touches.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("lead_id = ANY({}::uuid[])", where.lead_id)
    conditions.known("deal_id = ANY({}::uuid[])", where.deal_id)
    conditions.known("member_id = ANY({}::uuid[])", where.member_id)
    conditions.known("kind = {}", where.kind)
    conditions.known("campaign = ANY({}::text[])", where.campaign)
    conditions.known("touched_on >= {}", where.touched_from)
    conditions.known("touched_on <= {}", where.touched_to)
    return await TOUCHES.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    if scope.member_ids is not None:
        members = list(scope.member_ids)
        seen = "SELECT lead_id FROM read.lead WHERE owner_id = ANY({}::uuid[]) OR owner_id IS NULL"
        conditions.add(f"(lead_id IN ({seen}) OR member_id = ANY({{}}::uuid[]))", members, members)
    return conditions


async def touches_of_leads(
    connection: Connection, scope: Scope, lead_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[AttributionTouch, ...]]:
    """For each lead the touches that changed last, at most `first`."""
    return await TOUCHES.latest_by(connection, _visible(scope), "lead_id", lead_ids, first)


async def touches_of_deals(
    connection: Connection, scope: Scope, deal_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[AttributionTouch, ...]]:
    """For each deal the touches that count for it and changed last, at most `first`."""
    return await TOUCHES.latest_by(connection, _visible(scope), "deal_id", deal_ids, first)

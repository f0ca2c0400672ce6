"""Questions about activities and follow-ups. An activity is seen by who is in scope of its owner."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_day,
    by_position,
)
from salesapi.schemas.selling.activities import Activity, ActivityFilter, ActivityOrder

READS: Final = ("activity",)

ACTIVITIES: Final = Listing(
    columns=f"""activity_id AS id, kind, status, about_kind, about_id, owner_id, due_on, due_at, done_on, done_at, channel,
        direction, content, outcome, next_step, next_on, reason, is_follow_up, is_corrected, attributes, {EXTERNAL_ID},
        version, position""",
    source="read.activity",
    id="activity_id",
    reader=Reader(Activity),
)
ORDERS: Final[dict[ActivityOrder, Order]] = {
    ActivityOrder.CHANGED_DESC: by_position("position", is_descending=True),
    ActivityOrder.CHANGED_ASC: by_position("position", is_descending=False),
    ActivityOrder.DUE_ASC: by_day("due_on", is_descending=False),
    ActivityOrder.DUE_DESC: by_day("due_on", is_descending=True),
    ActivityOrder.DONE_DESC: by_day("done_on", is_descending=True),
    ActivityOrder.DONE_ASC: by_day("done_on", is_descending=False),
}


async def activities(
    connection: Connection, scope: Scope, *, where: ActivityFilter, order: ActivityOrder, page: PageRequest
) -> Page[Activity]:
    """A page of activities.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("status = ANY({}::text[])", where.status)
    if where.status is None:
        conditions.add("status <> 'voided'")
    conditions.known("kind = ANY({}::text[])", where.kind)
    conditions.known("owner_id = ANY({}::uuid[])", where.owner_id)
    conditions.known("about_kind = {}", where.about_kind)
    conditions.known("about_id = ANY({}::uuid[])", where.about_id)
    conditions.known("due_on >= {}", where.due_from)
    conditions.known("due_on <= {}", where.due_to)
    conditions.known("done_on >= {}", where.done_from)
    conditions.known("done_on <= {}", where.done_to)
    conditions.external(where.external_system, where.external_id)
    return await ACTIVITIES.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope)
    return conditions


async def activity(connection: Connection, scope: Scope, activity_id: UUID) -> Activity:
    """One activity, also a voided one.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await activities_by_ids(connection, scope, [activity_id])
    if activity_id not in found:
        raise ThingUnknown(thing="activity", id=str(activity_id))
    return found[activity_id]


async def activities_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Activity]:
    """Those of these activities that are in scope."""
    conditions = _visible(scope)
    conditions.add("activity_id = ANY({}::uuid[])", list(ids))
    return {activity.id: activity for activity in await ACTIVITIES.found(connection, conditions)}


async def activities_about(
    connection: Connection, scope: Scope, about_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Activity, ...]]:
    """For each lead, customer or deal the activities about it that changed last, at most `first`."""
    conditions = _visible(scope)
    conditions.add("status <> 'voided'")
    return await ACTIVITIES.latest_by(connection, conditions, "about_id", about_ids, first)

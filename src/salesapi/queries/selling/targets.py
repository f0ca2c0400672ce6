"""Questions about targets. A target is seen by who is in scope of the member who answers for it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_amount,
    by_position,
    by_text,
)
from salesapi.schemas.selling.targets import Target, TargetFilter, TargetOrder

READS: Final = ("target",)

TARGETS: Final = Listing(
    columns="""target_id AS id, owner_id, team_id, parent_target_id, measure, period, dimension_key, dimension_value,
        currency, unit, status, floor, challenge, stretch, basis, revisions, splits, proposed_on, result, closed_on, note,
        version, position""",
    source="read.target",
    id="target_id",
    reader=Reader(Target),
)
ORDERS: Final[dict[TargetOrder, Order]] = {
    TargetOrder.CHANGED_DESC: by_position("position", is_descending=True),
    TargetOrder.PERIOD_DESC: by_text("period", is_descending=True),
    TargetOrder.PERIOD_ASC: by_text("period"),
    TargetOrder.CHALLENGE_DESC: by_amount("challenge", is_descending=True),
}


async def targets(
    connection: Connection, scope: Scope, *, where: TargetFilter, order: TargetOrder, page: PageRequest
) -> Page[Target]:
    """A page of targets.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("owner_id = ANY({}::uuid[])", where.owner_id)
    conditions.known("team_id = ANY({}::uuid[])", where.team_id)
    conditions.known("parent_target_id = ANY({}::uuid[])", where.parent_target_id)
    conditions.known("measure = ANY({}::text[])", where.measure)
    conditions.known("period = ANY({}::text[])", where.period)
    conditions.known("status = ANY({}::text[])", where.status)
    conditions.known("dimension_key = {}", where.dimension_key)
    conditions.known("dimension_value = {}", where.dimension_value)
    return await TARGETS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope)
    return conditions


async def target(connection: Connection, scope: Scope, target_id: UUID) -> Target:
    """One target with all lines that were ever set.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await targets_by_ids(connection, scope, [target_id])
    if target_id not in found:
        raise ThingUnknown(thing="target", id=str(target_id))
    return found[target_id]


async def targets_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Target]:
    """Those of these targets that are in scope."""
    conditions = _visible(scope)
    conditions.add("target_id = ANY({}::uuid[])", list(ids))
    return {target.id: target for target in await TARGETS.found(connection, conditions)}


async def parts_of_targets(
    connection: Connection, scope: Scope, target_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Target, ...]]:
    """For each target its parts that changed last, at most `first`."""
    return await TARGETS.latest_by(connection, _visible(scope), "parent_target_id", target_ids, first)

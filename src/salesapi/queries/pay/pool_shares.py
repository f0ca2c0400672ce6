"""Questions about the share points of teams' pools. `scope` is always the one over pay: they are seen with their leader."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_position, by_text
from salesapi.schemas.pay.pool_shares import PoolShares, PoolSharesFilter, PoolSharesOrder

READS: Final = ("pool_shares",)

SHARES: Final = Listing(
    columns="""pool_shares_id AS id, plan_id, award_key, period, owner_id, status, shares, approved_shares, stated_by,
        stated_on, approved_by, settled_on, rejection_reason, version, position""",
    source="read.pool_shares",
    id="pool_shares_id",
    reader=Reader(PoolShares),
)
ORDERS: Final[dict[PoolSharesOrder, Order]] = {
    PoolSharesOrder.CHANGED_DESC: by_position("position", is_descending=True),
    PoolSharesOrder.PERIOD_DESC: by_text("period", is_descending=True),
}


async def all_pool_shares(
    connection: Connection, scope: Scope, *, where: PoolSharesFilter, order: PoolSharesOrder, page: PageRequest
) -> Page[PoolShares]:
    """A page of share points.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("plan_id = {}", where.plan_id)
    conditions.known("award_key = {}", where.award_key)
    conditions.known("period = {}", where.period)
    conditions.known("owner_id = ANY({}::uuid[])", where.owner_id)
    conditions.known("status = ANY({}::text[])", where.status)
    return await SHARES.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope)
    return conditions


async def pool_shares(connection: Connection, scope: Scope, pool_shares_id: UUID) -> PoolShares:
    """The share points of one team's pool for a period.

    Raises:
        ThingUnknown: there are none, or their leader is out of the pay scope.
    """
    found = await pool_shares_by_ids(connection, scope, [pool_shares_id])
    if pool_shares_id not in found:
        raise ThingUnknown(thing="pool_shares", id=str(pool_shares_id))
    return found[pool_shares_id]


async def pool_shares_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, PoolShares]:
    """Those of these share points whose leader is in the pay scope."""
    conditions = _visible(scope)
    conditions.add("pool_shares_id = ANY({}::uuid[])", list(ids))
    return {shares.id: shares for shares in await SHARES.found(connection, conditions)}

"""Questions about awards and adjustments. `scope` is always the one over pay."""

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
    by_day,
    by_position,
)
from salesapi.schemas.pay.awards import Award, AwardFilter, AwardOrder

READS: Final = ("award",)

AWARDS: Final = Listing(
    columns="""award_id AS id, member_id, kind, status, amount_minor, currency, points, reason, plan_id, period,
        period_corrected, objection_id, deal_id, days, granted_by, granted_on, approved_by, settled_on, revocation_reason,
        version, position""",
    source="read.award",
    id="award_id",
    reader=Reader(Award),
)
ORDERS: Final[dict[AwardOrder, Order]] = {
    AwardOrder.CHANGED_DESC: by_position("position", is_descending=True),
    AwardOrder.GRANTED_DESC: by_day("granted_on", is_descending=True),
    AwardOrder.GRANTED_ASC: by_day("granted_on", is_descending=False),
    AwardOrder.AMOUNT_DESC: by_amount("amount_minor", is_descending=True),
}


async def awards(
    connection: Connection, scope: Scope, *, where: AwardFilter, order: AwardOrder, page: PageRequest
) -> Page[Award]:
    """A page of awards and adjustments.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("member_id = ANY({}::uuid[])", where.member_id)
    conditions.known("kind = ANY({}::text[])", where.kind)
    conditions.known("status = ANY({}::text[])", where.status)
    conditions.known("plan_id = {}", where.plan_id)
    conditions.known("period = {}", where.period)
    conditions.known("period_corrected = {}", where.period_corrected)
    conditions.known("objection_id = ANY({}::uuid[])", where.objection_id)
    conditions.known("deal_id = ANY({}::uuid[])", where.deal_id)
    conditions.known("granted_on >= {}", where.granted_from)
    conditions.known("granted_on <= {}", where.granted_to)
    return await AWARDS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope, "member_id")
    return conditions


async def award(connection: Connection, scope: Scope, award_id: UUID) -> Award:
    """One award or adjustment, also a revoked one.

    Raises:
        ThingUnknown: there is none, or its member is out of the pay scope.
    """
    found = await awards_by_ids(connection, scope, [award_id])
    if award_id not in found:
        raise ThingUnknown(thing="award", id=str(award_id))
    return found[award_id]


async def awards_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Award]:
    """Those of these awards that are in the pay scope."""
    conditions = _visible(scope)
    conditions.add("award_id = ANY({}::uuid[])", list(ids))
    return {award.id: award for award in await AWARDS.found(connection, conditions)}

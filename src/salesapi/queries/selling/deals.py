"""Questions about deals and their stage visits. A deal is seen by who is in scope of its owner; its visits with it."""

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
    by_amount,
    by_day,
    by_position,
    by_text,
)
from salesapi.schemas.selling.deals import Deal, DealFilter, DealOrder, StageVisit

READS: Final = ("deal",)
VISITS_READ: Final = ("deal", "stage_visit")
VISITS_MAX: Final = 2_000
"""Most visits in one answer: all that one deal can have."""

DEALS: Final = Listing(
    columns=f"""deal_id AS id, status, title, pipeline_id, pipeline_version, stage, owner_id, customer_id, lead_id,
        amount_minor, currency, lines, shares, expected_close_on, opened_on, opened_at, stage_entered_on, closed_on,
        closed_at, reason, competitor, attributes, {EXTERNAL_ID}, version, position""",
    source="read.deal",
    id="deal_id",
    reader=Reader(Deal),
)
ORDERS: Final[dict[DealOrder, Order]] = {
    DealOrder.CHANGED_DESC: by_position("position", is_descending=True),
    DealOrder.CHANGED_ASC: by_position("position", is_descending=False),
    DealOrder.OPENED_DESC: by_day("opened_on", is_descending=True),
    DealOrder.OPENED_ASC: by_day("opened_on", is_descending=False),
    DealOrder.CLOSED_DESC: by_day("closed_on", is_descending=True),
    DealOrder.CLOSED_ASC: by_day("closed_on", is_descending=False),
    DealOrder.EXPECTED_CLOSE_DESC: by_day("expected_close_on", is_descending=True),
    DealOrder.EXPECTED_CLOSE_ASC: by_day("expected_close_on", is_descending=False),
    DealOrder.AMOUNT_DESC: by_amount("amount_minor", is_descending=True),
    DealOrder.AMOUNT_ASC: by_amount("amount_minor", is_descending=False),
    DealOrder.TITLE_ASC: by_text("title"),
}
_VISITS: Final = Reader(StageVisit)
_VISITS_SQL: Final = """
    SELECT deal_id, number, version, pipeline_id, pipeline_version, stage, category, owner_id, entered_on, entered_at,
           left_on, left_at, left_version, way_in, way_out, is_negative
    FROM read.stage_visit WHERE deal_id = ANY($1::uuid[]) ORDER BY deal_id, number LIMIT $2
"""


async def deals(
    connection: Connection, scope: Scope, *, where: DealFilter, order: DealOrder, page: PageRequest
) -> Page[Deal]:
    """A page of deals.

    Raises:
        CursorMalformed.
    """
    return await DEALS.page(connection, _conditions(scope, where), (order, ORDERS[order]), page)


def _conditions(scope: Scope, where: DealFilter) -> Conditions:
    conditions = _visible(scope)
    conditions.known("status = ANY({}::text[])", where.status)
    if where.status is None:
        conditions.add("status <> 'voided'")
    conditions.known("pipeline_id = {}", where.pipeline_id)
    conditions.known("stage = ANY({}::text[])", where.stage)
    conditions.known("owner_id = ANY({}::uuid[])", where.owner_id)
    conditions.known("customer_id = ANY({}::uuid[])", where.customer_id)
    if where.product_id is not None:
        line = "lines @> jsonb_build_array(jsonb_build_object('product_id', {}::uuid))"
        conditions.add(f"(product_id = {{}} OR (product_id IS NULL AND {line}))", where.product_id, where.product_id)
    conditions.known("opened_on >= {}", where.opened_from)
    conditions.known("opened_on <= {}", where.opened_to)
    conditions.known("closed_on >= {}", where.closed_from)
    conditions.known("closed_on <= {}", where.closed_to)
    conditions.known("expected_close_on >= {}", where.expected_from)
    conditions.known("expected_close_on <= {}", where.expected_to)
    conditions.known("amount_minor >= {}", where.amount_from)
    conditions.known("amount_minor <= {}", where.amount_to)
    conditions.known("currency = {}", where.currency)
    conditions.contains("title", where.text)
    conditions.external(where.external_system, where.external_id)
    return conditions


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope)
    return conditions


async def deal(connection: Connection, scope: Scope, deal_id: UUID) -> Deal:
    """One deal, also a voided one.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await deals_by_ids(connection, scope, [deal_id])
    if deal_id not in found:
        raise ThingUnknown(thing="deal", id=str(deal_id))
    return found[deal_id]


async def deals_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Deal]:
    """Those of these deals that are in scope."""
    conditions = _visible(scope)
    conditions.add("deal_id = ANY({}::uuid[])", list(ids))
    return {deal.id: deal for deal in await DEALS.found(connection, conditions)}


async def deals_of_customers(
    connection: Connection, scope: Scope, customer_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Deal, ...]]:
    """For each customer its deals that changed last, at most `first`, without voided ones."""
    conditions = _visible(scope)
    conditions.add("status <> 'voided'")
    return await DEALS.latest_by(connection, conditions, "customer_id", customer_ids, first)


async def stage_visits(connection: Connection, scope: Scope, deal_id: UUID) -> tuple[StageVisit, ...]:
    """All visits of a deal in their order; none of a voided one.

    Raises:
        ThingUnknown: there is no such deal, or it is out of scope.
    """
    await deal(connection, scope, deal_id)
    return (await stage_visits_of_deals(connection, [deal_id]))[deal_id]


async def stage_visits_of_deals(connection: Connection, deal_ids: Sequence[UUID]) -> dict[UUID, tuple[StageVisit, ...]]:
    """The visits of deals that the caller has already found in scope, at most `VISITS_MAX` together."""
    rows = await connection.fetch(_VISITS_SQL, list(deal_ids), VISITS_MAX)
    found: dict[UUID, list[StageVisit]] = {deal_id: [] for deal_id in deal_ids}
    for visit in _VISITS.all(rows):
        found[visit.deal_id].append(visit)
    return {deal_id: tuple(visits) for deal_id, visits in found.items()}

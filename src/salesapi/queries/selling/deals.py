"""Questions about deals and their stage visits. A deal is seen by who is in scope of its owner; its visits with it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.columns import Reader
from salesapi.database.connections import Connection
from salesapi.queries.filters import Condition, contains
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_owner
from salesapi.queries.shapes import by_key, selection
from salesapi.queries.sources import Source
from salesapi.schemas.selling.deals import Deal, DealFilter, DealOrder, StageVisit

VISITS_MAX: Final = 2_000
"""Most visits in one answer: all that one deal can have."""

_WITH_PRODUCT: Final = """product_id = {0} OR (product_id IS NULL
    AND lines @> jsonb_build_array(jsonb_build_object('product_id', {0}::uuid)))"""

DEALS: Final = Listing(
    Deal,
    source="read.deal",
    scope=by_owner(),
    where=DealFilter,
    conditions={
        "status": Condition(text="status = ANY({})", unsent="status <> 'voided'"),
        "product_id": _WITH_PRODUCT,
        "expected_from": "expected_close_on >= {}",
        "expected_to": "expected_close_on <= {}",
        "amount_from": "amount_minor >= {}",
        "amount_to": "amount_minor <= {}",
        "text": contains("title"),
    },
    order=DealOrder.CHANGED_DESC,
)
_VISITS: Final = Reader(StageVisit)
_VISIT_COLUMNS: Final = selection(Source("read.stage_visit", declaration="the visits of deals"), StageVisit)
_VISITS_SQL: Final = f"""
    SELECT {_VISIT_COLUMNS}
    FROM read.stage_visit WHERE deal_id = ANY($1::uuid[]) ORDER BY deal_id, number LIMIT $2
"""  # noqa: S608
VISITS_READ: Final = (*DEALS.reads, "stage_visit")


async def stage_visits(connection: Connection, scope: Scope, deal_id: UUID) -> tuple[StageVisit, ...]:
    """All visits of a deal in their order; none of a voided one.

    Raises:
        ThingUnknown: there is no such deal, or it is out of scope.
    """
    await DEALS.one(connection, scope, deal_id)
    return (await stage_visits_of_deals(connection, [deal_id]))[deal_id]


async def stage_visits_of_deals(connection: Connection, deal_ids: Sequence[UUID]) -> dict[UUID, tuple[StageVisit, ...]]:
    """The visits of deals that the caller has already found in scope, at most `VISITS_MAX` together."""
    rows = await connection.fetch(_VISITS_SQL, list(deal_ids), VISITS_MAX)
    return by_key(deal_ids, ((visit.deal_id, visit) for visit in _VISITS.all(rows)))

"""Questions about satisfaction. An answer is seen by who sees its customer: those in the pool everybody."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_day, by_position
from salesapi.schemas.customers.satisfactions import Satisfaction, SatisfactionFilter, SatisfactionOrder

READS: Final = ("satisfaction", "customer")

SATISFACTIONS: Final = Listing(
    columns="""satisfaction_id AS id, customer_id, kind, score, deal_id, agreement_id, activity_id, comment,
        answered_on, position""",
    source="read.satisfaction",
    id="satisfaction_id",
    reader=Reader(Satisfaction),
)
ORDERS: Final[dict[SatisfactionOrder, Order]] = {
    SatisfactionOrder.RECORDED_DESC: by_position("position", is_descending=True),
    SatisfactionOrder.ANSWERED_DESC: by_day("answered_on", is_descending=True),
    SatisfactionOrder.ANSWERED_ASC: by_day("answered_on", is_descending=False),
}


async def satisfactions(
    connection: Connection, scope: Scope, *, where: SatisfactionFilter, order: SatisfactionOrder, page: PageRequest
) -> Page[Satisfaction]:
    """A page of answers.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("customer_id = ANY({}::uuid[])", where.customer_id)
    conditions.known("deal_id = ANY({}::uuid[])", where.deal_id)
    conditions.known("agreement_id = ANY({}::uuid[])", where.agreement_id)
    conditions.known("activity_id = ANY({}::uuid[])", where.activity_id)
    conditions.known("kind = {}", where.kind)
    conditions.known("answered_on >= {}", where.answered_from)
    conditions.known("answered_on <= {}", where.answered_to)
    return await SATISFACTIONS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within_customers(scope, has_pool=True)
    return conditions


async def satisfactions_of_customers(
    connection: Connection, scope: Scope, customer_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Satisfaction, ...]]:
    """For each customer the answers that were recorded last, at most `first`."""
    return await SATISFACTIONS.latest_by(connection, _visible(scope), "customer_id", customer_ids, first)

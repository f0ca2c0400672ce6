"""Questions about credits. A credit is seen by those whose pay scope holds its member."""

from typing import Final

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_day, by_position
from salesapi.schemas.pay.credits import Credit, CreditFilter, CreditOrder

READS: Final = ("credit",)

CREDITS: Final = Listing(
    columns="""credit_id AS id, deal_id, member_id, kind, rule, percent::text AS percent, amount_minor, currency, won_on,
        share_position, won_position, position""",
    source="read.credit",
    id="credit_id",
    reader=Reader(Credit),
)
ORDERS: Final[dict[CreditOrder, Order]] = {
    CreditOrder.CHANGED_DESC: by_position("position", is_descending=True),
    CreditOrder.WON_DESC: by_day("won_on", is_descending=True),
    CreditOrder.WON_ASC: by_day("won_on", is_descending=False),
}


async def credits(
    connection: Connection, scope: Scope, *, where: CreditFilter, order: CreditOrder, page: PageRequest
) -> Page[Credit]:
    """A page of credits.

    Raises:
        CursorMalformed.
    """
    conditions = Conditions()
    if scope.member_ids is not None:
        conditions.add("member_id = ANY({}::uuid[])", list(scope.member_ids))
    conditions.known("deal_id = ANY({}::uuid[])", where.deal_id)
    conditions.known("member_id = ANY({}::uuid[])", where.member_id)
    conditions.known("kind = {}", where.kind)
    conditions.is_true("amount_minor IS NOT NULL", where.is_earned)
    conditions.known("won_on >= {}", where.won_from)
    conditions.known("won_on <= {}", where.won_to)
    return await CREDITS.page(connection, conditions, (order, ORDERS[order]), page)

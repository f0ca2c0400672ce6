"""The list of the share points of teams' pools. They are seen with their leader, by the scope over pay."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_position, by_text
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.pool_shares import PoolShares, PoolSharesFilter, PoolSharesOrder

SHARES: Final = Listing(
    PoolShares,
    source="read.pool_shares",
    scope=by_pay("owner_id"),
    filters=Filters(PoolSharesFilter),
    orders=Orders(PoolSharesOrder.CHANGED_DESC, {"changed": by_position(), "period": by_text("period")}),
)

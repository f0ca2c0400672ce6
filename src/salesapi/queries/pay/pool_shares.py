"""The list of the share points of teams' pools. They are seen with their leader, by the scope over pay."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.pool_shares import PoolShares, PoolSharesFilter, PoolSharesOrder

SHARES: Final = Listing(
    PoolShares,
    source="read.pool_shares",
    scope=by_pay("owner_id"),
    where=PoolSharesFilter,
    order=PoolSharesOrder.CHANGED_DESC,
)

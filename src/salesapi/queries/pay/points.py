"""The lists of members' points and of their entries. They are seen by whose pay scope holds the member."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_position
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.points import (
    PointsBalance,
    PointsEntry,
    PointsEntryFilter,
    PointsEntryOrder,
    PointsFilter,
    PointsOrder,
)

BALANCES: Final = Listing(
    PointsBalance,
    source="read.points",
    scope=by_pay(),
    filters=Filters(PointsFilter, {"member_id": "member_id = ANY({})"}),
    orders=Orders(PointsOrder.BALANCE_DESC, {"balance": by_amount("balance"), "changed": by_position()}),
)
"""The balances of members who ever had points."""
ENTRIES: Final = Listing(
    PointsEntry,
    source="read.points_entry",
    id="position",
    scope=by_pay(),
    filters=Filters(
        PointsEntryFilter,
        {
            "member_id": "member_id = ANY({})",
            "award_id": "award_id = {}",
            "plan_id": "plan_id = {}",
            "period": "period = {}",
            "entered_from": "entered_on >= {}",
            "entered_to": "entered_on <= {}",
        },
    ),
    orders=Orders(PointsEntryOrder.ENTERED_DESC, {"entered": by_position()}),
)

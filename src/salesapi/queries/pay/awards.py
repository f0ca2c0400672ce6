"""The list of awards and adjustments. An award is seen by whose pay scope holds its member."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_day, by_position
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.awards import Award, AwardFilter, AwardOrder

AWARDS: Final = Listing(
    Award,
    source="read.award",
    scope=by_pay(),
    filters=Filters(AwardFilter),
    orders=Orders(
        AwardOrder.CHANGED_DESC,
        {"changed": by_position(), "granted": by_day("granted_on"), "amount": by_amount("amount_minor")},
    ),
)

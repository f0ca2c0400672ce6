"""The list of answers about satisfaction. An answer is seen by who sees its customer: those in the pool everybody."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_day, by_position
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.customers.satisfactions import Satisfaction, SatisfactionFilter, SatisfactionOrder

SATISFACTIONS: Final = Listing(
    Satisfaction,
    source="read.satisfaction",
    scope=by_customer(has_pool=True),
    filters=Filters(SatisfactionFilter),
    orders=Orders(SatisfactionOrder.RECORDED_DESC, {"recorded": by_position(), "answered": by_day("answered_on")}),
)

"""The list of answers about satisfaction. An answer is seen by who sees its customer: those in the pool everybody."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.customers.satisfactions import Satisfaction, SatisfactionFilter, SatisfactionOrder

SATISFACTIONS: Final = Listing(
    Satisfaction,
    source="read.satisfaction",
    scope=by_customer(has_pool=True),
    where=SatisfactionFilter,
    order=SatisfactionOrder.RECORDED_DESC,
    ordered_by={"recorded": "position"},
)

"""The list of targets. A target is seen by who is in scope of the member who answers for it."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_position, by_text
from salesapi.queries.row_scopes import by_owner
from salesapi.schemas.selling.targets import Target, TargetFilter, TargetOrder

TARGETS: Final = Listing(
    Target,
    source="read.target",
    scope=by_owner(),
    filters=Filters(TargetFilter),
    orders=Orders(
        TargetOrder.CHANGED_DESC,
        {"changed": by_position(), "period": by_text("period"), "challenge": by_amount("challenge")},
    ),
)

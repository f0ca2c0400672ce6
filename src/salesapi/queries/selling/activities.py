"""The list of activities and follow-ups. An activity is seen by who is in scope of its owner."""

from typing import Final

from salesapi.queries.filters import Condition, Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_day, by_position
from salesapi.queries.row_scopes import by_owner
from salesapi.schemas.selling.activities import Activity, ActivityFilter, ActivityOrder

ACTIVITIES: Final = Listing(
    Activity,
    source="read.activity",
    scope=by_owner(),
    filters=Filters(
        ActivityFilter,
        {
            "status": Condition(text="status = ANY({})", unsent="status <> 'voided'"),
        },
    ),
    orders=Orders(
        ActivityOrder.CHANGED_DESC, {"changed": by_position(), "due": by_day("due_on"), "done": by_day("done_on")}
    ),
)

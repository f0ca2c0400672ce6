"""The list of activities and follow-ups. An activity is seen by who is in scope of its owner."""

from typing import Final

from salesapi.queries.filters import Condition
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_owner
from salesapi.schemas.selling.activities import Activity, ActivityFilter, ActivityOrder

ACTIVITIES: Final = Listing(
    Activity,
    source="read.activity",
    scope=by_owner(),
    where=ActivityFilter,
    conditions={"status": Condition(text="status = ANY({})", unsent="status <> 'voided'")},
    order=ActivityOrder.CHANGED_DESC,
)

"""The list of leads. A lead is seen by who is in scope of its owner; one in the pool by everybody."""

from typing import Final

from salesapi.queries.filters import Condition, contains
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_owner
from salesapi.schemas.selling.leads import Lead, LeadFilter, LeadOrder

LEADS: Final = Listing(
    Lead,
    source="read.lead",
    scope=by_owner(has_pool=True),
    where=LeadFilter,
    conditions={
        "status": Condition(text="status = ANY({})", unsent="status <> 'voided'"),
        "is_in_pool": "owner_id IS NULL",
        "text": contains("concat_ws(' ', name, company)"),
    },
    order=LeadOrder.CHANGED_DESC,
)

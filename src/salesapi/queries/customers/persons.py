"""The list of persons. One is seen by who sees the lead or the customer; a member by who is in scope of the member."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import RowScope
from salesapi.schemas.customers.persons import Person, PersonFilter, PersonOrder

SEEN: Final = RowScope(
    text="""(CASE subject_kind
        WHEN 'lead' THEN subject_id IN (
            SELECT lead_id FROM read.lead WHERE owner_id = ANY({0}::uuid[]) OR owner_id IS NULL)
        WHEN 'customer' THEN subject_id IN (
            SELECT customer_id FROM read.customer WHERE owner_id = ANY({0}::uuid[]) OR owner_id IS NULL)
        ELSE subject_id = ANY({0}::uuid[]) END)"""
)
PERSONS: Final = Listing(
    Person,
    source="read.person",
    scope=SEEN,
    where=PersonFilter,
    conditions={
        "is_held": "jsonb_array_length(holds) > 0",
        "is_requested": "jsonb_array_length(requests) > 0",
        "purpose": "consents @> jsonb_build_array(jsonb_build_object('purpose', {}::text, 'is_withdrawn', false))",
    },
    order=PersonOrder.CHANGED_DESC,
)

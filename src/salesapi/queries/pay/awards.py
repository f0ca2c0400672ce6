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
    filters=Filters(
        AwardFilter,
        {
            "member_id": "member_id = ANY({})",
            "kind": "kind = ANY({})",
            "status": "status = ANY({})",
            "plan_id": "plan_id = {}",
            "period": "period = {}",
            "period_corrected": "period_corrected = {}",
            "objection_id": "objection_id = ANY({})",
            "deal_id": "deal_id = ANY({})",
            "granted_from": "granted_on >= {}",
            "granted_to": "granted_on <= {}",
        },
    ),
    orders=Orders(
        AwardOrder.CHANGED_DESC,
        {"changed": by_position(), "granted": by_day("granted_on"), "amount": by_amount("amount_minor")},
    ),
)

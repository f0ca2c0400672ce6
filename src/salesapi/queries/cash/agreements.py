"""The list of agreements. An agreement is seen by who sees its customer, those in the pool too."""

from typing import Final

from salesapi.queries.filters import EXTERNAL, Filters, contains
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_day, by_position
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.cash.agreements import Agreement, AgreementFilter, AgreementOrder

AGREEMENTS: Final = Listing(
    Agreement,
    source="read.agreement",
    scope=by_customer(has_pool=True),
    filters=Filters(
        AgreementFilter,
        {
            "customer_id": "customer_id = ANY({})",
            "deal_id": "deal_id = {}",
            "status": "status = ANY({})",
            "currency": "currency = {}",
            "legal_entity": "legal_entity = {}",
            "is_renewed": "renewed_by IS NOT NULL",
            "signed_from": "signed_on >= {}",
            "signed_to": "signed_on <= {}",
            "ends_from": "ends_on >= {}",
            "ends_to": "ends_on <= {}",
            "text": contains("title"),
            **EXTERNAL,
        },
    ),
    orders=Orders(
        AgreementOrder.CHANGED_DESC,
        {
            "changed": by_position(),
            "signed": by_day("signed_on"),
            "ends": by_day("ends_on"),
            "total": by_amount("total_minor"),
        },
    ),
)

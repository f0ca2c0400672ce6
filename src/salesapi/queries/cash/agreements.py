"""The list of agreements. An agreement is seen by who sees its customer, those in the pool too."""

from typing import Final

from salesapi.queries.filters import Filters, contains
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
            "is_renewed": "renewed_by IS NOT NULL",
            "text": contains("title"),
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

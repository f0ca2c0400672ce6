"""The list of agreements. An agreement is seen by who sees its customer, those in the pool too."""

from typing import Final

from salesapi.queries.filters import contains
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.cash.agreements import Agreement, AgreementFilter, AgreementOrder

AGREEMENTS: Final = Listing(
    Agreement,
    source="read.agreement",
    scope=by_customer(has_pool=True),
    where=AgreementFilter,
    conditions={"is_renewed": "renewed_by IS NOT NULL", "text": contains("title")},
    order=AgreementOrder.CHANGED_DESC,
)

"""The list of credits. A credit is seen by those whose pay scope holds its member."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.credits import Credit, CreditFilter, CreditOrder

CREDITS: Final = Listing(
    Credit,
    source="read.credit",
    scope=by_pay(),
    expressions={"percent": "percent::text"},
    where=CreditFilter,
    conditions={"is_earned": "amount_minor IS NOT NULL"},
    order=CreditOrder.CHANGED_DESC,
)

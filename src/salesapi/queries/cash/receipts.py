"""The list of receipts of money. A receipt is seen by who is in scope of its customer's owner, or of everything."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_day, by_position
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.cash.receipts import PaymentReceipt, ReceiptFilter, ReceiptOrder

RECEIPTS: Final = Listing(
    PaymentReceipt,
    source="read.receipt",
    scope=by_customer(),
    filters=Filters(
        ReceiptFilter,
        {
            "deal_id": "allocations @> jsonb_build_array(jsonb_build_object('deal_id', {}::uuid))",
            "invoice_id": "allocations @> jsonb_build_array(jsonb_build_object('invoice_id', {}::uuid))",
        },
    ),
    orders=Orders(
        ReceiptOrder.CHANGED_DESC,
        {"changed": by_position(), "received": by_day("received_on"), "amount": by_amount("amount_minor")},
    ),
)

"""The list of receipts of money. A receipt is seen by who is in scope of its customer's owner, or of everything."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.cash.receipts import PaymentReceipt, ReceiptFilter, ReceiptOrder

RECEIPTS: Final = Listing(
    PaymentReceipt,
    source="read.receipt",
    scope=by_customer(),
    where=ReceiptFilter,
    conditions={
        "deal_id": "allocations @> jsonb_build_array(jsonb_build_object('deal_id', {}::uuid))",
        "invoice_id": "allocations @> jsonb_build_array(jsonb_build_object('invoice_id', {}::uuid))",
    },
    order=ReceiptOrder.CHANGED_DESC,
)

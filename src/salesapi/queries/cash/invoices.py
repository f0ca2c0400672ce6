"""The list of invoices. An invoice is seen by who is in scope of its customer's owner, or of everything."""

from typing import Final

from salesapi.queries.filters import EXTERNAL, Condition, Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_day, by_position
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.cash.invoices import Invoice, InvoiceFilter, InvoiceOrder

INVOICES: Final = Listing(
    Invoice,
    source="read.invoice",
    scope=by_customer(),
    filters=Filters(
        InvoiceFilter,
        {
            "customer_id": "customer_id = ANY({})",
            "agreement_id": "agreement_id = {}",
            "number": "number = {}",
            "currency": "currency = {}",
            "is_open": "open_minor > 0",
            "is_disputed": "is_disputed",
            "is_voided": Condition(text="is_voided", unsent="NOT is_voided"),
            "issued_from": "issued_on >= {}",
            "issued_to": "issued_on <= {}",
            "due_from": "due_on >= {}",
            "due_to": "due_on <= {}",
            "settled_from": "settled_on >= {}",
            "settled_to": "settled_on <= {}",
            **EXTERNAL,
        },
    ),
    orders=Orders(
        InvoiceOrder.CHANGED_DESC,
        {
            "changed": by_position(),
            "issued": by_day("issued_on"),
            "due": by_day("due_on"),
            "open": by_amount("open_minor"),
        },
    ),
)

"""The list of invoices. An invoice is seen by who is in scope of its customer's owner, or of everything."""

from typing import Final

from salesapi.queries.filters import Condition, Filters
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
            "is_open": "open_minor > 0",
            "is_voided": Condition(text="is_voided", unsent="NOT is_voided"),
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

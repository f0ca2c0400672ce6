"""The list of invoices. An invoice is seen by who is in scope of its customer's owner, or of everything."""

from typing import Final

from salesapi.queries.filters import Condition
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_customer
from salesapi.schemas.cash.invoices import Invoice, InvoiceFilter, InvoiceOrder

INVOICES: Final = Listing(
    Invoice,
    source="read.invoice",
    scope=by_customer(),
    where=InvoiceFilter,
    conditions={"is_open": "open_minor > 0", "is_voided": Condition(text="is_voided", unsent="NOT is_voided")},
    order=InvoiceOrder.CHANGED_DESC,
)

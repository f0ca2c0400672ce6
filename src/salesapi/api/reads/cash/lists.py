"""Lists and single things: agreements, invoices and receipts of money."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.cash import agreements, invoices, receipts

LISTS: Final = (
    ListRead(
        path="/v1/agreements", name="agreements", summary="Agreements with customers", listing=agreements.AGREEMENTS
    ),
    ListRead(
        path="/v1/invoices", name="invoices", summary="Invoices with what was paid on them", listing=invoices.INVOICES
    ),
    ListRead(path="/v1/receipts", name="receipts", summary="Receipts of money", listing=receipts.RECEIPTS),
)

ITEMS: Final = (
    ItemRead(
        path="/v1/agreements/{agreement_id}",
        name="agreement",
        summary="One agreement, also a cancelled one",
        thing=agreements.AGREEMENTS,
    ),
    ItemRead(
        path="/v1/invoices/{invoice_id}",
        name="invoice",
        summary="One invoice, also a voided one",
        thing=invoices.INVOICES,
    ),
    ItemRead(path="/v1/receipts/{receipt_id}", name="receipt", summary="One receipt of money", thing=receipts.RECEIPTS),
)

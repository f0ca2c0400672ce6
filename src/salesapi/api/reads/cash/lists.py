"""Lists and single things: agreements, invoices and receipts of money."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.cash import agreements, invoices, receipts

LISTS: Final = (
    ListRead(name="agreements", summary="Agreements with customers", listing=agreements.AGREEMENTS),
    ListRead(name="invoices", summary="Invoices with what was paid on them", listing=invoices.INVOICES),
    ListRead(name="receipts", summary="Receipts of money", listing=receipts.RECEIPTS),
)

ITEMS: Final = (
    ItemRead(name="agreement", summary="One agreement, also a cancelled one", thing=agreements.AGREEMENTS),
    ItemRead(name="invoice", summary="One invoice, also a voided one", thing=invoices.INVOICES),
    ItemRead(name="receipt", summary="One receipt of money", thing=receipts.RECEIPTS),
)

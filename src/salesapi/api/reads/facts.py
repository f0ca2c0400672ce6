"""Reads of the facts that pay needs beside deals: agreements, invoices, receipts, satisfaction, touches, targets, rates."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.cash import agreements, invoices, receipts
from salesapi.queries.customers import satisfactions
from salesapi.queries.organisation import calendars
from salesapi.queries.reference import rate_tables
from salesapi.queries.selling import attribution_touches, forecast_sheets, targets

LISTS: Final = (
    ListRead(
        path="/v1/agreements", name="agreements", summary="Agreements with customers", listing=agreements.AGREEMENTS
    ),
    ListRead(
        path="/v1/invoices", name="invoices", summary="Invoices with what was paid on them", listing=invoices.INVOICES
    ),
    ListRead(path="/v1/receipts", name="receipts", summary="Receipts of money", listing=receipts.RECEIPTS),
    ListRead(
        path="/v1/satisfactions",
        name="satisfactions",
        summary="What customers answered about their satisfaction",
        listing=satisfactions.SATISFACTIONS,
    ),
    ListRead(
        path="/v1/attribution-touches",
        name="attributionTouches",
        summary="Attribution touches: who and what touched which lead",
        listing=attribution_touches.TOUCHES,
    ),
    ListRead(
        path="/v1/forecast-sheets",
        name="forecastSheets",
        summary="Forecast sheets: what members expect to sell in a period",
        listing=forecast_sheets.SHEETS,
    ),
    ListRead(path="/v1/targets", name="targets", summary="Targets of members and teams", listing=targets.TARGETS),
    ListRead(
        path="/v1/rate-tables", name="rateTables", summary="Rate tables of currencies", listing=rate_tables.RATE_TABLES
    ),
    ListRead(
        path="/v1/currency-rates",
        name="currencyRates",
        summary="Currency rates by day",
        listing=rate_tables.CURRENCY_RATES,
    ),
    ListRead(path="/v1/calendars", name="calendars", summary="Calendars", listing=calendars.CALENDARS),
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
    ItemRead(
        path="/v1/rate-tables/{rate_table_id}",
        name="rateTable",
        summary="One rate table with its latest rates",
        thing=rate_tables.RATE_TABLES,
    ),
    ItemRead(
        path="/v1/calendars/{calendar_id}",
        name="calendar",
        summary="One calendar with its holidays and fiscal periods",
        thing=calendars.CALENDARS,
    ),
    ItemRead(
        path="/v1/forecast-sheets/{forecast_sheet_id}",
        name="forecastSheet",
        summary="One forecast sheet with all its revisions",
        thing=forecast_sheets.SHEETS,
    ),
    ItemRead(
        path="/v1/targets/{target_id}",
        name="target",
        summary="One target with all lines that were ever set",
        thing=targets.TARGETS,
    ),
)

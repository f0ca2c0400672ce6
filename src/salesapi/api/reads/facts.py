"""Reads of the facts that pay needs beside deals: agreements, invoices, receipts, satisfaction, touches, targets, rates."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.cash import agreements, invoices, receipts
from salesapi.queries.customers import satisfactions
from salesapi.queries.organisation import calendars
from salesapi.queries.reference import rate_tables
from salesapi.queries.selling import attribution_touches, forecast_sheets, targets
from salesapi.schemas.cash.agreements import Agreement, AgreementFilter, AgreementOrder
from salesapi.schemas.cash.invoices import Invoice, InvoiceFilter, InvoiceOrder
from salesapi.schemas.cash.receipts import PaymentReceipt, ReceiptFilter, ReceiptOrder
from salesapi.schemas.customers.satisfactions import Satisfaction, SatisfactionFilter, SatisfactionOrder
from salesapi.schemas.organisation.calendars import Calendar, CalendarFilter, CalendarOrder
from salesapi.schemas.reference.rate_tables import (
    CurrencyRate,
    CurrencyRateFilter,
    CurrencyRateOrder,
    RateTable,
    RateTableFilter,
    RateTableOrder,
)
from salesapi.schemas.selling.attribution_touches import AttributionTouch, AttributionTouchFilter, AttributionTouchOrder
from salesapi.schemas.selling.forecast_sheets import ForecastSheet, ForecastSheetFilter, ForecastSheetOrder
from salesapi.schemas.selling.targets import Target, TargetFilter, TargetOrder

LISTS: Final = (
    ListRead(
        path="/v1/agreements",
        name="agreements",
        summary="Agreements with customers",
        shape=Agreement,
        where=AgreementFilter,
        order=AgreementOrder.CHANGED_DESC,
        query=agreements.agreements,
        reads=agreements.READS,
    ),
    ListRead(
        path="/v1/invoices",
        name="invoices",
        summary="Invoices with what was paid on them",
        shape=Invoice,
        where=InvoiceFilter,
        order=InvoiceOrder.CHANGED_DESC,
        query=invoices.invoices,
        reads=invoices.READS,
    ),
    ListRead(
        path="/v1/receipts",
        name="receipts",
        summary="Receipts of money",
        shape=PaymentReceipt,
        where=ReceiptFilter,
        order=ReceiptOrder.CHANGED_DESC,
        query=receipts.receipts,
        reads=receipts.READS,
    ),
    ListRead(
        path="/v1/satisfactions",
        name="satisfactions",
        summary="What customers answered about their satisfaction",
        shape=Satisfaction,
        where=SatisfactionFilter,
        order=SatisfactionOrder.RECORDED_DESC,
        query=satisfactions.satisfactions,
        reads=satisfactions.READS,
    ),
    ListRead(
        path="/v1/attribution-touches",
        name="attributionTouches",
        summary="Attribution touches: who and what touched which lead",
        shape=AttributionTouch,
        where=AttributionTouchFilter,
        order=AttributionTouchOrder.CHANGED_DESC,
        query=attribution_touches.attribution_touches,
        reads=attribution_touches.READS,
    ),
    ListRead(
        path="/v1/forecast-sheets",
        name="forecastSheets",
        summary="Forecast sheets: what members expect to sell in a period",
        shape=ForecastSheet,
        where=ForecastSheetFilter,
        order=ForecastSheetOrder.CHANGED_DESC,
        query=forecast_sheets.forecast_sheets,
        reads=forecast_sheets.READS,
    ),
    ListRead(
        path="/v1/targets",
        name="targets",
        summary="Targets of members and teams",
        shape=Target,
        where=TargetFilter,
        order=TargetOrder.CHANGED_DESC,
        query=targets.targets,
        reads=targets.READS,
    ),
    ListRead(
        path="/v1/rate-tables",
        name="rateTables",
        summary="Rate tables of currencies",
        shape=RateTable,
        where=RateTableFilter,
        order=RateTableOrder.KEY_ASC,
        query=rate_tables.rate_tables,
        reads=rate_tables.READS,
    ),
    ListRead(
        path="/v1/currency-rates",
        name="currencyRates",
        summary="Currency rates by day",
        shape=CurrencyRate,
        where=CurrencyRateFilter,
        order=CurrencyRateOrder.ON_DESC,
        query=rate_tables.currency_rates,
        reads=rate_tables.RATES_READ,
    ),
    ListRead(
        path="/v1/calendars",
        name="calendars",
        summary="Calendars",
        shape=Calendar,
        where=CalendarFilter,
        order=CalendarOrder.KEY_ASC,
        query=calendars.calendars,
        reads=calendars.READS,
    ),
)

ITEMS: Final = (
    ItemRead(
        path="/v1/agreements/{agreement_id}",
        name="agreement",
        summary="One agreement, also a cancelled one",
        shape=Agreement,
        query=agreements.agreement,
        reads=agreements.READS,
    ),
    ItemRead(
        path="/v1/invoices/{invoice_id}",
        name="invoice",
        summary="One invoice, also a voided one",
        shape=Invoice,
        query=invoices.invoice,
        reads=invoices.READS,
    ),
    ItemRead(
        path="/v1/receipts/{receipt_id}",
        name="receipt",
        summary="One receipt of money",
        shape=PaymentReceipt,
        query=receipts.receipt,
        reads=receipts.READS,
    ),
    ItemRead(
        path="/v1/rate-tables/{rate_table_id}",
        name="rateTable",
        summary="One rate table with its latest rates",
        shape=RateTable,
        query=rate_tables.rate_table,
        reads=rate_tables.READS,
    ),
    ItemRead(
        path="/v1/calendars/{calendar_id}",
        name="calendar",
        summary="One calendar with its holidays and fiscal periods",
        shape=Calendar,
        query=calendars.calendar,
        reads=calendars.READS,
    ),
    ItemRead(
        path="/v1/forecast-sheets/{forecast_sheet_id}",
        name="forecastSheet",
        summary="One forecast sheet with all its revisions",
        shape=ForecastSheet,
        query=forecast_sheets.forecast_sheet,
        reads=forecast_sheets.READS,
    ),
    ItemRead(
        path="/v1/targets/{target_id}",
        name="target",
        summary="One target with all lines that were ever set",
        shape=Target,
        query=targets.target,
        reads=targets.READS,
    ),
)

"""What surrounds a win, for plans with every option: products, customers, touches, agreements, invoices, cash, currency rates.

Amounts are minor units; everything happens in the first quarter of 2026, but what is paid back later.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from salesapi.domain.cash import agreements
from salesapi.domain.cash.agreement_lines import AgreementLine
from salesapi.domain.cash.invoices import InvoiceCreditNoteIssued, InvoiceIssued, InvoiceLine
from salesapi.domain.cash.receipts import ReceiptAllocated, ReceiptRecorded, ReceiptRefunded
from salesapi.domain.customers.customers import CustomerRegistered
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.organisation.calendars import CalendarDefined
from salesapi.domain.reference.products import ProductCostSet, ProductListed
from salesapi.domain.reference.rate_tables import PairRate, RateTableRatesPublished
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.selling.deals import DealLine, DealWon
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.money import UnitPrice
from tests.domain.pay.commission_stories import ANN, BOB, Log
from tests.domain.pay.plan_options import CALENDAR, RATE_TABLE
from tests.spec import uid

PRODUCT, CUSTOMER, LEAD = uid(0xE1), uid(0xC1), uid(0xD1)
AGREED, AGREED_IN_EUROS, CANCELLED = uid(0xA1), uid(0xA2), uid(0xA3)
NET_MINOR, TAX_MINOR = 1_000_000, 130_000


def add_trade(log: Log) -> None:
    """Three wins with agreements: one delivered, invoiced, paid in part and late, refunded; one in euros; one cancelled."""
    _add_market(log)
    for deal, agreement_id, currency in ((11, AGREED, "USD"), (12, AGREED_IN_EUROS, "EUR"), (13, CANCELLED, "USD")):
        _win(log, deal, currency)
        _sign(log, deal, agreement_id, currency)
    _report(log, "delivered", "2026-02-01")
    _report(log, "accepted", "2026-02-10")
    _report(log, "live", "2026-03-01")
    _invoice(log, 21, AGREED, "USD", "2026-02-05")
    _invoice(log, 22, AGREED_IN_EUROS, "EUR", "2026-03-05")
    _pay(log, 31, 21, 565_000, "USD", "2026-02-20")
    _pay(log, 32, 21, 500_000, "USD", "2026-06-20")
    _pay(log, 33, 22, 1_130_000, "EUR", "2026-03-06")
    refund = ReceiptRefunded(deal_id=None, invoice_id=uid(21), amount_minor=65_000, currency="USD", reason="late")
    log.add(uid(31), refund, "2026-03-10")
    note = InvoiceCreditNoteIssued(
        number=None, agreement_id=AGREED, amount_minor=57_522, tax_minor=7_478, currency="USD", reason="late"
    )
    log.add(uid(21), note, "2026-03-11")
    cancelled = agreements.AgreementCancelled(
        status_from="signed", effective_on=date(2026, 3, 20), fee_kept_minor=100_000, reason="closed"
    )
    log.add(CANCELLED, cancelled, "2026-03-20")
    log.extend(120, deal=11)


def _add_market(log: Log) -> None:
    log.add(CALENDAR, CalendarDefined(key="works", name="Works", zone="UTC", weekdays=("monday", "tuesday", "friday")))
    pair = PairRate(from_currency="EUR", to_currency="USD", rate=Decimal("1.1"))
    for on in (date(2026, 1, 2), date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 31)):
        log.add(RATE_TABLE, RateTableRatesPublished(on=on, pairs=(pair,)))
    log.add(PRODUCT, ProductListed(name="Bed", code="s27", category="beds", external_id=None))
    cost = UnitPrice(amount=Decimal("1234.5678"), currency="USD")
    log.add(PRODUCT, ProductCostSet(cost=cost, effective_from=None, effective_until=None))
    hotel = CustomerRegistered(
        kind="company",
        name="Hotel",
        person_name=None,
        owner_id=ANN,
        parent_id=None,
        attributes=(AttributeValue(key="type", value="hotel"), AttributeValue(key="region", value="north")),
        external_id=None,
    )
    log.add(CUSTOMER, hotel)
    for number, member_id in enumerate((ANN, BOB, None)):
        touch = LeadAttributionTouchRecorded(
            kind="meeting", member_id=member_id, campaign=None, weight=Decimal(number + 1), deal_id=None
        )
        log.add(LEAD, touch, "2026-01-02")
    for score in (3, 5, 5):
        answer = CustomerSatisfactionRecorded(
            kind="csat", score=score, deal_id=None, agreement_id=None, activity_id=None, comment=None
        )
        log.add(CUSTOMER, answer, "2026-02-03")


def _win(log: Log, deal: int, currency: str) -> None:
    price = UnitPrice(amount=Decimal("2500.5"), currency=currency)
    of_unknown_cost = DealLine(product_id=uid(0xE2), quantity=Decimal(1), unit_price=price)
    won = DealWon(
        stage_from="open",
        stage_to="won",
        amount_minor=NET_MINOR,
        currency=currency,
        owner_id=ANN,
        reason=None,
        customer_id=CUSTOMER,
        lead_id=LEAD,
        lines=(
            DealLine(product_id=PRODUCT, quantity=Decimal("3.5"), unit_price=price),
            *((of_unknown_cost,) if currency == "EUR" else ()),
        ),
        attributes=(AttributeValue(key="channel", value="direct"),),
    )
    log.add(uid(deal), won, f"2026-01-{deal}")


def _sign(log: Log, deal: int, agreement_id: UUID, currency: str) -> None:
    drafted = agreements.AgreementDrafted(
        title="Beds", customer_id=CUSTOMER, deal_id=uid(deal), currency=currency, legal_entity=None, external_id=None
    )
    log.add(agreement_id, drafted)
    lines = (
        AgreementLine(
            key="beds", amount_minor=700_000, product_id=PRODUCT, tax_minor=91_000, cost_minor=400_000, recurring=True
        ),
        AgreementLine(key="help", amount_minor=300_000, tax_minor=39_000, cost_minor=350_000),
    )
    signed = agreements.AgreementSigned(
        lines=lines, instalments=(), starts_on=date(2026, 2, 1), ends_on=date(2028, 1, 31), payment_days=30
    )
    log.add(agreement_id, signed, f"2026-01-{deal + 5}")


def _report(log: Log, step: agreements.FulfilmentStep, on: str) -> None:
    for key in ("beds", "help"):
        log.add(AGREED, agreements.AgreementFulfilmentReported(line_key=key, step=step, quantity=Decimal(1)), on)


def _invoice(log: Log, number: int, agreement_id: UUID, currency: str, on: str) -> None:
    issued = InvoiceIssued(
        number=str(number),
        customer_id=CUSTOMER,
        agreement_id=agreement_id,
        amount_minor=NET_MINOR,
        tax_minor=TAX_MINOR,
        currency=currency,
        lines=(InvoiceLine(line_key="beds", amount_minor=300_000),),
        due_on=date(2026, 3, 7),
        external_id=None,
    )
    log.add(uid(number), issued, on)


def _pay(log: Log, number: int, invoice: int, amount_minor: int, currency: str, on: str) -> None:
    received = ReceiptRecorded(
        amount_minor=amount_minor, currency=currency, customer_id=CUSTOMER, note=None, external_id=None
    )
    log.add(uid(number), received, on)
    allocated = ReceiptAllocated(
        deal_id=None,
        amount_minor=amount_minor,
        currency=currency,
        invoice_id=uid(invoice),
        received_on=date.fromisoformat(on),
    )
    log.add(uid(number), allocated, on)

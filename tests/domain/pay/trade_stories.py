"""Builders for stories about wins and what follows them: agreements, invoices, cash.

Numbers name things: deal 1 has agreement 1, and receipts, invoices, products, customers and leads have numbers of their own.
Amounts are minor units, days ISO dates.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from salesapi.domain.cash import agreements, receipts
from salesapi.domain.cash.agreement_lines import AgreementLine, AgreementLineChange, Instalment
from salesapi.domain.cash.invoices import InvoiceCreditNoteIssued, InvoiceIssued, InvoiceLine, InvoiceVoided
from salesapi.domain.pay.plans.plan_components import Clawback, Component
from salesapi.domain.pay.records.payout_runs import LineKind
from salesapi.domain.selling.deals import DealLine, DealShare
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.money import UnitPrice
from tests.domain.pay.commission_stories import ANN, BOB, CID, flat, on_day
from tests.domain.pay.market_stories import MarketLog, customer_id, lead_id, product_id
from tests.domain.pay.pay_terms import KEEP
from tests.spec import uid


def agreement_id(deal: int, number: int = 1) -> UUID:
    """The id of a deal's agreement."""
    return uid(0x10_0000 * number + deal)


def invoice_id(number: int) -> UUID:
    """The id of an invoice."""
    return uid(0x1000_0000 + number)


def receipt_id(number: int) -> UUID:
    """The id of a receipt."""
    return uid(0x2000_0000 + number)


def line(key: str, net: int, tax: int | None = None, **more: Any) -> AgreementLine:
    """A line of an agreement; `product` is a product's number, `cost` its cost."""
    product, cost = more.pop("product", None), more.pop("cost", None)
    return AgreementLine(
        key=key,
        amount_minor=net,
        tax_minor=tax,
        product_id=None if product is None else product_id(product),
        cost_minor=cost,
        **more,
    )


def sold(product: int, quantity: str, price: str, currency: str = "USD") -> DealLine:
    """A line of a deal: so many of a product at a price in major units."""
    return DealLine(
        product_id=product_id(product),
        quantity=Decimal(quantity),
        unit_price=UnitPrice(amount=Decimal(price), currency=currency),
    )


@dataclass
class TradeLog(MarketLog):
    """A log that also knows what of a receipt is allocated where, as its stream would."""

    allocated: dict[int, dict[tuple[UUID | None, UUID | None], int]] = field(default_factory=dict)
    received: dict[int, str | None] = field(default_factory=dict)
    currencies: dict[int, str] = field(default_factory=dict)
    settled: dict[int, receipts.Settled] = field(default_factory=dict)
    """What all of a receipt settles, where that is in another currency."""

    def sell(
        self,
        deal: int,
        amount: int,
        on: str,
        *,
        owner: UUID = ANN,
        currency: str = "USD",
        shares: tuple[DealShare, ...] = (),
        customer: int | None = None,
        lead: int | None = None,
        lines: tuple[DealLine, ...] = (),
        **attributes: str,
    ) -> int:
        """A won deal with what is known of it."""
        return self.win(
            deal,
            amount,
            on,
            owner=owner,
            currency=currency,
            shares=shares,
            customer_id=None if customer is None else customer_id(customer),
            lead_id=None if lead is None else lead_id(lead),
            lines=lines,
            attributes=tuple(AttributeValue(key=key, value=value) for key, value in attributes.items()),
        )

    def agree(
        self,
        deal: int,
        net: int,
        tax: int | None = None,
        *,
        on: str | None,
        number: int = 1,
        currency: str = "USD",
        lines: tuple[AgreementLine, ...] = (),
        starts: str | None = None,
        ends: str | None = None,
        payment_days: int | None = None,
        instalments: tuple[tuple[str, int], ...] = (),
    ) -> int:
        """An agreement of a deal is drafted and signed, with one line where none are named."""
        self.draft(deal, number=number, currency=currency)
        signed = agreements.AgreementSigned(
            lines=lines or (line("all", net, tax),),
            instalments=tuple(
                Instalment(key=f"part-{index}", due_on=date.fromisoformat(due), amount_minor=amount)
                for index, (due, amount) in enumerate(instalments)
            ),
            starts_on=on_day(starts),
            ends_on=on_day(ends),
            payment_days=payment_days,
        )
        return self.add(agreement_id(deal, number), signed, on)

    def draft(self, deal: int, *, number: int = 1, currency: str = "USD") -> int:
        """An agreement of a deal is drafted."""
        drafted = agreements.AgreementDrafted(
            title="Agreement",
            customer_id=customer_id(1),
            deal_id=uid(deal),
            currency=currency,
            legal_entity=None,
            external_id=None,
        )
        return self.add(agreement_id(deal, number), drafted)

    def amend(self, deal: int, net: int, tax: int | None = None, *, on: str, effective: str | None = None) -> int:
        """So much more, or less, is agreed for the one line."""
        change = AgreementLineChange(key="all", amount_minor=net, tax_minor=tax)
        amended = agreements.AgreementAmended(
            lines=(change,), instalments=(), effective_on=on_day(effective), reason="amended"
        )
        return self.add(agreement_id(deal), amended, on)

    def cancel(self, deal: int, *, on: str, fee: int = 0, effective: str | None = None, number: int = 1) -> int:
        """An agreement is cancelled; the customer still owes the fee."""
        cancelled = agreements.AgreementCancelled(
            status_from="signed", effective_on=on_day(effective), fee_kept_minor=fee, reason="closed"
        )
        return self.add(agreement_id(deal, number), cancelled, on)

    def report(self, deal: int, step: agreements.FulfilmentStep, *, on: str, key: str = "all", number: int = 1) -> int:
        """One unit of a line is delivered, accepted or live."""
        reported = agreements.AgreementFulfilmentReported(line_key=key, step=step, quantity=Decimal(1))
        return self.add(agreement_id(deal, number), reported, on)

    def restate_cost(self, deal: int, cost: int, *, on: str, key: str = "all") -> int:
        """The cost of an agreement's line becomes known better."""
        restated = agreements.AgreementCostRestated(line_key=key, cost_from=None, cost_to=cost, reason="counted")
        return self.add(agreement_id(deal), restated, on)

    def invoice(
        self,
        number: int,
        deal: int,
        net: int,
        tax: int | None = None,
        *,
        on: str | None,
        due: str | None = None,
        lines: tuple[InvoiceLine, ...] = (),
        currency: str = "USD",
    ) -> int:
        """An invoice of a deal's agreement."""
        issued = InvoiceIssued(
            number=str(number),
            customer_id=customer_id(1),
            agreement_id=agreement_id(deal),
            amount_minor=net,
            tax_minor=tax,
            currency=currency,
            lines=lines,
            due_on=on_day(due),
            external_id=None,
        )
        return self.add(invoice_id(number), issued, on)

    def credit(self, number: int, deal: int, net: int, tax: int | None = None, *, on: str) -> int:
        """A credit note to an invoice."""
        note = InvoiceCreditNoteIssued(
            number=None,
            agreement_id=agreement_id(deal),
            amount_minor=net,
            tax_minor=tax,
            currency="USD",
            reason="credited",
        )
        return self.add(invoice_id(number), note, on)

    def void_invoice(self, number: int, deal: int, *, on: str) -> int:
        """An invoice was issued by mistake."""
        voided = InvoiceVoided(
            agreement_id=agreement_id(deal), total_minor=0, credited_minor=0, currency="USD", reason="twice"
        )
        return self.add(invoice_id(number), voided, on)

    def pay(
        self,
        number: int,
        amount: int,
        on: str | None,
        *,
        deal: int | None = None,
        invoice: int | None = None,
        currency: str = "USD",
        fee: int = 0,
        settled: receipts.Settled | None = None,
    ) -> int:
        """Money comes in, and all of it is for a deal or for an invoice; the bank may keep something of it."""
        received = receipts.ReceiptRecorded(
            amount_minor=amount,
            currency=currency,
            customer_id=None,
            note=None,
            external_id=None,
            bank_fee_minor=fee,
        )
        self.add(receipt_id(number), received, on)
        self.allocated[number], self.received[number], self.currencies[number] = {}, on, currency
        if settled is not None:
            self.settled[number] = settled
        return self.allocate(number, amount, deal=deal, invoice=invoice, settled=settled)

    def allocate(
        self,
        number: int,
        amount: int,
        *,
        deal: int | None = None,
        invoice: int | None = None,
        settled: receipts.Settled | None = None,
    ) -> int:
        """So much of a receipt is for a deal or for an invoice."""
        place = _place(deal, invoice)
        self.allocated[number][place] = self.allocated[number].get(place, 0) + amount
        allocated = receipts.ReceiptAllocated(
            deal_id=place[0],
            invoice_id=place[1],
            amount_minor=amount,
            currency=self.currencies[number],
            received_on=on_day(self.received[number]),
            settled=settled,
        )
        return self.add(receipt_id(number), allocated, self.received[number])

    def refund(
        self, number: int, amount: int, on: str | None, *, deal: int | None = None, invoice: int | None = None
    ) -> int:
        """So much of a receipt is paid back."""
        place = _place(deal, invoice)
        self.allocated[number][place] -= amount
        refunded = receipts.ReceiptRefunded(
            deal_id=place[0],
            invoice_id=place[1],
            amount_minor=amount,
            currency=self.currencies[number],
            reason="refund",
        )
        return self.add(receipt_id(number), refunded, on)

    def bounce(self, number: int, on: str | None) -> int:
        """A receipt did not stay; all that was allocated of it falls."""
        parts = tuple(
            receipts.ReceiptPart(
                deal_id=deal, invoice_id=invoice, amount_minor=amount, settled=self.settled.get(number)
            )
            for (deal, invoice), amount in self.allocated[number].items()
            if amount
        )
        reversed_ = receipts.ReceiptReversed(
            amount_minor=sum(part.amount_minor for part in parts),
            currency=self.currencies[number],
            parts=parts,
            reason="bounced",
        )
        self.allocated[number] = {}
        return self.add(receipt_id(number), reversed_, on)


def _place(deal: int | None, invoice: int | None) -> tuple[UUID | None, UUID | None]:
    return (None if deal is None else uid(deal), None if invoice is None else invoice_id(invoice))


def lines_of(log: TradeLog, period: str, member_id: UUID = ANN) -> list[tuple[LineKind, int]]:
    """Kind and amount of each of a member's lines of a period."""
    found = log.statements(period).get(member_id)
    return [(each.kind, each.posted_minor) for each in found.lines] if found is not None else []


def paid(log: TradeLog, period: str, member_id: UUID = ANN) -> int:
    """Reads what a member is paid in a period, in minor units."""
    found = log.statements(period).get(member_id)
    return found.total_minor if found is not None else 0


def clawed(terms: Clawback = KEEP, **more: Any) -> Component:
    """Ten percent that can be taken back."""
    return replace(flat("10"), clawback=terms, **more)


def paid_deal(terms: Clawback = KEEP, **more: Any) -> TradeLog:
    """Ann was paid 100.00 for a deal of 1,000.00 in the first quarter, which the customer has paid."""
    log = TradeLog().plan(clawed(terms, **more)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.agree(1, 100_000, on="2026-01-12", starts="2026-02-01", ends="2027-01-31")
    log.pay(1, 100_000, "2026-01-20", deal=1)
    return log


def by(**options: Any) -> Component:
    """A component with a rate of some kind."""
    return replace(flat("10"), **options)


def one_deal(component: Component, *agreed: Any, amount: int = 100_000, **terms: Any) -> TradeLog:
    """Ann's deal of 1,000.00, with an agreement where lines are named."""
    log = TradeLog().plan(component, **terms).enrol(ANN, BOB, CID)
    log.sell(1, amount, "2026-01-10")
    if agreed:
        log.agree(1, 0, on="2026-01-12", lines=agreed, starts="2026-02-01", ends="2028-01-31")
    return log

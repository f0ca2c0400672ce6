"""What follows a win, as pay reads it: agreements, invoices and cash, by deal. Folded from the log in constant work for an event.

Amounts are minor units of their own currency, days business dates. Cash without a day counts nowhere, nor does what is paid
back of it; money that went back without a day counts on the day that it came.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.cash import agreements, invoices
from salesapi.domain.cash.agreement_lines import Instalment
from salesapi.domain.cash.receipts import (
    ReceiptAllocated,
    ReceiptMoneyEvent,
    ReceiptRecorded,
    ReceiptRefunded,
    ReceiptReversed,
    settles,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, made_from

ZERO: Final = Fraction()

InvoiceFactEvent: TypeAlias = invoices.InvoiceIssued | invoices.InvoiceCreditNoteIssued | invoices.InvoiceVoided
TradeEvent: TypeAlias = agreements.AgreementEvent | InvoiceFactEvent | ReceiptMoneyEvent


@record
class Step:
    """Something that happened to an agreement: what it was worth before and after, gross, in minor units."""

    kind: str
    on: date | None
    position: int
    gross_before_minor: int
    gross_after_minor: int


@record
class AgreementFact:
    """A signed agreement as it stands, with what happened to it. Both days of its term are inclusive; None is open."""

    agreement_id: UUID
    deal_id: UUID
    state: agreements.Agreement
    signed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    payment_days: int | None = None
    steps: tuple[Step, ...] = ()
    """Amendments and the cancellation, in the order of the log."""
    delivered_on: date | None = None
    accepted_on: date | None = None
    went_live_on: date | None = None
    """The day on which the last of every line was delivered, accepted, in use."""
    positions: tuple[int, ...] = ()

    @property
    def gross_minor(self) -> int:
        """The amount owed by it with tax, in minor units: its lines, or the fee kept once it is cancelled."""
        cancelled = [step for step in self.steps if step.kind == "cancelled"]
        return cancelled[-1].gross_after_minor if cancelled else self.state.total_minor

    @property
    def net_minor(self) -> int:
        """The worth of its lines without tax, in minor units."""
        return sum(line.amount_minor for line in self.state.lines)

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """Its payment plan, in the order in which it was agreed."""
        return self.state.instalments


@record
class CreditNoteFact:
    """A credit note, gross."""

    on: date | None
    gross_minor: int
    net_minor: int
    position: int


@record
class InvoiceFact:
    """An invoice that stands."""

    invoice_id: UUID
    agreement_id: UUID | None
    on: date | None
    due_on: date | None
    gross_minor: int
    net_minor: int
    currency: str
    lines: tuple[invoices.InvoiceLine, ...]
    position: int
    notes: tuple[CreditNoteFact, ...] = ()


@record
class CashFact:
    """Money that came (above 0) or went back (below 0) for a deal or one of its invoices."""

    receipt_id: UUID
    received_on: date
    """When the receipt's money came, also where it went back later."""
    on: date
    amount_minor: int
    currency: str
    position: int
    invoice_id: UUID | None
    fee_share: Fraction = ZERO
    """The part of it that the bank kept."""
    is_refund: bool = False
    """Paid back to the customer; what bounced is not, it is still owed."""


class Trade:
    """Agreements, invoices and cash up to now."""

    def __init__(self) -> None:
        self._agreements: dict[UUID, AgreementFact] = {}
        self._of_deal: dict[UUID, tuple[UUID, ...]] = {}
        self._invoices: dict[UUID, InvoiceFact] = {}
        self._of_agreement: dict[UUID, tuple[UUID, ...]] = {}
        self._cash: dict[tuple[UUID | None, UUID | None], tuple[CashFact, ...]] = {}
        self._received_on: dict[UUID, date | None] = {}
        self._fee_shares: dict[UUID, Fraction] = {}
        self._touched: dict[tuple[int, int], set[UUID]] = {}
        self._first_on: dict[UUID, date] = {}
        self._due: dict[tuple[int, int], set[UUID]] = {}

    def apply(self, event: TradeEvent, recorded: Recorded) -> list[tuple[UUID, date | None]]:
        """Takes the next event; answers the deals that it is about, each with the first day on which it changes anything.

        No day: it changes all of the deal, from its win on.
        """
        if isinstance(event, ReceiptMoneyEvent):
            found = self._receipt(event, recorded)
        elif isinstance(event, agreements.AgreementEvent):
            found = [(self._agreement(event, recorded), None)]
        else:
            found = [self._invoice(event, recorded)]
        touched = [(deal_id, on) for deal_id, on in found if deal_id is not None]
        for deal_id, on in touched:
            self._touch(deal_id, on or business_date(recorded))
            if isinstance(event, agreements.AgreementAmended | agreements.AgreementCancelled):
                self._touch(deal_id, event.effective_on)
            elif isinstance(event, invoices.InvoiceIssued):
                _note(self._due, event.due_on, deal_id)
        return touched

    def _touch(self, deal_id: UUID, on: date | None) -> None:
        if on is not None:
            _note(self._touched, on, deal_id)
            self._first_on[deal_id] = min(on, self._first_on.get(deal_id, on))

    def agreements_of(self, deal_id: UUID) -> tuple[AgreementFact, ...]:
        """The signed agreements of a deal, in the order in which they were drafted."""
        found = (self._agreements.get(each) for each in self._of_deal.get(deal_id, ()))
        return tuple(fact for fact in found if fact is not None and fact.state.status != "draft")

    def invoices_of(self, deal_id: UUID) -> tuple[InvoiceFact, ...]:
        """The invoices of the deal's agreements that stand, by day of issue; undated ones last."""
        found = [
            self._invoices[invoice_id]
            for agreement_id in self._of_deal.get(deal_id, ())
            for invoice_id in self._of_agreement.get(agreement_id, ())
            if invoice_id in self._invoices
        ]
        return tuple(sorted(found, key=lambda invoice: (invoice.on or date.max, invoice.position)))

    def cash_of(self, deal_id: UUID) -> tuple[CashFact, ...]:
        """Money for the deal or for its invoices, in the order of its days."""
        own: Iterable[CashFact] = self._cash.get((deal_id, None), ())
        found = [*own, *(cash for invoice in self.invoices_of(deal_id) for cash in self.cash_of_invoice(invoice))]
        return tuple(sorted(found, key=lambda cash: (cash.on, cash.position)))

    def cash_of_invoice(self, invoice: InvoiceFact) -> tuple[CashFact, ...]:
        """Money for one invoice, as it was allocated."""
        return self._cash.get((None, invoice.invoice_id), ())

    def is_touched(self, deal_id: UUID, months: Iterable[tuple[int, int]]) -> bool:
        """Tells whether anything about a deal is dated in these months (year, month)."""
        return any(deal_id in self._touched.get(month, ()) for month in months)

    def first_on(self, deal_id: UUID) -> date:
        """The first day on which anything about a deal is dated; the last day there is where nothing is."""
        return self._first_on.get(deal_id, date.max)

    def is_due(self, deal_id: UUID, months: Iterable[tuple[int, int]]) -> bool:
        """Tells whether an invoice of a deal is due in these months (year, month)."""
        return any(deal_id in self._due.get(month, ()) for month in months)

    def _agreement(self, event: agreements.AgreementEvent, recorded: Recorded) -> UUID | None:
        if isinstance(event, agreements.AgreementDrafted):
            if event.deal_id is not None:
                state = agreements.evolve(None, event, recorded)
                self._agreements[recorded.stream_id] = AgreementFact(
                    agreement_id=recorded.stream_id, deal_id=event.deal_id, state=state
                )
                of_deal = self._of_deal.get(event.deal_id, ())
                self._of_deal[event.deal_id] = (*of_deal, recorded.stream_id)
            return None
        before = self._agreements.get(recorded.stream_id)
        if before is None:
            return None
        if isinstance(event, agreements.AgreementCancelled) and before.state.status == "draft":
            del self._agreements[recorded.stream_id]
            return None
        after = replace(
            before,
            state=agreements.evolve(before.state, event, recorded),
            positions=(*before.positions, recorded.position),
        )
        self._agreements[recorded.stream_id] = _with(after, before.gross_minor, event, recorded)
        return before.deal_id

    def _invoice(self, event: InvoiceFactEvent, recorded: Recorded) -> tuple[UUID | None, date | None]:
        invoice_id = recorded.stream_id
        if isinstance(event, invoices.InvoiceIssued):
            self._invoices[invoice_id] = made_from(
                InvoiceFact,
                event,
                invoice_id=invoice_id,
                on=business_date(recorded),
                gross_minor=invoices.gross_minor(event.amount_minor, event.tax_minor),
                net_minor=event.amount_minor,
                position=recorded.position,
            )
            if event.agreement_id is not None:
                of_agreement = self._of_agreement.get(event.agreement_id, ())
                self._of_agreement[event.agreement_id] = (*of_agreement, invoice_id)
            return self._deal_of(event.agreement_id), business_date(recorded)
        invoice = self._invoices.get(invoice_id)
        if invoice is None:
            return None, None
        if isinstance(event, invoices.InvoiceVoided):
            del self._invoices[invoice_id]
        elif isinstance(event, invoices.InvoiceCreditNoteIssued):
            note = CreditNoteFact(
                on=business_date(recorded),
                gross_minor=invoices.gross_minor(event.amount_minor, event.tax_minor),
                net_minor=event.amount_minor,
                position=recorded.position,
            )
            self._invoices[invoice_id] = replace(invoice, notes=(*invoice.notes, note))
        return self._deal_of(invoice.agreement_id), None

    def _receipt(self, event: ReceiptMoneyEvent, recorded: Recorded) -> list[tuple[UUID | None, date | None]]:
        if isinstance(event, ReceiptRecorded):
            self._received_on[recorded.stream_id] = business_date(recorded)
            if event.bank_fee_minor:
                self._fee_shares[recorded.stream_id] = Fraction(event.bank_fee_minor, event.amount_minor)
            return []
        received_on = self._received_on.get(recorded.stream_id)
        if received_on is None:
            return []
        is_back = not isinstance(event, ReceiptAllocated)
        on = business_date(recorded) or received_on if is_back else received_on
        found: list[tuple[UUID | None, date | None]] = []
        for part in event.parts if isinstance(event, ReceiptReversed) else (event,):
            amount_minor, currency = settles(part, event.currency)
            cash = CashFact(
                receipt_id=recorded.stream_id,
                received_on=received_on,
                on=on,
                amount_minor=-amount_minor if is_back else amount_minor,
                currency=currency,
                position=recorded.position,
                invoice_id=part.invoice_id,
                fee_share=self._fee_shares.get(recorded.stream_id, ZERO),
                is_refund=isinstance(event, ReceiptRefunded),
            )
            found.append((self._paid(part.deal_id, cash), on))
        return found

    def _paid(self, deal_id: UUID | None, cash: CashFact) -> UUID | None:
        """So much money for a deal or for an invoice; answers the deal that it is for. What is for neither counts nowhere."""
        if deal_id is None and cash.invoice_id is None:
            return None
        key = (deal_id, cash.invoice_id)
        self._cash[key] = (*self._cash.get(key, ()), cash)
        invoice = self._invoices.get(cash.invoice_id) if cash.invoice_id is not None else None
        return deal_id or (self._deal_of(invoice.agreement_id) if invoice is not None else None)

    def _deal_of(self, agreement_id: UUID | None) -> UUID | None:
        agreement = self._agreements.get(agreement_id) if agreement_id is not None else None
        return agreement.deal_id if agreement is not None else None


def _with(
    fact: AgreementFact, gross_before_minor: int, event: agreements.AgreementEvent, recorded: Recorded
) -> AgreementFact:
    on = business_date(recorded)
    match event:
        case agreements.AgreementSigned():
            return replace(
                fact,
                signed_on=on,
                starts_on=event.starts_on,
                ends_on=event.ends_on,
                payment_days=event.payment_days,
            )
        case agreements.AgreementAmended() | agreements.AgreementCancelled():
            kind, gross_after_minor = "amended", fact.state.total_minor
            if isinstance(event, agreements.AgreementCancelled):
                kind, gross_after_minor = "cancelled", event.fee_kept_minor
            step = Step(
                kind=kind,
                on=event.effective_on or on,
                position=recorded.position,
                gross_before_minor=gross_before_minor,
                gross_after_minor=gross_after_minor,
            )
            return replace(fact, steps=(*fact.steps, step))
        case agreements.AgreementFulfilmentReported():
            return _fulfilled(fact, event, on)
        case agreements.AgreementDrafted() | agreements.AgreementCostRestated() | agreements.AgreementRenewed():
            return fact


def _fulfilled(fact: AgreementFact, event: agreements.AgreementFulfilmentReported, on: date | None) -> AgreementFact:
    """The day on which a step is complete: all of every line."""
    lines = fact.state.lines
    match event.step:
        case "delivered" if all(line.delivered >= line.quantity for line in lines):
            return replace(fact, delivered_on=fact.delivered_on or on)
        case "accepted" if all(line.accepted >= line.quantity for line in lines):
            return replace(fact, accepted_on=fact.accepted_on or on)
        case "live" if all(line.live >= line.quantity for line in lines):
            return replace(fact, went_live_on=fact.went_live_on or on)
        case _:
            return fact


def _note(by_month: dict[tuple[int, int], set[UUID]], on: date | None, deal_id: UUID) -> None:
    if on is not None:
        by_month.setdefault((on.year, on.month), set()).add(deal_id)

"""Builders for stories about what follows a win: agreements, invoices, cash, products, customers, touches, rates, leavers.

Numbers name things: deal 1 has agreement 1, and receipts, invoices, products, customers and leads have numbers of their own.
Amounts are minor units, days ISO dates.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from salesapi.domain.agreement_lines import AgreementLine, AgreementLineChange, Instalment
from salesapi.domain.agreements import (
    AgreementAmended,
    AgreementCancelled,
    AgreementCostRestated,
    AgreementDrafted,
    AgreementFulfilmentReported,
    AgreementSigned,
    FulfilmentStep,
)
from salesapi.domain.attributes import AttributeValue
from salesapi.domain.attribution import LeadAttributionTouchRecorded, TouchKind
from salesapi.domain.commission.people import LeavingReason
from salesapi.domain.customers import CustomerAssigned, CustomerChanged, CustomerRegistered
from salesapi.domain.deals import DealLine, DealShare, DealTeamChanged, DealWon
from salesapi.domain.enrolments import EnrolmentBegun, EnrolmentParticipantLeft
from salesapi.domain.invoices import InvoiceCreditNoteIssued, InvoiceIssued, InvoiceLine, InvoiceVoided
from salesapi.domain.money import UnitPrice
from salesapi.domain.payout_runs import LineKind
from salesapi.domain.products import ProductCostSet, ProductListed
from salesapi.domain.rate_tables import PairRate, RateTableRatesCorrected, RateTableRatesPublished
from salesapi.domain.receipts import (
    ReceiptAllocated,
    ReceiptPart,
    ReceiptRecorded,
    ReceiptRefunded,
    ReceiptReversed,
)
from salesapi.domain.satisfaction import CustomerSatisfactionRecorded, SatisfactionKind
from salesapi.domain.teams import TREE, TeamFormed, TeamLeaderAppointed, TeamMembershipChanged
from tests.domain.commission_stories import ANN, PLAN
from tests.domain.generated_companies import KeptLog
from tests.domain.plan_options import RATE_TABLE
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


def product_id(number: int) -> UUID:
    """The id of a product."""
    return uid(0x3000_0000 + number)


def customer_id(number: int) -> UUID:
    """The id of a customer."""
    return uid(0x4000_0000 + number)


def lead_id(number: int) -> UUID:
    """The id of a lead."""
    return uid(0x5000_0000 + number)


def on_day(text: str | None) -> date | None:
    """A day, or none."""
    return None if text is None else date.fromisoformat(text)


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
class TradeLog(KeptLog):
    """A log that also knows what of a receipt is allocated where, as its stream would."""

    allocated: dict[int, dict[tuple[UUID | None, UUID | None], int]] = field(default_factory=dict)
    received: dict[int, str | None] = field(default_factory=dict)
    currencies: dict[int, str] = field(default_factory=dict)

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
        if shares:
            self.add(uid(deal), DealTeamChanged(shares=shares))
        won = DealWon(
            stage_from="open",
            stage_to="won",
            amount_minor=amount,
            currency=currency,
            owner_id=owner,
            reason=None,
            customer_id=None if customer is None else customer_id(customer),
            lead_id=None if lead is None else lead_id(lead),
            lines=lines,
            attributes=tuple(AttributeValue(key=key, value=value) for key, value in attributes.items()),
        )
        return self.add(uid(deal), won, on)

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
        signed = AgreementSigned(
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
        drafted = AgreementDrafted(
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
        amended = AgreementAmended(lines=(change,), instalments=(), effective_on=on_day(effective), reason="amended")
        return self.add(agreement_id(deal), amended, on)

    def cancel(self, deal: int, *, on: str, fee: int = 0, effective: str | None = None, number: int = 1) -> int:
        """An agreement is cancelled; the customer still owes the fee."""
        cancelled = AgreementCancelled(
            status_from="signed", effective_on=on_day(effective), fee_kept_minor=fee, reason="closed"
        )
        return self.add(agreement_id(deal, number), cancelled, on)

    def report(self, deal: int, step: FulfilmentStep, *, on: str, key: str = "all", number: int = 1) -> int:
        """One unit of a line is delivered, accepted or live."""
        reported = AgreementFulfilmentReported(line_key=key, step=step, quantity=Decimal(1))
        return self.add(agreement_id(deal, number), reported, on)

    def restate_cost(self, deal: int, cost: int, *, on: str, key: str = "all") -> int:
        """The cost of an agreement's line becomes known better."""
        restated = AgreementCostRestated(line_key=key, cost_from=None, cost_to=cost, reason="counted")
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
    ) -> int:
        """Money comes in, and all of it is for a deal or for an invoice."""
        received = ReceiptRecorded(
            amount_minor=amount, currency=currency, customer_id=None, note=None, external_id=None
        )
        self.add(receipt_id(number), received, on)
        self.allocated[number], self.received[number], self.currencies[number] = {}, on, currency
        return self.allocate(number, amount, deal=deal, invoice=invoice)

    def allocate(self, number: int, amount: int, *, deal: int | None = None, invoice: int | None = None) -> int:
        """So much of a receipt is for a deal or for an invoice."""
        place = _place(deal, invoice)
        self.allocated[number][place] = self.allocated[number].get(place, 0) + amount
        allocated = ReceiptAllocated(
            deal_id=place[0],
            invoice_id=place[1],
            amount_minor=amount,
            currency=self.currencies[number],
            received_on=on_day(self.received[number]),
        )
        return self.add(receipt_id(number), allocated, self.received[number])

    def refund(
        self, number: int, amount: int, on: str | None, *, deal: int | None = None, invoice: int | None = None
    ) -> int:
        """So much of a receipt is paid back."""
        place = _place(deal, invoice)
        self.allocated[number][place] -= amount
        refunded = ReceiptRefunded(
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
            ReceiptPart(deal_id=deal, invoice_id=invoice, amount_minor=amount)
            for (deal, invoice), amount in self.allocated[number].items()
            if amount
        )
        reversed_ = ReceiptReversed(
            amount_minor=sum(part.amount_minor for part in parts),
            currency=self.currencies[number],
            parts=parts,
            reason="bounced",
        )
        self.allocated[number] = {}
        return self.add(receipt_id(number), reversed_, on)

    def product(self, number: int, code: str, category: str | None = None, cost: str | None = None) -> None:
        """A product, and what one of it costs in major units."""
        listed = ProductListed(name=code, code=code, category=category, external_id=None)
        self.add(product_id(number), listed)
        if cost is not None:
            self.set_cost(number, cost)

    def set_cost(self, number: int, cost: str, since: str | None = None, currency: str = "USD") -> int:
        """What one of a product costs from a day on."""
        price = UnitPrice(amount=Decimal(cost), currency=currency)
        stated = ProductCostSet(cost=price, effective_from=on_day(since), effective_until=None)
        return self.add(product_id(number), stated)

    def customer(self, number: int, *, owner: UUID | None = None, **attributes: str) -> int:
        """A customer with attributes."""
        registered = CustomerRegistered(
            kind="company",
            name="Customer",
            person_name=None,
            owner_id=owner,
            parent_id=None,
            attributes=tuple(AttributeValue(key=key, value=value) for key, value in attributes.items()),
            external_id=None,
        )
        return self.add(customer_id(number), registered)

    def change_customer(self, number: int, **attributes: str) -> int:
        """A customer's attributes change."""
        changed = CustomerChanged(
            name=None,
            attributes=tuple(AttributeValue(key=key, value=value) for key, value in attributes.items()),
        )
        return self.add(customer_id(number), changed)

    def assign(self, number: int, owner: UUID, on: str) -> int:
        """Somebody else answers for a customer from a day on."""
        return self.add(customer_id(number), CustomerAssigned(owner_from=None, owner_to=owner, reason="moved"), on)

    def touch(
        self, lead: int, member: UUID | None, on: str | None, *, weight: str | None = None, kind: TouchKind = "meeting"
    ) -> int:
        """Somebody touched a lead."""
        touched = LeadAttributionTouchRecorded(
            kind=kind,
            member_id=member,
            campaign=None,
            weight=None if weight is None else Decimal(weight),
            deal_id=None,
        )
        return self.add(lead_id(lead), touched, on)

    def rate(self, on: str, rate: str, pair: tuple[str, str] = ("EUR", "USD")) -> int:
        """A currency rate is published."""
        return self.add(RATE_TABLE, RateTableRatesPublished(on=date.fromisoformat(on), pairs=(_pair(pair, rate),)))

    def correct_rate(self, on: str, rate: str, pair: tuple[str, str] = ("EUR", "USD")) -> int:
        """A currency rate was wrong."""
        corrected = RateTableRatesCorrected(on=date.fromisoformat(on), pairs=(_pair(pair, rate),), reason="typed wrong")
        return self.add(RATE_TABLE, corrected)

    def answer(
        self, customer: int, score: int, on: str, *, deal: int | None = None, kind: SatisfactionKind = "csat"
    ) -> int:
        """A customer says how content it is."""
        answered = CustomerSatisfactionRecorded(
            kind=kind,
            score=score,
            deal_id=None if deal is None else uid(deal),
            agreement_id=None,
            activity_id=None,
            comment=None,
        )
        return self.add(customer_id(customer), answered, on)

    def enrol_from(self, member_id: UUID, since: str | None, until: str | None = None) -> int:
        """A member takes part for some days."""
        begun = EnrolmentBegun(
            member_id=member_id,
            plan_id=PLAN,
            effective_from=on_day(since),
            effective_until=on_day(until),
            component_keys=None,
        )
        return self.add(member_id, begun)

    def leave(self, member_id: UUID, on: str, leaving: LeavingReason = "resignation") -> int:
        """A member leaves after its last day."""
        left = EnrolmentParticipantLeft(member_id=member_id, left_on=date.fromisoformat(on), leaving=leaving)
        return self.add(member_id, left)

    def team(self, leader: UUID, *members: UUID, since: str | None = None) -> None:
        """Members in one team with a leader."""
        team_id = uid(0x7100_0000 + leader.int)
        formed = TeamFormed(
            team_id=team_id, name="Team", parent_id=None, region=None, effective_from=on_day(since), external_id=None
        )
        self.add(TREE.id, formed)
        for member_id in members:
            joined = TeamMembershipChanged(
                team_id=team_id, member_id=member_id, effective_from=on_day(since), effective_until=None
            )
            self.add(TREE.id, joined)
        self.add(TREE.id, TeamLeaderAppointed(team_id=team_id, member_id=leader, effective_from=on_day(since)))


def _place(deal: int | None, invoice: int | None) -> tuple[UUID | None, UUID | None]:
    return (None if deal is None else uid(deal), None if invoice is None else invoice_id(invoice))


def _pair(pair: tuple[str, str], rate: str) -> PairRate:
    return PairRate(from_currency=pair[0], to_currency=pair[1], rate=Decimal(rate))


def lines_of(log: TradeLog, period: str, member_id: UUID = ANN) -> list[tuple[LineKind, int]]:
    """Kind and amount of each of a member's lines of a period."""
    found = log.statements(period).get(member_id)
    return [(each.kind, each.posted_minor) for each in found.lines] if found is not None else []


def paid(log: TradeLog, period: str, member_id: UUID = ANN) -> int:
    """What a member is paid in a period."""
    found = log.statements(period).get(member_id)
    return found.total_minor if found is not None else 0

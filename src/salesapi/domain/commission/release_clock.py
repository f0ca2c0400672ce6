"""What the clock of a release alone has released of an earning by a day: R22 to R27 and R45, before holdbacks and clawbacks.

Exact minor units of the plan's currency. What came of one receipt for one invoice, less what went back of it by the day, is one
payment on the day on which its money came: so a refund takes back what its own cash had released, at the same factors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import zip_longest
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.release import (
    Anchor,
    Cash,
    Clocks,
    expiry_of_release,
    payment_allocation,
    payment_triggered,
    two_clocks,
)
from salesapi.domain.commission.sale_parts import Amount, is_asked, parts_of_sale
from salesapi.domain.commission.sales import Sale, anchors, cash_due, due_minor
from salesapi.domain.commission.trade_facts import CashFact
from salesapi.domain.commission.withholding import instalments
from salesapi.domain.kernel import record
from salesapi.domain.money import rounded
from salesapi.domain.plan_components import Base, Component, Release, Rounding

ZERO: Final = Fraction()
PeriodEnd: TypeAlias = Callable[[date], date]
"""The last day of the plan's period that a day belongs to."""


@record
class Earned:
    """An earning whose release is asked for."""

    sale: Sale
    component: Component
    exact_minor: Fraction
    rounding: Rounding
    currency: str


@record
class Released:
    """What the clock has released of an earning by a day, what lapsed on the way (R26), what factors add to it (R45)."""

    kept: Fraction = ZERO
    lapsed: Fraction = ZERO
    sped: Fraction = ZERO
    positions: tuple[int, ...] = ()


class ReleaseClock:
    """The clock of one earning, asked for any day."""

    def __init__(self, ledger: Ledger, earned: Earned, period_end: PeriodEnd) -> None:
        self._ledger = ledger
        self._earned = earned
        self._period_end = period_end
        self.anchors = anchors(ledger, earned.sale.win)

    @property
    def happened(self) -> Mapping[Anchor, date]:
        """When what a wait can end with happened; `period_end` is the end of the year of the sale."""
        return {**self.anchors, "period_end": date(self._earned.sale.on.year, 12, 31)}

    def by(self, on: date) -> Released:
        """What is released by the end of a day."""
        earned, release = self._earned, self._earned.component.release
        if release is None:
            return Released(kept=earned.exact_minor)
        if release.instalments is not None:
            return self._by_instalments(release, on)
        if release.on == "payment":
            return self._by_payment(release, on)
        clocks = Clocks(attribution=earned.component.attributed, release=release.on)
        happened = {**self.anchors, earned.component.attributed: earned.sale.on}
        released_on = two_clocks(clocks, happened, self._period_end).released_on
        is_released = released_on is not None and released_on <= on
        return Released(kept=earned.exact_minor if is_released else ZERO)

    def _by_instalments(self, release: Release, on: date) -> Released:
        """R27: parts of the rounded whole; what rounding took off or added goes with the last of them."""
        assert release.instalments is not None, "called for instalments only"
        earned = self._earned
        whole_minor = earned.rounding.minor(earned.exact_minor, earned.currency)
        churned = [
            step.on
            for each in self._ledger.trade.agreements_of(earned.sale.win.deal_id)
            for step in each.steps
            if step.kind == "cancelled" and step.on is not None
        ]
        parts = instalments(
            release.instalments,
            whole_minor=whole_minor,
            attributed_on=earned.sale.on,
            happened_on=self.happened,
            churned_on=min(churned) if churned else None,
            as_of_on=on,
        )
        if all(part.state == "released" for part in parts):
            return Released(kept=earned.exact_minor)
        kept = sum((Fraction(part.amount_minor) for part in parts if part.state == "released"), ZERO)
        lapsed = sum((Fraction(part.amount_minor) for part in parts if part.state == "cancelled"), ZERO)
        return Released(kept=kept, lapsed=lapsed)

    def _by_payment(self, release: Release, on: date) -> Released:
        """R24, R25, R26, R45: the steps of the cash so far, each with its own days."""
        assert release.payment is not None, "a release on payment says how cash counts"
        cash = [each for each in cash_due(self._ledger, self._earned.sale.win) if each.on <= on]
        payments, gross_minor, net_minor = self._paid_and_due(release, cash)
        steps = payment_triggered(
            options=release.payment,
            earned_minor=self._earned.exact_minor,
            gross_due_minor=gross_minor,
            net_due_minor=net_minor,
            invoiced_on=self.anchors.get("invoice"),
            payments=[Cash(on=each.received_on, received_minor=each.amount, fee_minor=0) for each in payments],
        )
        kept = lapsed = sped = ZERO
        for step, payment in zip_longest(steps, payments if net_minor else ()):
            if step.release.released_on is None or step.release.released_on > on:
                continue
            in_time = self._in_time(release, payment, step.release.released_minor)
            kept += in_time
            lapsed += step.release.released_minor - in_time
            sped += in_time * (self._speed(release, payment) - 1)
        return Released(kept=kept, lapsed=lapsed, sped=sped, positions=tuple(each.position for each in cash))

    def _paid_and_due(self, release: Release, cash: Sequence[CashFact]) -> tuple[list["_Payment"], int, int]:
        """The payments that count and what is due, gross and net; a sale that is a payment is paid by itself."""
        sale = self._earned.sale
        if sale.paid_by is not None:
            own = _Payment(received_on=sale.paid_by.received_on, invoice_id=sale.paid_by.invoice_id, amount=1)
            return [own], 1, 1
        gross_minor, net_minor = due_minor(self._ledger, sale.win)
        if release.order == "in_order" and self._earned.component.only is not None:
            return self._in_order(_payments(cash), gross_minor, net_minor)
        return _payments(cash), gross_minor, net_minor if gross_minor else 0

    def _in_order(
        self, payments: list["_Payment"], gross_minor: int, net_minor: int
    ) -> tuple[list["_Payment"], int, int]:
        """R25: what of the payments is for the lines which the component counts, and what is due for these."""
        component, win = self._earned.component, self._earned.sale.win
        agreed = self._ledger.trade.agreements_of(win.deal_id)
        base = Base(kind="agreement_gross") if agreed else Base(kind="deal_amount")
        parts = parts_of_sale(self._ledger, win, base, agreed, win.on)
        dues = [max(0, rounded(Fraction(part.amount), "half_up")) for part in parts]
        asked = [is_asked(self._ledger, component, part) for part in parts]
        due_asked = sum(due for due, is_one in zip(dues, asked, strict=True) if is_one)
        if due_asked == 0 or gross_minor == 0:
            return payments, gross_minor, net_minor if gross_minor else 0
        paid: list[_Payment] = []
        total = before = ZERO
        for each in payments:
            total += each.amount
            split = payment_allocation(cash_minor=total, due_minor=dues, order="in_order").parts_minor
            after = sum((part for part, is_one in zip(split, asked, strict=True) if is_one), ZERO)
            paid.append(replace(each, amount=after - before))
            before = after
        return paid, due_asked, due_asked

    def _in_time(self, release: Release, payment: "_Payment | None", released: Fraction) -> Fraction:
        """R26: what is kept of a step by its days; without a day to count from it is in time."""
        if release.expiry is None or payment is None:
            return released
        counted_from = self._invoice_day(payment) if release.expiry.anchor == "invoice" else None
        counted_from = counted_from or self.anchors.get(release.expiry.anchor)
        if counted_from is None:
            return released
        found = expiry_of_release(
            release.expiry,
            released_minor=released,
            counted_from_on=counted_from,
            until_on=payment.received_on,
            extension_days=0,
        )
        return found.kept_minor

    def _speed(self, release: Release, payment: "_Payment | None") -> Fraction:
        """R45: the factor of the days from the due date to the cash; 1 where none is due on a day."""
        due_on = self._due_day(payment) if release.speed and payment is not None else None
        if due_on is None or payment is None:
            return Fraction(1)
        days = (payment.received_on - due_on).days
        band = next(band for band in release.speed if band.up_to_days is None or days <= band.up_to_days)
        return Fraction(band.factor)

    def _invoice_day(self, payment: "_Payment") -> date | None:
        invoices = self._ledger.trade.invoices_of(self._earned.sale.win.deal_id)
        return next((invoice.on for invoice in invoices if invoice.invoice_id == payment.invoice_id), None)

    def _due_day(self, payment: "_Payment") -> date | None:
        """The due day of the invoice that the cash is for; else of the first invoice, else of the first instalment."""
        deal_id = self._earned.sale.win.deal_id
        invoices = self._ledger.trade.invoices_of(deal_id)
        of_invoice = [each.due_on for each in invoices if payment.invoice_id in (None, each.invoice_id)]
        of_plan = [part.due_on for each in self._ledger.trade.agreements_of(deal_id) for part in each.instalments]
        known = [day for day in of_invoice if day is not None] or of_plan
        return min(known) if known else None


@record
class _Payment:
    """What is left of one receipt's money for one invoice, or for the deal."""

    received_on: date
    invoice_id: UUID | None
    amount: Amount


def _payments(cash: Sequence[CashFact]) -> list[_Payment]:
    """One payment for each receipt and what it is for, by the days on which the money came."""
    amounts: dict[tuple[UUID, UUID | None], int] = {}
    first: dict[tuple[UUID, UUID | None], CashFact] = {}
    for each in cash:
        key = (each.receipt_id, each.invoice_id)
        amounts[key] = amounts.get(key, 0) + each.amount_minor
        first.setdefault(key, each)
    return [
        _Payment(received_on=each.received_on, invoice_id=each.invoice_id, amount=amounts[key])
        for key, each in sorted(first.items(), key=lambda found: (found[1].received_on, found[1].position))
    ]

"""What the clock of a release has released of an earning by a day: R22 to R27, R45 and R60, before holdbacks and clawbacks.

Exact minor units of the plan's currency. What came of one receipt for one invoice, less what went back of it by the day, is one
payment on the day on which its money came: so a refund takes back what its own cash had released, at the same factors.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property, partial
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.sale_parts import is_asked, parts_of_sale
from salesapi.domain.pay.calculation.sales import Sale, anchors, cash_due, due_minor
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.payout_facts import ExtendedExpiry
from salesapi.domain.pay.ledger.trade_facts import CashFact, InvoiceFact
from salesapi.domain.pay.plans.plan_components import Base, Component, Release, Rounding
from salesapi.domain.pay.rules import release as release_rules
from salesapi.domain.pay.rules.award_measures import collection_speed
from salesapi.domain.pay.rules.plan_versions_and_leavers import LeaverRule, leaver_share
from salesapi.domain.pay.rules.withholding import InstalmentTable, instalments
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.money import rounded
from salesapi.domain.shared.states import made_from

ZERO: Final = Fraction()
ALL: Final = Fraction(1)
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
    extended: ExtendedExpiry | None = None
    """R26: by what its expiry is extended."""


@record
class KeptByExtension:
    """R26: what was kept only because the expiry was extended, and by what."""

    kept: Fraction
    by: ExtendedExpiry


@record
class Released:
    """The release of an earning by a day, what lapsed on the way (R26, R27, R60), what factors add to it (R45)."""

    kept: Fraction = ZERO
    lapsed: Fraction = ZERO
    left: Fraction = ZERO
    """What of that lapsed with a leaver (R60)."""
    sped: Fraction = ZERO
    extended: KeptByExtension | None = None
    """What of that is kept by an extension (R26)."""
    positions: tuple[int, ...] = ()


@record
class Leaving:
    """A member who left, the rule for the reason, and the first day of the plan's period in which that was."""

    left_on: date
    rule: LeaverRule
    period_first_on: date

    def share(self, *, earned_on: date, released_on: date) -> Fraction:
        """R60: the part that is paid of what was released on a day. What was released in earlier periods stays paid."""
        if released_on < self.period_first_on:
            return ALL
        found = leaver_share(
            (self.rule,), self.rule.reason, left_on=self.left_on, earned_on=earned_on, released_on=released_on
        )
        return Fraction(found) / 100


@record
class _Step:
    """The release on a day, what lapsed of it, what an extension kept (R26), and its factor by days to cash (R45)."""

    on: date
    kept: Fraction
    lapsed: Fraction = ZERO
    speed: Fraction = ALL
    extended: Fraction = ZERO


class ReleaseClock:
    """The clock of one earning, asked for any day; `leaving` for who left after it was earned."""

    def __init__(self, ledger: PayFacts, earned: Earned, period_end: PeriodEnd, leaving: Leaving | None = None) -> None:
        self._ledger = ledger
        self._earned = earned
        self._period_end = period_end
        self._leaving = leaving

    @cached_property
    def happened(self) -> Mapping[release_rules.Anchor, date]:
        """The days of what a wait can end with, where it happened; `period_end` is the end of the year of the sale."""
        return {**self._anchors, "period_end": date(self._earned.sale.on.year, 12, 31)}

    def by(self, on: date) -> Released:
        """Computes what is released by a day's end; from a leaver's last day on, its rule pays a part of each step."""
        earned, release = self._earned, self._earned.component.release
        if release is None:
            return Released(kept=earned.exact_minor)
        cash = [each for each in self._cash if each.on <= on] if release.on == "payment" else []
        leaving = self._leaving if self._leaving is not None and self._leaving.left_on <= on else None
        kept = lapsed = left = sped = extended = ZERO
        for step in self._steps(release, cash, on):
            paid = step.kept
            if leaving is not None:
                paid *= leaving.share(earned_on=earned.sale.on, released_on=max(step.on, earned.sale.on))
            kept += paid
            left += step.kept - paid
            lapsed += step.lapsed + step.kept - paid
            if step.speed != ALL:
                sped += paid * (step.speed - 1)
            if step.extended and paid:
                extended += paid * step.extended / step.kept
        positions = tuple(sorted({each.position for each in cash}))
        by_extension = KeptByExtension(kept=extended, by=earned.extended) if extended and earned.extended else None
        return Released(kept=kept, lapsed=lapsed, left=left, sped=sped, extended=by_extension, positions=positions)

    def _steps(self, release: Release, cash: Sequence[CashFact], on: date) -> Iterator[_Step]:
        """Yields what is released by the end of a day, step by step."""
        if release.instalments is not None:
            yield from self._by_instalments(release.instalments, on)
        elif release.on == "payment":
            yield from self._by_payment(release, cash, on)
        elif released := release_rules.booking_triggered(
            self._earned.exact_minor, released_on=self._released_on, by=on
        ):
            yield _Step(on=self._released_on or on, kept=released)

    @cached_property
    def _anchors(self) -> Mapping[release_rules.Anchor, date]:
        return anchors(self._ledger, self._earned.sale.win)

    @cached_property
    def _released_on(self) -> date | None:
        """R22: the day of the one event that releases it."""
        component, release = self._earned.component, self._earned.component.release
        assert release is not None, "asked of what is released"
        clocks = release_rules.Clocks(attribution=component.attributed, release=release.on)
        happened = {**self._anchors, component.attributed: self._earned.sale.on}
        return release_rules.two_clocks(clocks, happened, self._period_end)

    @cached_property
    def _invoices(self) -> Sequence[InvoiceFact]:
        return self._ledger.trade.invoices_of(self._earned.sale.win.deal_id)

    @cached_property
    def _cash(self) -> Sequence[CashFact]:
        return cash_due(self._ledger, self._earned.sale.win)

    def _by_instalments(self, table: InstalmentTable, on: date) -> Iterator[_Step]:
        """R27: parts of the rounded whole; what rounding took off or added goes with the last of them."""
        earned = self._earned
        whole_minor = earned.rounding.minor(earned.exact_minor, earned.currency)
        parts = instalments(
            table,
            whole_minor=whole_minor,
            attributed_on=earned.sale.on,
            happened_on=self.happened,
            churned_on=self._churned_on,
            as_of_on=on,
        )
        for part in parts:
            amount = Fraction(part.amount_minor)
            if part.state == "released" and part.payable_on is not None:
                yield _Step(on=part.payable_on, kept=amount)
            elif part.state == "cancelled" and self._churned_on is not None:
                yield _Step(on=self._churned_on, kept=ZERO, lapsed=amount)
        if all(part.state == "released" for part in parts):
            last_on = max(part.payable_on for part in parts if part.payable_on is not None)
            yield _Step(on=last_on, kept=earned.exact_minor - whole_minor)

    @cached_property
    def _churned_on(self) -> date | None:
        agreed = self._ledger.trade.agreements_of(self._earned.sale.win.deal_id)
        days = [step.on for each in agreed for step in each.steps if step.kind == "cancelled" and step.on is not None]
        return min(days, default=None)

    def _by_payment(self, release: Release, cash: Sequence[CashFact], on: date) -> Iterator[_Step]:
        """R24, R25, R26, R45: the steps of the cash so far, each with its own days."""
        assert release.payment is not None, "a release on payment says how cash counts"
        payments, gross_minor, net_minor = self._paid_and_due(release, cash)
        is_due = gross_minor != 0 and net_minor != 0
        if is_due and not payments:
            return
        steps = release_rules.payment_triggered(
            options=release.payment,
            earned_minor=self._earned.exact_minor,
            gross_due_minor=gross_minor,
            net_due_minor=net_minor,
            invoiced_on=next((invoice.on for invoice in self._invoices), None),
            payments=[each.cash() for each in payments],
        )
        for step, payment in zip(steps, payments if is_due else [None] * len(steps), strict=True):
            if step.released_on is not None and step.released_on <= on:
                in_time, extended = self._in_time(release, payment, step.released_minor)
                speed = collection_speed(release.speed, self._days_to_cash(release, payment)) if release.speed else ALL
                late = step.released_minor - in_time
                yield _Step(on=step.released_on, kept=in_time, lapsed=late, speed=speed, extended=extended)

    @cached_property
    def _due(self) -> tuple[int, int]:
        return due_minor(self._ledger, self._earned.sale.win)

    def _paid_and_due(self, release: Release, cash: Sequence[CashFact]) -> tuple[list["_Payment"], int, int]:
        """The payments that count and what is due, gross and net; a sale that is a payment is paid by itself."""
        sale = self._earned.sale
        if sale.paid_by is not None:
            return [made_from(_Payment, sale.paid_by, amount=1)], 1, 1
        gross_minor, net_minor = self._due
        if release.order == "in_order" and self._earned.component.only is not None:
            return self._in_order(_payments(cash), gross_minor, net_minor)
        return _payments(cash), gross_minor, net_minor

    def _in_order(
        self, payments: list["_Payment"], gross_minor: int, net_minor: int
    ) -> tuple[list["_Payment"], int, int]:
        """R25: what of the payments is for the lines which the component counts, and what is due for these."""
        component, win = self._earned.component, self._earned.sale.win
        agreed = self._ledger.trade.agreements_of(win.deal_id)
        base = Base(kind="agreement_gross") if agreed else Base(kind="deal_amount")
        parts = parts_of_sale(self._ledger, win, base, agreed, on=win.on)
        dues = [max(0, rounded(Fraction(part.amount), "half_up")) for part in parts]
        asked = [is_asked(self._ledger, component, part) for part in parts]
        due_asked = sum(due for due, is_one in zip(dues, asked, strict=True) if is_one)
        if due_asked == 0 or gross_minor == 0:
            return payments, gross_minor, net_minor
        paid: list[_Payment] = []
        total = before = ZERO
        for each in payments:
            total += each.amount
            split = release_rules.payment_allocation(cash_minor=total, due_minor=dues)
            after = sum((part for part, is_one in zip(split, asked, strict=True) if is_one), ZERO)
            paid.append(replace(each, amount=after - before))
            before = after
        return paid, due_asked, due_asked

    def _in_time(self, release: Release, payment: "_Payment | None", released: Fraction) -> tuple[Fraction, Fraction]:
        """R26: what is kept of a step by its days, and what of that by an extension; without a day to count from all of it."""
        if release.expiry is None or payment is None:
            return released, ZERO
        anchor = release.expiry.anchor
        counted_from = self._invoice_day(payment) if anchor == "invoice" else self._anchors.get(anchor)
        if counted_from is None:
            return released, ZERO
        kept = partial(
            release_rules.expiry_of_release,
            release.expiry,
            released_minor=released,
            counted_from_on=counted_from,
            until_on=payment.received_on,
        )
        if self._earned.extended is None:
            return kept(extension_days=0), ZERO
        in_time = kept(extension_days=self._earned.extended.days)
        return in_time, in_time - kept(extension_days=0)

    def _days_to_cash(self, release: Release, payment: "_Payment | None") -> int | None:
        """R45: from the due date or the invoice to the cash; None where there is no such day."""
        if payment is None:
            return None
        is_by_invoice = release.speed_from == "invoice_date"
        counted_from = self._invoice_day(payment) if is_by_invoice else self._due_day(payment)
        return None if counted_from is None else (payment.received_on - counted_from).days

    def _invoice_day(self, payment: "_Payment") -> date | None:
        """The day of the invoice that the cash is for; else of the first one."""
        own = (invoice.on for invoice in self._invoices if invoice.invoice_id == payment.invoice_id)
        return next(own, None) or next((invoice.on for invoice in self._invoices), None)

    def _due_day(self, payment: "_Payment") -> date | None:
        """The due day of the invoice that the cash is for; else of the first invoice, else of the first instalment."""
        deal_id = self._earned.sale.win.deal_id
        of_invoice = [each.due_on for each in self._invoices if payment.invoice_id in (None, each.invoice_id)]
        of_plan = [part.due_on for each in self._ledger.trade.agreements_of(deal_id) for part in each.instalments]
        known = [day for day in of_invoice if day is not None] or of_plan
        return min(known) if known else None


@record
class _Payment:
    """The rest of one receipt's money for one invoice, or for the deal."""

    received_on: date
    invoice_id: UUID | None
    amount: release_rules.Amount
    fee_share: Fraction
    """The part of it that the bank kept."""

    def cash(self) -> release_rules.Cash:
        """As R24 counts it."""
        fee = self.amount * self.fee_share if self.fee_share else 0
        return release_rules.Cash(on=self.received_on, received_minor=self.amount - fee, fee_minor=fee)


def _payments(cash: Sequence[CashFact]) -> list[_Payment]:
    """One payment for each receipt and what it is for, by the days on which the money came."""
    amounts: dict[tuple[UUID, UUID | None], int] = {}
    first: dict[tuple[UUID, UUID | None], CashFact] = {}
    for each in cash:
        key = (each.receipt_id, each.invoice_id)
        amounts[key] = amounts.get(key, 0) + each.amount_minor
        first.setdefault(key, each)
    return [
        made_from(_Payment, each, amount=amounts[key])
        for key, each in sorted(first.items(), key=lambda found: (found[1].received_on, found[1].position))
    ]

"""What happened to a won deal that may take its commission back: the losses that clawback rules (R49) look at.

Amounts are minor units of what the customer owes, with tax; days business dates. A loss is a part of the deal, so that it is the
same part of every credit of it. What is agreed, what was paid back and what is overdue tell of the same revenue: of a downgrade
and the refund that follows it the greater is lost, not both.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from salesapi.domain.pay.calculation.claims import Claim
from salesapi.domain.pay.calculation.sales import anchors, cash_due, due_minor, follows_agreements
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.ledger.trade_facts import AgreementFact, InvoiceFact
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.clawbacks import ClawbackTrigger, Loss, cancellation_fee_kept, clawback
from salesapi.domain.pay.rules.commissionable_bases import ResidualTerms
from salesapi.domain.shared.dates import DaySpan, days_after, days_through

_Lost: TypeAlias = tuple[date, int, ClawbackTrigger, int]
"""From a day on, by the event of a position: so much is lost in all, as one way of looking at it tells."""


def losses_of(ledger: PayFacts, component: Component, win: Win) -> tuple[Loss, ...]:
    """All losses of a deal for the triggers that the component names, by day, then by what stated them.

    Of what is credited with its payments nothing else is lost than what goes back of these, which they tell themselves.
    """
    terms = component.clawback
    if terms is None or component.attributed == "payment" or (whole_minor := _whole_minor(ledger, component, win)) <= 0:
        return ()
    views = (_of_agreements, _of_money, _of_overdue)
    steps = sorted(
        (on, position, place, trigger, lost_minor)
        for place, view in enumerate(views)
        for on, position, trigger, lost_minor in view(ledger, component, win, whole_minor)
        if trigger in terms.rule.triggers
    )
    found: list[Loss] = []
    lost_minor_by_view = [0] * len(views)
    most_minor = 0
    for on, position, place, trigger, lost_minor in steps:
        lost_minor_by_view[place] = min(lost_minor, whole_minor)
        more_minor = max(lost_minor_by_view) - most_minor
        if more_minor > 0:
            most_minor += more_minor
            part = Fraction(more_minor, whole_minor)
            found.append(Loss(trigger=trigger, on=on, part=part, positions=(position,)))
    return tuple(found)


def claims_of(ledger: PayFacts, component: Component, win: Win) -> tuple[Claim, ...]:
    """R49: what the component's rule takes back of a deal, loss by loss, at whatever rate it was earned."""
    losses = losses_of(ledger, component, win)
    if component.clawback is None or not losses:
        return ()
    rule, term = component.clawback.rule, term_of(ledger, win)
    anchored_on = anchors(ledger, win).get(rule.anchor)
    claims = ((loss, clawback(rule, loss, anchored_on=anchored_on, term=term)) for loss in losses)
    return tuple(Claim(on=loss.on, part=part, positions=loss.positions) for loss, part in claims if part)


def term_of(ledger: PayFacts, win: Win) -> DaySpan | None:
    """The days that the deal's agreements run for, from the first to the last; None where no term is agreed."""
    spans = [
        (each.starts_on, each.ends_on)
        for each in ledger.trade.agreements_of(win.deal_id)
        if each.starts_on is not None and each.ends_on is not None
    ]
    if not spans:
        return None
    first_on, last_on = min(first for first, _ in spans), max(last for _, last in spans)
    return days_through(first_on, last_on=last_on)


def _whole_minor(ledger: PayFacts, component: Component, win: Win) -> int:
    """Computes what losses are parts of: what is agreed now where the base follows it, else what was signed."""
    agreed = ledger.trade.agreements_of(win.deal_id)
    if not agreed or follows_agreements(component):
        return due_minor(ledger, win)[0]
    return sum(_signed_minor(each) for each in agreed)


def _signed_minor(agreement: AgreementFact) -> int:
    return agreement.steps[0].gross_before_minor if agreement.steps else agreement.gross_minor


def _of_agreements(ledger: PayFacts, component: Component, win: Win, whole_minor: int) -> Iterator[_Lost]:
    """Cancellation before the term began, churn in it, downgrades: by how much less is agreed, but for the fee kept (R55)."""
    follows = follows_agreements(component)
    agreed = ledger.trade.agreements_of(win.deal_id)
    now = {each.agreement_id: each.state.total_minor if follows else _signed_minor(each) for each in agreed}
    steps = [(step.on, step.position, each, step) for each in agreed for step in each.steps if step.on is not None]
    for on, position, each, step in sorted(steps, key=lambda found: found[:2]):
        if not (step.kind == "amended" and follows):
            now[each.agreement_id] = step.gross_after_minor
            lost_minor = cancellation_fee_kept(agreed_minor=whole_minor, kept_minor=sum(now.values()))
            yield on, position, _trigger(each, step.kind, on), lost_minor


def _trigger(agreement: AgreementFact, kind: str, on: date) -> ClawbackTrigger:
    if kind == "amended":
        return "downgrade"
    return "churn" if agreement.starts_on is not None and on > agreement.starts_on else "cancellation"


def _of_money(ledger: PayFacts, component: Component, win: Win, whole_minor: int) -> Iterator[_Lost]:
    """Money paid back of what was owed, and credit notes: a note and the money that follows it are one loss.

    A sale that is an invoice is less by its notes without any clawback.
    """
    steps = [(cash.on, cash.position, cash.amount_minor, cash.is_refund, 0) for cash in cash_due(ledger, win)]
    is_by_invoice = isinstance(component.rate, ResidualTerms)
    for invoice in ledger.trade.invoices_of(win.deal_id) if not is_by_invoice else ():
        steps += [(note.on, note.position, 0, False, note.gross_minor) for note in invoice.notes if note.on is not None]
    paid_minor = back_minor = noted_minor = 0
    for on, position, amount_minor, is_refund, note_minor in sorted(steps):
        before, paid_minor = paid_minor, paid_minor + amount_minor
        if is_refund:
            back_minor += max(0, min(before, whole_minor)) - max(0, min(paid_minor, whole_minor))
        noted_minor += note_minor
        yield on, position, "refund", max(back_minor, noted_minor)


def _of_overdue(ledger: PayFacts, component: Component, win: Win, whole_minor: int) -> Iterator[_Lost]:
    """Invoices that are open so many days after their due date (坏账): what is open of them on that day.

    Money for the deal, and not for one of its invoices, pays these in the order in which they are due.
    """
    terms = component.clawback
    if terms is None or terms.non_payment_days is None:
        return
    invoices = ledger.trade.invoices_of(win.deal_id)
    of_deal = [cash for cash in cash_due(ledger, win) if cash.invoice_id is None]
    dated = [(invoice.due_on, invoice) for invoice in invoices if invoice.due_on is not None]
    covered_minor = lost_minor = 0
    for due_on, invoice in sorted(dated, key=lambda found: (found[0], found[1].position)):
        on = days_after(due_on, terms.non_payment_days)
        open_minor = max(0, _open_minor(ledger, invoice, on))
        free_minor = max(0, sum(cash.amount_minor for cash in of_deal if cash.on <= on) - covered_minor)
        covered_minor += min(open_minor, free_minor)
        lost_minor += max(0, open_minor - free_minor)
        yield on, invoice.position, "non_payment", lost_minor


def _open_minor(ledger: PayFacts, invoice: InvoiceFact, on: date) -> int:
    credited = sum(note.gross_minor for note in invoice.notes if note.on is not None and note.on <= on)
    paid = sum(cash.amount_minor for cash in ledger.trade.cash_of_invoice(invoice) if cash.on <= on)
    return invoice.gross_minor - credited - paid

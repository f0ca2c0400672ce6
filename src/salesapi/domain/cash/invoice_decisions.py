"""Decisions about invoices, and the declaration of the stream `invoice`. Facts and requests are in `invoices.py`."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.domain.cash import invoices
from salesapi.domain.cash.agreements import Agreement, AgreementLineUnknown, AgreementNotSigned
from salesapi.domain.cash.invoices import Invoice, InvoiceEvent, evolve, gross_minor
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import AMOUNT_MINOR_MAX, CASHIERS, Context, Facts, external_identity, refuse_existing
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.references import referred, refuse_unknown
from salesapi.domain.shared.states import made_from


def issue(
    state: Invoice | None, command: invoices.IssueInvoice, context: Context
) -> tuple[invoices.InvoiceIssued, ...]:
    """Decides `IssueInvoice`."""
    refuse_existing(state, context, "invoice", pointer="/number" if command.agreement_id else "/external_id")
    exponent(command.currency, pointer="/currency")
    amount_minor, tax_minor = _amounts(command)
    issued_on = context.occurred.on if context.occurred else None
    if issued_on is not None and command.due_on is not None and command.due_on < issued_on:
        raise invoices.InvoiceDueBeforeIssue(due_on=str(command.due_on), issued_on=str(issued_on), pointer="/due_on")
    return (
        made_from(
            invoices.InvoiceIssued,
            command,
            customer_id=_customer_of(command, gross_minor(amount_minor, tax_minor), context.facts),
            amount_minor=amount_minor,
            tax_minor=tax_minor,
        ),
    )


def issue_credit_note(
    state: Invoice, command: invoices.IssueCreditNote, context: Context
) -> tuple[invoices.InvoiceCreditNoteIssued, ...]:
    """Decides `IssueCreditNote`."""
    _refuse_voided(state)
    if command.number is not None and command.number in state.credit_notes:
        raise invoices.CreditNoteRepeated(number=command.number, pointer="/number")
    if state.credit_note_count >= invoices.CREDIT_NOTES_MAX:
        raise invoices.CreditNotesFull(most=invoices.CREDIT_NOTES_MAX)
    left_minor = state.total_minor - state.credited_minor
    if gross_minor(command.amount_minor, command.tax_minor) > left_minor:
        raise invoices.CreditNoteTooLarge(
            left_minor=left_minor, total_minor=state.total_minor, currency=state.currency, pointer="/amount_minor"
        )
    return (
        made_from(invoices.InvoiceCreditNoteIssued, command, agreement_id=state.agreement_id, currency=state.currency),
    )


def dispute(state: Invoice, command: invoices.DisputeInvoice, context: Context) -> tuple[invoices.InvoiceDisputed, ...]:
    """Decides `DisputeInvoice`. One that is disputed stays as it is."""
    _refuse_voided(state)
    return () if state.is_disputed else (invoices.InvoiceDisputed(reason=command.reason),)


def resolve_dispute(
    state: Invoice, command: invoices.ResolveInvoiceDispute, context: Context
) -> tuple[invoices.InvoiceDisputeResolved, ...]:
    """Decides `ResolveInvoiceDispute`. Without a dispute nothing changes."""
    _refuse_voided(state)
    return (invoices.InvoiceDisputeResolved(outcome=command.outcome),) if state.is_disputed else ()


def void(state: Invoice, command: invoices.VoidInvoice, context: Context) -> tuple[invoices.InvoiceVoided, ...]:
    """Decides `VoidInvoice`. What was paid on it stays allocated until it is refunded."""
    _refuse_voided(state)
    return (made_from(invoices.InvoiceVoided, state, reason=command.reason),)


def _amounts(command: invoices.IssueInvoice) -> tuple[int, int | None]:
    """Net amount and tax of the whole."""
    if command.amount_minor is not None and not command.lines:
        amount_minor, tax_minor = command.amount_minor, command.tax_minor
    elif command.amount_minor is None and command.tax_minor is None and command.lines:
        taxes = [line.tax_minor for line in command.lines if line.tax_minor is not None]
        amount_minor, tax_minor = sum(line.amount_minor for line in command.lines), sum(taxes) if taxes else None
    else:
        raise invoices.InvoiceAmountUnclear(pointer="/amount_minor")
    total_minor = gross_minor(amount_minor, tax_minor)
    if not 0 < total_minor <= AMOUNT_MINOR_MAX or not 0 <= amount_minor <= AMOUNT_MINOR_MAX:
        raise invoices.InvoiceAmountInvalid(
            total_minor=str(total_minor), currency=command.currency, most_minor=str(AMOUNT_MINOR_MAX), pointer="/lines"
        )
    return amount_minor, tax_minor


def _customer_of(command: invoices.IssueInvoice, total_minor: int, facts: Facts) -> UUID | None:
    """Finds who owes it: the agreement's customer, where there is one. Refuses what does not fit the agreement."""
    refuse_unknown(command, facts, "customer_id")
    if command.agreement_id is None:
        _refuse_unknown_lines(command.lines, ())
        return command.customer_id
    agreement = referred(command, "agreement_id", Agreement, facts)
    if agreement.status == "draft":
        raise AgreementNotSigned(status=agreement.status, pointer="/agreement_id")
    if command.customer_id not in (None, agreement.customer_id):
        raise invoices.InvoiceOfAnotherCustomer(pointer="/customer_id")
    if command.currency != agreement.currency:
        raise invoices.InvoiceCurrencyForeign(currency=agreement.currency, pointer="/currency")
    _refuse_unknown_lines(command.lines, [line.key for line in agreement.lines])
    if total_minor > agreement.total_minor:
        raise invoices.InvoiceAboveAgreement(
            total_minor=total_minor,
            agreed_minor=agreement.total_minor,
            currency=command.currency,
            pointer="/amount_minor",
        )
    return agreement.customer_id


def _refuse_unknown_lines(lines: tuple[invoices.InvoiceLine, ...], known: Sequence[str]) -> None:
    for index, line in enumerate(lines):
        if line.line_key is not None and line.line_key not in known:
            raise AgreementLineUnknown(line=line.line_key, lines=known, pointer=f"/lines/{index}/line_key")


def _refuse_voided(state: Invoice) -> None:
    if state.is_voided:
        raise invoices.InvoiceIsVoided(number=state.number)


def _identity(command: invoices.IssueInvoice) -> tuple[str, ...] | None:
    """Within an agreement the number; else the id in another system."""
    if command.agreement_id is not None:
        return ("agreement", str(command.agreement_id), command.number)
    return external_identity(command)


STREAM: Final = Stream[Invoice, InvoiceEvent](
    kind="invoice",
    plural="invoices",
    evolve=evolve,
    commands=(
        creates(invoices.IssueInvoice, decide=issue, roles=CASHIERS, identity=_identity),
        changes(invoices.IssueCreditNote, decide=issue_credit_note, roles=CASHIERS, target="invoice_id"),
        changes(invoices.DisputeInvoice, decide=dispute, roles=CASHIERS, target="invoice_id"),
        changes(invoices.ResolveInvoiceDispute, decide=resolve_dispute, roles=CASHIERS, target="invoice_id"),
        changes(invoices.VoidInvoice, decide=void, roles=CASHIERS, target="invoice_id"),
    ),
)

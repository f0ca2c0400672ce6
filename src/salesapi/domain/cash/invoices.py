"""Invoices: what a customer owes, and what of it was credited or is disputed. Stream `invoice`.

Amounts are minor units of the invoice's currency: net, with the tax beside. The day of issue is the business time of
`IssueInvoice`, where known. An invoice may belong to an agreement, or to none: no agreement is invented. Within an agreement
its number is unique. What was paid stands in `receipts.py`, the decisions in `invoice_decisions.py`.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Gt, MaxLen

from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    ExternalId,
    Key,
    Kind,
    Reason,
    Recorded,
    Refers,
    Refused,
    Title,
    record,
)
from salesapi.domain.shared.states import made_from

LINES_MAX: Final = 200
"""Most lines of one invoice."""
CREDIT_NOTES_MAX: Final = 200
"""Most credit notes against one invoice."""


@record
class InvoiceLine:
    """A part of an invoice, for a line of its agreement where it has one."""

    amount_minor: Annotated[AmountMinor, About("Net amount; a discount is negative.")]
    tax_minor: Annotated[AmountMinor | None, About("Its tax; null where none is stated.")] = None
    line_key: Annotated[Key | None, About("Key of the agreement's line, where it is for one.")] = None
    description: Annotated[Title | None, About("A business label, stored in clear.")] = None


@record
class InvoiceIssued:
    number: str
    customer_id: UUID | None
    agreement_id: UUID | None
    amount_minor: int
    tax_minor: int | None
    currency: str
    lines: tuple[InvoiceLine, ...]
    due_on: date | None
    external_id: ExternalId | None


@record
class InvoiceCreditNoteIssued:
    """So much of the invoice is no longer owed, or is given back."""

    number: str | None
    agreement_id: UUID | None
    amount_minor: int
    tax_minor: int | None
    currency: str
    reason: str


@record
class InvoiceDisputed:
    """The customer contests it; it stays due."""

    reason: str | None


@record
class InvoiceDisputeResolved:
    outcome: str | None


@record
class InvoiceVoided:
    """Issued by mistake: nothing of it is owed, audit shows it. The amounts, with taxes, are those that fall."""

    agreement_id: UUID | None
    total_minor: int
    credited_minor: int
    currency: str
    reason: str


InvoiceEvent: TypeAlias = (
    InvoiceIssued | InvoiceCreditNoteIssued | InvoiceDisputed | InvoiceDisputeResolved | InvoiceVoided
)

InvoiceId: TypeAlias = Annotated[UUID, About("The invoice.")]


@record
class IssueInvoice:
    """Records an invoice. Its day of issue is `occurred_at`, where known.

    Send either the amount of the whole, or lines: their sum is then the amount. An invoice of an agreement is in its
    currency, for its customer and at most its total; what all invoices of an agreement sum to is not bounded.
    """

    number: Annotated[Key, About("Number of the invoice, unique within its agreement.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code.")]
    amount_minor: Annotated[
        AmountMinor | None, Gt(0), About("Net amount in minor units; null where lines are sent.")
    ] = None
    tax_minor: Annotated[
        AmountMinor | None, Ge(0), About("Tax on top; null where none is stated: the amount is then the whole.")
    ] = None
    lines: Annotated[tuple[InvoiceLine, ...], MaxLen(LINES_MAX), About("What it is for.")] = ()
    due_on: Annotated[PlannedDate | None, About("Last day on which it is paid in time, where known.")] = None
    customer_id: Annotated[
        UUID | None,
        Refers("customer"),
        About("The customer who owes it, where known; of an agreement it is its customer."),
    ] = None
    agreement_id: Annotated[
        UUID | None, Refers("agreement"), About("The agreement that it is for, where there is one.")
    ] = None
    external_id: Annotated[
        ExternalId | None, About("Its id in another system; unique there, except where there is an agreement.")
    ] = None


@record
class IssueCreditNote:
    """Takes back a part of an invoice, or all of it. Credit notes never exceed their invoice."""

    invoice_id: InvoiceId
    amount_minor: Annotated[AmountMinor, Gt(0), About("Net amount in minor units.")]
    tax_minor: Annotated[AmountMinor | None, Ge(0), About("Tax on top; null where none is stated.")] = None
    number: Annotated[Key | None, About("Number of the credit note, unique within the invoice.")] = None
    reason: Annotated[Reason, About("Why it is given.")]


@record
class DisputeInvoice:
    """Notes that the customer contests an invoice. It stays due, and is told apart."""

    invoice_id: InvoiceId
    reason: Annotated[Reason | None, About("What is contested, where known.")] = None


@record
class ResolveInvoiceDispute:
    """Notes that a dispute about an invoice is over."""

    invoice_id: InvoiceId
    outcome: Annotated[Reason | None, About("How it ended, where known.")] = None


@record
class VoidInvoice:
    """Withdraws an invoice that was issued by mistake: nothing of it is owed."""

    invoice_id: InvoiceId
    reason: Annotated[Reason, About("Why it is withdrawn.")]


class InvoiceIsVoided(Refused):
    """A voided invoice takes no more commands."""

    code = "invoice.voided"
    message = "The invoice {number} is voided."


class InvoiceAmountUnclear(Refused):
    """The amount is stated once: as a whole or by lines."""

    code = "invoice.amount_unclear"
    kind = Kind.MALFORMED
    message = "Send either `amount_minor`, with its tax, or `lines`."


class InvoiceAmountInvalid(Refused):
    """An invoice asks for money."""

    code = "invoice.amount_invalid"
    message = "The invoice would be for {total_minor} minor units ({currency}); it is for 1 to {most_minor}."


class InvoiceDueBeforeIssue(Refused):
    """Nothing is due before it is asked for."""

    code = "invoice.due_before_issue"
    message = "The invoice would be due on {due_on}, before it is issued on {issued_on}."


class InvoiceOfAnotherCustomer(Refused):
    """An agreement's invoices go to its customer."""

    code = "invoice.of_another_customer"
    message = "The agreement is with another customer; leave `customer_id` out."


class InvoiceCurrencyForeign(Refused):
    """An agreement's invoices are in its currency."""

    code = "invoice.currency_foreign"
    message = "The agreement is in {currency}; its invoices are too."


class InvoiceAboveAgreement(Refused):
    """An invoice asks for no more than was agreed."""

    code = "invoice.above_agreement"
    message = (
        "The invoice is for {total_minor} minor units ({currency}), its agreement for {agreed_minor}; amend it first."
    )


class CreditNoteTooLarge(Refused):
    """Credit notes never exceed the invoice."""

    code = "invoice.credit_note_too_large"
    message = "Only {left_minor} of {total_minor} minor units ({currency}) are not credited yet."


class CreditNoteRepeated(Refused):
    """Credit notes of an invoice are told apart by their numbers."""

    code = "invoice.credit_note_repeated"
    message = "The invoice has a credit note {number} already."


class CreditNotesFull(Refused):
    """The bound of credit notes is reached."""

    code = "invoice.too_many_credit_notes"
    message = "An invoice has at most {most} credit notes."


@record
class Invoice:
    """The state that decisions need."""

    number: str
    agreement_id: UUID | None
    currency: str
    total_minor: int
    credited_minor: int = 0
    credit_note_count: int = 0
    credit_notes: frozenset[str] = frozenset()
    is_disputed: bool = False
    is_voided: bool = False


def gross_minor(amount_minor: int, tax_minor: int | None) -> int:
    """Net amount and tax together; where no tax is stated, the amount is the whole."""
    return amount_minor + (tax_minor or 0)


def evolve(state: Invoice | None, event: InvoiceEvent, recorded: Recorded) -> Invoice:
    """Folds the stream to its state."""
    if isinstance(event, InvoiceIssued):
        return made_from(Invoice, event, total_minor=gross_minor(event.amount_minor, event.tax_minor))
    assert state is not None, "an invoice begins with invoice.issued"
    match event:
        case InvoiceCreditNoteIssued():
            return replace(
                state,
                credited_minor=state.credited_minor + gross_minor(event.amount_minor, event.tax_minor),
                credit_note_count=state.credit_note_count + 1,
                credit_notes=state.credit_notes | ({event.number} if event.number else frozenset()),
            )
        case InvoiceDisputed():
            return replace(state, is_disputed=True)
        case InvoiceDisputeResolved():
            return replace(state, is_disputed=False)
        case InvoiceVoided():
            return replace(state, is_voided=True)
        case _:
            assert_never(event)

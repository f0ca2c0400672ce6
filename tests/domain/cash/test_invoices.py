"""What may happen to invoices, in sentences."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salesapi.domain.cash import invoices
from salesapi.domain.cash.agreement_lines import AgreedLine
from salesapi.domain.cash.agreements import Agreement, AgreementLineUnknown, AgreementNotSigned
from salesapi.domain.shared.kernel import (
    AMOUNT_MINOR_MAX,
    ExternalId,
    Ref,
    Refused,
    StreamRef,
    ThingExists,
    ThingUnknown,
)
from salesapi.domain.shared.money import CurrencyUnknown
from salesapi.domain.shared.states import made_from
from tests.spec import SUBJECT, given, identity_of, uid
from tests.values_by_type import bare

CUSTOMER, AGREEMENT, DRAFT, OTHER, UNKNOWN = uid(1), uid(2), uid(3), uid(4), uid(99)
LINE = bare(AgreedLine, key="licence", quantity=Decimal(1), amount_minor=10_000, tax_minor=600)
KNOWN: dict[Ref, object] = {
    StreamRef("customer", CUSTOMER): object(),
    StreamRef("customer", OTHER): object(),
    StreamRef("agreement", AGREEMENT): Agreement(customer_id=CUSTOMER, currency="CNY", status="signed", lines=(LINE,)),
    StreamRef("agreement", DRAFT): Agreement(customer_id=CUSTOMER, currency="CNY"),
}
REFERENCE = ExternalId(system="erp", id="611365")
DUE = date(2026, 4, 1)
ISSUE = invoices.IssueInvoice(
    number="611365", currency="CNY", amount_minor=10_000, tax_minor=600, due_on=DUE, customer_id=CUSTOMER
)
ISSUED = made_from(invoices.InvoiceIssued, ISSUE, amount_minor=10_000)
VOIDED = bare(invoices.InvoiceVoided, total_minor=10_600, credited_minor=0, currency="CNY", reason="typed twice")


def credit_note(amount_minor: int, tax_minor: int | None = None, number: str | None = None) -> invoices.IssueCreditNote:
    return invoices.IssueCreditNote(
        invoice_id=SUBJECT, amount_minor=amount_minor, tax_minor=tax_minor, number=number, reason="damaged"
    )


def credited(
    amount_minor: int, tax_minor: int | None = None, number: str | None = None
) -> invoices.InvoiceCreditNoteIssued:
    return invoices.InvoiceCreditNoteIssued(
        number=number,
        agreement_id=None,
        amount_minor=amount_minor,
        tax_minor=tax_minor,
        currency="CNY",
        reason="damaged",
    )


def test_an_invoice_without_an_agreement_stays_one() -> None:
    given().facts(KNOWN).when(ISSUE).then(ISSUED)


def test_of_an_invoice_only_number_currency_and_amount_need_to_be_known() -> None:
    given().on(None).when(invoices.IssueInvoice(number="7", currency="JPY", amount_minor=500)).then(
        bare(invoices.InvoiceIssued, number="7", amount_minor=500, currency="JPY")
    )


def test_an_invoice_of_an_agreement_is_owed_by_its_customer() -> None:
    issue = replace(ISSUE, agreement_id=AGREEMENT, customer_id=None)
    given().facts(KNOWN).when(issue).then(replace(ISSUED, agreement_id=AGREEMENT))


def test_the_amount_of_an_invoice_by_lines_is_their_sum() -> None:
    lines = (
        invoices.InvoiceLine(amount_minor=9_000, tax_minor=540, line_key="licence"),
        invoices.InvoiceLine(amount_minor=-500, description="Discount"),
    )
    issue = replace(ISSUE, agreement_id=AGREEMENT, amount_minor=None, tax_minor=None, lines=lines)
    issued = replace(ISSUED, agreement_id=AGREEMENT, amount_minor=8_500, tax_minor=540, lines=lines)
    given().facts(KNOWN).when(issue).then(issued)


def test_a_number_is_given_once_within_an_agreement_and_an_external_id_once_without_one() -> None:
    again = replace(ISSUE, agreement_id=AGREEMENT, external_id=REFERENCE)
    given(ISSUED).facts(KNOWN).when(again).refused(ThingExists, pointer="/number")
    given(ISSUED).facts(KNOWN).when(replace(ISSUE, external_id=REFERENCE)).refused(ThingExists, pointer="/external_id")
    assert identity_of(again) == ("agreement", str(AGREEMENT), "611365")
    assert identity_of(replace(ISSUE, external_id=REFERENCE)) == ("erp", "611365")
    assert identity_of(ISSUE) is None


def test_credit_notes_take_back_an_invoice_in_parts_and_never_more() -> None:
    case = given(ISSUED, credited(4_000, 240))
    case.when(credit_note(6_000, 360)).then(credited(6_000, 360))
    refused = case.when(credit_note(6_000, 361)).refused(invoices.CreditNoteTooLarge)
    assert refused.parameters == {"left_minor": 6_360, "total_minor": 10_600, "currency": "CNY"}


def test_credit_notes_of_an_invoice_are_bounded() -> None:
    notes = (credited(1),) * invoices.CREDIT_NOTES_MAX
    given(ISSUED, *notes).when(credit_note(1)).refused(invoices.CreditNotesFull)


def test_a_dispute_is_noted_once_and_resolved_once() -> None:
    disputed = invoices.InvoiceDisputed(reason="wrong quantity")
    dispute = invoices.DisputeInvoice(invoice_id=SUBJECT, reason="wrong quantity")
    resolve = invoices.ResolveInvoiceDispute(invoice_id=SUBJECT, outcome="delivered again")
    given(ISSUED).when(dispute).then(disputed)
    given(ISSUED, disputed).when(dispute).then()
    given(ISSUED, disputed).when(resolve).then(invoices.InvoiceDisputeResolved(outcome="delivered again"))
    given(ISSUED).when(resolve).then()


def test_an_invoice_issued_by_mistake_is_voided_and_takes_no_more_commands() -> None:
    given(ISSUED).when(invoices.VoidInvoice(invoice_id=SUBJECT, reason="typed twice")).then(VOIDED)


OF_AGREEMENT = replace(ISSUE, agreement_id=AGREEMENT)
BY_LINES = replace(OF_AGREEMENT, amount_minor=None, tax_minor=None)
TOO_MUCH = 99_999


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        ((), replace(ISSUE, currency="XXX", lines=(invoices.InvoiceLine(amount_minor=1),)), CurrencyUnknown),
        ((), replace(ISSUE, amount_minor=None, due_on=date(2026, 1, 1)), invoices.InvoiceAmountUnclear),
        (
            (),
            replace(ISSUE, lines=(invoices.InvoiceLine(amount_minor=1),), due_on=date(2026, 1, 1)),
            invoices.InvoiceAmountUnclear,
        ),
        ((), replace(BY_LINES, lines=(invoices.InvoiceLine(amount_minor=-1),)), invoices.InvoiceAmountInvalid),
        ((), replace(ISSUE, amount_minor=AMOUNT_MINOR_MAX, tax_minor=1), invoices.InvoiceAmountInvalid),
        ((), replace(ISSUE, due_on=date(2026, 3, 1), customer_id=UNKNOWN), invoices.InvoiceDueBeforeIssue),
        ((), replace(ISSUE, customer_id=UNKNOWN, agreement_id=UNKNOWN), ThingUnknown),
        ((), replace(OF_AGREEMENT, agreement_id=UNKNOWN), ThingUnknown),
        ((), replace(OF_AGREEMENT, agreement_id=DRAFT, customer_id=OTHER), AgreementNotSigned),
        ((), replace(OF_AGREEMENT, customer_id=OTHER, currency="USD"), invoices.InvoiceOfAnotherCustomer),
        ((), replace(OF_AGREEMENT, currency="USD", amount_minor=TOO_MUCH), invoices.InvoiceCurrencyForeign),
        (
            (),
            replace(BY_LINES, lines=(invoices.InvoiceLine(amount_minor=TOO_MUCH, line_key="support"),)),
            AgreementLineUnknown,
        ),
        ((), replace(OF_AGREEMENT, amount_minor=10_001), invoices.InvoiceAboveAgreement),
        ((ISSUED, VOIDED), credit_note(TOO_MUCH), invoices.InvoiceIsVoided),
        ((ISSUED, credited(1, number="C1")), credit_note(TOO_MUCH, number="C1"), invoices.CreditNoteRepeated),
        ((ISSUED, VOIDED), invoices.DisputeInvoice(invoice_id=SUBJECT), invoices.InvoiceIsVoided),
        ((ISSUED, VOIDED), invoices.ResolveInvoiceDispute(invoice_id=SUBJECT), invoices.InvoiceIsVoided),
        ((ISSUED, VOIDED), invoices.VoidInvoice(invoice_id=SUBJECT, reason="again"), invoices.InvoiceIsVoided),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(*events).facts(KNOWN).when(command).refused(refusal)

"""Read models of agreements and invoices: given facts, the rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from salesapi.domain.cash import agreements, invoices, receipts
from salesapi.domain.cash.agreement_lines import AgreementLine, AgreementLineChange, Instalment
from salesapi.projections.cash import agreements as agreement_rows
from salesapi.projections.cash import invoices as invoice_rows
from salesapi.projections.cash import receipts as receipt_rows
from salesapi.projections.cash.agreements import AgreementRow
from salesapi.projections.cash.invoices import InvoiceEntry, InvoiceRow
from salesapi.projections.cash.receipts import ReceiptRow
from tests.domain.examples import ACME, DEAL, PRODUCT
from tests.projections.histories import Fact, rows
from tests.spec import uid
from tests.values_by_type import bare, built

AGREEMENT, INVOICE, OTHER_INVOICE, RECEIPT, NEXT = uid(0xA1), uid(0x11), uid(0x12), uid(0xEC), uid(0xA2)
DRAFTED = built(agreements.AgreementDrafted, customer_id=ACME, currency="CNY")
SEATS = AgreementLine(
    key="seats", product_id=PRODUCT, quantity=Decimal(10), amount_minor=10_000, tax_minor=600, recurring=True
)
PLAN = Instalment(key="all", due_on=date(2026, 4, 1), amount_minor=10_600)
SIGNED = agreements.AgreementSigned(
    lines=(SEATS,), instalments=(PLAN,), starts_on=date(2026, 3, 1), ends_on=date(2027, 2, 28), payment_days=30
)
ISSUED = built(
    invoices.InvoiceIssued,
    customer_id=ACME,
    agreement_id=None,
    amount_minor=1_000,
    tax_minor=60,
    currency="CNY",
    lines=(),
)
RECORDED = built(receipts.ReceiptRecorded, amount_minor=5_000, currency="CNY")


def paid(amount_minor: int, on: str | None, invoice_id: UUID = INVOICE) -> receipts.ReceiptAllocated:
    day = date.fromisoformat(on) if on else None
    return bare(
        receipts.ReceiptAllocated, invoice_id=invoice_id, amount_minor=amount_minor, currency="CNY", received_on=day
    )


def refunded(amount_minor: int) -> receipts.ReceiptRefunded:
    return bare(
        receipts.ReceiptRefunded, invoice_id=INVOICE, amount_minor=amount_minor, currency="CNY", reason="returned"
    )


def bounced(*parts: receipts.ReceiptPart) -> receipts.ReceiptReversed:
    return receipts.ReceiptReversed(amount_minor=5_000, currency="CNY", parts=parts, reason="bounced")


def credited(amount_minor: int, tax_minor: int | None = None, agreement_id: UUID | None = None) -> object:
    given = {"amount_minor": amount_minor, "tax_minor": tax_minor, "agreement_id": agreement_id}
    return built(invoices.InvoiceCreditNoteIssued, currency="CNY", **given)


def invoice(*facts: Fact) -> InvoiceRow:
    """The row of the invoice, issued on 2 March, after these facts."""
    (row,) = rows(invoice_rows.PROJECTION, InvoiceRow, Fact(INVOICE, ISSUED, "2026-03-02"), *facts)
    return row


def agreement(*facts: Fact) -> AgreementRow:
    """The row of the agreement, signed on 20 February, after these facts."""
    first = (Fact(AGREEMENT, DRAFTED), Fact(AGREEMENT, SIGNED, "2026-02-20"))
    (row,) = rows(agreement_rows.PROJECTION, AgreementRow, *first, *facts)
    return row


def test_an_agreement_shows_lines_and_plan_after_its_amendments() -> None:
    more = AgreementLineChange(key="seats", quantity=Decimal(2), amount_minor=2_000)
    later = Instalment(key="more", due_on=date(2026, 9, 1), amount_minor=2_000)
    amended = agreements.AgreementAmended(lines=(more,), instalments=(later,), effective_on=None, reason="grown")
    delivered = agreements.AgreementFulfilmentReported(line_key="seats", step="delivered", quantity=Decimal(3))
    accepted = replace(delivered, step="accepted", quantity=Decimal(1))
    live = replace(delivered, step="live", quantity=Decimal(2))
    costed = agreements.AgreementCostRestated(line_key="seats", cost_from=None, cost_to=4_000, reason="bill")
    row = agreement(*(Fact(AGREEMENT, event) for event in (amended, delivered, accepted, live, costed)))
    (line,) = row.lines
    assert [line.quantity, line.delivered, line.accepted, line.live] == [Decimal(count) for count in (12, 3, 1, 2)]
    assert (line.amount_minor, line.tax_minor, line.cost_minor) == (12_000, 600, 4_000)
    assert (line.recurring, row.payment_days) == (True, 30)
    assert (row.total_minor, row.instalments, row.amendment_count) == (12_600, (PLAN, later), 1)
    assert (row.signed_on, row.ends_on) == (date(2026, 2, 20), date(2027, 2, 28))


def test_a_cancelled_agreement_says_from_when_and_what_is_kept() -> None:
    cancelled = agreements.AgreementCancelled(
        status_from="signed", effective_on=date(2026, 6, 1), fee_kept_minor=500, reason="closed"
    )
    row = agreement(Fact(AGREEMENT, agreements.AgreementRenewed(renewed_by=NEXT)), Fact(AGREEMENT, cancelled))
    assert (row.status, row.cancelled_on, row.fee_kept_minor) == ("cancelled", date(2026, 6, 1), 500)
    assert (row.reason, row.renewed_by, row.version) == ("closed", NEXT, 4)


def test_an_agreement_knows_what_was_invoiced_on_it_without_voided_invoices() -> None:
    on_it = replace(ISSUED, agreement_id=AGREEMENT)
    facts = (
        Fact(INVOICE, on_it),
        Fact(OTHER_INVOICE, on_it),
        Fact(INVOICE, credited(100, 6, agreement_id=AGREEMENT)),
        Fact(uid(0x13), ISSUED),
    )
    row = agreement(*facts)
    assert (row.invoiced_minor, row.credited_minor, row.version, row.position) == (2_120, 106, 2, 5)
    voided = invoices.InvoiceVoided(
        agreement_id=AGREEMENT, total_minor=1_060, credited_minor=106, currency="CNY", reason="twice"
    )
    row = agreement(*facts, Fact(INVOICE, voided))
    assert (row.invoiced_minor, row.credited_minor) == (1_060, 0)


def test_an_invoice_is_settled_on_the_day_on_which_the_last_money_came() -> None:
    part = Fact(RECEIPT, paid(60, "2026-03-05"), "2026-03-20")
    assert (invoice(part).open_minor, invoice(part).settled_on) == (1_000, None)
    row = invoice(part, Fact(RECEIPT, paid(1_000, "2026-03-09"), "2026-03-21"))
    assert (row.open_minor, row.allocated_minor, row.settled_on) == (0, 1_060, date(2026, 3, 9))
    assert (row.version, row.position) == (1, 3)


def test_an_invoice_is_paid_in_another_currency_by_what_that_settles() -> None:
    dollars = receipts.Settled(amount_minor=400, currency="CNY")
    half = replace(paid(60, "2026-03-05"), currency="USD", settled=dollars)
    back = replace(refunded(15), currency="USD", settled=receipts.Settled(amount_minor=100, currency="CNY"))
    row = invoice(Fact(RECEIPT, half), Fact(RECEIPT, back, "2026-03-09"))
    assert (row.allocated_minor, row.open_minor) == (300, 760)
    left = receipts.ReceiptPart(
        deal_id=None, invoice_id=INVOICE, amount_minor=45, settled=replace(dollars, amount_minor=300)
    )
    fallen = replace(bounced(left), currency="USD")
    row = invoice(Fact(RECEIPT, half), Fact(RECEIPT, back, "2026-03-09"), Fact(RECEIPT, fallen, "2026-03-10"))
    assert (row.allocated_minor, row.open_minor) == (0, 1_060)


def test_money_that_came_before_the_invoice_counts_from_its_issue() -> None:
    row = invoice(Fact(RECEIPT, paid(1_060, "2026-01-15")))
    assert (row.settled_on, row.entries[0].on) == (date(2026, 3, 2), date(2026, 3, 2))


def test_of_money_from_an_unknown_day_the_day_of_its_allocation_counts() -> None:
    assert invoice(Fact(RECEIPT, paid(1_060, None), "2026-03-07")).settled_on == date(2026, 3, 7)
    undated = invoice(Fact(RECEIPT, paid(1_060, None), None))
    assert (undated.open_minor, undated.settled_on) == (0, None)


def test_an_invoice_is_open_again_once_its_receipt_bounces() -> None:
    other = receipts.ReceiptPart(deal_id=None, invoice_id=OTHER_INVOICE, amount_minor=9)
    part = receipts.ReceiptPart(deal_id=None, invoice_id=INVOICE, amount_minor=1_060)
    facts = (
        Fact(OTHER_INVOICE, ISSUED, "2026-03-02"),
        Fact(RECEIPT, paid(1_060, "2026-03-05")),
        Fact(RECEIPT, paid(9, "2026-03-05", OTHER_INVOICE)),
        Fact(RECEIPT, bounced(part, other, receipts.ReceiptPart(deal_id=DEAL, amount_minor=1)), "2026-03-12"),
    )
    row, second = rows(invoice_rows.PROJECTION, InvoiceRow, Fact(INVOICE, ISSUED, "2026-03-02"), *facts)
    assert (row.open_minor, row.settled_on, second.open_minor) == (1_060, None, 1_060)
    assert row.entries == (
        InvoiceEntry(on=date(2026, 3, 5), allocated_minor=1_060, credited_minor=0),
        InvoiceEntry(on=date(2026, 3, 12), allocated_minor=-1_060, credited_minor=0),
    )


def test_a_credit_note_settles_the_rest_and_a_refund_after_it_opens_nothing() -> None:
    facts = (
        Fact(RECEIPT, paid(1_060, "2026-03-05")),
        Fact(INVOICE, credited(100, 6), "2026-03-20"),
        Fact(RECEIPT, refunded(106), "2026-03-25"),
    )
    row = invoice(*facts)
    assert (row.allocated_minor, row.credited_minor, row.open_minor) == (954, 106, 0)
    assert (row.settled_on, row.version) == (date(2026, 3, 5), 2)


def test_a_voided_invoice_owes_nothing_whatever_is_paid_on_it() -> None:
    voided = invoices.InvoiceVoided(
        agreement_id=None, total_minor=1_060, credited_minor=0, currency="CNY", reason="twice"
    )
    row = invoice(Fact(INVOICE, voided), Fact(RECEIPT, paid(60, "2026-03-05")))
    assert (row.is_voided, row.open_minor, row.settled_on, row.reason) == (True, 0, None, "twice")


def test_a_dispute_that_is_over_is_remembered() -> None:
    row = invoice(Fact(INVOICE, invoices.InvoiceDisputed(reason=None), None))
    assert (row.is_disputed, row.was_disputed) == (True, True)
    row = invoice(
        Fact(INVOICE, invoices.InvoiceDisputed(reason="count"), None),
        Fact(INVOICE, invoices.InvoiceDisputeResolved(outcome="sent anew")),
    )
    assert (row.is_disputed, row.was_disputed, row.reason) == (False, True, "sent anew")


def test_a_receipt_shows_what_is_for_invoices_and_what_was_paid_back() -> None:
    facts = (Fact(RECEIPT, RECORDED), Fact(RECEIPT, paid(1_060, "2026-03-02")), Fact(RECEIPT, refunded(60)))
    (row,) = rows(receipt_rows.PROJECTION, ReceiptRow, *facts)
    assert row.allocations == (receipts.ReceiptPart(deal_id=None, invoice_id=INVOICE, amount_minor=1_000),)
    assert (row.allocated_minor, row.refunded_minor) == (1_000, 60)

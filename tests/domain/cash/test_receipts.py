"""What may happen to receipts, in sentences."""

from dataclasses import replace
from uuid import UUID

import pytest

from salesapi.domain.cash import receipts
from salesapi.domain.cash.invoices import Invoice, InvoiceIsVoided
from salesapi.domain.cash.receipts import AllocateReceipt, Receipt, ReceiptAllocated, ReceiptPart, Settled
from salesapi.domain.shared.kernel import ExternalId, FieldInvalid, Ref, Refused, StreamRef, ThingExists, ThingUnknown
from salesapi.domain.shared.money import CurrencyUnknown
from tests.spec import DAY, SUBJECT, folded, given, uid
from tests.values_by_type import bare

CUSTOMER, DEAL, OTHER_DEAL, UNKNOWN = uid(1), uid(2), uid(3), uid(99)
INVOICE, VOIDED, IN_YEN = uid(4), uid(5), uid(6)
KNOWN: dict[Ref, object] = {
    StreamRef("customer", CUSTOMER): object(),
    StreamRef("deal", DEAL): object(),
    StreamRef("deal", OTHER_DEAL): object(),
    StreamRef("invoice", INVOICE): Invoice(number="1", agreement_id=None, currency="CNY", total_minor=8_000),
    StreamRef("invoice", VOIDED): bare(Invoice, number="2", currency="CNY", total_minor=8_000, is_voided=True),
    StreamRef("invoice", IN_YEN): Invoice(number="3", agreement_id=None, currency="JPY", total_minor=8_000),
}
REFERENCE = ExternalId(system="bank", id="2026-000417")
RECORDED = receipts.ReceiptRecorded(
    amount_minor=10_000, currency="CNY", customer_id=CUSTOMER, note=None, external_id=REFERENCE
)
REVERSED = receipts.ReceiptReversed(amount_minor=10_000, currency="CNY", parts=(), reason="bounced")


def allocated(amount_minor: int, deal: int = 2) -> ReceiptAllocated:
    return ReceiptAllocated(deal_id=uid(deal), amount_minor=amount_minor, currency="CNY", received_on=DAY)


def paid(amount_minor: int) -> ReceiptAllocated:
    return bare(ReceiptAllocated, invoice_id=INVOICE, amount_minor=amount_minor, currency="CNY", received_on=DAY)


def pay(amount_minor: int, invoice: int = 4) -> AllocateReceipt:
    return AllocateReceipt(receipt_id=SUBJECT, invoice_id=uid(invoice), amount_minor=amount_minor)


def refunded(amount_minor: int, *, deal: UUID | None = None, invoice: UUID | None = None) -> receipts.ReceiptRefunded:
    return receipts.ReceiptRefunded(
        deal_id=deal, invoice_id=invoice, amount_minor=amount_minor, currency="CNY", reason="returned"
    )


def refund(amount_minor: int, *, deal: UUID | None = None, invoice: UUID | None = None) -> receipts.RefundReceipt:
    return receipts.RefundReceipt(
        receipt_id=SUBJECT, deal_id=deal, invoice_id=invoice, amount_minor=amount_minor, reason="returned"
    )


def allocate(amount_minor: int, deal: int = 2) -> AllocateReceipt:
    return AllocateReceipt(receipt_id=SUBJECT, deal_id=uid(deal), amount_minor=amount_minor)


def test_a_receipt_is_recorded_from_a_known_customer() -> None:
    recording = receipts.RecordReceipt(amount_minor=10_000, currency="CNY", customer_id=CUSTOMER, external_id=REFERENCE)
    given().facts(KNOWN).when(recording).then(RECORDED)


def test_a_receipt_may_come_on_an_unknown_day_from_an_unknown_payer() -> None:
    given().on(None).when(receipts.RecordReceipt(amount_minor=500, currency="JPY")).then(
        receipts.ReceiptRecorded(amount_minor=500, currency="JPY", customer_id=None, note=None, external_id=None)
    )


@pytest.mark.parametrize("fee", [0, 1, 10_000])
def test_the_bank_keeps_at_most_all_of_what_the_customer_paid(fee: int) -> None:
    recording = receipts.RecordReceipt(amount_minor=10_000, bank_fee_minor=fee, currency="CNY", external_id=REFERENCE)
    given().when(recording).then(replace(RECORDED, customer_id=None, bank_fee_minor=fee))


def test_a_bank_fee_above_what_was_paid_is_refused() -> None:
    recording = receipts.RecordReceipt(amount_minor=10_000, bank_fee_minor=10_001, currency="CNY")
    refused = given().when(recording).refused(receipts.BankFeeTooLarge, pointer="/bank_fee_minor")
    assert refused.parameters == {"bank_fee_minor": 10_001, "amount_minor": 10_000, "currency": "CNY"}
    assert refused.text.endswith("that the customer paid; send as amount_minor all that it paid, with the fee.")


def test_what_the_bank_kept_is_allocated_with_the_rest_since_the_customer_paid_it() -> None:
    given(replace(RECORDED, bank_fee_minor=500)).facts(KNOWN).when(allocate(10_000)).then(allocated(10_000))


def test_a_reference_is_recorded_once_for_each_source() -> None:
    again = receipts.RecordReceipt(amount_minor=1, currency="CNY", external_id=REFERENCE)
    given(RECORDED).when(again).refused(ThingExists, pointer="/external_id")


def test_a_receipt_is_allocated_in_parts() -> None:
    given(RECORDED, allocated(4_000)).facts(KNOWN).when(allocate(6_000, 3)).then(allocated(6_000, 3))


def test_allocating_to_the_same_deal_again_adds_to_it() -> None:
    receipt = folded(Receipt, "receipt", RECORDED, allocated(4_000), allocated(1_000))
    assert receipt.parts == (ReceiptPart(deal_id=DEAL, amount_minor=5_000),)
    assert receipt.left_minor() == 5_000


def test_allocations_never_exceed_the_receipt() -> None:
    refused = given(RECORDED, allocated(4_000)).facts(KNOWN).when(allocate(6_001)).refused(receipts.AllocationTooLarge)
    assert refused.parameters == {"left_minor": 6_000, "amount_minor": 10_000, "currency": "CNY"}


def test_a_receipt_is_for_a_bounded_number_of_deals() -> None:
    full = tuple(allocated(1, 1_000 + number) for number in range(receipts.PARTS_MAX))
    given(RECORDED, *full).facts(KNOWN).when(allocate(1)).refused(receipts.AllocationsFull)


def test_reversing_a_receipt_names_the_parts_that_fall() -> None:
    parts = (ReceiptPart(deal_id=DEAL, amount_minor=4_000), ReceiptPart(deal_id=OTHER_DEAL, amount_minor=500))
    given(RECORDED, allocated(4_000), allocated(500, 3)).when(
        receipts.ReverseReceipt(receipt_id=SUBJECT, reason="bounced")
    ).then(receipts.ReceiptReversed(amount_minor=10_000, currency="CNY", parts=parts, reason="bounced"))


def test_a_receipt_pays_an_invoice_from_the_day_on_which_the_money_came() -> None:
    given(RECORDED).facts(KNOWN).when(pay(8_000)).then(paid(8_000))


IN_DOLLARS = receipts.ReceiptRecorded(amount_minor=1_000, currency="USD", customer_id=None, note=None, external_id=None)


def dollars(amount_minor: int, settled_minor: int, currency: str = "CNY") -> AllocateReceipt:
    """So many dollars pay the invoice, which is in yuan."""
    settled = Settled(amount_minor=settled_minor, currency=currency)
    return AllocateReceipt(receipt_id=SUBJECT, invoice_id=INVOICE, amount_minor=amount_minor, settled=settled)


def settled_in_yuan(amount_minor: int, settled_minor: int) -> ReceiptAllocated:
    settled = Settled(amount_minor=settled_minor, currency="CNY")
    return replace(paid(amount_minor), currency="USD", settled=settled)


def test_money_in_another_currency_says_what_it_settles_of_an_invoice() -> None:
    given(IN_DOLLARS).facts(KNOWN).when(dollars(1_000, 7_100)).then(settled_in_yuan(1_000, 7_100))


def test_what_is_settled_is_in_the_invoices_currency_and_not_in_the_receipts() -> None:
    given(IN_DOLLARS).facts(KNOWN).when(dollars(1_000, 90, "EUR")).refused(
        receipts.AllocationCurrencyForeign, pointer="/invoice_id"
    )
    given(RECORDED).facts(KNOWN).when(dollars(1_000, 1_000)).refused(receipts.SettledInOwnCurrency, pointer="/settled")
    given(IN_DOLLARS).facts(KNOWN).when(dollars(1_000, 90, "XXY")).refused(CurrencyUnknown)


def test_money_that_is_for_an_invoice_settles_something_of_it() -> None:
    given(IN_DOLLARS).facts(KNOWN).when(dollars(1_000, 0)).refused(FieldInvalid, pointer="/settled/amount_minor")


def test_all_that_a_receipt_settles_of_a_deal_is_in_one_currency() -> None:
    in_yuan = replace(allocated(500), currency="USD", settled=Settled(amount_minor=3_550, currency="CNY"))
    refused = (
        given(IN_DOLLARS, in_yuan)
        .facts(KNOWN)
        .when(allocate(500))
        .refused(receipts.SettledOtherwise, pointer="/settled")
    )
    assert refused.parameters == {"settled_currency": "CNY", "currency": "USD"}


@pytest.mark.parametrize(
    ("paid_back", "settled"),
    [
        # 333 of 1,000 dollars settled 7,101: 4,736.367 are left of it, 4,736 when rounded.
        ((333,), [2_365]),
        ((333, 667), [2_365, 4_736]),
        ((1, 999), [7, 7_094]),
        ((1_000,), [7_101]),
    ],
)
def test_what_is_paid_back_unsettles_its_share_and_in_the_end_all(
    paid_back: tuple[int, ...], settled: list[int]
) -> None:
    events: list[object] = [IN_DOLLARS, settled_in_yuan(1_000, 7_101)]
    found: list[int] = []
    for amount in paid_back:
        (event,) = given(*events).when(refund(amount, invoice=INVOICE)).decide()
        assert isinstance(event, receipts.ReceiptRefunded)
        assert event.settled is not None
        found.append(event.settled.amount_minor)
        events.append(event)
    assert found == settled


def test_a_reversed_receipt_names_what_its_parts_had_settled() -> None:
    parts = (
        bare(ReceiptPart, invoice_id=INVOICE, amount_minor=1_000, settled=Settled(amount_minor=7_100, currency="CNY")),
    )
    given(IN_DOLLARS, settled_in_yuan(400, 2_840), settled_in_yuan(600, 4_260)).when(
        receipts.ReverseReceipt(receipt_id=SUBJECT, reason="bounced")
    ).then(receipts.ReceiptReversed(amount_minor=1_000, currency="USD", parts=parts, reason="bounced"))


def test_an_allocation_of_money_from_an_unknown_day_has_no_day() -> None:
    allocation = ReceiptAllocated(deal_id=DEAL, amount_minor=1, currency="CNY")
    given(RECORDED).on(None).facts(KNOWN).when(allocate(1)).then(allocation)


def test_one_receipt_pays_a_deal_and_an_invoice() -> None:
    receipt = folded(Receipt, "receipt", RECORDED, allocated(4_000), paid(1_000), paid(500))
    assert receipt.parts == (
        ReceiptPart(deal_id=DEAL, amount_minor=4_000),
        ReceiptPart(deal_id=None, invoice_id=INVOICE, amount_minor=1_500),
    )


def test_what_is_paid_back_is_taken_from_the_named_allocation() -> None:
    given(RECORDED, allocated(4_000), paid(3_000)).when(refund(1_000, invoice=INVOICE)).then(
        refunded(1_000, invoice=INVOICE)
    )
    receipt = folded(Receipt, "receipt", RECORDED, allocated(4_000), paid(3_000), refunded(3_000, invoice=INVOICE))
    assert receipt.parts == (ReceiptPart(deal_id=DEAL, amount_minor=4_000),)
    assert (receipt.refunded_minor, receipt.left_minor()) == (3_000, 3_000)


def test_what_is_paid_back_cannot_be_allocated_again() -> None:
    given(RECORDED, refunded(6_000)).facts(KNOWN).when(allocate(4_001)).refused(receipts.AllocationTooLarge)


def test_not_more_is_paid_back_than_is_left_or_allocated() -> None:
    case = given(RECORDED, allocated(4_000), paid(3_000), refunded(1_000, deal=DEAL))
    assert case.when(refund(3_001, deal=DEAL)).refused(receipts.RefundTooLarge).parameters["left_minor"] == 3_000
    assert case.when(refund(3_001)).refused(receipts.RefundTooLarge).parameters["left_minor"] == 3_000
    case.when(refund(3_000)).then(refunded(3_000))


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        ((), receipts.RecordReceipt(amount_minor=1, currency="XXX", customer_id=UNKNOWN), CurrencyUnknown),
        ((), receipts.RecordReceipt(amount_minor=1, currency="CNY", customer_id=UNKNOWN), ThingUnknown),
        ((RECORDED, REVERSED), allocate(99_999, 99), receipts.ReceiptIsReversed),
        ((RECORDED,), allocate(99_999, 99), ThingUnknown),
        ((RECORDED,), AllocateReceipt(receipt_id=SUBJECT, amount_minor=99_999), receipts.AllocationUnclear),
        (
            (RECORDED,),
            AllocateReceipt(receipt_id=SUBJECT, deal_id=UNKNOWN, invoice_id=UNKNOWN, amount_minor=99_999),
            receipts.AllocationUnclear,
        ),
        ((RECORDED,), pay(99_999, 99), ThingUnknown),
        ((RECORDED,), pay(99_999, 5), InvoiceIsVoided),
        ((RECORDED,), pay(99_999, 6), receipts.AllocationCurrencyForeign),
        ((RECORDED,), pay(99_999), receipts.AllocationTooLarge),
        ((RECORDED, REVERSED), refund(99_999, deal=DEAL, invoice=INVOICE), receipts.ReceiptIsReversed),
        ((RECORDED,), refund(99_999, deal=DEAL, invoice=INVOICE), receipts.AllocationUnclear),
        ((RECORDED,), refund(99_999, deal=UNKNOWN), receipts.RefundTooLarge),
        ((RECORDED,), allocate(99_999), receipts.AllocationTooLarge),
        ((RECORDED, REVERSED), receipts.ReverseReceipt(receipt_id=SUBJECT, reason="again"), receipts.ReceiptIsReversed),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(*events).facts(KNOWN).when(command).refused(refusal)

"""What may happen to receipts, in sentences."""

import pytest

from salesapi.domain.kernel import ExternalId, Ref, Refused, StreamRef, ThingExists, ThingUnknown
from salesapi.domain.money import CurrencyUnknown
from salesapi.domain.receipts import (
    PARTS_MAX,
    AllocateReceipt,
    AllocationsFull,
    AllocationTooLarge,
    Receipt,
    ReceiptAllocated,
    ReceiptIsReversed,
    ReceiptPart,
    ReceiptRecorded,
    ReceiptReversed,
    RecordReceipt,
    ReverseReceipt,
)
from tests.spec import SUBJECT, fold, given, uid

CUSTOMER, DEAL, OTHER_DEAL, UNKNOWN = uid(1), uid(2), uid(3), uid(99)
KNOWN: dict[Ref, object] = {
    StreamRef("customer", CUSTOMER): object(),
    StreamRef("deal", DEAL): object(),
    StreamRef("deal", OTHER_DEAL): object(),
}
REFERENCE = ExternalId(system="bank", id="2026-000417")
RECORDED = ReceiptRecorded(amount_minor=10_000, currency="CNY", customer_id=CUSTOMER, note=None, external_id=REFERENCE)
REVERSED = ReceiptReversed(amount_minor=10_000, currency="CNY", parts=(), reason="bounced")


def allocated(amount_minor: int, deal: int = 2) -> ReceiptAllocated:
    return ReceiptAllocated(deal_id=uid(deal), amount_minor=amount_minor, currency="CNY")


def allocate(amount_minor: int, deal: int = 2) -> AllocateReceipt:
    return AllocateReceipt(receipt_id=SUBJECT, deal_id=uid(deal), amount_minor=amount_minor)


def test_a_receipt_is_recorded_from_a_known_customer() -> None:
    recording = RecordReceipt(amount_minor=10_000, currency="CNY", customer_id=CUSTOMER, external_id=REFERENCE)
    given().facts(KNOWN).when(recording).then(RECORDED)


def test_a_receipt_may_come_on_an_unknown_day_from_an_unknown_payer() -> None:
    given().on(None).when(RecordReceipt(amount_minor=500, currency="JPY")).then(
        ReceiptRecorded(amount_minor=500, currency="JPY", customer_id=None, note=None, external_id=None)
    )


def test_a_reference_is_recorded_once_for_each_source() -> None:
    again = RecordReceipt(amount_minor=1, currency="CNY", external_id=REFERENCE)
    given(RECORDED).when(again).refused(ThingExists, pointer="/external_id")


def test_a_receipt_is_allocated_in_parts() -> None:
    given(RECORDED, allocated(4_000)).facts(KNOWN).when(allocate(6_000, 3)).then(allocated(6_000, 3))


def test_allocating_to_the_same_deal_again_adds_to_it() -> None:
    receipt = fold("receipt", (RECORDED, allocated(4_000), allocated(1_000)))
    assert isinstance(receipt, Receipt)
    assert receipt.parts == (ReceiptPart(deal_id=DEAL, amount_minor=5_000),)
    assert receipt.left_minor() == 5_000


def test_allocations_never_exceed_the_receipt() -> None:
    refused = given(RECORDED, allocated(4_000)).facts(KNOWN).when(allocate(6_001)).refused(AllocationTooLarge)
    assert refused.parameters == {"left_minor": 6_000, "amount_minor": 10_000, "currency": "CNY"}


def test_a_receipt_is_for_a_bounded_number_of_deals() -> None:
    full = tuple(allocated(1, 1_000 + number) for number in range(PARTS_MAX))
    given(RECORDED, *full).facts(KNOWN).when(allocate(1)).refused(AllocationsFull)


def test_reversing_a_receipt_names_the_parts_that_fall() -> None:
    parts = (ReceiptPart(deal_id=DEAL, amount_minor=4_000), ReceiptPart(deal_id=OTHER_DEAL, amount_minor=500))
    given(RECORDED, allocated(4_000), allocated(500, 3)).when(
        ReverseReceipt(receipt_id=SUBJECT, reason="bounced")
    ).then(ReceiptReversed(amount_minor=10_000, currency="CNY", parts=parts, reason="bounced"))


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        ((), RecordReceipt(amount_minor=1, currency="XXX", customer_id=UNKNOWN), CurrencyUnknown),
        ((), RecordReceipt(amount_minor=1, currency="CNY", customer_id=UNKNOWN), ThingUnknown),
        ((RECORDED, REVERSED), allocate(99_999, 99), ReceiptIsReversed),
        ((RECORDED,), allocate(99_999, 99), ThingUnknown),
        ((RECORDED,), allocate(99_999), AllocationTooLarge),
        ((RECORDED, REVERSED), ReverseReceipt(receipt_id=SUBJECT, reason="again"), ReceiptIsReversed),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(*events).facts(KNOWN).when(command).refused(refusal)

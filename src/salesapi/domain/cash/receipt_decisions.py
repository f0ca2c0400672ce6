"""What may happen to receipts: the decisions of `receipts.py`, pure, and the declaration of the stream."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from salesapi.domain.cash import receipts
from salesapi.domain.cash.invoices import Invoice, InvoiceIsVoided
from salesapi.domain.cash.receipts import Receipt, ReceiptEvent, ReceiptPart, Settled, evolve, settles
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import CASHIERS, Context, FieldInvalid, external_identity, refuse_existing
from salesapi.domain.shared.money import exponent, rounded
from salesapi.domain.shared.references import referred, refuse_unknown
from salesapi.domain.shared.states import made_from


def record_receipt(
    state: Receipt | None, command: receipts.RecordReceipt, context: Context
) -> tuple[receipts.ReceiptRecorded, ...]:
    """Decides `RecordReceipt`."""
    refuse_existing(state, context, "receipt")
    exponent(command.currency)
    if command.bank_fee_minor > command.amount_minor:
        raise receipts.BankFeeTooLarge(
            bank_fee_minor=command.bank_fee_minor,
            amount_minor=command.amount_minor,
            currency=command.currency,
            pointer="/bank_fee_minor",
        )
    refuse_unknown(command, context.facts)
    return (made_from(receipts.ReceiptRecorded, command),)


def allocate(
    state: Receipt, command: receipts.AllocateReceipt, context: Context
) -> tuple[receipts.ReceiptAllocated, ...]:
    """Decides `AllocateReceipt`. Closed and voided deals too: the money came, whatever became of the deal."""
    _refuse_reversed(state)
    if (command.deal_id is None) == (command.invoice_id is None):
        raise receipts.AllocationUnclear(pointer="/deal_id")
    refuse_unknown(command, context.facts, "deal_id")
    if command.settled is not None:
        _refuse_no_settlement(state, command.settled)
    settled_currency = command.settled.currency if command.settled is not None else state.currency
    if command.invoice_id is not None:
        _refuse_unpayable(settled_currency, referred(command, "invoice_id", Invoice, context.facts))
    if command.amount_minor > state.left_minor():
        raise receipts.AllocationTooLarge(
            left_minor=state.left_minor(),
            amount_minor=state.amount_minor,
            currency=state.currency,
            pointer="/amount_minor",
        )
    known = state.part(deal_id=command.deal_id, invoice_id=command.invoice_id)
    if known is None and len(state.parts) >= receipts.PARTS_MAX:
        raise receipts.AllocationsFull(most=receipts.PARTS_MAX)
    if known is not None and settled_currency != (known_currency := settles(known, state.currency)[1]):
        raise receipts.SettledOtherwise(settled_currency=known_currency, currency=settled_currency, pointer="/settled")
    return (made_from(receipts.ReceiptAllocated, command, currency=state.currency, received_on=state.received_on),)


def refund(state: Receipt, command: receipts.RefundReceipt, context: Context) -> tuple[receipts.ReceiptRefunded, ...]:
    """Decides `RefundReceipt`."""
    _refuse_reversed(state)
    if command.deal_id is not None and command.invoice_id is not None:
        raise receipts.AllocationUnclear(pointer="/deal_id")
    part = state.part(deal_id=command.deal_id, invoice_id=command.invoice_id)
    if command.deal_id is None and command.invoice_id is None:
        left_minor = state.left_minor()
    else:
        left_minor = part.amount_minor if part is not None else 0
    if command.amount_minor > left_minor:
        raise receipts.RefundTooLarge(left_minor=left_minor, currency=state.currency, pointer="/amount_minor")
    return (
        made_from(
            receipts.ReceiptRefunded,
            command,
            currency=state.currency,
            settled=_settled_back(part, command.amount_minor),
        ),
    )


def reverse(state: Receipt, command: receipts.ReverseReceipt, context: Context) -> tuple[receipts.ReceiptReversed, ...]:
    """Decides `ReverseReceipt`."""
    _refuse_reversed(state)
    return (made_from(receipts.ReceiptReversed, state, reason=command.reason),)


def _settled_back(part: ReceiptPart | None, amount_minor: int) -> Settled | None:
    """Computes what paying back unsettles of a part: its share of what was settled; with the last, all that is left."""
    if part is None or part.settled is None:
        return None
    left = Fraction(part.settled.amount_minor * (part.amount_minor - amount_minor), part.amount_minor)
    return replace(part.settled, amount_minor=part.settled.amount_minor - rounded(left, "half_up"))


def _refuse_reversed(state: Receipt) -> None:
    if state.is_reversed:
        raise receipts.ReceiptIsReversed()


def _refuse_no_settlement(state: Receipt, settled: Settled) -> None:
    exponent(settled.currency)
    if settled.currency == state.currency:
        raise receipts.SettledInOwnCurrency(currency=state.currency, pointer="/settled")
    if settled.amount_minor == 0:
        raise FieldInvalid(reason="What is allocated settles more than 0.", pointer="/settled/amount_minor")


def _refuse_unpayable(currency: str, invoice: Invoice) -> None:
    if invoice.is_voided:
        raise InvoiceIsVoided(number=invoice.number, pointer="/invoice_id")
    if invoice.currency != currency:
        raise receipts.AllocationCurrencyForeign(
            currency=currency, invoice_currency=invoice.currency, pointer="/invoice_id"
        )


STREAM: Final = Stream[Receipt, ReceiptEvent](
    kind="receipt",
    plural="receipts",
    evolve=evolve,
    commands=(
        creates(receipts.RecordReceipt, decide=record_receipt, roles=CASHIERS, identity=external_identity),
        changes(receipts.AllocateReceipt, decide=allocate, roles=CASHIERS, target="receipt_id"),
        changes(receipts.RefundReceipt, decide=refund, roles=CASHIERS, target="receipt_id"),
        changes(receipts.ReverseReceipt, decide=reverse, roles=CASHIERS, target="receipt_id"),
    ),
)

"""Receipts: money that came in, and the deals and invoices it is for. Stream `receipt`. Amounts are minor units of its currency.

What is for a deal or an invoice in another currency states what it settles there, since no rate of a table is that of a bank.

The day on which the money came is the business time of the command; it may be unknown. What is allocated and what is paid
back never exceed what was received. A reversed (bounced) receipt counts for nothing, and all its parts fall with it. The
decisions are in `receipt_decisions.py`.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never
from uuid import UUID

from annotated_types import Ge, Gt

from salesapi.domain.shared.kernel import (
    About,
    AmountMinor,
    CurrencyCode,
    ExternalId,
    FreeText,
    Kind,
    Personal,
    Reason,
    Recorded,
    Refers,
    Refused,
    record,
)
from salesapi.domain.shared.states import business_date, made_from, replace

PARTS_MAX: Final = 500
"""Most deals and invoices that one receipt is allocated to."""


@record
class Settled:
    """What a part of a receipt settles of a deal or invoice that is in another currency."""

    amount_minor: Annotated[AmountMinor, Ge(0), About("What it settles there, in minor units of that currency.")]
    currency: Annotated[CurrencyCode, About("Currency of the deal or invoice (ISO 4217).")]


@record
class ReceiptPart:
    """What of a receipt is for one deal or one invoice: all allocations to it added up, less what was paid back."""

    deal_id: UUID | None
    amount_minor: int
    invoice_id: UUID | None = None
    settled: Settled | None = None


@record
class ReceiptRecorded:
    """Money came in, from a customer where that is known."""

    amount_minor: int
    currency: str
    customer_id: UUID | None
    note: Annotated[str | None, Personal()]
    external_id: ExternalId | None
    bank_fee_minor: int = 0
    """What the bank kept of the amount."""


@record
class ReceiptAllocated:
    """So much more of the receipt is for this deal or this invoice. `received_on` is the day on which the money came."""

    deal_id: UUID | None
    amount_minor: int
    currency: str
    invoice_id: UUID | None = None
    received_on: date | None = None
    settled: Settled | None = None


@record
class ReceiptRefunded:
    """So much was paid back: of what was allocated to this deal or invoice, or of what was not allocated."""

    deal_id: UUID | None
    invoice_id: UUID | None
    amount_minor: int
    currency: str
    reason: str
    settled: Settled | None = None


@record
class ReceiptReversed:
    """The money did not stay; `parts` are the allocations that fall."""

    amount_minor: int
    currency: str
    parts: tuple[ReceiptPart, ...]
    reason: str


@record
class ReceiptPersonErased:
    """The note is erased; see `customers/persons.py`."""

    person_id: UUID


ReceiptMoneyEvent: TypeAlias = ReceiptRecorded | ReceiptAllocated | ReceiptRefunded | ReceiptReversed
ReceiptEvent: TypeAlias = ReceiptMoneyEvent | ReceiptPersonErased

ReceiptId: TypeAlias = Annotated[UUID, About("The receipt.")]


@record
class RecordReceipt:
    """Records money that came in. Its day is `occurred_at`, where known."""

    amount_minor: Annotated[AmountMinor, Gt(0), About("What the customer paid, in minor units.")]
    bank_fee_minor: Annotated[AmountMinor, Ge(0), About("What of it the bank kept; a plan says how it counts.")] = 0
    currency: Annotated[CurrencyCode, About("ISO 4217 code.")]
    customer_id: Annotated[UUID | None, Refers("customer"), About("The customer who paid, where known.")] = None
    note: Annotated[FreeText | None, About("Free text, for example the payment reference; sealed.")] = None
    external_id: Annotated[ExternalId | None, About("Its reference in the bank or ERP; unique there.")] = None


@record
class AllocateReceipt:
    """Says that a part of a receipt, or all of it, is for a deal or for an invoice.

    Allocating to the same one again adds to it.
    """

    receipt_id: ReceiptId
    deal_id: Annotated[UUID | None, Refers("deal"), About("The deal that is paid; null where an invoice is.")] = None
    invoice_id: Annotated[UUID | None, Refers("invoice"), About("The invoice that is paid; null where a deal is.")] = (
        None
    )
    amount_minor: Annotated[AmountMinor, Gt(0), About("Part in minor units of the receipt's currency.")]
    settled: Annotated[
        Settled | None,
        About("What it settles of a deal or invoice in another currency; null where it is the same one."),
    ] = None


@record
class RefundReceipt:
    """Records that a part of a receipt, or all of it, was paid back. Its day is `occurred_at`.

    It takes from what is allocated to the named deal or invoice; where neither is named, from what is not allocated.
    """

    receipt_id: ReceiptId
    amount_minor: Annotated[AmountMinor, Gt(0), About("Amount paid back, in minor units of the receipt's currency.")]
    deal_id: Annotated[UUID | None, About("The deal whose allocation it takes from.")] = None
    invoice_id: Annotated[UUID | None, About("The invoice whose allocation it takes from.")] = None
    reason: Annotated[Reason, About("Why it is paid back.")]


@record
class ReverseReceipt:
    """Takes back a receipt that bounced or was recorded by mistake; its allocations fall."""

    receipt_id: ReceiptId
    reason: Annotated[Reason, About("Why it is reversed.")]


class ReceiptIsReversed(Refused):
    """A reversed receipt takes no more commands."""

    code = "receipt.reversed"
    message = "The receipt is reversed; record the money anew when it comes."


class AllocationUnclear(Refused):
    """A part of a receipt is for one thing."""

    code = "receipt.allocation_unclear"
    kind = Kind.MALFORMED
    message = "A part of a receipt is for one thing: name either a deal or an invoice."


class AllocationCurrencyForeign(Refused):
    """An invoice is settled in its own currency."""

    code = "receipt.currency_foreign"
    message = "This settles {currency}, the invoice is in {invoice_currency}; say in `settled` what it settles of it."


class SettledInOwnCurrency(Refused):
    """Within one currency the part itself is what it settles."""

    code = "receipt.settled_in_own_currency"
    kind = Kind.MALFORMED
    message = "The receipt is in {currency} itself; leave `settled` out."


class SettledOtherwise(Refused):
    """All that a receipt settles of one thing is in one currency."""

    code = "receipt.settled_otherwise"
    message = "What this receipt settles of it so far is in {settled_currency}; this is in {currency}."


class BankFeeTooLarge(Refused):
    """A bank keeps at most what was paid."""

    code = "receipt.bank_fee_too_large"
    message = (
        "The bank fee is {bank_fee_minor} minor units of {amount_minor} ({currency}) that the customer paid; send as "
        "amount_minor all that it paid, with the fee."
    )


class RefundTooLarge(Refused):
    """No more is paid back than was received, and than is allocated to what it is for."""

    code = "receipt.refund_too_large"
    message = "At most {left_minor} minor units ({currency}) can be paid back here."


class AllocationTooLarge(Refused):
    """Allocations never exceed the receipt."""

    code = "receipt.allocation_too_large"
    message = "Only {left_minor} of {amount_minor} minor units ({currency}) are not allocated yet."


class AllocationsFull(Refused):
    """The bound of parts is reached."""

    code = "receipt.too_many_allocations"
    message = "A receipt is allocated to at most {most} deals and invoices."


@record
class Receipt:
    """The state that decisions need."""

    amount_minor: int
    currency: str
    customer_id: UUID | None
    parts: tuple[ReceiptPart, ...] = ()
    refunded_minor: int = 0
    """All that was paid back, also of what was allocated."""
    received_on: date | None = None
    is_reversed: bool = False
    bank_fee_minor: int = 0
    reason: str | None = None
    """Why it was reversed."""
    external: ExternalId | None = None

    @property
    def allocated_minor(self) -> int:
        """The amount that is allocated, in minor units."""
        return sum(part.amount_minor for part in self.parts)

    def left_minor(self) -> int:
        """Computes what is neither allocated nor paid back, in minor units."""
        return self.amount_minor - self.refunded_minor - self.allocated_minor

    def part(self, *, deal_id: UUID | None, invoice_id: UUID | None) -> ReceiptPart | None:
        """Finds the part that is for this deal or invoice, where anything is."""
        return next((each for each in self.parts if (each.deal_id, each.invoice_id) == (deal_id, invoice_id)), None)


def settles(of: ReceiptPart | ReceiptAllocated | ReceiptRefunded, currency: str) -> tuple[int, str]:
    """Tells what a part of a receipt in a currency settles, in minor units, and in which currency."""
    if of.settled is None:
        return of.amount_minor, currency
    return of.settled.amount_minor, of.settled.currency


def evolve(state: Receipt | None, event: ReceiptEvent, recorded: Recorded) -> Receipt:
    """Folds the stream to its state."""
    if isinstance(event, ReceiptRecorded):
        return made_from(Receipt, event, received_on=business_date(recorded), external=event.external_id)
    assert state is not None, "a receipt begins with receipt.recorded"
    match event:
        case ReceiptAllocated():
            return replace(state, parts=_added(state, event, 1))
        case ReceiptRefunded():
            refunded_minor = state.refunded_minor + event.amount_minor
            return replace(state, parts=_added(state, event, -1), refunded_minor=refunded_minor)
        case ReceiptReversed():
            return replace(state, parts=(), is_reversed=True, reason=event.reason)
        case ReceiptPersonErased():
            return state
        case _:
            assert_never(event)


def _added(state: Receipt, event: ReceiptAllocated | ReceiptRefunded, sign: Literal[1, -1]) -> tuple[ReceiptPart, ...]:
    """The parts with so much more, or less, for a deal or invoice; one that is paid back in whole falls."""
    if event.deal_id is None and event.invoice_id is None:
        return state.parts
    parts = {(each.deal_id, each.invoice_id): each for each in state.parts}
    nothing = ReceiptPart(deal_id=event.deal_id, invoice_id=event.invoice_id, amount_minor=0)
    before, settled = parts.get((event.deal_id, event.invoice_id), nothing), event.settled
    if settled is not None:
        known_minor = before.settled.amount_minor if before.settled else 0
        settled = replace(settled, amount_minor=known_minor + sign * settled.amount_minor)
    after = replace(before, amount_minor=before.amount_minor + sign * event.amount_minor, settled=settled)
    parts[event.deal_id, event.invoice_id] = after
    return tuple(each for each in parts.values() if each.amount_minor)

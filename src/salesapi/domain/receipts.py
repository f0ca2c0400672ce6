"""Receipts: money that came in, and the deals it is for. Stream `receipt`. Amounts are minor units of the receipt's currency.

The day on which the money came is the business time of the command; it may be unknown. What is allocated never exceeds what
was received. A reversed (bounced) receipt counts for nothing, and all its parts fall with it.
"""

from dataclasses import replace
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from annotated_types import Gt

from salesapi.domain.kernel import (
    About,
    AmountMinor,
    CommandType,
    Context,
    CurrencyCode,
    EventType,
    ExternalId,
    Facts,
    FreeText,
    Personal,
    Reason,
    Recorded,
    Refused,
    Stream,
    StreamRef,
    ThingExists,
    ThingUnknown,
    external_identity,
    record,
    roles,
)
from salesapi.domain.money import exponent

PARTS_MAX: Final = 500
"""Most deals that one receipt is allocated to."""


@record
class ReceiptPart:
    """What of a receipt is for one deal, all allocations to it added up."""

    deal_id: UUID
    amount_minor: int


@record
class ReceiptRecorded:
    """Money came in, from a customer where that is known."""

    amount_minor: int
    currency: str
    customer_id: UUID | None
    note: Annotated[str | None, Personal()]
    external_id: ExternalId | None


@record
class ReceiptAllocated:
    """So much more of the receipt is for this deal."""

    deal_id: UUID
    amount_minor: int
    currency: str


@record
class ReceiptReversed:
    """The money did not stay; `parts` are the allocations that fall."""

    amount_minor: int
    currency: str
    parts: tuple[ReceiptPart, ...]
    reason: str


ReceiptEvent: TypeAlias = ReceiptRecorded | ReceiptAllocated | ReceiptReversed

ReceiptId: TypeAlias = Annotated[UUID, About("The receipt.")]


@record
class RecordReceipt:
    """Records money that came in. Its day is `occurred_at`, where known."""

    amount_minor: Annotated[AmountMinor, Gt(0), About("Amount received, in minor units.")]
    currency: Annotated[CurrencyCode, About("ISO 4217 code.")]
    customer_id: Annotated[UUID | None, About("The customer who paid, where known.")] = None
    note: Annotated[FreeText | None, About("Free text, for example the payment reference; sealed.")] = None
    external_id: Annotated[ExternalId | None, About("Its reference in the bank or ERP; unique there.")] = None


@record
class AllocateReceipt:
    """Says that a part of a receipt, or all of it, is for a deal. Allocating to the same deal again adds to it."""

    receipt_id: ReceiptId
    deal_id: Annotated[UUID, About("The deal that is paid.")]
    amount_minor: Annotated[AmountMinor, Gt(0), About("Part in minor units of the receipt's currency.")]


@record
class ReverseReceipt:
    """Takes back a receipt that bounced or was recorded by mistake; its allocations fall."""

    receipt_id: ReceiptId
    reason: Annotated[Reason, About("Why it is reversed.")]


class ReceiptIsReversed(Refused):
    """A reversed receipt takes no more commands."""

    code = "receipt.reversed"
    message = "The receipt is reversed; record the money anew when it comes."


class AllocationTooLarge(Refused):
    """Allocations never exceed the receipt."""

    code = "receipt.allocation_too_large"
    message = "Only {left_minor} of {amount_minor} minor units ({currency}) are not allocated yet."


class AllocationsFull(Refused):
    """The bound of parts is reached."""

    code = "receipt.too_many_allocations"
    message = "A receipt is allocated to at most {most} deals."


@record
class Receipt:
    """The state that decisions need."""

    amount_minor: int
    currency: str
    customer_id: UUID | None
    parts: tuple[ReceiptPart, ...] = ()
    is_reversed: bool = False

    def left_minor(self) -> int:
        """What is not allocated yet, in minor units."""
        return self.amount_minor - sum(part.amount_minor for part in self.parts)


def record_receipt(state: Receipt | None, command: RecordReceipt, context: Context) -> tuple[ReceiptRecorded, ...]:
    """Decides `RecordReceipt`."""
    if state is not None:
        raise ThingExists(thing="receipt", id=str(context.subject_id), pointer="/external_id")
    exponent(command.currency)
    if command.customer_id is not None:
        _refuse_unknown("customer", command.customer_id, context.facts)
    return (
        ReceiptRecorded(
            amount_minor=command.amount_minor,
            currency=command.currency,
            customer_id=command.customer_id,
            note=command.note,
            external_id=command.external_id,
        ),
    )


def allocate(state: Receipt, command: AllocateReceipt, context: Context) -> tuple[ReceiptAllocated, ...]:
    """Decides `AllocateReceipt`. Closed and voided deals too: the money came, whatever became of the deal."""
    _refuse_reversed(state)
    _refuse_unknown("deal", command.deal_id, context.facts)
    if command.amount_minor > state.left_minor():
        raise AllocationTooLarge(
            left_minor=state.left_minor(),
            amount_minor=state.amount_minor,
            currency=state.currency,
            pointer="/amount_minor",
        )
    deals = {part.deal_id for part in state.parts}
    if command.deal_id not in deals and len(deals) >= PARTS_MAX:
        raise AllocationsFull(most=PARTS_MAX)
    return (ReceiptAllocated(deal_id=command.deal_id, amount_minor=command.amount_minor, currency=state.currency),)


def reverse(state: Receipt, command: ReverseReceipt, context: Context) -> tuple[ReceiptReversed, ...]:
    """Decides `ReverseReceipt`."""
    _refuse_reversed(state)
    return (
        ReceiptReversed(
            amount_minor=state.amount_minor, currency=state.currency, parts=state.parts, reason=command.reason
        ),
    )


def evolve(state: Receipt | None, event: ReceiptEvent, recorded: Recorded) -> Receipt:
    """Folds the stream to its state."""
    if isinstance(event, ReceiptRecorded):
        return Receipt(amount_minor=event.amount_minor, currency=event.currency, customer_id=event.customer_id)
    assert state is not None, "a receipt begins with receipt.recorded"
    match event:
        case ReceiptAllocated():
            return replace(state, parts=_added(state.parts, event))
        case ReceiptReversed():
            return replace(state, parts=(), is_reversed=True)


def _added(parts: tuple[ReceiptPart, ...], event: ReceiptAllocated) -> tuple[ReceiptPart, ...]:
    amounts = {part.deal_id: part.amount_minor for part in parts}
    amounts[event.deal_id] = amounts.get(event.deal_id, 0) + event.amount_minor
    return tuple(ReceiptPart(deal_id=deal_id, amount_minor=amount) for deal_id, amount in amounts.items())


def _refuse_reversed(state: Receipt) -> None:
    if state.is_reversed:
        raise ReceiptIsReversed()


def _refuse_unknown(kind: str, id: UUID, facts: Facts) -> None:
    if facts.state(StreamRef(kind, id)) is None:
        raise ThingUnknown(thing=kind, id=str(id), pointer=f"/{kind}_id")


def _needs_customer(state: Receipt | None, command: RecordReceipt, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("customer", command.customer_id),) if command.customer_id else ()


def _needs_deal(state: Receipt | None, command: AllocateReceipt, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("deal", command.deal_id),)


_CASHIERS: Final = roles("finance", "admin", "integration")


STREAM: Final = Stream(
    kind="receipt",
    plural="receipts",
    events=(
        EventType(name="receipt.recorded", event=ReceiptRecorded),
        EventType(name="receipt.allocated", event=ReceiptAllocated),
        EventType(name="receipt.reversed", event=ReceiptReversed),
    ),
    commands=(
        CommandType(
            command=RecordReceipt,
            decide=record_receipt,
            roles=_CASHIERS,
            creates=True,
            identity=external_identity,
            needs=_needs_customer,
        ),
        CommandType(command=AllocateReceipt, decide=allocate, roles=_CASHIERS, target="receipt_id", needs=_needs_deal),
        CommandType(command=ReverseReceipt, decide=reverse, roles=_CASHIERS, target="receipt_id"),
    ),
    evolve=evolve,
)

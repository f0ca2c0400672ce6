"""Receipts of money with their allocations to deals and invoices, one row a receipt. Amounts are minor units.

`received_on` is the business date. A reversed receipt keeps its amount and has no allocations: it counts for nothing.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.cash import receipts
from salesapi.domain.cash.receipts import Receipt, ReceiptEvent, ReceiptPart, ReceiptRecorded, ReceiptReversed
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import business_date, id_of, replace, system_of
from salesapi.projections.declaring import one_row


@record
class ReceiptRow:
    """Money that came in."""

    receipt_id: UUID
    amount_minor: int
    bank_fee_minor: int
    currency: str
    customer_id: UUID | None
    allocations: tuple[ReceiptPart, ...]
    allocated_minor: int
    refunded_minor: int
    is_reversed: bool
    reason: str | None
    received_on: date | None
    external_system: str | None
    external_id: str | None
    version: int
    position: int


def _fold(row: ReceiptRow | None, event: ReceiptEvent, recorded: Recorded) -> ReceiptRow:
    if isinstance(event, ReceiptRecorded):
        return ReceiptRow(
            receipt_id=recorded.stream_id,
            amount_minor=event.amount_minor,
            bank_fee_minor=event.bank_fee_minor,
            currency=event.currency,
            customer_id=event.customer_id,
            allocations=(),
            allocated_minor=0,
            refunded_minor=0,
            is_reversed=False,
            reason=None,
            received_on=business_date(recorded),
            external_system=system_of(event.external_id),
            external_id=id_of(event.external_id),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a receipt begins with receipt.recorded"
    known = Receipt(
        amount_minor=row.amount_minor,
        currency=row.currency,
        customer_id=row.customer_id,
        parts=row.allocations,
        refunded_minor=row.refunded_minor,
        received_on=row.received_on,
        is_reversed=row.is_reversed,
    )
    state = receipts.evolve(known, event, recorded)
    return replace(
        row,
        allocations=state.parts,
        allocated_minor=sum(part.amount_minor for part in state.parts),
        refunded_minor=state.refunded_minor,
        is_reversed=state.is_reversed,
        reason=event.reason if isinstance(event, ReceiptReversed) else row.reason,
        version=recorded.version,
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "receipt",
    _fold,
    row=ReceiptRow,
    version=4,
    key=("receipt_id",),
    indexes=("(position)", "(customer_id)", "(received_on)", "(external_id, external_system)"),
)

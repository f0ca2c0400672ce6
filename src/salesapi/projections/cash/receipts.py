"""Receipts of money with their allocations to deals and invoices, one row a receipt. Amounts are minor units.

`received_on` is the business date. A reversed receipt keeps its amount and has no allocations: it counts for nothing.
"""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.cash import receipts
from salesapi.domain.cash.receipts import Receipt, ReceiptEvent, ReceiptPart, ReceiptRecorded, ReceiptReversed
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.projections.projection import Projection
from salesapi.projections.single_stream import business_date, id_of, one_row, own_stream, system_of


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


PROJECTION: Final = Projection(
    name="receipt",
    version=4,
    row=ReceiptRow,
    key=("receipt_id",),
    group=("receipt_id",),
    types=("receipt.recorded", "receipt.allocated", "receipt.refunded", "receipt.reversed"),
    groups=own_stream,
    evolve=one_row(_fold),
    indexes=("(position)", "(customer_id)", "(received_on)", "(external_id, external_system)"),
)

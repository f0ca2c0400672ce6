"""Receipts of money with their allocations to deals and invoices, one row a receipt. Amounts are minor units.

`received_on` is the business date. A reversed receipt keeps its amount and has no allocations: it counts for nothing.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.cash.receipts import ReceiptPart, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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


PROJECTION: Final = current(
    "receipt",
    evolve,
    row=ReceiptRow,
    version=4,
    renamed={"allocations": "parts"},
    indexes=("(position)", "(customer_id)", "(received_on)", "(external_id, external_system)"),
)

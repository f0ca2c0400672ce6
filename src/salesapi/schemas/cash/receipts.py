"""Wire shapes of receipts of money, with the filter and orders of their list. Amounts are minor units of the receipt's currency.

The answer to a command is a receipt of another kind, so the one of money is called a payment receipt here.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.shared.kernel import About, CurrencyCode, ExternalId, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class SettledAmount:
    """What a part of a receipt settles in another currency."""

    amount_minor: Annotated[Amount, About("In minor units of that currency.")]
    currency: Annotated[str, About("Currency of the deal or invoice (ISO 4217).")]


@record
class ReceiptAllocation:
    """What of a receipt is for one deal or one invoice."""

    deal_id: Annotated[UUID | None, About("The deal, where it is for one.")]
    amount_minor: Annotated[Amount, About("All allocations to it together, less what was paid back, in minor units.")]
    invoice_id: Annotated[UUID | None, About("The invoice, where it is for one.")] = None
    settled: Annotated[
        SettledAmount | None,
        About("What it settles there; null where the deal or invoice is in the receipt's currency."),
    ] = None


@record
class PaymentReceipt:
    """Money that came in, and the deals and invoices that it is for."""

    id: Annotated[UUID, About("The receipt.")]
    amount_minor: Annotated[Amount, About("What the customer paid, in minor units.")]
    bank_fee_minor: Annotated[Amount, About("What of it the bank kept.")]
    currency: Annotated[str, About("ISO 4217 code.")]
    customer_id: Annotated[UUID | None, About("The customer who paid, where known.")]
    allocations: Annotated[
        tuple[ReceiptAllocation, ...], About("What is for which deal or invoice; none once it is reversed.")
    ]
    allocated_minor: Annotated[Amount, About("All allocations together.")]
    refunded_minor: Annotated[Amount, About("All that was paid back, in minor units.")]
    is_reversed: Annotated[bool, About("The money did not stay; it counts for nothing.")]
    reason: Annotated[str | None, About("Why it was reversed.")]
    received_on: Annotated[date | None, About("Business date of the receipt; null where unknown.")]
    external_id: Annotated[ExternalId | None, About("Its reference in the bank or ERP.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class ReceiptFilter:
    """Which receipts. Fields that are not sent do not filter; days are inclusive at both ends."""

    customer_id: Annotated[Uuids | None, About("From any of these customers.")] = None
    deal_id: Annotated[UUID | None, About("Allocated to this deal.")] = None
    invoice_id: Annotated[UUID | None, About("Allocated to this invoice.")] = None
    currency: Annotated[CurrencyCode | None, About("In this currency (ISO 4217).")] = None
    is_reversed: Annotated[bool | None, About("Reversed, or not.")] = None
    received_from: Annotated[date | None, About("Received on this day or later.")] = None
    received_to: Annotated[date | None, About("Received on this day or earlier.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class ReceiptOrder(StrEnum):
    """Orders of receipts. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    RECEIVED_DESC = "received_desc"
    RECEIVED_ASC = "received_asc"
    AMOUNT_DESC = "amount_desc"

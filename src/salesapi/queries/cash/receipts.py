"""Questions about receipts of money. A receipt is seen by who is in scope of its customer's owner, or of everything."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_amount,
    by_day,
    by_position,
)
from salesapi.schemas.cash.receipts import PaymentReceipt, ReceiptFilter, ReceiptOrder

READS: Final = ("receipt", "customer")

RECEIPTS: Final = Listing(
    columns=f"""receipt_id AS id, amount_minor, bank_fee_minor, currency, customer_id, allocations, allocated_minor,
        refunded_minor, is_reversed, reason, received_on, {EXTERNAL_ID}, version, position""",
    source="read.receipt",
    id="receipt_id",
    reader=Reader(PaymentReceipt),
)
ORDERS: Final[dict[ReceiptOrder, Order]] = {
    ReceiptOrder.CHANGED_DESC: by_position("position", is_descending=True),
    ReceiptOrder.RECEIVED_DESC: by_day("received_on", is_descending=True),
    ReceiptOrder.RECEIVED_ASC: by_day("received_on", is_descending=False),
    ReceiptOrder.AMOUNT_DESC: by_amount("amount_minor", is_descending=True),
}


async def receipts(
    connection: Connection, scope: Scope, *, where: ReceiptFilter, order: ReceiptOrder, page: PageRequest
) -> Page[PaymentReceipt]:
    """A page of receipts.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("customer_id = ANY({}::uuid[])", where.customer_id)
    conditions.known("allocations @> jsonb_build_array(jsonb_build_object('deal_id', {}::uuid))", where.deal_id)
    conditions.known("allocations @> jsonb_build_array(jsonb_build_object('invoice_id', {}::uuid))", where.invoice_id)
    conditions.known("currency = {}", where.currency)
    conditions.is_true("is_reversed", where.is_reversed)
    conditions.known("received_on >= {}", where.received_from)
    conditions.known("received_on <= {}", where.received_to)
    conditions.external(where.external_system, where.external_id)
    return await RECEIPTS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within_customers(scope)
    return conditions


async def receipt(connection: Connection, scope: Scope, receipt_id: UUID) -> PaymentReceipt:
    """One receipt, also a reversed one.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await receipts_by_ids(connection, scope, [receipt_id])
    if receipt_id not in found:
        raise ThingUnknown(thing="receipt", id=str(receipt_id))
    return found[receipt_id]


async def receipts_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, PaymentReceipt]:
    """Those of these receipts that are in scope."""
    conditions = _visible(scope)
    conditions.add("receipt_id = ANY({}::uuid[])", list(ids))
    return {receipt.id: receipt for receipt in await RECEIPTS.found(connection, conditions)}

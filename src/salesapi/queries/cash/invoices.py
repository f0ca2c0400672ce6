"""Questions about invoices. An invoice is seen by who is in scope of its customer's owner, or of everything."""

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
from salesapi.schemas.cash.invoices import Invoice, InvoiceFilter, InvoiceOrder

READS: Final = ("invoice", "customer")

INVOICES: Final = Listing(
    columns=f"""invoice_id AS id, number, customer_id, agreement_id, amount_minor, tax_minor, total_minor, currency, lines,
        issued_on, due_on, entries, allocated_minor, credited_minor, open_minor, settled_on, is_disputed, was_disputed,
        is_voided, reason, {EXTERNAL_ID}, version, position""",
    source="read.invoice",
    id="invoice_id",
    reader=Reader(Invoice),
)
ORDERS: Final[dict[InvoiceOrder, Order]] = {
    InvoiceOrder.CHANGED_DESC: by_position("position", is_descending=True),
    InvoiceOrder.ISSUED_DESC: by_day("issued_on", is_descending=True),
    InvoiceOrder.DUE_ASC: by_day("due_on", is_descending=False),
    InvoiceOrder.OPEN_DESC: by_amount("open_minor", is_descending=True),
}


async def invoices(
    connection: Connection, scope: Scope, *, where: InvoiceFilter, order: InvoiceOrder, page: PageRequest
) -> Page[Invoice]:
    """A page of invoices.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("customer_id = ANY({}::uuid[])", where.customer_id)
    conditions.known("agreement_id = {}", where.agreement_id)
    conditions.known("number = {}", where.number)
    conditions.known("currency = {}", where.currency)
    conditions.is_true("open_minor > 0", where.is_open)
    conditions.is_true("is_disputed", where.is_disputed)
    conditions.is_true("is_voided", bool(where.is_voided))
    conditions.known("issued_on >= {}", where.issued_from)
    conditions.known("issued_on <= {}", where.issued_to)
    conditions.known("due_on >= {}", where.due_from)
    conditions.known("due_on <= {}", where.due_to)
    conditions.known("settled_on >= {}", where.settled_from)
    conditions.known("settled_on <= {}", where.settled_to)
    conditions.external(where.external_system, where.external_id)
    return await INVOICES.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within_customers(scope)
    return conditions


async def invoice(connection: Connection, scope: Scope, invoice_id: UUID) -> Invoice:
    """One invoice, also a voided one.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await invoices_by_ids(connection, scope, [invoice_id])
    if invoice_id not in found:
        raise ThingUnknown(thing="invoice", id=str(invoice_id))
    return found[invoice_id]


async def invoices_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Invoice]:
    """Those of these invoices that are in scope."""
    conditions = _visible(scope)
    conditions.add("invoice_id = ANY({}::uuid[])", list(ids))
    return {invoice.id: invoice for invoice in await INVOICES.found(connection, conditions)}


async def invoices_of_customers(
    connection: Connection, scope: Scope, ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Invoice, ...]]:
    """The invoices of each of these customers that changed last, without voided ones."""
    return await INVOICES.latest_by(connection, _standing(scope), "customer_id", ids, first)


async def invoices_of_agreements(
    connection: Connection, scope: Scope, ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Invoice, ...]]:
    """The invoices on each of these agreements that changed last, without voided ones."""
    return await INVOICES.latest_by(connection, _standing(scope), "agreement_id", ids, first)


def _standing(scope: Scope) -> Conditions:
    conditions = _visible(scope)
    conditions.add("NOT is_voided")
    return conditions

"""Invoices with what was paid and credited on them, one row an invoice. Amounts are minor units of its currency, gross.

What changes the open amount counts on its business date: an allocation on the day on which the money came (on the day of the
allocation where that is unknown), a refund and a bounce on their own days, nothing before the day of issue. `settled_on` is
the day since which nothing is open: it falls when a receipt bounces. It is null where a day that it needs is unknown.
"""

from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.cash import invoices
from salesapi.domain.cash.receipts import ReceiptAllocated, ReceiptRefunded, ReceiptReversed, settles
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, id_of, made_from, replace, system_of
from salesapi.projections.declaring import by, one_row
from salesapi.projections.projection import GroupKey

_Paying: TypeAlias = ReceiptAllocated | ReceiptRefunded | ReceiptReversed


@record
class InvoiceEntry:
    """The change of an invoice on one day: paid, less paid back, and credited; without a day what is undated."""

    on: date | None
    allocated_minor: int
    credited_minor: int


@record
class InvoiceRow:
    """The row of an invoice. `version` is that of the invoice's own stream; entries are in the order of their days."""

    invoice_id: UUID
    number: str
    customer_id: UUID | None
    agreement_id: UUID | None
    amount_minor: int
    tax_minor: int | None
    total_minor: int
    currency: str
    lines: tuple[invoices.InvoiceLine, ...]
    issued_on: date | None
    due_on: date | None
    entries: tuple[InvoiceEntry, ...] = ()
    allocated_minor: int = 0
    credited_minor: int = 0
    open_minor: int
    settled_on: date | None = None
    is_disputed: bool = False
    was_disputed: bool = False
    is_voided: bool = False
    reason: str | None = None
    external_system: str | None
    external_id: str | None
    version: int
    position: int


def _groups(event: invoices.InvoiceEvent | _Paying, recorded: Recorded) -> tuple[GroupKey, ...]:
    match event:
        case ReceiptAllocated() | ReceiptRefunded():
            return () if event.invoice_id is None else ((event.invoice_id,),)
        case ReceiptReversed():
            return tuple((part.invoice_id,) for part in event.parts if part.invoice_id is not None)
        case _:
            return ((recorded.stream_id,),)


def _fold(row: InvoiceRow | None, event: invoices.InvoiceEvent | _Paying, recorded: Recorded) -> InvoiceRow:
    if isinstance(event, invoices.InvoiceIssued):
        return _issued(event, recorded)
    assert row is not None, "an invoice begins with invoice.issued"
    on = business_date(recorded)
    is_own = recorded.stream_id == row.invoice_id
    row = replace(row, version=recorded.version if is_own else row.version, position=recorded.position)
    match event:
        case ReceiptAllocated():
            settled_minor, _ = settles(event, event.currency)
            return _with_entry(row, event.received_on or on, allocated_minor=settled_minor)
        case ReceiptRefunded():
            settled_minor, _ = settles(event, event.currency)
            return _with_entry(row, on, allocated_minor=-settled_minor)
        case ReceiptReversed():
            fallen = (part for part in event.parts if part.invoice_id == row.invoice_id)
            fallen_minor = sum(settles(part, event.currency)[0] for part in fallen)
            return _with_entry(row, on, allocated_minor=-fallen_minor)
        case invoices.InvoiceCreditNoteIssued():
            return _with_entry(row, on, credited_minor=invoices.gross_minor(event.amount_minor, event.tax_minor))
        case invoices.InvoiceDisputed():
            return replace(row, is_disputed=True, was_disputed=True, reason=event.reason)
        case invoices.InvoiceDisputeResolved():
            return replace(row, is_disputed=False, reason=event.outcome)
        case invoices.InvoiceVoided():
            return replace(row, is_voided=True, open_minor=0, settled_on=None, reason=event.reason)


def _issued(event: invoices.InvoiceIssued, recorded: Recorded) -> InvoiceRow:
    total_minor = invoices.gross_minor(event.amount_minor, event.tax_minor)
    return made_from(
        InvoiceRow,
        event,
        invoice_id=recorded.stream_id,
        total_minor=total_minor,
        issued_on=business_date(recorded),
        open_minor=total_minor,
        external_system=system_of(event.external_id),
        external_id=id_of(event.external_id),
        version=recorded.version,
        position=recorded.position,
    )


def _with_entry(row: InvoiceRow, on: date | None, *, allocated_minor: int = 0, credited_minor: int = 0) -> InvoiceRow:
    """The invoice after money came or went, or something was credited."""
    day = max(on, row.issued_on) if on and row.issued_on else on
    by_day = {entry.on: entry for entry in row.entries}
    entry = by_day.get(day, InvoiceEntry(on=day, allocated_minor=0, credited_minor=0))
    by_day[day] = replace(
        entry,
        allocated_minor=entry.allocated_minor + allocated_minor,
        credited_minor=entry.credited_minor + credited_minor,
    )
    entries = tuple(sorted(by_day.values(), key=lambda entry: entry.on or date.max))
    allocated = row.allocated_minor + allocated_minor
    credited = row.credited_minor + credited_minor
    return replace(
        row,
        entries=entries,
        allocated_minor=allocated,
        credited_minor=credited,
        open_minor=0 if row.is_voided else row.total_minor - allocated - credited,
        settled_on=None if row.is_voided else _settled_on(row.total_minor, entries),
    )


def _settled_on(total_minor: int, entries: tuple[InvoiceEntry, ...]) -> date | None:
    """The day since which nothing is open; None where something is, or where a day is unknown."""
    open_minor, settled_on = total_minor, None
    for entry in entries:
        if entry.on is None and (entry.allocated_minor or entry.credited_minor):
            return None
        open_minor -= entry.allocated_minor + entry.credited_minor
        if open_minor > 0:
            settled_on = None
        elif settled_on is None:
            settled_on = entry.on
    return settled_on


PROJECTION: Final = one_row(
    "invoice",
    _fold,
    row=InvoiceRow,
    version=2,
    key=("invoice_id",),
    groups=by(_groups),
    indexes=(
        "(position)",
        "(customer_id)",
        "(agreement_id)",
        "(due_on)",
        "(settled_on)",
        "(issued_on)",
        "(external_id, external_system)",
    ),
)

"""Wire shapes of invoices, with the filter and orders of their list. Amounts are minor units of the invoice's currency."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.shared.kernel import About, CurrencyCode, ExternalId, Key, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class InvoicedLine:
    """A part of an invoice."""

    amount_minor: Annotated[Amount, About("Net amount.")]
    tax_minor: Annotated[Amount | None, About("Its tax; null where none is stated.")]
    line_key: Annotated[str | None, About("Key of the agreement's line, where it is for one.")]
    description: Annotated[str | None, About("A business label.")]


@record
class InvoiceEntry:
    """What changed the open amount on one day."""

    on: Annotated[date | None, About("Business date, not before the day of issue; null is undated.")]
    allocated_minor: Annotated[Amount, About("Money for it, less what was paid back or bounced.")]
    credited_minor: Annotated[Amount, About("Credit notes, gross.")]


@record
class Invoice:
    """What a customer owes, and what was paid and credited of it."""

    id: Annotated[UUID, About("The invoice.")]
    number: Annotated[str, About("Its number, unique within its agreement.")]
    customer_id: Annotated[UUID | None, About("The customer who owes it, where known.")]
    agreement_id: Annotated[UUID | None, About("The agreement that it is for, where there is one.")]
    amount_minor: Annotated[Amount, About("Net amount; the whole where no tax is stated.")]
    tax_minor: Annotated[Amount | None, About("Tax on top; null where none is stated.")]
    total_minor: Annotated[Amount, About("Amount with tax.")]
    currency: Annotated[str, About("ISO 4217 code.")]
    lines: Annotated[tuple[InvoicedLine, ...], About("What it is for, where that is stated.")]
    issued_on: Annotated[date | None, About("Business date of issue; null where unknown.")]
    due_on: Annotated[date | None, About("Last day on which it is paid in time; null where unknown.")]
    entries: Annotated[tuple[InvoiceEntry, ...], About("What changed the open amount, by day.")]
    allocated_minor: Annotated[Amount, About("All money for it, less what was paid back or bounced.")]
    credited_minor: Annotated[Amount, About("All credit notes, gross.")]
    open_minor: Annotated[
        Amount, About("Total less allocated and credited; negative where too much was paid, 0 once voided.")
    ]
    settled_on: Annotated[
        date | None,
        About("The day since which nothing is open; null while something is, or where a day is unknown."),
    ]
    is_disputed: Annotated[bool, About("The customer contests it.")]
    was_disputed: Annotated[bool, About("It is or was contested.")]
    is_voided: Annotated[bool, About("Issued by mistake: nothing of it is owed.")]
    reason: Annotated[str | None, About("What is contested, how that ended, or why it was voided: what came last.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of the last event that it reflects.")]


@record
class InvoiceFilter:
    """Which invoices; voided ones only where they are asked for. Days are inclusive at both ends."""

    customer_id: Annotated[Uuids | None, About("Owed by any of these customers.")] = None
    agreement_id: Annotated[UUID | None, About("For this agreement.")] = None
    number: Annotated[Key | None, About("With this number.")] = None
    currency: Annotated[CurrencyCode | None, About("In this currency (ISO 4217).")] = None
    is_open: Annotated[bool | None, About("With something open, or not.")] = None
    is_disputed: Annotated[bool | None, About("Contested, or not.")] = None
    is_voided: Annotated[bool | None, About("Voided; without it those that are not.")] = None
    issued_from: Annotated[date | None, About("Issued on this day or later.")] = None
    issued_to: Annotated[date | None, About("Issued on this day or earlier.")] = None
    due_from: Annotated[date | None, About("Due on this day or later.")] = None
    due_to: Annotated[date | None, About("Due on this day or earlier.")] = None
    settled_from: Annotated[date | None, About("Settled on this day or later.")] = None
    settled_to: Annotated[date | None, About("Settled on this day or earlier.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class InvoiceOrder(StrEnum):
    """Orders of invoices. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    ISSUED_DESC = "issued_desc"
    DUE_ASC = "due_asc"
    OPEN_DESC = "open_desc"

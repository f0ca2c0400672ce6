"""Agreements as they are now, one row an agreement, with what was invoiced on them. Amounts are minor units of its currency.

Lines stand as they are after all amendments. Invoiced and credited amounts are gross; voided invoices do not count.
"""

from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.cash import agreements
from salesapi.domain.cash.agreement_lines import AgreedLine, Instalment
from salesapi.domain.cash.agreements import (
    Agreement,
    AgreementAmended,
    AgreementCancelled,
    AgreementDrafted,
    AgreementEvent,
    AgreementSigned,
    Status,
)
from salesapi.domain.cash.invoices import InvoiceCreditNoteIssued, InvoiceIssued, InvoiceVoided, gross_minor
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, id_of, made_from, replace, system_of
from salesapi.projections.declaring import by, one_row
from salesapi.projections.projection import GroupKey

_Invoicing: TypeAlias = InvoiceIssued | InvoiceCreditNoteIssued | InvoiceVoided


@record
class AgreementRow:
    """The row of an agreement with a customer. `version` is that of its own stream."""

    agreement_id: UUID
    title: str
    customer_id: UUID
    deal_id: UUID | None
    currency: str
    legal_entity: str | None
    status: Status = "draft"
    lines: tuple[AgreedLine, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    total_minor: int = 0
    amendment_count: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    payment_days: int | None = None
    signed_on: date | None = None
    cancelled_on: date | None = None
    fee_kept_minor: int | None = None
    reason: str | None = None
    renewed_by: UUID | None = None
    invoiced_minor: int = 0
    credited_minor: int = 0
    external_system: str | None
    external_id: str | None
    version: int
    position: int


def _groups(event: AgreementEvent | _Invoicing, recorded: Recorded) -> tuple[GroupKey, ...]:
    match event:
        case InvoiceIssued() | InvoiceCreditNoteIssued() | InvoiceVoided():
            return () if event.agreement_id is None else ((event.agreement_id,),)
        case _:
            return ((recorded.stream_id,),)


def _fold(row: AgreementRow | None, event: AgreementEvent | _Invoicing, recorded: Recorded) -> AgreementRow:
    if isinstance(event, AgreementDrafted):
        return made_from(
            AgreementRow,
            event,
            agreement_id=recorded.stream_id,
            external_system=system_of(event.external_id),
            external_id=id_of(event.external_id),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "an agreement begins with agreement.drafted"
    invoiced_minor, credited_minor = row.invoiced_minor, row.credited_minor
    match event:
        case InvoiceIssued():
            invoiced_minor += gross_minor(event.amount_minor, event.tax_minor)
        case InvoiceCreditNoteIssued():
            credited_minor += gross_minor(event.amount_minor, event.tax_minor)
        case InvoiceVoided():
            invoiced_minor -= event.total_minor
            credited_minor -= event.credited_minor
        case _:
            row = _changed(row, event, recorded)
    return replace(row, invoiced_minor=invoiced_minor, credited_minor=credited_minor, position=recorded.position)


def _changed(row: AgreementRow, event: AgreementEvent, recorded: Recorded) -> AgreementRow:
    known = made_from(Agreement, row)
    state = agreements.evolve(known, event, recorded)
    row = replace(
        row,
        status=state.status,
        lines=state.lines,
        instalments=state.instalments,
        total_minor=state.total_minor,
        renewed_by=state.renewed_by,
        version=recorded.version,
    )
    match event:
        case AgreementSigned():
            return replace(
                row,
                starts_on=event.starts_on,
                ends_on=event.ends_on,
                payment_days=event.payment_days,
                signed_on=business_date(recorded),
            )
        case AgreementAmended():
            return replace(row, amendment_count=row.amendment_count + 1)
        case AgreementCancelled():
            cancelled_on, fee = event.effective_on, event.fee_kept_minor
            return replace(row, cancelled_on=cancelled_on, fee_kept_minor=fee, reason=event.reason)
        case _:
            return row


PROJECTION: Final = one_row(
    "agreement",
    _fold,
    row=AgreementRow,
    version=2,
    key=("agreement_id",),
    groups=by(_groups),
    indexes=("(position)", "(customer_id)", "(deal_id)", "(ends_on)", "(external_id, external_system)"),
)

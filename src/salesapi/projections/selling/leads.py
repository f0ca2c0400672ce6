"""Leads as they are now, one row a lead. What is known of the person is in clear here; a lead without an owner is in the pool.

`captured_on` is the first touch, `qualified_on` the qualification: business dates, None where unknown.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.selling.leads import (
    LeadAssigned,
    LeadCaptured,
    LeadClaimed,
    LeadConverted,
    LeadDisqualified,
    LeadEvent,
    LeadQualified,
    LeadReleased,
    LeadStatus,
    LeadVoided,
)
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import business_date, business_instant, id_of, replace, system_of
from salesapi.projections.declaring import one_row


@record
class LeadRow:
    """`reason` is that of the refusal or of the voiding; the last three ids are what the conversion made or named."""

    lead_id: UUID
    status: LeadStatus
    name: str | None
    company: str | None
    phone: str | None
    email: str | None
    wechat: str | None
    note: str | None
    source: str | None
    campaign: str | None
    owner_id: UUID | None
    captured_on: date | None
    captured_at: datetime | None
    qualified_on: date | None
    criteria: tuple[str, ...]
    converted_on: date | None
    reason: str | None
    customer_id: UUID | None
    contact_id: UUID | None
    deal_id: UUID | None
    attributes: tuple[AttributeValue, ...]
    external_system: str | None
    external_id: str | None
    version: int
    position: int


def _fold(row: LeadRow | None, event: LeadEvent, recorded: Recorded) -> LeadRow:
    if isinstance(event, LeadCaptured):
        return _captured(event, recorded)
    assert row is not None, "a lead begins with lead.captured"
    return replace(_changed(row, event, recorded), version=recorded.version, position=recorded.position)


def _captured(event: LeadCaptured, recorded: Recorded) -> LeadRow:
    return LeadRow(
        lead_id=recorded.stream_id,
        status="open",
        name=event.name,
        company=event.company,
        phone=event.phone,
        email=event.email,
        wechat=event.wechat,
        note=event.note,
        source=event.source,
        campaign=event.campaign,
        owner_id=event.owner_id,
        captured_on=business_date(recorded),
        captured_at=business_instant(recorded),
        qualified_on=None,
        criteria=(),
        converted_on=None,
        reason=None,
        customer_id=None,
        contact_id=None,
        deal_id=None,
        attributes=event.attributes,
        external_system=system_of(event.external_id),
        external_id=id_of(event.external_id),
        version=recorded.version,
        position=recorded.position,
    )


def _changed(row: LeadRow, event: LeadEvent, recorded: Recorded) -> LeadRow:
    match event:
        case LeadCaptured() | LeadAttributionTouchRecorded():
            return row
        case LeadAssigned() | LeadClaimed():
            return replace(row, owner_id=event.owner_to)
        case LeadReleased():
            return replace(row, owner_id=None)
        case LeadQualified():
            return replace(row, status="qualified", criteria=event.criteria, qualified_on=business_date(recorded))
        case LeadDisqualified():
            return replace(row, status="disqualified", reason=event.reason)
        case LeadConverted():
            return replace(
                row,
                status="converted",
                converted_on=business_date(recorded),
                customer_id=event.customer_id,
                contact_id=event.contact_id,
                deal_id=event.deal_id,
            )
        case LeadVoided():
            return replace(row, status="voided", reason=event.reason)


PROJECTION: Final = one_row(
    "lead",
    _fold,
    row=LeadRow,
    version=1,
    key=("lead_id",),
    indexes=(
        "(position)",
        "(owner_id, position)",
        "(status, source)",
        "(captured_on)",
        "(customer_id)",
        "(external_id, external_system)",
    ),
    reads_personal=True,
)

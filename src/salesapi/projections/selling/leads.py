"""Leads as they are now, one row a lead. What is known of the person is in clear here; a lead without an owner is in the pool.

`captured_on` is the first touch, `qualified_on` the qualification: business dates, None where unknown.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.selling.leads import LeadStatus, evolve
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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
    touch_count: int
    attributes: tuple[AttributeValue, ...]
    external_system: str | None
    external_id: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "lead",
    evolve,
    row=LeadRow,
    version=2,
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

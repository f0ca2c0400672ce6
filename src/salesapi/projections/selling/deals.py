"""Deals as they are now, one row a deal. A voided deal keeps its row, with that status; every metric ignores it.

Amounts are minor units of `currency`. Dates are business dates; an unknown one is None. The row folds by version.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.selling.deals import Confidence, DealLine, DealShare, Priority, Status, evolve
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class DealRow:
    """`product_id` is the product where all lines name the same one. `reason` is that of the last closing or of the voiding."""

    deal_id: UUID
    status: Status
    title: str
    pipeline_id: UUID
    pipeline_version: int
    stage: str
    stage_before_closing: str | None
    owner_id: UUID
    customer_id: UUID | None
    lead_id: UUID | None
    amount_minor: int | None
    currency: str | None
    lines: tuple[DealLine, ...]
    product_id: UUID | None
    shares: tuple[DealShare, ...]
    expected_close_on: date | None
    opened_on: date | None
    opened_at: datetime | None
    stage_entered_on: date | None
    closed_on: date | None
    closed_at: datetime | None
    reason: str | None
    competitor: str | None
    priority: Priority
    confidence: Confidence | None
    confidence_reason: str | None
    attributes: tuple[AttributeValue, ...]
    external_system: str | None
    external_id: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "deal",
    evolve,
    row=DealRow,
    version=4,
    indexes=(
        "(position)",
        "(owner_id, position)",
        "(status, pipeline_id, stage)",
        "(customer_id)",
        "(lead_id)",
        "(product_id)",
        "(coalesce(opened_on, '-infinity'::date), deal_id)",
        "(closed_on)",
        "(expected_close_on) WHERE status = 'open'",
        "(external_id, external_system)",
    ),
)

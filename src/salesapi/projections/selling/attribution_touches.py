"""Attribution touches: who and what touched which lead, one row a touch; `deal_id` once a conversion opened a deal.

All touches of a lead are one group of rows. Those of a voided lead fall. `touched_*` is business time, None where unknown.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded, TouchKind
from salesapi.domain.selling.leads import LeadConverted, LeadVoided
from salesapi.domain.shared.kernel import Recorded, natural_id, record
from salesapi.domain.shared.states import business_date, business_instant, made_from, replace
from salesapi.projections.declaring import row_group
from salesapi.projections.projection import GroupKey


@record
class AttributionTouchRow:
    """One touch of a lead."""

    touch_id: UUID
    lead_id: UUID
    kind: TouchKind
    member_id: UUID | None
    campaign: str | None
    weight: Decimal | None
    touched_on: date | None
    touched_at: datetime | None
    deal_id: UUID | None
    position: int


_Read: TypeAlias = LeadAttributionTouchRecorded | LeadConverted | LeadVoided


def _evolve(
    rows: Sequence[AttributionTouchRow], event: _Read, recorded: Recorded, group: GroupKey
) -> tuple[AttributionTouchRow, ...]:
    match event:
        case LeadAttributionTouchRecorded():
            return (*rows, _touch(event, recorded))
        case LeadConverted():
            return tuple(replace(row, deal_id=event.deal_id, position=recorded.position) for row in rows)
        case LeadVoided():
            return ()


def _touch(event: LeadAttributionTouchRecorded, recorded: Recorded) -> AttributionTouchRow:
    return made_from(
        AttributionTouchRow,
        event,
        touch_id=natural_id("attribution_touch", str(recorded.stream_id), str(recorded.version)),
        lead_id=recorded.stream_id,
        touched_on=business_date(recorded),
        touched_at=business_instant(recorded),
        position=recorded.position,
    )


PROJECTION: Final = row_group(
    "attribution_touch",
    _evolve,
    row=AttributionTouchRow,
    version=1,
    key=("touch_id",),
    group=("lead_id",),
    indexes=("(position)", "(deal_id, position)", "(member_id, position)", "(campaign)"),
)

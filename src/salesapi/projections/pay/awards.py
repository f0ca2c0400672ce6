"""Awards, adjustments, forgiven draws and extensions as they are now, one row each.

Amounts are minor units of the award's currency, points are whole.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.awards import (
    AwardAdjustmentPosted,
    AwardApproved,
    AwardBegun,
    AwardEvent,
    AwardExpiryExtended,
    AwardGranted,
    AwardKind,
    AwardRevoked,
    AwardStatus,
    kind_of,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import business_date, replace
from salesapi.projections.declaring import one_row


@record
class AwardRow:
    """`period_corrected` and `objection_id` are of adjustments, `deal_id` and `days` of extensions.

    `settled_on` is the day of the approval or revocation.
    """

    award_id: UUID
    member_id: UUID
    kind: AwardKind
    status: AwardStatus
    amount_minor: int | None
    currency: str | None
    points: int | None
    reason: str
    plan_id: UUID | None
    period: str | None
    period_corrected: str | None
    objection_id: UUID | None
    deal_id: UUID | None
    days: int | None
    granted_by: UUID
    granted_on: date | None
    approved_by: UUID | None
    settled_on: date | None
    revocation_reason: str | None
    version: int
    position: int


def _fold(row: AwardRow | None, event: AwardEvent, recorded: Recorded) -> AwardRow:
    if isinstance(event, AwardBegun):
        return _begun(event, recorded)
    assert row is not None, "an award begins with what is granted"
    changed = replace(row, settled_on=business_date(recorded), version=recorded.version, position=recorded.position)
    match event:
        case AwardApproved():
            return replace(changed, status="approved", approved_by=event.approved_by)
        case AwardRevoked():
            return replace(changed, status="revoked", revocation_reason=event.reason)


def _begun(event: AwardBegun, recorded: Recorded) -> AwardRow:
    return AwardRow(
        award_id=recorded.stream_id,
        member_id=event.member_id,
        kind=kind_of(event),
        status="granted",
        amount_minor=None if isinstance(event, AwardExpiryExtended) else event.amount_minor,
        currency=None if isinstance(event, AwardExpiryExtended) else event.currency,
        points=event.points if isinstance(event, AwardGranted) else None,
        reason=event.cause if isinstance(event, AwardAdjustmentPosted) else event.reason,
        plan_id=event.plan_id,
        period=None if isinstance(event, AwardExpiryExtended) else event.period,
        period_corrected=event.period_corrected if isinstance(event, AwardAdjustmentPosted) else None,
        objection_id=event.objection_id if isinstance(event, AwardAdjustmentPosted) else None,
        deal_id=event.deal_id if isinstance(event, AwardExpiryExtended) else None,
        days=event.days if isinstance(event, AwardExpiryExtended) else None,
        granted_by=event.granted_by,
        granted_on=business_date(recorded),
        approved_by=None,
        settled_on=None,
        revocation_reason=None,
        version=recorded.version,
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "award",
    _fold,
    row=AwardRow,
    version=2,
    key=("award_id",),
    indexes=("(position)", "(member_id)", "(plan_id, period)", "(status)"),
)

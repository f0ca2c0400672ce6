"""Awards, adjustments, forgiven draws and extensions as they are now, one row each.

Amounts are minor units of the award's currency, points are whole.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.awards import AwardKind, AwardStatus, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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
    granter_id: UUID | None
    granted_on: date | None
    approved_by: UUID | None
    settled_on: date | None
    revocation_reason: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "award",
    evolve,
    row=AwardRow,
    version=3,
    indexes=("(position)", "(member_id)", "(plan_id, period)", "(status)"),
)

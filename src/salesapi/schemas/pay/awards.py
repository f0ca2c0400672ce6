"""Wire shapes of awards, adjustments, forgiven draws and extensions, with the filter and orders of their list.

Amounts are minor units.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.pay.records.awards import AwardKind, AwardStatus
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.periods import PeriodText
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class Award:
    """What somebody granted beside what plans earn, corrected of what a plan paid, forgave of what is owed, or extended."""

    id: Annotated[UUID, About("The award.")]
    member_id: Annotated[UUID, About("The member whom it is for; of an extension who owned the deal.")]
    kind: Annotated[
        AwardKind,
        About(
            "What it is for; `adjustment` corrects what a plan paid; `draw_forgiven` is owed no more, and pays nothing; "
            "`expiry_extended` lets the cash of a deal come later."
        ),
    ]
    status: Annotated[AwardStatus, About("`granted` waits for its approval; `approved` counts; `revoked` does not.")]
    amount_minor: Annotated[Amount | None, About("Amount in minor units; negative where it is taken back.")]
    currency: Annotated[str | None, About("ISO 4217 code.")]
    points: Annotated[int | None, About("Number of points, for an award of points.")]
    reason: Annotated[str, About("Why it was granted, or the cause of an adjustment.")]
    plan_id: Annotated[
        UUID | None, About("The compensation plan whose run pays or forgives it, or whose expiry is extended.")
    ]
    period: Annotated[str | None, About("The period in which it is paid or forgiven.")]
    period_corrected: Annotated[str | None, About("The period whose pay an adjustment corrects.")]
    objection_id: Annotated[UUID | None, About("The objection that led to an adjustment.")]
    deal_id: Annotated[UUID | None, About("The deal whose expiry is extended.")]
    days: Annotated[int | None, About("By so many days an expiry is extended.")]
    granted_by: Annotated[UUID, About("The principal who granted it.")]
    granted_on: Annotated[date | None, About("Business date of the grant.")]
    approved_by: Annotated[UUID | None, About("The principal who approved it.")]
    settled_on: Annotated[date | None, About("Business date of the approval or revocation.")]
    revocation_reason: Annotated[str | None, About("Why it was revoked.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class AwardFilter:
    """Which awards. Fields that are not sent do not filter; days are inclusive at both ends."""

    member_id: Annotated[Uuids | None, About("For any of these members.")] = None
    kind: Annotated[tuple[AwardKind, ...] | None, MinLen(1), MaxLen(8), About("Any of these kinds.")] = None
    status: Annotated[
        tuple[AwardStatus, ...] | None, MinLen(1), MaxLen(3), About("Any of these; `granted` waits for an approval.")
    ] = None
    plan_id: Annotated[UUID | None, About("Paid, forgiven or extended by this plan.")] = None
    period: Annotated[PeriodText | None, About("Paid or forgiven in this period.")] = None
    period_corrected: Annotated[PeriodText | None, About("Correcting this period.")] = None
    objection_id: Annotated[Uuids | None, About("Posted for any of these objections.")] = None
    deal_id: Annotated[Uuids | None, About("Extending the expiry of any of these deals.")] = None
    granted_from: Annotated[date | None, About("Granted on this day or later.")] = None
    granted_to: Annotated[date | None, About("Granted on this day or earlier.")] = None


class AwardOrder(StrEnum):
    """Orders of awards. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    GRANTED_DESC = "granted_desc"
    GRANTED_ASC = "granted_asc"
    AMOUNT_DESC = "amount_desc"

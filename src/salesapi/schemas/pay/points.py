"""Wire shapes of members' points, with the filters and orders of their lists. Points are whole and have no currency."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.periods import PeriodText
from salesapi.schemas.filters import Uuids
from salesapi.schemas.pay.reasons import PayReason
from salesapi.schemas.scalars import Position, Wide

PointsSum = Annotated[int, Wide()]


@record
class PointsBalance:
    """What a member has earned in points and not redeemed yet."""

    id: Annotated[UUID, About("The member.")]
    balance: Annotated[PointsSum, About("What can be redeemed.")]
    credited: Annotated[PointsSum, About("All that was credited, less what plans took back.")]
    redeemed: Annotated[PointsSum, About("All that was redeemed.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class PointsEntry:
    """One credited award, one entry of a plan, or one redemption."""

    member_id: Annotated[UUID, About("The member.")]
    number: Annotated[int, About("Its place among the member's entries, from 1.")]
    points: Annotated[int, About("How many; negative for a redemption, and for what a plan takes back.")]
    award_id: Annotated[UUID | None, About("The award that was credited.")]
    plan_id: Annotated[UUID | None, About("The compensation plan that gives them.")]
    award_key: Annotated[str | None, About("The award of the plan.")]
    period: Annotated[str | None, About("The period for which the plan gives them.")]
    reason: Annotated[str | None, About("What was redeemed for.")]
    given: Annotated[PayReason | None, About("How the plan counts all of the period.")]
    entered_on: Annotated[date | None, About("Business date.")]
    position: Annotated[Position, About("Log position of its event.")]


@record
class PointsFilter:
    """Whose points. Fields that are not sent do not filter."""

    member_id: Annotated[Uuids | None, About("Of any of these members.")] = None


@record
class PointsEntryFilter:
    """Which entries of points. Fields that are not sent do not filter; days are inclusive at both ends."""

    member_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    award_id: Annotated[UUID | None, About("Of this award.")] = None
    plan_id: Annotated[UUID | None, About("Given by this plan.")] = None
    period: Annotated[PeriodText | None, About("Given for this period.")] = None
    entered_from: Annotated[date | None, About("Entered on this day or later.")] = None
    entered_to: Annotated[date | None, About("Entered on this day or earlier.")] = None


class PointsOrder(StrEnum):
    """Orders of members' points."""

    BALANCE_DESC = "balance_desc"
    CHANGED_DESC = "changed_desc"


class PointsEntryOrder(StrEnum):
    """Orders of entries of points."""

    ENTERED_DESC = "entered_desc"
    """What was recorded last comes first."""

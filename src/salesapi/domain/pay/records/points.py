"""Points: what a member has earned in points and not redeemed yet. Stream `points`, one for each member.

One stream a member, because a redemption and the balance must hold at once. Approving an award of points credits it in the
same commit (`consequences.py`). Points that a plan gives for a period are credited as known; credited again, what is known by
then corrects them, also below zero. A redemption is an entry of its own that takes away. Points are whole and have no
currency. The decisions are in `points_decisions.py`.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Annotated, Final, TypeAlias, assert_never
from uuid import UUID

from salesapi.domain.pay.reasons.reason_form import StoredReason
from salesapi.domain.pay.records.awards import PointsCount
from salesapi.domain.pay.rules.recognition import points_balance
from salesapi.domain.shared.kernel import About, Key, Reason, Recorded, Refers, Refused, StreamRef, natural_id, record
from salesapi.domain.shared.periods import PeriodText

ENTRIES_MAX: Final = 10_000
"""Most entries of one member: the credited awards are kept in the state, so that none is credited twice."""


@record
class PointsCredited:
    """The points of an approved award are the member's."""

    member_id: UUID
    award_id: UUID
    points: int


@record
class PointsRedeemed:
    """The member has used up points."""

    member_id: UUID
    points: int
    reason: str


@record
class PointsPosted:
    """What a plan gives for a period, less what it gave before; below zero it takes back. The reason is of all of it."""

    member_id: UUID
    plan_id: UUID
    plan_version: int
    award_key: str
    period: str
    points: int
    reason: StoredReason
    positions: tuple[int, ...]


PointsEvent: TypeAlias = PointsCredited | PointsPosted | PointsRedeemed
PostedPoints: TypeAlias = tuple[UUID, str, str]
"""Plan, award and period."""

MemberId: TypeAlias = Annotated[UUID, About("The member whose points they are.")]


@record
class CreditPoints:
    """Credits an approved award of points. Approving does so by itself; sent again it changes nothing."""

    member_id: MemberId
    award_id: Annotated[UUID, Refers("award"), About("The award.")]


@record
class CreditPlanPoints:
    """Credits what an award of points of a plan gives the member for a period, as known now. Sent again it credits the change."""

    member_id: MemberId
    plan_id: Annotated[UUID, About("The compensation plan.")]
    award_key: Annotated[Key, About("The award of the plan that gives points.")]
    period: Annotated[PeriodText, About("The period, for example `2026-03`.")]


@record
class RedeemPoints:
    """Uses up points, at most as many as the member has."""

    member_id: MemberId
    points: Annotated[PointsCount, About("How many.")]
    reason: Annotated[Reason, About("What for; stored in clear.")]


class PointsTooFew(Refused):
    """The balance is never negative."""

    code = "points.too_few"
    message = "The member has {balance} points, not {points}."


class PointsAwardUnknown(Refused):
    """Only an award of points of the plan is credited."""

    code = "points.no_award"
    message = "The version that pays the last days of {period} has no award {award_key} of points."


class PointsPeriodMismatch(Refused):
    """The plan counts by another kind of period."""

    code = "points.period_mismatch"
    message = "The plan counts by {period_kind}; {period} is a {sent_kind}."


class PointsFull(Refused):
    """The bound of entries is reached."""

    code = "points.too_many_entries"
    message = "A member has at most {most} entries of points."


@record
class Points:
    """The state that decisions need."""

    member_id: UUID
    balance: int = 0
    entries: int = 0
    credited_ids: frozenset[UUID] = frozenset()
    posted: Mapping[PostedPoints, int] = field(default_factory=dict)


def points_ref(member_id: UUID) -> StreamRef:
    """The stream of a member's points."""
    return StreamRef("points", natural_id("points", str(member_id)))


def entry_of(event: PointsEvent) -> int:
    """R47: what an event adds to the balance; a redemption is a negative entry."""
    return -event.points if isinstance(event, PointsRedeemed) else event.points


def evolve(state: Points | None, event: PointsEvent, recorded: Recorded) -> Points:
    """Folds the stream to its state."""
    known = state or Points(member_id=event.member_id)
    counted = replace(known, entries=known.entries + 1)
    balance = points_balance((known.balance, entry_of(event)))
    match event:
        case PointsCredited():
            return replace(counted, balance=balance, credited_ids=known.credited_ids | {event.award_id})
        case PointsPosted():
            key = (event.plan_id, event.award_key, event.period)
            posted = {**known.posted, key: points_balance((known.posted.get(key, 0), event.points))}
            return replace(counted, balance=balance, posted=posted)
        case PointsRedeemed():
            return replace(counted, balance=balance)
        case _:
            assert_never(event)

"""Points: what a member has earned by awards of points and not redeemed yet. Stream `points`, one for each member.

One stream a member, because a redemption and the balance must hold at once. Approving an award of points credits it in the
same commit (`reactions.py`); a redemption is an entry of its own that takes away. Points are whole and have no currency.
"""

from dataclasses import replace
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from salesapi.domain.awards import Award, PointsCount
from salesapi.domain.kernel import (
    About,
    CommandType,
    Context,
    EventType,
    Facts,
    FieldInvalid,
    Reason,
    Recorded,
    Refused,
    Stream,
    StreamRef,
    ThingUnknown,
    natural_id,
    record,
    roles,
)

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


PointsEvent: TypeAlias = PointsCredited | PointsRedeemed

MemberId: TypeAlias = Annotated[UUID, About("The member whose points they are.")]


@record
class CreditPoints:
    """Credits an approved award of points. Approving does so by itself; sent again it changes nothing."""

    member_id: MemberId
    award_id: Annotated[UUID, About("The award.")]


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


def points_ref(member_id: UUID) -> StreamRef:
    """The stream of a member's points."""
    return StreamRef("points", natural_id("points", str(member_id)))


def credit(state: Points | None, command: CreditPoints, context: Context) -> tuple[PointsCredited, ...]:
    """Decides `CreditPoints`: only what the award itself says, and once."""
    award = context.facts.state(StreamRef("award", command.award_id))
    if not isinstance(award, Award) or award.member_id != command.member_id:
        raise ThingUnknown(thing="award", id=str(command.award_id), pointer="/award_id")
    if award.status != "approved" or award.points is None:
        raise FieldInvalid(reason="This is no approved award of points.", pointer="/award_id")
    known = state or Points(member_id=command.member_id)
    if command.award_id in known.credited_ids:
        return ()
    _refuse_full(known)
    return (PointsCredited(member_id=command.member_id, award_id=command.award_id, points=award.points),)


def redeem(state: Points, command: RedeemPoints, context: Context) -> tuple[PointsRedeemed, ...]:
    """Decides `RedeemPoints`."""
    if command.points > state.balance:
        raise PointsTooFew(balance=state.balance, points=command.points, pointer="/points")
    _refuse_full(state)
    return (PointsRedeemed(member_id=command.member_id, points=command.points, reason=command.reason),)


def evolve(state: Points | None, event: PointsEvent, recorded: Recorded) -> Points:
    """Folds the stream to its state."""
    known = state or Points(member_id=event.member_id)
    counted = replace(known, entries=known.entries + 1)
    match event:
        case PointsCredited():
            return replace(
                counted, balance=known.balance + event.points, credited_ids=known.credited_ids | {event.award_id}
            )
        case PointsRedeemed():
            return replace(counted, balance=known.balance - event.points)


def _refuse_full(state: Points) -> None:
    if state.entries >= ENTRIES_MAX:
        raise PointsFull(most=ENTRIES_MAX)


def _needs_award(state: Points | None, command: CreditPoints, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("award", command.award_id),)


def _stream_of(command: CreditPoints | RedeemPoints) -> UUID:
    return points_ref(command.member_id).id


def _owner(state: Points) -> UUID:
    return state.member_id


STREAM: Final = Stream(
    kind="points",
    plural="points",
    events=(
        EventType(name="points.credited", event=PointsCredited),
        EventType(name="points.redeemed", event=PointsRedeemed),
    ),
    commands=(
        CommandType(
            command=CreditPoints,
            decide=credit,
            roles=roles("finance", "admin"),
            creates=True,
            target="member_id",
            stream_of=_stream_of,
            verb="credit",
            needs=_needs_award,
        ),
        CommandType(
            command=RedeemPoints,
            decide=redeem,
            roles=roles("rep", "manager", "finance", "admin"),
            target="member_id",
            stream_of=_stream_of,
        ),
    ),
    evolve=evolve,
    owner=_owner,
)

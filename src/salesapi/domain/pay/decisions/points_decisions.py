"""What may happen to points: the decisions of `points.py`, pure, and the declaration of the stream."""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.plan_points import earned_points
from salesapi.domain.pay.ledger.pay_facts import Ledger
from salesapi.domain.pay.reasons.reason_form import form_of
from salesapi.domain.pay.records.awards import POINTS_MAX, Award
from salesapi.domain.pay.records.points import (
    ENTRIES_MAX,
    CreditPlanPoints,
    CreditPoints,
    Points,
    PointsAwardUnknown,
    PointsCredited,
    PointsFull,
    PointsPeriodMismatch,
    PointsPosted,
    PointsRedeemed,
    PointsTooFew,
    RedeemPoints,
    evolve,
    points_ref,
)
from salesapi.domain.pay.rules.recognition import problem_of_redemption
from salesapi.domain.shared.kernel import (
    CommandType,
    Context,
    EventType,
    Facts,
    FieldInvalid,
    LedgerRef,
    Ref,
    Stream,
    StreamRef,
    ThingUnknown,
    roles,
)
from salesapi.domain.shared.periods import Period, period_named

AT_HEAD: Final = LedgerRef(None)


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
    if problem_of_redemption(state.balance, command.points) is not None:
        raise PointsTooFew(balance=state.balance, points=command.points, pointer="/points")
    _refuse_full(state)
    return (PointsRedeemed(member_id=command.member_id, points=command.points, reason=command.reason),)


def credit_plan(state: Points | None, command: CreditPlanPoints, context: Context) -> tuple[PointsPosted, ...]:
    """Decides `CreditPlanPoints`: what the facts give now, less what was posted for the same award and period."""
    ledger, period = _ledger(context), period_named(command.period)
    _refuse_unknown_plan(ledger, command, period)
    earned = earned_points(ledger, command.plan_id, command.award_key, command.member_id, period)
    if earned is None:
        raise PointsAwardUnknown(period=period.text, award_key=command.award_key, pointer="/award_key")
    known = state or Points(member_id=command.member_id)
    change = earned.points - known.posted.get((command.plan_id, command.award_key, period.text), 0)
    if change == 0:
        return ()
    if abs(change) > POINTS_MAX:
        raise FieldInvalid(reason=f"One entry has at most {POINTS_MAX} points.", pointer="/award_key")
    _refuse_full(known)
    return (
        PointsPosted(
            member_id=command.member_id,
            plan_id=command.plan_id,
            plan_version=earned.plan_version,
            award_key=command.award_key,
            period=period.text,
            points=change,
            reason=form_of(earned.reason),
            positions=earned.positions,
        ),
    )


def _refuse_unknown_plan(ledger: Ledger, command: CreditPlanPoints, period: Period) -> None:
    if not ledger.has_plan(command.plan_id):
        raise ThingUnknown(thing="compensation plan", id=str(command.plan_id), pointer="/plan_id")
    enrolment = ledger.enrolment(command.member_id)
    if enrolment is None or all(span.plan_id != command.plan_id for span in enrolment.spans):
        raise ThingUnknown(thing="enrolment", id=str(command.member_id), pointer="/member_id")
    versions = ledger.plan(command.plan_id).versions
    if versions and versions[-1].period != period.kind:
        raise PointsPeriodMismatch(
            period_kind=versions[-1].period, period=period.text, sent_kind=period.kind, pointer="/period"
        )


def _ledger(context: Context) -> Ledger:
    ledger = context.facts.state(AT_HEAD)
    assert isinstance(ledger, Ledger), "the ledger was not given"
    return ledger


def _refuse_full(state: Points) -> None:
    if state.entries >= ENTRIES_MAX:
        raise PointsFull(most=ENTRIES_MAX)


def _needs_award(state: Points | None, command: CreditPoints, facts: Facts) -> tuple[StreamRef, ...]:
    return (StreamRef("award", command.award_id),)


def _needs_ledger(state: Points | None, command: CreditPlanPoints, facts: Facts) -> tuple[Ref, ...]:
    return (AT_HEAD,)


def _stream_of(command: CreditPoints | CreditPlanPoints | RedeemPoints) -> UUID:
    return points_ref(command.member_id).id


def _owner(state: Points) -> UUID:
    return state.member_id


STREAM: Final = Stream(
    kind="points",
    plural="points",
    events=(
        EventType(name="points.credited", event=PointsCredited),
        EventType(name="points.posted", event=PointsPosted, schema=2),
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
            command=CreditPlanPoints,
            decide=credit_plan,
            roles=roles("finance", "admin", "integration"),
            creates=True,
            target="member_id",
            stream_of=_stream_of,
            verb="credit-plan",
            needs=_needs_ledger,
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

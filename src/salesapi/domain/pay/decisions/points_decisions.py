"""What may happen to points: the decisions of `points.py`, pure, and the declaration of the stream."""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.plan_points import earned_points
from salesapi.domain.pay.ledger.ledger_needs import ledger_needed, ledger_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.reasons.reason_form import form_of
from salesapi.domain.pay.records.awards import POINTS_MAX, Award
from salesapi.domain.pay.records.points import (
    ENTRIES_MAX,
    CreditPlanPoints,
    CreditPoints,
    Points,
    PointsAwardUnknown,
    PointsCredited,
    PointsEvent,
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
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import CASHIERS, PAYERS, PEOPLE, Context, FieldInvalid, ThingUnknown, member_of
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.references import reference_at, referred
from salesapi.domain.shared.states import made_from


def credit(state: Points | None, command: CreditPoints, context: Context) -> tuple[PointsCredited, ...]:
    """Decides `CreditPoints`: only what the award itself says, and once."""
    award = referred(command, "award_id", Award, context.facts)
    if award.member_id != command.member_id:
        raise reference_at(command, "award_id").refusal()
    if award.status != "approved" or award.points is None:
        raise FieldInvalid(reason="This is no approved award of points.", pointer="/award_id")
    known = state or Points(member_id=command.member_id)
    if command.award_id in known.credited_ids:
        return ()
    _refuse_full(known)
    return (PointsCredited(member_id=command.member_id, award_id=command.award_id, points=award.points),)


def redeem(state: Points, command: RedeemPoints, context: Context) -> tuple[PointsRedeemed, ...]:
    """Decides `RedeemPoints`."""
    if problem_of_redemption(state.balance, points=command.points) is not None:
        raise PointsTooFew(balance=state.balance, points=command.points, pointer="/points")
    _refuse_full(state)
    return (PointsRedeemed(member_id=command.member_id, points=command.points, reason=command.reason),)


def credit_plan(state: Points | None, command: CreditPlanPoints, context: Context) -> tuple[PointsPosted, ...]:
    """Decides `CreditPlanPoints`: what the facts give now, less what was posted for the same award and period."""
    ledger, period = ledger_of(context), period_named(command.period)
    _refuse_unknown_plan(ledger, command, period)
    earned = earned_points(ledger, command.plan_id, command.award_key, member_id=command.member_id, period=period)
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
        made_from(
            PointsPosted,
            command,
            plan_version=earned.plan_version,
            period=period.text,
            points=change,
            reason=form_of(earned.reason),
            positions=earned.positions,
        ),
    )


def _refuse_unknown_plan(ledger: PayFacts, command: CreditPlanPoints, period: Period) -> None:
    if not ledger.has_plan(command.plan_id):
        raise ThingUnknown(thing="compensation plan", id=str(command.plan_id), pointer="/plan_id")
    enrolment = ledger.enrolment(command.member_id)
    if enrolment is None or not enrolment.takes_part_in(command.plan_id):
        raise ThingUnknown(thing="enrolment", id=str(command.member_id), pointer="/member_id")
    versions = ledger.plan(command.plan_id).versions
    if versions and versions[-1].period != period.kind:
        raise PointsPeriodMismatch(
            period_kind=versions[-1].period, period=period.text, sent_kind=period.kind, pointer="/period"
        )


def _refuse_full(state: Points) -> None:
    if state.entries >= ENTRIES_MAX:
        raise PointsFull(most=ENTRIES_MAX)


def _stream_of(command: CreditPoints | CreditPlanPoints | RedeemPoints) -> UUID:
    return points_ref(command.member_id).id


STREAM: Final = Stream[Points, PointsEvent](
    kind="points",
    plural="points",
    evolve=evolve,
    schemas={PointsPosted: 2},
    commands=(
        creates(CreditPoints, decide=credit, roles=PAYERS, target="member_id", stream_of=_stream_of, verb="credit"),
        creates(
            CreditPlanPoints,
            decide=credit_plan,
            roles=CASHIERS,
            target="member_id",
            stream_of=_stream_of,
            verb="credit-plan",
            needs=ledger_needed,
        ),
        changes(RedeemPoints, decide=redeem, roles=PEOPLE, target="member_id", stream_of=_stream_of),
    ),
    owner=member_of,
)

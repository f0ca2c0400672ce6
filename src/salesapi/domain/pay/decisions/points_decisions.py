"""What may happen to points: the decisions of `points.py`, pure, and the declaration of the stream."""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.plan_points import earned_points
from salesapi.domain.pay.ledger.ledger_needs import ledger_needed, ledger_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.reasons.reason_form import form_of
from salesapi.domain.pay.records import points
from salesapi.domain.pay.records.awards import POINTS_MAX, Award
from salesapi.domain.pay.rules.recognition import problem_of_redemption
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import CASHIERS, PAYERS, PEOPLE, Context, FieldInvalid, ThingUnknown, member_of
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.references import reference_at, referred
from salesapi.domain.shared.states import made_from


def credit(
    state: points.Points | None, command: points.CreditPoints, context: Context
) -> tuple[points.PointsCredited, ...]:
    """Decides `CreditPoints`: only what the award itself says, and once."""
    award = referred(command, "award_id", Award, context.facts)
    if award.member_id != command.member_id:
        raise reference_at(command, "award_id").refusal()
    if award.status != "approved" or award.points is None:
        raise FieldInvalid(reason="This is no approved award of points.", pointer="/award_id")
    known = state or points.Points(member_id=command.member_id)
    if command.award_id in known.credited_ids:
        return ()
    _refuse_full(known)
    return (points.PointsCredited(member_id=command.member_id, award_id=command.award_id, points=award.points),)


def redeem(state: points.Points, command: points.RedeemPoints, context: Context) -> tuple[points.PointsRedeemed, ...]:
    """Decides `RedeemPoints`."""
    if problem_of_redemption(state.balance, points=command.points) is not None:
        raise points.PointsTooFew(balance=state.balance, points=command.points, pointer="/points")
    _refuse_full(state)
    return (points.PointsRedeemed(member_id=command.member_id, points=command.points, reason=command.reason),)


def credit_plan(
    state: points.Points | None, command: points.CreditPlanPoints, context: Context
) -> tuple[points.PointsPosted, ...]:
    """Decides `CreditPlanPoints`: what the facts give now, less what was posted for the same award and period."""
    ledger, period = ledger_of(context), period_named(command.period)
    _refuse_unknown_plan(ledger, command, period)
    earned = earned_points(ledger, command.plan_id, command.award_key, member_id=command.member_id, period=period)
    if earned is None:
        raise points.PointsAwardUnknown(period=period.text, award_key=command.award_key, pointer="/award_key")
    known = state or points.Points(member_id=command.member_id)
    change = earned.points - known.posted.get((command.plan_id, command.award_key, period.text), 0)
    if change == 0:
        return ()
    if abs(change) > POINTS_MAX:
        raise FieldInvalid(reason=f"One entry has at most {POINTS_MAX} points.", pointer="/award_key")
    _refuse_full(known)
    return (
        made_from(
            points.PointsPosted,
            command,
            plan_version=earned.plan_version,
            period=period.text,
            points=change,
            reason=form_of(earned.reason),
            positions=earned.positions,
        ),
    )


def _refuse_unknown_plan(ledger: PayFacts, command: points.CreditPlanPoints, period: Period) -> None:
    if not ledger.has_plan(command.plan_id):
        raise ThingUnknown(thing="compensation plan", id=str(command.plan_id), pointer="/plan_id")
    enrolment = ledger.enrolment(command.member_id)
    if enrolment is None or not enrolment.takes_part_in(command.plan_id):
        raise ThingUnknown(thing="enrolment", id=str(command.member_id), pointer="/member_id")
    versions = ledger.plan(command.plan_id).versions
    if versions and versions[-1].period != period.kind:
        raise points.PointsPeriodMismatch(
            period_kind=versions[-1].period, period=period.text, sent_kind=period.kind, pointer="/period"
        )


def _refuse_full(state: points.Points) -> None:
    if state.entries >= points.ENTRIES_MAX:
        raise points.PointsFull(most=points.ENTRIES_MAX)


def _stream_of(command: points.CreditPoints | points.CreditPlanPoints | points.RedeemPoints) -> UUID:
    return points.points_ref(command.member_id).id


STREAM: Final = Stream[points.Points, points.PointsEvent](
    kind="points",
    plural="points",
    evolve=points.evolve,
    schemas={points.PointsPosted: 2},
    commands=(
        creates(
            points.CreditPoints, decide=credit, roles=PAYERS, target="member_id", stream_of=_stream_of, verb="credit"
        ),
        creates(
            points.CreditPlanPoints,
            decide=credit_plan,
            roles=CASHIERS,
            target="member_id",
            stream_of=_stream_of,
            verb="credit-plan",
            needs=ledger_needed,
        ),
        changes(points.RedeemPoints, decide=redeem, roles=PEOPLE, target="member_id", stream_of=_stream_of),
    ),
    owner=member_of,
)

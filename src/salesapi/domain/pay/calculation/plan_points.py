"""R47 in a plan: points in place of money, for what a member does in a period. They stand on no statement.

What was credited before is the caller's to subtract: points are a function of the facts, and a late fact changes them.
"""

from collections.abc import Iterator
from fractions import Fraction
from uuid import UUID

from salesapi.domain.pay.calculation.award_basis import AwardBasis, newest
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_awards import PlanAward, PointsAward
from salesapi.domain.pay.reasons.earned_reasons import PointsEarned
from salesapi.domain.pay.rules.recognition import points_earned
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.money import rounded
from salesapi.domain.shared.periods import Period


@record
class EarnedPoints:
    """The points of an award for a member, whole, with the version that says so, the newest events, and its reason."""

    points: int
    plan_version: int
    positions: tuple[int, ...]
    reason: PointsEarned


def earned_points(
    ledger: PayFacts, plan_id: UUID, award_key: str, *, member_id: UUID, period: Period
) -> EarnedPoints | None:
    """Counts the points known now; None where the version of the period's last days has no such award of points."""
    basis = AwardBasis(Evaluation(ledger, plan_id, period.last_on), period)
    version, enrolment = basis.version, ledger.enrolment(member_id)
    award = next((each for each in version.awards if each.key == award_key), None) if version is not None else None
    if version is None or award is None or award.points is None:
        return None
    done: list[tuple[int, ...]] = []
    if enrolment is not None and basis.evaluation.eligibility.unacknowledged(enrolment, version) is None:
        done += _done(basis, award, award.points, enrolment)
    exact = points_earned(Fraction(len(done)), award.points.points)
    return EarnedPoints(
        points=rounded(exact, version.rounding.mode),
        plan_version=version.number,
        positions=newest(position for positions in done for position in positions),
        reason=PointsEarned(
            done_count=len(done), each=award.points.each, each_points=award.points.points, exact_points=exact
        ),
    )


def _done(basis: AwardBasis, award: PlanAward, terms: PointsAward, enrolment: Enrolment) -> Iterator[tuple[int, ...]]:
    """The events of each touch or deal of the days on which the member holds the award."""
    plan_id, member_id = basis.evaluation.plan_id, enrolment.member_id
    if terms.component is None:
        for touch in basis.touches(member_id, terms.kinds):
            if touch.on is not None and enrolment.covers(plan_id, award.key, touch.on):
                yield (touch.position,)
        return
    deals: dict[UUID, tuple[int, ...]] = {}
    for each in basis.credits(member_id, terms.component):
        if each.amount > 0 and enrolment.covers(plan_id, award.key, each.sale.on):
            deals.setdefault(each.sale.win.deal_id, each.positions)
    yield from deals.values()

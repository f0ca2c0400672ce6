"""The awards of a plan version as postings of a statement (step 10 of the catalogue's order): R02, R35, R41 to R43, R46.

They are evaluated for the period that pays them, by the version that pays its last days, and belong to that run: no later one
recomputes them. A team's pool that was held back until its division is approved is paid by the run after that, for its own
period, and is a held line of that until then. Exact amounts are rounded once, where they are posted; an award that comes to
nothing is no line. Where a version must be acknowledged (R64) and is not, it awards nothing.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.award_basis import AwardBasis, Awarded
from salesapi.domain.pay.calculation.award_scores import ForecastAccuracy, ScorecardOf, Touches
from salesapi.domain.pay.calculation.campaigns import Campaign
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.pay.calculation.retention import Retention
from salesapi.domain.pay.calculation.team_pools import TeamPools, approved_late
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_awards import PlanAward
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.periods import Period
from salesapi.domain.shared.states import made_from

Kind: TypeAlias = Campaign | ScorecardOf | TeamPools | Retention | ForecastAccuracy | Touches


@fast_record
class _Due:
    """An award to be paid, with the version that states it and the period that it is for."""

    basis: AwardBasis
    version: CompensationPlanVersion
    award: PlanAward
    kind: Kind


class PlanAwards:
    """The awards that a run for a period pays, member by member."""

    def __init__(self, evaluation: Evaluation, period: Period) -> None:
        self._evaluation = evaluation
        self._period = period

    def of(self, member_id: UUID) -> list[Posting]:
        """A member's awards: those of the period in the order in which the version states them, then what was held back."""
        enrolment = self._evaluation.ledger.enrolment(member_id) if self._due else None
        return list(self._postings(member_id, enrolment)) if enrolment is not None else []

    def _postings(self, member_id: UUID, enrolment: Enrolment) -> Iterator[Posting]:
        for due in self._due:
            if self._evaluation.eligibility.unacknowledged(enrolment, due.version) is not None:
                continue
            awarded = due.kind.of(member_id)
            if awarded is not None and awarded.exact_minor != 0:
                yield _posting(due, awarded)
            held = due.kind.held_of(member_id) if isinstance(due.kind, TeamPools) else None
            if held is not None:
                yield _posting(due, held)

    @cached_property
    def _due(self) -> list[_Due]:
        own = AwardBasis(self._evaluation, self._period)
        found = [
            _Due(basis=own, version=version, award=award, kind=_kind(own, award)) for version, award in _stated(own)
        ]
        return [*found, *self._held_back()]

    def _held_back(self) -> Iterator[_Due]:
        """R42: pools of earlier periods that were held back, and whose share points are approved now."""
        late = approved_late(self._evaluation.ledger, self._evaluation.plan_id, self._period)
        for period in sorted(late, key=lambda each: each.first_on):
            basis, leaders = AwardBasis(self._evaluation, period), late[period]
            for version, award in _stated(basis):
                pool = award.team_pool
                if pool is not None and pool.is_held_back() and award.key in leaders:
                    kind = TeamPools(basis, award, pool, leaders[award.key])
                    yield _Due(basis=basis, version=version, award=award, kind=kind)


def _stated(basis: AwardBasis) -> list[tuple[CompensationPlanVersion, PlanAward]]:
    """The awards of money of the version that pays the last days of the period."""
    version = basis.version
    awards = version.awards if version is not None else ()
    return [(version, award) for award in awards if version is not None and award.points is None]


def _posting(due: _Due, awarded: Awarded) -> Posting:
    currency, posted_minor = due.basis.currency, awarded.posted_minor
    if posted_minor is None:
        posted_minor = due.version.rounding.minor(awarded.exact_minor, currency)
    return made_from(
        Posting,
        awarded,
        kind="held" if awarded.is_held else "award",
        component=due.award.key,
        period=due.basis.period.text,
        currency=currency,
        exact_minor=None if awarded.is_held else awarded.exact_minor,
        posted_minor=posted_minor,
        plan_version=due.version.number,
    )


def _kind(basis: AwardBasis, award: PlanAward) -> Kind:
    """The one kind that a published award has."""
    if award.spiff is not None:
        return Campaign(basis, award, award.spiff)
    if award.scorecard is not None:
        return ScorecardOf(basis, award, award.scorecard)
    if award.team_pool is not None:
        return TeamPools(basis, award, award.team_pool)
    if award.retention is not None:
        return Retention(basis, award, award.retention)
    if award.forecast is not None:
        return ForecastAccuracy(basis, award, award.forecast)
    assert award.touches is not None, "a published award has one kind"
    return Touches(basis, award, award.touches)

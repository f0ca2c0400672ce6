"""The awards of a plan version as postings of a statement (step 10 of the catalogue's order): R02, R35, R41 to R43, R46.

They are evaluated for the period that pays them, by the version that pays its last days, and belong to that run: no later one
recomputes them. Exact amounts are rounded once, where they are posted; an award that comes to nothing is no line. Where a version
must be acknowledged (R64) and is not, it awards nothing.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.commission.award_basis import AwardBasis, Awarded
from salesapi.domain.commission.award_scores import ForecastAccuracy, ScorecardOf, Touches
from salesapi.domain.commission.campaigns import Campaign
from salesapi.domain.commission.components import Said
from salesapi.domain.commission.evaluation import Evaluation
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.postings import Posting
from salesapi.domain.commission.retention import Retention
from salesapi.domain.commission.team_pools import TeamPools
from salesapi.domain.commission.wording import equals
from salesapi.domain.compensation_plans import CompensationPlanVersion
from salesapi.domain.plan_awards import PlanAward

Kind: TypeAlias = Campaign | ScorecardOf | TeamPools | Retention | ForecastAccuracy | Touches


class PlanAwards:
    """The awards that a run for a period pays, member by member."""

    def __init__(self, evaluation: Evaluation, period: Period) -> None:
        self._basis = AwardBasis(evaluation, period)

    def of(self, member_id: UUID) -> list[Posting]:
        """A member's awards, in the order in which the version states them."""
        version, enrolment = self._basis.version, self._basis.ledger.enrolment(member_id)
        if version is None or enrolment is None or not version.awards:
            return []
        plan_id = self._basis.evaluation.plan_id
        if version.acknowledgement_required and not enrolment.has_acknowledged(plan_id, version.number):
            return []
        return list(self._postings(member_id, version))

    def _postings(self, member_id: UUID, version: CompensationPlanVersion) -> Iterator[Posting]:
        for award, kind in self._kinds:
            awarded = kind.of(member_id)
            if awarded is not None and awarded.exact_minor != 0:
                yield self._posting(award, awarded, version)

    @cached_property
    def _kinds(self) -> list[tuple[PlanAward, Kind]]:
        version = self._basis.version
        assert version is not None, "only a version has awards"
        return [(award, _kind(self._basis, award)) for award in version.awards]

    def _posting(self, award: PlanAward, awarded: Awarded, version: CompensationPlanVersion) -> Posting:
        currency = self._basis.currency

        def said() -> Said:
            return None, equals(awarded.words(), awarded.exact_minor, currency)

        posted_minor = awarded.posted_minor
        return Posting(
            kind="award",
            rule=awarded.rule,
            component=award.key,
            period=self._basis.period.text,
            currency=currency,
            exact_minor=awarded.exact_minor,
            posted_minor=version.rounding.minor(awarded.exact_minor, currency)
            if posted_minor is None
            else posted_minor,
            said=said,
            positions=awarded.positions,
            plan_version=version.number,
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

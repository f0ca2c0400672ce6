"""R02, R41 and R46 in a plan: touches by the piece, weighted goals, accurate forecasts, each of one member in a period."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Final, assert_never
from uuid import UUID

from salesapi.domain.pay.calculation.award_basis import AwardBasis, Awarded, Measured, amount_of, newest, positions_of
from salesapi.domain.pay.ledger.forecast_facts import ForecastFact
from salesapi.domain.pay.plans import plan_awards
from salesapi.domain.pay.reasons.posted_reasons import ForecastRun, GoalScored, PerTouch, Scored
from salesapi.domain.pay.rules import award_measures
from salesapi.domain.pay.rules.awards import Curve, ScorecardItem, scorecard
from salesapi.domain.pay.rules.rates import flat_amount, payout_percent
from salesapi.domain.selling.forecast_sheets import ForecastTotals
from salesapi.domain.shared.dates import day_after
from salesapi.domain.shared.periods import Period, period_named
from salesapi.domain.shared.states import made_from

ZERO: Final = Fraction()


UNMEASURED: Final = Measured(percent=None)


class Touches:
    """R02: a flat amount for each touch."""

    def __init__(self, basis: AwardBasis, award: plan_awards.PlanAward, terms: plan_awards.TouchAward) -> None:
        self._basis = basis
        self._key = award.key
        self._terms = terms

    def of(self, member_id: UUID) -> Awarded | None:
        """The touches of the days on which the member holds the award."""
        basis, unit_minor = self._basis, self._terms.amount_minor
        enrolment = basis.ledger.enrolment(member_id)
        if enrolment is None:
            return None
        touches = [
            touch
            for touch in basis.touches(member_id, self._terms.kinds)
            if touch.on is not None and enrolment.covers(basis.evaluation.plan_id, self._key, touch.on)
        ]
        return Awarded(
            rule="R02",
            exact_minor=flat_amount(unit_minor, len(touches)),
            positions=newest(touch.position for touch in touches),
            reason=PerTouch(touch_count=len(touches), amount_minor=unit_minor),
        )


class ScorecardOf:
    """R41: a target by weighted goals."""

    def __init__(self, basis: AwardBasis, award: plan_awards.PlanAward, card: plan_awards.Scorecard) -> None:
        self._basis = basis
        self._key = award.key
        self._card = card
        self._items = tuple(ScorecardItem(key=goal.key, weight_percent=goal.weight_percent) for goal in card.goals)
        self._curves: dict[str, Curve] = {goal.key: partial(payout_percent, goal.curve) for goal in card.goals}

    def of(self, member_id: UUID) -> Awarded | None:
        """Computes what a member's scores earn; None where it does not hold the award at the end of the period."""
        basis, card = self._basis, self._card
        if not basis.is_enrolled(member_id, self._key):
            return None
        scores = {goal.key: self._score(member_id, goal) for goal in card.goals}
        target = card.target_minor * basis.part(member_id, self._key, card.part_of_period)
        percents = {key: score.percent for key, score in scores.items()}
        lines = scorecard(self._items, percents, self._curves, target=target, missing=card.missing)
        return Awarded(
            rule="R41",
            exact_minor=sum((line.earned for line in lines), ZERO),
            positions=newest(position for score in scores.values() for position in score.positions),
            reason=Scored(
                target_minor=target, goals=tuple(made_from(GoalScored, line, goal=line.key) for line in lines)
            ),
        )

    def _score(self, member_id: UUID, goal: plan_awards.ScorecardGoal) -> Measured:
        basis, source = self._basis, goal.source
        match source.of:
            case "attainment":
                return self._attainment(member_id, source)
            case "nps" | "csat" as survey:
                answers = basis.answers(member_id, survey)
                assert source.responses_min is not None, "a published score of answers says how many it takes"
                score_of = (
                    award_measures.net_promoter_score if survey == "nps" else award_measures.customer_satisfaction
                )
                is_enough = len(answers) >= source.responses_min
                score = score_of([answer.score for answer in answers]) if is_enough else None
                return Measured(percent=score, positions=tuple(answer.position for answer in answers))
            case "touches":
                touches = basis.touches(member_id, source.kinds)
                return _counted(len(touches), source, tuple(touch.position for touch in touches))
            case "points":
                period = basis.period
                got = basis.ledger.points.of_member(member_id, first_on=period.first_on, last_on=period.last_on)
                return _counted(sum(each.points for each in got), source, tuple(each.position for each in got))
        assert_never(source.of)

    def _attainment(self, member_id: UUID, source: plan_awards.ScoreSource) -> Measured:
        basis = self._basis
        assert source.component is not None, "a published score by attainment names its component"
        quota = basis.quota(member_id, source.component)
        if quota is None:
            return Measured(percent=None)
        positions = positions_of(basis.credits(member_id, source.component))
        return Measured(
            percent=basis.attainment(member_id, source.component), positions=tuple({*positions, *quota.positions})
        )


class ForecastAccuracy:
    """R46: a run of accurate forecasts."""

    def __init__(self, basis: AwardBasis, award: plan_awards.PlanAward, terms: plan_awards.ForecastAward) -> None:
        self._basis = basis
        self._key = award.key
        self._terms = terms

    def of(self, member_id: UUID) -> Awarded | None:
        """Computes what the period adds to a member's run; None without the award at its end, or without a forecast."""
        basis, terms = self._basis, self._terms.terms
        if not basis.is_enrolled(member_id, self._key):
            return None
        steps = list(self._steps(member_id))
        if not steps:
            return None
        last = award_measures.forecast_accuracy(terms, [step.percent for step in steps])[-1]
        reason = ForecastRun(
            deviation_percent=last.deviation_percent,
            most_percent=terms.deviation_percent_max,
            run_count=last.run,
            needed_count=terms.periods,
        )
        positions = newest(position for step in steps[-terms.periods :] for position in step.positions)
        return Awarded(rule="R46", exact_minor=last.earned, positions=positions, reason=reason)

    def _steps(self, member_id: UUID) -> Iterator[Measured]:
        """The periods from the first sheet to this one, several without a sheet as one; nothing where this one has none."""
        basis = self._basis
        sheets = {
            text: facts
            for text, facts in basis.ledger.forecasts.of_member(member_id).items()
            if (period := period_named(text)).kind == basis.period.kind and period.first_on <= basis.period.first_on
        }
        if basis.period.text not in sheets:
            return
        before: Period | None = None
        for period in sorted(map(period_named, sheets), key=lambda each: each.first_on):
            if before is not None and day_after(before.last_on) < period.first_on:
                yield UNMEASURED
            yield self._forecasted(member_id, period, sheets[period.text])
            before = period

    def _forecasted(self, member_id: UUID, period: Period, facts: Sequence[ForecastFact]) -> Measured:
        basis, terms = self._basis, self._terms
        stated = [fact for fact in facts if fact.stated_by == terms.stated_by and fact.currency == basis.currency]
        # Of those of one day the first in the list counts: the newest stands first.
        snapshots = [
            award_measures.ForecastSnapshot(taken_on=fact.on, forecast=Fraction(_total(fact.totals, terms.scope)))
            for fact in reversed(stated)
        ]
        forecast = award_measures.forecast_that_counts(terms.terms, snapshots, period_first_on=period.first_on)
        if forecast is None:
            return UNMEASURED
        credits = basis.credits(member_id, terms.component, period)
        positions = {fact.position for fact in stated} | positions_of(credits)
        deviation = award_measures.forecast_deviation(actual=amount_of(credits), forecast=forecast)
        return Measured(percent=deviation, positions=newest(positions))


def _counted(count: int, source: plan_awards.ScoreSource, positions: tuple[int, ...]) -> Measured:
    """A number in percent of the one that is asked for."""
    assert source.target_count is not None, "a published score by number says what 100 percent is"
    return Measured(percent=Fraction(100 * count, source.target_count), positions=positions)


def _total(totals: ForecastTotals, scope: plan_awards.ForecastScope) -> int:
    match scope:
        case "commit":
            return totals.commit_minor
        case "commit_and_best_case":
            return totals.commit_minor + totals.best_case_minor
        case "all":
            return totals.commit_minor + totals.best_case_minor + totals.pipeline_minor

"""What an award of a plan version may not say: what is missing, said twice, or contradicts something else. Pure.

The terms of each rule say for themselves what is wrong with them (`problem_of_...` in `commission/`); here is what holds between
the options of an award, and between an award and the components of its version. Pointers count from the award.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from salesapi.domain.pay.plans import plan_awards
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.problem_places import at, named_twice, of_part, of_stated
from salesapi.domain.pay.rules.award_measures import problem_of_forecast_award
from salesapi.domain.pay.rules.awards import ScorecardItem, problem_of_scorecard, problem_of_spiff
from salesapi.domain.pay.rules.commissionable_bases import ResidualTerms
from salesapi.domain.pay.rules.pools import problem_of_leader_shares, problem_of_team_pool
from salesapi.domain.pay.rules.tables import Problem, problem_of_curve

KINDS: Final = ("spiff", "scorecard", "team_pool", "retention", "forecast", "touches", "points")
"""The fields of an award that say what it pays; it has one of them."""
NEEDED: Final = {
    "attainment": "component",
    "nps": "responses_min",
    "csat": "responses_min",
    "touches": "target_count",
    "points": "target_count",
}
"""What a source of scores needs beside it; no other one takes it."""


def problem_of_award(award: plan_awards.PlanAward, components: Sequence[Component]) -> Problem | None:
    """Finds the first problem of an award in a version with these components."""
    return next(_problems(award, components), None)


def _problems(award: plan_awards.PlanAward, components: Sequence[Component]) -> Iterator[Problem]:
    sent = [kind for kind in KINDS if getattr(award, kind) is not None]
    if len(sent) > 1:
        yield Problem(pointer=f"/{sent[1]}", reason=f"it has {' and '.join(sent)}; send one of them")
    if not sent:
        yield Problem(pointer="/key", reason=f"it has no kind; send one of {', '.join(KINDS)}")
    known = {component.key: component for component in components}
    for pointer, key in award.components():
        if key not in known:
            yield Problem(pointer=pointer, reason=f"the version has no component {key}")
    if award.spiff is not None:
        yield from _problems_of_campaign(award.spiff, known[award.spiff.component])
    yield from of_stated(award.scorecard, _problems_of_scorecard)
    yield from of_stated(award.team_pool, _problems_of_pool)
    yield from of_stated(award.retention, _problems_of_retention)
    if award.forecast is not None:
        yield from at("/forecast/terms", problem_of_forecast_award(award.forecast.terms))
    if award.touches is not None:
        yield from named_twice("/touches/kinds", award.touches.kinds)
    yield from of_stated(award.points, _problems_of_points)


def _problems_of_campaign(campaign: plan_awards.SpiffCampaign, component: Component) -> Iterator[Problem]:
    terms = campaign.terms
    yield from at("/spiff/terms", problem_of_spiff(terms))
    if (terms.last_on - terms.first_on).days >= plan_awards.CAMPAIGN_DAYS_MAX:
        reason = f"a campaign lasts at most {plan_awards.CAMPAIGN_DAYS_MAX} days; make the rest another one"
        yield Problem(pointer="/spiff/terms/last_on", reason=reason)
    if (campaign.unit is not None) != (terms.unit_award_minor is not None):
        reason = "what a unit is belongs to an award for each unit, and to no multiplier"
        yield Problem(pointer="/spiff/unit", reason=reason)
    if component.attributed == "payment" or isinstance(component.rate, ResidualTerms):
        reason = f"{component.key} counts a deal with each of its payments or invoices; a campaign counts it once"
        yield Problem(pointer="/spiff/component", reason=reason)


def _problems_of_scorecard(scorecard: plan_awards.Scorecard) -> Iterator[Problem]:
    items = [ScorecardItem(key=goal.key, weight_percent=goal.weight_percent) for goal in scorecard.goals]
    yield from at("/scorecard/goals", problem_of_scorecard(items))
    for index, goal in enumerate(scorecard.goals):
        place = f"/scorecard/goals/{index}"
        yield from _problems_of_source(f"{place}/source", goal.source)
        yield from at(f"{place}/curve", problem_of_curve(goal.curve))


def _problems_of_source(pointer: str, source: plan_awards.ScoreSource) -> Iterator[Problem]:
    needed = NEEDED[source.of]
    for name in ("component", "responses_min", "target_count"):
        is_sent = getattr(source, name) is not None
        if is_sent != (name == needed):
            reason = f"a score of {source.of} needs {needed}" if name == needed else f"{name} is no part of {source.of}"
            yield Problem(pointer=f"{pointer}/{name}", reason=reason)
    if source.kinds and source.of != "touches":
        yield Problem(pointer=f"{pointer}/kinds", reason=f"kinds belong to touches, not to {source.of}")
    yield from named_twice(f"{pointer}/kinds", source.kinds)


def _problems_of_points(points: plan_awards.PointsAward) -> Iterator[Problem]:
    if (points.each == "deal") != (points.component is not None):
        reason = "a component belongs to points for each `deal`, and only there"
        yield Problem(pointer="/points/component", reason=reason)
    if points.kinds and points.each != "touch":
        yield Problem(pointer="/points/kinds", reason=f"kinds belong to touches, not to points for each {points.each}")
    yield from named_twice("/points/kinds", points.kinds)


def _problems_of_pool(pool: plan_awards.TeamPool) -> Iterator[Problem]:
    yield from at("/team_pool/terms", problem_of_team_pool(pool.terms))
    if (pool.terms.division == "share_points") != bool(pool.share_points):
        reason = "share points belong to a division by `share_points` and to no other"
        yield Problem(pointer="/team_pool/share_points", reason=reason)
    if (pool.terms.division == "leader") != (pool.leader is not None):
        reason = "what a leader may give belongs to a division by `leader` and to no other"
        yield Problem(pointer="/team_pool/leader", reason=reason)
    yield from of_part("/team_pool/leader", pool.leader, problem_of_leader_shares)
    seen = set()
    for index, each in enumerate(pool.share_points):
        if each.member_id in seen:
            pointer = f"/team_pool/share_points/{index}/member_id"
            yield Problem(pointer=pointer, reason="the member is named twice")
        seen.add(each.member_id)


def _problems_of_retention(retention: plan_awards.RetentionAward) -> Iterator[Problem]:
    if (retention.measured == "renewal_rate") != (retention.renewal is not None):
        reason = "which renewals count belongs to `renewal_rate` and to no other measure"
        yield Problem(pointer="/retention/renewal", reason=reason)
    yield from at("/retention/curve", problem_of_curve(retention.curve))

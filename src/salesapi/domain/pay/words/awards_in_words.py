"""An award of a plan in words: what it pays, by what, within which limits."""

from collections.abc import Iterator, Mapping, Sequence

from salesapi.domain.pay.plans import plan_awards
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.words.component_in_words import curve_in_words, only_in_words
from salesapi.domain.pay.words.plan_words import Words, where_stated


def awards_in_words(words: Words, version: CompensationPlanVersion) -> Iterator[str]:
    """The sentences of all awards of a version, which name its components as people do."""
    names = {component.key: component.name for component in version.components}
    for award in version.awards:
        yield from _award(words, award, names)


def _award(words: Words, award: plan_awards.PlanAward, names: Mapping[str, str]) -> Iterator[str]:
    if award.spiff is not None:
        yield from _campaign(words, award.name, award.spiff, names)
    elif award.scorecard is not None:
        yield from _scorecard(words, award.name, award.scorecard, names)
    elif award.team_pool is not None:
        yield from _pool(words, award.name, award.team_pool, names)
    elif award.retention is not None:
        yield from _retention(words, award.name, award.retention)
    elif award.forecast is not None:
        yield from _forecast(words, award.name, award.forecast, names)
    elif award.touches is not None:
        kinds = words.one_of_named("touch", award.touches.kinds)
        yield words.say("award.touches", name=award.name, amount=words.money(award.touches.amount_minor), kinds=kinds)
    elif award.points is not None:
        yield from _points(words, award.name, award.points, names)


def _points(words: Words, name: str, points: plan_awards.PointsAward, names: Mapping[str, str]) -> Iterator[str]:
    yield words.say(
        f"award.points.{points.each}",
        name=name,
        points=points.points,
        kinds=_touches(words, points.kinds),
        component=names[points.component] if points.component is not None else "",
    )
    yield words.say("award.points.no_money")


def _campaign(words: Words, name: str, campaign: plan_awards.SpiffCampaign, names: Mapping[str, str]) -> Iterator[str]:
    terms = campaign.terms
    yield words.say(
        f"award.spiff.{campaign.unit or 'multiplier'}",
        name=name,
        first=terms.first_on,
        last=terms.last_on,
        amount=words.money(terms.unit_award_minor or 0),
        factor=terms.commission_multiplier,
        component=names[campaign.component],
    )
    yield from where_stated(words, campaign.only, only_in_words)
    yield words.say("award.spiff.shared")
    if terms.budget_minor is not None:
        yield words.say("award.spiff.budget", amount=words.money(terms.budget_minor))
        yield words.say(f"award.spiff.end.{terms.budget_end}")
    if terms.winners_max is not None:
        yield words.say("award.spiff.winners", count=terms.winners_max)
        yield words.say(f"award.spiff.ties.{terms.winner_ties}")
    if terms.member_awards_max is not None:
        yield words.say("award.spiff.member", count=terms.member_awards_max)
    yield from words.say_all(f"award.spiff.refund.{terms.refunded_budget}", f"award.spiff.stacking.{terms.stacking}")


def _scorecard(words: Words, name: str, card: plan_awards.Scorecard, names: Mapping[str, str]) -> Iterator[str]:
    yield words.say("award.scorecard", name=name, amount=words.money(card.target_minor))
    for goal in card.goals:
        source = _source(words, goal.source, names)
        first = goal.curve.points[0].attainment_percent
        yield words.say("award.goal", key=goal.key, weight=goal.weight_percent, source=source, first=first)
        yield from curve_in_words(words, goal.curve, point="award.point")
    yield from words.say_all(f"award.missing.{card.missing}", f"award.part.{card.part_of_period}")


def _source(words: Words, source: plan_awards.ScoreSource, names: Mapping[str, str]) -> str:
    return words.say(
        f"award.score.{source.of}",
        component=names[source.component] if source.component is not None else "",
        responses=source.responses_min,
        count=source.target_count,
        kinds=_touches(words, source.kinds),
    )


def _touches(words: Words, kinds: Sequence[str]) -> str:
    return words.one_of_named("touch", kinds) if kinds else words.say("award.score.touches.all")


def _pool(words: Words, name: str, pool: plan_awards.TeamPool, names: Mapping[str, str]) -> Iterator[str]:
    terms = pool.terms
    yield words.say("award.pool", name=name, rate=terms.rate_percent, component=names[pool.component])
    yield words.say(f"award.pool.{terms.division}")
    for each in pool.share_points:
        yield words.say("award.pool.points", member=each.member_id, points=each.points)
    if pool.leader is not None:
        lowest, highest = pool.leader.lowest_percent, pool.leader.highest_percent
        yield words.say("award.pool.bounds", lowest=lowest, highest=highest)
        yield words.say(f"award.pool.until.{pool.leader.until_approved}")
    if pool.qualified_from_percent is not None:
        yield words.say(f"award.pool.{terms.unqualified}", percent=pool.qualified_from_percent)
    yield words.say(f"award.pool.{terms.rounding}")


def _retention(words: Words, name: str, retention: plan_awards.RetentionAward) -> Iterator[str]:
    amount = words.money(retention.target_minor)
    yield words.say(f"award.retention.{retention.measured}", name=name, amount=amount)
    yield words.say("award.retention.customers")
    if retention.renewal is not None:
        yield words.say(f"award.renewal.{retention.renewal.counting}")
        yield words.say(f"award.renewal.{retention.renewal.credit_date}", days=retention.renewal.late_days_max)
    yield words.say("award.retention.first", first=retention.curve.points[0].attainment_percent)
    yield from curve_in_words(words, retention.curve, point="award.point")
    yield from words.say_all(f"award.unmeasured.{retention.unmeasured}", f"award.part.{retention.part_of_period}")


def _forecast(words: Words, name: str, award: plan_awards.ForecastAward, names: Mapping[str, str]) -> Iterator[str]:
    terms = award.terms
    yield words.say(
        "award.forecast",
        name=name,
        amount=words.money(terms.award_minor),
        periods=terms.periods,
        percent=terms.deviation_percent_max,
        component=names[award.component],
    )
    statement, days = words.say(f"award.forecast.{award.stated_by}"), terms.lead_days
    yield words.say(f"award.forecast.{'before' if days >= 0 else 'after'}", statement=statement, days=abs(days))
    yield from (words.say(f"award.forecast.{option}") for option in (award.scope, terms.unmeasured, terms.repeat))

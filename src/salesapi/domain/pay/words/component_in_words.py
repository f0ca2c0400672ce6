"""A component in words: whose credit counts, of which sales, at which rate, within which limits. Order of evaluation."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from salesapi.domain.pay.plans import plan_rates
from salesapi.domain.pay.plans.plan_components import Base, Component, SaleFilter, Sourcing
from salesapi.domain.pay.rules.award_measures import SatisfactionTable
from salesapi.domain.pay.rules.commissionable_bases import ContractTermTable, MarginBandTable, ResidualTerms, TermKicker
from salesapi.domain.pay.rules.rate_rules import RateRule, RateRules
from salesapi.domain.pay.rules.tables import Band, PayoutCurve, Tier, TierTable
from salesapi.domain.pay.words.plan_words import Words, where_stated
from salesapi.domain.pay.words.release_in_words import clawback_in_words, release_in_words


def component_in_words(words: Words, component: Component) -> Iterator[str]:
    """The sentences of a component."""
    credit = words.say(f"credit.{component.credit}", name=component.name, levels=component.levels)
    rate, *details = _rate(words, component.rate)
    yield words.say("component", credit=credit, rate=rate)
    yield from details
    yield from _sales(words, component)
    yield from _modifiers(words, component)
    if component.line_limit_minor is not None:
        yield words.say(f"cap.line.{component.line_limit_excess}", amount=words.money(component.line_limit_minor))
    if component.deal_cap_minor is not None:
        yield words.say(f"cap.deal.{component.deal_cap_excess}", amount=words.money(component.deal_cap_minor))
    if component.line_limit_minor is not None or component.deal_cap_minor is not None:
        yield words.say(f"cap.{component.deal_cap_split}")
    if component.cap_minor is not None:
        yield words.say(f"cap.{component.cap_window}", amount=words.money(component.cap_minor))
        yield words.say(f"excess.{component.cap_excess}.{component.cap_window}")
    if component.override_percent_max is not None:
        yield words.say("override", values=_overridable(words, component), limit=component.override_percent_max)
    if component.needs_quota():
        yield words.say("quota" if component.counted_over == "period" else "quota.year")
    yield from where_stated(words, component.release, release_in_words)
    yield from where_stated(words, component.clawback, clawback_in_words)


def _overridable(words: Words, component: Component) -> str:
    """Of what an enrolment may agree another value (R56)."""
    values = (
        [words.say(f"override.{component.rate.kind}")] if isinstance(component.rate, plan_rates.OverridableRate) else []
    )
    if component.cap_minor is not None:
        values.append(words.say("override.cap"))
    return words.one_of(values)


def _sales(words: Words, component: Component) -> Iterator[str]:
    """Says which sales count, what of them, by which event, and over which time."""
    yield from where_stated(words, component.sourcing, _sourcing)
    yield from where_stated(words, component.only, only_in_words)
    yield from where_stated(words, component.base, _base)
    if component.attributed == "payment":
        yield words.say("attributed.payment")
    elif component.attributed != "booking":
        yield words.say("attributed", event=words.say(f"event.{component.attributed}"))
    if component.counted_over != "period":
        yield words.say(f"counted.{component.counted_over}")


def _sourcing(words: Words, sourcing: Sourcing) -> Iterator[str]:
    yield words.say(f"sourcing.{sourcing.model}")
    if sourcing.kinds:
        yield words.say("sourcing.kinds", kinds=words.one_of_named("touch", sourcing.kinds))
    if sourcing.expires_after_days is None:
        yield words.say("sourcing.lasts")
    else:
        yield words.say("sourcing.expires", days=sourcing.expires_after_days)


def only_in_words(words: Words, only: SaleFilter) -> Iterator[str]:
    """The sentences of a filter."""
    for condition in only.conditions:
        yield words.say(f"only.{condition.of}", key=condition.key, values=words.one_of(condition.any_of))
    if only.customer is not None:
        yield words.say(f"only.{only.customer}")


def _base(words: Words, base: Base) -> Iterator[str]:
    if base.kind == "margin":
        yield from words.say_all(f"base.margin.{base.cost_from}", f"negative.{base.negative_margin}")
    else:
        yield words.say(f"base.{base.kind}")


def _rate(words: Words, rate: plan_rates.Rate) -> Iterator[str]:
    """The one rate that it has; the first sentence goes on from whose credit counts."""
    match rate:
        case plan_rates.FlatRate():
            yield words.say("rate.flat", rate=rate.rate_percent)
        case plan_rates.DealAmount():
            yield words.say("rate.deal", amount=words.money(rate.amount_minor))
        case plan_rates.UnitAmount():
            yield words.say("rate.unit", amount=words.money(rate.amount_minor))
        case plan_rates.IndividualRate():
            yield words.say("rate.individual", amount=words.money(rate.target_variable_minor))
        case TierTable():
            yield from _tiers(words, rate)
        case plan_rates.TargetBonus():
            yield from _bonus(words, rate)
        case RateRules():
            yield words.say("rate.rules")
            yield from (_rule(words, rule) for rule in rate.rules)
            yield words.say("rules.order")
        case MarginBandTable():
            yield from _margin_bands(words, rate)
        case ContractTermTable():
            yield from _contract_terms(words, rate)
        case ResidualTerms():
            yield from _residual(words, rate)
        case plan_rates.RateMatrix():
            yield from _matrix(words, rate)
        case never:
            assert_never(never)


def _tiers(words: Words, table: TierTable) -> Iterator[str]:
    yield words.say(f"rate.tiers.{table.axis}")
    yield from (_tier(words, table, tier) for tier in table.tiers)
    if table.counts != "period":
        yield words.say(f"tiers.{table.counts}")
    yield words.say(f"boundary.{table.boundary}")


def _tier(words: Words, table: TierTable, tier: Tier) -> str:
    def bound(value: Decimal) -> str:
        return words.money(Fraction(value)) if table.axis == "amount" else words.percent(value)

    span = words.span(bound, lower=tier.lower, upper=tier.upper)
    rate = words.plain(tier.rate_percent)
    if tier.rate_at_upper_percent is not None:
        rate = words.say("tier.moving", rate=rate, upper=tier.rate_at_upper_percent)
    return words.say(f"tier.{tier.applies_to}", range=span, rate=rate)


def _bonus(words: Words, bonus: plan_rates.TargetBonus) -> Iterator[str]:
    first = bonus.curve.points[0].attainment_percent
    yield words.say("rate.bonus", amount=words.money(bonus.target_minor), first=first)
    yield from curve_in_words(words, bonus.curve, point="point")


def curve_in_words(words: Words, curve: PayoutCurve, *, point: str) -> Iterator[str]:
    """The sentences of a curve; `point` is the phrase of each of its points."""
    for each in curve.points:
        yield words.say(point, at=each.attainment_percent, pays=each.payout_percent)
    yield from words.say_all("straight", f"beyond.{curve.above_last}")


def _rule(words: Words, rule: RateRule) -> str:
    asked = {
        "region": rule.region,
        "customer_type": rule.customer_type,
        "channel": rule.channel,
        "effective_from": rule.effective_from,
    }
    further = "".join(words.say(f"rule.{name}", value=value) for name, value in asked.items() if value is not None)
    return words.say(
        "rule",
        sold=words.say(f"sold.{rule.product_level}", key=rule.product_key),
        further=further,
        rate=rule.rate_percent,
        priority=words.say("rule.priority", value=rule.priority) if rule.priority else "",
    )


def _margin_bands(words: Words, table: MarginBandTable) -> Iterator[str]:
    yield words.say(f"rate.margin_bands.{table.denominator}")
    for band in table.bands:
        span = words.span(words.percent, lower=band.lower_percent, upper=band.upper_percent)
        yield words.say(f"band.{table.base}", range=span, rate=band.rate_percent)
    yield words.say(f"boundary.{table.boundary}")
    yield words.say("band.undefined", rate=table.undefined_rate_percent)


def _contract_terms(words: Words, table: ContractTermTable) -> Iterator[str]:
    yield from words.say_all(f"rate.contract_terms.{table.base}", f"one_off.{table.one_off}")
    for band in table.bands:
        yield words.say("term", months=band.from_months, rate=band.rate_percent)
    for kicker in table.kickers:
        yield words.say("kicker", conditions=_conditions(words, kicker), factor=kicker.factor)
    if table.kickers:
        yield words.say(f"stacking.{table.kicker_stacking}")


def _conditions(words: Words, kicker: TermKicker) -> str:
    asked = {
        "term_months_min": kicker.term_months_min,
        "prepaid_percent_min": kicker.prepaid_percent_min,
        "payment_days_max": kicker.payment_days_max,
    }
    said = [words.say(f"kicker.{name}", value=value) for name, value in asked.items() if value is not None]
    return words.say("and").join(said)


def _residual(words: Words, residual: ResidualTerms) -> Iterator[str]:
    yield words.say("rate.residual", rate=residual.rate_percent)
    if residual.periods is None:
        yield words.say("residual.all")
    else:
        yield words.say("residual.periods", periods=residual.periods)
    yield words.say(f"owner_change.{residual.owner_change}")


def _matrix(words: Words, table: plan_rates.RateMatrix) -> Iterator[str]:
    yield words.say("rate.matrix", first=words.say(f"axis.{table.first}"), second=words.say(f"axis.{table.second}"))
    for row, rates in zip(table.matrix.rows, table.matrix.cells, strict=True):
        cells = [
            words.say("matrix.cell", rate=rate, range=_band(words, table.second, column))
            for column, rate in zip(table.matrix.columns, rates.rates_percent, strict=True)
        ]
        yield words.say("matrix.row", range=_band(words, table.first, row), cells=words.say("comma").join(cells))
    yield words.say("boundary.lower_inclusive")


def _band(words: Words, axis: plan_rates.MatrixAxis, band: Band) -> str:
    def bound(value: Decimal) -> str:
        return words.say("months", count=value) if axis == "term_months" else words.percent(value)

    return words.span(bound, lower=band.lower, upper=band.upper)


def _modifiers(words: Words, component: Component) -> Iterator[str]:
    """Says what makes it faster or slower, caps its rate, opens it, or multiplies it."""
    rate, gate = component.rate, component.gate
    if isinstance(rate, plan_rates.FlatRate | plan_rates.IndividualRate):
        yield from _moved(words, rate)
    if (
        isinstance(rate, plan_rates.FlatRate | plan_rates.IndividualRate | ContractTermTable)
        and rate.rate_cap_percent is not None
    ):
        yield words.say("cap.rate", rate=rate.rate_cap_percent)
    if gate is not None:
        yield words.say(f"gate.{gate.pays}", at=gate.attainment_percent)
    yield from where_stated(words, component.satisfaction, _satisfaction)


def _moved(words: Words, rate: plan_rates.MovedRate) -> Iterator[str]:
    faster, slower = rate.accelerator, rate.decelerator
    if faster is not None:
        yield words.say("accelerator", at=faster.above_attainment_percent, factor=faster.factor)
    if slower is not None:
        at = slower.below_attainment_percent
        yield words.say(f"decelerator.{slower.slowed}", at=at, factor=slower.factor)


def _satisfaction(words: Words, table: SatisfactionTable) -> Iterator[str]:
    yield words.say(f"satisfaction.{table.survey}")
    for band in table.bands:
        yield words.say("satisfaction.band", score=band.from_score, factor=band.factor)
    yield words.say(f"satisfaction.{table.too_few}", responses=table.responses_min)

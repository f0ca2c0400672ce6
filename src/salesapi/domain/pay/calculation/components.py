"""What one credit earns under one component: the catalogue's order of evaluation (section 1, steps 3 to 8) in one place.

Exact fractions of minor units; nothing is rounded here. Each step that changes what is earned is a result of its own, so that
a statement shows the rate, and then what a factor added or a gate or a cap took away, each with its reason as data.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from salesapi.domain.pay.calculation.sale_rates import Portion, rated_by_sale, reason_of_parts, rule_parts
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import DealAmount, FlatRate, IndividualRate, MovedRate, SaleRate, TargetBonus
from salesapi.domain.pay.reasons import earned_reasons
from salesapi.domain.pay.reasons.reasons import Reason
from salesapi.domain.pay.rules import limits, rates
from salesapi.domain.pay.rules.rate_rules import RateRules
from salesapi.domain.pay.rules.rates import Part
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.pay.rules.tables import TierTable
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.money import rounded

EarningKind: TypeAlias = Literal["earning", "uplift", "modifier", "limit"]
ZERO: Final = Fraction()
ALL: Final = Fraction(100)
"""All of it, in percent."""


@fast_record
class Earning:
    """One exact result with its reason. An uplift pays on what came before; a modifier is a factor's; a limit takes away."""

    kind: EarningKind
    rule: str
    base: Amount
    exact_minor: Fraction
    reason: Reason
    cap_of: limits.CapOf | None = None
    """Of what a cap takes away: what it is the cap of."""
    is_carried: bool = False
    """Whether that is earned later."""


@fast_record
class Standing:
    """The place of a member under a component in its window: credited before and in all, the quota, earned before."""

    start: Amount
    peak: Amount
    """The highest that `start` has been in the window: what has opened a gate once."""
    total: Amount
    quota: int | None
    earned_minor: Fraction
    """What the component earned before this credit in the period, before its own cap."""
    is_same_deal: bool
    """Whether what earned before this was another part of the same deal, as where two of one's people share it."""
    deal_earned_minor: Fraction
    """What the same deal earned before this credit, by another part of it or deferred to the period, before any cap."""
    deal_start: Amount = 0
    """What of the same deal was credited before, by another part of it."""
    rated_from: Amount = 0
    """R21: credit before this is counted and not rated again."""
    team_attainment: Fraction | None = None
    satisfaction: Fraction | None = None
    """R44: the factor of the period; None where the component has none."""


def earnings_of(component: Component, standing: Standing, portion: Portion) -> tuple[Earning, ...]:
    """Measure (R07), gate (R13), rate (R01 to R12, R36 to R40), factor (R44), limits of line and deal (R29), component (R30)."""
    if not _is_open(component, standing, portion.amount):
        return (_shut(component, standing, portion.amount),)
    rated = _rated(component, standing, portion)
    if standing.satisfaction is not None:
        rated = (*rated, _factored(standing.satisfaction, rated))
    if component.line_limit_minor is not None:
        for exact in _by_line(component, standing, portion, exact_of(rated)):
            rated = (*rated, *over_line_limit(component, portion, exact))
    if component.deal_cap_minor is None and component.cap_minor is None:
        return rated
    capped = (*rated, *over_deal_cap(component, portion, exact_of(rated), before=standing.deal_earned_minor))
    return (*capped, *over_cap(component, exact_of(capped), before=standing.earned_minor))


def exact_of(earnings: tuple[Earning, ...]) -> Fraction:
    """Sums what results earn together, in exact minor units."""
    if len(earnings) == 1:
        return earnings[0].exact_minor
    return sum((earning.exact_minor for earning in earnings), ZERO)


def exact_before(earnings: tuple[Earning, ...], *caps: limits.CapOf) -> Fraction:
    """Sums what results earn before these caps take anything of it, in exact minor units."""
    return sum((each.exact_minor for each in earnings if each.cap_of not in caps), ZERO)


def before_leaving(earnings: tuple[Earning, ...]) -> tuple[Earning, ...]:
    """Results without what the rule of a leaver does not pay (R60), which caps of components do not know of."""
    return tuple(each for each in earnings if each.rule != "R60")


def is_shut(earnings: tuple[Earning, ...]) -> bool:
    """R13: whether a gate let nothing through."""
    return any(earning.rule == "R13" for earning in earnings)


def cut(rule: str, of: limits.CapOf, name: earned_reasons.LimitName, found: limits.Capped) -> tuple[Earning, ...]:
    """Makes the line of what a cap takes away; none where it takes nothing."""
    exact = found.paid_minor - found.earned_minor
    if exact == 0:
        return ()
    is_carried = found.carried_minor != 0
    reason = earned_reasons.LimitCut(
        limit=name,
        limit_minor=found.cap_minor,
        kept_minor=found.paid_minor,
        earned_minor=found.earned_minor,
        rest="later" if is_carried else "lost",
    )
    return (
        Earning(kind="limit", rule=rule, base=0, exact_minor=exact, reason=reason, cap_of=of, is_carried=is_carried),
    )


def over_line_limit(component: Component, portion: Portion, earned: Fraction) -> tuple[Earning, ...]:
    """R29: what one line of a sale earns past its limit, by itself."""
    if component.line_limit_minor is None:
        return ()
    limit = _of_portion(component, portion, component.line_limit_minor)
    found = limits.per_line_limit(limit, earned_minor=earned, excess=component.line_limit_excess)
    return cut("R29", "line", "line", found)


def over_deal_cap(component: Component, portion: Portion, earned: Fraction, *, before: Fraction) -> tuple[Earning, ...]:
    """R29: what a deal earns past its cap; a refund is capped alike. `before` is what counts under the same cap."""
    if component.deal_cap_minor is None:
        return ()
    found = limits.per_deal_cap(
        _of_portion(component, portion, component.deal_cap_minor),
        earned_minor=earned,
        earned_before_minor=before,
        excess=component.deal_cap_excess,
    )
    return cut("R29", "deal", "deal", found)


def _of_portion(component: Component, portion: Portion, limit_minor: int) -> Amount:
    """R29: what a credit has of a limit of its deal. A payment has its part of it, cut to a whole minor unit."""
    if portion.sale.paid_by is not None:
        limit_minor = rounded(limit_minor * portion.sale.scale, "down")
    return limits.cap_of_share(limit_minor, portion.share, component.deal_cap_split)


def over_cap(capped: Component | CompensationPlanVersion, earned: Fraction, *, before: Fraction) -> tuple[Earning, ...]:
    """R30: what a component, or the plan of a version, earns a participant in its window past its cap."""
    if capped.cap_minor is None:
        return ()
    found = limits.earnings_cap(
        earned_minor=earned, earned_before_minor=before, cap_minor=capped.cap_minor, excess=capped.cap_excess
    )
    if isinstance(capped, Component):
        return cut("R30", "component", capped.cap_window, found)
    return cut("R30", "plan", "plan", found)


def after_leaving(kept_percent: Fraction, earnings: tuple[Earning, ...]) -> tuple[Earning, ...]:
    """R60: what the rule of a leaver does not pay."""
    if kept_percent == ALL:
        return ()
    earned = exact_of(earnings)
    lost = earned * (kept_percent / 100 - 1)
    reason = earned_reasons.LeaverShare(paid_percent=kept_percent, earned_minor=earned)
    return (Earning(kind="limit", rule="R60", base=0, exact_minor=lost, reason=reason),)


def _is_open(component: Component, standing: Standing, base: Amount) -> bool:
    """R13: by the whole window's attainment, or from the deal on that reaches it; a refund after that is taken back."""
    if component.gate is None:
        return True
    reached = max(standing.peak, standing.start + base)
    counted = standing.total if component.gate.pays == "whole_period" else reached
    return _attainment(standing, counted) >= component.gate.attainment_percent


def _shut(component: Component, standing: Standing, base: Amount) -> Earning:
    """R13: `e = open ? e : 0`."""
    gate = component.gate
    assert gate is not None, "only a gate shuts"
    counted = standing.total if gate.pays == "whole_period" else standing.start + base
    reason = earned_reasons.GateShut(
        needed_percent=gate.attainment_percent, reached_percent=_attainment(standing, counted)
    )
    return Earning(kind="earning", rule="R13", base=base, exact_minor=ZERO, reason=reason)


def _rated(component: Component, standing: Standing, portion: Portion) -> tuple[Earning, ...]:
    match component.rate:
        case FlatRate() | IndividualRate() as rate:
            return (_by_rate(rate, standing, portion.amount),)
        case TierTable() as table:
            return _by_tiers(table, standing, portion)
        case TargetBonus() as bonus:
            return (_of_bonus(bonus, standing, portion.amount),)
        case DealAmount() as rate:
            return (_of_deal(rate, standing, portion),)
        case rate:
            return (_by_sale(rate, standing, portion),)


def _of_deal(rate: DealAmount, standing: Standing, portion: Portion) -> Earning:
    """R02: the flat amount once for a deal, in however many parts it is credited; one below zero counts back.

    A payment has its part of it, and after losses that are restated what is left of it.
    """
    unit_minor, scale = rate.amount_minor, portion.sale.scale
    count = ZERO if standing.is_same_deal else scale if portion.amount * scale >= 0 else -scale
    exact = rates.flat_amount(unit_minor, count)
    reason = earned_reasons.PerDeal(deal_count=count, amount_minor=unit_minor)
    return Earning(kind="earning", rule="R02", base=portion.amount, exact_minor=exact, reason=reason)


def _by_sale(rate: SaleRate, standing: Standing, portion: Portion) -> Earning:
    """R02 by unit, R14, R36 to R40: the rate follows from the sale."""
    attainment = _attainment(standing, standing.total) if standing.quota is not None else None
    found = rated_by_sale(rate, portion, attainment=attainment, team_attainment=standing.team_attainment)
    return Earning(
        kind="earning", rule=found.rule, base=portion.amount, exact_minor=found.exact_minor, reason=found.reason
    )


def _by_rate(moved: MovedRate, standing: Standing, base: Amount) -> Earning:
    """R01 or R03, with the accelerator (R10) or decelerator (R11) that the rate may have."""
    match moved:
        case FlatRate():
            rule, rate = "R01", rates.exact(moved.rate_percent)
        case IndividualRate():
            rule, rate = "R03", rates.individual_rate(moved.target_variable_minor, quota_minor=_quota(standing))
    parts: tuple[Part, ...] = (rates.flat_percentage(rate, base),)
    if (faster := moved.accelerator) is not None:
        threshold = _threshold(standing, faster.above_attainment_percent)
        rule = "R10"
        parts = rates.accelerated(rate, factor=faster.factor, threshold=threshold, start=standing.start, base=base)
    elif (slower := moved.decelerator) is not None:
        threshold = _threshold(standing, slower.below_attainment_percent)
        rule = "R11"
        parts = rates.decelerated(
            rate, factor=slower.factor, threshold=threshold, start=standing.start, base=base, slowed=slower.slowed
        )
    whole, cap = parts, moved.rate_cap_percent
    if cap is None:
        return _of_parts("earning", rule, base, parts)
    parts = tuple(Part(rate_percent=limits.rate_cap(part.rate_percent, cap), amount=part.amount) for part in whole)
    reason = earned_reasons.RatedParts(parts=tuple(map(_capped_part, parts, whole)))
    return Earning(kind="earning", rule=rule, base=base, exact_minor=rates.total_of(parts), reason=reason)


def _by_tiers(stated: TierTable, standing: Standing, portion: Portion) -> tuple[Earning, ...]:
    """R04 to R09: the credit's own part, and what reaching another tier changes on what came before."""
    table, base = _table(stated, standing), portion.amount
    rule = rates.rule_of_tiers(table)
    if table.counts == "line":
        lines = [part for line in portion.lines() for part in rates.tiered(table, start=0, base=line).own]
        return (_of_parts("earning", rule, base, lines),)
    start, rated_from = standing.start, standing.rated_from
    if table.counts == "deal":
        start, rated_from = standing.deal_start, 0
    found = rates.tiered(table, start=start, base=base, rated_from=rated_from)
    own = _of_parts("earning", rule, base, found.own)
    if not found.uplift:
        return (own,)
    return (own, _of_parts("uplift", rule, start - rated_from, found.uplift))


def _by_line(component: Component, standing: Standing, portion: Portion, earned: Fraction) -> list[Fraction]:
    """Divides what was rated among the lines of a sale, where its rate tells what each earns."""
    factor = 1 if standing.satisfaction is None else standing.satisfaction
    rate = component.rate
    if isinstance(rate, RateRules):
        return [part.exact * factor for part in rule_parts(rate, portion.sale, portion.amount)]
    if isinstance(rate, TierTable):
        table = _table(rate, standing)
        return [rates.tiered(table, start=0, base=line).exact * factor for line in portion.lines()]
    whole = Fraction(portion.amount)
    return [earned * line / whole for line in portion.lines()] if whole else [earned]


def _table(table: TierTable, standing: Standing) -> TierTable:
    return rates.in_amounts(table, _quota(standing)) if table.axis == "attainment_percent" else table


def _of_bonus(bonus: TargetBonus, standing: Standing, base: Amount) -> Earning:
    """R12: what this credit adds to the share of the target bonus that the attainment gives."""
    curve, target_minor = bonus.curve, bonus.target_minor
    before = rates.payout_percent(curve, _attainment(standing, standing.start)) if standing.start else ZERO
    after = rates.payout_percent(curve, _attainment(standing, standing.start + base))
    exact = (after - before) * target_minor / 100
    reason = earned_reasons.BonusShare(after_percent=after, before_percent=before, target_minor=target_minor)
    return Earning(kind="earning", rule="R12", base=base, exact_minor=exact, reason=reason)


def _factored(factor: Fraction, rated: tuple[Earning, ...]) -> Earning:
    """R44: what the factor by satisfaction adds to what was rated, or takes away."""
    earned = exact_of(rated)
    exact = earned * (factor - 1)
    reason = earned_reasons.SatisfactionFactored(
        satisfaction_factor=factor, factored_minor=earned + exact, earned_minor=earned
    )
    return Earning(kind="modifier", rule="R44", base=0, exact_minor=exact, reason=reason)


def _of_parts(kind: EarningKind, rule: str, base: Amount, parts: Sequence[Part]) -> Earning:
    return Earning(kind=kind, rule=rule, base=base, exact_minor=rates.total_of(parts), reason=reason_of_parts(parts))


def _capped_part(part: Part, whole: Part) -> earned_reasons.RatedPart:
    """R30: a part whose rate a cap may hold."""
    is_held = part.rate_percent != whole.rate_percent
    return earned_reasons.RatedPart(
        rate_percent=part.rate_percent,
        amount_minor=part.amount,
        uncapped_percent=whole.rate_percent if is_held else None,
    )


def _quota(standing: Standing) -> int:
    assert standing.quota is not None, "a credit without the quota that it needs is held"
    return standing.quota


def _attainment(standing: Standing, credited: Amount) -> Fraction:
    return rates.attainment_percent(credited, quota=_quota(standing))


def _threshold(standing: Standing, attainment: Decimal) -> Amount:
    return rates.part_of(_quota(standing), attainment)

"""What one credit earns under one component: the catalogue's order of evaluation (section 1, steps 3 to 8) in one place.

Exact fractions of minor units; nothing is rounded here. Each step that changes what is earned is a result of its own, so that
a statement shows the rate, and then what a gate or a cap took away.
"""

from fractions import Fraction
from typing import Literal, TypeAlias

from salesapi.domain.commission import rates
from salesapi.domain.commission.limits import Capped, LineLimit, earnings_cap, per_deal_limit
from salesapi.domain.commission.rates import Part
from salesapi.domain.commission.wording import equals, in_major, percent, terms
from salesapi.domain.compensation_plans import Component
from salesapi.domain.kernel import record

EarningKind: TypeAlias = Literal["earning", "uplift", "limit"]


@record
class Earning:
    """One exact result with its derivation. An uplift pays on what came before; a limit takes away what goes past it."""

    kind: EarningKind
    rule: str
    base_minor: int
    rate_percent: str | None
    exact_minor: Fraction
    formula: str


@record
class Standing:
    """Where a member stands under a component in the period: credited before, credited in all, the quota, earned before."""

    start_minor: int
    peak_minor: int
    """The highest that `start_minor` has been in the period: what has opened a gate once."""
    total_minor: int
    quota_minor: int | None
    earned_minor: Fraction
    """What the component earned before this credit, before its own cap."""
    is_same_deal: bool
    """Whether what earned before this was another part of the same deal, as where two of one's people share it."""
    deal_earned_minor: Fraction
    """What the same deal earned before this credit, by another part of it, before any cap."""


def earnings_of(component: Component, standing: Standing, base_minor: int, currency: str) -> tuple[Earning, ...]:
    """Measure (R07), gate (R13), rate (R01 to R12), cap of the deal (R29), cap of the component (R30), in this order."""
    if not _is_open(component, standing, base_minor):
        return (_shut(component, standing, base_minor, currency),)
    rated = _rated(component, standing, base_minor, currency)
    capped = (*rated, *_over_deal_cap(component, standing, rated, currency))
    return (*capped, *_over_component_cap(component, standing, capped, currency))


def exact_of(earnings: tuple[Earning, ...]) -> Fraction:
    """What results earn together, in minor units."""
    return sum((earning.exact_minor for earning in earnings), rates.ZERO)


def before_component_cap(earnings: tuple[Earning, ...]) -> Fraction:
    """What results earn before the component's own cap, in minor units."""
    return exact_of(tuple(earning for earning in earnings if earning.rule != "R30"))


def before_caps(earnings: tuple[Earning, ...]) -> Fraction:
    """What results earn before the caps of the deal and of the component, in minor units."""
    return exact_of(tuple(earning for earning in earnings if earning.kind != "limit"))


def is_shut(earnings: tuple[Earning, ...]) -> bool:
    """R13: whether a gate let nothing through."""
    return any(earning.rule == "R13" for earning in earnings)


def _is_open(component: Component, standing: Standing, base_minor: int) -> bool:
    """R13: by the whole period's attainment, or from the deal on that reaches it; a refund after that is taken back."""
    if component.gate is None:
        return True
    reached_minor = max(standing.peak_minor, standing.start_minor + base_minor)
    counted = standing.total_minor if component.gate.pays == "whole_period" else reached_minor
    return _attainment(standing, counted) >= component.gate.attainment_percent


def _shut(component: Component, standing: Standing, base_minor: int, currency: str) -> Earning:
    assert component.gate is not None, "only a gate shuts"
    counted = standing.total_minor if component.gate.pays == "whole_period" else standing.start_minor + base_minor
    needed = percent(Fraction(component.gate.attainment_percent))
    reached = percent(_attainment(standing, counted))
    formula = f"gate at {needed} % of the quota is shut at {reached} %: 0 {currency}"
    return Earning(
        kind="earning",
        rule="R13",
        base_minor=base_minor,
        rate_percent=None,
        exact_minor=rates.gated(False, rates.ZERO),
        formula=formula,
    )


def _rated(component: Component, standing: Standing, base_minor: int, currency: str) -> tuple[Earning, ...]:
    """The one rate that a component has."""
    if component.tiers is not None:
        return _by_tiers(component, standing, base_minor, currency)
    if component.deal_amount_minor is not None:
        # A deal counts once, in however many parts it is credited.
        count = 0 if standing.is_same_deal else 1 if base_minor >= 0 else -1
        exact = rates.flat_amount(component.deal_amount_minor, count)
        formula = equals(f"{count} x {in_major(component.deal_amount_minor, currency)}", exact, currency)
        return (_earning("R02", base_minor, None, exact, formula),)
    if component.bonus is not None:
        return (_of_bonus(component, standing, base_minor, currency),)
    return (_by_rate(component, standing, base_minor, currency),)


def _by_rate(component: Component, standing: Standing, base_minor: int, currency: str) -> Earning:
    """R01 or R03, with the accelerator (R10) or decelerator (R11) that the component may have."""
    if component.rate_percent is not None:
        rule, rate = "R01", Fraction(component.rate_percent)
    else:
        assert component.individual is not None, "a published component has one rate"
        rule, rate = "R03", rates.individual_rate(component.individual.target_variable_minor, _quota(standing))
    parts: tuple[Part, ...] = (Part(rate_percent=rate, amount=Fraction(base_minor)),)
    if (faster := component.accelerator) is not None:
        threshold = _threshold(standing, Fraction(faster.above_attainment_percent))
        rule = "R10"
        parts = rates.accelerated(rate, faster.factor, threshold, standing.start_minor, base_minor)
    elif (slower := component.decelerator) is not None:
        threshold = _threshold(standing, Fraction(slower.below_attainment_percent))
        rule = "R11"
        parts = rates.decelerated(rate, slower.factor, threshold, standing.start_minor, base_minor, slower.slowed)
    return _of_parts("earning", rule, base_minor, parts, currency)


def _by_tiers(component: Component, standing: Standing, base_minor: int, currency: str) -> tuple[Earning, ...]:
    """R04 to R09: the credit's own part, and what reaching another tier changes on what came before."""
    assert component.tiers is not None, "called for tiers only"
    table = component.tiers
    if table.axis == "attainment_percent":
        table = rates.in_amounts(table, _quota(standing))
    rule = rates.rule_of_tiers(table)
    found = rates.tiered(table, standing.start_minor, base_minor)
    own = _of_parts("earning", rule, base_minor, found.own, currency)
    if not found.uplift:
        return (own,)
    return (own, _of_parts("uplift", rule, standing.start_minor, found.uplift, currency))


def _of_bonus(component: Component, standing: Standing, base_minor: int, currency: str) -> Earning:
    """R12: what this credit adds to the share of the target bonus that the attainment gives."""
    assert component.bonus is not None, "called for a bonus only"
    curve, target_minor = component.bonus.curve, component.bonus.target_minor
    before = (
        rates.payout_percent(curve, _attainment(standing, standing.start_minor)) if standing.start_minor else rates.ZERO
    )
    after = rates.payout_percent(curve, _attainment(standing, standing.start_minor + base_minor))
    exact = (after - before) * target_minor / 100
    words = f"({percent(after)} % less {percent(before)} %) of {in_major(target_minor, currency)}"
    return _earning("R12", base_minor, percent(after), exact, equals(words, exact, currency))


def _over_deal_cap(
    component: Component, standing: Standing, rated: tuple[Earning, ...], currency: str
) -> tuple[Earning, ...]:
    """R29: what a deal earns past its cap is lost, however many of its sellers credit one manager; a refund is capped alike."""
    if component.deal_cap_minor is None:
        return ()
    limit = LineLimit(limit_minor=component.deal_cap_minor, excess="lost")
    found = per_deal_limit(limit, earned_minor=exact_of(rated), earned_before_minor=standing.deal_earned_minor)
    return _cut("R29", "cap of a deal", found, currency)


def _over_component_cap(
    component: Component, standing: Standing, earned: tuple[Earning, ...], currency: str
) -> tuple[Earning, ...]:
    """R30: what the component earns in the period past its cap is lost."""
    if component.cap_minor is None:
        return ()
    found = earnings_cap(
        earned_minor=exact_of(earned),
        earned_before_minor=standing.earned_minor,
        cap_minor=component.cap_minor,
        excess="lost",
    )
    return _cut("R30", "cap of the period", found, currency)


def _cut(rule: str, name: str, found: Capped, currency: str) -> tuple[Earning, ...]:
    if found.lost_minor == 0:
        return ()
    kept, earned = in_major(found.paid_minor, currency), in_major(found.earned_minor, currency)
    formula = equals(f"{name} {in_major(found.cap_minor, currency)}: {kept} less {earned}", -found.lost_minor, currency)
    return (
        Earning(
            kind="limit", rule=rule, base_minor=0, rate_percent=None, exact_minor=-found.lost_minor, formula=formula
        ),
    )


def _of_parts(kind: EarningKind, rule: str, base_minor: int, parts: tuple[Part, ...], currency: str) -> Earning:
    exact = rates.total_of(parts)
    if kind == "uplift" and len(parts) == 2:
        shown = f"{percent(parts[0].rate_percent)} less {percent(parts[1].rate_percent)}"
    else:
        shown = " and ".join(percent(part.rate_percent) for part in parts)
    formula = equals(terms(parts, currency), exact, currency)
    return Earning(kind=kind, rule=rule, base_minor=base_minor, rate_percent=shown, exact_minor=exact, formula=formula)


def _earning(rule: str, base_minor: int, rate_percent: str | None, exact: Fraction, formula: str) -> Earning:
    return Earning(
        kind="earning", rule=rule, base_minor=base_minor, rate_percent=rate_percent, exact_minor=exact, formula=formula
    )


def _quota(standing: Standing) -> int:
    assert standing.quota_minor is not None, "a credit without the quota that it needs is held"
    return standing.quota_minor


def _attainment(standing: Standing, credited_minor: int) -> Fraction:
    return rates.attainment_percent(credited_minor, _quota(standing))


def _threshold(standing: Standing, attainment: Fraction) -> Fraction:
    return attainment * _quota(standing) / 100

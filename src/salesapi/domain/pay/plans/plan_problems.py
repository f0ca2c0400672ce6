"""What a version of a compensation plan may not say: what is missing, said twice, or contradicts something else in it.

Pure. Each function answers the first problem with its place (RFC 6901), or None where it can be published. Tables and rules say
for themselves what is wrong with them (`problem_of_...` in `commission/`); here is what holds between the options.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from salesapi.domain.pay.plans.compensation_plans import PlanTerms
from salesapi.domain.pay.plans.plan_award_problems import problem_of_award
from salesapi.domain.pay.plans.plan_components import (
    Base,
    Clawback,
    Component,
    CurrencyRules,
    QuotaRules,
    RateMatrix,
    Release,
    SaleFilter,
    TargetBonus,
)
from salesapi.domain.pay.plans.plan_limit_problems import problems_of_component_limits, problems_of_plan_limits
from salesapi.domain.pay.rules.accounting import problem_of_conversion
from salesapi.domain.pay.rules.award_measures import problem_of_collection_bands, problem_of_satisfaction
from salesapi.domain.pay.rules.clawbacks import problem_of_clawback, problem_of_recovery
from salesapi.domain.pay.rules.commissionable_bases import (
    problem_of_contract_terms,
    problem_of_margin_bands,
    problem_of_residual,
)
from salesapi.domain.pay.rules.draws import (
    DrawInAdvance,
    problem_of_draw_in_advance,
    problem_of_guarantee,
    problem_of_recoverable_draw,
)
from salesapi.domain.pay.rules.plan_versions_and_leavers import problem_of_leaver_rules
from salesapi.domain.pay.rules.quotas import problem_of_proration, problem_of_ramp
from salesapi.domain.pay.rules.rate_rules import problem_of_rate_rules
from salesapi.domain.pay.rules.rates import payout_percent
from salesapi.domain.pay.rules.release import Clocks, problem_of_clocks, problem_of_expiry
from salesapi.domain.pay.rules.tables import (
    Problem,
    problem_of_curve,
    problem_of_matrix,
    problem_of_rate,
    problem_of_tiers,
)
from salesapi.domain.pay.rules.withholding import problem_of_holdback, problem_of_instalments
from salesapi.domain.shared.periods import PeriodKind

RATES: Final = (
    "rate_percent",
    "deal_amount_minor",
    "unit_amount_minor",
    "individual",
    "tiers",
    "bonus",
    "rules",
    "margin_bands",
    "contract_terms",
    "residual",
    "matrix",
)
"""The fields of a component that say what it pays; it has one of them."""
OVERRIDABLE: Final = ("rate_percent", "individual", "bonus", "cap_minor")
"""The fields of a component of which an enrolment may agree another value (R56)."""
OF_PRODUCTS: Final = frozenset({"product_code", "product_category"})
"""Conditions on lines, which have no attribute's key."""


def problem_of_terms(terms: PlanTerms, kind: PeriodKind) -> Problem | None:
    """What is wrong with a version that pays by this kind of period, its components first. Pointers count from the command."""
    return next(_problems_of_terms(terms, kind), None)


def problem_of_component(component: Component) -> Problem | None:
    """What is wrong with a component by itself, its rate first. Pointers count from the component."""
    return next(_problems_of_component(component), None)


def _at(pointer: str, found: Problem | None) -> Iterator[Problem]:
    """A problem of a part, seen from the whole."""
    if found is not None:
        yield Problem(pointer=f"{pointer}{found.pointer}", reason=found.reason)


def _problems_of_terms(terms: PlanTerms, kind: PeriodKind) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, component in enumerate(terms.components):
        if component.key in seen:
            yield Problem(pointer=f"/components/{index}/key", reason="its key is used twice")
        seen.add(component.key)
        yield from _at(f"/components/{index}", problem_of_component(component))
        if kind == "year" and component.counted_over != "period":
            reason = "the plan pays by year, so that its period is the year; send `period`"
            yield Problem(pointer=f"/components/{index}/counted_over", reason=reason)
    yield from _problems_of_floor(terms)
    if terms.currencies is not None:
        yield from _problems_of_currencies(terms.currencies)
    if terms.quotas is not None:
        yield from _problems_of_quotas(terms.quotas, kind)
    if terms.leavers:
        yield from _at("/leavers", problem_of_leaver_rules(terms.leavers))
    if terms.recovery is not None:
        yield from _at("/recovery", problem_of_recovery(terms.recovery))
    yield from problems_of_plan_limits(terms, kind)
    yield from _problems_of_awards(terms, seen)


def _problems_of_awards(terms: PlanTerms, seen: set[str]) -> Iterator[Problem]:
    """Of the awards; `seen` are the keys of the components."""
    for index, award in enumerate(terms.awards):
        if award.key in seen:
            yield Problem(pointer=f"/awards/{index}/key", reason="its key is used twice")
        seen.add(award.key)
        yield from _at(f"/awards/{index}", problem_of_award(award, terms.components))
        if award.spiff is not None and award.spiff.only is not None:
            for found in _problems_of_filter(award.spiff.only):
                yield from _at(f"/awards/{index}/spiff", found)


def _problems_of_floor(terms: PlanTerms) -> Iterator[Problem]:
    if terms.guarantee is not None and terms.draw is not None:
        yield Problem(pointer="/draw", reason="send a guarantee or a draw, not both")
    if terms.guarantee is not None:
        yield from _at("/guarantee", problem_of_guarantee(terms.guarantee))
    if terms.draw is not None:
        yield from _at("/draw", problem_of_recoverable_draw(terms.draw))
    if terms.advance is not None:
        yield from _problems_of_advance(terms, terms.advance)


def _problems_of_advance(terms: PlanTerms, advance: DrawInAdvance) -> Iterator[Problem]:
    for name in ("guarantee", "draw"):
        if getattr(terms, name) is not None:
            yield Problem(pointer="/advance", reason=f"send a {name} or an advance, not both")
    if terms.recovery is not None:
        reason = "an advance says itself what becomes of a negative end; send no recovery beside it"
        yield Problem(pointer="/recovery", reason=reason)
    yield from _at("/advance", problem_of_draw_in_advance(advance))


def _problems_of_currencies(currencies: CurrencyRules) -> Iterator[Problem]:
    yield from _at("/currencies/conversion", problem_of_conversion(currencies.conversion))


def _problems_of_quotas(quotas: QuotaRules, kind: PeriodKind) -> Iterator[Problem]:
    if quotas.proration is None and quotas.ramp is None:
        yield Problem(pointer="/quotas", reason="it has neither a proration nor a ramp; send null for quotas as set")
    if quotas.proration is not None:
        yield from _at("/quotas/proration", problem_of_proration(quotas.proration, kind))
    is_by_working_days = quotas.proration is not None and quotas.proration.basis == "working_days"
    if is_by_working_days != (quotas.calendar_id is not None):
        reason = "a calendar belongs to a proration by working days and to no other"
        yield Problem(pointer="/quotas/calendar_id", reason=reason)
    if quotas.ramp is not None:
        yield from _at("/quotas/ramp", problem_of_ramp(quotas.ramp))


def _problems_of_component(component: Component) -> Iterator[Problem]:
    yield from _problems_of_rate_count(component)
    yield from _problems_of_credit(component)
    yield from _problems_of_modifiers(component)
    yield from _problems_of_amounts(component)
    yield from _problems_of_rate(component)
    yield from _problems_of_attribution(component)
    if component.only is not None:
        yield from _problems_of_filter(component.only)
    yield from _problems_of_base(component)
    yield from _problems_of_counting(component)
    if component.satisfaction is not None:
        yield from _at("/satisfaction", problem_of_satisfaction(component.satisfaction))
    if component.release is not None:
        yield from _problems_of_release(component.release)
    if component.clawback is not None:
        yield from _problems_of_clawback(component.clawback)


def _problems_of_rate_count(component: Component) -> Iterator[Problem]:
    sent = [name for name in RATES if getattr(component, name) not in (None, ())]
    if len(sent) > 1:
        yield Problem(pointer=f"/{sent[1]}", reason=f"it has {' and '.join(sent)}; send one of them")
    if not sent:
        yield Problem(pointer="/rate_percent", reason=f"it has no rate; send one of {', '.join(RATES)}")


def _problems_of_credit(component: Component) -> Iterator[Problem]:
    sourcing = component.sourcing
    if (component.credit == "sourcing") != (sourcing is not None):
        reason = "which touches are credited belongs to the credit `sourcing` and to no other"
        yield Problem(pointer="/sourcing", reason=reason)
    if sourcing is not None:
        for index, kind in enumerate(sourcing.kinds):
            if kind in sourcing.kinds[:index]:
                yield Problem(pointer=f"/sourcing/kinds/{index}", reason=f"{kind} is named twice")
    if component.levels > 1 and component.credit != "manager_override":
        reason = f"levels of managers belong to the credit `manager_override`; send 1, not {component.levels}"
        yield Problem(pointer="/levels", reason=reason)


def _problems_of_modifiers(component: Component) -> Iterator[Problem]:
    has_plain_rate = component.rate_percent is not None or component.individual is not None
    sent = [name for name in ("accelerator", "decelerator") if getattr(component, name) is not None]
    if sent and not has_plain_rate:
        reason = "it goes with a flat or individual rate only; tiers and curves say themselves how they rise"
        yield Problem(pointer=f"/{sent[0]}", reason=reason)
    if len(sent) > 1:
        reason = "it has an accelerator and a decelerator; tiers by attainment say what holds between the two"
        yield Problem(pointer="/decelerator", reason=reason)
    rates_all = component.tiers is not None and any(tier.applies_to == "all" for tier in component.tiers.tiers)
    if rates_all and component.gate is not None and component.gate.pays == "later_deals":
        reason = "tiers that rate everything would pay on the deals before the gate; let it pay `whole_period`"
        yield Problem(pointer="/gate/pays", reason=reason)


def _problems_of_amounts(component: Component) -> Iterator[Problem]:
    for name in ("deal_amount_minor", "unit_amount_minor"):
        amount_minor = getattr(component, name)
        if amount_minor is not None and amount_minor <= 0:
            yield Problem(pointer=f"/{name}", reason=f"{name} must be above 0, not {amount_minor}")
    yield from problems_of_component_limits(component)
    if component.override_percent_max is not None:
        yield from _problems_of_overrides(component, component.override_percent_max)


def _problems_of_overrides(component: Component, limit_percent: Decimal) -> Iterator[Problem]:
    if limit_percent <= 0:
        reason = f"a limit is above 0 percent, not {limit_percent}; send null where nothing is agreed otherwise"
        yield Problem(pointer="/override_percent_max", reason=reason)
    if all(getattr(component, name) is None for name in OVERRIDABLE):
        reason = f"it has none of {', '.join(OVERRIDABLE)}, so that no enrolment can agree another; send null"
        yield Problem(pointer="/override_percent_max", reason=reason)


def _problems_of_rate(component: Component) -> Iterator[Problem]:
    if component.rate_percent is not None:
        yield from _at("", problem_of_rate(component.rate_percent, "/rate_percent"))
    if component.tiers is not None:
        yield from _at("/tiers", problem_of_tiers(component.tiers.tiers))
    if component.bonus is not None:
        yield from _problems_of_bonus(component.bonus)
    if component.rules:
        yield from _at("/rules", problem_of_rate_rules(component.rules))
    if component.margin_bands is not None:
        yield from _at("/margin_bands", problem_of_margin_bands(component.margin_bands))
    if component.contract_terms is not None:
        yield from _at("/contract_terms", problem_of_contract_terms(component.contract_terms))
    if component.residual is not None:
        yield from _at("/residual", problem_of_residual(component.residual))
    if component.matrix is not None:
        yield from _problems_of_matrix(component.matrix)


def _problems_of_bonus(bonus: TargetBonus) -> Iterator[Problem]:
    yield from _at("/bonus/curve", problem_of_curve(bonus.curve))
    if payout_percent(bonus.curve, Fraction()) != 0:
        reason = "a bonus pays nothing at 0 percent; what is paid without any result is a guarantee"
        yield Problem(pointer="/bonus/curve/points", reason=reason)


def _problems_of_matrix(matrix: RateMatrix) -> Iterator[Problem]:
    if matrix.first == matrix.second:
        yield Problem(pointer="/matrix/second", reason=f"rows and columns both stand for {matrix.first}")
    yield from _at("/matrix/matrix", problem_of_matrix(matrix.matrix))


def _problems_of_attribution(component: Component) -> Iterator[Problem]:
    release_on = component.release.on if component.release is not None else "booking"
    clocks = Clocks(attribution=component.attributed, release=release_on)
    if (found := problem_of_clocks(clocks)) is not None:
        yield Problem(pointer="/attributed", reason=found.reason)
    if component.residual is not None and component.attributed != "invoice":
        reason = f"what is paid on each invoice belongs to the period of its invoice, not of its {component.attributed}"
        yield Problem(pointer="/attributed", reason=f"{reason}; send `invoice`")


def _problems_of_filter(only: SaleFilter) -> Iterator[Problem]:
    if not only.conditions and only.customer is None:
        yield Problem(pointer="/only", reason="it has no condition; send null for all sales")
    for index, condition in enumerate(only.conditions):
        place = f"/only/conditions/{index}"
        if (condition.of in OF_PRODUCTS) != (condition.key is None):
            reason = f"{condition.of} needs the attribute's key" if condition.key is None else "a product has no key"
            yield Problem(pointer=f"{place}/key", reason=reason)
        for number, value in enumerate(condition.any_of):
            if value in condition.any_of[:number]:
                yield Problem(pointer=f"{place}/any_of/{number}", reason=f"{value} is named twice")


def _problems_of_base(component: Component) -> Iterator[Problem]:
    base, bands, matrix = component.base, component.margin_bands, component.matrix
    if base is not None:
        yield from _problems_of_own_base(component, base)
    is_by_margin = bands is not None or (matrix is not None and "margin_percent" in (matrix.first, matrix.second))
    if is_by_margin and (base is None or base.kind != "margin"):
        pointer = "/base" if base is None else "/base/kind"
        reason = "a rate by margin needs the base `margin`, which says where costs come from"
        yield Problem(pointer=pointer, reason=reason)
    if bands is not None and base is not None and base.negative_margin != bands.negative_margin:
        reason = f"it says {base.negative_margin} of a margin below zero, and margin_bands say {bands.negative_margin}"
        yield Problem(pointer="/base/negative_margin", reason=f"{reason}; send the same")


def _problems_of_own_base(component: Component, base: Base) -> Iterator[Problem]:
    for name in ("contract_terms", "residual"):
        if getattr(component, name) is not None:
            yield Problem(pointer="/base", reason=f"{name} says itself what is rated; send no base")
    for name in ("cost_from", "negative_margin"):
        is_sent = getattr(base, name) is not None
        if base.kind == "margin" and not is_sent:
            yield Problem(pointer=f"/base/{name}", reason=f"a margin needs {name}")
        if base.kind != "margin" and is_sent:
            yield Problem(pointer=f"/base/{name}", reason=f"{name} belongs to the base `margin`, not to `{base.kind}`")


def _problems_of_counting(component: Component) -> Iterator[Problem]:
    counts = component.needs_quota() or (component.tiers is not None and component.tiers.counts == "period")
    if component.counted_over != "period" and not counts:
        reason = "it has neither tiers nor anything by attainment, so that nothing is counted; send `period`"
        yield Problem(pointer="/counted_over", reason=reason)


def _problems_of_release(release: Release) -> Iterator[Problem]:
    yield from _problems_of_cash(release)
    if release.expiry is not None:
        yield from _at("/release/expiry", problem_of_expiry(release.expiry))
    if release.speed:
        yield from _at("", problem_of_collection_bands(release.speed, "/release/speed"))
    elif release.speed_from != "due_date":
        yield Problem(pointer="/release/speed_from", reason="without `speed` no days to the cash are counted")
    if release.instalments is not None:
        if release.on != "booking":
            reason = f"instalments have days of their own; send `booking`, not `{release.on}`, or no instalments"
            yield Problem(pointer="/release/on", reason=reason)
        yield from _at("/release/instalments", problem_of_instalments(release.instalments))
    if release.holdback is not None:
        yield from _at("/release/holdback", problem_of_holdback(release.holdback))


def _problems_of_cash(release: Release) -> Iterator[Problem]:
    if release.on == "payment":
        needed = {"payment": "how cash counts", "order": "which part of the deal its cash pays first"}
        for name, meaning in needed.items():
            if getattr(release, name) is None:
                yield Problem(pointer=f"/release/{name}", reason=f"what is payable with the cash needs {meaning}")
        return
    for name in ("payment", "order", "expiry", "speed"):
        if getattr(release, name) not in (None, ()):
            reason = f"{name} belongs to a release on `payment`, not on `{release.on}`"
            yield Problem(pointer=f"/release/{name}", reason=reason)


def _problems_of_clawback(clawback: Clawback) -> Iterator[Problem]:
    yield from _at("/clawback/rule", problem_of_clawback(clawback.rule))
    if ("non_payment" in clawback.rule.triggers) != (clawback.non_payment_days is not None):
        reason = "the days after which an open invoice is lost belong to the trigger `non_payment` and to no other"
        yield Problem(pointer="/clawback/non_payment_days", reason=reason)
    if clawback.attainment == "restate" and clawback.non_payment_days is not None:
        reason = "what is not paid is lost on a day, and was credited until then; let it `keep` the attainment"
        yield Problem(pointer="/clawback/attainment", reason=reason)

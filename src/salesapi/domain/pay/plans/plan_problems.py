"""What a version of a compensation plan may not say: what is missing, said twice, or contradicts something else in it.

Pure. Each function answers the first problem with its place (RFC 6901), or None where it can be published. Tables and rules say
for themselves what is wrong with them (`problem_of_...` in `commission/`); here is what holds between the options.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from salesapi.domain.pay.plans.compensation_plans import PlanTerms
from salesapi.domain.pay.plans.plan_award_problems import problem_of_award
from salesapi.domain.pay.plans.plan_components import Base, Clawback, Component, QuotaRules, Release, SaleFilter
from salesapi.domain.pay.plans.plan_limit_problems import problems_of_component_limits, problems_of_plan_limits
from salesapi.domain.pay.plans.plan_rate_problems import problems_of_rate
from salesapi.domain.pay.plans.plan_rates import OverridableRate
from salesapi.domain.pay.plans.problem_places import at, named_twice, of_part, of_stated
from salesapi.domain.pay.rules.accounting import problem_of_conversion
from salesapi.domain.pay.rules.award_measures import problem_of_collection_bands, problem_of_satisfaction
from salesapi.domain.pay.rules.clawbacks import problem_of_clawback, problem_of_recovery
from salesapi.domain.pay.rules.commissionable_bases import ResidualTerms
from salesapi.domain.pay.rules.draws import (
    DrawInAdvance,
    problem_of_draw_in_advance,
    problem_of_guarantee,
    problem_of_recoverable_draw,
)
from salesapi.domain.pay.rules.plan_versions_and_leavers import problem_of_leaver_rules
from salesapi.domain.pay.rules.quotas import problem_of_proration, problem_of_ramp
from salesapi.domain.pay.rules.release import Clocks, problem_of_clocks, problem_of_expiry
from salesapi.domain.pay.rules.tables import Problem, TierTable
from salesapi.domain.pay.rules.withholding import problem_of_holdback, problem_of_instalments
from salesapi.domain.shared.periods import PeriodKind

OF_PRODUCTS: Final = frozenset({"product_code", "product_category"})
"""Conditions on lines, which have no attribute's key."""


def problem_of_terms(terms: PlanTerms, kind: PeriodKind) -> Problem | None:
    """Finds the first problem of a version with this kind of period, components first. Pointers are the command's."""
    return next(_problems_of_terms(terms, kind), None)


def problem_of_component(component: Component) -> Problem | None:
    """Finds the first problem of a component by itself, its rate first. Pointers count from the component."""
    return next(_problems_of_component(component), None)


def _problems_of_terms(terms: PlanTerms, kind: PeriodKind) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, component in enumerate(terms.components):
        if component.key in seen:
            yield Problem(pointer=f"/components/{index}/key", reason="its key is used twice")
        seen.add(component.key)
        yield from at(f"/components/{index}", problem_of_component(component))
        if kind == "year" and component.counted_over != "period":
            reason = "the plan pays by year, so that its period is the year; send `period`"
            yield Problem(pointer=f"/components/{index}/counted_over", reason=reason)
    yield from _problems_of_floor(terms)
    if terms.currencies is not None:
        yield from at("/currencies/conversion", problem_of_conversion(terms.currencies.conversion))
    if terms.quotas is not None:
        yield from _problems_of_quotas(terms.quotas, kind)
    if terms.leavers:
        yield from at("/leavers", problem_of_leaver_rules(terms.leavers))
    yield from of_part("/recovery", terms.recovery, problem_of_recovery)
    yield from problems_of_plan_limits(terms, kind)
    yield from _problems_of_awards(terms, seen)


def _problems_of_awards(terms: PlanTerms, seen: set[str]) -> Iterator[Problem]:
    """Of the awards; `seen` are the keys of the components."""
    for index, award in enumerate(terms.awards):
        if award.key in seen:
            yield Problem(pointer=f"/awards/{index}/key", reason="its key is used twice")
        seen.add(award.key)
        yield from at(f"/awards/{index}", problem_of_award(award, terms.components))
        if award.spiff is not None and award.spiff.only is not None:
            for found in _problems_of_filter(award.spiff.only):
                yield from at(f"/awards/{index}/spiff", found)


def _problems_of_floor(terms: PlanTerms) -> Iterator[Problem]:
    if terms.guarantee is not None and terms.draw is not None:
        yield Problem(pointer="/draw", reason="send a guarantee or a draw, not both")
    yield from of_part("/guarantee", terms.guarantee, problem_of_guarantee)
    yield from of_part("/draw", terms.draw, problem_of_recoverable_draw)
    if terms.advance is not None:
        yield from _problems_of_advance(terms, terms.advance)


def _problems_of_advance(terms: PlanTerms, advance: DrawInAdvance) -> Iterator[Problem]:
    for name in ("guarantee", "draw"):
        if getattr(terms, name) is not None:
            yield Problem(pointer="/advance", reason=f"send a {name} or an advance, not both")
    if terms.recovery is not None:
        reason = "an advance says itself what becomes of a negative end; send no recovery beside it"
        yield Problem(pointer="/recovery", reason=reason)
    yield from at("/advance", problem_of_draw_in_advance(advance))


def _problems_of_quotas(quotas: QuotaRules, kind: PeriodKind) -> Iterator[Problem]:
    if quotas.proration is None and quotas.ramp is None:
        yield Problem(pointer="/quotas", reason="it has neither a proration nor a ramp; send null for quotas as set")
    if quotas.proration is not None:
        yield from at("/quotas/proration", problem_of_proration(quotas.proration, kind))
    is_by_working_days = quotas.proration is not None and quotas.proration.basis == "working_days"
    if is_by_working_days != (quotas.calendar_id is not None):
        reason = "a calendar belongs to a proration by working days and to no other"
        yield Problem(pointer="/quotas/calendar_id", reason=reason)
    yield from of_part("/quotas/ramp", quotas.ramp, problem_of_ramp)


def _problems_of_component(component: Component) -> Iterator[Problem]:
    yield from problems_of_rate(component)
    yield from _problems_of_credit(component)
    yield from problems_of_component_limits(component)
    if component.override_percent_max is not None:
        yield from _problems_of_overrides(component, component.override_percent_max)
    yield from _problems_of_attribution(component)
    yield from of_stated(component.only, _problems_of_filter)
    yield from of_stated(component.base, _problems_of_base)
    yield from _problems_of_counting(component)
    yield from of_part("/satisfaction", component.satisfaction, problem_of_satisfaction)
    yield from of_stated(component.release, _problems_of_release)
    yield from of_stated(component.clawback, _problems_of_clawback)


def _problems_of_credit(component: Component) -> Iterator[Problem]:
    sourcing = component.sourcing
    if (component.credit == "sourcing") != (sourcing is not None):
        reason = "which touches are credited belongs to the credit `sourcing` and to no other"
        yield Problem(pointer="/sourcing", reason=reason)
    if sourcing is not None:
        yield from named_twice("/sourcing/kinds", sourcing.kinds)
    if component.levels > 1 and component.credit != "manager_override":
        reason = f"levels of managers belong to the credit `manager_override`; send 1, not {component.levels}"
        yield Problem(pointer="/levels", reason=reason)


def _problems_of_overrides(component: Component, limit_percent: Decimal) -> Iterator[Problem]:
    if limit_percent <= 0:
        reason = f"a limit is above 0 percent, not {limit_percent}; send null where nothing is agreed otherwise"
        yield Problem(pointer="/override_percent_max", reason=reason)
    if not isinstance(component.rate, OverridableRate) and component.cap_minor is None:
        reason = "it has no flat or individual rate, bonus or cap, so that no enrolment can agree another; send null"
        yield Problem(pointer="/override_percent_max", reason=reason)


def _problems_of_attribution(component: Component) -> Iterator[Problem]:
    release_on = component.release.on if component.release is not None else "booking"
    clocks = Clocks(attribution=component.attributed, release=release_on)
    if (found := problem_of_clocks(clocks)) is not None:
        yield Problem(pointer="/attributed", reason=found.reason)
    if isinstance(component.rate, ResidualTerms) and component.attributed != "invoice":
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
        yield from named_twice(f"{place}/any_of", condition.any_of)


def _problems_of_base(base: Base) -> Iterator[Problem]:
    for name in ("cost_from", "negative_margin"):
        is_sent = getattr(base, name) is not None
        if base.kind == "margin" and not is_sent:
            yield Problem(pointer=f"/base/{name}", reason=f"a margin needs {name}")
        if base.kind != "margin" and is_sent:
            yield Problem(pointer=f"/base/{name}", reason=f"{name} belongs to the base `margin`, not to `{base.kind}`")


def _problems_of_counting(component: Component) -> Iterator[Problem]:
    rate = component.rate
    counts = component.needs_quota() or (isinstance(rate, TierTable) and rate.counts == "period")
    if component.counted_over != "period" and not counts:
        reason = "it has neither tiers nor anything by attainment, so that nothing is counted; send `period`"
        yield Problem(pointer="/counted_over", reason=reason)


def _problems_of_release(release: Release) -> Iterator[Problem]:
    yield from _problems_of_cash(release)
    yield from of_part("/release/expiry", release.expiry, problem_of_expiry)
    if release.speed:
        yield from at("", problem_of_collection_bands(release.speed, "/release/speed"))
    elif release.speed_from != "due_date":
        yield Problem(pointer="/release/speed_from", reason="without `speed` no days to the cash are counted")
    if release.instalments is not None:
        if release.on != "booking":
            reason = f"instalments have days of their own; send `booking`, not `{release.on}`, or no instalments"
            yield Problem(pointer="/release/on", reason=reason)
        yield from at("/release/instalments", problem_of_instalments(release.instalments))
    yield from of_part("/release/holdback", release.holdback, problem_of_holdback)


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
    yield from at("/clawback/rule", problem_of_clawback(clawback.rule))
    if ("non_payment" in clawback.rule.triggers) != (clawback.non_payment_days is not None):
        reason = "the days after which an open invoice is lost belong to the trigger `non_payment` and to no other"
        yield Problem(pointer="/clawback/non_payment_days", reason=reason)
    if clawback.attainment == "restate" and clawback.non_payment_days is not None:
        reason = "what is not paid is lost on a day, and was credited until then; let it `keep` the attainment"
        yield Problem(pointer="/clawback/attainment", reason=reason)

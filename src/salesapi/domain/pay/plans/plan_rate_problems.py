"""What a published component may not say of its rate: tables with gaps, amounts of nothing, and what contradicts another
option of the component.

Pure. Each kind of rate has its own function here or in `commission/`. Pointers (RFC 6901) count from the component.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from salesapi.domain.pay.plans import plan_rates
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.problem_places import at
from salesapi.domain.pay.rules.commissionable_bases import (
    ContractTermTable,
    MarginBandTable,
    ResidualTerms,
    problem_of_contract_terms,
    problem_of_margin_bands,
    problem_of_residual,
)
from salesapi.domain.pay.rules.limits import problem_of_rate_cap
from salesapi.domain.pay.rules.rate_rules import RateRules, problem_of_rate_rules
from salesapi.domain.pay.rules.rates import payout_percent
from salesapi.domain.pay.rules.tables import (
    Problem,
    TierTable,
    problem_of_curve,
    problem_of_matrix,
    problem_of_rate,
    problem_of_tiers,
)


def problems_of_rate(component: Component) -> Iterator[Problem]:
    """Finds what is wrong with a component's rate by itself, and with what its gate and its base make of that."""
    for found in _problems(component.rate):
        yield from at("/rate", found)
    rate = component.rate
    if isinstance(rate, plan_rates.FlatRate | ContractTermTable) and rate.rate_cap_percent is not None:
        yield from _problems_of_unmoved(component, rate)
    if isinstance(rate, TierTable):
        yield from _problems_of_gated_tiers(component, rate)
    yield from _problems_of_base(component)


def _problems(rate: plan_rates.Rate) -> Iterator[Problem]:
    """Of the rate by itself. Pointers count from the rate."""
    match rate:
        case plan_rates.FlatRate():
            yield from _problems_of_moved(rate)
            yield from at("", problem_of_rate(rate.rate_percent, "/rate_percent"))
        case plan_rates.IndividualRate():
            yield from _problems_of_moved(rate)
        case plan_rates.DealAmount() | plan_rates.UnitAmount():
            if rate.amount_minor <= 0:
                reason = f"amount_minor must be above 0, not {rate.amount_minor}"
                yield Problem(pointer="/amount_minor", reason=reason)
        case TierTable():
            yield from at("", problem_of_tiers(rate.tiers))
        case plan_rates.TargetBonus():
            yield from _problems_of_bonus(rate)
        case RateRules():
            yield from at("/rules", problem_of_rate_rules(rate.rules))
        case MarginBandTable():
            yield from at("", problem_of_margin_bands(rate))
        case ContractTermTable():
            yield from _problems_of_cap(rate.rate_cap_percent)
            yield from at("", problem_of_contract_terms(rate))
        case ResidualTerms():
            yield from at("", problem_of_residual(rate))
        case plan_rates.RateMatrix():
            yield from _problems_of_matrix(rate)
        case never:
            assert_never(never)


def _problems_of_moved(rate: plan_rates.MovedRate) -> Iterator[Problem]:
    if rate.accelerator is not None and rate.decelerator is not None:
        reason = "it has an accelerator and a decelerator; tiers by attainment say what holds between the two"
        yield Problem(pointer="/decelerator", reason=reason)
    yield from _problems_of_cap(rate.rate_cap_percent)


def _problems_of_cap(cap_percent: Decimal | None) -> Iterator[Problem]:
    if cap_percent is not None:
        yield from at("", problem_of_rate_cap(cap_percent, "/rate_cap_percent"))


def _problems_of_unmoved(component: Component, rate: plan_rates.FlatRate | ContractTermTable) -> Iterator[Problem]:
    """Of a cap on a rate that nothing may raise to it."""
    pointer, cap_percent = "/rate/rate_cap_percent", rate.rate_cap_percent
    if isinstance(rate, plan_rates.FlatRate):
        is_moved = rate.accelerator is not None or component.override_percent_max is not None
    else:
        is_moved = bool(rate.kickers)
    if not is_moved:
        reason = "nothing moves its rate, so that it says itself what it pays at most; send null"
        yield Problem(pointer=pointer, reason=reason)
    if isinstance(rate, plan_rates.FlatRate) and cap_percent is not None and cap_percent < rate.rate_percent:
        reason = f"it lies below the rate itself, which it would replace; send at least {rate.rate_percent:f}"
        yield Problem(pointer=pointer, reason=reason)


def _problems_of_gated_tiers(component: Component, table: TierTable) -> Iterator[Problem]:
    rates_all = any(tier.applies_to == "all" for tier in table.tiers)
    if rates_all and component.gate is not None and component.gate.pays == "later_deals":
        reason = "tiers that rate everything would pay on the deals before the gate; let it pay `whole_period`"
        yield Problem(pointer="/gate/pays", reason=reason)


def _problems_of_bonus(bonus: plan_rates.TargetBonus) -> Iterator[Problem]:
    yield from at("/curve", problem_of_curve(bonus.curve))
    if payout_percent(bonus.curve, Fraction()) != 0:
        reason = "a bonus pays nothing at 0 percent; what is paid without any result is a guarantee"
        yield Problem(pointer="/curve/points", reason=reason)


def _problems_of_matrix(matrix: plan_rates.RateMatrix) -> Iterator[Problem]:
    if matrix.first == matrix.second:
        yield Problem(pointer="/second", reason=f"rows and columns both stand for {matrix.first}")
    yield from at("/matrix", problem_of_matrix(matrix.matrix))


def _problems_of_base(component: Component) -> Iterator[Problem]:
    """Of what is rated: contracts and invoices say it themselves, and a margin needs costs."""
    base, rate = component.base, component.rate
    if base is not None and isinstance(rate, ContractTermTable | ResidualTerms):
        yield Problem(pointer="/base", reason=f"{rate.kind} says itself what is rated; send no base")
    is_by_margin = isinstance(rate, MarginBandTable) or (
        isinstance(rate, plan_rates.RateMatrix) and rate.is_by("margin_percent")
    )
    if is_by_margin and (base is None or base.kind != "margin"):
        pointer = "/base" if base is None else "/base/kind"
        reason = "a rate by margin needs the base `margin`, which says where costs come from"
        yield Problem(pointer=pointer, reason=reason)
    if isinstance(rate, MarginBandTable) and base is not None and base.negative_margin != rate.negative_margin:
        reason = f"it says {base.negative_margin} of a margin below zero, and margin_bands say {rate.negative_margin}"
        yield Problem(pointer="/base/negative_margin", reason=f"{reason}; send the same")

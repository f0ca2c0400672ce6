"""Generated options of a plan: where a sale belongs, what of it counts, rates by what is sold, release, clawback, and terms.

They are put on a generated version (`generated_plans.py`) and leave it valid. All follows from the caller's seeded random.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import get_args

from salesapi.domain.pay.plans import plan_components
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_rates import (
    FlatRate,
    IndividualRate,
    MatrixAxis,
    Rate,
    RateMatrix,
    UnitAmount,
    tells_lines,
)
from salesapi.domain.pay.rules import clawbacks, commissionable_bases, quotas, release
from salesapi.domain.pay.rules.accounting import Conversion, InverseRate, RateDate
from salesapi.domain.pay.rules.award_measures import (
    SatisfactionBand,
    SatisfactionTable,
    Survey,
)
from salesapi.domain.pay.rules.limits import CapExcess, CapSplit, CapWindow, DealExcess
from salesapi.domain.pay.rules.plan_versions_and_leavers import LEAVING_REASONS, CumulativeTiers, LeaverRule, PlanChange
from salesapi.domain.pay.rules.rate_rules import ProductLevel, RateRule, RateRules
from salesapi.domain.pay.rules.sourcing import SourcingModel
from salesapi.domain.pay.rules.tables import Band, Matrix, MatrixRow, TierTable
from salesapi.domain.selling.attribution import TouchKind
from salesapi.domain.shared.periods import PeriodKind
from tests.domain.pay.generated_awards import generated_awards
from tests.domain.pay.generated_choices import maybe, one_of
from tests.domain.pay.generated_releases import generated_clawback, generated_release
from tests.domain.pay.plan_options import CALENDAR, RATE_TABLE
from tests.domain.pay.plans.generated_plans import rate


def with_options(random: Random, version: CompensationPlanVersion, kind: PeriodKind) -> CompensationPlanVersion:
    """The version with more options, as one that pays by this kind of period."""
    components = tuple(_with_options(random, component, kind) for component in version.components)
    cap_minor = maybe(random, 0.2, lambda _: random.choice((1, 50_000, 2_000_000)))
    return replace(
        version,
        period=kind,
        components=components,
        currencies=maybe(random, 0.3, _currencies),
        quotas=maybe(random, 0.3, _quotas),
        takeover=maybe(random, 0.3, _takeover),
        leavers=_leavers(random) if random.random() < 0.2 else (),
        recovery=maybe(random, 0.3, _recovery) if version.advance is None else None,
        acknowledgement_required=random.random() < 0.1,
        cap_minor=cap_minor,
        cap_window=one_of(random, CapWindow) if cap_minor is not None and kind != "year" else "period",
        cap_excess=one_of(random, CapExcess) if cap_minor is not None else "lost",
        awards=generated_awards(random, components),
        correction_from_minor=maybe(random, 0.2, lambda _: random.choice((1, 100, 50_000))),
    )


def _with_options(random: Random, component: plan_components.Component, kind: PeriodKind) -> plan_components.Component:
    rated = random.choice((*[None] * 6, "unit_amount", "rules", "margin_bands", "contract_terms", "residual", "matrix"))
    if rated is not None:
        component = replace(component, rate=_rate(random, rated))
    if random.random() < 0.1:
        component = replace(component, credit="sourcing", levels=1, sourcing=_sourcing(random))
    anchors = [anchor for anchor in get_args(release.Anchor) if anchor != "period_end"]
    attributed: release.Anchor = random.choice(anchors) if random.random() < 0.3 else "booking"
    counted_over: plan_components.CountedOver = one_of(random, plan_components.CountedOver)
    counts = isinstance(component.rate, TierTable) or component.needs_quota()
    component = replace(
        component,
        attributed=attributed if not isinstance(component.rate, commissionable_bases.ResidualTerms) else "invoice",
        only=maybe(random, 0.2, _only),
        base=_base(random, component),
        counted_over=counted_over if counts and kind != "year" and random.random() < 0.3 else "period",
        satisfaction=maybe(random, 0.2, _satisfaction),
        release=maybe(random, 0.4, generated_release),
        clawback=maybe(random, 0.3, generated_clawback),
    )
    return _with_limits(random, component, kind)


def _with_limits(random: Random, component: plan_components.Component, kind: PeriodKind) -> plan_components.Component:
    """With what holds of the caps that it has, and a cap on a rate that moves."""
    limit_minor = random.choice((1, 20_000)) if tells_lines(component.rate) and random.random() < 0.3 else None
    has_deal_cap, has_cap = component.deal_cap_minor is not None, component.cap_minor is not None
    can_defer = not component.rates_year_again()
    return replace(
        component,
        rate=_capped(random, component.rate),
        line_limit_minor=limit_minor,
        line_limit_excess=one_of(random, DealExcess) if can_defer and limit_minor else "lost",
        deal_cap_excess=one_of(random, DealExcess) if can_defer and has_deal_cap else "lost",
        deal_cap_split=one_of(random, CapSplit) if has_deal_cap or limit_minor else "split_then_cap",
        cap_window=one_of(random, CapWindow) if has_cap and kind != "year" else "period",
        cap_excess=one_of(random, CapExcess) if has_cap else "lost",
    )


def _capped(random: Random, rate: Rate) -> Rate:
    """The rate with a cap on it, where it moves."""
    match rate:
        case FlatRate():
            is_moved = rate.accelerator is not None
        case commissionable_bases.ContractTermTable():
            is_moved = bool(rate.kickers)
        case _:
            is_moved = isinstance(rate, IndividualRate)
    if not is_moved or random.random() >= 0.4:
        return rate
    cap_percent = Decimal(random.choice(("0.01", "3.5", "900")))
    assert isinstance(rate, FlatRate | IndividualRate | commissionable_bases.ContractTermTable), "only these are moved"
    return replace(rate, rate_cap_percent=cap_percent)


def _rate(random: Random, kind: str) -> Rate:
    match kind:
        case "unit_amount":
            return UnitAmount(amount_minor=random.choice((1, 333, 50_000)))
        case "rules":
            return RateRules(rules=tuple(_rule(random, priority) for priority in range(random.randint(1, 4))))
        case "margin_bands":
            return _margin_bands(random)
        case "contract_terms":
            return _contract_terms(random)
        case "residual":
            periods = random.choice((None, 1, 12))
            return commissionable_bases.ResidualTerms(
                rate_percent=rate(random),
                periods=periods,
                owner_change=one_of(random, commissionable_bases.OwnerChange),
            )
        case _:
            return _matrix(random)


def _rule(random: Random, priority: int) -> RateRule:
    level: ProductLevel = one_of(random, ProductLevel)
    return RateRule(
        product_level=level,
        product_key=None if level == "all" else random.choice(("s27", "beds")),
        region=random.choice((None, "north")),
        customer_type=random.choice((None, "hotel")),
        channel=None,
        priority=priority,
        effective_from=random.choice((None, date(2026, 2, 1))),
        rate_percent=rate(random),
    )


def _margin_bands(random: Random) -> commissionable_bases.MarginBandTable:
    bounds = sorted(random.sample(range(-3, 12), random.randint(0, 3)))
    edges = [None, *(Decimal(10 * bound) for bound in bounds), None]
    bands = tuple(
        commissionable_bases.MarginBand(
            lower_percent=edges[index], upper_percent=edges[index + 1], rate_percent=rate(random)
        )
        for index in range(len(edges) - 1)
    )
    return commissionable_bases.MarginBandTable(
        denominator=one_of(random, commissionable_bases.MarginDenominator),
        boundary=random.choice(("lower_inclusive", "upper_inclusive")),
        base=one_of(random, commissionable_bases.MarginRatedBase),
        negative_margin=one_of(random, commissionable_bases.NegativeMargin),
        undefined_rate_percent=rate(random),
        bands=bands,
    )


def _contract_terms(random: Random) -> commissionable_bases.ContractTermTable:
    months = (0, *sorted(random.sample((6, 12, 24, 36), random.randint(0, 3))))
    kicker = commissionable_bases.TermKicker(
        term_months_min=random.choice((1, 24)),
        prepaid_percent_min=random.choice((None, Decimal(50))),
        payment_days_max=random.choice((None, 0, 30)),
        factor=Decimal(random.choice(("0", "0.5", "1.25"))),
    )
    return commissionable_bases.ContractTermTable(
        base=one_of(random, commissionable_bases.ContractBase),
        one_off=one_of(random, commissionable_bases.OneOffCharges),
        kicker_stacking=one_of(random, commissionable_bases.KickerStacking),
        bands=tuple(commissionable_bases.TermBand(from_months=each, rate_percent=rate(random)) for each in months),
        kickers=(kicker,) * random.randint(0, 2),
    )


def _matrix(random: Random) -> RateMatrix:
    first, second = random.sample(get_args(MatrixAxis), 2)
    rows, columns = _bands(random), _bands(random)
    cells = tuple(MatrixRow(rates_percent=tuple(rate(random) for _ in columns)) for _ in rows)
    return RateMatrix(first=first, second=second, matrix=Matrix(rows=rows, columns=columns, cells=cells))


def _bands(random: Random) -> tuple[Band, ...]:
    bounds = [Decimal(0), *(Decimal(10 * each) for each in sorted(random.sample(range(1, 15), random.randint(0, 2))))]
    uppers = (*bounds[1:], None)
    return tuple(Band(lower=lower, upper=upper) for lower, upper in zip(bounds, uppers, strict=True))


def _base(random: Random, component: plan_components.Component) -> plan_components.Base | None:
    rate = component.rate
    if isinstance(rate, commissionable_bases.ContractTermTable | commissionable_bases.ResidualTerms):
        return None
    bands = rate if isinstance(rate, commissionable_bases.MarginBandTable) else None
    is_by_margin = bands is not None or (isinstance(rate, RateMatrix) and rate.is_by("margin_percent"))
    if not is_by_margin and random.random() < 0.7:
        return None
    kind: plan_components.BaseKind = "margin" if is_by_margin else one_of(random, plan_components.BaseKind)
    if kind != "margin":
        return plan_components.Base(kind=kind)
    negative_margin = one_of(random, commissionable_bases.NegativeMargin) if bands is None else bands.negative_margin
    return plan_components.Base(
        kind="margin", cost_from=one_of(random, plan_components.CostFrom), negative_margin=negative_margin
    )


def _sourcing(random: Random) -> plan_components.Sourcing:
    kinds = get_args(TouchKind)
    return plan_components.Sourcing(
        model=one_of(random, SourcingModel),
        kinds=tuple(random.sample(kinds, random.randint(0, 3))),
        expires_after_days=random.choice((None, 0, 90)),
    )


def _only(random: Random) -> plan_components.SaleFilter:
    conditions = (
        plan_components.FilterCondition(of="product_code", any_of=("s27",)),
        plan_components.FilterCondition(of="product_category", any_of=("beds", "tables")),
        plan_components.FilterCondition(of="deal_attribute", key="channel", any_of=("direct",)),
        plan_components.FilterCondition(of="customer_attribute", key="type", any_of=("hotel", "clinic")),
    )
    customer: plan_components.CustomerNovelty = one_of(random, plan_components.CustomerNovelty)
    return plan_components.SaleFilter(
        conditions=tuple(random.sample(conditions, random.randint(1, 2))), customer=random.choice((None, customer))
    )


def _satisfaction(random: Random) -> SatisfactionTable:
    survey: Survey = one_of(random, Survey)
    lowest = -100 if survey == "nps" else 0
    scores = (lowest, *sorted(random.sample((10, 50, 80, 100), random.randint(0, 2))))
    factors = ("0", "0.5", "1", "1.5")
    return SatisfactionTable(
        survey=survey,
        responses_min=random.choice((1, 20)),
        too_few=random.choice(("nothing", "neutral")),
        bands=tuple(
            SatisfactionBand(from_score=Decimal(score), factor=Decimal(random.choice(factors))) for score in scores
        ),
    )


def _currencies(random: Random) -> plan_components.CurrencyRules:
    rate_date: RateDate = one_of(random, RateDate)
    conversion = Conversion(
        rate_date=rate_date,
        inverse=one_of(random, InverseRate),
        base_currency=random.choice((None, "EUR", "USD")),
        fixed_on=date(2026, 1, 2) if rate_date == "plan_fixed" else None,
    )
    return plan_components.CurrencyRules(rate_table_id=RATE_TABLE, conversion=conversion)


def _quotas(random: Random) -> plan_components.QuotaRules:
    ramp = maybe(random, 0.4, _ramp)
    proration = None if ramp is not None and random.random() < 0.3 else _proration(random)
    is_by_working_days = proration is not None and proration.basis == "working_days"
    return plan_components.QuotaRules(
        proration=proration, calendar_id=CALENDAR if is_by_working_days else None, ramp=ramp
    )


def _proration(random: Random) -> quotas.Proration:
    basis: quotas.QuotaBasis = one_of(random, quotas.QuotaBasis)
    weights = (5, 5, 5, 5, 10, 10, 10, 10, 10, 10, 10, 10)
    return quotas.Proration(
        basis=basis,
        month_day=one_of(random, quotas.MonthDay) if basis == "whole_months" else None,
        month_percents=tuple(Decimal(each) for each in weights) if basis == "seasonal_weights" else (),
    )


def _ramp(random: Random) -> quotas.Ramp:
    months = sorted(random.sample((1, 2, 3, 6), random.randint(1, 3)))
    return quotas.Ramp(
        steps=tuple(
            quotas.RampStep(through_month=month, percent=Decimal(random.choice(("0", "25", "50", "120"))))
            for month in months
        ),
        after_percent=Decimal(random.choice(("100", "100", "80"))),
        counted_from=one_of(random, quotas.RampStart),
    )


def _takeover(random: Random) -> plan_components.VersionTakeover:
    return plan_components.VersionTakeover(
        change=one_of(random, PlanChange), cumulative=one_of(random, CumulativeTiers)
    )


def _leavers(random: Random) -> tuple[LeaverRule, ...]:
    percents = [Decimal(each) for each in ("0", "50", "33.3333", "100")]
    return tuple(
        LeaverRule(
            reason=reason,
            earned_percent=random.choice(percents),
            released_later_percent=random.choice(percents),
            released_later_days=random.choice((0, 180)),
            pipeline_percent=random.choice(percents),
            pipeline_days=random.choice((0, 30)),
        )
        for reason in LEAVING_REASONS
    )


def _recovery(random: Random) -> clawbacks.RecoveryLimit:
    return clawbacks.RecoveryLimit(
        percent=random.choice((None, Decimal(20), Decimal(100))),
        amount_minor=random.choice((None, 1, 50_000)),
        kept_minor=random.choice((None, 0, 100_000)),
        leaver=one_of(random, clawbacks.LeaverDebt),
    )

"""Generated plan versions: every kind of rate, modifier, gate, cap, floor and rounding, valid by construction.

All follows from the `random.Random` that the caller seeds. Amounts are minor units, round ones often, so that deals fall on
the bounds of tiers and gates.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from salesapi.domain.pay.plans import plan_rates
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component, CreditKind, Gate, GatePays, Rounding
from salesapi.domain.pay.rules import tables
from salesapi.domain.pay.rules.draws import AdvanceEnding, DrawInAdvance, Guarantee, NegativeEnd, RecoverableDraw
from salesapi.domain.pay.rules.rates import Slowed

STEP_MINOR = 1_000_000
"""Deals, quotas, tiers and thresholds meet on multiples of this."""


def version(random: Random, number: int = 1, effective_from: date | None = None) -> CompensationPlanVersion:
    """A valid version with one to four components, by quarter."""
    components = tuple(component(random, key) for key in ("base", "extra", "team", "kicker")[: random.randint(1, 4)])
    kind = random.choice(("none", "none", "guarantee", "draw", "advance"))
    return CompensationPlanVersion(
        number=number,
        period="quarter",
        components=components,
        rounding=Rounding(
            scope=random.choice(("line", "component", "statement")),
            mode=random.choice(("half_up", "half_even", "down")),
        ),
        effective_from=effective_from,
        guarantee=_guarantee(random) if kind == "guarantee" else None,
        draw=_draw(random) if kind == "draw" else None,
        advance=_advance(random) if kind == "advance" else None,
    )


def component(random: Random, key: str, credit: CreditKind | None = None) -> Component:
    """A valid component with one kind of rate."""
    rates: tuple[Callable[[Random], plan_rates.Rate], ...] = (
        _flat,
        _for_each_deal,
        _individual,
        _tiers,
        _tiers,
        _bonus,
    )
    rate = random.choice(rates)(random)
    if isinstance(rate, plan_rates.FlatRate | plan_rates.IndividualRate) and random.random() < 0.6:
        rate = _moved(random, rate)
    options: dict[str, object] = {"rate": rate}
    if random.random() < 0.25:
        pays: GatePays = random.choice(("whole_period", "later_deals"))
        options["gate"] = Gate(attainment_percent=_threshold(random), pays=pays)
    if random.random() < 0.25:
        options["deal_cap_minor"] = random.choice((1, 33_333, 100_000, 250_000))
    if random.random() < 0.25:
        options["cap_minor"] = random.choice((1, 99_999, 400_000, 1_000_000))
    options["credit"] = credit or random.choice(("direct", "direct", "overlay", "manager_override"))
    levels = random.randint(1, 3)
    options["levels"] = levels if options["credit"] == "manager_override" else 1
    return Component(key=key, name=key.title(), **options)  # type: ignore[arg-type]


def amount(random: Random) -> int:
    """The amount of a deal: round, odd, nothing, or below zero."""
    return random.choice(
        (
            random.randint(1, 3) * STEP_MINOR,
            random.randint(1, 9) * STEP_MINOR,
            random.randint(1, 9 * STEP_MINOR),
            random.randint(1, 999),
            0,
        )
        if random.random() < 0.9
        else (-STEP_MINOR, -random.randint(1, 5 * STEP_MINOR))
    )


def rate(random: Random) -> Decimal:
    """A rate in percent; a few are below zero."""
    return Decimal(random.randint(-20, 1_500)).scaleb(-random.choice((0, 1, 2, 2, 4))).min(Decimal(900))


def _threshold(random: Random) -> Decimal:
    return Decimal(random.choice(("0.5", "25", "50", "80", "100", "100", "112.5", "33.333333")))


def _flat(random: Random) -> plan_rates.FlatRate:
    return plan_rates.FlatRate(rate_percent=rate(random))


def _for_each_deal(random: Random) -> plan_rates.DealAmount:
    return plan_rates.DealAmount(amount_minor=random.randint(1, 90_000))


def _individual(random: Random) -> plan_rates.IndividualRate:
    return plan_rates.IndividualRate(target_variable_minor=random.randint(1, 700_000))


def _moved(random: Random, rate: plan_rates.MovedRate) -> plan_rates.MovedRate:
    factor = random.choice((Decimal("0.5"), Decimal("1.5"), Decimal(2), Decimal("1.2345")))
    if random.random() < 0.5:
        return replace(
            rate, accelerator=plan_rates.Accelerator(above_attainment_percent=_threshold(random), factor=factor)
        )
    slowed: Slowed = random.choice(("below", "whole"))
    threshold = _threshold(random)
    return replace(
        rate, decelerator=plan_rates.Decelerator(below_attainment_percent=threshold, factor=factor, slowed=slowed)
    )


def _tiers(random: Random) -> tables.TierTable:
    axis: tables.TierAxis = random.choice(("amount", "attainment_percent"))
    steps = sorted(random.sample(range(1, 16), random.randint(0, 3)))
    bounds = [Decimal(step * (STEP_MINOR if axis == "amount" else 10)) for step in steps]
    if random.random() < 0.2:
        bounds = [bound + Decimal("0.5") for bound in bounds]
    mode = random.choice(("new", "all", "mixed"))
    lowers, uppers = [Decimal(0), *bounds], [*bounds, None]
    tiers = tuple(_tier(random, mode, lower, upper) for lower, upper in zip(lowers, uppers, strict=True))
    boundary: tables.TierBoundary = random.choice(("lower_inclusive", "upper_inclusive"))
    counts: tables.TiersCount = random.choice(("period", "period", "period", "deal", "line"))
    return tables.TierTable(axis=axis, boundary=boundary, tiers=tiers, counts=counts)


def _tier(random: Random, mode: str, lower: Decimal, upper: Decimal | None) -> tables.Tier:
    applies_to: tables.AppliesTo = random.choice(("new", "all"))
    if mode != "mixed":
        applies_to = "new" if mode == "new" else "all"
    is_moving = upper is not None and random.random() < 0.3
    return tables.Tier(
        lower=lower,
        upper=upper,
        rate_percent=rate(random),
        applies_to=applies_to,
        rate_at_upper_percent=rate(random) if is_moving else None,
    )


def _bonus(random: Random) -> plan_rates.TargetBonus:
    at = sorted(random.choices(range(1, 20), k=random.randint(2, 5)))
    at = [each for index, each in enumerate(at) if index < 2 or each != at[index - 2]]
    pays = sorted(random.randint(0, 30) for _ in at)
    points = tuple(
        tables.CurvePoint(attainment_percent=Decimal(10 * each), payout_percent=Decimal(10 * pay))
        for each, pay in zip(at, pays, strict=True)
    )
    can_continue = at[-1] != at[-2]
    above_last = random.choice(("capped", "continued")) if can_continue else "capped"
    curve = tables.PayoutCurve(points=points, above_last="continued" if above_last == "continued" else "capped")
    return plan_rates.TargetBonus(target_minor=random.randint(1, 900_000), curve=curve)


def _last_on(random: Random) -> date | None:
    return random.choice((None, None, date(2026, 5, 20), date(2026, 3, 31)))


def _guarantee(random: Random) -> Guarantee:
    return Guarantee(
        kind=random.choice(("guarantee", "non_recoverable_draw")),
        amount_minor=random.choice((0, 50_001, 400_000)),
        last_on=_last_on(random),
        compared_with=random.choice(("earned", "payable")),
    )


def _draw(random: Random) -> RecoverableDraw:
    draw_minor = random.choice((1, 50_001, 400_000))
    return RecoverableDraw(
        draw_minor=draw_minor,
        last_on=_last_on(random),
        compared_with=random.choice(("earned", "payable")),
        kept_minimum_minor=random.choice((None, draw_minor, draw_minor + 30_000)),
        recovery_limit_percent=Decimal(random.choice(("100", "50", "12.5"))),
        at_end=random.choice(("forgiven", "still_owed")),
        on_leaving=random.choice(("forgiven", "still_owed")),
    )


def _advance(random: Random) -> DrawInAdvance:
    negative_end: NegativeEnd = random.choice(("carried", "carried", "collected"))
    on_leaving: AdvanceEnding = random.choice(("forgiven", "still_owed", "collected"))
    return DrawInAdvance(
        advance_minor=random.choice((1, 50_001, 400_000)),
        compared_with=random.choice(("earned", "payable")),
        negative_end=negative_end,
        on_leaving=on_leaving,
        collection_allowed_by="the contract" if "collected" in (negative_end, on_leaving) else None,
    )

"""Generated awards of a plan, valid for the version that they are put on, and facts that they stumble on.

All follows from the caller's seeded random.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, get_args

from salesapi.domain.cash.agreement_lines import AgreementLine
from salesapi.domain.cash.agreements import AgreementDrafted, AgreementRenewed, AgreementSigned
from salesapi.domain.pay.plans import plan_awards
from salesapi.domain.pay.plans.plan_components import Component, FilterCondition, SaleFilter
from salesapi.domain.pay.records.points import PointsCredited
from salesapi.domain.pay.records.pool_shares import PoolShare, PoolSharesApproved
from salesapi.domain.pay.rules import award_measures, awards, pools
from salesapi.domain.pay.rules.commissionable_bases import ResidualTerms
from salesapi.domain.pay.rules.tables import CurvePoint, PayoutCurve
from salesapi.domain.selling.attribution import TouchKind
from salesapi.domain.selling.forecast_sheets import ForecastEntry, ForecastSheetSnapshotTaken
from tests.domain.pay.commission_stories import ANN, BOB, CID, PLAN, Log
from tests.domain.pay.traded_company import CUSTOMER
from tests.spec import uid

NEEDED: dict[plan_awards.ScoreOf, str] = {
    "attainment": "component",
    "nps": "responses_min",
    "csat": "responses_min",
    "touches": "target_count",
    "points": "target_count",
}


def generated_awards(random: Random, components: tuple[Component, ...]) -> tuple[plan_awards.PlanAward, ...]:
    """None to three awards, of any kind."""
    kinds: dict[str, Callable[[Random, tuple[Component, ...]], Any]] = {
        "spiff": _campaign,
        "scorecard": _scorecard,
        "team_pool": _pool,
        "retention": _retention,
        "forecast": _forecast,
        "touches": _touches,
        "points": _points,
    }
    chosen = random.sample(list(kinds), random.choice((0, 0, 1, 2, 3)))
    made = {kind: kinds[kind](random, components) for kind in chosen}
    return tuple(
        plan_awards.PlanAward(key=f"award_{kind}", name=kind.title(), **{kind: terms})
        for kind, terms in made.items()
        if terms is not None
    )


def add_award_facts(log: Log, period: str) -> None:
    """A forecast, points, share points of a leader, and agreements of a customer around the period: one ends, one that continues
    it recurs for less.
    """
    entries = (ForecastEntry(deal_id=uid(1), amount_minor=1_000_000, category="commit"),)
    taken = ForecastSheetSnapshotTaken(owner_id=ANN, period=period, snapshot=1, currency="USD", entries=entries)
    log.add(uid(0x5A), taken, "2025-12-31")
    given = PoolSharesApproved(
        plan_id=PLAN,
        award_key="award_team_pool",
        period=period,
        owner_id=CID,
        shares=(PoolShare(member_id=ANN, points=Decimal(3)), PoolShare(member_id=BOB, points=Decimal())),
        approved_by=uid(0xC2),
    )
    log.add(uid(0x9A), given)
    log.add(uid(0x99), PointsCredited(member_id=ANN, award_id=uid(0x98), points=2), "2026-01-31")
    for agreement, year, amount_minor in ((0xA8, 2025, 365_000), (0xA9, 2026, 182_500)):
        drafted = AgreementDrafted(
            title="Care", customer_id=CUSTOMER, deal_id=None, currency="USD", legal_entity=None, external_id=None
        )
        log.add(uid(agreement), drafted)
        signed = AgreementSigned(
            lines=(AgreementLine(key="care", amount_minor=amount_minor, recurring=True),),
            instalments=(),
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
        log.add(uid(agreement), signed, f"{year - 1}-12-20")
    log.add(uid(0xA8), AgreementRenewed(renewed_by=uid(0xA9)), "2025-12-20")


def _one_of(random: Random, literal: Any) -> Any:
    return random.choice(get_args(literal))


def _amount(random: Random) -> int:
    return random.choice((1, 999, 50_000, 2**50))


def _campaign(random: Random, components: tuple[Component, ...]) -> plan_awards.SpiffCampaign | None:
    """None where no component counts a deal once."""
    whole = [each for each in components if each.attributed != "payment" and not isinstance(each.rate, ResidualTerms)]
    if not whole:
        return None
    unit: plan_awards.SpiffUnit | None = random.choice((None, *get_args(plan_awards.SpiffUnit)))
    only = SaleFilter(conditions=(FilterCondition(of="product_code", any_of=("s27",)),))
    terms = awards.Spiff(
        first_on=random.choice((date(2025, 6, 1), date(2026, 1, 5))),
        last_on=random.choice((date(2026, 1, 6), date(2027, 5, 1))),
        unit_award_minor=_amount(random) if unit is not None else None,
        commission_multiplier=None if unit is not None else Decimal(random.choice(("0.333", "1", "100"))),
        budget_minor=random.choice((None, 1, 100_000)),
        budget_end=_one_of(random, awards.BudgetEnd),
        winners_max=random.choice((None, 1, 3)),
        member_awards_max=random.choice((None, 1)),
        winner_ties=_one_of(random, awards.WinnerTies),
        refunded_budget=_one_of(random, awards.RefundedBudget),
        stacking=_one_of(random, awards.SpiffStacking),
    )
    return plan_awards.SpiffCampaign(
        terms=terms, component=random.choice(whole).key, unit=unit, only=only if random.random() < 0.3 else None
    )


def _scorecard(random: Random, components: tuple[Component, ...]) -> plan_awards.Scorecard:
    weights = random.choice((("100",), ("60", "40"), ("33.3", "33.3", "33.4")))
    goals = tuple(
        plan_awards.ScorecardGoal(
            key=f"goal_{number}",
            weight_percent=Decimal(weight),
            source=_source(random, components),
            curve=_curve(random),
        )
        for number, weight in enumerate(weights)
    )
    part: plan_awards.PartOfPeriod = _one_of(random, plan_awards.PartOfPeriod)
    missing: awards.MissingScore = _one_of(random, awards.MissingScore)
    return plan_awards.Scorecard(target_minor=_amount(random), goals=goals, missing=missing, part_of_period=part)


def _source(random: Random, components: tuple[Component, ...]) -> plan_awards.ScoreSource:
    of: plan_awards.ScoreOf = _one_of(random, plan_awards.ScoreOf)
    needed: dict[str, Any] = {"component": random.choice(components).key, "responses_min": 2, "target_count": 3}
    kinds = tuple(random.sample(get_args(TouchKind), random.randint(0, 2))) if of == "touches" else ()
    return plan_awards.ScoreSource(of=of, kinds=kinds, **{NEEDED[of]: needed[NEEDED[of]]})


def _curve(random: Random) -> PayoutCurve:
    at = sorted(random.sample((-100, 0, 33, 50, 100, 150), random.randint(2, 4)))
    points = tuple(
        CurvePoint(
            attainment_percent=Decimal(each), payout_percent=Decimal(random.choice(("0", "33.3333", "100", "250")))
        )
        for each in at
    )
    return PayoutCurve(points=points, above_last=random.choice(("capped", "continued")))


def _pool(random: Random, components: tuple[Component, ...]) -> plan_awards.TeamPool:
    division: pools.PoolDivision = _one_of(random, pools.PoolDivision)
    points = tuple(plan_awards.MemberSharePoints(member_id=each, points=Decimal("1.5")) for each in (ANN, BOB))
    return plan_awards.TeamPool(
        terms=pools.TeamPoolTerms(
            rate_percent=Decimal(random.choice(("0", "0.5", "33.3333", "1000"))),
            division=division,
            unqualified=_one_of(random, pools.UnqualifiedShare),
            rounding=random.choice(("half_up", "half_even", "down")),
        ),
        component=random.choice(components).key,
        share_points=points if division == "share_points" else (),
        leader=_leader(random) if division == "leader" else None,
        qualified_from_percent=random.choice((None, Decimal(80))),
    )


def _leader(random: Random) -> pools.LeaderShares:
    lowest, highest = random.choice((("0", "100"), ("33.3", "66.7"), ("50", "50")))
    return pools.LeaderShares(
        lowest_percent=Decimal(lowest),
        highest_percent=Decimal(highest),
        until_approved=_one_of(random, pools.UndividedPool),
    )


def _points(random: Random, components: tuple[Component, ...]) -> plan_awards.PointsAward:
    each: plan_awards.PointsFor = _one_of(random, plan_awards.PointsFor)
    return plan_awards.PointsAward(
        each=each,
        points=Decimal(random.choice(("0.333", "1", "1000000000"))),
        kinds=tuple(random.sample(get_args(TouchKind), random.randint(0, 2))) if each == "touch" else (),
        component=random.choice(components).key if each == "deal" else None,
    )


def _retention(random: Random, components: tuple[Component, ...]) -> plan_awards.RetentionAward:
    measured: plan_awards.RetentionOf = _one_of(random, plan_awards.RetentionOf)
    renewal = plan_awards.RenewalTerms(
        counting=_one_of(random, award_measures.RenewalCounting),
        credit_date=_one_of(random, award_measures.RenewalCreditDate),
        late_days_max=random.choice((0, 30, 3_650)),
    )
    return plan_awards.RetentionAward(
        measured=measured,
        target_minor=_amount(random),
        curve=_curve(random),
        unmeasured=_one_of(random, award_measures.Unmeasured),
        renewal=renewal if measured == "renewal_rate" else None,
        part_of_period=_one_of(random, plan_awards.PartOfPeriod),
    )


def _forecast(random: Random, components: tuple[Component, ...]) -> plan_awards.ForecastAward:
    terms = award_measures.ForecastAwardTerms(
        lead_days=random.choice((-366, -60, 0, 366)),
        deviation_percent_max=Decimal(random.choice(("0", "12.5", "1000"))),
        periods=random.choice((1, 2, 120)),
        unmeasured=_one_of(random, award_measures.UnmeasuredForecast),
        repeat=_one_of(random, award_measures.ForecastRepeat),
        award_minor=_amount(random),
    )
    return plan_awards.ForecastAward(
        terms=terms,
        component=random.choice(components).key,
        stated_by=_one_of(random, plan_awards.ForecastStatement),
        scope=_one_of(random, plan_awards.ForecastScope),
    )


def _touches(random: Random, components: tuple[Component, ...]) -> plan_awards.TouchAward:
    kinds = random.sample(get_args(TouchKind), random.randint(1, 3))
    return plan_awards.TouchAward(kinds=tuple(kinds), amount_minor=_amount(random))

"""What an award of a plan version may not say, each with the place and the words that it is refused with."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from salesapi.domain.pay.plans import compensation_plans as plans
from salesapi.domain.pay.plans.plan_awards import (
    MemberSharePoints,
    PlanAward,
    PointsAward,
    Scorecard,
    TeamPool,
    TouchAward,
)
from salesapi.domain.pay.plans.plan_components import SaleFilter
from salesapi.domain.pay.plans.plan_problems import problem_of_terms
from salesapi.domain.pay.rules.pools import PoolDivision
from salesapi.domain.pay.rules.tables import PayoutCurve
from salesapi.domain.shared.periods import PeriodKind
from tests.domain.pay import award_options
from tests.domain.pay.award_options import EVENLY, GIVEN, POOL, RENEWAL, award, campaign, forecast, goal, retention
from tests.domain.pay.plan_options import RESIDUAL, ROUNDING, component, paying, terms
from tests.domain.pay.plans.examples import check_problem
from tests.spec import given, uid

PER_DEAL = campaign(unit="deal")
FALLING = replace(EVENLY, points=(EVENLY.points[1], EVENLY.points[0]))
PAID = paying("flat", attributed="payment")
RECURRING = component(rate=RESIDUAL, attributed="invoice")
POINTS = (MemberSharePoints(member_id=uid(0xA), points=Decimal(1)),)


def campaigning(**options: Any) -> PlanAward:
    """A campaign by deals."""
    return award("a", spiff=campaign(**{"unit": "deal", **options}))


def scored(of: str, weight: str = "100", curve: PayoutCurve = EVENLY, **source: Any) -> PlanAward:
    """A scorecard with one goal."""
    goals = (goal("only", weight, curve, of=of, **source),)
    return award("a", scorecard=Scorecard(target_minor=100_000, goals=goals, missing="zero"))


def pool(rate_percent: int = 2, division: PoolDivision = "equal", **options: Any) -> TeamPool:
    """A pool of a team."""
    terms = replace(POOL, rate_percent=Decimal(rate_percent), division=division)
    return TeamPool(**{"terms": terms, "component": "base", **options})


def pooled(**options: Any) -> PlanAward:
    return award("a", team_pool=pool(**options))


def pointing(each: Literal["touch", "deal"], **options: Any) -> PlanAward:
    return award("a", points=PointsAward(each=each, points=Decimal(1), **options))


COMPONENT = "/scorecard/goals/0/source/component"
RESPONSES = "/scorecard/goals/0/source/responses_min"
ATTAINED = "/scorecard/goals/0/curve/points/1/attainment_percent"
ONCE = retention("repurchase_rate", curve=replace(EVENLY, points=EVENLY.points[:1] * 3))
TOO_LITTLE = replace(GIVEN, lowest_percent=Decimal(71))
REFUSED: list[tuple[PlanAward, str, str]] = [
    (award("a"), "/key", "it has no kind"),
    (award("a", spiff=PER_DEAL, team_pool=pool()), "/team_pool", "spiff and team_pool; send one"),
    (pooled(component="other"), "/team_pool/component", "no component other"),
    (scored("attainment", component="other"), COMPONENT, "no component other"),
    (award("base", spiff=PER_DEAL), "/key", "used twice"),
    (campaigning(last_on=date(2026, 2, 28)), "/spiff/terms/last_on", "it ends before 2026-03-01"),
    (campaigning(last_on=date(2029, 2, 28)), "/spiff/terms/last_on", "at most 731 days"),
    (campaigning(unit=None), "/spiff/unit", "belongs to an award for each unit"),
    (campaigning(unit_award_minor=None, commission_multiplier=Decimal(1)), "/spiff/unit", "to no multiplier"),
    (campaigning(only=SaleFilter()), "/spiff/only", "it has no condition"),
    (scored("nps", "90", responses_min=1), "/scorecard/goals", "add up to 90 percent"),
    (scored("nps"), RESPONSES, "a score of nps needs responses_min"),
    (scored("points", target_count=5, responses_min=1), RESPONSES, "no part of points"),
    (scored("points", target_count=5, kinds=("event",)), "/scorecard/goals/0/source/kinds", "kinds belong to touches"),
    (scored("points", curve=FALLING, target_count=5), ATTAINED, "cannot follow"),
    (pooled(share_points=POINTS), "/team_pool/share_points", "belong to a division"),
    (pooled(division="share_points"), "/team_pool/share_points", "belong to a division"),
    (
        pooled(division="share_points", share_points=POINTS * 2),
        "/team_pool/share_points/1/member_id",
        "named twice",
    ),
    (pooled(leader=GIVEN), "/team_pool/leader", "belongs to a division by `leader`"),
    (pooled(division="leader"), "/team_pool/leader", "belongs to a division by `leader`"),
    (
        pooled(division="leader", leader=TOO_LITTLE),
        "/team_pool/leader/highest_percent",
        "no share lies from 71 to 70 percent",
    ),
    (pointing("deal"), "/points/component", "belongs to points for each `deal`"),
    (pointing("touch", component="base"), "/points/component", "belongs to points for each `deal`"),
    (pointing("deal", component="other"), "/points/component", "no component other"),
    (pointing("deal", component="base", kinds=("meeting",)), "/points/kinds", "kinds belong to touches"),
    (pooled(rate_percent=-1), "/team_pool/terms/rate_percent", "not below 0 percent"),
    (award("a", retention=retention("renewal_rate")), "/retention/renewal", "belongs to `renewal_rate`"),
    (
        award("a", retention=retention("expansion_rate", renewal=RENEWAL)),
        "/retention/renewal",
        "belongs to `renewal_rate`",
    ),
    (award("a", retention=ONCE), "/retention/curve/points/2/attainment_percent", "a step has two"),
    (award("a", forecast=forecast(award_minor=0)), "/forecast/terms/award_minor", "an award is above 0"),
    (award("a", touches=TouchAward(kinds=("meeting", "meeting"), amount_minor=1)), "/touches/kinds/1", "named twice"),
]


@pytest.mark.parametrize(("wrong", "pointer", "words"), REFUSED)
def test_an_award_is_refused_with_its_place(wrong: PlanAward, pointer: str, words: str) -> None:
    check_problem(problem_of_terms(terms(awards=(wrong,)), "quarter"), f"/awards/0{pointer}", words=words)


@pytest.mark.parametrize("counted", [PAID, RECURRING], ids=["payments", "invoices"])
def test_a_campaign_counts_no_deal_with_each_of_its_payments(counted: Any) -> None:
    paid_often = terms(counted, awards=(award("a", spiff=PER_DEAL),))
    check_problem(problem_of_terms(paid_often, "quarter"), "/awards/0/spiff/component")


def test_two_awards_do_not_share_a_key() -> None:
    twice = terms(awards=(award("a", spiff=PER_DEAL),) * 2)
    check_problem(problem_of_terms(twice, "quarter"), "/awards/1/key")


@pytest.mark.parametrize("kind", ["month", "quarter", "year"])
def test_every_kind_of_award_can_be_published(kind: PeriodKind) -> None:
    assert problem_of_terms(terms(awards=award_options.every_kind("base")), kind) is None


def test_the_refusal_names_the_award() -> None:
    command = plans.PublishCompensationPlanVersion(
        plan_id=uid(1), period="quarter", components=terms().components, rounding=ROUNDING, awards=(award("star"),)
    )
    drafted = plans.CompensationPlanDrafted(
        key="plan", name="Plan", currency="USD", legal_entity=None, external_id=None
    )
    given(drafted).when(command).refused(plans.AwardInvalid)

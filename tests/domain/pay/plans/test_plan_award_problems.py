"""What an award of a plan version may not say, each with the place and the words that it is refused with."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans.compensation_plans import (
    AwardInvalid,
    CompensationPlanDrafted,
    PublishCompensationPlanVersion,
)
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
from salesapi.domain.pay.rules.tables import CurvePoint
from salesapi.domain.shared.periods import PeriodKind
from tests.domain.pay.award_options import (
    EVENLY,
    GIVEN,
    POOL,
    RENEWAL,
    award,
    campaign,
    every_kind,
    forecast,
    goal,
    retention,
)
from tests.domain.pay.plan_options import RESIDUAL, ROUNDING, component, paying, terms
from tests.domain.pay.plans.examples import check_problem
from tests.spec import given, uid

PER_DEAL = campaign(unit="deal")
FALLING = replace(EVENLY, points=(EVENLY.points[1], EVENLY.points[0]))
PAID = paying("flat", attributed="payment")
RECURRING = component(rate=RESIDUAL, attributed="invoice")
POINTS = (MemberSharePoints(member_id=uid(0xA), points=Decimal(1)),)


def card(*goals: Any) -> Scorecard:
    return Scorecard(target_minor=100_000, goals=goals, missing="zero")


def pool(**options: Any) -> TeamPool:
    return TeamPool(**{"terms": POOL, "component": "base", **options})


REFUSED: list[tuple[PlanAward, str, str]] = [
    (award("a"), "/key", "it has no kind"),
    (award("a", spiff=PER_DEAL, team_pool=pool()), "/team_pool", "spiff and team_pool; send one"),
    (award("a", team_pool=pool(component="other")), "/team_pool/component", "no component other"),
    (
        award("a", scorecard=card(goal("q", "100", of="attainment", component="other"))),
        "/scorecard/goals/0/source/component",
        "no component other",
    ),
    (award("base", spiff=PER_DEAL), "/key", "used twice"),
    (
        award("a", spiff=campaign(unit="deal", last_on=date(2026, 2, 28))),
        "/spiff/terms/last_on",
        "it ends before 2026-03-01",
    ),
    (award("a", spiff=campaign(unit="deal", last_on=date(2029, 2, 28))), "/spiff/terms/last_on", "at most 731 days"),
    (award("a", spiff=campaign()), "/spiff/unit", "belongs to an award for each unit"),
    (
        award("a", spiff=campaign(unit="deal", unit_award_minor=None, commission_multiplier=Decimal(1))),
        "/spiff/unit",
        "to no multiplier",
    ),
    (award("a", spiff=campaign(unit="deal", only=SaleFilter())), "/spiff/only", "it has no condition"),
    (
        award("a", scorecard=card(goal("n", "90", of="nps", responses_min=1))),
        "/scorecard/goals",
        "add up to 90 percent",
    ),
    (
        award("a", scorecard=card(goal("n", "100", of="nps"))),
        "/scorecard/goals/0/source/responses_min",
        "a score of nps needs responses_min",
    ),
    (
        award("a", scorecard=card(goal("p", "100", of="points", target_count=5, responses_min=1))),
        "/scorecard/goals/0/source/responses_min",
        "no part of points",
    ),
    (
        award("a", scorecard=card(goal("p", "100", of="points", target_count=5, kinds=("meeting",)))),
        "/scorecard/goals/0/source/kinds",
        "kinds belong to touches",
    ),
    (
        award("a", scorecard=card(goal("p", "100", FALLING, of="points", target_count=5))),
        "/scorecard/goals/0/curve/points/1/attainment_percent",
        "cannot follow",
    ),
    (award("a", team_pool=pool(share_points=POINTS)), "/team_pool/share_points", "belong to a division"),
    (
        award("a", team_pool=pool(terms=replace(POOL, division="share_points"))),
        "/team_pool/share_points",
        "belong to a division",
    ),
    (
        award("a", team_pool=pool(terms=replace(POOL, division="share_points"), share_points=POINTS * 2)),
        "/team_pool/share_points/1/member_id",
        "named twice",
    ),
    (award("a", team_pool=pool(leader=GIVEN)), "/team_pool/leader", "belongs to a division by `leader`"),
    (
        award("a", team_pool=pool(terms=replace(POOL, division="leader"))),
        "/team_pool/leader",
        "belongs to a division by `leader`",
    ),
    (
        award(
            "a",
            team_pool=pool(terms=replace(POOL, division="leader"), leader=replace(GIVEN, lowest_percent=Decimal(71))),
        ),
        "/team_pool/leader/highest_percent",
        "no share lies from 71 to 70 percent",
    ),
    (
        award("a", points=PointsAward(each="deal", points=Decimal(1))),
        "/points/component",
        "belongs to points for each `deal`",
    ),
    (
        award("a", points=PointsAward(each="touch", points=Decimal(1), component="base")),
        "/points/component",
        "belongs to points for each `deal`",
    ),
    (
        award("a", points=PointsAward(each="deal", points=Decimal(1), component="other")),
        "/points/component",
        "no component other",
    ),
    (
        award("a", points=PointsAward(each="deal", points=Decimal(1), component="base", kinds=("meeting",))),
        "/points/kinds",
        "kinds belong to touches",
    ),
    (
        award("a", team_pool=pool(terms=replace(POOL, rate_percent=Decimal(-1)))),
        "/team_pool/terms/rate_percent",
        "not below 0 percent",
    ),
    (award("a", retention=retention("renewal_rate")), "/retention/renewal", "belongs to `renewal_rate`"),
    (
        award("a", retention=retention("expansion_rate", renewal=RENEWAL)),
        "/retention/renewal",
        "belongs to `renewal_rate`",
    ),
    (
        award(
            "a",
            retention=retention(
                "repurchase_rate",
                curve=replace(
                    EVENLY, points=(CurvePoint(attainment_percent=Decimal(1), payout_percent=Decimal(1)),) * 3
                ),
            ),
        ),
        "/retention/curve/points/2/attainment_percent",
        "a step has two",
    ),
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
    assert problem_of_terms(terms(awards=every_kind("base")), kind) is None


def test_the_refusal_names_the_award() -> None:
    command = PublishCompensationPlanVersion(
        plan_id=uid(1), period="quarter", components=terms().components, rounding=ROUNDING, awards=(award("star"),)
    )
    drafted = CompensationPlanDrafted(key="plan", name="Plan", currency="USD", legal_entity=None, external_id=None)
    given(drafted).when(command).refused(AwardInvalid)

"""One valid value of every kind of award of a plan, for the tests of what it pays, what may be published and how it reads."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from salesapi.domain.pay.plans import plan_awards
from salesapi.domain.pay.plans.plan_components import FilterCondition, SaleFilter
from salesapi.domain.pay.rules.award_measures import ForecastAwardTerms
from salesapi.domain.pay.rules.awards import Spiff
from salesapi.domain.pay.rules.pools import LeaderShares, TeamPoolTerms
from salesapi.domain.pay.rules.tables import CurvePoint, PayoutCurve
from tests.spec import uid

EVENLY: Final = PayoutCurve(
    points=(
        CurvePoint(attainment_percent=Decimal(50), payout_percent=Decimal(50)),
        CurvePoint(attainment_percent=Decimal(100), payout_percent=Decimal(100)),
    ),
    above_last="capped",
)
"""A score pays as much, from 50 percent on."""
MARCH: Final = Spiff(
    first_on=date(2026, 3, 1),
    last_on=date(2026, 3, 31),
    unit_award_minor=50_000,
    commission_multiplier=None,
    budget_minor=None,
    budget_end="partial",
    winners_max=None,
    member_awards_max=None,
    winner_ties="in_order",
    refunded_budget="freed",
    stacking="added",
)
LIMITED: Final[dict[str, Any]] = {"budget_minor": 900_000, "winners_max": 9, "member_awards_max": 3}
POOL: Final = TeamPoolTerms(rate_percent=Decimal(2), division="equal", unqualified="redistributed", rounding="half_up")
GIVEN: Final = LeaderShares(lowest_percent=Decimal(10), highest_percent=Decimal(70), until_approved="held_back")
ACCURATE: Final = ForecastAwardTerms(
    lead_days=0,
    deviation_percent_max=Decimal(5),
    periods=2,
    unmeasured="breaks",
    repeat="counts_anew",
    award_minor=30_000,
)
RENEWAL: Final = plan_awards.RenewalTerms(counting="count", credit_date="signature", late_days_max=30)


def goal(key: str, weight: str, curve: PayoutCurve = EVENLY, **source: Any) -> plan_awards.ScorecardGoal:
    """A goal of a scorecard."""
    return plan_awards.ScorecardGoal(
        key=key, weight_percent=Decimal(weight), source=plan_awards.ScoreSource(**source), curve=curve
    )


def every_kind(component: str) -> tuple[plan_awards.PlanAward, ...]:
    """Every kind of award, and of what they are measured by, with most options; those that name a component name this one."""
    only = SaleFilter(conditions=(FilterCondition(of="product_code", any_of=("s27", "s28")),), customer="existing")
    doubled = {**LIMITED, "unit_award_minor": None, "commission_multiplier": Decimal(1), "stacking": "greater"}
    goals = (
        goal("quota", "30", of="attainment", component=component),
        goal("promoters", "20", of="nps", responses_min=3),
        goal("content", "20", of="csat", responses_min=5),
        goal("meetings", "20", of="touches", target_count=8, kinds=("meeting", "event")),
        goal("process", "10", of="points", target_count=50),
    )
    points = (
        plan_awards.MemberSharePoints(member_id=uid(0xA), points=Decimal(3)),
        plan_awards.MemberSharePoints(member_id=uid(0xB), points=Decimal(1)),
    )
    shared = TeamPoolTerms(rate_percent=Decimal("1.5"), division="share_points", unqualified="lapses", rounding="down")
    return (
        award("each_deal", spiff=campaign(component, unit="deal", only=only, **LIMITED)),
        award("doubled", spiff=campaign(component, **doubled)),
        award("card", scorecard=plan_awards.Scorecard(target_minor=100_000, goals=goals, missing="zero")),
        award(
            "pool",
            team_pool=plan_awards.TeamPool(
                terms=shared, component=component, share_points=points, qualified_from_percent=Decimal(80)
            ),
        ),
        award(
            "given",
            team_pool=plan_awards.TeamPool(
                terms=replace(shared, division="leader"),
                component=component,
                leader=GIVEN,
                qualified_from_percent=Decimal(80),
            ),
        ),
        award("kept", retention=retention("net_revenue_retention")),
        award("renewed", retention=retention("renewal_rate", renewal=RENEWAL, part_of_period="by_days")),
        award("foreseen", forecast=forecast(component)),
        award("met", touches=plan_awards.TouchAward(kinds=("meeting", "event"), amount_minor=5_000)),
        award(
            "diligent", points=plan_awards.PointsAward(each="touch", points=Decimal("2.5"), kinds=("meeting", "event"))
        ),
        award("busy", points=plan_awards.PointsAward(each="deal", points=Decimal(10), component=component)),
    )


def award(key: str, **kind: Any) -> plan_awards.PlanAward:
    """An award of one kind."""
    return plan_awards.PlanAward(key=key, name=key.title(), **kind)


def campaign(component: str = "base", **options: Any) -> plan_awards.SpiffCampaign:
    """A campaign in March 2026: an award of 500.00 for each unit, unless the options say another thing."""
    own = {name: options.pop(name) for name in ("unit", "only") if name in options}
    return plan_awards.SpiffCampaign(terms=replace(MARCH, **options), component=component, **own)


def retention(measured: Any, **options: Any) -> plan_awards.RetentionAward:
    """A target of 1,000.00."""
    defaults = {"target_minor": 100_000, "curve": EVENLY, "unmeasured": "nothing"}
    return plan_awards.RetentionAward(measured=measured, **{**defaults, **options})


def forecast(component: str = "base", **options: Any) -> plan_awards.ForecastAward:
    """An award of 300.00 for two accurate periods in a row, by what was submitted up to the first day."""
    own = {"stated_by": "submission", "scope": "commit"}
    own |= {name: options.pop(name) for name in own if name in options}
    return plan_awards.ForecastAward(terms=replace(ACCURATE, **options), component=component, **own)  # type: ignore[arg-type]

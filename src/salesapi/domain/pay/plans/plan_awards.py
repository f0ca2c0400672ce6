"""The awards of a compensation plan: what a version pays beside the commission, evaluated at the end of a period.

Each award has one kind, with the rule of the catalogue (`commission.md`) that it belongs to. Amounts are minor units of the
plan's currency, rates, weights and scores exact decimals in percent. An award belongs to the run that pays it and is never
recomputed. What a published award may not say is in `plan_award_problems.py`; what it does is in `calculation/plan_awards.py`.
"""

from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from salesapi.domain.pay.plans.plan_components import SaleFilter
from salesapi.domain.pay.rules.award_measures import (
    DAYS_MAX,
    RESPONSES_MAX,
    ForecastAwardTerms,
    RenewalCounting,
    RenewalCreditDate,
    Unmeasured,
)
from salesapi.domain.pay.rules.awards import ITEMS_MAX, MissingScore, Spiff
from salesapi.domain.pay.rules.pools import LeaderShares, TeamPoolTerms
from salesapi.domain.pay.rules.tables import PayoutCurve
from salesapi.domain.selling.attribution import TouchKind
from salesapi.domain.shared.kernel import About, AmountMinor, Key, Title, record
from salesapi.domain.shared.money import Exact

AWARDS_MAX: Final = 30
"""Most awards of one plan version."""
CAMPAIGN_DAYS_MAX: Final = 731
"""Longest campaign, in days: its deals are read again for every period that it reaches into."""
POOL_MEMBERS_MAX: Final = 500
"""Most members whose share points one pool states."""
COUNT_MAX: Final = 10**9
"""Most touches or points that a goal asks for."""

SpiffUnit: TypeAlias = Literal["deal", "quantity"]
PointsFor: TypeAlias = Literal["touch", "deal"]
ScoreOf: TypeAlias = Literal["attainment", "nps", "csat", "touches", "points"]
RetentionOf: TypeAlias = Literal[
    "net_revenue_retention", "gross_revenue_retention", "expansion_rate", "renewal_rate", "repurchase_rate"
]
ForecastStatement: TypeAlias = Literal["snapshot", "submission", "frozen"]
ForecastScope: TypeAlias = Literal["commit", "commit_and_best_case", "all"]
PartOfPeriod: TypeAlias = Literal["whole", "by_days"]

AwardPartOfPeriod: TypeAlias = Annotated[
    PartOfPeriod,
    About(
        "For who is enrolled on the last day but not on all days of the period: the `whole` target, or its part "
        "`by_days`, calendar days."
    ),
]
Target: TypeAlias = Annotated[AmountMinor, Gt(0), About("What 100 percent of payout is, in minor units.")]


@record
class SpiffCampaign:
    """A campaign (R35) for the deals of one component. A deal is one award, divided among those whom it is credited to."""

    terms: Annotated[Spiff, About("Dates, amount or multiplier, budget and places.")]
    component: Annotated[
        Key,
        About(
            "The component whose credits take part, on the day that it attributes them to, and whose commission a "
            "multiplier multiplies. What claws its commission back takes the award back."
        ),
    ]
    unit: Annotated[
        SpiffUnit | None,
        About("With an award for each unit: each `deal`, or the `quantity` of its lines that count. Else null."),
    ] = None
    only: Annotated[SaleFilter | None, About("Which deals match; null: all that the component credits.")] = None


@record
class ScoreSource:
    """Where the score of a goal comes from, in percent."""

    of: Annotated[
        ScoreOf,
        About(
            "`attainment`: what a component credited in the period in percent of its quota; `nps` or `csat`: the score of "
            "what the customers of one's wins answered in the period; `touches` or `points`: how many in the period, in "
            "percent of `target_count`."
        ),
    ]
    component: Annotated[Key | None, About("With `attainment`, and only there: the component.")] = None
    responses_min: Annotated[
        Annotated[int, Ge(1), Le(RESPONSES_MAX)] | None,
        About("With `nps` or `csat`, and only there: with fewer answers the score is missing."),
    ] = None
    target_count: Annotated[
        Annotated[int, Ge(1), Le(COUNT_MAX)] | None,
        About("With `touches` or `points`, and only there: how many are 100 percent."),
    ] = None
    kinds: Annotated[tuple[TouchKind, ...], MaxLen(6), About("With `touches`: the kinds that count; none is all.")] = ()


@record
class ScorecardGoal:
    """One goal of a scorecard: its weight, its score, and what a score pays."""

    key: Annotated[Key, About("Stable name within the scorecard.")]
    weight_percent: Annotated[Exact, Gt(0), About("Its weight in percent; all weights add up to 100.")]
    source: Annotated[ScoreSource, About("Where its score comes from.")]
    curve: Annotated[PayoutCurve, About("What a score in percent pays, in percent of the weighted target (R12).")]


@record
class Scorecard:
    """A target that is paid by the weighted scores of several goals (R41)."""

    target_minor: Target
    goals: Annotated[tuple[ScorecardGoal, ...], MinLen(1), MaxLen(ITEMS_MAX), About("The goals.")]
    missing: Annotated[
        MissingScore,
        About("A goal without a score pays nothing (`zero`), all of its weight (`one`), or the others share it."),
    ]
    part_of_period: AwardPartOfPeriod = "whole"


@record
class MemberSharePoints:
    """The share points of a member of a team."""

    member_id: Annotated[UUID, About("The member.")]
    points: Annotated[Exact, Gt(0), About("Its share points.")]


@record
class TeamPool:
    """A share of what a leader's team was credited, divided among its members (R42). The leader gets no part.

    A member's team is that of the nearest leader above it; who changes teams gets a part of each pool.
    """

    terms: Annotated[TeamPoolTerms, About("The rate, and how the pool is divided.")]
    component: Annotated[
        Key, About("The component whose credits of the members are the team's measure, and each one's contribution.")
    ]
    share_points: Annotated[
        tuple[MemberSharePoints, ...],
        MaxLen(POOL_MEMBERS_MAX),
        About("With a division by `share_points`, and only there; who is not named has none."),
    ] = ()
    leader: Annotated[
        LeaderShares | None, About("With a division by `leader`, and only there: the bounds of what the leader gives.")
    ] = None
    qualified_from_percent: Annotated[
        Annotated[Exact, Gt(0)] | None,
        About("Attainment of the own quota, by the component, from which a member qualifies; null: everybody does."),
    ] = None

    def is_held_back(self) -> bool:
        """Tells whether nobody is paid until share points of the leader are approved."""
        return self.leader is not None and self.leader.until_approved == "held_back"


@record
class RenewalTerms:
    """Which renewals count, and how."""

    counting: Annotated[RenewalCounting, About("By the number of agreements (`count`) or by their net `value`.")]
    credit_date: Annotated[
        RenewalCreditDate,
        About("The day of a renewal: the `signature` of the agreement that continues, or its `notice`."),
    ]
    late_days_max: Annotated[
        int,
        Ge(0),
        Le(DAYS_MAX),
        About("A renewal counts up to so many days after the term; the term is judged in the period of that day."),
    ]


@record
class RetentionAward:
    """A target that is paid by what a member's customers do (R43): those it answers for on the first day of the period."""

    measured: Annotated[
        RetentionOf,
        About(
            "Recurring revenue of the agreements from the day before the period to its last one, `renewal_rate` of the "
            "agreements that end, or `repurchase_rate`: customers with a further agreement."
        ),
    ]
    target_minor: Target
    curve: Annotated[PayoutCurve, About("What the measure in percent pays, in percent of the target (R12).")]
    unmeasured: Annotated[Unmeasured, About("Where there is nothing to divide by: `nothing` or the `target` is paid.")]
    renewal: Annotated[RenewalTerms | None, About("With `renewal_rate`, and only there.")] = None
    part_of_period: AwardPartOfPeriod = "whole"


@record
class ForecastAward:
    """An award for a run of accurate forecasts (R46), counted from the member's first forecast sheet on."""

    terms: Annotated[ForecastAwardTerms, About("How accurate, for how long, and what it pays.")]
    component: Annotated[Key, About("The component whose credits of the period are the result.")]
    stated_by: Annotated[
        ForecastStatement, About("What counts as a forecast: each `snapshot`, each `submission`, or what was `frozen`.")
    ]
    scope: Annotated[
        ForecastScope, About("The amounts that are compared: `commit`, `commit_and_best_case`, or `all` categories.")
    ]


@record
class TouchAward:
    """A flat amount for each of a member's touches of leads in the period, such as meetings (R02)."""

    kinds: Annotated[tuple[TouchKind, ...], MinLen(1), MaxLen(6), About("The kinds of touches that are paid.")]
    amount_minor: Annotated[AmountMinor, Gt(0), About("For each touch, in minor units.")]


@record
class PointsAward:
    """Points for what a member does in the period (R47). They are credited to the member, never paid, and no money."""

    each: Annotated[
        PointsFor,
        About("Points for each `touch` of a lead, or for each `deal` that a component credits the member with."),
    ]
    points: Annotated[Exact, Gt(0), Le(COUNT_MAX), About("Points for each; the sum is rounded as the plan says.")]
    kinds: Annotated[tuple[TouchKind, ...], MaxLen(6), About("With `touch`: the kinds that count; none is all.")] = ()
    component: Annotated[Key | None, About("With `deal`, and only there: the component.")] = None


@record
class PlanAward:
    """What a version pays beside its components; exactly one kind."""

    key: Annotated[Key, About("Stable name within the plan, unlike that of any component.")]
    name: Annotated[Title, About("Name shown to people.")]
    spiff: Annotated[SpiffCampaign | None, About("A dated campaign (R35).")] = None
    scorecard: Annotated[Scorecard | None, About("Weighted goals (R41).")] = None
    team_pool: Annotated[TeamPool | None, About("A pool of a team (R42).")] = None
    retention: Annotated[RetentionAward | None, About("What customers renew, expand and buy again (R43).")] = None
    forecast: Annotated[ForecastAward | None, About("Accurate forecasts (R46).")] = None
    touches: Annotated[TouchAward | None, About("Touches of leads (R02).")] = None
    points: Annotated[PointsAward | None, About("Points in place of money (R47).")] = None

    def components(self) -> tuple[tuple[str, str], ...]:
        """The components that it names, each with the place where it does (RFC 6901, from the award)."""
        found: list[tuple[str, str]] = []
        for kind in ("spiff", "team_pool", "forecast"):
            stated = getattr(self, kind)
            if stated is not None:
                found.append((f"/{kind}/component", stated.component))
        if self.points is not None and self.points.component is not None:
            found.append(("/points/component", self.points.component))
        for index, goal in enumerate(self.scorecard.goals if self.scorecard is not None else ()):
            if goal.source.component is not None:
                found.append((f"/scorecard/goals/{index}/source/component", goal.source.component))
        return tuple(found)

"""The pool of a team, and how it is divided: R42 of the rule catalogue.

A pool is whole minor units of the plan's currency, and its parts add up to it; shares are percent, days calendar days.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from annotated_types import Ge, Le

from salesapi.domain.pay.rules.limits import in_whole_numbers
from salesapi.domain.pay.rules.tables import Problem, problem_of_rate
from salesapi.domain.pay.rules.wording import percent
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import Exact, RoundingMode, parts_of, rounded

PoolDivision: TypeAlias = Literal["equal", "share_points", "contribution", "leader"]
UndividedPool: TypeAlias = Literal["held_back", "equal", "contribution"]
UnqualifiedShare: TypeAlias = Literal["redistributed", "lapses"]


@record
class TeamPoolTerms:
    """A share of the team's measure, divided among its members."""

    rate_percent: Annotated[Exact, About("The pool in percent of the team's measure.")]
    division: Annotated[
        PoolDivision,
        About(
            "`equal` by days; by `share_points` times days; by `contribution`, or by the share points that the `leader` gives "
            "for the period (团队提成二次分配), which days do not weigh again."
        ),
    ]
    unqualified: Annotated[
        UnqualifiedShare,
        About("The part of a member who misses the qualification is `redistributed` to the others or `lapses`."),
    ]
    rounding: Annotated[RoundingMode, About("How the pool becomes minor units before it is divided.")]


@record
class LeaderShares:
    """How freely a leader divides the pool of the own team, and what holds until somebody else has approved it."""

    lowest_percent: Annotated[Exact, Ge(0), Le(100), About("Least share of a member, in percent of all share points.")]
    highest_percent: Annotated[
        Exact, Ge(0), Le(100), About("Greatest share of a member, in percent of all share points.")
    ]
    until_approved: Annotated[
        UndividedPool,
        About(
            "Where no share points are approved when the run is calculated, the pool is `held_back`, and paid by the first run "
            "after their approval, or it is divided for good: `equal` by days, or by `contribution`."
        ),
    ]


@record
class PoolMember:
    """One member of a team in the period: days in the team, share points, contribution in minor units."""

    member_id: UUID
    days: int
    share_points: Decimal
    contribution: Fraction
    is_qualified: bool


@record
class PoolPart:
    """The part of one member in the pool, in whole minor units; the weight is what it was divided by."""

    member_id: UUID
    weight: Fraction
    part_minor: int


def team_pool(terms: TeamPoolTerms, measure: Fraction) -> int:
    """R42: `pool = rate * measure`, rounded to whole minor units; a measure below zero gives a pool to take back."""
    return rounded(measure * Fraction(terms.rate_percent) / 100, terms.rounding)


def pool_parts(terms: TeamPoolTerms, pool_minor: int, members: Sequence[PoolMember]) -> tuple[PoolPart, ...]:
    """R42: `e_j = pool * s_j / sum s`, by largest remainder, so that the parts add up to the pool.

    The weight `s` is the days, the share points times the days, the share points that the leader gave, or the contribution
    (one below zero counts as zero), so joiners and leavers share by their days unless the leader says how. The residual unit
    goes to the largest remainder, then to the lower member id: the order of the members does not matter. Where a part lapses,
    the paid parts add up to the pool less that part. Where nobody has a weight, nobody is paid.
    """
    ordered = sorted(members, key=lambda member: member.member_id)
    counted = [_pool_weight(member, terms.division) for member in ordered]
    weights = [
        weight if member.is_qualified or terms.unqualified == "lapses" else Fraction()
        for member, weight in zip(ordered, counted, strict=True)
    ]
    divided = parts_of(pool_minor, in_whole_numbers(weights)) if any(weights) else (0,) * len(ordered)
    return tuple(
        PoolPart(member_id=member.member_id, weight=weight, part_minor=part if member.is_qualified else 0)
        for member, weight, part in zip(ordered, weights, divided, strict=True)
    )


def problem_of_team_pool(terms: TeamPoolTerms) -> Problem | None:
    """R42: the rate is within bounds and not below zero."""
    if terms.rate_percent.is_finite() and terms.rate_percent < 0:
        return Problem(pointer="/rate_percent", reason="a pool is not below 0 percent of the measure")
    return problem_of_rate(terms.rate_percent, "/rate_percent")


def problem_of_leader_shares(terms: LeaderShares) -> Problem | None:
    """R42: bounds of which at least one share could be."""
    if not terms.lowest_percent <= terms.highest_percent or terms.highest_percent <= 0:
        reason = f"no share lies from {terms.lowest_percent} to {terms.highest_percent} percent and above 0"
        return Problem(pointer="/highest_percent", reason=reason)
    return None


def problem_of_pool_shares(terms: LeaderShares, points: Sequence[Decimal]) -> Problem | None:
    """R42: the share points that a leader gives, each in percent of all, lie within the bounds of the plan."""
    total = sum(map(Fraction, points), Fraction())
    if total <= 0:
        return Problem(pointer="", reason="the share points add up to nothing: nobody could be paid")
    for index, each in enumerate(points):
        share = 100 * Fraction(each) / total
        if each < 0 or not terms.lowest_percent <= share <= terms.highest_percent:
            bounds = f"{terms.lowest_percent} to {terms.highest_percent}"
            reason = f"a share of {percent(share)} percent lies outside {bounds}"
            return Problem(pointer=f"/{index}/points", reason=reason)
    return None


def _pool_weight(member: PoolMember, division: PoolDivision) -> Fraction:
    match division:
        case "equal":
            return Fraction(member.days)
        case "share_points":
            return Fraction(member.share_points) * member.days
        case "leader":
            return Fraction(member.share_points)
        case "contribution":
            return max(member.contribution, Fraction())

"""Which version of a plan pays whom, and what a leaver still gets: R57 and R60 of the rule catalogue, one function a rule.

Dates are local business dates of the plan's calendar; spans are [from, until). Shares are exact fractions of 1, percents are
decimals. Who takes part (R56) is in `domain/enrolment_spans.py`, quotas in parts of a period (R58, R59) are in `quotas.py`.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Final, Literal, TypeAlias, get_args

from annotated_types import Ge, Le

from salesapi.domain.pay.rules.quotas import WHOLE_QUOTA, QuotaPart, Weigh, quota_part
from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.dates import DaySpan, cut
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import Exact

LEAVER_DAYS_MAX: Final = 3_660
"""Longest time after leaving that still pays: ten years."""
ALL_PERCENT: Final = Decimal(100)

PlanChange: TypeAlias = Literal["split_period", "by_transaction_date", "from_next_period"]
CumulativeTiers: TypeAlias = Literal["restart", "continue"]
LeavingReason: TypeAlias = Literal[
    "resignation", "dismissal", "dismissal_for_cause", "redundancy", "end_of_contract", "retirement", "death"
]
LEAVING_REASONS: Final[tuple[LeavingReason, ...]] = get_args(LeavingReason)


@record
class VersionFrom:
    """A published plan version and the first day it applies to; null is always."""

    number: int
    effective_from: date | None


@record
class PlanPart:
    """R57: the days of a period that one plan version pays, and against how much of the period's quota."""

    version: int
    span: DaySpan
    quota: QuotaPart
    """Of the whole period's quota."""
    counts_as: int
    """Credits of parts with the same number count together: the version's, or 0 where tiers continue."""


@record
class LeaverRule:
    """What a participant who leaves for a reason still gets. Days are counted from the last day of employment."""

    reason: Annotated[LeavingReason, About("Why the participant left.")]
    earned_percent: Annotated[Exact, About("Of what was earned and payable by the last day.")]
    released_later_percent: Annotated[Exact, About("Of what was earned by the last day and released after it.")]
    released_later_days: Annotated[
        Annotated[int, Ge(0), Le(LEAVER_DAYS_MAX)], About("Last day of release that still pays, in days after leaving.")
    ]
    pipeline_percent: Annotated[Exact, About("Of what the participant's open deals earn after the last day.")]
    pipeline_days: Annotated[
        Annotated[int, Ge(0), Le(LEAVER_DAYS_MAX)], About("Last day of earning that still pays, in days after leaving.")
    ]


def plan_parts(
    change: PlanChange, cumulative: CumulativeTiers, versions: Sequence[VersionFrom], *, whole: DaySpan, weigh: Weigh
) -> tuple[PlanPart, ...]:
    """R57: which version pays which days of the period.

    `split_period`: each version its days with their share of the quota; `by_transaction_date`: the same days, each against
    the whole quota; `from_next_period`: the version of the first day pays all of it. On a day the highest number in effect
    applies. Days before the first version belong to no part. Tiers of a later part begin anew or continue from the period's
    first day.
    """
    if change == "from_next_period":
        number = _version_on(versions, whole.effective_from)
        spans = [] if number is None else [(number, whole)]
    else:
        spans = _version_spans(versions, whole)
    return tuple(
        PlanPart(
            version=number,
            span=span,
            quota=quota_part(whole, span=span, weigh=weigh) if change == "split_period" else WHOLE_QUOTA,
            counts_as=number if cumulative == "restart" else 0,
        )
        for number, span in spans
    )


def _version_on(versions: Sequence[VersionFrom], on: date) -> int | None:
    return max((one.number for one in versions if (one.effective_from or date.min) <= on), default=None)


def _version_spans(versions: Sequence[VersionFrom], whole: DaySpan) -> list[tuple[int, DaySpan]]:
    """The period cut where the version that applies changes."""
    pieces = cut(whole, [one.effective_from for one in versions if one.effective_from is not None])
    numbers = [_version_on(versions, piece.effective_from) for piece in pieces]
    changes = [
        piece.effective_from
        for (before, after), piece in zip(pairwise(numbers), pieces[1:], strict=True)
        if before != after
    ]
    return [
        (number, span)
        for span in cut(whole, changes)
        if (number := _version_on(versions, span.effective_from)) is not None
    ]


def problem_of_leaver_rules(rules: Sequence[LeaverRule]) -> Problem | None:
    """R60: every reason has one rule, so that no leaver's pay is open; percents lie between 0 and 100."""
    for index, rule in enumerate(rules):
        if any(rule.reason == earlier.reason for earlier in rules[:index]):
            return Problem(pointer=f"/{index}/reason", reason=f"{rule.reason} has a rule already")
        percents = {
            "earned_percent": rule.earned_percent,
            "released_later_percent": rule.released_later_percent,
            "pipeline_percent": rule.pipeline_percent,
        }
        for name, percent in percents.items():
            if not 0 <= percent <= ALL_PERCENT:
                return Problem(pointer=f"/{index}/{name}", reason="a share lies between 0 and 100 percent")
    missing = [reason for reason in LEAVING_REASONS if all(rule.reason != reason for rule in rules)]
    return Problem(pointer="", reason=f"there is no rule for {missing[0]}") if missing else None


def leaver_share(
    rules: Sequence[LeaverRule], reason: LeavingReason, *, left_on: date, earned_on: date, released_on: date
) -> Decimal:
    """R60: what still pays of an earning, in percent. `left_on` is the last day of employment, and counts as before leaving.

    Earned and released by then: `earned`. Earned by then, released after: `released_later`, within its days. Earned after:
    `pipeline`, within its days, whenever it is released. Beyond the days it is 0.
    """
    rule = next(rule for rule in rules if rule.reason == reason)
    if earned_on > left_on:
        is_paid = (earned_on - left_on).days <= rule.pipeline_days
        return rule.pipeline_percent if is_paid else Decimal(0)
    if released_on > left_on:
        is_paid = (released_on - left_on).days <= rule.released_later_days
        return rule.released_later_percent if is_paid else Decimal(0)
    return rule.earned_percent

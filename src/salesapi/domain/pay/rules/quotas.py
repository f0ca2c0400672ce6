"""What a quota is in a part of its period: R58 and R59 of the rule catalogue, one function a rule.

Dates are local business dates of the plan's calendar; spans are [from, until). Quotas are minor units; shares are exact
fractions of 1, percents are decimals. Only `QuotaPart` rounds, so that parts add up to the whole.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias, assert_never

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.organisation.calendars import Calendar, working_days
from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.dates import DaySpan, calendar_months, clipped, cut, day_before, last_of_month, months_after
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import Exact, rounded
from salesapi.domain.shared.periods import MONTHS, PeriodKind

RAMP_STEPS_MAX: Final = 36
"""Most steps of one ramp."""
RAMP_MONTHS_MAX: Final = 120
"""Longest ramp, in months of service."""
RAMP_PERCENT_MAX: Final = Decimal(1000)
"""Highest percent of one step of a ramp."""
MONTHS_OF_YEAR: Final = 12
ALL_PERCENT: Final = Decimal(100)
ZERO: Final = Fraction()

QuotaBasis: TypeAlias = Literal["calendar_days", "working_days", "whole_months", "seasonal_weights"]
MonthDay: TypeAlias = Literal["first", "fifteenth", "last"]
RampStart: TypeAlias = Literal["start_date", "month_of_start", "month_after_start"]

Weigh: TypeAlias = Callable[[DaySpan], Fraction]
"""How much of a quota some days carry. The weights of parts add up to the weight of their whole."""


@record
class Proration:
    """How a quota is spread over the days of its period."""

    basis: Annotated[
        QuotaBasis,
        About(
            "`calendar_days`; `working_days` of the calendar; `whole_months`; `seasonal_weights`: months by "
            "weight, their days evenly."
        ),
    ]
    month_day: Annotated[
        MonthDay | None, About("With `whole_months`: who is there on this day of a month has the whole month.")
    ] = None
    month_percents: Annotated[
        tuple[Exact, ...], MaxLen(MONTHS_OF_YEAR), About("With `seasonal_weights`: January to December, 100 together.")
    ] = ()


@record
class RampStep:
    """A percent for the first months of service."""

    through_month: Annotated[
        Annotated[int, Ge(1), Le(RAMP_MONTHS_MAX)],
        About("The last month of service that it holds for; 1 is the first."),
    ]
    percent: Annotated[Exact, About("Percent of the quota or guarantee.")]


@record
class Ramp:
    """Percents of a quota (rising) or guarantee (falling) by months of service."""

    steps: Annotated[tuple[RampStep, ...], MinLen(1), MaxLen(RAMP_STEPS_MAX), About("The steps in order of time.")]
    after_percent: Annotated[Exact, About("Percent after the last step: 100 for a quota, mostly 0 for a guarantee.")]
    counted_from: Annotated[
        RampStart,
        About(
            "Where months of service begin: `start_date`: on that day of each month; `month_of_start`: the month of the "
            "start is the first; `month_after_start`: a month begun after its first day comes before the first."
        ),
    ]


@record
class QuotaPart:
    """A part of a quota: its share, and that of the parts before it."""

    share: Fraction
    before: Fraction = ZERO

    def of(self, quota_minor: Fraction) -> int:
        """R58: whole minor units, as a step of the running sum rounded half up: the parts of a quota sum to it."""
        through = quota_minor * (self.before + self.share)
        return rounded(through, "half_up") - rounded(quota_minor * self.before, "half_up")


WHOLE_QUOTA: Final = QuotaPart(share=Fraction(1))


@record
class RampPart:
    """R59: some days of a period and the percent that holds for them."""

    span: DaySpan
    percent: Decimal


def problem_of_proration(proration: Proration, kind: PeriodKind) -> Problem | None:
    """R58: a basis has what it needs and nothing else; weights sum to 100, and no period of the plan is without weight."""
    if (proration.basis == "whole_months") != (proration.month_day is not None):
        return Problem(pointer="/month_day", reason="a day of the month belongs to whole months and to no other basis")
    percents = proration.month_percents
    if (proration.basis == "seasonal_weights") != bool(percents):
        return Problem(pointer="/month_percents", reason="weights belong to seasonal weights and to no other basis")
    if not percents:
        return None
    if len(percents) != MONTHS_OF_YEAR:
        return Problem(pointer="/month_percents", reason=f"a year has 12 months, not {len(percents)}")
    for index, percent in enumerate(percents):
        if percent < 0:
            return Problem(pointer=f"/month_percents/{index}", reason="a weight is not negative")
    if sum(percents) != ALL_PERCENT:
        return Problem(pointer="/month_percents", reason=f"the weights sum to {sum(percents)}, not to 100")
    for index in range(0, MONTHS_OF_YEAR, MONTHS[kind]):
        if not any(percents[index : index + MONTHS[kind]]):
            return Problem(pointer=f"/month_percents/{index}", reason=f"the {kind} that begins here has no weight")
    return None


def weight_of(proration: Proration, calendar: Calendar | None, span: DaySpan) -> Fraction:
    """R58: what some days weigh by the plan's basis. Only working days need a calendar.

    Worked are days by their weekday or declared so (调休), less declared holidays. Of whole months those count whose first,
    fifteenth or last day is among the days: every month goes to one part and is never shared. By season it is the sum of each
    month's weight times its days among these by all of its days, in percent of the year.
    """
    match proration.basis:
        case "calendar_days":
            return Fraction(span.length_days())
        case "working_days":
            assert calendar is not None, "a plan by working days names its calendar"
            last_on = day_before(span.effective_until)
            return Fraction(working_days(calendar, first=span.effective_from, last=last_on))
        case "whole_months":
            assert proration.month_day is not None, "published whole months have a day that decides"
            decides = (_day_of_month(month.effective_from, proration.month_day) for month in calendar_months(span))
            return Fraction(sum(map(span.contains, decides)))
        case "seasonal_weights":
            months = calendar_months(span)
            return sum((_weight_in_month(part, proration.month_percents) for part in months), ZERO)
    assert_never(proration.basis)


def _day_of_month(on: date, month_day: MonthDay) -> date:
    match month_day:
        case "first":
            return on.replace(day=1)
        case "fifteenth":
            return on.replace(day=15)
        case "last":
            return last_of_month(on)
    assert_never(month_day)


def _weight_in_month(part: DaySpan, month_percents: Sequence[Decimal]) -> Fraction:
    first_on = part.effective_from.replace(day=1)
    days = (months_after(first_on, 1) - first_on).days
    return Fraction(month_percents[first_on.month - 1]) * part.length_days() / days


def quota_share(whole: DaySpan, held: Sequence[DaySpan], weigh: Weigh) -> Fraction:
    """R58: `weight of the days held / weight of the period`: for a hire, leave, leaver or transfer. Leave is a gap.

    The spans do not overlap; what lies outside the period counts nothing. A period in which no day is worked has nothing to
    divide a quota by: the share is 0. Of 300,000 for July to September, held from 16 August, it is 46/92: 150,000.
    """
    inside = [clipped(whole, effective_from=span.effective_from, effective_until=span.effective_until) for span in held]
    total = weigh(whole)
    return sum((weigh(span) for span in inside if span is not None), ZERO) / total if total else ZERO


def quota_part(whole: DaySpan, *, span: DaySpan, weigh: Weigh) -> QuotaPart:
    """R58: the part of a period's quota that some of its days carry."""
    before = clipped(whole, effective_until=span.effective_from)
    return QuotaPart(
        share=quota_share(whole, (span,), weigh),
        before=quota_share(whole, (before,), weigh) if before is not None else ZERO,
    )


def problem_of_ramp(ramp: Ramp) -> Problem | None:
    """R59: steps follow each other in time and their percents are not negative."""
    reached = 0
    for index, step in enumerate(ramp.steps):
        if step.through_month <= reached:
            reason = f"a step must reach further than month {reached}"
            return Problem(pointer=f"/steps/{index}/through_month", reason=reason)
        if not 0 <= step.percent <= RAMP_PERCENT_MAX:
            return Problem(pointer=f"/steps/{index}/percent", reason=f"a percent lies between 0 and {RAMP_PERCENT_MAX}")
        reached = step.through_month
    if not 0 <= ramp.after_percent <= RAMP_PERCENT_MAX:
        return Problem(pointer="/after_percent", reason=f"a percent lies between 0 and {RAMP_PERCENT_MAX}")
    return None


def ramp_percent(ramp: Ramp, started_on: date, *, on: date) -> Decimal:
    """R59: the percent of a day by its month of service; the first step also holds for days before the first month."""
    first_on = _ramp_begins(ramp, started_on)
    for step in ramp.steps:
        if on < months_after(first_on, step.through_month):
            return step.percent
    return ramp.after_percent


def _ramp_begins(ramp: Ramp, started_on: date) -> date:
    match ramp.counted_from:
        case "start_date":
            return started_on
        case "month_of_start":
            return started_on.replace(day=1)
        case "month_after_start":
            return started_on if started_on.day == 1 else months_after(started_on.replace(day=1), 1)
    assert_never(ramp.counted_from)


def ramp_parts(ramp: Ramp, started_on: date, whole: DaySpan) -> tuple[RampPart, ...]:
    """R59: the days of the period since the start, cut where the percent changes; none where the start comes later."""
    served = clipped(whole, effective_from=started_on)
    if served is None:
        return ()
    first_on = _ramp_begins(ramp, started_on)
    parts = cut(served, [months_after(first_on, step.through_month) for step in ramp.steps])
    return tuple(RampPart(span=span, percent=ramp_percent(ramp, started_on, on=span.effective_from)) for span in parts)


def ramped_share(ramp: Ramp, started_on: date, whole: DaySpan, weigh: Weigh) -> Fraction:
    """R59: `sum of percent * share of its days` of a period's quota or guarantee; days before the start count nothing."""
    parts = ramp_parts(ramp, started_on, whole)
    return sum((Fraction(part.percent) / 100 * quota_share(whole, (part.span,), weigh) for part in parts), ZERO)

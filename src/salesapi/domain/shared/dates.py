"""Counting days and months between business dates, as windows, terms, quotas and ramps do (R49, R58, R59, R70).

Dates are local dates of the plan's calendar. A span is [from, until): `until` is the first day after it.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from salesapi.domain.shared.kernel import record

DateUnit: TypeAlias = Literal["months", "days"]


@dataclass(frozen=True, slots=True)
class Past:
    """Marks a date of a command that says when something was true: it lies between the first day and now.

    Every date of a command has this mark or `Planned`; both are held by `time_bounds.py`, in the write path.
    """


@dataclass(frozen=True, slots=True)
class Planned:
    """Marks a date or period of a command that may lie ahead, up to the horizon; `null_where` says what null means."""

    null_where: str = ""


PastDate: TypeAlias = Annotated[date, Past()]
PlannedDate: TypeAlias = Annotated[date, Planned()]
PlannedInstant: TypeAlias = Annotated[datetime, Planned()]
StartDate: TypeAlias = Annotated[date | None, Planned("it has always held")]
EndDate: TypeAlias = Annotated[date | None, Planned("it has no end")]


@record
class DaySpan:
    """At least one day: `effective_from` is the first, `effective_until` the first one after them."""

    effective_from: date
    effective_until: date

    def __post_init__(self) -> None:
        """A span without a day is a bug of its maker: dates are compared before one is made."""
        assert self.effective_from < self.effective_until, "a span has at least one day"

    def contains(self, on: date) -> bool:
        """Tells whether this day is within the span; `effective_until` is the first day after it."""
        return self.effective_from <= on < self.effective_until

    def length_days(self) -> int:
        """Counts the days of the span."""
        return (self.effective_until - self.effective_from).days

    def days(self) -> Iterator[date]:
        """Its days in order."""
        return (self.effective_from + timedelta(days=number) for number in range(self.length_days()))


def start_of(effective_from: date | None) -> date:
    """A first day that can be compared: "always" is the first day there is."""
    return effective_from or date.min


def end_of(effective_until: date | None) -> date:
    """An end that can be compared: "open" is the last day there is."""
    return effective_until or date.max


def is_within(on: date, *, effective_from: date | None, effective_until: date | None) -> bool:
    """Tells whether a day lies in [effective_from, effective_until); what is open has no last day."""
    return start_of(effective_from) <= on and (effective_until is None or on < effective_until)


def days_after(on: date, days: int) -> date:
    """The day so many days later (or earlier); beyond an edge of the calendar it is the day at that edge."""
    return on + timedelta(days=max(min(days, (date.max - on).days), (date.min - on).days))


def day_after(on: date) -> date:
    """The next day; the last day that there is has none and stays."""
    return days_after(on, 1)


def day_before(on: date) -> date:
    """The day before; the first day that there is has none and stays."""
    return days_after(on, -1)


def days_through(first_on: date, *, last_on: date) -> DaySpan:
    """The days from one to another, both inclusive; but the last day that there is, which none comes after, is in no span."""
    return DaySpan(effective_from=min(first_on, day_before(date.max)), effective_until=day_after(last_on))


def hours_after(at: datetime, hours: int) -> datetime:
    """The instant so many hours later; beyond the calendar's end the instant itself."""
    try:
        return at + timedelta(hours=hours)
    except OverflowError:
        return at


def local_date(at: datetime, zone: str) -> date:
    """The local date of an instant in a zone (an IANA name); at an edge of the calendar its own date."""
    try:
        return at.astimezone(ZoneInfo(zone)).date()
    except OverflowError:
        return at.date()


def last_of_month(on: date) -> date:
    """The last day of the month of a day."""
    return on.replace(day=monthrange(on.year, on.month)[1])


def months_after(on: date, months: int) -> date:
    """The same day so many months later (or earlier); the month's last day where it is shorter: 31 January + 1 = 28 February.

    Beyond an edge of the calendar it is the day at that edge.
    """
    index = on.year * 12 + on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def date_after(on: date, count: int, unit: DateUnit) -> date:
    """The day so many calendar months or days later; the calendar's last day beyond its end."""
    if unit == "months":
        return months_after(on, count)
    return days_after(on, count)


def whole_months(first_on: date, *, until: date) -> int:
    """Counts the whole months between the two: the most that `months_after` can add to the first; 0 without one."""
    months = (until.year - first_on.year) * 12 + until.month - first_on.month
    return max(0, months - 1 if months_after(first_on, months) > until else months)


def started_months(first_on: date, *, until: date) -> int:
    """As `whole_months`, and one more where days are left over."""
    whole = whole_months(first_on, until=until)
    return whole + 1 if months_after(first_on, whole) < until else whole


def clipped(
    whole: DaySpan, *, effective_from: date | None = None, effective_until: date | None = None
) -> DaySpan | None:
    """The part of a whole that lies between two days (null: always, open); None where they share no day."""
    first_on = max(effective_from or whole.effective_from, whole.effective_from)
    until = min(effective_until or whole.effective_until, whole.effective_until)
    return DaySpan(effective_from=first_on, effective_until=until) if first_on < until else None


def cut(whole: DaySpan, on: Iterable[date]) -> tuple[DaySpan, ...]:
    """The whole in parts, a new one beginning on each of these days that lies inside it. The parts leave no day out."""
    inside = {day for day in on if whole.contains(day)}
    ends = sorted({whole.effective_from, *inside, whole.effective_until})
    return tuple(DaySpan(effective_from=first_on, effective_until=until) for first_on, until in pairwise(ends))


def calendar_months(span: DaySpan) -> tuple[DaySpan, ...]:
    """The span cut at the first day of every month."""
    firsts = []
    first_on = span.effective_from.replace(day=1)
    while first_on < span.effective_until:
        firsts.append(first_on)
        first_on = months_after(first_on, 1)
    return cut(span, firsts)

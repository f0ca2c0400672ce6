"""Counting days and months between business dates, as windows, terms, quotas and ramps do (R49, R58, R59, R70).

Dates are local dates of the plan's calendar. A span is [from, until): `until` is the first day after it.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, TypeAlias

from salesapi.domain.shared.kernel import record

DateUnit: TypeAlias = Literal["months", "days"]


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


def months_after(on: date, months: int) -> date:
    """The same day so many months later (or earlier); the month's last day where it is shorter: 31 January + 1 = 28 February.

    Beyond the calendar's end it is the calendar's last day.
    """
    index = on.year * 12 + on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def date_after(on: date, count: int, unit: DateUnit) -> date:
    """The day so many calendar months or days later; the calendar's last day beyond its end."""
    if unit == "months":
        return months_after(on, count)
    return on + timedelta(days=min(count, (date.max - on).days))


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

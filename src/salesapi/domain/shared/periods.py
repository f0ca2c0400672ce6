"""Calendar periods as text: `2026-03` a month, `2026Q1` a quarter, `2026` a year. Business dates, both ends inclusive."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.dates import DaySpan, Planned, day_after, days_through, last_of_month
from salesapi.domain.shared.kernel import Kind, Refused, record

PeriodKind: TypeAlias = Literal["month", "quarter", "year"]
PeriodText: TypeAlias = Annotated[str, MinLen(4), MaxLen(7), Planned()]

MONTHS: Final[dict[PeriodKind, int]] = {"month": 1, "quarter": 3, "year": 12}

_FORM: Final = re.compile(r"(?P<year>[0-9]{4})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")


class PeriodInvalid(Refused):
    """The text names no calendar period."""

    code = "period.invalid"
    kind = Kind.MALFORMED
    message = "{period} is not a period; send a month such as 2026-03, a quarter such as 2026Q1 or a year such as 2026."


@record
class Period:
    """One calendar period."""

    text: str
    kind: PeriodKind
    first_on: date
    last_on: date

    def months(self) -> tuple[tuple[int, int], ...]:
        """Its months as (year, month), in order."""
        start = self.first_on.month
        return tuple((self.first_on.year, start + step) for step in range(MONTHS[self.kind]))

    def span(self) -> DaySpan:
        """All of its days."""
        return days_through(self.first_on, last_on=self.last_on)


def period_named(text: str, *, pointer: str = "/period") -> Period:
    """The period with this text.

    Raises:
        PeriodInvalid: where the text names none.
    """
    found = _FORM.fullmatch(text)
    if found is None or not 0 < int(found["year"]) < date.max.year:
        raise PeriodInvalid(period=text, pointer=pointer)
    year = int(found["year"])
    if found["quarter"]:
        return _period(text, "quarter", year, 3 * int(found["quarter"]) - 2)
    if found["month"]:
        return _period(text, "month", year, int(found["month"]))
    return _period(text, "year", year, 1)


def _period(text: str, kind: PeriodKind, year: int, month: int) -> Period:
    last_on = last_of_month(date(year, month + MONTHS[kind] - 1, 1))
    return Period(text=text, kind=kind, first_on=date(year, month, 1), last_on=last_on)


def period_of(on: date, kind: PeriodKind) -> Period:
    """The calendar period of this kind that a day belongs to."""
    match kind:
        case "month":
            return _period(f"{on.year:04}-{on.month:02}", kind, on.year, on.month)
        case "quarter":
            quarter = (on.month + 2) // 3
            return _period(f"{on.year:04}Q{quarter}", kind, on.year, 3 * quarter - 2)
        case "year":
            return _period(f"{on.year:04}", kind, on.year, 1)


def period_after(period: Period) -> Period | None:
    """The next period of the same kind; None where the calendar of periods ends."""
    first_on = day_after(period.last_on)
    return period_of(first_on, period.kind) if first_on.year < date.max.year else None


def periods_between(*, first: Period, last: Period) -> Iterator[Period]:
    """The periods of one kind from one to another, both with them; none where the first comes after the last."""
    each = first
    while each.first_on <= last.first_on:
        yield each
        if each.last_on == date.max:
            return
        each = period_of(day_after(each.last_on), first.kind)

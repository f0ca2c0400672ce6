"""The bounds of time: where the dates lie that a command may bring in. Held in one place of the write path, for every door.

What was true lies from the first day of the company to now, what is planned from there to the horizon. A date beyond says
"unknown" or "for ever" in the language of another system (`0001-01-01`, `9999-12-31`), and null is how that is said here.
What stands in the log already is read as it is: no bound is applied to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Final, NamedTuple, TypeAlias, get_type_hints

from salesapi.domain.shared.dates import DaySpan, Past, Planned, days_through, months_after
from salesapi.domain.shared.kernel import UNSET, BusinessTime, Kind, Refused, record
from salesapi.domain.shared.periods import PeriodInvalid, period_named
from salesapi.domain.shared.references import parts_of_hint

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the clock of a sender may be ahead of the record clock."""
ZONE_AHEAD: Final = timedelta(hours=14)
"""How far local time may be ahead of UTC: a date without its zone may be of tomorrow."""
HORIZON_YEARS: Final = 100
"""How far ahead plans reach, in years after now."""

Mark: TypeAlias = Past | Planned


class OccurredInFuture(Refused):
    """The business time lies ahead: what is recorded has happened."""

    code = "occurred_at.in_future"
    kind = Kind.MALFORMED
    message = (
        "What is recorded has happened, so `occurred_at` is no later than {latest}; "
        "send when it was true, or null where that is not known."
    )


class OccurredBeforeFirstDay(Refused):
    """The business time lies before there was a company."""

    code = "occurred_at.before_first_day"
    kind = Kind.MALFORMED
    message = (
        "`occurred_at` is no earlier than {first_on}, the first day of the company; "
        "send when it was true, or null where that is not known."
    )


class DateOutOfRange(Refused):
    """A date of the command lies before the first day of the company, or further ahead than it may."""

    code = "date.out_of_range"
    kind = Kind.MALFORMED
    message = "The field {field} takes what lies from {first_on} to {last_on}{instead}."


class DatedField(NamedTuple):
    """A field of a record that holds dates or periods: itself, by its mark, or (without one) the records in it."""

    name: str
    mark: Mark | None


@record
class TimeBounds:
    """The bounds of one company: `first_on` is its first day."""

    first_on: date

    def refuse_beyond(self, command: object, occurred: BusinessTime | None, now: datetime) -> None:
        """Checks the business time of a command, and every date in it.

        Raises:
            OccurredInFuture, OccurredBeforeFirstDay, DateOutOfRange: with the pointer of the field and the bounds.
        """
        if occurred is not None:
            self._refuse_occurred(occurred, now)
        for mark, value, pointer in dates_in(command):
            first_on, last_on = self.first_on, self._last_on(mark, now)
            if not all(first_on <= on <= last_on for on in _days(value)):
                instead = (
                    f"; send null where {mark.null_where}" if isinstance(mark, Planned) and mark.null_where else ""
                )
                raise DateOutOfRange(
                    field=pointer, first_on=str(first_on), last_on=str(last_on), instead=instead, pointer=pointer
                )

    def meant(self, now: datetime) -> DaySpan:
        """The days that a thing can have had or have planned; one that an old log tells beyond them cannot be meant."""
        return days_through(self.first_on, last_on=self._last_on(Planned(), now))

    def _refuse_occurred(self, occurred: BusinessTime, now: datetime) -> None:
        latest, last_on = now + CLOCK_SKEW, self._last_on(Past(), now)
        if occurred.at is not None and occurred.at > latest:
            raise OccurredInFuture(latest=latest.isoformat(timespec="seconds"), pointer="/occurred_at")
        if occurred.on > last_on:
            raise OccurredInFuture(latest=str(last_on), pointer="/occurred_at")
        if occurred.on < self.first_on:
            raise OccurredBeforeFirstDay(first_on=str(self.first_on), pointer="/occurred_at")

    def _last_on(self, mark: Mark, now: datetime) -> date:
        """The last day that a date with this mark may have; of what was true, today wherever it is latest."""
        if isinstance(mark, Planned):
            return _horizon(now.date())
        return (now + CLOCK_SKEW + ZONE_AHEAD).date()


@lru_cache(maxsize=2)
def _horizon(today: date) -> date:
    """The last day of plans; the same for all commands of a day."""
    return months_after(today, HORIZON_YEARS * 12)


def dates_in(record: object, at: str = "") -> Iterator[tuple[Mark, date | str, str]]:
    """Lists the dates and periods in a record, each with its mark and JSON pointer; `at` is the record's own."""
    kind: type = type(record)
    for name, mark in dated_fields(kind):
        held = getattr(record, name)
        parts = held if isinstance(held, tuple) else (held,)
        for place, part in enumerate(parts):
            pointer = f"{at}/{name}/{place}" if parts is held else f"{at}/{name}"
            if part is None or part is UNSET:
                continue
            if mark is not None:
                yield mark, part, pointer
            else:
                yield from dates_in(part, pointer)


@cache
def dated_fields(record: type) -> tuple[DatedField, ...]:
    """The fields of a record that hold dates, in their order."""
    if not is_dataclass(record):
        return ()
    hints = get_type_hints(record, include_extras=True)
    found = [(field.name, list(parts_of_hint(hints[field.name]))) for field in fields(record)]
    return tuple(
        DatedField(name, _mark(parts))
        for name, parts in found
        if _mark(parts) is not None or any(isinstance(part, type) and dated_fields(part) for part in parts)
    )


def unmarked_dates(record: type, at: str = "") -> Iterator[str]:
    """Lists the fields of a record, and of the records in it, that hold a date of which no mark says what bounds it."""
    hints: Mapping[str, object] = get_type_hints(record, include_extras=True) if is_dataclass(record) else {}
    for name, hint in hints.items():
        parts = list(parts_of_hint(hint))
        if {date, datetime} & {part for part in parts if isinstance(part, type)} and _mark(parts) is None:
            yield f"{at}{name}"
        for part in parts:
            if isinstance(part, type) and is_dataclass(part) and not isinstance(part, Mark):
                yield from unmarked_dates(part, f"{at}{name}.")


def _mark(parts: Sequence[object]) -> Mark | None:
    return next((part for part in parts if isinstance(part, Mark)), None)


def _days(value: date | str) -> tuple[date, ...]:
    """The first and the last day of what a marked field holds; none of a text that is no period, which its decider refuses."""
    if isinstance(value, datetime):
        return (value.date(),)
    if isinstance(value, date):
        return (value,)
    try:
        period = period_named(value)
    except PeriodInvalid:
        return ()
    return period.first_on, period.last_on

"""Calendars: on which days work is done, and into which fiscal periods time is cut. Stream `calendar`.

Days are local dates in the calendar's zone (IANA name). A day is worked by its weekday, unless it is declared: a holiday is not
worked, a make-up day (调休) is, on a weekend too. Fiscal periods tile time from their first definition on: each definition holds
until the next one begins, and a period that lies across that day is cut there. First and last days are inclusive.
"""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, assert_never, get_args
from uuid import UUID
from zoneinfo import available_timezones

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.shared.dates import PlannedDate, StartDate
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    CASHIERS,
    PAYERS,
    About,
    Context,
    FieldInvalid,
    Key,
    Recorded,
    Refused,
    Title,
    record,
    refuse_existing,
)
from salesapi.domain.shared.periods import PeriodKind
from salesapi.domain.shared.states import made_from, replace

DAYS_MAX: Final = 1_000
"""Most declared days of one calendar: some twenty years of holidays and make-up days."""
DAYS_DECLARED_MAX: Final = 200
"""Most days in one command."""
DEFINITIONS_MAX: Final = 50
"""Most definitions of fiscal periods of one calendar over time."""

Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEK: Final[tuple[Weekday, ...]] = get_args(Weekday)
"""The weekdays in the order of `date.weekday()`."""
_ZONES: Final = frozenset(available_timezones())

PeriodLength: TypeAlias = Annotated[PeriodKind, About("How long a period is.")]
FirstMonth: TypeAlias = Annotated[
    Annotated[int, Ge(1), Le(12)], About("The month in which the fiscal year begins; 1 is January.")
]
CutFrom: TypeAlias = Annotated[StartDate, About("First day that is cut so, the first of a month; null is always.")]


@record
class DeclaredDay:
    """A day that is not as its weekday says."""

    on: Annotated[PlannedDate, About("The day.")]
    name: Annotated[Title, About("Its name, for example that of the holiday that it is or makes up for.")]
    is_worked: Annotated[
        bool, About("False: a holiday. True: worked whatever its weekday, for example to make up for a holiday (调休).")
    ] = False


@record
class FiscalPeriods:
    """How time is cut from a day on."""

    kind: PeriodLength
    first_month: FirstMonth
    effective_from: CutFrom = None

    @property
    def first(self) -> date:
        """Its first day; "always" is the first day there is."""
        return self.effective_from or date.min


@record
class CalendarDefined:
    """A calendar was named, with its regular week."""

    key: str
    name: str
    zone: str
    weekdays: tuple[Weekday, ...]


@record
class CalendarHolidaysDeclared:
    """These days are so from now on, whatever was declared of them before."""

    days: tuple[DeclaredDay, ...]


@record
class CalendarFiscalPeriodsDefined:
    """From a day on, until the next definition begins, time is cut so."""

    kind: PeriodKind
    first_month: int
    effective_from: date | None


CalendarEvent: TypeAlias = CalendarDefined | CalendarHolidaysDeclared | CalendarFiscalPeriodsDefined

CalendarId: TypeAlias = Annotated[UUID, About("The calendar.")]


@record
class DefineCalendar:
    """Defines a calendar with its regular week."""

    key: Annotated[Key, About("Stable name, unique among calendars.")]
    name: Annotated[Title, About("Name shown to people.")]
    zone: Annotated[
        Annotated[str, MinLen(1), MaxLen(60)], About("IANA zone in which its days begin, for example `Asia/Shanghai`.")
    ]
    weekdays: Annotated[
        tuple[Weekday, ...], MinLen(1), MaxLen(len(WEEK)), About("The weekdays that are worked, each once.")
    ]


@record
class DeclareHolidays:
    """Declares holidays, and days that are worked to make up for them. A day that is declared again is so from then on."""

    calendar_id: CalendarId
    days: Annotated[tuple[DeclaredDay, ...], MinLen(1), MaxLen(DAYS_DECLARED_MAX), About("The days, each once.")]


@record
class DefineFiscalPeriods:
    """Defines fiscal periods from a day on. The same day again corrects what was defined for it."""

    calendar_id: CalendarId
    kind: PeriodLength
    first_month: FirstMonth
    effective_from: CutFrom = None


class CalendarDaysFull(Refused):
    """The bound of declared days is reached."""

    code = "calendar.too_many_days"
    message = "A calendar has at most {most} declared days; define another calendar."


class FiscalDefinitionsFull(Refused):
    """The bound of definitions is reached."""

    code = "calendar.too_many_definitions"
    message = "A calendar has at most {most} definitions of fiscal periods."


@record
class Calendar:
    """A calendar; declared days and definitions stand in the order of their dates."""

    key: str
    name: str
    zone: str
    weekdays: tuple[Weekday, ...]
    days: tuple[DeclaredDay, ...] = ()
    fiscal_periods: tuple[FiscalPeriods, ...] = ()


def define(state: Calendar | None, command: DefineCalendar, context: Context) -> tuple[CalendarDefined, ...]:
    """Decides `DefineCalendar`."""
    refuse_existing(state, context, "calendar", pointer="/key")
    if command.zone not in _ZONES:
        raise FieldInvalid(reason="A zone is an IANA name such as Asia/Shanghai.", pointer="/zone")
    if len(set(command.weekdays)) < len(command.weekdays):
        raise FieldInvalid(reason="Each weekday stands once.", pointer="/weekdays")
    weekdays = tuple(weekday for weekday in WEEK if weekday in command.weekdays)
    return (made_from(CalendarDefined, command, weekdays=weekdays),)


def declare_holidays(
    state: Calendar, command: DeclareHolidays, context: Context
) -> tuple[CalendarHolidaysDeclared, ...]:
    """Decides `DeclareHolidays`."""
    seen: set[date] = set()
    for index, day in enumerate(command.days):
        if day.on in seen:
            raise FieldInvalid(reason="Each day stands once; this one was there before.", pointer=f"/days/{index}/on")
        seen.add(day.on)
    if len(seen | {day.on for day in state.days}) > DAYS_MAX:
        raise CalendarDaysFull(most=DAYS_MAX, pointer="/days")
    changed = tuple(day for day in command.days if day not in state.days)
    return (CalendarHolidaysDeclared(days=changed),) if changed else ()


def define_fiscal_periods(
    state: Calendar, command: DefineFiscalPeriods, context: Context
) -> tuple[CalendarFiscalPeriodsDefined, ...]:
    """Decides `DefineFiscalPeriods`."""
    if command.effective_from is not None and command.effective_from.day != 1:
        raise FieldInvalid(reason="Fiscal periods begin on the first of a month.", pointer="/effective_from")
    asked = made_from(FiscalPeriods, command)
    if asked in state.fiscal_periods:
        return ()
    if len({asked.first, *(definition.first for definition in state.fiscal_periods)}) > DEFINITIONS_MAX:
        raise FiscalDefinitionsFull(most=DEFINITIONS_MAX)
    return (made_from(CalendarFiscalPeriodsDefined, command),)


def evolve(state: Calendar | None, event: CalendarEvent, recorded: Recorded) -> Calendar:
    """Folds the stream to its state."""
    if isinstance(event, CalendarDefined):
        return made_from(Calendar, event)
    assert state is not None, "a calendar begins with calendar.defined"
    match event:
        case CalendarHolidaysDeclared():
            by_day = {day.on: day for day in (*state.days, *event.days)}
            return replace(state, days=tuple(by_day[on] for on in sorted(by_day)))
        case CalendarFiscalPeriodsDefined():
            added = made_from(FiscalPeriods, event)
            kept = (definition for definition in state.fiscal_periods if definition.first != added.first)
            return replace(state, fiscal_periods=tuple(sorted([*kept, added], key=lambda definition: definition.first)))
        case _:
            assert_never(event)


def working_days(calendar: Calendar, *, first: date, last: date) -> int:
    """Counts the worked days from `first` to `last`, both inclusive; none where `last` is before `first`.

    The work does not grow with the span: whole weeks are counted at once.
    """
    if last < first:
        return 0
    weeks, rest = divmod((last - first).days + 1, len(WEEK))
    begun = {WEEK[(first.weekday() + step) % len(WEEK)] for step in range(rest)}
    regular = weeks * len(calendar.weekdays) + len(begun & set(calendar.weekdays))
    declared = [day for day in calendar.days if first <= day.on <= last]
    return regular + sum(day.is_worked - (WEEK[day.on.weekday()] in calendar.weekdays) for day in declared)


STREAM: Final = Stream[Calendar, CalendarEvent](
    kind="calendar",
    plural="calendars",
    evolve=evolve,
    commands=(
        creates(DefineCalendar, decide=define, roles=PAYERS, identity=lambda command: ("key", command.key)),
        changes(DeclareHolidays, decide=declare_holidays, roles=CASHIERS, target="calendar_id"),
        changes(DefineFiscalPeriods, decide=define_fiscal_periods, roles=PAYERS, target="calendar_id"),
    ),
)

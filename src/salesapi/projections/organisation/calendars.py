"""Calendars with their declared days and fiscal periods, one row a calendar. Days are local dates in the calendar's zone."""

from typing import Final
from uuid import UUID

from salesapi.domain.organisation import calendars
from salesapi.domain.organisation.calendars import (
    Calendar,
    CalendarDefined,
    CalendarEvent,
    DeclaredDay,
    FiscalPeriods,
    Weekday,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import replace
from salesapi.projections.declaring import one_row


@record
class CalendarRow:
    """A calendar; days and definitions stand in the order of their dates."""

    calendar_id: UUID
    key: str
    name: str
    zone: str
    weekdays: tuple[Weekday, ...]
    days: tuple[DeclaredDay, ...]
    fiscal_periods: tuple[FiscalPeriods, ...]
    version: int
    position: int


def _fold(row: CalendarRow | None, event: CalendarEvent, recorded: Recorded) -> CalendarRow:
    if isinstance(event, CalendarDefined):
        return CalendarRow(
            calendar_id=recorded.stream_id,
            key=event.key,
            name=event.name,
            zone=event.zone,
            weekdays=event.weekdays,
            days=(),
            fiscal_periods=(),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a calendar begins with calendar.defined"
    known = Calendar(
        key=row.key,
        name=row.name,
        zone=row.zone,
        weekdays=row.weekdays,
        days=row.days,
        fiscal_periods=row.fiscal_periods,
    )
    state = calendars.evolve(known, event, recorded)
    return replace(
        row,
        days=state.days,
        fiscal_periods=state.fiscal_periods,
        version=recorded.version,
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "calendar",
    _fold,
    row=CalendarRow,
    version=1,
    key=("calendar_id",),
    indexes=("(key)",),
)

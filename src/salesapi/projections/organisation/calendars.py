"""Calendars with their declared days and fiscal periods, one row a calendar. Days are local dates in the calendar's zone."""

from typing import Final
from uuid import UUID

from salesapi.domain.organisation.calendars import DeclaredDay, FiscalPeriods, Weekday, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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


PROJECTION: Final = current(
    "calendar",
    evolve,
    row=CalendarRow,
    version=1,
    indexes=("(key)",),
)

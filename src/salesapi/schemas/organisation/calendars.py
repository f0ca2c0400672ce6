"""Wire shapes of calendars, with the filter and orders of their list. Days are local dates in the calendar's zone."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from salesapi.domain.organisation.calendars import DeclaredDay, FiscalPeriods, Weekday
from salesapi.domain.shared.kernel import About, Key, record
from salesapi.schemas.scalars import Position


@record
class Calendar:
    """On which days work is done, and into which fiscal periods time is cut."""

    id: Annotated[UUID, About("The calendar.")]
    key: Annotated[str, About("Stable name.")]
    name: Annotated[str, About("Name shown to people.")]
    zone: Annotated[str, About("IANA zone in which its days begin.")]
    weekdays: Annotated[tuple[Weekday, ...], About("The weekdays that are worked.")]
    days: Annotated[tuple[DeclaredDay, ...], About("Holidays and make-up days, in the order of their dates.")]
    fiscal_periods: Annotated[
        tuple[FiscalPeriods, ...], About("How time is cut; each definition holds until the next one begins.")
    ]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class CalendarFilter:
    """Which calendars. Fields that are not sent do not filter."""

    key: Annotated[Key | None, About("With this key.")] = None


class CalendarOrder(StrEnum):
    """Orders of calendars."""

    KEY_ASC = "key_asc"
    CHANGED_DESC = "changed_desc"

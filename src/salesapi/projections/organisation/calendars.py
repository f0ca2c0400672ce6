"""Calendars with their declared days and fiscal periods, in the order of their dates; one row a calendar.

Days are local dates in the calendar's zone.
"""

from typing import Final

from salesapi.domain.organisation.calendars import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("calendar", evolve, version=1, indexes=("(key)",))

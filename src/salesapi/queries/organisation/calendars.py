"""The list of calendars. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.organisation.calendars import Calendar, CalendarFilter, CalendarOrder

CALENDARS: Final = Listing(
    Calendar, source="read.calendar", scope=EVERYBODY, where=CalendarFilter, order=CalendarOrder.KEY_ASC
)

"""The list of calendars. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_position, by_text
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.organisation.calendars import Calendar, CalendarFilter, CalendarOrder

CALENDARS: Final = Listing(
    Calendar,
    source="read.calendar",
    scope=EVERYBODY,
    filters=Filters(CalendarFilter),
    orders=Orders(CalendarOrder.KEY_ASC, {"key": by_text("key"), "changed": by_position()}),
)

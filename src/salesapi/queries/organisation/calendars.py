"""Questions about calendars. They belong to nobody: everybody who has a key sees them."""

from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_position, by_text
from salesapi.schemas.organisation.calendars import Calendar, CalendarFilter, CalendarOrder

READS: Final = ("calendar",)

CALENDARS: Final = Listing(
    columns="calendar_id AS id, key, name, zone, weekdays, days, fiscal_periods, version, position",
    source="read.calendar",
    id="calendar_id",
    reader=Reader(Calendar),
)
ORDERS: Final[dict[CalendarOrder, Order]] = {
    CalendarOrder.KEY_ASC: by_text("key"),
    CalendarOrder.CHANGED_DESC: by_position("position", is_descending=True),
}


async def calendars(
    connection: Connection, scope: Scope, *, where: CalendarFilter, order: CalendarOrder, page: PageRequest
) -> Page[Calendar]:
    """A page of calendars.

    Raises:
        CursorMalformed.
    """
    conditions = Conditions()
    conditions.known("key = {}", where.key)
    return await CALENDARS.page(connection, conditions, (order, ORDERS[order]), page)


async def calendar(connection: Connection, scope: Scope, calendar_id: UUID) -> Calendar:
    """One calendar.

    Raises:
        ThingUnknown: there is none.
    """
    conditions = Conditions()
    conditions.add("calendar_id = {}", calendar_id)
    found = await CALENDARS.found(connection, conditions)
    if not found:
        raise ThingUnknown(thing="calendar", id=str(calendar_id))
    return found[0]

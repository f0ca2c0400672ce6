"""Lists and single things: members, calendars and approvals."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.organisation import approvals, calendars, members

LISTS: Final = (
    ListRead(name="members", summary="Members", listing=members.MEMBERS),
    ListRead(name="calendars", summary="Calendars", listing=calendars.CALENDARS),
    ListRead(
        name="approvals", summary="Approvals that concern you, your team or everybody", listing=approvals.APPROVALS
    ),
)

ITEMS: Final = (
    ItemRead(name="member", summary="One member", thing=members.MEMBERS),
    ItemRead(name="calendar", summary="One calendar with its holidays and fiscal periods", thing=calendars.CALENDARS),
    ItemRead(name="approval", summary="One approval with its steps", thing=approvals.APPROVALS),
)

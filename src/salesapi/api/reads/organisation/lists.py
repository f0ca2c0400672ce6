"""Lists and single things: members, calendars and approvals."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.organisation import approvals, calendars, members

LISTS: Final = (
    ListRead(path="/v1/members", name="members", summary="Members", listing=members.MEMBERS),
    ListRead(path="/v1/calendars", name="calendars", summary="Calendars", listing=calendars.CALENDARS),
    ListRead(
        path="/v1/approvals",
        name="approvals",
        summary="Approvals that concern you, your team or everybody",
        listing=approvals.APPROVALS,
    ),
)

ITEMS: Final = (
    ItemRead(path="/v1/members/{member_id}", name="member", summary="One member", thing=members.MEMBERS),
    ItemRead(
        path="/v1/calendars/{calendar_id}",
        name="calendar",
        summary="One calendar with its holidays and fiscal periods",
        thing=calendars.CALENDARS,
    ),
    ItemRead(
        path="/v1/approvals/{approval_id}",
        name="approval",
        summary="One approval with its steps",
        thing=approvals.APPROVALS,
    ),
)

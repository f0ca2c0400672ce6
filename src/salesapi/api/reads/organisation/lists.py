"""Lists and single things: members, calendars, approvals, principals and their keys."""

from typing import Final

from salesapi.access.principals import OVERSEERS
from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.organisation import api_keys, approvals, calendars, members, principals

LISTS: Final = (
    ListRead(name="members", summary="Members", listing=members.MEMBERS),
    ListRead(name="calendars", summary="Calendars", listing=calendars.CALENDARS),
    ListRead(
        name="approvals", summary="Approvals that concern you, your team or everybody", listing=approvals.APPROVALS
    ),
    ListRead(
        name="principals",
        summary="Principals: who may ask, as which member, in which roles",
        listing=principals.PRINCIPALS,
        roles=OVERSEERS,
    ),
    ListRead(
        name="apiKeys",
        summary="API keys: whose they are, until when they open something, when each was used last",
        listing=api_keys.API_KEYS,
        roles=OVERSEERS,
    ),
)

ITEMS: Final = (
    ItemRead(name="member", summary="One member", thing=members.MEMBERS),
    ItemRead(name="calendar", summary="One calendar with its holidays and fiscal periods", thing=calendars.CALENDARS),
    ItemRead(name="approval", summary="One approval with its steps", thing=approvals.APPROVALS),
    ItemRead(name="principal", summary="The principal that an `actor_id` names", thing=principals.PRINCIPALS),
    ItemRead(
        name="apiKey", summary="One API key, without what it opens with", thing=api_keys.API_KEYS, roles=OVERSEERS
    ),
)

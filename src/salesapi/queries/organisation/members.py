"""The list of members. Everybody who has a key sees them: things are assigned and handed over by their names."""

from typing import Final

from salesapi.queries.filters import Filters, contains
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_position, by_text
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.organisation.members import Member, MemberFilter, MemberOrder

MEMBERS: Final = Listing(
    Member,
    source="read.member",
    scope=EVERYBODY,
    filters=Filters(
        MemberFilter,
        {
            "has_left": "left_on IS NOT NULL",
            "text": contains("name"),
        },
    ),
    orders=Orders(MemberOrder.NAME_ASC, {"name": by_text("name"), "changed": by_position()}),
)

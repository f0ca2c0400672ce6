"""The list of members. Everybody who has a key sees them: things are assigned and handed over by their names."""

from typing import Final

from salesapi.queries.filters import contains
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.organisation.members import Member, MemberFilter, MemberOrder

MEMBERS: Final = Listing(
    Member,
    source="read.member",
    scope=EVERYBODY,
    where=MemberFilter,
    conditions={"has_left": "left_on IS NOT NULL", "text": contains("name")},
    order=MemberOrder.NAME_ASC,
)

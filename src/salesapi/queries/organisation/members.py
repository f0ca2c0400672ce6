"""Questions about members. Everybody who has a key sees them: things are assigned and handed over by their names."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_position,
    by_text,
)
from salesapi.schemas.organisation.members import Member, MemberFilter, MemberOrder

READS: Final = ("member",)

MEMBERS: Final = Listing(
    columns=f"""member_id AS id, name, email, employee_number, joined_on, left_on, cost_centre, legal_entity,
        {EXTERNAL_ID}, version, position""",
    source="read.member",
    id="member_id",
    reader=Reader(Member),
)
ORDERS: Final[dict[MemberOrder, Order]] = {
    MemberOrder.NAME_ASC: by_text("name"),
    MemberOrder.NAME_DESC: by_text("name", is_descending=True),
    MemberOrder.CHANGED_DESC: by_position("position", is_descending=True),
}


async def members(
    connection: Connection, scope: Scope, *, where: MemberFilter, order: MemberOrder, page: PageRequest
) -> Page[Member]:
    """A page of members.

    Raises:
        CursorMalformed.
    """
    conditions = Conditions()
    conditions.known("employee_number = {}", where.employee_number)
    conditions.is_true("left_on IS NOT NULL", where.has_left)
    conditions.contains("name", where.text)
    conditions.external(where.external_system, where.external_id)
    return await MEMBERS.page(connection, conditions, (order, ORDERS[order]), page)


async def member(connection: Connection, scope: Scope, member_id: UUID) -> Member:
    """One member.

    Raises:
        ThingUnknown: there is none.
    """
    found = await members_by_ids(connection, scope, [member_id])
    if member_id not in found:
        raise ThingUnknown(thing="member", id=str(member_id))
    return found[member_id]


async def members_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Member]:
    """Those of these members that there are."""
    conditions = Conditions()
    conditions.add("member_id = ANY({}::uuid[])", list(ids))
    return {member.id: member for member in await MEMBERS.found(connection, conditions)}

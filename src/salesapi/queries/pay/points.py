"""Questions about members' points and their entries. `scope` is always the one over pay."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.projections.pay.points import PointsEntryRow
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_amount, by_position
from salesapi.queries.reasons import shown_reason
from salesapi.schemas.pay.points import (
    PointsBalance,
    PointsEntry,
    PointsEntryFilter,
    PointsEntryOrder,
    PointsFilter,
    PointsOrder,
)

READS: Final = ("points",)
ENTRIES_READ: Final = ("points_entry",)
POINTS: Final = ""
"""Points have no currency, and no amounts among their reasons."""

BALANCES: Final = Listing(
    columns="member_id AS id, balance, credited, redeemed, version, position",
    source="read.points",
    id="member_id",
    reader=Reader(PointsBalance),
)
ENTRIES: Final = Listing(
    columns="member_id, number, points, award_id, plan_id, award_key, period, reason, given, entered_on, position",
    source="read.points_entry",
    id="position",
    reader=Reader(PointsEntryRow),
    id_kind=int,
)
ORDERS: Final[dict[PointsOrder, Order]] = {
    PointsOrder.BALANCE_DESC: by_amount("balance", is_descending=True),
    PointsOrder.CHANGED_DESC: by_position("position", is_descending=True),
}
ENTRY_ORDERS: Final[dict[PointsEntryOrder, Order]] = {
    PointsEntryOrder.ENTERED_DESC: by_position("position", is_descending=True),
}


async def points_balances(
    connection: Connection, scope: Scope, *, where: PointsFilter, order: PointsOrder, page: PageRequest
) -> Page[PointsBalance]:
    """A page of the balances of members who ever had points.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("member_id = ANY({}::uuid[])", where.member_id)
    return await BALANCES.page(connection, conditions, (order, ORDERS[order]), page)


async def points_entries(
    connection: Connection, scope: Scope, *, where: PointsEntryFilter, order: PointsEntryOrder, page: PageRequest
) -> Page[PointsEntry]:
    """A page of entries.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("member_id = ANY({}::uuid[])", where.member_id)
    conditions.known("award_id = {}", where.award_id)
    conditions.known("plan_id = {}", where.plan_id)
    conditions.known("period = {}", where.period)
    conditions.known("entered_on >= {}", where.entered_from)
    conditions.known("entered_on <= {}", where.entered_to)
    found = await ENTRIES.page(connection, conditions, (order, ENTRY_ORDERS[order]), page)
    return Page(items=tuple(map(shown_entry, found.items)), cursors=found.cursors, has_more=found.has_more)


def shown_entry(row: PointsEntryRow) -> PointsEntry:
    """The entry, with why a plan gives it put into words."""
    values = {field.name: getattr(row, field.name) for field in fields(PointsEntryRow)}
    values["given"] = None if row.given is None else shown_reason(row.given, POINTS)
    return PointsEntry(**values)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope, "member_id")
    return conditions


async def points_balance(connection: Connection, scope: Scope, member_id: UUID) -> PointsBalance:
    """The balance of one member.

    Raises:
        ThingUnknown: the member never had points, or is out of the pay scope.
    """
    found = await points_balances_by_ids(connection, scope, [member_id])
    if member_id not in found:
        raise ThingUnknown(thing="points", id=str(member_id))
    return found[member_id]


async def points_balances_by_ids(
    connection: Connection, scope: Scope, ids: Sequence[UUID]
) -> dict[UUID, PointsBalance]:
    """The balances of those of these members who are in the pay scope."""
    conditions = _visible(scope)
    conditions.add("member_id = ANY({}::uuid[])", list(ids))
    return {balance.id: balance for balance in await BALANCES.found(connection, conditions)}

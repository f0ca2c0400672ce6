"""Questions about objections. `scope` is always the one over pay: members see their own, managers those of their teams."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_day, by_position
from salesapi.schemas.pay.objections import Objection, ObjectionFilter, ObjectionOrder

READS: Final = ("objection",)

OPEN: Final = "status IN ('open', 'answered')"
OVERDUE: Final = """(status = 'open' AND
        coalesce(answer_due_at < now(), answer_due_on < (now() AT TIME ZONE 'UTC')::date))"""
"""Shown by the time of asking, by the instant where it is known."""
OBJECTIONS: Final = Listing(
    columns=f"""objection_id AS id, member_id, status, {OVERDUE} AS is_overdue, subject_kind, subject_id, subject_line,
        subject_key, claim, evidence, is_late, raised_by, raised_on, answer_due_on, answer_due_at, answer, answered_by,
        answered_on, decided_by, correction, reason, closed_on, version, position""",
    source="read.objection",
    id="objection_id",
    reader=Reader(Objection),
)
ORDERS: Final[dict[ObjectionOrder, Order]] = {
    ObjectionOrder.CHANGED_DESC: by_position("position", is_descending=True),
    ObjectionOrder.ANSWER_DUE_ASC: by_day("answer_due_on", is_descending=False),
    ObjectionOrder.RAISED_DESC: by_day("raised_on", is_descending=True),
}


async def objections(
    connection: Connection, scope: Scope, *, where: ObjectionFilter, order: ObjectionOrder, page: PageRequest
) -> Page[Objection]:
    """A page of objections.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("status = ANY({}::text[])", where.status)
    conditions.is_true(OPEN, where.is_open)
    conditions.is_true(OVERDUE, where.is_overdue)
    conditions.known("member_id = ANY({}::uuid[])", where.member_id)
    conditions.known("subject_kind = {}", where.subject_kind)
    conditions.known("subject_id = ANY({}::uuid[])", where.subject_id)
    conditions.known("raised_on >= {}", where.raised_from)
    conditions.known("raised_on <= {}", where.raised_to)
    return await OBJECTIONS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope, "member_id")
    return conditions


async def objection(connection: Connection, scope: Scope, objection_id: UUID) -> Objection:
    """One objection.

    Raises:
        ThingUnknown: there is none, or its member is out of the pay scope.
    """
    found = await objections_by_ids(connection, scope, [objection_id])
    if objection_id not in found:
        raise ThingUnknown(thing="objection", id=str(objection_id))
    return found[objection_id]


async def objections_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Objection]:
    """Those of these objections that are in the pay scope."""
    conditions = _visible(scope)
    conditions.add("objection_id = ANY({}::uuid[])", list(ids))
    return {objection.id: objection for objection in await OBJECTIONS.found(connection, conditions)}

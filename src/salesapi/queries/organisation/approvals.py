"""Questions about approvals. An approval is seen by who is in scope of anybody whom it concerns: who asked or was asked."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import Conditions, Listing, Order, Page, PageRequest, Reader, by_day, by_position
from salesapi.schemas.organisation.approvals import Approval, ApprovalFilter, ApprovalOrder

READS: Final = ("approval",)

OVERDUE: Final = "(status = 'pending' AND coalesce(due_on < (now() AT TIME ZONE 'UTC')::date, false))"
"""Shown by the date of asking: nothing happens to an approval when its day is over."""
APPROVALS: Final = Listing(
    columns=f"""approval_id AS id, subject_kind, subject_id, status, {OVERDUE} AS is_overdue, step_order, steps,
        waiting_ids, requested_by, requester_id, due_on, requested_on, closed_on, reason, withdrawal_reason, version,
        position""",
    source="read.approval",
    id="approval_id",
    reader=Reader(Approval),
)
ORDERS: Final[dict[ApprovalOrder, Order]] = {
    ApprovalOrder.CHANGED_DESC: by_position("position", is_descending=True),
    ApprovalOrder.DUE_ASC: by_day("due_on", is_descending=False),
    ApprovalOrder.DUE_DESC: by_day("due_on", is_descending=True),
}


async def approvals(
    connection: Connection, scope: Scope, *, where: ApprovalFilter, order: ApprovalOrder, page: PageRequest
) -> Page[Approval]:
    """A page of approvals.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("status = ANY({}::text[])", where.status)
    conditions.known("waiting_ids @> jsonb_build_array({}::uuid)", where.waiting_for)
    conditions.known("requester_id = {}", where.requester_id)
    conditions.known("subject_kind = {}", where.subject_kind)
    conditions.known("subject_id = ANY({}::uuid[])", where.subject_id)
    conditions.is_true(OVERDUE, where.is_overdue)
    conditions.known("due_on >= {}", where.due_from)
    conditions.known("due_on <= {}", where.due_to)
    return await APPROVALS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    if scope.member_ids is not None:
        conditions.add("party_ids ?| {}::text[]", [str(id) for id in scope.member_ids])
    return conditions


async def approval(connection: Connection, scope: Scope, approval_id: UUID) -> Approval:
    """One approval.

    Raises:
        ThingUnknown: there is none, or nobody whom it concerns is in scope.
    """
    found = await approvals_by_ids(connection, scope, [approval_id])
    if approval_id not in found:
        raise ThingUnknown(thing="approval", id=str(approval_id))
    return found[approval_id]


async def approvals_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Approval]:
    """Those of these approvals that are in scope."""
    conditions = _visible(scope)
    conditions.add("approval_id = ANY({}::uuid[])", list(ids))
    return {approval.id: approval for approval in await APPROVALS.found(connection, conditions)}

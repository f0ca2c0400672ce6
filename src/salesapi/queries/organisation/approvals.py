"""The list of approvals. An approval is seen by who is in scope of anybody whom it concerns: who asked or was asked."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import RowScope
from salesapi.schemas.organisation.approvals import Approval, ApprovalFilter, ApprovalOrder

OVERDUE: Final = "(status = 'pending' AND coalesce(due_on < (now() AT TIME ZONE 'UTC')::date, false))"
"""Shown by the date of asking: nothing happens to an approval when its day is over."""
APPROVALS: Final = Listing(
    Approval,
    source="read.approval",
    scope=RowScope(text="party_ids ?| {0}::uuid[]::text[]"),
    expressions={"is_overdue": OVERDUE},
    where=ApprovalFilter,
    conditions={"waiting_for": "waiting_ids @> jsonb_build_array({}::uuid)", "is_overdue": OVERDUE},
    order=ApprovalOrder.CHANGED_DESC,
)

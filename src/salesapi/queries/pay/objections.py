"""The list of objections: members see their own, managers those of their teams, by the scope over pay."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_pay
from salesapi.schemas.pay.objections import Objection, ObjectionFilter, ObjectionOrder

OVERDUE: Final = """(status = 'open' AND
        coalesce(answer_due_at < now(), answer_due_on < (now() AT TIME ZONE 'UTC')::date))"""
"""Shown by the time of asking, by the instant where it is known."""
OBJECTIONS: Final = Listing(
    Objection,
    source="read.objection",
    scope=by_pay(),
    expressions={"is_overdue": OVERDUE},
    where=ObjectionFilter,
    conditions={"is_open": "status IN ('open', 'answered')", "is_overdue": OVERDUE},
    order=ObjectionOrder.CHANGED_DESC,
)

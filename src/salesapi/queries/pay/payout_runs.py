"""Questions about payout runs, their statements and the lines of these. `scope` is always the one over pay.

A statement stands where it is of its run's last calculation and the run is issued or further; others are never shown. Who
sees only some members sees the runs in which these have a statement, without the totals of all.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_position, by_text
from salesapi.queries.paging import Page, PageRequest, decoded_cursor, encoded_cursor
from salesapi.queries.pay.statement_lines import LINE_COLUMNS, read_line
from salesapi.queries.row_scopes import RowScope, by_pay
from salesapi.schemas.pay.payout_runs import (
    PayoutRun,
    PayoutRunFilter,
    PayoutRunOrder,
    Statement,
    StatementFilter,
    StatementLine,
    StatementOrder,
)

LINES_READ: Final = ("payout_run", "statement", "statement_line", "payout")

STANDING: Final = (
    "r.status IN ('issued', 'submitted', 'approved', 'locked') AND s.calculated_position = r.calculated_position"
)
"""Which statements `s` of a payout run `r` stand."""

STANDS: Final = "p.payout_run_id = s.payout_run_id AND p.member_id = s.member_id AND p.status IN ('instructed', 'paid')"
"""Which payments `p` of a statement `s` were instructed and did not fail."""

PAID_BY: Final = """CASE WHEN p.lines = '[]' THEN NOT p.without_lines @> to_jsonb(l.number)
            ELSE p.lines @> to_jsonb(l.number) END"""
"""Whether a payment `p` is also of the line `l`."""

PAYOUT: Final = f"""coalesce((
            SELECT jsonb_build_object('status', p.status, 'batch', p.batch, 'payout_on', p.payout_on, 'paid_on', p.paid_on,
                'external_reference', p.external_reference, 'reason', p.reason)
            FROM read.payout p WHERE p.payout_run_id = s.payout_run_id AND p.member_id = s.member_id
            ORDER BY p.instructed_position DESC LIMIT 1
        ), '{{"status": "not_instructed", "batch": null, "payout_on": null, "paid_on": null, "external_reference": null,
            "reason": null}}'::jsonb) || jsonb_build_object('instructed_minor', (
            SELECT coalesce(sum(p.amount_minor), 0)::bigint FROM read.payout p WHERE {STANDS}
        ), 'held_minor', (
            SELECT coalesce(sum(l.posted_minor), 0)::bigint
            FROM read.objection o JOIN read.statement_line l
                ON l.payout_run_id = o.subject_id AND l.member_id = o.member_id AND l.number = o.subject_line
            WHERE o.subject_id = s.payout_run_id AND o.member_id = s.member_id AND o.status IN ('open', 'answered')
                AND l.calculated_position = s.calculated_position AND l.posted_minor > 0
                AND NOT EXISTS (SELECT FROM read.payout p WHERE {STANDS} AND {PAID_BY})
        ))"""  # noqa: S608
"""How it stands with the payment of a statement `s`, and what of it open objections to its lines hold."""

_PAID: Final = f"""SELECT r.payout_run_id FROM read.statement s JOIN read.payout_run r USING (payout_run_id)
        WHERE s.member_id = ANY({{0}}::uuid[]) AND {STANDING}"""  # noqa: S608


def _without_totals(run: PayoutRun, scope: Scope) -> PayoutRun:
    """The run without the totals of members that are out of scope."""
    if scope.member_ids is None:
        return run
    return replace(run, participant_count=None, total_minor=None, instructed_minor=None, paid_minor=None)


RUNS: Final = Listing(
    PayoutRun,
    source="read.payout_run",
    scope=RowScope(text=f"payout_run_id IN ({_PAID})", of="pay"),
    shown=_without_totals,
    filters=Filters(
        PayoutRunFilter, {"plan_id": "plan_id = {}", "period": "period = {}", "status": "status = ANY({})"}
    ),
    orders=Orders(PayoutRunOrder.PERIOD_DESC, {"changed": by_position(), "period": by_text("period")}),
)
STATEMENTS: Final = Listing(
    Statement,
    source="read.statement s JOIN read.payout_run r USING (payout_run_id)",
    id="s.issued_position",
    only=STANDING,
    scope=by_pay("s.member_id"),
    expressions={"run_status": "r.status", "payout": PAYOUT},
    filters=Filters(
        StatementFilter,
        {
            "payout_run_id": "s.payout_run_id = {}",
            "member_id": "s.member_id = {}",
            "plan_id": "s.plan_id = {}",
            "period": "s.period = {}",
        },
    ),
    orders=Orders(
        StatementOrder.ISSUED_DESC, {"total": by_amount("s.total_minor"), "issued": by_position("s.issued_position")}
    ),
)
"""The statements that stand."""
_LINE_ORDER: Final = "number"
_LINES_SQL: Final = f"""
    SELECT number, {LINE_COLUMNS} FROM read.statement_line
    WHERE payout_run_id = $1 AND member_id = $2 AND calculated_position = $3 AND number > $4 ORDER BY number LIMIT $5
"""  # noqa: S608


async def statement(connection: Connection, scope: Scope, *, payout_run_id: UUID, member_id: UUID) -> Statement:
    """One statement that stands.

    Raises:
        ThingUnknown: there is none, or the member is out of the pay scope.
    """
    of_member = "s.payout_run_id = {} AND s.member_id = {}"
    found = await STATEMENTS.found(connection, scope, of_member, payout_run_id, member_id)
    if not found:
        raise ThingUnknown(thing="statement", id=f"{payout_run_id}/{member_id}")
    return found[0]


async def statement_lines(connection: Connection, statement: Statement, page: PageRequest) -> Page[StatementLine]:
    """A page of the lines of a statement that the caller has found in scope, in their order.

    Raises:
        CursorMalformed.
    """
    after: object = 0
    if page.after is not None:
        after, _ = decoded_cursor(page.after, order=_LINE_ORDER, kind=int)
    rows = await connection.fetch(
        _LINES_SQL,
        statement.payout_run_id,
        statement.member_id,
        statement.calculated_position,
        after,
        page.first + 1,
    )
    shown = tuple(map(read_line, rows[: page.first]))
    return Page(
        items=shown,
        cursors=tuple(encoded_cursor(_LINE_ORDER, line.number, statement.member_id) for line in shown),
        has_more=len(rows) > page.first,
    )

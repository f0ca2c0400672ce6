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
from salesapi.queries.listings import Listing
from salesapi.queries.paging import Cursors, Page, PageRequest
from salesapi.queries.pay.statement_lines import LINE_COLUMNS, read_line
from salesapi.queries.row_scopes import RowScope, by_pay
from salesapi.schemas.pay import payout_runs as wire

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


def _without_totals(run: wire.PayoutRun, scope: Scope) -> wire.PayoutRun:
    """The run without the totals of members that are out of scope."""
    if scope.member_ids is None:
        return run
    return replace(run, participant_count=None, total_minor=None, instructed_minor=None, paid_minor=None)


RUNS: Final = Listing(
    wire.PayoutRun,
    source="read.payout_run",
    scope=RowScope(text=f"payout_run_id IN ({_PAID})", of="pay"),
    shown=_without_totals,
    where=wire.PayoutRunFilter,
    order=wire.PayoutRunOrder.PERIOD_DESC,
)
STATEMENTS: Final = Listing(
    wire.Statement,
    source="read.statement s JOIN read.payout_run r USING (payout_run_id)",
    id="s.issued_position",
    only=STANDING,
    scope=by_pay("s.member_id"),
    expressions={"run_status": "r.status", "payout": PAYOUT},
    where=wire.StatementFilter,
    order=wire.StatementOrder.ISSUED_DESC,
    ordered_by={"issued": "issued_position"},
)
"""The statements that stand."""
_LINE_CURSORS: Final = Cursors(order="number", kind=int)
_LINES_SQL: Final = f"""
    SELECT number, {LINE_COLUMNS} FROM read.statement_line
    WHERE payout_run_id = $1 AND member_id = $2 AND calculated_position = $3 AND number > $4 ORDER BY number LIMIT $5
"""  # noqa: S608


async def statement(connection: Connection, scope: Scope, *, payout_run_id: UUID, member_id: UUID) -> wire.Statement:
    """One statement that stands.

    Raises:
        ThingUnknown: there is none, or the member is out of the pay scope.
    """
    of_member = "s.payout_run_id = {} AND s.member_id = {}"
    found = await STATEMENTS.found(connection, scope, of_member, payout_run_id, member_id)
    if not found:
        raise ThingUnknown(thing="statement", id=f"{payout_run_id}/{member_id}")
    return found[0]


async def statement_lines(
    connection: Connection, statement: wire.Statement, page: PageRequest
) -> Page[wire.StatementLine]:
    """A page of the lines of a statement that the caller has found in scope, in their order.

    Raises:
        CursorMalformed.
    """
    after, _ = _LINE_CURSORS.after(page) or (0, None)
    rows = await connection.fetch(
        _LINES_SQL,
        statement.payout_run_id,
        statement.member_id,
        statement.calculated_position,
        after,
        page.first + 1,
    )
    return _LINE_CURSORS.page(rows, page, item=read_line, place=lambda row: (row["number"], statement.member_id))

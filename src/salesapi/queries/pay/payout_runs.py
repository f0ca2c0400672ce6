"""Questions about payout runs, their statements and the lines of these. `scope` is always the one over pay.

A statement stands where it is of its run's last calculation and the run is issued or further; others are never shown. Who
sees only some members sees the runs in which these have a statement, without the totals of all.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_amount,
    by_position,
    by_text,
    decoded_cursor,
    encoded_cursor,
)
from salesapi.queries.statement_lines import LINE_COLUMNS, read_line
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
READS: Final = (*LINES_READ, "objection")
"""A statement says what of it objections hold."""

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

RUNS: Final = Listing(
    columns="""payout_run_id AS id, plan_id, period, status, calculated_position, engine_version, plan_versions, digest,
        participant_count, total_minor, currency, submitted_by, approved_by, reason, locked, instructed_minor,
        paid_minor, version, position""",
    source="read.payout_run",
    id="payout_run_id",
    reader=Reader(PayoutRun),
)
STATEMENTS: Final = Listing(
    columns=f"""s.payout_run_id, s.member_id, s.plan_id, s.period, r.status AS run_status, s.currency, s.earned_minor,
        s.released_minor, s.clawed_minor, s.adjusted_minor, s.awarded_minor, s.drawn_minor, s.total_minor, s.line_count,
        s.plan_versions, s.engine_version, s.deal_order, s.digest,
        s.calculated_position, s.issued_position, {PAYOUT} AS payout""",
    source="read.statement s JOIN read.payout_run r USING (payout_run_id)",
    id="s.issued_position",
    reader=Reader(Statement),
    id_kind=int,
)
RUN_ORDERS: Final[dict[PayoutRunOrder, Order]] = {
    PayoutRunOrder.CHANGED_DESC: by_position("position", is_descending=True),
    PayoutRunOrder.PERIOD_DESC: by_text("period", is_descending=True),
    PayoutRunOrder.PERIOD_ASC: by_text("period"),
}
STATEMENT_ORDERS: Final[dict[StatementOrder, Order]] = {
    StatementOrder.TOTAL_DESC: by_amount("s.total_minor", is_descending=True),
    StatementOrder.TOTAL_ASC: by_amount("s.total_minor", is_descending=False),
    StatementOrder.ISSUED_DESC: by_position("s.issued_position", is_descending=True),
}
_LINE_ORDER: Final = "number"
_LINES_SQL: Final = f"""
    SELECT number, {LINE_COLUMNS} FROM read.statement_line
    WHERE payout_run_id = $1 AND member_id = $2 AND calculated_position = $3 AND number > $4 ORDER BY number LIMIT $5
"""  # noqa: S608


async def payout_runs(
    connection: Connection, scope: Scope, *, where: PayoutRunFilter, order: PayoutRunOrder, page: PageRequest
) -> Page[PayoutRun]:
    """A page of payout runs.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("plan_id = {}", where.plan_id)
    conditions.known("period = {}", where.period)
    conditions.known("status = ANY({}::text[])", where.status)
    found = await RUNS.page(connection, conditions, (order, RUN_ORDERS[order]), page)
    return replace(found, items=tuple(_shown(run, scope) for run in found.items))


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    if scope.member_ids is not None:
        paid = f"""SELECT r.payout_run_id FROM {STATEMENTS.source}
            WHERE s.member_id = ANY({{}}::uuid[]) AND {STANDING}"""  # noqa: S608
        conditions.add(f"payout_run_id IN ({paid})", list(scope.member_ids))
    return conditions


def _shown(run: PayoutRun, scope: Scope) -> PayoutRun:
    """The run without the totals of members that are out of scope."""
    if scope.member_ids is None:
        return run
    return replace(run, participant_count=None, total_minor=None, instructed_minor=None, paid_minor=None)


async def payout_run(connection: Connection, scope: Scope, payout_run_id: UUID) -> PayoutRun:
    """One payout run.

    Raises:
        ThingUnknown: there is none, or nobody in the pay scope has a statement in it.
    """
    found = await payout_runs_by_ids(connection, scope, [payout_run_id])
    if payout_run_id not in found:
        raise ThingUnknown(thing="payout_run", id=str(payout_run_id))
    return found[payout_run_id]


async def payout_runs_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, PayoutRun]:
    """Those of these runs that are in the pay scope."""
    conditions = _visible(scope)
    conditions.add("payout_run_id = ANY({}::uuid[])", list(ids))
    return {run.id: _shown(run, scope) for run in await RUNS.found(connection, conditions)}


async def statements(
    connection: Connection, scope: Scope, *, where: StatementFilter, order: StatementOrder, page: PageRequest
) -> Page[Statement]:
    """A page of the statements that stand.

    Raises:
        CursorMalformed.
    """
    conditions = _standing(scope)
    conditions.known("s.payout_run_id = {}", where.payout_run_id)
    conditions.known("s.member_id = {}", where.member_id)
    conditions.known("s.plan_id = {}", where.plan_id)
    conditions.known("s.period = {}", where.period)
    return await STATEMENTS.page(connection, conditions, (order, STATEMENT_ORDERS[order]), page)


def _standing(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.add(STANDING)
    conditions.within(scope, "s.member_id")
    return conditions


async def statement(connection: Connection, scope: Scope, *, payout_run_id: UUID, member_id: UUID) -> Statement:
    """One statement that stands.

    Raises:
        ThingUnknown: there is none, or the member is out of the pay scope.
    """
    conditions = _standing(scope)
    conditions.add("s.payout_run_id = {} AND s.member_id = {}", payout_run_id, member_id)
    found = await STATEMENTS.found(connection, conditions)
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
        after, _ = decoded_cursor(page.after, _LINE_ORDER, int)
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

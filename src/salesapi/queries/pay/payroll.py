"""Questions of payroll and ERP (R71): locked pay by member, component, account and period. `scope` is the one over pay.

The answers rest on what cannot change: the locked statements, the members as they were known at the position that the run was
calculated at, and batches as they were instructed, less the lines that objections held. Order and content are the same each
time.
"""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.conditions import Conditions
from salesapi.database.connections import Connection
from salesapi.domain.pay.records.payout_runs import RUN_LINES_MAX, LineKind, PayoutRunStatusWrong
from salesapi.domain.pay.records.payouts import PayoutBatchUnknown
from salesapi.queries.paging import Page, PageRequest, decoded_cursor, encoded_cursor
from salesapi.queries.pay.payout_runs import LINES_READ, PAID_BY, RUNS, STATEMENTS
from salesapi.queries.row_scopes import by_pay
from salesapi.queries.shapes import Reader
from salesapi.schemas.pay.payout_runs import PayoutRun
from salesapi.schemas.pay.payroll import Payroll, PayrollAccount, PayrollLine

if TYPE_CHECKING:
    import asyncpg

READS: Final = (*LINES_READ, "employment", "compensation_plan")
LINES_MAX: Final = RUN_LINES_MAX
"""Most lines of one export: there are never more than the run's statements have."""
ACCOUNTS: Final[dict[LineKind, PayrollAccount]] = {
    "clawback": "clawback",
    "adjustment": "adjustment",
    "release_adjustment": "adjustment",
    "clawback_adjustment": "adjustment",
    "award": "award",
    "guarantee": "draw",
    "draw": "draw",
    "recovery": "draw",
}
"""What a kind of line is booked as, as a statement sums them. Every other kind is commission."""

_PAID_BY: Final = "payout_run_id = {} AND batch = {} AND status <> 'not_instructed'"
"""Whom a batch pays, whatever became of the payment."""
_OF_BATCH: Final = f"""EXISTS (SELECT FROM read.payout p
        WHERE p.payout_run_id = l.payout_run_id AND p.member_id = l.member_id AND p.batch = {{}} AND {PAID_BY})"""
"""The lines that a batch pays of a statement: not those that objections held, or only these."""
_ORDER: Final = "member_id, number"
_LINES: Final = Reader(PayrollLine)
_BOOKED: Final = " ".join(f"WHEN '{kind}' THEN '{account}'" for kind, account in ACCOUNTS.items())
_ACCOUNT: Final = f"CASE l.kind {_BOOKED} ELSE 'commission' END"
_SQL: Final = """
    WITH paid AS MATERIALIZED (
        SELECT s.payout_run_id, s.member_id, s.calculated_position, s.plan_id, c.key AS plan_key, s.period, s.currency,
               s.digest AS statement_digest, e.employee_number, e.cost_centre,
               coalesce(c.legal_entity, e.legal_entity) AS legal_entity
        FROM read.payout_run r JOIN read.statement s USING (payout_run_id)
        JOIN read.compensation_plan c ON c.plan_id = s.plan_id
        LEFT JOIN LATERAL (
            SELECT employee_number, cost_centre, legal_entity FROM read.employment
            WHERE member_id = s.member_id AND since_position <= s.calculated_position
            ORDER BY since_position DESC LIMIT 1
        ) e ON true
        WHERE {paid}
    )
    SELECT p.payout_run_id, {batch}::text AS batch, p.period, l.period AS earned_period, p.plan_id, p.plan_key, l.component,
           {account} AS account, p.member_id, p.employee_number, p.cost_centre, p.legal_entity, p.currency,
           sum(l.posted_minor)::bigint AS amount_minor, p.statement_digest, min(l.number) AS number
    FROM paid p JOIN read.statement_line l USING (payout_run_id, member_id, calculated_position)
    WHERE {of_batch}
    GROUP BY p.payout_run_id, p.period, l.period, p.plan_id, p.plan_key, l.component, {account}, p.member_id,
             p.employee_number, p.cost_centre, p.legal_entity, p.currency, p.statement_digest
    HAVING sum(l.posted_minor) <> 0 AND (p.member_id::text COLLATE "C", min(l.number)) > ({member}, {number})
    ORDER BY p.member_id::text COLLATE "C", min(l.number) LIMIT {limit}
"""


async def locked_run(connection: Connection, scope: Scope, payout_run_id: UUID) -> PayoutRun:
    """A run that can be exported. Its `position` is one that `READS` must have reached before its lines are complete.

    Raises:
        ThingUnknown: there is none, or nobody in the pay scope has a statement in it.
        PayoutRunStatusWrong: it is not locked.
    """
    run = await RUNS.one(connection, scope, payout_run_id)
    if run.locked is None:
        raise PayoutRunStatusWrong(status=run.status, needed=("locked",))
    return run


async def payroll(connection: Connection, scope: Scope, run: PayoutRun, batch: str | None) -> Payroll:
    """All lines of a run that `locked_run` gave, or of one batch of it.

    Raises:
        PayoutBatchUnknown: there is none, or nobody in the pay scope is paid by it.
    """
    rows = await _rows(connection, scope, run, batch, limit=LINES_MAX)
    assert run.locked is not None, "only a locked run is exported"
    lines = _LINES.all(rows)
    return Payroll(
        payout_run_id=run.id,
        batch=batch,
        statements_digest=run.locked.statements_digest,
        currency=run.currency,
        total_minor=sum(line.amount_minor for line in lines),
        lines=lines,
    )


async def payroll_lines(
    connection: Connection, scope: Scope, run: PayoutRun, batch: str | None, page: PageRequest
) -> Page[PayrollLine]:
    """A page of the same lines, in the same order.

    Raises:
        PayoutBatchUnknown: as for `payroll`.
        CursorMalformed.
    """
    after: tuple[object, object] = ("", 0)
    if page.after is not None:
        after = decoded_cursor(page.after, order=_ORDER, kind=str, id_kind=int)
    rows = await _rows(connection, scope, run, batch, after=after, limit=page.first + 1)
    shown = rows[: page.first]
    return Page(
        items=_LINES.all(shown),
        cursors=tuple(encoded_cursor(_ORDER, str(row["member_id"]), row["number"]) for row in shown),
        has_more=len(rows) > page.first,
    )


async def _rows(
    connection: Connection,
    scope: Scope,
    run: PayoutRun,
    batch: str | None,
    *,
    limit: int,
    after: tuple[object, object] = ("", 0),
) -> "list[asyncpg.Record]":
    where = STATEMENTS.seen(scope)
    where.add("s.payout_run_id = {}", run.id)
    if batch is not None:
        await _refuse_unknown(connection, scope, run, batch)
        where.add(f"s.member_id IN (SELECT member_id FROM read.payout WHERE {_PAID_BY})", run.id, batch)  # noqa: S608
    return await connection.fetch(
        _SQL.format(
            paid=where.text,
            account=_ACCOUNT,
            batch=where.parameter(batch),
            of_batch="true" if batch is None else _OF_BATCH.format(where.parameter(batch)),
            member=where.parameter(after[0]),
            number=where.parameter(after[1]),
            limit=where.parameter(limit),
        ),
        *where.values,
    )


async def _refuse_unknown(connection: Connection, scope: Scope, run: PayoutRun, batch: str) -> None:
    where = Conditions()
    where.add(_PAID_BY, run.id, batch)
    by_pay().add_to(where, scope)
    is_known = await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM read.payout WHERE {where.text})",  # noqa: S608
        *where.values,
    )
    if not is_known:
        raise PayoutBatchUnknown(pointer="/batch")

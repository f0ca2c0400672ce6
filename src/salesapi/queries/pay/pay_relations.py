"""Statements of several payout runs, and first lines of several statements, for nested answers. `scope` is the one over pay."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.queries.pay.payout_runs import STATEMENTS
from salesapi.queries.pay.statement_lines import LINE_COLUMNS, read_line
from salesapi.queries.shapes import by_key
from salesapi.schemas.pay.payout_runs import Statement, StatementLine

_LINES_SQL: Final = f"""
    SELECT l.*, k.run_id, k.member_id
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS k (run_id, member_id, calculated_position)
    CROSS JOIN LATERAL (
        SELECT number, {LINE_COLUMNS} FROM read.statement_line
        WHERE payout_run_id = k.run_id AND member_id = k.member_id AND calculated_position = k.calculated_position
        ORDER BY number LIMIT $4
    ) l
    ORDER BY l.number
"""  # noqa: S608


async def statements_of_runs(
    connection: Connection, scope: Scope, run_ids: Sequence[UUID], first: int
) -> dict[UUID, tuple[Statement, ...]]:
    """For each payout run its statements that stand, the largest first, at most `first`."""
    conditions = STATEMENTS.seen(scope)
    runs, most = conditions.parameter(list(run_ids)), conditions.parameter(first)
    rows = await connection.fetch(
        f"""
        SELECT found.* FROM unnest({runs}::uuid[]) AS k (id) CROSS JOIN LATERAL (
            SELECT {STATEMENTS.columns} FROM {STATEMENTS.source}
            WHERE s.payout_run_id = k.id AND {conditions.text} ORDER BY s.total_minor DESC, s.member_id LIMIT {most}
        ) found
        """,  # noqa: S608
        *conditions.values,
    )
    return by_key(run_ids, ((each.payout_run_id, each) for each in STATEMENTS.read(rows)))


async def lines_of_statements(
    connection: Connection, statements: Sequence[Statement], first: int
) -> dict[Statement, tuple[StatementLine, ...]]:
    """For each statement, which the caller has found in scope, its first lines."""
    rows = await connection.fetch(
        _LINES_SQL,
        [statement.payout_run_id for statement in statements],
        [statement.member_id for statement in statements],
        [statement.calculated_position for statement in statements],
        first,
    )
    named = {(each.payout_run_id, each.member_id): each for each in statements}
    return by_key(statements, ((named[row["run_id"], row["member_id"]], read_line(row)) for row in rows))

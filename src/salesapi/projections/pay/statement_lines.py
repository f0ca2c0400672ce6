"""Statement lines: the trace of pay. One row a line; the lines of one issued part of a statement are one group of rows.

Exact amounts and residuals are decimal strings of minor units, as the event states them. Lines stand under the same
condition as their statement: see `statements.py`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.reasons.reason_form import StoredReason
from salesapi.domain.pay.records.payout_runs import STATEMENT_LINES_MAX, LineKind, PayoutRunStatementIssued
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import made_from
from salesapi.projections.declaring import by, row_group
from salesapi.projections.projection import GroupKey


@record
class StatementLineRow:
    """`number` rises over the whole statement, with gaps between parts. `period` is the one that the line is for.

    `positions` are the events that the line rests on.
    """

    payout_run_id: UUID
    member_id: UUID
    number: int
    part: int
    calculated_position: int
    kind: LineKind
    period: str
    component: str
    rule: str
    credit_rule: str | None
    plan_version: int | None
    deal_id: UUID | None
    source_member_id: UUID | None
    won_on: date | None
    positions: tuple[int, ...]
    base_minor: int | None
    currency: str
    rate_percent: str | None
    reason: StoredReason
    exact_minor: str | None
    posted_minor: int
    residual_minor: str | None


def _groups(event: PayoutRunStatementIssued, recorded: Recorded) -> tuple[GroupKey, ...]:
    return ((recorded.stream_id, event.member_id, event.part),)


def _evolve(
    rows: Sequence[StatementLineRow], event: PayoutRunStatementIssued, recorded: Recorded, group: GroupKey
) -> tuple[StatementLineRow, ...]:
    # Each part has its own range of numbers, so that a statement issued anew in other parts never moves a row to another.
    first = (event.part - 1) * STATEMENT_LINES_MAX + 1
    return tuple(
        made_from(
            StatementLineRow,
            line,
            payout_run_id=recorded.stream_id,
            member_id=event.member_id,
            number=number,
            part=event.part,
            calculated_position=event.position,
        )
        for number, line in enumerate(event.lines, start=first)
    )


PROJECTION: Final = row_group(
    "statement_line",
    _evolve,
    row=StatementLineRow,
    version=2,
    key=("payout_run_id", "member_id", "number"),
    group=("payout_run_id", "member_id", "part"),
    groups=by(_groups),
    indexes=("(deal_id)",),
)

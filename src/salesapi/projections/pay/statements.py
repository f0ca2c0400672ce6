"""Statements: what a member earns by a payout run, as last issued, one row for each run and member. Minor units of `currency`.

A run that is returned leaves the rows as they are, because an event touches a bounded number of rows. A statement stands
only where `calculated_position` is that of its payout run and the run is issued or further; every query joins the two.
"""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.payout_runs import PayoutRunStatementIssued
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import made_from
from salesapi.projections.declaring import by, one_row
from salesapi.projections.projection import GroupKey


@record
class StatementRow:
    """The totals and the digest of one whole statement. `issued_position` is that of the event that issued its first part."""

    payout_run_id: UUID
    member_id: UUID
    plan_id: UUID
    period: str
    currency: str
    earned_minor: int
    released_minor: int
    clawed_minor: int
    adjusted_minor: int
    awarded_minor: int
    drawn_minor: int
    total_minor: int
    line_count: int
    parts: int
    plan_versions: tuple[int, ...]
    engine_version: str
    deal_order: str
    digest: str
    calculated_position: int
    issued_position: int


def _groups(event: PayoutRunStatementIssued, recorded: Recorded) -> tuple[GroupKey, ...]:
    """Further parts repeat what the first one says of the whole."""
    return ((recorded.stream_id, event.member_id),) if event.part == 1 else ()


def _fold(row: StatementRow | None, event: PayoutRunStatementIssued, recorded: Recorded) -> StatementRow:
    return made_from(
        StatementRow,
        event,
        payout_run_id=recorded.stream_id,
        calculated_position=event.position,
        issued_position=recorded.position,
    )


PROJECTION: Final = one_row(
    "statement",
    _fold,
    row=StatementRow,
    version=2,
    key=("payout_run_id", "member_id"),
    groups=by(_groups),
    indexes=("(member_id, period)",),
)

"""Share points of teams' pools as they are now, one row for each plan, award, period and leader.

`shares` were stated last; `approved_shares` are those that count.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.pool_shares import (
    PoolShare,
    PoolSharesApproved,
    PoolSharesEvent,
    PoolSharesRejected,
    PoolSharesStated,
    PoolSharesStatus,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import business_date, replace
from salesapi.projections.declaring import one_row


@record
class PoolSharesRow:
    """`settled_on` is the day on which what was stated last was approved or rejected."""

    pool_shares_id: UUID
    plan_id: UUID
    award_key: str
    period: str
    owner_id: UUID
    status: PoolSharesStatus
    shares: tuple[PoolShare, ...]
    approved_shares: tuple[PoolShare, ...]
    stated_by: UUID
    stated_on: date | None
    approved_by: UUID | None
    settled_on: date | None
    rejection_reason: str | None
    version: int
    position: int


def _fold(row: PoolSharesRow | None, event: PoolSharesEvent, recorded: Recorded) -> PoolSharesRow:
    if isinstance(event, PoolSharesStated):
        return _stated(row, event, recorded)
    assert row is not None, "share points are stated first"
    changed = replace(row, settled_on=business_date(recorded), version=recorded.version, position=recorded.position)
    match event:
        case PoolSharesApproved():
            return replace(changed, status="approved", approved_shares=event.shares, approved_by=event.approved_by)
        case PoolSharesRejected():
            return replace(changed, status="rejected", rejection_reason=event.reason)


def _stated(row: PoolSharesRow | None, event: PoolSharesStated, recorded: Recorded) -> PoolSharesRow:
    return PoolSharesRow(
        pool_shares_id=recorded.stream_id,
        plan_id=event.plan_id,
        award_key=event.award_key,
        period=event.period,
        owner_id=event.owner_id,
        status="stated",
        shares=event.shares,
        approved_shares=row.approved_shares if row is not None else (),
        stated_by=event.stated_by,
        stated_on=business_date(recorded),
        approved_by=row.approved_by if row is not None else None,
        settled_on=None,
        rejection_reason=None,
        version=recorded.version,
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "pool_shares",
    _fold,
    row=PoolSharesRow,
    version=1,
    key=("pool_shares_id",),
    indexes=("(position)", "(owner_id)", "(plan_id, period)", "(status)"),
)

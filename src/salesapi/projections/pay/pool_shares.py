"""Share points of teams' pools as they are now, one row for each plan, award, period and leader.

`shares` were stated last; `approved_shares` are those that count.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.pay.records.pool_shares import PoolShare, PoolSharesStatus, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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
    stater_id: UUID | None
    stated_on: date | None
    approved_by: UUID | None
    settled_on: date | None
    rejection_reason: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "pool_shares",
    evolve,
    row=PoolSharesRow,
    version=2,
    indexes=("(position)", "(owner_id)", "(plan_id, period)", "(status)"),
)

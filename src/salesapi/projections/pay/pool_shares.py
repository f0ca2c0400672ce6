"""Share points of teams' pools as they are now, one row for each plan, award, period and leader.

`shares` were stated last; `approved_shares` are those that count.
"""

from typing import Final

from salesapi.domain.pay.records.pool_shares import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "pool_shares", evolve, version=2, indexes=("(position)", "(owner_id)", "(plan_id, period)", "(status)")
)

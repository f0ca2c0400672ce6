"""Awards, adjustments, forgiven draws and extensions as they are now, one row each.

Amounts are minor units of the award's currency, points are whole.
"""

from typing import Final

from salesapi.domain.pay.records.awards import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "award", evolve, version=3, indexes=("(position)", "(member_id)", "(plan_id, period)", "(status)")
)

"""Leads as they are now, one row a lead. What is known of the person is in clear here; a lead without an owner is in the pool.

`captured_on` is the first touch, `qualified_on` the qualification: business dates, None where unknown.
"""

from typing import Final

from salesapi.domain.selling.leads import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "lead",
    evolve,
    version=3,
    indexes=(
        "(position)",
        "(owner_id, position)",
        "(status, source)",
        "(captured_on)",
        "(customer_id)",
        "(external_id, external_system)",
    ),
    reads_personal=True,
)

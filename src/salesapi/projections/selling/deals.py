"""Deals as they are now, one row a deal. A voided deal keeps its row, with that status; every metric ignores it.

Amounts are minor units of `currency`. Dates are business dates; an unknown one is None. The row folds by version; its columns
are the fields of the deal's state.
"""

from typing import Final

from salesapi.domain.selling.deals import STATE_VERSION, evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "deal",
    evolve,
    version=STATE_VERSION,
    computed=("product_id",),
    indexes=(
        "(position)",
        "(owner_id, position)",
        "(status, pipeline_id, stage)",
        "(customer_id)",
        "(lead_id)",
        "(product_id)",
        "(coalesce(opened_on, '-infinity'::date), deal_id)",
        "(closed_on)",
        "(expected_close_on) WHERE status = 'open'",
        "(external_id, external_system)",
    ),
)

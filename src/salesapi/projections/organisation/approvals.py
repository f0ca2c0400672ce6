"""Approvals as they are now, one row an approval. Reasons and notes are in clear here. Dates are business dates.

`waiting_ids` are the members who can decide something now; `party_ids` all whom it concerns, and so may see it.
"""

from typing import Final

from salesapi.domain.organisation.approvals import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "approval",
    evolve,
    computed=("waiting_ids",),
    version=3,
    indexes=("(position)", "(subject_id)", "(status, due_on)", "USING gin (waiting_ids)", "USING gin (party_ids)"),
    reads_personal=True,
)

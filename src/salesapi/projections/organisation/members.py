"""Members as they are now, one row a member; names and mail addresses are in clear. Dates are the company's local dates."""

from typing import Final

from salesapi.domain.organisation.members import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "member", evolve, version=2, indexes=("(external_id, external_system)",), reads_personal=True
)

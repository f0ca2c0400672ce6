"""Activities and follow-ups as they are now, one row an activity. Content and next step are in clear here.

`due_*` is the plan, `done_*` the business time of the completion or of the logged follow-up. A correction replaces what was
said and marks the row; the log keeps the original.
"""

from typing import Final

from salesapi.domain.selling.activities import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current(
    "activity",
    evolve,
    version=2,
    indexes=(
        "(position)",
        "(owner_id, status, due_on)",
        "(about_id, about_kind)",
        "(done_on)",
        "(external_id, external_system)",
    ),
    reads_personal=True,
)

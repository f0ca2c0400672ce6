"""Activities and follow-ups as they are now, one row an activity. Content and next step are in clear here.

`due_*` is the plan, `done_*` the business time of the completion or of the logged follow-up. A correction replaces what was
said and marks the row; the log keeps the original.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.selling.activities import (
    ActivityKind,
    ActivityStatus,
    Channel,
    FollowUpDirection,
    SubjectKind,
    evolve,
)
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


@record
class ActivityRow:
    """`is_follow_up` marks one that took place without a plan; `next_step` of a planned one is what it is planned for."""

    activity_id: UUID
    kind: ActivityKind
    status: ActivityStatus
    about_kind: SubjectKind
    about_id: UUID
    owner_id: UUID
    due_on: date | None
    due_at: datetime | None
    done_on: date | None
    done_at: datetime | None
    channel: Channel | None
    direction: FollowUpDirection | None
    content: str | None
    outcome: str | None
    next_step: str | None
    next_on: date | None
    reason: str | None
    is_follow_up: bool
    is_corrected: bool
    attributes: tuple[AttributeValue, ...]
    external_system: str | None
    external_id: str | None
    version: int
    position: int


PROJECTION: Final = current(
    "activity",
    evolve,
    row=ActivityRow,
    version=1,
    indexes=(
        "(position)",
        "(owner_id, status, due_on)",
        "(about_id, about_kind)",
        "(done_on)",
        "(external_id, external_system)",
    ),
    reads_personal=True,
)

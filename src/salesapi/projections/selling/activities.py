"""Activities and follow-ups as they are now, one row an activity. Content and next step are in clear here.

`due_*` is the plan, `done_*` the business time of the completion or of the logged follow-up. A correction replaces what was
said and marks the row; the log keeps the original.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from salesapi.domain.selling.activities import (
    ActivityCancelled,
    ActivityCompleted,
    ActivityEvent,
    ActivityFollowUpCorrected,
    ActivityFollowUpLogged,
    ActivityKind,
    ActivityRescheduled,
    ActivityScheduled,
    ActivityStatus,
    ActivityVoided,
    Channel,
    FollowUp,
    FollowUpDirection,
    SubjectKind,
)
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.states import business_date, business_instant, id_of, replace, system_of
from salesapi.projections.declaring import one_row


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


def _fold(row: ActivityRow | None, event: ActivityEvent, recorded: Recorded) -> ActivityRow:
    if isinstance(event, ActivityScheduled | ActivityFollowUpLogged):
        return _begun(event, recorded)
    assert row is not None, "an activity begins with activity.scheduled or activity.follow_up_logged"
    return replace(_changed(row, event, recorded), version=recorded.version, position=recorded.position)


def _begun(event: ActivityScheduled | ActivityFollowUpLogged, recorded: Recorded) -> ActivityRow:
    begun = ActivityRow(
        activity_id=recorded.stream_id,
        kind="task",
        status="scheduled",
        about_kind=event.about.kind,
        about_id=event.about.id,
        owner_id=event.owner_id,
        due_on=None,
        due_at=None,
        done_on=None,
        done_at=None,
        channel=None,
        direction=None,
        content=None,
        outcome=None,
        next_step=None,
        next_on=None,
        reason=None,
        is_follow_up=False,
        is_corrected=False,
        attributes=event.attributes,
        external_system=system_of(event.external_id),
        external_id=id_of(event.external_id),
        version=recorded.version,
        position=recorded.position,
    )
    if isinstance(event, ActivityScheduled):
        return replace(begun, kind=event.kind, due_on=event.due_on, due_at=event.due_at, next_step=event.next_step)
    assert event.follow_up.channel is not None, "a follow-up that was logged has a channel"
    done = replace(
        begun,
        kind=event.follow_up.channel,
        status="completed",
        done_on=business_date(recorded),
        done_at=business_instant(recorded),
        is_follow_up=True,
    )
    return _with_follow_up(done, event.follow_up)


def _changed(row: ActivityRow, event: ActivityEvent, recorded: Recorded) -> ActivityRow:
    match event:
        case ActivityScheduled() | ActivityFollowUpLogged():
            return row
        case ActivityRescheduled():
            return replace(row, due_on=event.due_on_to, due_at=event.due_at_to)
        case ActivityCompleted():
            return replace(
                row,
                status="completed",
                owner_id=event.owner_id,
                done_on=business_date(recorded),
                done_at=business_instant(recorded),
                channel=None if event.kind == "task" else event.kind,
                content=event.content,
                outcome=event.outcome,
            )
        case ActivityCancelled():
            return replace(row, status="cancelled", reason=event.reason)
        case ActivityFollowUpCorrected():
            return replace(_with_follow_up(row, event.follow_up), is_corrected=True)
        case ActivityVoided():
            return replace(row, status="voided", reason=event.reason)


def _with_follow_up(row: ActivityRow, follow_up: FollowUp) -> ActivityRow:
    return replace(
        row,
        channel=follow_up.channel,
        direction=follow_up.direction,
        content=follow_up.content,
        outcome=follow_up.outcome,
        next_step=follow_up.next_step,
        next_on=follow_up.next_on,
    )


PROJECTION: Final = one_row(
    "activity",
    _fold,
    row=ActivityRow,
    version=1,
    key=("activity_id",),
    indexes=(
        "(position)",
        "(owner_id, status, due_on)",
        "(about_id, about_kind)",
        "(done_on)",
        "(external_id, external_system)",
    ),
    reads_personal=True,
)

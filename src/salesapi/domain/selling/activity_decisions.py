"""What may happen to an activity: the decisions of `activities.py`, pure, and the declaration of the stream."""

from datetime import date, datetime
from typing import Final

from salesapi.domain.selling.activities import (
    Activity,
    ActivityCancelled,
    ActivityClosed,
    ActivityCompleted,
    ActivityDueInvalid,
    ActivityEvent,
    ActivityFollowUpCorrected,
    ActivityFollowUpLogged,
    ActivityNotCompleted,
    ActivityRescheduled,
    ActivityScheduled,
    ActivityVoided,
    CancelActivity,
    CompleteActivity,
    CorrectFollowUp,
    FollowUp,
    LogFollowUp,
    RescheduleActivity,
    ScheduleActivity,
    VoidActivity,
    evolve,
)
from salesapi.domain.shared.attributes import definitions_needed, merged, refuse_invalid_values
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import LEADERS, SELLERS, Context, external_identity, owner_of, refuse_existing
from salesapi.domain.shared.references import refuse_unknown
from salesapi.domain.shared.states import changed, changed_fields, made_from

DATE_AND_INSTANT_DAYS_MAX: Final = 1
"""How far the local date may be from the date that the instant shows, which callers often send in UTC."""


def schedule(state: Activity | None, command: ScheduleActivity, context: Context) -> tuple[ActivityScheduled, ...]:
    """Decides `ScheduleActivity`."""
    refuse_existing(state, context, "activity")
    refuse_unknown(command, context.facts)
    refuse_invalid_values("activity", command, context.facts)
    _refuse_invalid_due(command.due_on, command.due_at)
    scheduled = made_from(ActivityScheduled, command, attributes=merged((), sent=command.attributes))
    return (scheduled,)


def log_follow_up(state: Activity | None, command: LogFollowUp, context: Context) -> tuple[ActivityFollowUpLogged, ...]:
    """Decides `LogFollowUp`."""
    refuse_existing(state, context, "activity")
    refuse_unknown(command, context.facts)
    refuse_invalid_values("activity", command, context.facts)
    follow_up = made_from(FollowUp, command)
    logged = made_from(
        ActivityFollowUpLogged, command, follow_up=follow_up, attributes=merged((), sent=command.attributes)
    )
    return (logged,)


def reschedule(state: Activity, command: RescheduleActivity, context: Context) -> tuple[ActivityRescheduled, ...]:
    """Decides `RescheduleActivity`. Without an instant it is due on the date alone."""
    _refuse_closed(state)
    _refuse_invalid_due(command.due_on, command.due_at)
    if (command.due_on, command.due_at) == (state.due_on, state.due_at):
        return ()
    assert state.due_on is not None, "a scheduled activity is due"
    rescheduled = ActivityRescheduled(
        about=state.about,
        due_on_from=state.due_on,
        due_on_to=command.due_on,
        due_at_from=state.due_at,
        due_at_to=command.due_at,
        reason=command.reason,
    )
    return (rescheduled,)


def complete(state: Activity, command: CompleteActivity, context: Context) -> tuple[ActivityCompleted, ...]:
    """Decides `CompleteActivity`."""
    _refuse_closed(state)
    completed = made_from(ActivityCompleted, state, outcome=command.outcome, content=command.content)
    return (completed,)


def cancel(state: Activity, command: CancelActivity, context: Context) -> tuple[ActivityCancelled, ...]:
    """Decides `CancelActivity`."""
    _refuse_closed(state)
    return (ActivityCancelled(about=state.about, reason=command.reason),)


def correct(state: Activity, command: CorrectFollowUp, context: Context) -> tuple[ActivityFollowUpCorrected, ...]:
    """Decides `CorrectFollowUp`: only what took place, logged or planned before."""
    if state.status != "completed":
        raise ActivityNotCompleted(status=state.status)
    known = state.follow_up()
    corrected = changed(known, command)
    fields = changed_fields(known, now=corrected)
    if not fields:
        return ()
    return (ActivityFollowUpCorrected(about=state.about, fields=fields, follow_up=corrected, reason=command.reason),)


def void(state: Activity, command: VoidActivity, context: Context) -> tuple[ActivityVoided, ...]:
    """Decides `VoidActivity`. A mistake is withdrawn whatever became of it."""
    if state.status == "voided":
        raise ActivityClosed(status=state.status)
    return (ActivityVoided(about=state.about, status_from=state.status, reason=command.reason),)


def _refuse_closed(state: Activity) -> None:
    if state.status != "scheduled":
        raise ActivityClosed(status=state.status)


def _refuse_invalid_due(due_on: date, due_at: datetime | None) -> None:
    """An instant has an offset, and falls on the date in some zone."""
    if due_at is None:
        return
    if due_at.tzinfo is None or abs((due_at.date() - due_on).days) > DATE_AND_INSTANT_DAYS_MAX:
        raise ActivityDueInvalid(due_at=due_at.isoformat(), due_on=due_on.isoformat(), pointer="/due_at")


STREAM: Final = Stream[Activity, ActivityEvent](
    kind="activity",
    plural="activities",
    evolve=evolve,
    commands=(
        creates(
            ScheduleActivity,
            decide=schedule,
            roles=SELLERS,
            identity=external_identity,
            needs=definitions_needed("activity"),
        ),
        creates(
            LogFollowUp,
            decide=log_follow_up,
            roles=SELLERS,
            identity=external_identity,
            verb="log-follow-up",
            needs=definitions_needed("activity"),
        ),
        changes(RescheduleActivity, decide=reschedule, roles=SELLERS, target="activity_id"),
        changes(CompleteActivity, decide=complete, roles=SELLERS, target="activity_id"),
        changes(CancelActivity, decide=cancel, roles=SELLERS, target="activity_id"),
        changes(CorrectFollowUp, decide=correct, roles=SELLERS, target="activity_id"),
        changes(VoidActivity, decide=void, roles=LEADERS, target="activity_id"),
    ),
    owner=owner_of,
)

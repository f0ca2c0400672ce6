"""Activities: what is planned with, and what was said to, a lead, a customer or a deal. Stream `activity`.

A follow-up is an activity that was done, with its content and next step; one that was not planned starts its own stream.
Each activity has its own stream, so that a busy customer does not serialise its writers. Free text is sealed under the
activity's id. Due dates are local dates of the people concerned; instants carry their offset. A completed or cancelled
activity is final: a correction adds a fact and the original stays, a mistake is withdrawn. The decisions are in
`activity_decisions.py`.
"""

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from salesapi.domain.shared.attributes import AttributeValue, AttributeValues
from salesapi.domain.shared.dates import PlannedDate, PlannedInstant
from salesapi.domain.shared.kernel import (
    UNSET,
    About,
    ExternalId,
    FreeText,
    Key,
    Personal,
    Reason,
    Recorded,
    Refers,
    Refused,
    Unset,
    record,
)
from salesapi.domain.shared.states import business_date, business_instant, made_from, replace

ActivityKind: TypeAlias = Literal["task", "call", "visit", "mail", "meeting", "message"]
Channel: TypeAlias = Literal["call", "visit", "mail", "meeting", "message"]
ActivityStatus: TypeAlias = Literal["scheduled", "completed", "cancelled", "voided"]
SubjectKind: TypeAlias = Literal["lead", "customer", "deal"]
FollowUpDirection: TypeAlias = Literal["in", "out"]


@record
class Subject:
    """The lead, customer or deal that an activity is about."""

    kind: Annotated[SubjectKind, About("`lead`, `customer` or `deal`.")]
    id: Annotated[UUID, Refers(kind_in="kind"), About("Its id.")]


@record
class FollowUp:
    """What was said and what comes next, as far as it is known."""

    channel: Channel | None
    direction: FollowUpDirection | None
    content: Annotated[str | None, Personal()]
    outcome: str | None
    next_step: Annotated[str | None, Personal()]
    next_on: date | None


@record
class ActivityScheduled:
    kind: ActivityKind
    about: Subject
    owner_id: UUID
    due_on: date
    due_at: datetime | None
    next_step: Annotated[str | None, Personal()]
    attributes: tuple[AttributeValue, ...]
    external_id: ExternalId | None


@record
class ActivityFollowUpLogged:
    about: Subject
    owner_id: UUID
    follow_up: FollowUp
    attributes: tuple[AttributeValue, ...]
    external_id: ExternalId | None


@record
class ActivityRescheduled:
    about: Subject
    due_on_from: date
    due_on_to: date
    due_at_from: datetime | None
    due_at_to: datetime | None
    reason: str | None


@record
class ActivityCompleted:
    about: Subject
    kind: ActivityKind
    owner_id: UUID
    outcome: str | None
    content: Annotated[str | None, Personal()]


@record
class ActivityCancelled:
    about: Subject
    reason: str


@record
class ActivityFollowUpCorrected:
    """The follow-up as it is from now on, all fields; `fields` names those that were corrected."""

    about: Subject
    fields: tuple[str, ...]
    follow_up: FollowUp
    reason: str


@record
class ActivityVoided:
    """Recorded by mistake: metrics ignore the activity, audit shows it."""

    about: Subject
    status_from: ActivityStatus
    reason: str


@record
class ActivityPersonErased:
    """What was said is erased; see `customers/persons.py`."""

    person_id: UUID
    about: Subject


ActivityEvent: TypeAlias = (
    ActivityScheduled
    | ActivityFollowUpLogged
    | ActivityRescheduled
    | ActivityCompleted
    | ActivityCancelled
    | ActivityFollowUpCorrected
    | ActivityVoided
    | ActivityPersonErased
)

ActivityId: TypeAlias = Annotated[UUID, About("The activity.")]
DueAt: TypeAlias = Annotated[PlannedInstant | None, About("The instant with its offset, where it is due at one.")]


@record
class ScheduleActivity:
    """Plans an activity about a lead, a customer or a deal."""

    kind: Annotated[ActivityKind, About("`task`, `call`, `visit`, `mail`, `meeting` or `message`.")]
    about: Annotated[Subject, About("What it is about.")]
    owner_id: Annotated[UUID, Refers("member"), About("The member who is to do it.")]
    due_on: Annotated[PlannedDate, About("The local date on which it is due.")]
    due_at: DueAt = None
    next_step: Annotated[FreeText | None, About("What is to be done; sealed.")] = None
    attributes: AttributeValues = ()
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class LogFollowUp:
    """Records a contact that took place, planned or not. When it took place is the business time (`occurred_at`)."""

    about: Annotated[Subject, About("What it was about.")]
    channel: Annotated[Channel, About("`call`, `visit`, `mail`, `meeting` or `message`.")]
    owner_id: Annotated[UUID, Refers("member"), About("The member who had the contact.")]
    direction: Annotated[FollowUpDirection | None, About("`out` where we made the contact, `in` where they did.")] = (
        None
    )
    content: Annotated[FreeText | None, About("What was said; sealed.")] = None
    outcome: Annotated[Key | None, About("The result, from your list, for example `interested`.")] = None
    next_step: Annotated[FreeText | None, About("What comes next; sealed.")] = None
    next_on: Annotated[PlannedDate | None, About("The local date of the next step.")] = None
    attributes: AttributeValues = ()
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class RescheduleActivity:
    """Moves a planned activity to another date."""

    activity_id: ActivityId
    due_on: Annotated[PlannedDate, About("The new local date on which it is due.")]
    due_at: DueAt = None
    reason: Annotated[Reason | None, About("Why it moved.")] = None


@record
class CompleteActivity:
    """Says that a planned activity was done, and with which result."""

    activity_id: ActivityId
    outcome: Annotated[Key | None, About("The result, from your list, for example `interested`.")] = None
    content: Annotated[FreeText | None, About("What was said or done; sealed.")] = None


@record
class CancelActivity:
    """Says that a planned activity will not take place."""

    activity_id: ActivityId
    reason: Annotated[Reason, About("Why not.")]


@record
class CorrectFollowUp:
    """Corrects what was recorded of a contact. The original stays in the log. Fields that are not sent stay; null clears."""

    activity_id: ActivityId
    reason: Annotated[Reason, About("Why it is corrected.")]
    channel: Annotated[Channel | Unset, About("The channel as it was.")] = UNSET
    direction: Annotated[FollowUpDirection | Unset | None, About("The direction as it was.")] = UNSET
    content: Annotated[FreeText | Unset | None, About("What was said; sealed.")] = UNSET
    outcome: Annotated[Key | Unset | None, About("The result as it was.")] = UNSET
    next_step: Annotated[FreeText | Unset | None, About("What comes next; sealed.")] = UNSET
    next_on: Annotated[PlannedDate | Unset | None, About("The local date of the next step.")] = UNSET


@record
class VoidActivity:
    """Withdraws an activity that was recorded by mistake. Metrics ignore it; audit shows it."""

    activity_id: ActivityId
    reason: Annotated[Reason, About("What was wrong.")]


class ActivityClosed(Refused):
    code = "activity.closed"
    message = "The activity is {status}, and that is final."


class ActivityNotCompleted(Refused):
    code = "activity.not_completed"
    message = "The activity is {status}: only what took place can be corrected."


class ActivityDueInvalid(Refused):
    code = "activity.due_invalid"
    message = "{due_at} is no instant with an offset that falls on {due_on} anywhere; send both for the same day."


@record
class Activity:
    """An activity as it is now. `reason` is that of the cancelling or of the voiding. Erased values are null.

    `is_follow_up` marks one that took place without a plan; `next_step` of a planned one is what it is planned for.
    """

    kind: ActivityKind
    status: ActivityStatus
    about: Subject
    owner_id: UUID
    due_on: date | None = None
    due_at: datetime | None = None
    done_on: date | None = None
    done_at: datetime | None = None
    channel: Channel | None = None
    direction: FollowUpDirection | None = None
    content: str | None = None
    outcome: str | None = None
    next_step: str | None = None
    next_on: date | None = None
    reason: str | None = None
    is_follow_up: bool = False
    is_corrected: bool = False
    attributes: tuple[AttributeValue, ...]
    external: ExternalId | None
    is_erased: bool = False

    def follow_up(self) -> FollowUp:
        """What was recorded of it once it took place, with its corrections. What was planned is none of it."""
        return made_from(FollowUp, self, next_step=self.next_step if self.is_follow_up or self.is_corrected else None)


def evolve(state: Activity | None, event: ActivityEvent, recorded: Recorded) -> Activity:
    """Folds the stream to its state."""
    if isinstance(event, ActivityScheduled | ActivityFollowUpLogged):
        return _begun(event, recorded)
    assert state is not None, "an activity begins with activity.scheduled or activity.follow_up_logged"
    match event:
        case ActivityRescheduled():
            return replace(state, due_on=event.due_on_to, due_at=event.due_at_to)
        case ActivityCompleted():
            return replace(
                state,
                status="completed",
                owner_id=event.owner_id,
                done_on=business_date(recorded),
                done_at=business_instant(recorded),
                # A task has no channel; every other kind is one.
                channel=None if event.kind == "task" else event.kind,
                content=event.content,
                outcome=event.outcome,
            )
        case ActivityCancelled():
            return replace(state, status="cancelled", reason=event.reason)
        case ActivityFollowUpCorrected():
            return replace(_with_follow_up(state, event.follow_up), is_corrected=True)
        case ActivityVoided():
            return replace(state, status="voided", reason=event.reason)
        case ActivityPersonErased():
            return replace(state, content=None, next_step=None, is_erased=True)
        case _:
            assert_never(event)


def _begun(event: ActivityScheduled | ActivityFollowUpLogged, recorded: Recorded) -> Activity:
    if isinstance(event, ActivityScheduled):
        return made_from(Activity, event, status="scheduled", external=event.external_id)
    assert event.follow_up.channel is not None, "a follow-up that was logged has a channel"
    done = made_from(
        Activity,
        event,
        status="completed",
        kind=event.follow_up.channel,
        done_on=business_date(recorded),
        done_at=business_instant(recorded),
        is_follow_up=True,
        external=event.external_id,
    )
    return _with_follow_up(done, event.follow_up)


def _with_follow_up(state: Activity, follow_up: FollowUp) -> Activity:
    return replace(
        state,
        channel=follow_up.channel,
        direction=follow_up.direction,
        content=follow_up.content,
        outcome=follow_up.outcome,
        next_step=follow_up.next_step,
        next_on=follow_up.next_on,
    )

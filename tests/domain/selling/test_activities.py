"""Activities: planning, logging, completing, correcting; what is final and what is sealed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, get_type_hints
from uuid import UUID

import pytest

from salesapi.domain.selling import activities
from salesapi.domain.shared.attributes import AttributeUnknown, AttributeValue
from salesapi.domain.shared.declarations import EventType
from salesapi.domain.shared.kernel import ExternalId, Refused, ThingExists, ThingUnknown
from salesapi.domain.shared.states import made_from
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import ACME, ANNA, DEAL, FACTS, LEAD
from tests.spec import CATALOGUE, SUBJECT, folded, given, uid
from tests.values_by_type import bare

ABOUT: Final = activities.Subject(kind="customer", id=ACME)
SHANGHAI: Final = timezone(timedelta(hours=8))
SCHEDULED: Final = bare(
    activities.ActivityScheduled,
    kind="call",
    about=ABOUT,
    owner_id=ANNA,
    due_on=date(2026, 3, 5),
    next_step="Ask about the budget.",
)
FOLLOW_UP: Final = activities.FollowUp(
    channel="visit",
    direction="out",
    content="They like it.",
    outcome="interested",
    next_step="Send an offer.",
    next_on=date(2026, 3, 9),
)
LOGGED: Final = bare(activities.ActivityFollowUpLogged, about=ABOUT, owner_id=ANNA, follow_up=FOLLOW_UP)
COMPLETED: Final = activities.ActivityCompleted(
    about=ABOUT, kind="call", owner_id=ANNA, outcome="interested", content="They have a budget."
)
CANCELLED: Final = activities.ActivityCancelled(about=ABOUT, reason="ill")
VOIDED: Final = activities.ActivityVoided(about=ABOUT, status_from="scheduled", reason="test")
SCHEDULE: Final = made_from(activities.ScheduleActivity, SCHEDULED)
LOG: Final = made_from(activities.LogFollowUp, FOLLOW_UP, about=ABOUT, owner_id=ANNA, channel="visit")


def _event_types() -> tuple[EventType, ...]:
    return CATALOGUE.by_kind["activity"].events


def test_an_activity_is_planned_for_a_local_date() -> None:
    given().facts(FACTS).when(SCHEDULE).then(SCHEDULED)


@pytest.mark.parametrize(("kind", "id"), [("lead", LEAD), ("customer", ACME), ("deal", DEAL)])
def test_an_activity_is_about_a_lead_a_customer_or_a_deal(kind: activities.SubjectKind, id: UUID) -> None:
    about = activities.Subject(kind=kind, id=id)
    given().facts(FACTS).when(replace(SCHEDULE, about=about)).then(replace(SCHEDULED, about=about))


def test_a_follow_up_that_was_not_planned_starts_its_own_stream_as_completed() -> None:
    given().facts(FACTS).when(LOG).then(LOGGED)
    state = folded(activities.Activity, "activity", LOGGED)
    assert (state.status, state.kind) == ("completed", "visit")
    given(LOGGED).when(activities.CompleteActivity(activity_id=SUBJECT)).refused(activities.ActivityClosed)


def test_a_follow_up_of_which_little_is_known_stays_unknown_in_all_else() -> None:
    bare = activities.FollowUp(channel="mail", direction=None, content=None, outcome=None, next_step=None, next_on=None)
    command = activities.LogFollowUp(about=ABOUT, channel="mail", owner_id=ANNA)
    given().facts(FACTS).on(None).when(command).then(replace(LOGGED, follow_up=bare))


def test_what_was_said_is_sealed_wherever_it_stands() -> None:
    sealed = {kind.name: [field.path[-1] for field in personal_fields(kind.event)] for kind in _event_types()}
    assert {name: fields for name, fields in sealed.items() if fields} == {
        "activity.scheduled": ["next_step"],
        "activity.follow_up_logged": ["content", "next_step"],
        "activity.completed": ["content"],
        "activity.follow_up_corrected": ["content", "next_step"],
    }


def test_every_activity_event_says_what_it_is_about() -> None:
    assert all(get_type_hints(kind.event)["about"] is activities.Subject for kind in _event_types())


BROKEN: Final = replace(
    SCHEDULE,
    about=activities.Subject(kind="deal", id=uid(9)),
    owner_id=uid(9),
    attributes=(AttributeValue(key="no", value="1"),),
    due_at=datetime(2026, 3, 5, 9),
)
NO_OWNER: Final = replace(BROKEN, about=ABOUT)
NO_ATTRIBUTE: Final = replace(NO_OWNER, owner_id=ANNA)
PRECEDENCE: Final[list[tuple[tuple[object, ...], object, type[Refused], str]]] = [
    ((SCHEDULED,), replace(BROKEN, external_id=ExternalId(system="crm", id="1")), ThingExists, "/external_id"),
    ((), BROKEN, ThingUnknown, "/about/id"),
    ((), NO_OWNER, ThingUnknown, "/owner_id"),
    ((), NO_ATTRIBUTE, AttributeUnknown, "/attributes/0/key"),
    ((), replace(NO_ATTRIBUTE, attributes=()), activities.ActivityDueInvalid, "/due_at"),
    ((LOGGED,), LOG, ThingExists, "/external_id"),
    ((), replace(LOG, about=activities.Subject(kind="lead", id=uid(9)), owner_id=uid(9)), ThingUnknown, "/about/id"),
    ((), replace(LOG, owner_id=uid(9)), ThingUnknown, "/owner_id"),
]


@pytest.mark.parametrize(("events", "command", "refusal", "pointer"), PRECEDENCE)
def test_a_plan_and_a_follow_up_name_their_first_obstacle(
    events: tuple[object, ...], command: object, refusal: type[Refused], pointer: str
) -> None:
    given(*events).facts(FACTS).when(command).refused(refusal, pointer=pointer)


DUE: Final[list[tuple[datetime, bool]]] = [
    (datetime(2026, 3, 5, 7, tzinfo=SHANGHAI), True),
    (datetime(2026, 3, 4, 23, tzinfo=UTC), True),
    (datetime(2026, 3, 6, 3, tzinfo=UTC), True),
    (datetime(2026, 3, 7, 0, tzinfo=UTC), False),
    (datetime(2026, 3, 5, 7), False),
    (datetime(1, 1, 1, tzinfo=SHANGHAI), False),
]


@pytest.mark.parametrize(("due_at", "fits"), DUE)
def test_an_instant_has_an_offset_and_falls_on_the_date(due_at: datetime, fits: bool) -> None:
    case = given().facts(FACTS).when(replace(SCHEDULE, due_at=due_at))
    if fits:
        case.then(replace(SCHEDULED, due_at=due_at))
    else:
        case.refused(activities.ActivityDueInvalid, pointer="/due_at")


def test_a_plan_is_moved_to_another_date_and_both_dates_are_kept() -> None:
    command = activities.RescheduleActivity(activity_id=SUBJECT, due_on=date(2026, 3, 8), reason="on leave")
    rescheduled = activities.ActivityRescheduled(
        about=ABOUT,
        due_on_from=date(2026, 3, 5),
        due_on_to=date(2026, 3, 8),
        due_at_from=None,
        due_at_to=None,
        reason="on leave",
    )
    given(SCHEDULED).when(command).then(rescheduled)
    given(SCHEDULED, rescheduled).when(command).then()


def test_a_planned_activity_is_completed_with_its_result() -> None:
    command = activities.CompleteActivity(activity_id=SUBJECT, outcome="interested", content="They have a budget.")
    given(SCHEDULED).when(command).then(COMPLETED)


def test_a_planned_activity_is_cancelled_with_a_reason() -> None:
    given(SCHEDULED).when(activities.CancelActivity(activity_id=SUBJECT, reason="ill")).then(CANCELLED)


FINAL_FOR: Final = (
    activities.RescheduleActivity(activity_id=SUBJECT, due_on=date(2026, 3, 8)),
    activities.CompleteActivity(activity_id=SUBJECT),
    activities.CancelActivity(activity_id=SUBJECT, reason="again"),
)


@pytest.mark.parametrize("command", FINAL_FOR, ids=lambda command: type(command).__name__)
def test_a_completed_cancelled_or_voided_activity_is_final(command: object) -> None:
    for end in (COMPLETED, CANCELLED, VOIDED):
        given(SCHEDULED, end).when(command).refused(activities.ActivityClosed)
    given(LOGGED).when(command).refused(activities.ActivityClosed)


def test_a_correction_names_what_it_corrects_and_the_original_stays() -> None:
    command = activities.CorrectFollowUp(
        activity_id=SUBJECT, reason="mixed up", channel="call", content=None, outcome="interested"
    )
    corrected = activities.ActivityFollowUpCorrected(
        about=ABOUT,
        fields=("channel", "content"),
        follow_up=replace(FOLLOW_UP, channel="call", content=None),
        reason="mixed up",
    )
    given(LOGGED).when(command).then(corrected)
    given(LOGGED, corrected).when(command).then()
    assert LOGGED.follow_up == FOLLOW_UP


COMPLETED_CHANNELS: Final[list[tuple[activities.ActivityKind, activities.Channel | None]]] = [
    ("task", None),
    ("meeting", "meeting"),
]


@pytest.mark.parametrize(("kind", "channel"), COMPLETED_CHANNELS)
def test_what_a_completed_activity_recorded_can_be_corrected_too(
    kind: activities.ActivityKind, channel: activities.Channel | None
) -> None:
    events = (replace(SCHEDULED, kind=kind), replace(COMPLETED, kind=kind))
    corrected = activities.ActivityFollowUpCorrected(
        about=ABOUT,
        fields=("next_on",),
        follow_up=activities.FollowUp(
            channel=channel,
            direction=None,
            content="They have a budget.",
            outcome="interested",
            next_step=None,
            next_on=date(2026, 4, 1),
        ),
        reason="forgot the date",
    )
    command = activities.CorrectFollowUp(activity_id=SUBJECT, reason="forgot the date", next_on=date(2026, 4, 1))
    given(*events).when(command).then(corrected)


@pytest.mark.parametrize("events", [(SCHEDULED,), (SCHEDULED, CANCELLED), (LOGGED, VOIDED)])
def test_only_what_took_place_can_be_corrected(events: tuple[object, ...]) -> None:
    command = activities.CorrectFollowUp(activity_id=SUBJECT, reason="typo", content="x")
    given(*events).when(command).refused(activities.ActivityNotCompleted)


def test_an_activity_recorded_by_mistake_is_voided_once_whatever_became_of_it() -> None:
    command = activities.VoidActivity(activity_id=SUBJECT, reason="test")
    given(SCHEDULED).when(command).then(VOIDED)
    given(LOGGED).when(command).then(replace(VOIDED, status_from="completed"))
    given(SCHEDULED, CANCELLED).when(command).then(replace(VOIDED, status_from="cancelled"))
    given(SCHEDULED, VOIDED).when(command).refused(activities.ActivityClosed)

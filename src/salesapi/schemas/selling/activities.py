"""Wire shapes of activities, with the filter and orders of their list. Content and next step are free text, in clear."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.selling.activities import ActivityKind, ActivityStatus, Channel, FollowUpDirection, SubjectKind
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import About, ExternalId, record
from salesapi.schemas.filters import Uuids
from salesapi.schemas.scalars import Position


@record
class Activity:
    """What is planned with, or was said to, a lead, a customer or a deal."""

    id: Annotated[UUID, About("The activity.")]
    kind: Annotated[ActivityKind, About("`task`, `call`, `visit`, `mail`, `meeting` or `message`.")]
    status: Annotated[ActivityStatus, About("`scheduled`, `completed`, `cancelled` or `voided`.")]
    about_kind: Annotated[SubjectKind, About("What it is about: `lead`, `customer` or `deal`.")]
    about_id: Annotated[UUID, About("The thing that it is about.")]
    owner_id: Annotated[UUID, About("The accountable member.")]
    due_on: Annotated[date | None, About("Local date on which it is due.")]
    due_at: Annotated[datetime | None, About("Instant at which it is due, where it has one.")]
    done_on: Annotated[date | None, About("Business date on which it was done.")]
    done_at: Annotated[datetime | None, About("Instant at which it was done, where known.")]
    channel: Annotated[Channel | None, About("How it was said.")]
    direction: Annotated[FollowUpDirection | None, About("`in` or `out`.")]
    content: Annotated[str | None, About("What was said.")]
    outcome: Annotated[str | None, About("Outcome, from your list.")]
    next_step: Annotated[str | None, About("What comes next; of a planned one what it is planned for.")]
    next_on: Annotated[date | None, About("When that is due.")]
    reason: Annotated[str | None, About("Why it was cancelled or voided.")]
    is_follow_up: Annotated[bool, About("It took place without a plan.")]
    is_corrected: Annotated[bool, About("What is shown was corrected; the log keeps the original.")]
    attributes: Annotated[tuple[AttributeValue, ...], About("Typed attributes.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    is_erased: Annotated[bool, About("What was said was erased.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class ActivityFilter:
    """Which activities. Fields that are not sent do not filter; days are inclusive at both ends."""

    status: Annotated[
        tuple[ActivityStatus, ...] | None, MinLen(1), MaxLen(4), About("Any of these; without it all but voided ones.")
    ] = None
    kind: Annotated[tuple[ActivityKind, ...] | None, MinLen(1), MaxLen(6), About("Any of these kinds.")] = None
    owner_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    about_kind: Annotated[SubjectKind | None, About("About a lead, a customer or a deal.")] = None
    about_id: Annotated[Uuids | None, About("About any of these things.")] = None
    due_from: Annotated[date | None, About("Due on this day or later.")] = None
    due_to: Annotated[date | None, About("Due on this day or earlier.")] = None
    done_from: Annotated[date | None, About("Done on this day or later.")] = None
    done_to: Annotated[date | None, About("Done on this day or earlier.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class ActivityOrder(StrEnum):
    """Orders of activities. Unknown values come last when descending, first when ascending."""

    CHANGED_DESC = "changed_desc"
    CHANGED_ASC = "changed_asc"
    DUE_ASC = "due_asc"
    DUE_DESC = "due_desc"
    DONE_DESC = "done_desc"
    DONE_ASC = "done_asc"

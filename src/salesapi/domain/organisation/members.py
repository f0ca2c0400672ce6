"""Members: the people who sell, lead and are paid. Stream `member`. Which team they are in stands in `teams.py`.

Dates are local dates of the company's calendar. Names and mail addresses are personal and sealed; the employee number, cost
centre and legal entity are keys of other systems, stored in clear. What a member may do is no part of this: see `access/`.
"""

from datetime import date
from typing import Annotated, Final, TypeAlias, TypeVar, assert_never
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.dates import PlannedDate
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.kernel import (
    KEEPERS,
    UNSET,
    About,
    Context,
    ExternalId,
    Key,
    Personal,
    Reason,
    Recorded,
    Refused,
    Title,
    Unset,
    external_identity,
    record,
    refuse_existing,
)
from salesapi.domain.shared.states import changed, changed_fields, differing, made_from, replace

EmailAddress: TypeAlias = Annotated[str, MinLen(3), MaxLen(320)]

Value = TypeVar("Value")


@record
class MemberJoined:
    """A person belongs to the company's sales, since a date where it is known."""

    name: Annotated[str | None, Personal()]
    email: Annotated[str | None, Personal()]
    employee_number: str | None
    joined_on: date | None
    cost_centre: str | None
    legal_entity: str | None
    external_id: ExternalId | None


@record
class MemberChanged:
    """Only the fields that changed are set; those that became unknown are named in `cleared`."""

    name: Annotated[str | None, Personal()] = None
    email: Annotated[str | None, Personal()] = None
    employee_number: str | None = None
    joined_on: date | None = None
    cost_centre: str | None = None
    legal_entity: str | None = None
    cleared: tuple[str, ...] = ()


@record
class MemberLeft:
    """The member is no longer there from `left_on` on; a later one of these corrects an earlier one."""

    left_on: date
    reason: str | None


@record
class MemberPersonErased:
    """Name and mail address are erased; see `customers/persons.py`."""

    person_id: UUID


MemberEvent: TypeAlias = MemberJoined | MemberChanged | MemberLeft | MemberPersonErased


@record
class JoinMember:
    """Takes a person in as a member."""

    name: Annotated[Title, About("Name of the person; sealed.")]
    email: Annotated[EmailAddress | None, About("Mail address, where known; sealed.")] = None
    employee_number: Annotated[Key | None, About("Number in payroll, where known.")] = None
    joined_on: Annotated[PlannedDate | None, About("First day, where known.")] = None
    cost_centre: Annotated[Key | None, About("Cost centre that bears the pay.")] = None
    legal_entity: Annotated[Key | None, About("Legal entity that employs the member.")] = None
    external_id: Annotated[ExternalId | None, About("Its id in another system; unique.")] = None


@record
class ChangeMember:
    """Changes or corrects what is known of a member. Fields that are not sent stay; null makes one unknown."""

    member_id: Annotated[UUID, About("The member.")]
    name: Annotated[Title | Unset, About("Name of the person; sealed.")] = UNSET
    email: Annotated[EmailAddress | Unset | None, About("Mail address; sealed.")] = UNSET
    employee_number: Annotated[Key | Unset | None, About("Number in payroll.")] = UNSET
    joined_on: Annotated[PlannedDate | Unset | None, About("First day.")] = UNSET
    cost_centre: Annotated[Key | Unset | None, About("Cost centre that bears the pay.")] = UNSET
    legal_entity: Annotated[Key | Unset | None, About("Legal entity that employs the member.")] = UNSET


@record
class MarkMemberLeft:
    """Records that a member has left or will leave. Sent again with another date, it corrects the date.

    Teams, deals and enrolments are not changed by it.
    """

    member_id: Annotated[UUID, About("The member.")]
    left_on: Annotated[PlannedDate, About("First day on which the member is no longer there.")]
    reason: Annotated[Reason | None, About("Why, where it may be recorded; stored in clear.")] = None


class MemberDatesReversed(Refused):
    """Nobody leaves before they came."""

    code = "member.dates_reversed"
    message = "The member joined on {joined_on}, so cannot have left on {left_on}."


@record
class Member:
    """The state that decisions need."""

    name: str | None = None
    email: str | None = None
    employee_number: str | None = None
    joined_on: date | None = None
    left_on: date | None = None
    cost_centre: str | None = None
    legal_entity: str | None = None
    external: ExternalId | None = None
    is_erased: bool = False


def join(state: Member | None, command: JoinMember, context: Context) -> tuple[MemberJoined, ...]:
    """Decides `JoinMember`."""
    refuse_existing(state, context, "member")
    return (made_from(MemberJoined, command),)


def change(state: Member, command: ChangeMember, context: Context) -> tuple[MemberChanged, ...]:
    """Decides `ChangeMember`. Allowed after leaving too: pay of a leaver still needs the right cost centre."""
    after = changed(state, command)
    fields = changed_fields(state, now=after)
    if not fields:
        return ()
    _refuse_reversed(after.joined_on, state.left_on, pointer="/joined_on")
    cleared = tuple(name for name in fields if getattr(after, name) is None)
    return (differing(MemberChanged, command, known=state, cleared=cleared),)


def mark_left(state: Member, command: MarkMemberLeft, context: Context) -> tuple[MemberLeft, ...]:
    """Decides `MarkMemberLeft`."""
    if command.left_on == state.left_on:
        return ()
    _refuse_reversed(state.joined_on, command.left_on, pointer="/left_on")
    return (MemberLeft(left_on=command.left_on, reason=command.reason),)


def evolve(state: Member | None, event: MemberEvent, recorded: Recorded) -> Member:
    """Folds the stream to its state."""
    if isinstance(event, MemberJoined):
        return made_from(Member, event, external=event.external_id)
    assert state is not None, "a member begins with member.joined"
    match event:
        case MemberChanged():
            cleared = dict.fromkeys(name for name in event.cleared if hasattr(state, name))
            return replace(changed(state, event), **cleared)  # type: ignore[arg-type]  # only what may be null is cleared
        case MemberLeft():
            return replace(state, left_on=event.left_on)
        case MemberPersonErased():
            return replace(state, name=None, email=None, is_erased=True)
        case _:
            assert_never(event)


def _refuse_reversed(joined_on: date | None, left_on: date | None, pointer: str) -> None:
    if joined_on is not None and left_on is not None and left_on < joined_on:
        raise MemberDatesReversed(joined_on=str(joined_on), left_on=str(left_on), pointer=pointer)


STREAM: Final = Stream[Member, MemberEvent](
    kind="member",
    plural="members",
    evolve=evolve,
    commands=(
        creates(JoinMember, decide=join, roles=KEEPERS, identity=external_identity),
        changes(ChangeMember, decide=change, roles=KEEPERS, target="member_id"),
        changes(MarkMemberLeft, decide=mark_left, roles=KEEPERS, target="member_id"),
    ),
)

"""Duties kept apart: who gives a command that pays or decides does not also gain by it, nor has asked for it.

A duty is declared beside the command: `changes(ApprovePayoutRun, decide=approve, duty=Duty(...))`. It is held against people,
not keys: the member whose key it is, as it was when the earlier event was recorded. A key that is nobody's own never counts
as another person. All duties stand in `openapi/duties.md`, which is generated from here.
"""

from collections.abc import Callable, Set
from typing import Final, Generic, TypeVar
from uuid import UUID

from salesapi.domain.shared.kernel import Context, Facts, Kind, Refused, record

StateOf = TypeVar("StateOf", contravariant=True)
CommandOf = TypeVar("CommandOf", contravariant=True)

NOBODY: Final[frozenset[UUID]] = frozenset()
"""No member gains by a command."""


class PersonUnknown(Refused):
    """Somebody answers for this command, so the key has to say who it is."""

    code = "duty.person_unknown"
    kind = Kind.FORBIDDEN
    message = "{operation} is done by a person, and your key names no member: use one that was made for a member."


class NotApart(Refused):
    """Whoever asks for a thing, states it or calculates it does not decide on it, with whichever key."""

    code = "duty.not_apart"
    message = "{operation} is for somebody else than who gave cause for {event}: another person must do it."


class OwnBenefit(Refused):
    """Nobody decides alone on what they themselves are paid by."""

    code = "duty.own_benefit"
    message = "{operation} is for somebody who gains nothing by it: another person must do it."


@record
class Duty(Generic[StateOf, CommandOf]):
    """What keeps a command apart from others, and from the one who gains by it."""

    why: str
    """In words for people, as the end of "...is kept apart: "."""
    apart_from: tuple[type, ...] = ()
    """Events of the stream: who gave cause for the last of each kind does not give this command."""
    looks_at: tuple[type, ...] = ()
    """Events for which the decider asks who gave cause for them, and decides by that."""
    benefits: Callable[[StateOf, CommandOf, Facts], Set[UUID]] | None = None
    """`benefits(state, command, facts) -> members` who gain, or lose less, by it."""
    is_personal: bool = True
    """Whether a key that names no member is refused."""
    is_for_systems: bool = False
    """Whether a system may give it nevertheless: it states what was decided elsewhere, and gains nothing."""

    def refuses(self) -> list[str]:
        """Says who may not give the command, for the contracts."""
        nobodys = "a key that names no member"
        if self.is_for_systems:
            nobodys += " and is no system's"
        told = [nobodys] if self.is_personal else []
        if self.apart_from:
            told.append(f"who gave cause for the last {_either(self.apart_from)}")
        return [*told, "who gains by it"] if self.benefits is not None else told

    def in_words(self) -> str:
        """Says the same with the reason."""
        return f"Not for {'; nor for '.join(self.refuses()) or 'everybody'}: {self.why}."


def _either(events: tuple[type, ...]) -> str:
    return " or ".join(f"`{event.__name__}`" for event in events)


def refuse_conflict(duty: Duty[StateOf, CommandOf], state: StateOf, command: CommandOf, context: Context) -> None:
    """Refuses a person who has a part in the thing already, or gains by the command.

    Raises:
        PersonUnknown, NotApart, OwnBenefit
    """
    operation = type(command).__name__
    if duty.is_personal and context.member_id is None and not (duty.is_for_systems and context.is_system):
        raise PersonUnknown(operation=operation)
    for event in duty.apart_from:
        earlier = context.acted.get(event)
        if earlier is not None and not context.party.is_apart_from(earlier):
            raise NotApart(operation=operation, event=event.__name__)
    if duty.benefits is not None and context.member_id in duty.benefits(state, command, context.facts):
        raise OwnBenefit(operation=operation)

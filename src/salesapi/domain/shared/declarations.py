"""How a capability declares its stream: the state and its fold, the commands and their deciders, typed pair by pair.

    STREAM: Final = Stream[Deal, DealEvent](
        kind="deal",
        plural="deals",
        evolve=evolve,
        commands=(
            creates(OpenDeal, decide=open_deal, roles=SELLERS, identity=external_identity),
            changes(WinDeal, decide=win, roles=SELLERS, target="deal_id", needs=pinned_pipeline),
        ),
    )

`changes(WinDeal, decide=lose, ...)` does not type-check; what types cannot tell is checked when the catalogue is made. The
events of a stream are those that its `evolve` takes, so none is stored that is not folded. Their stored names follow from
the kind and the class (`DealStageChanged` of the kind `deal` is `deal.stage_changed`) and are all listed in
`openapi/names.md`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import cache, cached_property
from types import UnionType
from typing import Generic, TypeAlias, TypeVar, get_args, get_type_hints
from uuid import UUID

from salesapi.domain.shared.duties import Duty, refuse_conflict
from salesapi.domain.shared.kernel import Context, Facts, Recorded, Ref, Role

State = TypeVar("State")
Event = TypeVar("Event")
Command = TypeVar("Command")
StateOf = TypeVar("StateOf", covariant=True)
EventOf = TypeVar("EventOf", covariant=True)
CommandOf = TypeVar("CommandOf", covariant=True)
"""Covariant, so that a stream holds its commands, and the catalogue all streams, as those of `object`. What the types forget
there is kept by `handling.py`: it gives a stream only states, events and commands of its own."""

Decide: TypeAlias = Callable[[State, Command, Context], Sequence[Event]]
"""`decide(state, command, context) -> events`; raises a Refused. Pure."""
Needs: TypeAlias = Callable[[State, Command, Facts], Sequence[Ref]]
"""`needs(state, command, facts_so_far) -> refs` beyond what the command refers to; asked again until it names nothing new."""
Identity: TypeAlias = Callable[[Command], tuple[str, ...] | None]
"""`identity(command)`: the natural key of the thing to create, where it has one; its id is then a uuidv5."""
FindStream: TypeAlias = Callable[[Command], UUID]
"""`stream_of(command)`: the stream's id where it is neither the target nor new (an invariant spans several things)."""


def nothing_needed(*_: object) -> tuple[Ref, ...]:
    """For deciders that need no more than what the command refers to."""
    return ()


class DeclarationInvalid(ValueError):
    """A stream is declared wrongly. Raised at start; the text names the declaration and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """One kind of fact: its stored name (never a Python path) and the version of its payload's schema."""

    name: str
    event: type
    schema: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandType(Generic[StateOf, CommandOf, EventOf]):
    """One kind of request and who decides it. Made by `creates`, `changes` or `acts_on`."""

    command: type
    decide: Decide[StateOf, CommandOf, EventOf]
    needs: Needs[StateOf, CommandOf]
    roles: frozenset[Role]
    creates: bool = False
    """True where the command brings a new thing into being; its id is then made by us."""
    target: str | None = None
    """The command's field that holds the id of the thing it changes (in the REST path)."""
    identity: Identity[CommandOf] | None = None
    stream_of: FindStream[CommandOf] | None = None
    verb: str | None = None
    """The last part of the REST path, where it is not the command's name without its noun."""
    duty: Duty[StateOf, CommandOf] | None = None

    def decided(self, context: Context, *, state: object, command: object) -> "Sequence[EventOf]":
        """Decides, and holds what was decided against the command's duty; what changes nothing is nobody's duty.

        The caller gives a state and a command of these types; see the note on covariance above.

        Raises:
            Refused: the decider's, or one of `refuse_conflict`.
        """
        mine: CommandType[object, object, EventOf] = self
        events = mine.decide(state, command, context)
        if events and mine.duty is not None:
            refuse_conflict(mine.duty, state, command, context)
        return events


@dataclass(frozen=True, kw_only=True)
class Stream(Generic[StateOf, EventOf]):
    """One capability's declaration. `kind` is the noun in stored names, paths and subjects."""

    kind: str
    plural: str
    evolve: Callable[[StateOf | None, EventOf, Recorded], StateOf]
    """`evolve(state, event, recorded) -> state`; total over the stream's own events, which are those of its signature."""
    commands: tuple[CommandType[StateOf, object, EventOf], ...]
    owner: Callable[[StateOf], UUID | frozenset[UUID] | None] | None = None
    """`owner(state)`: the member who answers for the thing, or the set of all members whom it concerns; row scope follows
    from it."""
    named: Mapping[type, str] = field(default_factory=dict)
    """Stored names that do not follow from the class of the event."""
    schemas: Mapping[type, int] = field(default_factory=dict)
    """Versions of payload schemas beyond the first."""

    @cached_property
    def kept_apart(self) -> frozenset[type]:
        """The events from which duties of the stream's commands are kept apart: who gave cause for them is remembered."""
        duties = [command.duty for command in self.commands if command.duty is not None]
        return frozenset(event for duty in duties for event in (*duty.apart_from, *duty.looks_at))

    @cached_property
    def events(self) -> tuple[EventType, ...]:
        """The stream's events in the order of its union.

        Raises:
            DeclarationInvalid: for a fold without a signature, and for a class whose name does not begin with the kind.
        """
        return tuple(
            EventType(
                name=self.named.get(event) or self._stored_name(event), event=event, schema=self.schemas.get(event, 1)
            )
            for event in events_of(self.evolve)
        )

    def _stored_name(self, event: type) -> str:
        """`DealStageChanged` of the kind `deal` as `deal.stage_changed`."""
        name, prefix = "_".join(words(event.__name__)), f"{self.kind}_"
        if not name.startswith(prefix):
            raise DeclarationInvalid(
                f"stream {self.kind}: the event {event.__name__} does not begin with the kind; "
                f"rename it, or state its stored name in `named`"
            )
        return f"{self.kind}.{name.removeprefix(prefix)}"


AnyCommand: TypeAlias = CommandType[object, object, object]
AnyStream: TypeAlias = Stream[object, object]


def creates(
    command: type[Command],
    *,
    decide: Decide[State | None, Command, Event],
    roles: frozenset[Role],
    needs: Needs[State | None, Command] = nothing_needed,
    identity: Identity[Command] | None = None,
    target: str | None = None,
    stream_of: FindStream[Command] | None = None,
    verb: str | None = None,
    duty: Duty[State | None, Command] | None = None,
) -> CommandType[State, object, Event]:
    """Declares a command that brings a thing into being; `target` is the thing beside which it is kept, if any."""
    declared: CommandType[State, Command, Event] = CommandType(
        command=command,
        decide=decide,
        needs=needs,
        roles=roles,
        creates=True,
        target=target,
        identity=identity,
        stream_of=stream_of,
        verb=verb,
        duty=duty,
    )
    return declared


def changes(
    command: type[Command],
    *,
    target: str,
    decide: Decide[State, Command, Event],
    roles: frozenset[Role],
    needs: Needs[State, Command] = nothing_needed,
    stream_of: FindStream[Command] | None = None,
    verb: str | None = None,
    duty: Duty[State, Command] | None = None,
) -> CommandType[State, object, Event]:
    """Declares a command that changes the thing whose id stands in `target`; it is there when the decider is asked."""
    declared: CommandType[State, Command, Event] = CommandType(
        command=command,
        decide=decide,
        needs=needs,
        roles=roles,
        target=target,
        stream_of=stream_of,
        verb=verb,
        duty=duty,
    )
    return declared


def acts_on(
    command: type[Command],
    *,
    stream_of: FindStream[Command],
    decide: Decide[State | None, Command, Event],
    roles: frozenset[Role],
    needs: Needs[State | None, Command] = nothing_needed,
    duty: Duty[State | None, Command] | None = None,
) -> CommandType[State, object, Event]:
    """Declares a command on a stream that is found from its fields and may be empty: the decider says what that means."""
    declared: CommandType[State, Command, Event] = CommandType(
        command=command, decide=decide, needs=needs, roles=roles, stream_of=stream_of, duty=duty
    )
    return declared


def events_of(evolve: Callable[[State | None, Event, Recorded], State]) -> tuple[type, ...]:
    """The classes of the events that a fold takes, by its signature.

    Raises:
        DeclarationInvalid: for a fold that does not say.
    """
    hints = list(get_type_hints(evolve).values())
    taken: object = hints[1] if len(hints) == 4 else None
    events = get_args(taken) if isinstance(taken, UnionType) else (taken,)
    if not all(isinstance(event, type) and is_dataclass(event) for event in events):
        raise DeclarationInvalid(
            f"{evolve.__module__}: evolve does not name its events; write evolve(state, event, recorded)"
        )
    return events


@cache
def words(name: str) -> tuple[str, ...]:
    """`ChangeDealStage` as its words in lower case."""
    return tuple(word.lower() for word in re.findall(r"[A-Z][a-z0-9]*", name))

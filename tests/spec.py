"""Given / when / then for the pure domain: facts that happened, a command, the events or the refusal that follow.

    given(DealOpened(...)).when(WinDeal(...)).then(DealWon(...))
    given(DealOpened(...)).when(ChangeDealStage(...)).refused(TransitionNotAllowed)

Ids and instants are fixed. `on(...)` sets the business date, `facts(...)` the other streams that the decider reads.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.consequences import FOLLOWING, FurtherFact, Step
from salesapi.domain.shared.kernel import BusinessTime, Context, Party, Recorded, Ref, Refused
from salesapi.domain.shared.references import references

Found = TypeVar("Found")

CATALOGUE = Catalogue()
ACTOR = UUID(int=0xAC)
PERSON = UUID(int=0xAD)
"""The member that the actor is, where nothing else is said."""
EARLIER = Party(principal_id=UUID(int=0xE0), member_id=UUID(int=0xE1))
"""Who gave cause for what happened before, where nothing else is said: somebody else."""
SUBJECT = UUID(int=0x51)
NEW_ID = UUID(int=0x1D)
DAY = date(2026, 3, 2)


def uid(number: int) -> UUID:
    """A fixed id."""
    return UUID(int=number)


def day(text: str, zone: str = "UTC") -> BusinessTime:
    """A local date as business time."""
    return BusinessTime(on=date.fromisoformat(text), zone=zone)


def instant(text: str, zone: str = "UTC") -> BusinessTime:
    """An instant with offset as business time."""
    at = datetime.fromisoformat(text)
    return BusinessTime(on=at.date(), zone=zone, at=at.astimezone(UTC))


@dataclass(frozen=True)
class States:
    """The states of other streams, by reference, of which a decider may read those that were asked for."""

    by_ref: dict[Ref, object] = field(default_factory=dict)
    asked: set[Ref] | None = None

    def state(self, ref: Ref) -> object | None:
        """The state given for this stream, or None."""
        assert self.asked is None or ref in self.asked, f"{ref} is neither referred to nor named by the needs"
        return self.by_ref.get(ref)


def fold(
    kind: str, events: tuple[object, ...], stream_id: UUID = SUBJECT, occurred: BusinessTime | None = None
) -> object | None:
    """Folds events of one stream to its state."""
    stream = CATALOGUE.by_kind[kind]
    state: object | None = None
    for number, event in enumerate(events, start=1):
        recorded = Recorded(position=number, version=number, stream_id=stream_id, occurred=occurred)
        state = stream.evolve(state, event, recorded)
    return state


def folded(expected: type[Found], kind: str, *events: object) -> Found:
    """The state of a stream after these events, checked to be of its class."""
    state = fold(kind, events)
    assert isinstance(state, expected)
    return state


@dataclass(frozen=True)
class Case:
    """One example of the domain, built up sentence by sentence."""

    events: tuple[object, ...]
    others: dict[Ref, object] = field(default_factory=dict)
    occurred: BusinessTime | None = field(default_factory=lambda: BusinessTime(on=DAY, zone="UTC"))
    permissions: frozenset[str] = frozenset()
    actor: UUID = ACTOR
    member: UUID | None = PERSON
    is_system: bool = False
    earlier: Party = EARLIER
    subject: UUID = SUBJECT
    command: object = None

    def facts(self, others: dict[Ref, object]) -> "Case":
        """Other streams' states."""
        return replace(self, others={**self.others, **others})

    def on(self, occurred: BusinessTime | None) -> "Case":
        """Business time of the command; None is unknown."""
        return replace(self, occurred=occurred)

    def allowed(self, *permissions: str) -> "Case":
        """Named permissions of the actor."""
        return replace(self, permissions=frozenset(permissions))

    def by(self, actor: UUID, member: UUID | None = None) -> "Case":
        """Names who gives the command."""
        return replace(self, actor=actor, member=member)

    def after(self, principal: UUID, member: UUID | None) -> "Case":
        """Names who gave cause for what happened before."""
        return replace(self, earlier=Party(principal_id=principal, member_id=member))

    def when(self, command: object) -> "Case":
        """The command."""
        return replace(self, command=command)

    def then(self, *expected: object) -> None:
        """The command leads to exactly these events, and they fold."""
        decided = self.decide()
        assert decided == expected, f"\n  decided {decided}\n  expected {expected}"
        stream, _ = CATALOGUE.command(type(self.command).__name__)
        fold(stream.kind, (*self.events, *decided), self.subject, self.occurred)

    def refused(self, refusal: type[Refused], *, pointer: str | None = None) -> Refused:
        """The command is refused for this reason."""
        try:
            decided = self.decide()
        except refusal as refused:
            assert type(refused) is refusal
            assert pointer is None or refused.pointer == pointer, refused.pointer
            return refused
        raise AssertionError(f"not refused, but decided {decided}")

    def decide(self) -> tuple[object, ...]:
        """The events that the command leads to."""
        stream, kind_of_command = CATALOGUE.command(type(self.command).__name__)
        state = fold(stream.kind, self.events, self.subject, self.occurred)
        asked: set[Ref] = {reference.ref for reference in references(self.command)}
        asked.update(kind_of_command.needs(state, self.command, States(self.others)))
        return tuple(
            kind_of_command.decided(self._context(States(self.others, asked)), state=state, command=self.command)
        )

    def following(self) -> tuple[Step | FurtherFact, ...]:
        """The further commands and facts that follow from the command."""
        stream, _ = CATALOGUE.command(type(self.command).__name__)
        state = fold(stream.kind, self.events, self.subject, self.occurred)
        return FOLLOWING[type(self.command)](state, self.command, self._context(States(self.others)))

    def _context(self, facts: States) -> Context:
        return Context(
            actor_id=self.actor,
            member_id=self.member,
            permissions=self.permissions,
            occurred=self.occurred,
            subject_id=self.subject,
            new_id=NEW_ID,
            today=DAY,
            facts=facts,
            is_system=self.is_system,
            acted={type(event): self.earlier for event in self.events},
        )


def identity_of(command: object) -> tuple[str, ...] | None:
    """The natural key by which a command finds the thing that it creates."""
    _, kind = CATALOGUE.command(type(command).__name__)
    assert kind.identity is not None
    return kind.identity(command)


def given(*events: object) -> Case:
    """Begins a case with what happened in the stream before."""
    return Case(events)

"""What one request works on: the targets of its commands, the states that are loaded, and the events decided so far."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from salesapi.commands.stream_states import Folded
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.shared.declarations import AnyCommand, AnyStream
from salesapi.domain.shared.kernel import BusinessTime, PayFactsRef, Ref, StreamRef, fast_record


@dataclass(slots=True)
class Work:
    """The states as they are while one request is decided, and the events decided so far."""

    is_foreign: Callable[[StreamRef, object], bool]
    states: dict[StreamRef, Folded] = field(default_factory=dict)
    found: dict[Ref, object | None] = field(default_factory=dict)
    decided: dict[StreamRef, list[tuple[object, BusinessTime | None]]] = field(default_factory=dict)
    order: list[tuple[StreamRef, int]] = field(default_factory=list)

    def state(self, ref: Ref) -> object | None:
        """Finds what a decider may read: only what its needs named is loaded, and a foreign thing does not exist.

        Raises:
            LookupError: it was not asked for; the declaration of the command lacks it.
        """
        if not isinstance(ref, StreamRef):
            return self.found[ref]
        if ref not in self.states:
            raise LookupError(f"a decider reads {ref}, which neither its command refers to nor its needs name")
        loaded = self.states[ref].state
        return None if loaded is None or self.is_foreign(ref, loaded) else loaded

    def so_far(self) -> "KnownSoFar":
        """What is loaded by now, for needs that depend on it."""
        return KnownSoFar(self)

    def holds(self, ref: Ref) -> bool:
        """Tells whether it is at hand; a ledger at a position may have gone past it while another thing was loaded."""
        if not isinstance(ref, PayFactsRef) or ref.position is None:
            return ref in self.states or ref in self.found
        found = self.found.get(ref)
        return isinstance(found, PayFacts) and found.position == ref.position

    def offsets(self) -> dict[tuple[StreamRef, int], int]:
        """The place of each decided event in the request, where events stand stream by stream."""
        offsets: dict[tuple[StreamRef, int], int] = {}
        for ref, events in self.decided.items():
            first = self.states[ref].version - len(events) + 1
            for index in range(len(events)):
                offsets[ref, first + index] = len(offsets)
        return offsets


@dataclass(frozen=True, slots=True)
class KnownSoFar:
    """The facts while they are gathered: what is not loaded yet is not known."""

    work: Work | None = None

    def state(self, ref: Ref) -> object | None:
        """See `Facts.state`."""
        is_known = self.work is not None and (ref in self.work.states or ref in self.work.found)
        return self.work.state(ref) if self.work is not None and is_known else None


NOTHING_KNOWN: Final = KnownSoFar()


@fast_record
class Target:
    """A command and its target: its declaration, its stream, and the id of the thing itself."""

    command: object
    stream: AnyStream
    kind: AnyCommand
    ref: StreamRef
    subject_id: UUID
    referred: tuple[StreamRef, ...]
    """What the command refers to."""

    def foreseen(self) -> Iterator[StreamRef]:
        """The streams to load in the first round trip: its own, what the command refers to, what making a thing needs."""
        yield self.ref
        yield from self.referred
        if self.kind.creates:
            for ref in self.kind.needs(None, self.command, NOTHING_KNOWN):
                if isinstance(ref, StreamRef):
                    yield ref

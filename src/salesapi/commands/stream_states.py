"""Folds streams to their states, keeping some of them between requests; each is brought up to date from the log before use.

A kept state is never believed: the log is always asked for what came after it, in the same round trip that reads the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.declarations import AnyStream
from salesapi.domain.shared.kernel import Party, Recorded, StreamRef
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.recorder import EventLog, StoredRequest

KEPT_STATES_MAX: Final = 4_000
"""Folded states kept by one process."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A stream's state at a version; version 0 with None for a stream without events."""

    version: int
    state: object | None
    acted: Mapping[type, Party] = field(default_factory=dict)
    """Who last gave cause for each of the events from which duties are kept apart."""

    def after(self, event: object, recorded: Recorded, stream: AnyStream) -> "Folded":
        """What it is after one event more."""
        acted = self.acted
        if type(event) in stream.kept_apart and recorded.actor_id is not None:
            acted = {**acted, type(event): Party(principal_id=recorded.actor_id, member_id=recorded.member_id)}
        return Folded(recorded.version, stream.evolve(self.state, event, recorded), acted)


_NOTHING: Final = Folded(0, None)


class StreamStates:
    """The states of streams, read through the log."""

    def __init__(self, log: EventLog, codec: Codec, catalogue: Catalogue) -> None:
        self._log = log
        self._codec = codec
        self._catalogue = catalogue
        self._kept: dict[StreamRef, Folded] = {}
        self._epochs = log.known_epochs
        self._turn = 0

    def forget(self) -> None:
        """Drops the states held in memory: some hold what is erased. One that is being folded is not kept either."""
        self._kept = {}
        self._turn += 1

    async def load(
        self, refs: Sequence[StreamRef], key: tuple[UUID, str] | None = None
    ) -> tuple[dict[StreamRef, Folded], StoredRequest | None]:
        """The states as the log has them now, and the request stored under (principal, key), in one round trip."""
        if (epochs := self._log.known_epochs) != self._epochs:
            # The log was restored from a backup: it would be asked for what came after events that it does not have.
            self._kept.clear()
            self._epochs = epochs
        turn, kept = self._turn, [self._kept.get(ref, _NOTHING) for ref in refs]
        loaded = await self._log.load([(ref, each.version) for ref, each in zip(refs, kept, strict=True)], key)
        states: dict[StreamRef, Folded] = {}
        for ref, each, stored in zip(refs, kept, loaded.streams, strict=True):
            folded = each
            if stored:
                stream = self._catalogue.by_kind[ref.kind]
                for event in await self._codec.decode(stored):
                    folded = folded.after(event.event, event.recorded, stream)
                if turn == self._turn:
                    self._remember({ref: folded})
            states[ref] = folded
        return states, loaded.request

    async def state(self, ref: StreamRef) -> object | None:
        """One state, or None where the stream has no event."""
        states, _ = await self.load([ref])
        return states[ref].state

    def _remember(self, states: Mapping[StreamRef, Folded]) -> None:
        """Keeps states for the next request; the ones not touched for longest give way."""
        for ref, folded in states.items():
            self._kept.pop(ref, None)
            self._kept[ref] = folded
        while len(self._kept) > KEPT_STATES_MAX:
            del self._kept[next(iter(self._kept))]

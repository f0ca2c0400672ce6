"""What a dry run decides on: the log as it is, with what the dry run itself decided on top, in memory only.

Every row is decided as it would be in the import, those that build on earlier rows too; nothing is written anywhere.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from os import urandom
from typing import TYPE_CHECKING, Final
from uuid import UUID

from salesapi.domain.shared.kernel import StreamRef
from salesapi.eventlog.memory import MemoryEventLog
from salesapi.eventlog.recorder import Appended, AppendRequest, EventLog, Loaded
from salesapi.privacy.keys import KEY_BYTES, Keys, SubjectKey

REHEARSED_EVENTS_MAX: Final = 500_000
"""Most events that a dry run holds in memory."""


class RehearsalFull(RuntimeError):
    """A dry run reached its bound of events in memory."""


class RehearsedLog:
    """Appends go to memory; loads answer what is stored, and after it what was appended here."""

    def __init__(self, stored: EventLog) -> None:
        """Nothing is ever appended to `stored`."""
        self._stored = stored
        # What is read and followed is what is stored.
        self.read, self.follow = stored.read, stored.follow
        self.head, self.epochs, self.wait_past = stored.head, stored.epochs, stored.wait_past
        self.known_epochs = stored.known_epochs
        self._added = MemoryEventLog()
        self._versions: dict[StreamRef, int] = {}
        """The stored version of each stream that was appended to here."""

    async def append(self, request: AppendRequest) -> Appended:
        """See `EventLog.append`; versions are counted from the stored ones."""
        if await self._added.head() > REHEARSED_EVENTS_MAX:
            raise RehearsalFull(f"a dry run holds at most {REHEARSED_EVENTS_MAX} events in memory; split the files")
        for append in request.appends:
            self._versions.setdefault(append.stream, append.expected_version)
        counted_here = tuple(
            replace(append, expected_version=append.expected_version - self._versions[append.stream])
            for append in request.appends
        )
        return await self._added.append(replace(request, appends=counted_here))

    async def load(self, streams: Sequence[tuple[StreamRef, int]], key: tuple[UUID, str] | None = None) -> Loaded:
        """See `EventLog.load`."""
        stored = await self._stored.load(streams, key)
        added = await self._added.load(
            [(ref, max(0, after - self._versions.get(ref, 0))) for ref, after in streams], key
        )
        return Loaded(
            request=stored.request or added.request,
            streams=tuple(
                before + tuple(replace(event, version=event.version + self._versions[ref]) for event in here)
                for before, here, (ref, _) in zip(stored.streams, added.streams, streams, strict=True)
            ),
        )


class RehearsedKeys:
    """Opens with the stored keys; a missing one is made for the dry run only."""

    def __init__(self, stored: Keys) -> None:
        """No key is ever made in `stored`."""
        self._stored = stored
        self._made: dict[UUID, SubjectKey] = {}

    async def for_sealing(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey]:
        """See `Keys`."""
        found = await self.for_opening(subjects)
        for subject, key in found.items():
            if key is None:
                self._made[subject] = SubjectKey(subject, 1, urandom(KEY_BYTES))
        return {subject: key or self._made[subject] for subject, key in found.items()}

    async def for_opening(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey | None]:
        """See `Keys`."""
        wanted = [subject for subject in subjects if subject not in self._made]
        stored = await self._stored.for_opening(wanted) if wanted else {}
        return {subject: self._made.get(subject) or stored.get(subject) for subject in subjects}

    def forget(self) -> None:
        """See `Keys`."""
        self._stored.forget()


if TYPE_CHECKING:
    _log: type[EventLog] = RehearsedLog
    _keys: type[Keys] = RehearsedKeys

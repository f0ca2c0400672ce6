"""The twin of the stored keys: they end with the process."""

from collections.abc import Collection, Mapping
from os import urandom
from uuid import UUID

from salesapi.privacy.keys import KEY_BYTES, SubjectKey


class MemoryKeys:
    def __init__(self) -> None:
        self._versions: dict[UUID, int] = {}
        self._living: dict[UUID, SubjectKey] = {}

    async def for_sealing(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey]:
        for subject in subjects:
            if subject not in self._living:
                self._versions[subject] = self._versions.get(subject, 0) + 1
                self._living[subject] = SubjectKey(subject, self._versions[subject], urandom(KEY_BYTES))
        return {subject: self._living[subject] for subject in subjects}

    async def for_opening(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey | None]:
        return {subject: self._living.get(subject) for subject in subjects}

    def forget(self) -> None:
        """Nothing is held apart from what is stored."""

    def destroy(self, subject: UUID) -> None:
        """Makes everything sealed for this subject unreadable."""
        self._living.pop(subject, None)

"""The keys that personal values are sealed under: one living key a subject, made when first needed.

A subject is a person or a thing by its id. Destroying its key (the event `person.erased` does that in its own commit) makes
every value sealed under it unreadable, in the log, its exports and its backups. A key made after that has the next version
number. Clock: monotonic seconds, for the cache only.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from os import urandom
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from salesapi.database.connections import Pool
from salesapi.privacy.encryption import KeyEncryption
from salesapi.privacy.key_binding import bind_first_key, bound_kek_ids
from salesapi.privacy.key_file import KeyFileForeign

KEY_BYTES: Final = 32
CACHED_KEYS_MAX: Final = 10_000
"""Most keys held in memory by one process."""
CACHED_KEY_LIFE_SECONDS: Final = 60.0
"""How long a destroyed key may at most go on opening values in a process that had it in memory and was not told."""
QUERY_TIMEOUT_SECONDS: Final = 5.0
BINDINGS_MAX: Final = 8
"""How often the key-encryption key may be exchanged while one key is stored."""


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """A subject's living key. The bytes are never shown in logs or errors."""

    subject_id: UUID
    version: int
    key: bytes = field(repr=False)


class Keys(Protocol):
    """The port. `PostgreSQLKeys` and the twin of the tests pass one and the same suite.

    Callers bound the number of subjects by the size of their page or request.
    """

    async def for_sealing(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey]:
        """The living key of each subject; makes the missing ones, stored before this returns."""

    async def for_opening(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey | None]:
        """The living key of each subject, or None where it was destroyed or never made."""

    def forget(self) -> None:
        """Drops the keys held in memory: some subject's is destroyed."""


class PostgreSQLKeys:
    """Keys in `privacy.subject_key`, wrapped by a key-encryption key that is not in the database.

    The application's role may read and insert, so this class can neither change nor destroy a key.
    """

    def __init__(
        self,
        pool: Pool,
        encryption: KeyEncryption,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`monotonic` is the clock of the cache, in seconds."""
        self._pool = pool
        self._encryption = encryption
        self._wrapping_id = encryption.kek_ids[0]
        self._cache = _Cache(monotonic)

    async def for_sealing(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey]:
        """See `Keys`."""
        living, missing = self._cached(subjects)
        if missing:
            versions = await self._read(missing, living)
            without = [subject for subject in missing if subject not in living]
            if without:
                await self._insert({subject: versions.get(subject, 0) + 1 for subject in without})
                # Read back rather than used as made: a twin in another process may have been first, and its key counts.
                await self._read(without, living)
        return {subject: living[subject] for subject in subjects}

    async def for_opening(self, subjects: Collection[UUID]) -> Mapping[UUID, SubjectKey | None]:
        """See `Keys`."""
        living, missing = self._cached(subjects)
        if missing:
            await self._read(missing, living)
        return {subject: living.get(subject) for subject in subjects}

    def forget(self) -> None:
        """See `Keys`. A key that is being read meanwhile is not kept either."""
        self._cache.clear()

    def _cached(self, subjects: Collection[UUID]) -> tuple[dict[UUID, SubjectKey], list[UUID]]:
        living = {subject: key for subject in subjects if (key := self._cache.get(subject)) is not None}
        return living, [subject for subject in dict.fromkeys(subjects) if subject not in living]

    async def _read(self, subjects: Collection[UUID], living: dict[UUID, SubjectKey]) -> dict[UUID, int]:
        """Adds the living keys of the subjects to `living`; returns each known subject's newest version, living or not."""
        turn = self._cache.turn
        rows = await self._pool.fetch(
            """
            SELECT DISTINCT ON (subject_id) subject_id, version, kek_id, wrapped_key
            FROM privacy.subject_key
            WHERE subject_id = ANY($1::uuid[])
            ORDER BY subject_id, version DESC
            """,
            list(subjects),
            timeout=QUERY_TIMEOUT_SECONDS,
        )
        for row in rows:
            if row["wrapped_key"] is not None:
                subject, version = row["subject_id"], row["version"]
                plain = self._encryption.unwrap(row["wrapped_key"], subject, version, kek_id=row["kek_id"])
                living[subject] = SubjectKey(subject, version, plain)
                self._cache.put(living[subject], turn)
        return {row["subject_id"]: row["version"] for row in rows}

    async def _insert(self, versions: Mapping[UUID, int]) -> None:
        """Stores new keys, wrapped by a key-encryption key that is in the file and in the database's list.

        A rotation may take it from both at any moment, and a new database has none yet: then it is looked for again.

        Raises:
            KeyFileForeign: the file and the list have none in common.
        """
        for _ in range(BINDINGS_MAX):
            if self._wrapping_id not in self._encryption.kek_ids:
                self._wrapping_id = await self._bound_id()
                continue
            try:
                await self._insert_wrapped(versions)
            except asyncpg.ForeignKeyViolationError:
                self._wrapping_id = await self._bound_id()
            else:
                return
        raise KeyFileForeign(f"the key-encryption key was exchanged {BINDINGS_MAX} times meanwhile; try again")

    async def _bound_id(self) -> str:
        """The newest of our key-encryption keys by which the database lets keys be wrapped.

        Raises:
            KeyFileForeign: the file holds none.
        """
        self._encryption.reload()
        async with self._pool.acquire(timeout=QUERY_TIMEOUT_SECONDS) as connection:
            await bind_first_key(connection, self._encryption.kek_ids[0])
            bound = await bound_kek_ids(connection)
        found = next((each for each in self._encryption.kek_ids if each in bound), None)
        if found is None:
            raise KeyFileForeign(
                f"the key file holds {', '.join(self._encryption.kek_ids)}, but this database needs {', '.join(bound)}"
            )
        return found

    async def _insert_wrapped(self, versions: Mapping[UUID, int]) -> None:
        wrapped = [
            self._encryption.wrap(urandom(KEY_BYTES), subject, version, kek_id=self._wrapping_id)
            for subject, version in versions.items()
        ]
        await self._pool.execute(
            """
            INSERT INTO privacy.subject_key (subject_id, version, kek_id, wrapped_key)
            SELECT subject_id, version, $3, wrapped_key
            FROM unnest($1::uuid[], $2::integer[], $4::bytea[]) AS made(subject_id, version, wrapped_key)
            ORDER BY subject_id
            ON CONFLICT DO NOTHING
            """,
            list(versions),
            list(versions.values()),
            self._wrapping_id,
            wrapped,
            timeout=QUERY_TIMEOUT_SECONDS,
        )


class _Cache:
    """The keys last used, each for a bounded time from when it was read."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._kept: OrderedDict[UUID, tuple[float, SubjectKey]] = OrderedDict()
        self.turn = 0
        """How often it was cleared. What was read in an earlier turn may be destroyed by now."""

    def get(self, subject: UUID) -> SubjectKey | None:
        kept = self._kept.get(subject)
        if kept is None:
            return None
        if self._monotonic() >= kept[0]:
            del self._kept[subject]
            return None
        self._kept.move_to_end(subject)
        return kept[1]

    def put(self, key: SubjectKey, turn: int) -> None:
        if turn != self.turn:
            return
        self._kept[key.subject_id] = (self._monotonic() + CACHED_KEY_LIFE_SECONDS, key)
        self._kept.move_to_end(key.subject_id)
        if len(self._kept) > CACHED_KEYS_MAX:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        self._kept.clear()
        self.turn += 1

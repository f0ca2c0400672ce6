"""The keys of subjects: one suite for the real ones and their twin in memory, then what only the real ones have.

The clock of the cache stands still unless a test moves it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg
import pytest
import pytest_asyncio

from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.privacy.encryption import FileKeyEncryption, KeyNotUnwrapped
from salesapi.privacy.keys import CACHED_KEY_LIFE_SECONDS, CACHED_KEYS_MAX, Keys, PostgreSQLKeys
from tests.connections import connected
from tests.privacy.memory_keys import MemoryKeys

ANN = UUID("0190a000-0000-7000-8000-000000000001")
BEN = UUID("0190a000-0000-7000-8000-000000000002")


@dataclass(slots=True)
class StandingClock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One place for keys, as two processes see it, and how a subject's key is destroyed there."""

    keys: Keys
    other_process: Keys
    destroy: Callable[[UUID], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealStore:
    application: "asyncpg.Pool[asyncpg.Record]"
    owner: "asyncpg.Connection[asyncpg.Record]"
    encryption: FileKeyEncryption
    clock: StandingClock

    def keys(self) -> PostgreSQLKeys:
        """Keys as a process that has just started sees them."""
        return PostgreSQLKeys(self.application, self.encryption, self.clock)

    async def destroy(self, subject: UUID) -> None:
        """Destroys a subject's key as the erase command will, with the owner's role."""
        await self.owner.execute(
            "UPDATE privacy.subject_key SET wrapped_key = NULL, shredded_at = now() WHERE subject_id = $1", subject
        )


@pytest_asyncio.fixture(loop_scope="session")
async def real(database: DatabaseUrls, tmp_path: Path) -> AsyncIterator[RealStore]:
    await migrate(database.owner_url)
    encryption = FileKeyEncryption.create(tmp_path / "kek")
    async with (
        connected(database.owner_url) as owner,
        asyncpg.create_pool(database.application_url, min_size=1, max_size=4) as pool,
    ):
        yield RealStore(application=pool, owner=owner, encryption=encryption, clock=StandingClock())


@pytest.fixture(params=["memory", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        memory = MemoryKeys()

        async def destroy(subject: UUID) -> None:
            memory.destroy(subject)

        return Store(keys=memory, other_process=memory, destroy=destroy)
    real: RealStore = request.getfixturevalue("real")

    async def destroy_and_wait(subject: UUID) -> None:
        await real.destroy(subject)
        real.clock.seconds += CACHED_KEY_LIFE_SECONDS

    return Store(keys=real.keys(), other_process=real.keys(), destroy=destroy_and_wait)


async def test_a_subject_without_a_key_gets_one_when_it_is_first_needed(store: Store) -> None:
    assert await store.keys.for_opening([ANN]) == {ANN: None}

    made = await store.keys.for_sealing([ANN, BEN])

    assert set(made) == {ANN, BEN}
    assert [key.version for key in made.values()] == [1, 1]
    assert [key.subject_id for key in made.values()] == list(made)
    assert len({key.key for key in made.values()}) == 2
    assert all(len(key.key) == 32 for key in made.values())


async def test_a_subject_keeps_its_key(store: Store) -> None:
    made = await store.keys.for_sealing([ANN])

    assert await store.keys.for_sealing([ANN, ANN, BEN]) == {**made, **await store.keys.for_opening([BEN])}
    assert await store.keys.for_opening([ANN]) == made
    assert await store.other_process.for_opening([ANN]) == made
    assert await store.other_process.for_sealing([ANN]) == made


async def test_a_destroyed_key_opens_nothing_more(store: Store) -> None:
    made = await store.keys.for_sealing([ANN, BEN])

    await store.destroy(ANN)

    assert await store.keys.for_opening([ANN, BEN]) == {ANN: None, BEN: made[BEN]}
    assert await store.other_process.for_opening([ANN]) == {ANN: None}


async def test_a_key_made_after_a_destroyed_one_is_the_next_version(store: Store) -> None:
    before = (await store.keys.for_sealing([ANN]))[ANN]
    await store.destroy(ANN)

    after = (await store.keys.for_sealing([ANN]))[ANN]

    assert (before.version, after.version) == (1, 2)
    assert before.key != after.key
    assert await store.other_process.for_opening([ANN]) == {ANN: after}


async def test_nothing_is_looked_up_for_nobody(store: Store) -> None:
    assert await store.keys.for_sealing([]) == {}
    assert await store.keys.for_opening([]) == {}


async def test_processes_that_need_a_key_at_the_same_moment_get_the_same_one(real: RealStore) -> None:
    subjects = [uuid5(ANN, str(number)) for number in range(200)]
    processes = [real.keys() for _ in range(4)]

    orders = (subjects, subjects[::-1], subjects, subjects[::-1])
    made = await asyncio.gather(*(keys.for_sealing(each) for keys, each in zip(processes, orders, strict=True)))

    assert all(each == made[0] for each in made)
    assert await real.owner.fetchval("SELECT count(*) FROM privacy.subject_key") == len(subjects)


async def test_a_destroyed_key_is_forgotten_within_its_life_in_memory(real: RealStore) -> None:
    keys = real.keys()
    made = await keys.for_sealing([ANN])
    await real.destroy(ANN)

    real.clock.seconds += CACHED_KEY_LIFE_SECONDS - 0.5
    assert await keys.for_opening([ANN]) == made
    real.clock.seconds += 0.5
    assert await keys.for_opening([ANN]) == {ANN: None}


async def test_memory_for_keys_is_bounded_and_what_was_used_last_stays(real: RealStore) -> None:
    keys = real.keys()
    subjects = [uuid5(ANN, str(number)) for number in range(CACHED_KEYS_MAX)]
    made = await keys.for_sealing(subjects)
    oldest, next_oldest = sorted(subjects)[:2]  # one statement hands them out by id
    await keys.for_opening([oldest])
    await keys.for_sealing([BEN])

    await real.owner.execute("UPDATE privacy.subject_key SET wrapped_key = NULL, shredded_at = now()")

    assert await keys.for_opening([oldest, next_oldest]) == {oldest: made[oldest], next_oldest: None}


async def test_the_database_holds_no_key_in_clear(real: RealStore) -> None:
    made = (await real.keys().for_sealing([ANN]))[ANN]

    row = await real.owner.fetchrow("SELECT * FROM privacy.subject_key")

    assert row is not None
    assert made.key not in row["wrapped_key"]
    assert row["kek_id"] == real.encryption.kek_ids[0]
    assert row["shredded_at"] is None


async def test_a_key_file_that_is_not_the_one_that_wrapped_is_refused(real: RealStore, tmp_path: Path) -> None:
    await real.keys().for_sealing([ANN])
    other = PostgreSQLKeys(real.application, FileKeyEncryption.create(tmp_path / "other"), real.clock)

    for asked in (other.for_opening, other.for_sealing):
        with pytest.raises(KeyNotUnwrapped, match="use the other file"):
            await asked([ANN])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy.subject_key SET wrapped_key = NULL, shredded_at = now()",
        "DELETE FROM privacy.subject_key",
        "TRUNCATE privacy.subject_key",
        "DROP TABLE privacy.subject_key",
        "CREATE TABLE privacy.mine ()",
    ],
)
async def test_the_application_cannot_change_or_destroy_keys(real: RealStore, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await real.application.execute(statement)


async def test_a_subject_never_has_two_living_keys(real: RealStore) -> None:
    await real.keys().for_sealing([ANN])

    with pytest.raises(asyncpg.UniqueViolationError, match="subject_key_living"):
        await real.application.execute(
            "INSERT INTO privacy.subject_key (subject_id, version, kek_id, wrapped_key) VALUES ($1, 2, 'x', 'x')", ANN
        )

"""Rotation of the key-encryption key: whole, resumable after any end, and not noticed by those who use the keys meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import pytest
import pytest_asyncio

from salesapi.cli.migrating import migrate_all
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.privacy import key_rotation
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.privacy.key_binding import bound_kek_ids
from salesapi.privacy.key_file import kek_id, read_keks
from salesapi.privacy.key_rotation import RotationRunning, add_kek, rotate
from salesapi.privacy.keys import PostgreSQLKeys
from tests.connections import connected

ANN = UUID("0190a000-0000-7000-8000-000000000001")
SUBJECTS = [uuid5(ANN, str(number)) for number in range(40)]
ENDS_MAX = 60
"""Statements after which a rotation is ended; it has fewer."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kek"


@pytest_asyncio.fixture(loop_scope="session")
async def pool(
    database: DatabaseUrls, path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    monkeypatch.setattr(key_rotation, "BATCH_KEYS", 7)
    await migrate_all(database.owner_url, path)
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=4) as pool:
        yield pool


class EndingConnection:
    """A connection that is lost just before its statement of this number."""

    def __init__(self, connection: Any, *, ends_at: int) -> None:
        self._connection = connection
        self._left = ends_at

    def __getattr__(self, name: str) -> Any:
        if name in ("execute", "fetch", "fetchval"):
            self._left -= 1
            if self._left < 0:
                self._connection.terminate()
        return getattr(self._connection, name)


async def test_every_key_is_wrapped_anew_and_the_old_one_is_gone(
    database: DatabaseUrls, pool: "asyncpg.Pool[asyncpg.Record]", path: Path
) -> None:
    made = await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_sealing(SUBJECTS)
    (old,) = FileKeyEncryption(path).kek_ids
    told: list[tuple[int, int]] = []
    async with connected(database.owner_url) as owner:
        await owner.execute(
            "UPDATE privacy.subject_key SET wrapped_key = NULL, shredded_at = now() WHERE subject_id = $1", SUBJECTS[0]
        )
        done = await rotate(owner, path, on_keys=lambda n, of: told.append((n, of)))

        assert (done.rewrapped, done.retired) == (39, (old,))
        assert told == [(7, 39), (14, 39), (21, 39), (28, 39), (35, 39), (39, 39)]
        assert FileKeyEncryption(path).kek_ids == await bound_kek_ids(owner) == (done.kek_id,) != (old,)
        assert await owner.fetchval("SELECT count(*) FROM privacy.subject_key WHERE kek_id <> $1", done.kek_id) == 0
    after = await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_opening(SUBJECTS)
    assert after == {**made, SUBJECTS[0]: None}


async def test_it_goes_on_wherever_it_was_ended_and_no_key_is_ever_lost(
    database: DatabaseUrls, pool: "asyncpg.Pool[asyncpg.Record]", path: Path
) -> None:
    made = await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_sealing(SUBJECTS)
    first = FileKeyEncryption(path).kek_ids
    ends = 0
    for ends_at in range(ENDS_MAX):
        async with connected(database.owner_url) as owner:
            try:
                done = await rotate(EndingConnection(owner, ends_at=ends_at), path)  # type: ignore[arg-type]
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                ends += 1
            else:
                break
        assert await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_opening(SUBJECTS) == made
        assert len(read_keks(path)) <= 2, "one rotation makes one key, however often it is begun"

    assert ends > 10
    assert FileKeyEncryption(path).kek_ids == (done.kek_id,) != first
    assert await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_opening(SUBJECTS) == made


async def test_a_running_process_reads_the_file_again_and_goes_on(
    database: DatabaseUrls, pool: "asyncpg.Pool[asyncpg.Record]", path: Path
) -> None:
    running = PostgreSQLKeys(pool, FileKeyEncryption(path))
    made = await running.for_sealing(SUBJECTS[:5])

    async with connected(database.owner_url) as owner:
        done = await rotate(owner, path)
    running.forget()
    later = await running.for_sealing(SUBJECTS)

    assert {subject: later[subject] for subject in SUBJECTS[:5]} == made
    assert await pool.fetchval("SELECT count(*) FROM privacy.subject_key WHERE kek_id = $1", done.kek_id) == 40
    assert await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_opening(SUBJECTS) == later


async def test_keys_that_are_made_while_it_runs_are_not_lost(
    database: DatabaseUrls, pool: "asyncpg.Pool[asyncpg.Record]", path: Path
) -> None:
    running = [PostgreSQLKeys(pool, FileKeyEncryption(path)) for _ in range(2)]
    made = dict(await running[0].for_sealing(SUBJECTS))

    async def make(keys: PostgreSQLKeys, number: int) -> None:
        for each in range(60):
            made.update(await keys.for_sealing([uuid5(SUBJECTS[number], str(each))]))

    async with connected(database.owner_url) as owner:
        await asyncio.gather(rotate(owner, path), *(make(keys, number) for number, keys in enumerate(running)))

    assert len(made) == 160
    assert await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_opening(list(made)) == made


async def test_a_key_that_is_only_added_wraps_nothing_until_the_rotation(
    database: DatabaseUrls, pool: "asyncpg.Pool[asyncpg.Record]", path: Path
) -> None:
    (old,) = FileKeyEncryption(path).kek_ids
    async with connected(database.owner_url) as owner:
        added = await add_kek(owner, path)
        assert await add_kek(owner, path) == added, "again, it is the same one"
        made = await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_sealing([ANN])
        assert await owner.fetchval("SELECT kek_id FROM privacy.subject_key") == old

        done = await rotate(owner, path)

    assert done.kek_id == added
    assert [kek_id(kek) for kek in read_keks(path)] == [added]
    assert await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_opening([ANN]) == made


async def test_two_rotations_do_not_run_at_the_same_time(
    database: DatabaseUrls, pool: "asyncpg.Pool[asyncpg.Record]", path: Path
) -> None:
    async with connected(database.owner_url) as one, connected(database.owner_url) as other:
        await rotate(one, path)
        with pytest.raises(RotationRunning, match="wait for it to end"):
            await rotate(other, path)

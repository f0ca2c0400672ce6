"""The migration runner: each file once, in one transaction, and never a changed one."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from salesapi.database.migrating import FOLDER, MigrationRefused, migrate
from salesapi.embedded.postgresql import DatabaseUrls
from tests.connections import value_of

FIRST, SECOND = "0001_first.sql", "0002_second.sql"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FIRST).write_text("CREATE TABLE first (x int); INSERT INTO first VALUES (1);")
    (tmp_path / SECOND).write_text("CREATE TABLE second (x int);")
    return tmp_path


async def _count(database: DatabaseUrls, table: str) -> object:
    return await value_of(database.owner_url, f"SELECT count(*) FROM {table}")


async def test_files_are_applied_in_order_and_only_once(database: DatabaseUrls, folder: Path) -> None:
    assert await migrate(database.owner_url, folder) == [FIRST, SECOND]
    assert await migrate(database.owner_url, folder) == []
    assert await _count(database, "first") == 1


async def test_a_later_file_with_a_lower_number_is_applied_too(database: DatabaseUrls, folder: Path) -> None:
    later = folder / FIRST
    text = later.read_text()
    later.unlink()
    assert await migrate(database.owner_url, folder) == [SECOND]

    later.write_text(text)

    assert await migrate(database.owner_url, folder) == [FIRST]


async def test_an_edited_file_is_refused_and_nothing_else_is_applied(database: DatabaseUrls, folder: Path) -> None:
    await migrate(database.owner_url, folder)
    (folder / FIRST).write_text("CREATE TABLE first (x int); INSERT INTO first VALUES (2);")
    (folder / "0003_third.sql").write_text("CREATE TABLE third (x int)")

    with pytest.raises(MigrationRefused, match=f"{FIRST} was changed"):
        await migrate(database.owner_url, folder)
    with pytest.raises(asyncpg.UndefinedTableError):
        await _count(database, "third")


async def test_a_database_newer_than_the_program_is_refused(database: DatabaseUrls, folder: Path) -> None:
    await migrate(database.owner_url, folder)
    (folder / SECOND).unlink()

    with pytest.raises(MigrationRefused, match=SECOND):
        await migrate(database.owner_url, folder)


async def test_a_file_that_fails_leaves_nothing_behind(database: DatabaseUrls, folder: Path) -> None:
    (folder / SECOND).write_text("CREATE TABLE second (x int); SELECT 1 / 0;")

    with pytest.raises(asyncpg.DivisionByZeroError) as failure:
        await migrate(database.owner_url, folder)

    assert SECOND in failure.value.__notes__[0]
    with pytest.raises(asyncpg.UndefinedTableError):
        await _count(database, "second")
    (folder / SECOND).write_text("CREATE TABLE second (x int);")
    assert await migrate(database.owner_url, folder) == [SECOND]


@pytest.mark.parametrize("name", ["3_third.sql", "0003-third.sql", "0002_twin.sql"])
async def test_a_badly_numbered_file_is_refused(database: DatabaseUrls, folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1")

    with pytest.raises(MigrationRefused, match=name):
        await migrate(database.owner_url, folder)


async def test_processes_that_migrate_at_the_same_time_take_turns(database: DatabaseUrls) -> None:
    applied = await asyncio.gather(*(migrate(database.owner_url) for _ in range(3)))

    assert sorted(name for names in applied for name in names) == sorted(path.name for path in FOLDER.glob("*.sql"))

"""A database and its key file: bound from the first key, compared by name, never made anew where something is sealed."""

from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr

from salesapi.app import running_core
from salesapi.cli.migrating import migrate_all
from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.privacy.key_binding import bound_encryption, bound_kek_ids
from salesapi.privacy.key_file import KeyFileForeign, KeyFileMissing
from salesapi.privacy.keys import PostgreSQLKeys
from salesapi.settings import Settings
from tests.connections import connected

ANN = UUID("0190a000-0000-7000-8000-000000000001")


async def _bound(database: DatabaseUrls, path: Path) -> str:
    """A database with a sealed value's key, and the id of the key-encryption key that it needs."""
    await migrate_all(database.owner_url, path)
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=2) as pool:
        await PostgreSQLKeys(pool, FileKeyEncryption(path)).for_sealing([ANN])
    (needed,) = FileKeyEncryption(path).kek_ids
    return needed


async def test_migrating_binds_a_new_database_to_its_file(database: DatabaseUrls, tmp_path: Path) -> None:
    done = await migrate_all(database.owner_url, tmp_path / "kek")

    encryption = FileKeyEncryption(tmp_path / "kek")
    assert done[-1] == f"made the key-encryption key {encryption.kek_ids[0]} in {tmp_path / 'kek'}: back it up"
    async with connected(database.application_url) as connection:
        assert await bound_kek_ids(connection) == encryption.kek_ids
    assert await migrate_all(database.owner_url, tmp_path / "kek") == []


async def test_no_new_file_is_made_where_something_is_sealed(database: DatabaseUrls, tmp_path: Path) -> None:
    path = tmp_path / "kek"
    needed = await _bound(database, path)
    path.rename(tmp_path / "elsewhere")

    with pytest.raises(KeyFileMissing, match=f"key_file.missing: there is no key file {path}.* needs {needed}"):
        await migrate_all(database.owner_url, path)
    assert not path.exists()


async def test_another_file_is_refused_and_both_are_named(database: DatabaseUrls, tmp_path: Path) -> None:
    needed = await _bound(database, tmp_path / "kek")
    other = FileKeyEncryption.create(tmp_path / "other")
    told = f"key_file.foreign: .*other holds {other.kek_ids[0]}, but this database needs {needed}"

    with pytest.raises(KeyFileForeign, match=told):
        await migrate_all(database.owner_url, tmp_path / "other")
    settings = Settings(database_url=SecretStr(database.application_url), key_file=tmp_path / "other")
    with pytest.raises(KeyFileForeign, match=told):
        async with running_core(settings):
            pass
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=2) as pool:
        with pytest.raises(KeyFileForeign, match=f"holds {other.kek_ids[0]}.*needs {needed}"):
            await PostgreSQLKeys(pool, other).for_sealing([UUID(int=2)])


async def test_a_database_from_before_needs_the_keys_that_its_subjects_are_wrapped_by(
    database: DatabaseUrls, tmp_path: Path
) -> None:
    """As made by a program that knew of no binding: the tables of before, with keys in them."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for each in (Path(migrate.__code__.co_filename).parent / "migrations").glob("*.sql"):
        if each.name < "0060":
            (folder / each.name).write_bytes(each.read_bytes())
    await migrate(database.owner_url, folder)
    async with connected(database.owner_url) as owner:
        await owner.execute(
            """
            INSERT INTO privacy.subject_key (subject_id, version, kek_id, wrapped_key, shredded_at)
            VALUES ($1, 1, 'file:erased', NULL, now()), ($1, 2, 'file:old', 'x', NULL)
            """,
            ANN,
        )

    await migrate(database.owner_url)

    async with connected(database.owner_url) as owner:
        assert await bound_kek_ids(owner) == ("file:old",)
        with pytest.raises(KeyFileMissing, match="needs file:old"):
            await bound_encryption(owner, tmp_path / "kek", may_create=True)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO privacy.key_encryption_key (id) VALUES ('mine')",
        "UPDATE privacy.key_encryption_key SET id = 'mine'",
        "DELETE FROM privacy.key_encryption_key",
    ],
)
async def test_the_application_cannot_bind_another_key(database: DatabaseUrls, tmp_path: Path, statement: str) -> None:
    needed = await _bound(database, tmp_path / "kek")

    async with connected(database.application_url) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        await connection.execute("SELECT privacy.bind_first_key('mine')")
        assert await bound_kek_ids(connection) == (needed,)

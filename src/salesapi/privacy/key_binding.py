"""The tie between a database and its key file: which key-encryption keys the database needs, and whether the file holds them."""

from pathlib import Path

import asyncpg

from salesapi.database.connections import Connection
from salesapi.database.migrating import MigrationRefused
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.privacy.key_file import KeyFileForeign, KeyFileMissing


async def bound_kek_ids(connection: Connection) -> tuple[str, ...]:
    """Names the key-encryption keys that subjects' keys may be wrapped by, the latest first; none before the first.

    Raises:
        MigrationRefused: the database is older than this program.
    """
    try:
        rows = await connection.fetch("SELECT id FROM privacy.key_encryption_key ORDER BY bound_at DESC, id")
    except asyncpg.UndefinedTableError:
        raise MigrationRefused("the database is older than this program: run `salesapi migrate` first") from None
    return tuple(row["id"] for row in rows)


async def bind_first_key(connection: Connection, kek_id: str) -> None:
    """Binds a database that needs no key-encryption key yet; another one stays bound as it is."""
    await connection.execute("SELECT privacy.bind_first_key($1)", kek_id)


async def bound_encryption(connection: Connection, path: Path, *, may_create: bool = False) -> FileKeyEncryption:
    """Reads the key file of this database. A new database is bound to it; with `may_create` a missing file is made for it.

    Raises:
        KeyFileMissing: there is no file; names the keys that are needed, where any are. None is made in their place.
        KeyFileForeign: it lacks a key that the database needs; names both.
        KeyFileRefused: it cannot be used at all.
    """
    needed = await bound_kek_ids(connection)
    try:
        encryption = FileKeyEncryption(path)
    except FileNotFoundError:
        if needed or not may_create:
            raise missing_key_file(path, needed) from None
        encryption = FileKeyEncryption.create(path)
    if not needed:
        await bind_first_key(connection, encryption.kek_ids[0])
        needed = await bound_kek_ids(connection)
    refuse_foreign_key_file(encryption, needed)
    return encryption


def refuse_foreign_key_file(encryption: FileKeyEncryption, needed: tuple[str, ...]) -> None:
    """Compares the file with what the database needs.

    Raises:
        KeyFileForeign: it lacks a key; names both.
    """
    if set(needed) - set(encryption.kek_ids):
        raise KeyFileForeign(
            f"key file {encryption.path} holds {', '.join(encryption.kek_ids)}, but this database needs {', '.join(needed)}; "
            "set SALESAPI_KEY_FILE to the file of this database, or restore it from its backup"
        )


def missing_key_file(path: Path, needed: tuple[str, ...]) -> KeyFileMissing:
    """The refusal that there is no key file."""
    if needed:
        return KeyFileMissing(
            f"there is no key file {path}, and this database needs {', '.join(needed)}: restore the file from its backup. "
            "No new one is made, because none but that opens what is sealed"
        )
    return KeyFileMissing(f"there is no key file {path}; `salesapi migrate` makes one")

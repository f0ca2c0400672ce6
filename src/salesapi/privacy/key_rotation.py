"""Rotation of the key-encryption key: a new one in the file, every subject's key wrapped anew by it, the old ones gone.

Run with the owner's role. The order makes it safe to be killed at any moment and run again, which goes on where it stopped:
the new key is in the file before the database knows its id; an old id leaves the database's list only when nothing is wrapped by
it, and from then on nothing can be; an old key leaves the file only when its id has left the list. Processes go on meanwhile:
they read the file again when they meet an id that they do not know, or are told that theirs is not listed any more.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from salesapi.database.connections import Connection, Record
from salesapi.database.locks import ROTATE
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.privacy.key_binding import bound_encryption, bound_kek_ids
from salesapi.privacy.key_file import KEK_BYTES, KEKS_MAX, KeyFileMalformed, kek_id, read_keks, replace_key_file

BATCH_KEYS: Final = 500
"""Subjects' keys that are wrapped anew in one transaction."""
FIRST: Final = UUID(int=0)

OnKeys = Callable[[int, int], None]
"""Told how many of how many keys are wrapped anew."""


class RotationRunning(RuntimeError):
    """Another process rotates the key of this database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """The outcome of a rotation."""

    kek_id: str
    """The key-encryption key that everything is wrapped by now."""
    retired: tuple[str, ...]
    """Those that this run took out of the file."""
    rewrapped: int
    """Subjects' keys that this run wrapped anew."""


async def add_kek(connection: Connection, path: Path) -> str:
    """Puts a new key-encryption key into the file, before the others, and returns its id. Nothing is wrapped by it yet.

    An unfinished rotation has one already, which is returned.

    Raises:
        KeyFileRefused: the file is not that of this database, or holds the most that it can.
    """
    encryption = await bound_encryption(connection, path)
    bound = await bound_kek_ids(connection)
    if len(bound) > 1 or encryption.kek_ids != bound:
        return encryption.kek_ids[0]
    keks = read_keks(path)
    if len(keks) == KEKS_MAX:
        raise KeyFileMalformed(
            f"key file {path} holds {KEKS_MAX} keys, the most that it can: finish the rotation first"
        )
    made = os.urandom(KEK_BYTES)
    replace_key_file(path, (made, *keks))
    return kek_id(made)


async def rotate(connection: Connection, path: Path, *, on_keys: OnKeys = lambda done, of: None) -> Rotation:
    """Rotates the key-encryption key, or finishes a rotation that was begun.

    Raises:
        RotationRunning: another one runs.
        KeyFileRefused: see `add_kek`.
        KeyNotUnwrapped: a subject's key was altered; everything before it is wrapped anew.
    """
    # Given back with the connection, also where this process is killed.
    if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", ROTATE):
        raise RotationRunning("another process rotates the key of this database: wait for it to end")
    newest = await add_kek(connection, path)
    encryption = FileKeyEncryption(path)
    await connection.execute("INSERT INTO privacy.key_encryption_key (id) VALUES ($1) ON CONFLICT DO NOTHING", newest)
    rewrapped = await _rewrap_all(connection, encryption, newest, on_keys)
    for old in await bound_kek_ids(connection):
        if old != newest:
            rewrapped += await _retire(connection, encryption, newest, old)
    keks = read_keks(path)
    replace_key_file(path, tuple(kek for kek in keks if kek_id(kek) == newest))
    retired = tuple(each for each in map(kek_id, keks) if each != newest)
    return Rotation(kek_id=newest, retired=retired, rewrapped=rewrapped)


async def _rewrap_all(connection: Connection, encryption: FileKeyEncryption, newest: str, on_keys: OnKeys) -> int:
    """Wraps everything anew in bounded transactions; what comes meanwhile under an old key is left for `_retire`."""
    total: int = await connection.fetchval(
        "SELECT count(*) FROM privacy.subject_key WHERE wrapped_key IS NOT NULL AND kek_id <> $1", newest
    )
    done, after = 0, (FIRST, 0)
    while rows := await connection.fetch(
        """
        SELECT subject_id, version, kek_id, wrapped_key FROM privacy.subject_key
        WHERE (subject_id, version) > ($2, $3) AND wrapped_key IS NOT NULL AND kek_id <> $1
        ORDER BY subject_id, version LIMIT $4
        """,
        newest,
        *after,
        BATCH_KEYS,
    ):
        await _store(connection, encryption, newest, rows)
        done += len(rows)
        after = (rows[-1]["subject_id"], rows[-1]["version"])
        on_keys(done, max(total, done))
    return done


async def _retire(connection: Connection, encryption: FileKeyEncryption, newest: str, old: str) -> int:
    """Takes an old key from the list, in one transaction with the last that is wrapped by it."""
    async with connection.transaction():
        # Whoever wraps by it is waited for, and whoever would waits: it finds no such key then, and takes the newest.
        await connection.execute("SELECT FROM privacy.key_encryption_key WHERE id = $1 FOR UPDATE", old)
        rows = await connection.fetch(
            """
            SELECT subject_id, version, kek_id, wrapped_key FROM privacy.subject_key
            WHERE kek_id = $1 AND wrapped_key IS NOT NULL ORDER BY subject_id, version
            """,
            old,
        )
        await _store(connection, encryption, newest, rows)
        await connection.execute(
            "UPDATE privacy.subject_key SET kek_id = NULL WHERE kek_id = $1 AND wrapped_key IS NULL", old
        )
        await connection.execute("DELETE FROM privacy.key_encryption_key WHERE id = $1", old)
    return len(rows)


async def _store(connection: Connection, encryption: FileKeyEncryption, newest: str, rows: Sequence[Record]) -> None:
    """Stores keys as wrapped by the newest. One that was destroyed meanwhile stays destroyed."""
    wrapped = [_rewrapped(encryption, newest, row) for row in rows]
    await connection.execute(
        """
        UPDATE privacy.subject_key k SET kek_id = $1, wrapped_key = n.after
        FROM unnest($2::uuid[], $3::integer[], $4::bytea[], $5::bytea[]) AS n (subject_id, version, before, after)
        WHERE k.subject_id = n.subject_id AND k.version = n.version AND k.wrapped_key = n.before
        """,
        newest,
        [row["subject_id"] for row in rows],
        [row["version"] for row in rows],
        [row["wrapped_key"] for row in rows],
        wrapped,
    )


def _rewrapped(encryption: FileKeyEncryption, newest: str, row: Record) -> bytes:
    subject_id, version = row["subject_id"], row["version"]
    key = encryption.unwrap(row["wrapped_key"], subject_id, version, kek_id=row["kek_id"])
    return encryption.wrap(key, subject_id, version, kek_id=newest)

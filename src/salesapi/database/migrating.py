"""Runs the numbered SQL files of `migrations/`, each once and in one transaction, and refuses one that was changed since.

The numbers are shared out: the event log has 0001 to 0009, privacy 0010, audit 0020, access 0025, projections 0030,
import 0040, epochs 0070. A file with a lower number than one already applied is applied too. Run by the owner's role;
`refuse_overpowered_role` keeps that role away from `serve` and `work`.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from salesapi.database.connections import CONNECT_TIMEOUT_SECONDS, Connection
from salesapi.database.locks import MIGRATE

FOLDER: Final = Path(__file__).parent / "migrations"
FILE_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

MIGRATION_TABLE: Final = """
    CREATE SCHEMA IF NOT EXISTS log;
    CREATE TABLE IF NOT EXISTS log.migration (
        name       text        PRIMARY KEY,
        sha256     bytea       NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
"""

OWN_POWERS: Final = """
    SELECT r.rolsuper AS is_superuser,
           pg_has_role(session_user, c.relowner, 'MEMBER') OR pg_has_role(session_user, n.nspowner, 'MEMBER') AS is_owner,
           has_table_privilege(session_user, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
               OR has_any_column_privilege(session_user, c.oid, 'INSERT, UPDATE') AS can_write
    FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rolname = session_user AND c.oid = to_regclass('log.event')
"""


class MigrationRefused(RuntimeError):
    """The database and the program's migrations do not belong together."""


class OverpoweredRole(RuntimeError):
    """The connected role could rewrite the log; only `salesapi migrate` may use such a role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file: its name, which never changes, and its text, which must not either."""

    name: str
    sql: str

    @property
    def sha256(self) -> bytes:
        """The digest of the file's bytes."""
        return hashlib.sha256(self.sql.encode()).digest()


async def migrate(owner_url: str, folder: Path = FOLDER) -> list[str]:
    """Applies what is missing and returns the names of the files applied, in order.

    Raises:
        MigrationRefused: an applied file was changed or is missing here, or a file name is wrong.
    """
    migrations = _migrations(folder)
    connection: Connection = await asyncpg.connect(owner_url, timeout=CONNECT_TIMEOUT_SECONDS)
    try:
        # Held by the session over all transactions, and given back with the connection.
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATE)
        await connection.execute(MIGRATION_TABLE)
        applied = {
            row["name"]: row["sha256"] for row in await connection.fetch("SELECT name, sha256 FROM log.migration")
        }
        _compare(migrations, applied)
        missing = [migration for migration in migrations if migration.name not in applied]
        for migration in missing:
            await _apply(connection, migration)
        return [migration.name for migration in missing]
    finally:
        await connection.close()


async def refuse_overpowered_role(connection: Connection) -> None:
    """For `serve` and `work`: their role may read the log and execute `log.append`, nothing more.

    Raises:
        OverpoweredRole: the session's role could write the event table itself.
        MigrationRefused: there is no event table yet.
    """
    powers = await connection.fetchrow(OWN_POWERS)
    if powers is None:
        raise MigrationRefused("the database has no event log yet: run `salesapi migrate` with the owner's role first")
    reasons = {
        "is a superuser": powers["is_superuser"],
        "owns the event log or is a member of its owner": powers["is_owner"],
        "may write the event table": powers["can_write"],
    }
    found = [reason for reason, holds in reasons.items() if holds]
    if found:
        raise OverpoweredRole(
            f"the database role {' and '.join(found)}. An append-only log must not be served by a role that could "
            "rewrite it: connect with the application's role (salesapi_app) and keep this one for `salesapi migrate`."
        )


def _migrations(folder: Path) -> list[Migration]:
    """The folder's files by number."""
    migrations: dict[str, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationRefused(f"{path.name}: a migration is named like 0001_what_it_makes.sql")
        if match[1] in migrations:
            raise MigrationRefused(f"{path.name} and {migrations[match[1]].name} have the same number")
        migrations[match[1]] = Migration(name=path.name, sql=path.read_bytes().decode())
    return list(migrations.values())


def _compare(migrations: list[Migration], applied: dict[str, bytes]) -> None:
    known = {migration.name: migration.sha256 for migration in migrations}
    for name, sha256 in sorted(applied.items()):
        if name not in known:
            raise MigrationRefused(
                f"the database has {name}, which this program does not know: it is newer, use its program"
            )
        if known[name] != sha256:
            raise MigrationRefused(
                f"{name} was changed after it was applied: restore it, and add a new file for the change"
            )


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        try:
            await connection.execute(migration.sql)
        except asyncpg.PostgresError as error:
            error.add_note(f"in the migration {migration.name}; nothing of it was applied")
            raise
        await connection.execute(
            "INSERT INTO log.migration (name, sha256) VALUES ($1, $2)", migration.name, migration.sha256
        )

"""Where measures run: PostgreSQL from its wheel with full durability in a temporary folder, a fresh database for each."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from pydantic import SecretStr

from salesapi.app import running_core
from salesapi.cli.migrating import migrate_all
from salesapi.commands.key_issuing import issue_key
from salesapi.embedded.helper_user import PASSAGE_MODE
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from salesapi.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One migrated database, and all that leads to it."""

    urls: DatabaseUrls
    settings: Settings

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a `salesapi` process that works on it, at a free port."""
        assert self.settings.key_file is not None, "every database here has a key file"
        return {
            "SALESAPI_DATABASE_URL": self.urls.application_url,
            "SALESAPI_MIGRATION_URL": self.urls.owner_url,
            "SALESAPI_KEY_FILE": str(self.settings.key_file),
            "SALESAPI_PORT": "0",
        }

    @asynccontextmanager
    async def owner(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """A connection of the owner's role, without a time-out for statements."""
        connection = await asyncpg.connect(self.urls.owner_url)
        try:
            yield connection
        finally:
            await connection.close()

    async def admin_key(self) -> str:
        """A new API key that may do everything."""
        async with running_core(self.settings) as core:
            return await issue_key(core.handling, name="bench", roles=["admin"])

    def pgbench_environment(self) -> tuple[list[str], dict[str, str]]:
        """Arguments and environment with which pgbench connects as the owner."""
        url = urlsplit(self.urls.owner_url)
        place = ["-h", url.hostname or "", "-p", str(url.port), "-U", url.username or "", self.urls.name]
        return place, {"PGPASSWORD": url.password or ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    folder: Path
    postgresql: EmbeddedPostgreSQL
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """A fresh database with log, read tables and keys; dropped afterwards."""
        urls = await self.postgresql.create_database(f"bench_{next(self.numbers)}")
        key_file = self.folder / f"{urls.name}.key"
        try:
            await migrate_all(urls.owner_url, key_file)
            settings = Settings(
                database_url=SecretStr(urls.application_url),
                migration_url=SecretStr(urls.owner_url),
                nats_url=None,
                key_file=key_file,
            )
            yield Database(urls=urls, settings=settings)
        finally:
            await self.postgresql.drop_database(urls.name)


@asynccontextmanager
async def running_ground() -> AsyncIterator[Ground]:
    """Starts the engine with fsync and synchronous commits, and takes everything away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="salesapi-bench-"))
    folder.chmod(PASSAGE_MODE)
    try:
        postgresql = await EmbeddedPostgreSQL.start(folder / "postgresql")
        try:
            yield Ground(folder=folder, postgresql=postgresql)
        finally:
            await postgresql.stop()
    finally:
        shutil.rmtree(folder)

"""A core over a fresh, migrated database; enough for imports, without doors and followers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from salesapi.app import Core, running_core
from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.settings import Settings
from tests.importing.generated_crm import GeneratedCrm, generated_crm
from tests.importing.reading_back import Importing


@pytest_asyncio.fixture(loop_scope="session")
async def settings(database: DatabaseUrls, tmp_path: Path) -> Settings:
    return await _migrated(database, tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def other_settings(
    database: DatabaseUrls, postgresql: EmbeddedPostgreSQL, tmp_path: Path
) -> AsyncIterator[Settings]:
    """Settings that lead to a second database of the test."""
    urls = await postgresql.create_database(f"{database.name}_other")
    yield await _migrated(urls, tmp_path)
    await postgresql.drop_database(urls.name)


async def _migrated(urls: DatabaseUrls, folder: Path) -> Settings:
    key_file = folder / f"{urls.name}.key"
    FileKeyEncryption.create(key_file)
    await migrate(urls.owner_url)
    return Settings(database_url=SecretStr(urls.application_url), key_file=key_file)


@pytest_asyncio.fixture(loop_scope="session")
async def core(settings: Settings) -> AsyncIterator[Core]:
    """The write path on the test's own database."""
    async with running_core(settings) as running:
        yield running


@pytest.fixture
def crm(core: Core, tmp_path: Path) -> Importing[GeneratedCrm]:
    """The generated company."""
    made = generated_crm()
    return Importing(core, tmp_path / "files", made, made.tables())

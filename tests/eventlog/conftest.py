"""Event logs to test against: the real one on a migrated database of its own, and its twin in memory."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.memory import MemoryEventLog
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import EventLog
from tests.connections import connected_log


@pytest_asyncio.fixture(loop_scope="session")
async def migrated(database: DatabaseUrls) -> DatabaseUrls:
    """A fresh database with every migration applied."""
    await migrate(database.owner_url)
    return database


@pytest_asyncio.fixture(loop_scope="session")
async def postgresql_log(migrated: DatabaseUrls) -> AsyncIterator[PostgreSQLEventLog]:
    """The real log, empty, reached with the application's role."""
    async with connected_log(migrated.application_url) as log:
        yield log


@pytest.fixture(params=["postgresql", "memory"])
def log(request: pytest.FixtureRequest) -> EventLog:
    """Both implementations, one after the other."""
    if request.param == "memory":
        return MemoryEventLog()
    real: PostgreSQLEventLog = request.getfixturevalue("postgresql_log")
    return real

"""One running service with a small company for all tests of a module; each test has idempotency keys of its own.

`company` is a larger one that nobody changes, for all modules.
"""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.graphql_sales import running_sales
from tests.api.scope_company import Company, scoped_company
from tests.service import Service, found_company, running_service

NUMBERS = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def founded(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """The service; the company's ids are in `service.ids`."""
    urls = await postgresql.create_database(f"service_{next(NUMBERS)}")
    folder: Path = tmp_path_factory.mktemp("service")
    async with running_service(urls, folder) as running:
        await found_company(running)
        yield running
    await postgresql.drop_database(urls.name)


@pytest.fixture
def service(founded: Service, request: pytest.FixtureRequest) -> Service:
    """The service, with idempotency keys that begin with the test's name."""
    founded.key_prefix = request.node.name
    return founded


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def company(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """The company of the tests of scope and of reads. Every command to it is refused or a dry run, so it stays as it is."""
    async with scoped_company(postgresql, tmp_path_factory.mktemp("scope"), "scope") as made:
        head = await made.service.core.log.head()
        yield made
        assert await made.service.core.log.head() == head


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sales(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """A company with some business, followed by its read models."""
    folder = tmp_path_factory.mktemp("graphql")
    async with running_sales(postgresql, folder, f"graphql_{next(NUMBERS)}") as service:
        yield service

"""One running service with a small company for all tests of a module; each test has idempotency keys of its own."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.service import Service, found_company, running_service

NUMBERS = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """The service; the company's ids are in `service.ids`."""
    urls = await postgresql.create_database(f"service_{next(NUMBERS)}")
    folder: Path = tmp_path_factory.mktemp("service")
    async with running_service(urls, folder) as running:
        await found_company(running)
        yield running
    await postgresql.drop_database(urls.name)


@pytest.fixture
def service(company: Service, request: pytest.FixtureRequest) -> Service:
    """The service, with idempotency keys that begin with the test's name."""
    company.key_prefix = request.node.name
    return company

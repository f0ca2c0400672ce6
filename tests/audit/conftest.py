"""The paid story: as an export, once for all tests of a file, and in a database of a test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from salesapi.audit.exporting import export
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from tests.audit.stories import Evidence, Export, StoredStory, paid_story


@asynccontextmanager
async def story_in_a_database(
    engine: EmbeddedPostgreSQL, name: str, told: Callable[[DatabaseUrls], Awaitable[StoredStory]]
) -> AsyncIterator[StoredStory]:
    """A story in a database that is there for as long as the block lasts."""
    story = await told(await engine.create_database(name))
    try:
        yield story
    finally:
        await story.log.close()
        await engine.drop_database(name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def exported(postgresql: EmbeddedPostgreSQL, session_folder: Path) -> AsyncIterator[Export]:
    """The paid story as an export: what was said of it, and its lines."""
    path = session_folder / "story.jsonl"
    async with story_in_a_database(postgresql, "exported_story", paid_story) as story:
        yield await export(story.urls.application_url, path), path.read_bytes().splitlines(keepends=True)


@pytest.fixture
def lines(exported: Export) -> list[bytes]:
    return list(exported[1])


@pytest.fixture
def evidence(tmp_path: Path, lines: list[bytes]) -> Evidence:
    return Evidence(tmp_path, lines)


@pytest_asyncio.fixture(loop_scope="session")
async def stored(database: DatabaseUrls) -> AsyncIterator[StoredStory]:
    """The paid story in a database of its own, to be tampered with."""
    story = await paid_story(database)
    yield story
    await story.log.close()


@pytest_asyncio.fixture(loop_scope="session")
async def story(database: DatabaseUrls) -> AsyncIterator[StoredStory]:
    """An empty log."""
    begun = await StoredStory.begin(database)
    yield begun
    await begun.log.close()

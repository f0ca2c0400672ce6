"""The paid story: as an export, once for all tests of a file, and in a database of a test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from salesapi.audit.exporting import export
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from tests.audit.stories import Export, StoredStory, paid_story


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def exported(postgresql: EmbeddedPostgreSQL, session_folder: Path) -> AsyncIterator[Export]:
    """The paid story as an export: what was said of it, and its lines."""
    urls = await postgresql.create_database("exported_story")
    story = await paid_story(urls)
    path = session_folder / "story.jsonl"
    try:
        yield await export(urls.application_url, path), path.read_bytes().splitlines(keepends=True)
    finally:
        await story.log.close()
        await postgresql.drop_database(urls.name)


@pytest.fixture
def lines(exported: Export) -> list[bytes]:
    return list(exported[1])


@pytest_asyncio.fixture(loop_scope="session")
async def stored(database: DatabaseUrls) -> AsyncIterator[StoredStory]:
    """The paid story in a database of its own, to be tampered with."""
    story = await paid_story(database)
    yield story
    await story.log.close()

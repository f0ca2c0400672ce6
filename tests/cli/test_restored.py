"""`salesapi restored`: what it says and does where the evidence, the read models or the stream do not fit."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from salesapi.audit.exporting import export
from salesapi.audit.verifying import OutsideRoot
from salesapi.cli.restoring import known_root, tell_restored
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.epochs import Epoch, Epochs
from salesapi.eventlog.restoring import RestoreRefused
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.generations import prepare_read_models
from salesapi.settings import Settings
from tests.audit.stories import StoredStory, paid_story
from tests.connections import connected, connected_log, value_of

NO_NATS = "nats://nobody:secret-5521@127.0.0.1:1"


async def told(urls: DatabaseUrls, outside: OutsideRoot | None = None, nats_url: str | None = None) -> int:
    """Runs it on files that were put back as a whole."""
    settings = Settings(
        migration_url=SecretStr(urls.owner_url), nats_url=None if nats_url is None else SecretStr(nats_url)
    )
    return await tell_restored(settings, outside, reason=None, is_in_place=True)


async def epochs_of(urls: DatabaseUrls) -> Epochs:
    async with connected_log(urls.application_url) as log:
        return await log.epochs()


async def closed_story(urls: DatabaseUrls) -> StoredStory:
    """The paid story, with nobody connected to it."""
    story = await paid_story(urls)
    await story.log.close()
    return story


async def test_a_log_that_contradicts_the_root_that_is_known_is_not_told(
    database: DatabaseUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    story = await closed_story(database)
    size = await value_of(database.owner_url, "SELECT count(*) FROM log.event")
    assert isinstance(size, int)

    assert await told(database, OutsideRoot(root=bytes(32), size=size)) == 1

    assert "nothing was recorded: this is not, or no longer, the log that the evidence is of" in capsys.readouterr().out
    assert (await epochs_of(database)).current == 1
    assert await told(database, OutsideRoot(root=await story.root(size), size=size)) == 0
    assert (await epochs_of(database)).known == (Epoch(1, 1), Epoch(2, size + 1))


async def test_read_models_that_are_ahead_of_the_log_are_emptied(
    database: DatabaseUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    await closed_story(database)
    async with connected(database.owner_url) as owner:
        await prepare_read_models(owner, PROJECTIONS)
        table = await owner.fetchval("SELECT table_name FROM read.registry WHERE name = $1", PROJECTIONS[0].name)
        await owner.execute("INSERT INTO log.tracking (follower, position) VALUES ($1, 1000)", f"read.{table}")

    assert await told(database) == 0

    assert f"the read model {PROJECTIONS[0].name} was ahead of the log: it was emptied" in capsys.readouterr().out
    assert await value_of(database.owner_url, "SELECT count(*) FROM log.tracking WHERE position > 100") == 0


async def test_a_stream_that_cannot_be_seen_is_said_and_keeps_nothing_back(
    database: DatabaseUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    await closed_story(database)

    assert await told(database, nats_url=NO_NATS) == 0

    output = capsys.readouterr().out
    assert "the stream cannot be looked at" in output
    assert "secret-5521" not in output
    assert (await epochs_of(database)).current == 2


async def test_the_newest_root_is_given_as_it_is_or_by_an_export(database: DatabaseUrls, tmp_path: Path) -> None:
    await closed_story(database)
    plan = await export(database.application_url, tmp_path / "export.jsonl")
    expected = OutsideRoot(root=plan.root, size=plan.size)

    assert known_root(None, tmp_path / "export.jsonl") == expected
    assert known_root(f"{plan.size}:{plan.root.hex()}", None) == expected
    for wrong in ("5", "5:zz", ":00", "-1:00", "٣:00"):
        with pytest.raises(SystemExit) as ended:
            known_root(wrong, None)
        assert ended.value.code == 2


async def test_without_a_sign_of_a_restore_nothing_is_recorded(database: DatabaseUrls) -> None:
    await closed_story(database)
    settings = Settings(migration_url=SecretStr(database.owner_url))

    with pytest.raises(RestoreRefused, match="nothing shows that a backup was restored"):
        await tell_restored(settings, None, reason=None, is_in_place=False)
    assert (await epochs_of(database)).current == 1

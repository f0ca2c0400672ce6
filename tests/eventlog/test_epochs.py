"""Epochs: which one a position is of, how far histories agree, and that a restored log is not written before it was told."""

import pytest

from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from salesapi.eventlog.epochs import FIRST_EPOCHS, Epoch, Epochs, RestoreUntold, stored_epochs
from salesapi.eventlog.recorder import LogUnavailable
from salesapi.eventlog.restoring import WRITERS, Loss, RestoreRefused, tell_restore
from tests.connections import connected, connected_log, value_of
from tests.eventlog.requests import append, deal, key, request
from tests.programs import until

TWICE = Epochs((Epoch(1, 1), Epoch(2, 41), Epoch(3, 30)))
"""Restored to 40 events, went on, and restored again to 29 of them."""
ROOT = bytes(32)


@pytest.mark.parametrize(("position", "epoch"), [(1, 1), (29, 1), (30, 3), (40, 3), (41, 3), (1_000, 3)])
def test_a_position_is_of_the_newest_epoch_that_begins_at_or_before_it(position: int, epoch: int) -> None:
    assert (TWICE.of(position), TWICE.id_of(position)) == (epoch, f"{epoch}:{position}")


@pytest.mark.parametrize(
    ("epoch", "position", "agreed_to"),
    [(1, 29, 29), (1, 60, 29), (2, 20, 20), (2, 45, 29), (3, 60, 60), (3, 0, 0), (4, 10, None)],
)
def test_two_histories_agree_up_to_where_the_first_later_epoch_begins(
    epoch: int, position: int, agreed_to: int | None
) -> None:
    assert TWICE.agreed_to(epoch=epoch, position=position) == agreed_to


@pytest.mark.parametrize(
    "known", [(), (Epoch(1, 2),), (Epoch(2, 1), Epoch(1, 5)), (Epoch(1, 1), Epoch(1, 5))], ids=repr
)
def test_epochs_that_leave_a_position_without_one_are_refused(known: tuple[Epoch, ...]) -> None:
    with pytest.raises(ValueError, match="epochs follow each other"):
        Epochs(known)


async def put_into_another_database(engine: EmbeddedPostgreSQL, urls: DatabaseUrls) -> DatabaseUrls:
    """What a dump leaves that was restored elsewhere, made by the server in one step."""
    copied = EmbeddedPostgreSQL.urls(engine, f"{urls.name}_copy")
    async with connected(engine.superuser_url) as connection:
        await connection.execute(f'CREATE DATABASE "{copied.name}" TEMPLATE "{urls.name}" OWNER salesapi_owner')
    return copied


async def write(url: str, number: int) -> int:
    """Appends one event; its position."""
    async with connected_log(url) as log:
        return (await log.append(request(append(deal(number), 0), key=key(f"k{number}")))).first_position


async def test_a_dump_in_another_database_is_not_written_until_its_restore_is_told(
    migrated: DatabaseUrls, postgresql: EmbeddedPostgreSQL
) -> None:
    assert [await write(migrated.application_url, number) for number in (1, 2)] == [1, 2]
    copied = await put_into_another_database(postgresql, migrated)
    try:
        with pytest.raises(RestoreUntold, match="run `salesapi restored`"):
            await write(copied.application_url, 3)

        async with connected(copied.owner_url) as owner:
            told = await tell_restore(owner, shown=[], loss=Loss(size=5, root=ROOT))
            assert (told.epoch, told.is_new) == (Epoch(2, 3), True)
            assert "is not the one in which epoch 1 was recorded" in told.reason
            assert await owner.fetchval("SELECT lost_root FROM log.epoch WHERE number = 2 AND lost_to = 5") == ROOT
            again = await tell_restore(owner, shown=["the operator says so"], loss=Loss(size=5, root=ROOT))
            assert (again.epoch, again.is_new) == (Epoch(2, 3), False)

        assert await write(copied.application_url, 3) == 3
        async with connected_log(copied.application_url) as log:
            assert [log.known_epochs.id_of(position) for position in (1, 2, 3)] == ["1:1", "1:2", "2:3"]
        async with connected(copied.owner_url) as owner:
            with pytest.raises(RestoreRefused, match="say so with --in-place"):
                await tell_restore(owner, shown=[])
    finally:
        await EmbeddedPostgreSQL.drop_database(postgresql, copied.name)


async def test_a_process_that_lives_through_a_restore_writes_only_once_it_was_told(migrated: DatabaseUrls) -> None:
    async with connected_log(migrated.application_url) as log, connected(migrated.owner_url) as owner:
        await log.append(request(append(deal(1), 0), key=key("k1")))
        # As if the rows had come with a dump from the database with the number 1.
        await owner.execute("ALTER TABLE log.epoch DISABLE TRIGGER epochs_are_only_added")
        await owner.execute("UPDATE log.epoch SET database_oid = 1")
        await owner.execute("ALTER TABLE log.epoch ENABLE ALWAYS TRIGGER epochs_are_only_added")
        await end_writer(migrated)

        with pytest.raises(LogUnavailable):
            await log.append(request(append(deal(2), 0), key=key("k2")))

        await tell_restore(owner, shown=[])
        stored = await log.append(request(append(deal(3), 0), key=key("k3")))
        assert log.known_epochs.id_of(stored.first_position) == "2:2"


async def end_writer(urls: DatabaseUrls) -> None:
    """Ends the writing connection, as the end of its database does."""
    await value_of(
        urls.application_url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'salesapi writer'",
    )


async def test_nothing_is_told_where_nothing_shows_a_restore(migrated: DatabaseUrls) -> None:
    async with connected(migrated.owner_url) as owner:
        with pytest.raises(RestoreRefused, match="nothing shows that a backup was restored: the log has 0 events"):
            await tell_restore(owner, shown=[])
        assert await stored_epochs(owner) == FIRST_EPOCHS


async def test_no_epoch_is_begun_while_somebody_may_write_under_the_old_one(migrated: DatabaseUrls) -> None:
    async with connected(migrated.owner_url) as owner:
        async with connected_log(migrated.application_url):
            with pytest.raises(RestoreRefused, match="connections of the application's role are open: stop `serve`"):
                await tell_restore(owner, shown=["the operator says so"])

        async def are_gone() -> bool:
            return bool(await owner.fetchval(WRITERS) == 0)

        await until(are_gone, "the connections have ended", 10.0)
        told = await tell_restore(owner, shown=["the operator says so"], reason="a copy of the folder was put back")
        assert (told.epoch, told.reason) == (Epoch(2, 1), "a copy of the folder was put back")


async def test_a_recovery_to_a_point_in_time_shows_itself(migrated: DatabaseUrls) -> None:
    async with connected(migrated.owner_url) as owner:
        await owner.execute("ALTER TABLE log.epoch DISABLE TRIGGER epochs_are_only_added")
        await owner.execute("UPDATE log.epoch SET timeline = timeline + 1")
        await owner.execute("ALTER TABLE log.epoch ENABLE ALWAYS TRIGGER epochs_are_only_added")
        told = await tell_restore(owner, shown=[])
        assert "recovered to a point in time" in told.reason


async def test_the_history_of_epochs_is_only_added_to(migrated: DatabaseUrls) -> None:
    async with connected(migrated.owner_url) as owner:
        for statement in ("UPDATE log.epoch SET number = 7", "DELETE FROM log.epoch", "TRUNCATE log.epoch"):
            with pytest.raises(Exception, match="events are only ever added"):
                await owner.execute(statement)

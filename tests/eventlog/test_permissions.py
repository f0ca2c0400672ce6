"""Nobody rewrites the log: the application's role may not, and the owner is stopped by the trigger."""

import asyncpg
import pytest

from salesapi.database.migrating import MigrationRefused, OverpoweredRole, refuse_overpowered_role
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from tests.connections import connected, connected_log, value_of
from tests.eventlog.requests import append, deal, key, request

REWRITES = {
    "update": "UPDATE log.event SET payload = '{}'",
    "delete": "DELETE FROM log.event",
    "truncate": "TRUNCATE log.event",
}
WRITES = REWRITES | {
    "insert": "INSERT INTO log.event SELECT 2, 'deal', uuidv7(), 1, 'x', 1, '1', '1', NULL, NULL, NULL, now()",
    "copy": "COPY log.event FROM STDIN",
    "disable triggers": "ALTER TABLE log.event DISABLE TRIGGER ALL",
    "replica mode": "SET session_replication_role = replica",
    "drop": "DROP TABLE log.event",
    "replace append": "CREATE OR REPLACE FUNCTION log.append() RETURNS void LANGUAGE sql AS 'SELECT'",
    "shadow append's tables": "CREATE TABLE log.shadow (x int)",
    "forge a key": "INSERT INTO log.request SELECT uuidv7(), 'k', '', '1', 1, 1, now(), true",
    "change a key": "UPDATE log.request SET receipt = '2'",
    "forget a key": "DELETE FROM log.request",
    "change the epoch": "UPDATE log.epoch SET number = 2",
    "take a checkpoint away": "DELETE FROM log.tracking",
    "change a migration": "UPDATE log.migration SET sha256 = ''",
}


@pytest.fixture
async def with_one_event(migrated: DatabaseUrls) -> DatabaseUrls:
    async with connected_log(migrated.application_url) as log:
        await log.append(request(append(deal(1), 0), key=key("k")))
    return migrated


@pytest.mark.parametrize("statement", WRITES.values(), ids=WRITES.keys())
async def test_the_application_role_cannot(with_one_event: DatabaseUrls, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await value_of(with_one_event.application_url, statement)


@pytest.mark.parametrize("statement", REWRITES.values(), ids=REWRITES.keys())
async def test_the_owner_is_stopped_by_the_trigger(with_one_event: DatabaseUrls, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="events are only ever added"):
        await value_of(with_one_event.owner_url, statement)


async def test_a_superuser_in_replica_mode_is_stopped_too(
    with_one_event: DatabaseUrls, postgresql: EmbeddedPostgreSQL
) -> None:
    connection = await asyncpg.connect(postgresql.superuser_url, database=with_one_event.name)
    await connection.execute("SET session_replication_role = replica")

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="events are only ever added"):
        await connection.execute(REWRITES["delete"])

    await connection.close()


async def test_a_table_of_the_callers_cannot_stand_in_for_the_log(with_one_event: DatabaseUrls) -> None:
    async with connected(with_one_event.application_url) as connection:
        await connection.execute("CREATE TEMPORARY TABLE unnest (x int); SET search_path = pg_temp, log")

    async with connected_log(with_one_event.application_url) as log:
        assert (await log.append(request(append(deal(2), 0)))).first_position == 2


async def test_serving_is_allowed_for_the_application_role(migrated: DatabaseUrls) -> None:
    async with connected(migrated.application_url) as connection:
        await refuse_overpowered_role(connection)


async def test_serving_is_refused_for_the_owner_and_for_a_superuser(
    migrated: DatabaseUrls, postgresql: EmbeddedPostgreSQL
) -> None:
    owner = await asyncpg.connect(migrated.owner_url)
    superuser = await asyncpg.connect(postgresql.superuser_url, database=migrated.name)

    with pytest.raises(OverpoweredRole, match="owns the event log"):
        await refuse_overpowered_role(owner)
    with pytest.raises(OverpoweredRole, match="is a superuser"):
        await refuse_overpowered_role(superuser)
    await superuser.execute("SET ROLE salesapi_app")
    with pytest.raises(OverpoweredRole, match="is a superuser"):
        await refuse_overpowered_role(superuser)

    await owner.close()
    await superuser.close()


@pytest.mark.parametrize("power", ["INSERT", "UPDATE (payload)", "DELETE", "TRUNCATE"])
async def test_serving_is_refused_when_the_application_role_was_given_too_much(
    migrated: DatabaseUrls, power: str
) -> None:
    await value_of(migrated.owner_url, f"GRANT {power} ON log.event TO salesapi_app")

    async with connected(migrated.application_url) as connection:
        with pytest.raises(OverpoweredRole, match="may write the event table"):
            await refuse_overpowered_role(connection)


async def test_serving_is_refused_before_the_first_migration(database: DatabaseUrls) -> None:
    async with connected(database.application_url) as connection:
        with pytest.raises(MigrationRefused, match="salesapi migrate"):
            await refuse_overpowered_role(connection)

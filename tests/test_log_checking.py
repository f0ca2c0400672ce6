"""The check that runs after each test with a log says what is wrong with one."""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from salesapi.cli.migrating import migrate_all
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from tests.eventlog.requests import append, deal, event, key, request
from tests.log_checking import check_log
from tests.spec import ACTOR

pytestmark = pytest.mark.breaks_log

MADE_BY_A_COMMAND = json.dumps({"actor_id": str(ACTOR), "principal_kind": "member", "command": "win_deal"})


@pytest_asyncio.fixture(loop_scope="session")
async def owner(database: DatabaseUrls) -> AsyncIterator[Any]:
    """A log of four events of two deals, in order, and the owner's connection to it."""
    await migrate_all(database.owner_url, None)
    log = await PostgreSQLEventLog.connect(database.application_url)
    await log.append(request(append(deal(1), 0, event(), event()), key=key("first")))
    await log.append(request(append(deal(2), 0, event(), event()), key=key("second")))
    await log.close()
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute("ALTER TABLE log.event DISABLE TRIGGER ALL; ALTER TABLE audit.leaf DISABLE TRIGGER ALL")
    yield connection
    await connection.close()


async def test_a_log_in_order_has_nothing_to_be_told(owner: Any) -> None:
    assert await check_log(owner) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM log.event WHERE position = 2", "positions are not 1 to n: 1 to 4, 3 events"),
        ("DELETE FROM log.event WHERE position = 3", "versions of a stream are not 1 to m, or of several kinds"),
        ("UPDATE log.event SET stream_kind = 'lead' WHERE position = 4", "versions of a stream are not 1 to m"),
        (
            "UPDATE log.event SET recorded_at = recorded_at - interval '1 day' WHERE position = 4",
            "record time goes back",
        ),
        ("UPDATE log.request SET event_count = 9 WHERE key = 'second'", "a request names events that are not there"),
        ("UPDATE log.request SET event_count = 3 WHERE key = 'first'", "two requests name the same event: second"),
        ("INSERT INTO log.tracking VALUES ('deals', 5)", "a follower is ahead of the log: deals"),
        ("INSERT INTO audit.leaf VALUES (2, sha256('x'))", "sealed leaves are not 1 to k of the log: 2 to 2, 1 leaves"),
        (f"UPDATE log.event SET meta = '{MADE_BY_A_COMMAND}' WHERE position = 4", "position 4 cannot be read"),
    ],
)
async def test_what_is_out_of_order_is_told(owner: Any, statement: str, told: str) -> None:
    await owner.execute(statement)
    assert any(each.startswith(told) for each in await check_log(owner)), await check_log(owner)

"""What callers of the real log are told when connections are lost, when it is held up, and when it is full."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from salesapi.database import connections
from salesapi.database.connections import OwnConnection
from salesapi.database.locks import APPEND
from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from salesapi.eventlog import reading, writer
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.eventlog.recorder import (
    Appended,
    AppendRequest,
    KeyTaken,
    LogOverloaded,
    LogUnavailable,
    NotStorable,
    OutcomeUnknown,
    RequestKey,
)
from tests.connections import connected, connected_log
from tests.eventlog.relay import Relay
from tests.eventlog.requests import PRINCIPAL, append, deal, event, key, request

OUR_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1"
WAITING_FOR_LOCK = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {APPEND} AND NOT granted"


@dataclass
class Held:
    """Another process holds the append lock, so what the writer sends waits in the server."""

    connection: OwnConnection

    async def until_sent(self) -> None:
        while not await self.connection.fetchval(WAITING_FOR_LOCK):
            await asyncio.sleep(0.005)

    async def sent(self, log: PostgreSQLEventLog, *requests: AppendRequest) -> "list[asyncio.Task[Appended]]":
        """Requests of which the first was sent and waits in the server; the others wait for it in the queue."""
        first = asyncio.create_task(log.append(requests[0]))
        await self.until_sent()
        others = [asyncio.create_task(log.append(each)) for each in requests[1:]]
        await asyncio.sleep(0)
        return [first, *others]


@asynccontextmanager
async def held(url: str) -> AsyncIterator[Held]:
    async with connected(url) as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", APPEND)
        yield Held(connection)


def opened(number: int, *, key: RequestKey | None = None) -> AppendRequest:
    """A request of one event for a new deal."""
    return request(append(deal(number), 0), key=key)


async def _end_backends(postgresql: EmbeddedPostgreSQL, database: DatabaseUrls, name: str) -> int:
    # Only a superuser of this database's server may end other roles' connections.
    connection = await asyncpg.connect(postgresql.superuser_url, database=database.name)
    ended = await connection.fetch(
        f"SELECT pg_terminate_backend(pid, 5000) FROM ({OUR_BACKENDS}) s", f"salesapi {name}"
    )
    await connection.close()
    return len(ended)


async def test_a_lost_connection_before_the_commit_loses_no_request_with_a_key(
    migrated: DatabaseUrls, postgresql: EmbeddedPostgreSQL, postgresql_log: PostgreSQLEventLog
) -> None:
    async with held(migrated.application_url) as holder:
        [keyed] = await holder.sent(postgresql_log, opened(1, key=key("k")))
        assert await _end_backends(postgresql, migrated, "writer") == 1
        await holder.until_sent()

    assert (await keyed).first_position == 1
    assert await postgresql_log.head() == 1


async def test_a_lost_connection_leaves_a_request_without_a_key_with_an_unknown_outcome(
    migrated: DatabaseUrls, postgresql: EmbeddedPostgreSQL, postgresql_log: PostgreSQLEventLog
) -> None:
    async with held(migrated.application_url) as holder:
        [unkeyed] = await holder.sent(postgresql_log, opened(1))
        await _end_backends(postgresql, migrated, "writer")
        with pytest.raises(OutcomeUnknown):
            await unkeyed

    assert (await postgresql_log.append(opened(2))).first_position == 1


async def test_a_commit_whose_answer_was_lost_is_recognised_by_its_key(migrated: DatabaseUrls) -> None:
    url = migrated.application_url
    async with Relay(url) as relay, connected_log(url) as direct, connected_log(relay.url) as log:
        await log.append(opened(1))
        relay.is_cut = True
        keyed = asyncio.create_task(log.append(request(append(deal(2), 0, event(), event()), key=key("k"))))
        assert await direct.wait_past(1, 10) == 3
        relay.is_cut = False

        verdict = await keyed

        assert verdict.first_position == 2
        assert await log.head() == 3


async def test_a_twin_that_was_first_is_not_taken_for_our_own_lost_commit(migrated: DatabaseUrls) -> None:
    url = migrated.application_url
    async with Relay(url) as relay, connected_log(url) as direct, connected_log(relay.url) as log:
        await direct.append(opened(1, key=key("k", receipt='{"deal":1}')))
        relay.is_cut = True
        ours = asyncio.create_task(log.append(opened(2, key=key("k", receipt='{"deal":2}'))))
        while not relay.answers_lost:
            await asyncio.sleep(0.005)
        relay.is_cut = False

        with pytest.raises(KeyTaken):
            await ours


async def test_killed_connections_lose_nothing_and_double_nothing(
    migrated: DatabaseUrls, postgresql: EmbeddedPostgreSQL, postgresql_log: PostgreSQLEventLog
) -> None:
    async def client(number: int) -> list[Appended]:
        return [
            await postgresql_log.append(
                request(append(deal(number), version, event(payload=str(version))), key=key(f"{number}.{version}"))
            )
            for version in range(40)
        ]

    clients = [asyncio.create_task(client(number)) for number in range(1, 17)]
    kills = 0
    while not all(task.done() for task in clients):
        kills += await _end_backends(postgresql, migrated, "writer")
    verdicts = [verdict for task in clients for verdict in task.result()]

    stored = (await postgresql_log.read(after=0, limit=10_000)).events
    assert kills > 0
    assert [event.position for event in stored] == list(range(1, 16 * 40 + 1))
    assert sorted(verdict.first_position for verdict in verdicts) == [event.position for event in stored]
    assert all(event.payload == str(event.version - 1) for event in stored)


async def test_reads_and_waits_survive_lost_connections(
    migrated: DatabaseUrls, postgresql: EmbeddedPostgreSQL, postgresql_log: PostgreSQLEventLog
) -> None:
    await postgresql_log.append(opened(1, key=key("k")))
    for name in ("reader", "listener", "pages"):
        assert await _end_backends(postgresql, migrated, name) > 0

    loads = await asyncio.gather(*(postgresql_log.load([(deal(1), 0)], (PRINCIPAL, "k")) for _ in range(20)))
    waiting = asyncio.create_task(postgresql_log.wait_past(1, 10))
    async with connected_log(migrated.application_url) as other:
        await other.append(opened(2))

    assert all(len(loaded.streams[0]) == 1 for loaded in loads)
    assert await waiting == 2


async def test_a_long_outage_refuses_what_waits(migrated: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OUTAGE_SECONDS_MAX", 0.2)
    async with Relay(migrated.application_url) as relay, connected_log(relay.url) as log:
        await log.append(opened(1))
        relay.is_cut = True
        in_flight = asyncio.create_task(log.append(opened(2, key=key("k"))))
        with pytest.raises(OutcomeUnknown):
            await in_flight
        with pytest.raises(LogUnavailable):
            await log.append(opened(3))
        with pytest.raises(LogUnavailable):
            await log.load([(deal(1), 0)])
        relay.is_cut = False

        # The commit whose answer was lost stands, and the key says so.
        assert (await log.load([(deal(2), 0)], (PRINCIPAL, "k"))).request is not None
        assert (await log.append(opened(3))).first_position == 3


async def test_a_full_queue_refuses_at_once(
    migrated: DatabaseUrls, postgresql_log: PostgreSQLEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "QUEUE_REQUESTS_MAX", 3)
    async with held(migrated.application_url) as holder:
        waiting = await holder.sent(postgresql_log, *(opened(n) for n in (1, 2, 3, 4)))
        with pytest.raises(LogOverloaded):
            await postgresql_log.append(opened(5))

    assert [verdict.first_position for verdict in await asyncio.gather(*waiting)] == [1, 2, 3, 4]


async def test_a_full_queue_of_loads_refuses_at_once(
    postgresql_log: PostgreSQLEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "QUEUE_LOADS_MAX", 0)

    with pytest.raises(LogOverloaded):
        await postgresql_log.load([(deal(1), 0)])


async def test_a_lock_held_too_long_refuses_the_batch_as_overload(
    migrated: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STATEMENT_TIMEOUT_MS", 50)
    async with connected_log(migrated.application_url) as log:
        async with held(migrated.application_url):
            with pytest.raises(LogOverloaded):
                await log.append(opened(1))

        assert (await log.append(opened(1))).first_position == 1


async def test_a_caller_who_gives_up_takes_nobody_along(
    migrated: DatabaseUrls, postgresql_log: PostgreSQLEventLog
) -> None:
    async with held(migrated.application_url) as holder:
        sent, unsent, neighbour = await holder.sent(postgresql_log, opened(1), opened(2), opened(3))
        sent.cancel()
        unsent.cancel()

    assert (await neighbour).first_position == 2
    stored = (await postgresql_log.read(after=0, limit=10)).events
    assert [event.stream for event in stored] == [deal(1), deal(3)]


async def test_a_request_that_cannot_be_stored_fails_only_itself(
    migrated: DatabaseUrls, postgresql_log: PostgreSQLEventLog
) -> None:
    async with held(migrated.application_url) as holder:
        broken = request(append(deal(3), 0, event(payload="not json")))
        crowd = await holder.sent(postgresql_log, opened(1), opened(2), broken, opened(4))

    verdicts = await asyncio.gather(*crowd, return_exceptions=True)
    assert [type(verdict) for verdict in verdicts] == [Appended, Appended, NotStorable, Appended]
    assert await postgresql_log.head() == 3


async def test_closing_refuses_what_waits(migrated: DatabaseUrls) -> None:
    log = await PostgreSQLEventLog.connect(migrated.application_url)
    async with held(migrated.application_url) as holder:
        both = await holder.sent(log, opened(1), opened(2))
        await log.close()

    verdicts = await asyncio.gather(*both, return_exceptions=True)
    assert [type(verdict) for verdict in verdicts] == [OutcomeUnknown, LogUnavailable]
    with pytest.raises(LogUnavailable):
        await log.append(opened(3))

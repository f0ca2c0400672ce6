"""The relay on real engines: whatever happens to it, to NATS or to the log, the stream is the log or the relay says why not."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import msgspec
import nats
import pytest
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import APIError

from salesapi.database.migrating import migrate
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.privacy.field_encryption import Place, seal
from salesapi.privacy.keys import MemoryKeys
from salesapi.streaming.relay import Relay, StreamSender
from salesapi.streaming.sales_stream import (
    SALES,
    SalesStream,
    StreamConnection,
    StreamDiverged,
    StreamMoved,
    delete_stream,
)
from salesapi.streaming.stream_comparison import Difference, compare_stream_with_log
from salesapi.subscriptions.runner import Subscription, following
from tests.streaming.conftest import PATIENCE_SECONDS, Facts, deal_id, eventually


@asynccontextmanager
async def relaying(
    log: PostgreSQLEventLog, urls: DatabaseUrls, nats_url: str, stream: SalesStream = SALES
) -> AsyncIterator[Subscription]:
    """A relay as a process of its own has it, for as long as the block lasts."""
    async with (
        asyncpg.create_pool(urls.application_url, min_size=1, max_size=3) as pool,
        following(pool, log) as all_of_it,
    ):
        yield all_of_it.start(Relay(log, nats_url, stream))


async def relayed_to(relay: Subscription, position: int) -> None:
    await eventually(lambda: relay.status().position >= position, told=relay.status)


async def sent_to_head(sender: StreamSender) -> None:
    while await sender.send_next():
        pass


async def test_an_events_sequence_in_the_stream_is_its_position(
    facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    await facts.append(620)
    async with relaying(facts.log, database, nats_server.url, stream) as relay:
        await relayed_to(relay, 620)
        head = await facts.append(1)
        await relayed_to(relay, head)

        status = relay.status()
        assert (status.state, status.position, status.error) == ("following", head, None)
        assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None
    assert relay.status().state == "ended"


async def test_a_message_names_its_subject_and_its_id(
    facts: Facts, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    await facts.append_events(facts.event(type="deal.stage_changed"))
    sender = StreamSender(facts.log, nats_server.url, stream)
    await sent_to_head(sender)
    await sender.close()

    client = await nats.connect(nats_server.url)
    message = await client.jetstream().get_msg(stream.name, 1)
    await client.close()

    assert message.subject == f"{stream.subject_prefix}.deal.stage_changed"
    assert message.headers is not None
    assert message.headers["Salesapi-Id"] == "1:1"
    assert message.headers["Content-Type"] == "application/cloudevents+json"


async def test_the_product_stream_is_named_sales() -> None:
    assert (SALES.name, SALES.subject("deal.stage_changed")) == ("SALES", "sales.v1.deal.stage_changed")


RELAY_PROGRAM = """
import asyncio, os
import asyncpg
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.streaming.relay import Relay
from salesapi.streaming.sales_stream import SalesStream
from salesapi.subscriptions.runner import following

async def relay():
    url = os.environ["DATABASE_URL"]
    log = await PostgreSQLEventLog.connect(url)
    stream = SalesStream(name=os.environ["STREAM"], subject_prefix=os.environ["SUBJECT_PREFIX"])
    async with asyncpg.create_pool(url, min_size=1, max_size=3) as pool, following(pool, log) as subscriptions:
        subscriptions.start(Relay(log, os.environ["NATS_URL"], stream))
        await asyncio.Event().wait()

asyncio.run(relay())
"""


async def test_a_relay_that_is_killed_in_the_middle_is_followed_by_another_without_loss_or_repetition(
    facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    head = await facts.append(12_000)
    reader = await StreamConnection.open(nats_server.url, stream)
    environment = {
        **os.environ,
        "DATABASE_URL": database.application_url,
        "NATS_URL": nats_server.url,
        "STREAM": stream.name,
        "SUBJECT_PREFIX": stream.subject_prefix,
    }
    for kill_at in (1, 4_000):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", RELAY_PROGRAM, env=environment)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await reader.last_sequence() < kill_at:
                assert process.returncode is None, "the relay ended by itself"
        process.kill()
        await process.wait()
    assert await reader.last_sequence() < head, "it was done before it was killed: this tested nothing"
    await reader.close()

    async with relaying(facts.log, database, nats_server.url, stream) as successor:
        await relayed_to(successor, head)

    assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None


async def test_senders_that_race_store_every_event_once(
    facts: Facts, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    head = await facts.append(3_000)
    senders = [StreamSender(facts.log, nats_server.url, stream) for _ in range(2)]
    refusals = 0

    async def race(sender: StreamSender) -> None:
        nonlocal refusals
        while sender.last_sequence < head:
            try:
                await sender.send_next()
            except StreamMoved:
                refusals += 1

    await asyncio.gather(*(race(sender) for sender in senders))
    for sender in senders:
        await sender.close()

    assert refusals > 0, "they never met: the race tested nothing"
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None


class LogThatLosesOneCancellation(PostgreSQLEventLog):
    """What `asyncio.wait_for` of Python 3.11 does to a cancellation that meets its answer, at a moment that a test can choose."""

    is_waited_for = False

    async def wait_past(self, position: int, timeout_seconds: float) -> int:
        if self.is_waited_for:
            return await super().wait_past(position, timeout_seconds)
        self.is_waited_for = True
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return position


async def test_a_relay_stops_even_when_its_cancellation_is_lost(
    database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    await migrate(database.owner_url)
    log = await LogThatLosesOneCancellation.connect(database.application_url)
    async with asyncio.timeout(PATIENCE_SECONDS), relaying(log, database, nats_server.url, stream) as relay:
        await eventually(lambda: log.is_waited_for, told=relay.status)

    assert relay.status().state == "ended"
    await log.close()


async def test_of_two_relays_one_leads_and_the_other_stands_by(
    facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    head = await facts.append(100)
    async with AsyncExitStack() as stack:
        async with relaying(facts.log, database, nats_server.url, stream) as first:
            await relayed_to(first, head)
            second = await stack.enter_async_context(relaying(facts.log, database, nats_server.url, stream))
            await asyncio.sleep(0)
            assert (first.status().state, second.status().state) == ("following", "standby")

        head = await facts.append(100)
        await relayed_to(second, head)
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None


async def test_events_recorded_while_nats_is_down_follow_when_it_is_back(
    facts: Facts, database: DatabaseUrls, reachable_folder: Path
) -> None:
    server = await EmbeddedNats.start(reachable_folder / "nats")
    async with relaying(facts.log, database, server.url) as relay:
        await facts.append(200)
        await relayed_to(relay, 200)

        await server.stop()
        head = await facts.append(1_000)
        await eventually(lambda: relay.status().state == "failing", told=relay.status)
        assert relay.status().position == 200
        assert server.url.split(":")[2].split("@")[0] not in str(relay.status().error), "the password is shown"

        server = await EmbeddedNats.start(reachable_folder / "nats", port=server.port)
        await relayed_to(relay, head)
        assert relay.status().state == "following"
        assert await compare_stream_with_log(facts.log, server.url) is None
    await server.stop()


async def test_a_stream_that_lost_its_end_gets_it_again(facts: Facts, reachable_folder: Path) -> None:
    folder, copy = reachable_folder / "nats", reachable_folder / "copy"
    await facts.append(300)
    await _relay_once(facts, folder)
    shutil.copytree(folder / "store", copy)
    await facts.append(700)
    await _relay_once(facts, folder)
    _put_back(copy, folder / "store")

    server = await EmbeddedNats.start(folder)
    found = await compare_stream_with_log(facts.log, server.url)
    assert found == Difference(position=301, reason="the stream ends before it")
    sender = StreamSender(facts.log, server.url)
    await sent_to_head(sender)
    await sender.close()

    assert await compare_stream_with_log(facts.log, server.url) is None
    await server.stop()


async def _relay_once(facts: Facts, folder: Path) -> None:
    """A server that runs only while the stream is brought up to the log."""
    server = await EmbeddedNats.start(folder)
    sender = StreamSender(facts.log, server.url)
    await sent_to_head(sender)
    await sender.close()
    await server.stop()


def _put_back(copy: Path, store: Path) -> None:
    """An older copy of the store in its place, with the owners that the files had."""
    owner = store.stat()
    shutil.rmtree(store)
    copy.rename(store)
    for path in (store, *store.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)


async def test_a_deleted_stream_is_made_again_with_the_whole_log(
    facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    await facts.append(700)
    async with relaying(facts.log, database, nats_server.url, stream) as relay:
        await relayed_to(relay, 700)

        await delete_stream(nats_server.url, stream)
        head = await facts.append(1)
        await relayed_to(relay, head)

    assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None


async def test_nobody_can_purge_the_stream_or_delete_one_of_its_messages(
    facts: Facts, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    await facts.append(3)
    sender = StreamSender(facts.log, nats_server.url, stream)
    await sent_to_head(sender)
    await sender.close()

    client = await nats.connect(nats_server.url)
    with pytest.raises(APIError, match="purge not permitted"):
        await client.jetstream().purge_stream(stream.name)
    with pytest.raises(APIError, match="delete not permitted"):
        await client.jetstream().delete_msg(stream.name, 2)
    await client.close()


async def test_a_stream_that_was_purged_stops_the_relay_loudly_until_it_is_deleted(
    facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    client = await nats.connect(nats_server.url)
    purgeable = StreamConfig(
        name=stream.name, subjects=[f"{stream.subject_prefix}.>"], storage=StorageType.FILE, allow_atomic=True
    )
    await client.jetstream().add_stream(purgeable)
    await facts.append(50)
    async with relaying(facts.log, database, nats_server.url, stream) as relay:
        await relayed_to(relay, 50)

        await client.jetstream().purge_stream(stream.name)
        head = await facts.append(1)
        await eventually(lambda: relay.status().state == "stopped", told=relay.status)
        assert "holds 0 of the 50 messages" in str(relay.status().error)

        await delete_stream(nats_server.url, stream)
        await relayed_to(relay, head)
        await eventually(lambda: relay.status().state == "following", told=relay.status)
    await client.close()
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None


async def test_a_log_restored_from_an_older_backup_stops_the_relay_loudly(
    facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    await facts.append(60)
    sender = StreamSender(facts.log, nats_server.url, stream)
    await sent_to_head(sender)
    await sender.close()
    await facts.restore_backup_at(40, epoch=2)

    async with relaying(facts.log, database, nats_server.url, stream) as relay:
        await eventually(lambda: relay.status().state == "stopped", told=relay.status)

    assert "ends at 60, the log (epoch 2) at 40" in str(relay.status().error)


async def test_a_restored_log_that_has_grown_past_the_stream_is_noticed_too(
    facts: Facts, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    await facts.append(60)
    sender = StreamSender(facts.log, nats_server.url, stream)
    await sent_to_head(sender)
    await sender.close()
    await facts.restore_backup_at(40, epoch=1)
    await facts.append(100)

    with pytest.raises(StreamDiverged, match="different events at position 60"):
        await sender.send_next()
    await sender.close()
    found = await compare_stream_with_log(facts.log, nats_server.url, stream)
    assert found == Difference(position=41, reason="its bytes differ")


async def test_the_comparison_names_what_the_stream_lacks(
    facts: Facts, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None
    await facts.append(5)
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) == Difference(
        position=1, reason="there is no stream"
    )

    sender = StreamSender(facts.log, nats_server.url, stream)
    await sent_to_head(sender)
    await sender.close()
    await facts.append(1)
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) == Difference(
        position=6, reason="the stream ends before it"
    )

    await facts.restore_backup_at(4, epoch=1)
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) == Difference(
        position=5, reason="the log ends before it"
    )


async def test_large_events_are_sent_in_several_batches(
    facts: Facts, nats_server: EmbeddedNats, stream: SalesStream
) -> None:
    large = '{"content":"' + "x" * 250_000 + '"}'
    for _ in range(4):
        await facts.append_events(*(facts.event(payload=large) for _ in range(10)))
    sender = StreamSender(facts.log, nats_server.url, stream)

    assert await sender.send_next() == 33
    await sent_to_head(sender)
    await sender.close()
    assert await compare_stream_with_log(facts.log, nats_server.url, stream) is None


async def test_a_sealed_personal_value_stands_in_no_file_of_jetstream(facts: Facts, reachable_folder: Path) -> None:
    canary, subject = "Canary-Zhang-7719", deal_id(99)
    key = (await MemoryKeys().for_sealing({subject}))[subject]
    sealed = msgspec.json.encode({"name": seal(f'"{canary}"', key, Place(deal_id(1), 1, "/name"))}).decode()
    await facts.append_events(facts.event(payload=sealed), facts.event(payload='{"open":"Control-4411"}'))

    server = await EmbeddedNats.start(reachable_folder / "nats")
    sender = StreamSender(facts.log, server.url)
    await sent_to_head(sender)
    await sender.close()
    await server.stop()

    stored = b"".join(path.read_bytes() for path in server.folder.rglob("*") if path.is_file())
    assert b"Control-4411" in stored, "the search looked in the wrong place"
    assert canary.encode() not in stored

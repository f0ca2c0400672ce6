"""The relay on real engines: whatever happens to it, to NATS or to the log, the stream is the log or the relay says why not."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import msgspec
import pytest
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import APIError

from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.privacy.field_encryption import Place, seal
from salesapi.streaming.connecting import jetstream_at
from salesapi.streaming.relay import Relay
from salesapi.streaming.sales_stream import (
    SALES,
    SalesStream,
    StreamConnection,
    StreamDiverged,
    StreamMoved,
)
from salesapi.subscriptions.runner import Subscription, following
from tests.privacy.memory_keys import MemoryKeys
from tests.streaming.conftest import PATIENCE_SECONDS, Facts, deal_id, eventually
from tests.streaming.stream_comparison import Difference, compare_stream_with_log


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A log, a server with a stream, and a sender from one to the other."""

    facts: Facts
    urls: DatabaseUrls
    nats_url: str
    stream: SalesStream = SALES

    @asynccontextmanager
    async def relaying(self, log: PostgreSQLEventLog | None = None) -> AsyncIterator[Subscription]:
        """A relay as a process of its own has it, for as long as the block lasts."""
        log = log or self.facts.log
        async with (
            asyncpg.create_pool(self.urls.application_url, min_size=1, max_size=3) as pool,
            following(pool, log) as all_of_it,
        ):
            yield all_of_it.start(Relay(log, self.nats_url, self.stream))

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Relay]:
        """A sender for as long as the block lasts."""
        sender = Relay(self.facts.log, self.nats_url, self.stream)
        yield sender
        await sender.close()

    async def send_to_head(self) -> None:
        async with self.sending() as sender:
            while await sender.send_next():
                pass

    async def delete_stream(self) -> None:
        async with jetstream_at(self.nats_url) as jetstream:
            await jetstream.delete_stream(self.stream.name)

    async def difference(self) -> Difference | None:
        """The first place at which stream and log are not the same."""
        return await compare_stream_with_log(self.facts.log, self.nats_url, self.stream)


@pytest.fixture
def site(facts: Facts, database: DatabaseUrls, nats_server: EmbeddedNats, stream: SalesStream) -> Site:
    """The shared server with a stream that only this test uses."""
    return Site(facts=facts, urls=database, nats_url=nats_server.url, stream=stream)


@asynccontextmanager
async def own_site(facts: Facts, urls: DatabaseUrls, folder: Path) -> AsyncIterator[Site]:
    """A server of the test's own, for as long as the block lasts."""
    server = await EmbeddedNats.start(folder)
    yield Site(facts=facts, urls=urls, nats_url=server.url)
    await server.stop()


async def relayed_to(relay: Subscription, position: int) -> None:
    await eventually(lambda: relay.status().position >= position, told=relay.status)


async def test_an_events_sequence_in_the_stream_is_its_position(site: Site, facts: Facts) -> None:
    await facts.append(620)
    async with site.relaying() as relay:
        await relayed_to(relay, 620)
        head = await facts.append(1)
        await relayed_to(relay, head)

        status = relay.status()
        assert (status.state, status.position, status.error) == ("following", head, None)
        assert await site.difference() is None
    assert relay.status().state == "ended"


async def test_a_message_names_its_subject_and_its_id(site: Site, facts: Facts) -> None:
    await facts.append_events(facts.event(type="deal.stage_changed"))
    await site.send_to_head()

    async with jetstream_at(site.nats_url) as jetstream:
        message = await jetstream.get_msg(site.stream.name, 1)

    assert message.subject == f"{site.stream.subject_prefix}.deal.stage_changed"
    assert message.headers is not None
    assert message.headers["Salesapi-Id"] == "1:1"
    assert message.headers["Content-Type"] == "application/cloudevents+json"


async def test_the_product_stream_is_named_sales() -> None:
    assert (SALES.name, SALES.subject("deal.stage_changed")) == ("SALES", "sales.v1.deal.stage_changed")


RELAY_PROGRAM = """
import asyncio, os
import asyncpg
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.streaming.connecting import jetstream_at
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
    site: Site, facts: Facts
) -> None:
    head = await facts.append(12_000)
    reader = await StreamConnection.open(site.nats_url, site.stream)
    environment = {
        **os.environ,
        "DATABASE_URL": site.urls.application_url,
        "NATS_URL": site.nats_url,
        "STREAM": site.stream.name,
        "SUBJECT_PREFIX": site.stream.subject_prefix,
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

    async with site.relaying() as successor:
        await relayed_to(successor, head)

    assert await site.difference() is None


async def test_senders_that_race_store_every_event_once(site: Site, facts: Facts) -> None:
    head = await facts.append(3_000)
    senders = [Relay(facts.log, site.nats_url, site.stream) for _ in range(2)]
    refusals = 0

    async def race(sender: Relay) -> None:
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
    assert await site.difference() is None


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


async def test_a_relay_stops_even_when_its_cancellation_is_lost(site: Site) -> None:
    log = await LogThatLosesOneCancellation.connect(site.urls.application_url)
    async with asyncio.timeout(PATIENCE_SECONDS), site.relaying(log) as relay:
        await eventually(lambda: log.is_waited_for, told=relay.status)

    assert relay.status().state == "ended"
    await log.close()


async def test_of_two_relays_one_leads_and_the_other_stands_by(site: Site, facts: Facts) -> None:
    head = await facts.append(100)
    async with AsyncExitStack() as stack:
        async with site.relaying() as first:
            await relayed_to(first, head)
            second = await stack.enter_async_context(site.relaying())
            await asyncio.sleep(0)
            assert (first.status().state, second.status().state) == ("following", "standby")

        head = await facts.append(100)
        await relayed_to(second, head)
    assert await site.difference() is None


async def test_events_recorded_while_nats_is_down_follow_when_it_is_back(
    facts: Facts, database: DatabaseUrls, reachable_folder: Path
) -> None:
    server = await EmbeddedNats.start(reachable_folder / "nats")
    site = Site(facts=facts, urls=database, nats_url=server.url)
    async with site.relaying() as relay:
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
        assert await site.difference() is None
    await server.stop()


async def test_a_stream_that_lost_its_end_gets_it_again(
    facts: Facts, database: DatabaseUrls, reachable_folder: Path
) -> None:
    folder, copy = reachable_folder / "nats", reachable_folder / "copy"
    await facts.append(300)
    async with own_site(facts, database, folder) as site:
        await site.send_to_head()
    shutil.copytree(folder / "store", copy)
    await facts.append(700)
    async with own_site(facts, database, folder) as site:
        await site.send_to_head()
    _put_back(copy, folder / "store")

    async with own_site(facts, database, folder) as site:
        assert await site.difference() == Difference(position=301, reason="the stream ends before it")
        await site.send_to_head()
        assert await site.difference() is None


def _put_back(copy: Path, store: Path) -> None:
    """An older copy of the store in its place, with the owners that the files had."""
    owner = store.stat()
    shutil.rmtree(store)
    copy.rename(store)
    for path in (store, *store.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)


async def test_a_deleted_stream_is_made_again_with_the_whole_log(site: Site, facts: Facts) -> None:
    await facts.append(700)
    async with site.relaying() as relay:
        await relayed_to(relay, 700)

        await site.delete_stream()
        head = await facts.append(1)
        await relayed_to(relay, head)

    assert await site.difference() is None


async def test_nobody_can_purge_the_stream_or_delete_one_of_its_messages(site: Site, facts: Facts) -> None:
    await facts.append(3)
    await site.send_to_head()

    async with jetstream_at(site.nats_url) as jetstream:
        with pytest.raises(APIError, match="purge not permitted"):
            await jetstream.purge_stream(site.stream.name)
        with pytest.raises(APIError, match="delete not permitted"):
            await jetstream.delete_msg(site.stream.name, 2)


async def test_a_stream_that_was_purged_stops_the_relay_loudly_until_it_is_deleted(site: Site, facts: Facts) -> None:
    subjects = [f"{site.stream.subject_prefix}.>"]
    purgeable = StreamConfig(name=site.stream.name, subjects=subjects, storage=StorageType.FILE, allow_atomic=True)
    async with jetstream_at(site.nats_url) as jetstream:
        await jetstream.add_stream(purgeable)
    await facts.append(50)
    async with jetstream_at(site.nats_url) as jetstream, site.relaying() as relay:
        await relayed_to(relay, 50)

        await jetstream.purge_stream(site.stream.name)
        head = await facts.append(1)
        await eventually(lambda: relay.status().state == "stopped", told=relay.status)
        assert "holds 0 of the 50 messages" in str(relay.status().error)

        await site.delete_stream()
        await relayed_to(relay, head)
        await eventually(lambda: relay.status().state == "following", told=relay.status)
    assert await site.difference() is None


async def test_a_log_restored_from_an_older_backup_stops_the_relay_loudly(site: Site, facts: Facts) -> None:
    await facts.append(60)
    await site.send_to_head()
    await facts.restore_backup_at(40, epoch=2)

    async with site.relaying() as relay:
        await eventually(lambda: relay.status().state == "stopped", told=relay.status)

    assert "ends at 60, the log (epoch 2) at 40" in str(relay.status().error)


async def test_a_restored_log_that_has_grown_past_the_stream_is_noticed_too(site: Site, facts: Facts) -> None:
    await facts.append(60)
    await site.send_to_head()
    await facts.restore_backup_at(40)
    await facts.append(100)

    async with site.sending() as sender:
        with pytest.raises(StreamDiverged, match="different events at position 60"):
            await sender.send_next()
    assert await site.difference() == Difference(position=41, reason="its bytes differ")


async def test_the_comparison_names_what_the_stream_lacks(site: Site, facts: Facts) -> None:
    assert await site.difference() is None
    await facts.append(5)
    assert await site.difference() == Difference(position=1, reason="there is no stream")

    await site.send_to_head()
    await facts.append(1)
    assert await site.difference() == Difference(position=6, reason="the stream ends before it")

    await facts.restore_backup_at(4)
    assert await site.difference() == Difference(position=5, reason="the log ends before it")


async def test_large_events_are_sent_in_several_batches(site: Site, facts: Facts) -> None:
    await facts.append_large()
    async with site.sending() as sender:
        assert await sender.send_next() == 33
    await site.send_to_head()
    assert await site.difference() is None


async def test_a_sealed_personal_value_stands_in_no_file_of_jetstream(
    facts: Facts, database: DatabaseUrls, reachable_folder: Path
) -> None:
    canary, subject = "Canary-Zhang-7719", deal_id(99)
    key = (await MemoryKeys().for_sealing({subject}))[subject]
    sealed = msgspec.json.encode({"name": seal(f'"{canary}"', key, Place(deal_id(1), 1, "/name"))}).decode()
    await facts.append_events(facts.event(payload=sealed), facts.event(payload='{"open":"Control-4411"}'))

    folder = reachable_folder / "nats"
    async with own_site(facts, database, folder) as site:
        await site.send_to_head()

    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Control-4411" in stored, "the search looked in the wrong place"
    assert canary.encode() not in stored

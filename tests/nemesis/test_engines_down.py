"""PostgreSQL killed under load, NATS down, an event that cannot be folded: what answers, what waits, what goes on.

The tests share one deployment and stand in their order: the poison event, which stays in the log for ever, comes last.
"""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
import pytest_asyncio

from salesapi.domain.shared.kernel import StreamRef
from salesapi.embedded.helper_user import PASSAGE_MODE
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from tests.connections import connected_log
from tests.deployments import Deployment, Server, caught_up
from tests.eventlog.requests import append, event, request
from tests.nemesis.checking import check
from tests.nemesis.clients import UNKNOWN, Attempt, Clients
from tests.programs import Program, programs_in, until
from tests.streaming.stream_comparison import compare_stream_with_log

SEED = 20_260_303
CLIENTS = 8
KILLS = 2
ENOUGH = 50
"""Commands acknowledged before a fault, and again after it."""
ANSWER_SECONDS_MAX = 3.0
"""How long an answer may take during an outage: 1.5 s of patience, a pause between two attempts, and a busy machine."""
OUTAGE_CODES = {"database.unavailable", "outcome.unknown"}
POISONED_MEMBER = UUID("0190a000-0000-7000-8000-0000000000bb")


@dataclass
class Site:
    """Engines of its own, a server and a worker."""

    postgresql: EmbeddedPostgreSQL
    nats: EmbeddedNats
    deployment: Deployment
    server: Server
    worker: Program

    def clients(self) -> Clients:
        """Clients of the one server."""
        address = str(self.server.client.base_url).rstrip("/")
        return Clients(lambda: [address], self.deployment.keys["admin"], Random(SEED))

    async def kill_postgresql(self) -> None:
        """kill -9 of the postmaster and its children; nobody serves a connection and the folder is free then."""
        for pid in self.postgresql.process_ids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # A killed backend may hold its connection for a moment more.
        await until(lambda: not self.postgresql.process_ids(), "no process of PostgreSQL is left")
        await self.postgresql.stop()

    async def restart_postgresql(self) -> None:
        self.postgresql = await EmbeddedPostgreSQL.start(self.postgresql.folder, port=self.postgresql.port)

    async def is_ready(self) -> bool:
        """Tells what a load balancer sees: whether `/readyz` answers 200."""
        return (await self.server.client.get("/readyz")).status_code == 200

    async def is_not_ready(self) -> bool:
        """The same during an outage."""
        answer = await self.server.client.get("/readyz")
        return (answer.status_code, answer.json()["status"]) == (503, "not ready")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(session_folder: Path) -> AsyncIterator[Site]:
    """The site; its engines and processes are ended whatever happens."""
    print(f"seed {SEED}")  # noqa: T201 - shown with a failure
    folder = session_folder / "site"
    folder.mkdir(mode=PASSAGE_MODE)
    postgresql = await EmbeddedPostgreSQL.start(folder / "postgresql")
    nats = await EmbeddedNats.start(folder / "nats")
    made: Site | None = None
    try:
        urls = postgresql.urls("salesapi")
        with programs_in(folder) as programs:
            deployment = Deployment(programs, urls, folder / "key-encryption.key", nats.url)
            await deployment.found_at_once()
            server, worker = await asyncio.gather(deployment.serve(), deployment.work())
            made = Site(postgresql, nats, deployment, server, worker)
            yield made
            await made.server.client.aclose()
            assert await made.server.program.stop() == 0, made.server.program.told()
            assert await made.worker.stop() == 0, made.worker.told()
    finally:
        await (made.nats if made else nats).stop()
        await (made.postgresql if made else postgresql).stop()


async def acknowledged_more(clients: Clients) -> None:
    enough = len(clients.acknowledged()) + ENOUGH
    await until(lambda: len(clients.acknowledged()) >= enough, "commands are acknowledged")


async def test_while_postgresql_is_dead_every_request_is_told_to_come_back_and_nothing_is_lost(site: Site) -> None:
    clients = site.clients()
    reads: list[tuple[int, str, str | None]] = []
    async with clients.running(CLIENTS):
        for _ in range(KILLS):
            await acknowledged_more(clients)
            await site.kill_postgresql()
            enough = clients.refused() + 2 * CLIENTS
            await until(site.is_not_ready, "a load balancer is told", ANSWER_SECONDS_MAX)
            began = time.monotonic()
            answer = await site.server.client.get("/v1/members")
            reads.append((answer.status_code, answer.json()["code"], answer.headers.get("retry-after")))
            graphql = await site.server.client.post("/graphql", json={"query": "{ members { position } }"})
            assert graphql.json()["errors"][0]["extensions"]["code"] == "database.unavailable", graphql.text
            assert time.monotonic() - began < 2 * ANSWER_SECONDS_MAX
            assert (await site.server.client.get("/healthz")).status_code == 200
            await until(partial(clients.refused_at_least, enough), "every client is refused twice")
            await site.restart_postgresql()
            await until(site.is_ready, "it is ready by itself", 15)
            await acknowledged_more(clients)

    assert reads == [(503, "database.unavailable", "1")] * KILLS
    _assert_told(clients.attempts)
    found = await check(site.deployment.urls.owner_url, clients.attempts)
    assert found.broken == ()
    assert found.stored == len({attempt.number for attempt in clients.acknowledged()})
    await caught_up(site.server)


def _assert_told(attempts: list[Attempt]) -> None:
    refused = [attempt for attempt in attempts if attempt.outcome == "503"]
    assert not [attempt for attempt in attempts if attempt.outcome == UNKNOWN], "a request was left without an answer"
    assert {attempt.code for attempt in refused} <= OUTAGE_CODES
    assert {attempt.retry_after for attempt in refused} == {"1"}
    slowest = max(attempt.seconds for attempt in refused)
    assert slowest <= ANSWER_SECONDS_MAX, f"an answer took {slowest:.1f} s"


async def test_while_nats_is_down_commands_go_on_and_the_stream_follows_afterwards(site: Site) -> None:
    clients = site.clients()
    async with clients.running(CLIENTS):
        await acknowledged_more(clients)
        await site.nats.stop()
        await acknowledged_more(clients)
    assert {attempt.outcome for attempt in clients.attempts} == {"201"}
    assert await site.is_ready()

    site.nats = await EmbeddedNats.start(site.nats.folder, port=site.nats.port)
    async with connected_log(site.deployment.urls.application_url) as log:

        async def is_relayed() -> bool:
            return await compare_stream_with_log(log, site.nats.url) is None

        await until(is_relayed, "the stream is the log")


async def test_an_event_that_cannot_be_folded_stops_only_the_projections_that_read_it(site: Site) -> None:
    await caught_up(site.server)
    meta = {"actor_id": str(POISONED_MEMBER), "principal_kind": "integration", "command": "join_member"}
    broken = event("member.joined", json.dumps({"nonsense": True}), meta=json.dumps(meta))
    stream = StreamRef("member", POISONED_MEMBER)
    async with connected_log(site.deployment.urls.application_url) as log:
        appended = await log.append(request(append(stream, 0, broken)))
    affected = {projection.name for projection in PROJECTIONS if "member.joined" in projection.types}
    answer = await site.server.post("/v1/products", {"name": "GTX", "code": "GTX", "category": "GTX"}, "product")
    assert answer.status_code == 201, answer.text
    position = answer.json()["position"]

    async def has_stopped() -> bool:
        return {each["name"] for each in (await site.server.health())["stopped"]} == affected

    await until(has_stopped, f"{affected} are shown as stopped")
    stopped = (await site.server.health())["stopped"]
    assert {each["position"] for each in stopped} == {appended.first_position}
    assert all(each["error"].startswith("member.joined: ") for each in stopped)
    products = await site.server.client.get("/v1/products", params={"minPosition": position})
    assert [product["code"] for product in products.json()["items"]] == ["GTX"]
    members = await site.server.client.get("/v1/members", params={"minPosition": position})
    assert (members.status_code, members.json()["code"]) == (503, "projection.stopped")
    stale = await site.server.client.get("/v1/members")
    assert (stale.status_code, stale.json()["position"]) == (200, appended.first_position - 1)


@pytest.mark.parametrize("command", ["serve", "work"])
async def test_what_processes_log_of_all_this_is_one_object_a_line_without_secrets(site: Site, command: str) -> None:
    text = (site.server.program if command == "serve" else site.worker).errors.read_text()

    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["level"] for line in lines} <= {"warning", "error"}
    assert lines, "the outage left no trace"
    password = site.deployment.urls.application_url.split(":")[2].split("@")[0]
    assert password not in text

"""A leader that is paused, killed or cut off from the database: another takes over, and nothing is counted twice."""

import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.connections import connected, connected_log
from tests.deployments import Deployment, Server, caught_up
from tests.nemesis.half_open import Way, way_to
from tests.programs import WORK_READY, Program, programs_in, until
from tests.streaming.stream_comparison import compare_stream_with_log

DATABASE = "nemesis_leaders"
TAKEOVER_SECONDS_MAX = 15.0
MEMBERS = "SELECT count(*) FROM read.{table}"
MEMBER_TABLE = "SELECT table_name FROM read.registry WHERE name = 'member' AND state = 'live'"
JOINED = "SELECT count(*) FROM log.event WHERE type = 'member.joined'"


@dataclass
class Site:
    """A server, a way to the database that can fall silent, and whoever works."""

    deployment: Deployment
    server: Server
    way: Way
    nats_url: str
    joined: int = 0
    workers: list[Program] = field(default_factory=list)

    async def work(self, *, by_the_way: bool = False) -> Program:
        """Starts followers."""
        environment = self.deployment.environment
        if by_the_way:
            host, _, rest = environment["SALESAPI_DATABASE_URL"].rpartition(":")
            url = f"{host}:{self.way.port}/{rest.partition('/')[2]}"
            environment = {**environment, "SALESAPI_DATABASE_URL": url}
        program = self.deployment.programs.start("work", **environment)
        await program.says(WORK_READY)
        self.workers.append(program)
        return program

    async def join(self, count: int) -> None:
        """So many members join."""
        for _ in range(count):
            self.joined += 1
            answer = await self.server.post("/v1/members", {"name": f"M {self.joined}"}, f"join/{self.joined}")
            assert answer.status_code == 201, answer.text

    async def followers(self) -> list[dict[str, Any]]:
        """Reads them from `/readyz`."""
        found: list[dict[str, Any]] = (await self.server.health())["followers"]
        return found

    async def are_led_by(self, program: Program) -> bool:
        """Whether every follower is led by this process and well."""
        found = await self.followers()
        return all((each["leader"] or "").endswith(f"/{program.pid}") for each in found)


@pytest_asyncio.fixture(loop_scope="session")
async def site(postgresql: EmbeddedPostgreSQL, reachable_folder: Path) -> AsyncIterator[Site]:
    """The site, with events in its log, and nobody who follows it yet."""
    nats = await EmbeddedNats.start(reachable_folder / "nats")
    urls = await postgresql.create_database(DATABASE)
    try:
        with programs_in(reachable_folder) as programs:
            deployment = Deployment(programs, urls, reachable_folder / "key-encryption.key", nats.url)
            await deployment.found_at_once()
            async with way_to(postgresql.port) as way:
                made = Site(deployment, await deployment.serve(), way, nats.url)
                yield made
                await made.server.client.aclose()
    finally:
        await nats.stop()
        await postgresql.drop_database(DATABASE)


@asynccontextmanager
async def gone(site: Site, leader: Program, how: str) -> AsyncIterator[None]:
    """The leader is gone in this way while the block runs."""
    if how == "killed":
        leader.kill()
        yield
    elif how == "paused":
        os.kill(leader.pid, signal.SIGSTOP)
        yield
        os.kill(leader.pid, signal.SIGCONT)
    else:
        site.way.is_open.clear()
        yield
        site.way.is_open.set()


@pytest.mark.parametrize("how", ["paused", "killed", "cut off"])
async def test_another_takes_over_within_fifteen_seconds_and_nothing_counts_twice(site: Site, how: str) -> None:
    leader = await site.work(by_the_way=True)
    await site.join(30)
    await caught_up(site.server)
    await until(lambda: site.are_led_by(leader), "the first leads all")
    other = await site.work()

    async with gone(site, leader, how):
        began = time.monotonic()
        await site.join(30)
        await until(lambda: site.are_led_by(other), "the other leads all", TAKEOVER_SECONDS_MAX)
        took_seconds = time.monotonic() - began
        await caught_up(site.server)
        found = await site.followers()
    await site.join(30)
    await caught_up(site.server)

    assert took_seconds < TAKEOVER_SECONDS_MAX
    assert {each["state"] for each in found} == {"following"}
    assert await site.are_led_by(other), "whoever comes back leads nothing that another leads"
    if how != "killed":
        assert await leader.stop() == 0, leader.told()
    await _assert_counted_once(site)
    assert await other.stop() == 0, other.told()


async def _assert_counted_once(site: Site) -> None:
    async with connected(site.deployment.urls.owner_url) as owner:
        table = await owner.fetchval(MEMBER_TABLE)
        assert await owner.fetchval(MEMBERS.format(table=table)) == await owner.fetchval(JOINED) == site.joined
    async with connected_log(site.deployment.urls.application_url) as log:
        assert await compare_stream_with_log(log, site.nats_url) is None
    status, output, errors = await site.deployment.programs.run("verify", **site.deployment.environment)
    assert status == 0, output + errors

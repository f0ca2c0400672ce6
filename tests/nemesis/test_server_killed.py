"""kill -9 of API servers under load: what was acknowledged is stored, once, and a retry gets the same receipt."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest_asyncio

from salesapi.embedded.postgresql import DatabaseUrls, EmbeddedPostgreSQL
from tests.deployments import Deployment, Server
from tests.nemesis.checking import check
from tests.nemesis.clients import ATTEMPT_SECONDS, UNKNOWN, Clients
from tests.programs import programs_in, until
from tests.service import running_service

DATABASE = "nemesis_killed"
SEED = 20_260_302
CLIENTS = 16
KILLS = 6
HASTE_SECONDS = (0.003, 0.006, 0.012, 0.025)
"""How soon impatient clients give up: about as long as a command takes, on a fast machine and on a slow one."""
TURNS_MAX = 5
"""How often the planted bug may take to show."""
BETWEEN_KILLS = 25
"""Commands acknowledged before the next kill, at least."""
REPLAYS = 40
"""Acknowledged requests that are sent once more at the end."""


@dataclass
class Load:
    """Two servers over one database, and clients that keep them busy."""

    deployment: Deployment
    servers: list[Server]
    clients: Clients

    async def kill_one(self, random: Random) -> None:
        """Waits until the clients got on, kills a server under them, and starts another in its place."""
        enough = len(self.clients.acknowledged()) + BETWEEN_KILLS
        await until(lambda: len(self.clients.acknowledged()) >= enough, "commands are acknowledged")
        place = random.randrange(len(self.servers))
        await self.servers[place].client.aclose()
        self.servers[place].program.kill()
        self.servers[place] = await self.deployment.serve()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def load(postgresql: EmbeddedPostgreSQL, session_folder: Path) -> AsyncIterator[Load]:
    """The servers and their database, with clients of each test's own."""
    print(f"seed {SEED}")  # noqa: T201 - shown with a failure
    urls = await postgresql.create_database(DATABASE)
    folder = session_folder / "killed"
    folder.mkdir()
    with programs_in(folder) as programs:
        deployment = Deployment(programs, urls, folder / "key-encryption.key")
        await deployment.found_at_once()
        servers = list(await asyncio.gather(deployment.serve(), deployment.serve()))
        yield Load(deployment, servers, Clients(list, "", Random(SEED)))
        for server in servers:
            await server.client.aclose()
    await postgresql.drop_database(DATABASE)


@asynccontextmanager
async def clients_of(load: Load, prefix: str, *, retries_with_a_new_key: bool = False) -> AsyncIterator[Clients]:
    """Clients while the block runs; at its end each has an answer to its last command."""
    load.clients = Clients(
        lambda: [str(server.client.base_url).rstrip("/") for server in load.servers],
        load.deployment.keys["admin"],
        Random(SEED),
        prefix=prefix,
        retries_with_a_new_key=retries_with_a_new_key,
    )
    async with load.clients.running(CLIENTS):
        yield load.clients


async def test_what_was_acknowledged_survives_killed_servers_once_and_with_the_same_receipt(load: Load) -> None:
    random = Random(SEED)
    async with clients_of(load, "n") as clients:
        for _ in range(KILLS):
            await load.kill_one(random)
    for first in random.sample(clients.acknowledged(), REPLAYS):
        again = await clients.attempt(load.servers[0].client, first.number, first.key)
        assert again.is_replay, again
        clients.attempts.append(again)

    found = await check(load.deployment.urls.owner_url, clients.attempts)

    assert found.broken == ()
    assert found.stored == len({attempt.number for attempt in clients.acknowledged()})
    assert found.stored >= KILLS * BETWEEN_KILLS
    assert found.replays >= REPLAYS
    assert any(attempt.outcome == UNKNOWN for attempt in clients.attempts), "no kill met a request"


async def test_a_client_that_retries_with_a_new_key_is_caught(load: Load) -> None:
    random, owner_url = Random(SEED), load.deployment.urls.owner_url
    is_caught = False
    for turn in range(TURNS_MAX):
        if is_caught:
            break
        async with clients_of(load, f"bug {turn}", retries_with_a_new_key=True) as clients:
            # Impatient ones, too: an answer that is given up makes the bug certain to show, and a kill only likely.
            clients.patience_seconds = (*HASTE_SECONDS, ATTEMPT_SECONDS)
            await load.kill_one(random)
        found = await check(owner_url, clients.attempts, f"bug {turn}")
        is_caught = any("applied 2 times" in sentence for sentence in found.broken)

    assert is_caught, "the planted bug went unseen"


async def test_the_checker_sees_a_lost_event_and_another_receipt(
    database: DatabaseUrls, reachable_folder: Path
) -> None:
    async with running_service(database, reachable_folder) as service:
        clients = Clients(lambda: [service.address], service.keys["admin"], Random(SEED))
        kept = await clients.attempt(service.client, 1, "n/1")
    assert kept.receipt is not None
    moved = [{**event, "position": 7_000} for event in kept.receipt["events"]]
    lost = replace(kept, receipt={**kept.receipt, "events": moved})

    assert (await check(database.owner_url, [kept])).broken == ()
    assert (await check(database.owner_url, [kept, lost])).broken == (
        "command 1 was acknowledged and is not stored",
        "the key n/1 was answered with two receipts",
    )

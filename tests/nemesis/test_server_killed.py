"""kill -9 of API servers under load: what was acknowledged is stored, once, and a retry gets the same receipt."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from salesapi.embedded.postgresql import DatabaseUrls
from tests.deployments import Deployment, Server
from tests.nemesis.checking import check
from tests.nemesis.clients import Clients
from tests.programs import Programs, until
from tests.service import running_service

SEED = 20_260_302
CLIENTS = 16
KILLS = 6
KILLS_UNTIL_SEEN_MAX = 8
"""Kills after which a client that takes new keys has made a duplicate, at the latest."""
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


@asynccontextmanager
async def loaded(
    database: DatabaseUrls, folder: Path, programs: Programs, *, retries_with_a_new_key: bool = False
) -> AsyncIterator[Load]:
    """The load while the block runs; at its end each client has an answer to its last command."""
    print(f"seed {SEED}")  # noqa: T201 - shown with a failure
    deployment = Deployment(programs, database, folder / "key-encryption.key")
    await deployment.found()
    servers = list(await asyncio.gather(deployment.serve(), deployment.serve()))
    clients = Clients(
        lambda: [str(server.client.base_url).rstrip("/") for server in servers],
        deployment.keys["admin"],
        Random(SEED),
        retries_with_a_new_key=retries_with_a_new_key,
    )
    running = asyncio.create_task(clients.run(CLIENTS))
    try:
        yield Load(deployment, servers, clients)
    finally:
        clients.is_stopped = True
        await running
        for server in servers:
            await server.client.aclose()


async def test_what_was_acknowledged_survives_killed_servers_once_and_with_the_same_receipt(
    database: DatabaseUrls, reachable_folder: Path, programs: Programs
) -> None:
    random = Random(SEED)
    async with loaded(database, reachable_folder, programs) as load:
        for _ in range(KILLS):
            await load.kill_one(random)
        clients = load.clients
        clients.is_stopped = True
        for first in random.sample(clients.acknowledged(), REPLAYS):
            again = await clients.attempt(load.servers[0].client, first.number, first.key)
            assert again.is_replay, again
            clients.attempts.append(again)

    found = await check(database.owner_url, clients.attempts)

    assert found.broken == ()
    assert found.stored == len({attempt.number for attempt in clients.acknowledged()})
    assert found.stored >= KILLS * BETWEEN_KILLS
    assert found.replays >= REPLAYS
    assert any(attempt.outcome == "unknown" for attempt in clients.attempts), "no kill met a request"


async def test_a_client_that_retries_with_a_new_key_is_caught(
    database: DatabaseUrls, reachable_folder: Path, programs: Programs
) -> None:
    random = Random(SEED)
    async with loaded(database, reachable_folder, programs, retries_with_a_new_key=True) as load:
        for _ in range(KILLS_UNTIL_SEEN_MAX):
            await load.kill_one(random)
            if (await check(database.owner_url, [])).broken:
                break

    found = await check(database.owner_url, load.clients.attempts)

    assert any("applied 2 times" in sentence for sentence in found.broken), "the planted bug went unseen"


async def test_the_checker_sees_a_lost_event_and_another_receipt(
    database: DatabaseUrls, reachable_folder: Path
) -> None:
    async with running_service(database, reachable_folder) as service:
        clients = Clients(lambda: [service.address], service.keys["admin"], Random(SEED))
        kept = await clients.attempt(service.client, 1, "n/1")
    assert kept.receipt is not None
    moved = [{**event, "position": 7} for event in kept.receipt["events"]]
    lost = replace(kept, receipt={**kept.receipt, "events": moved})

    assert (await check(database.owner_url, [kept])).broken == ()
    assert (await check(database.owner_url, [kept, lost])).broken == (
        "command 1 was acknowledged and is not stored",
        "the key n/1 was answered with two receipts",
    )

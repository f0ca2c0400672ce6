"""What `/readyz` and `/metrics` tell an operator of each follower, whichever process leads it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from pydantic import SecretStr

from salesapi.cli.following import running_followers
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.streaming.connecting import connect
from salesapi.streaming.sales_stream import SALES, StreamConnection
from tests.connections import connected
from tests.service import Service, running_service

PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.05


@dataclass
class Site:
    """A server with a NATS of its own; followers are up to the test."""

    service: Service
    nats: EmbeddedNats

    async def ready(self) -> dict[str, Any]:
        """Reads what `/readyz` says; it is ready whatever happens to the followers."""
        answer = await self.service.client.get("/readyz")
        assert answer.status_code == 200, answer.text
        values: dict[str, Any] = answer.json()
        assert values["status"] == "ready"
        return values

    async def metrics(self) -> str:
        """Reads what `/metrics` says."""
        return (await self.service.client.get("/metrics")).text

    async def relay_when(self, state: str) -> dict[str, Any]:
        """Looks until the relay is in this state; what `/readyz` says then."""
        found: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    found = await self.ready()
                    if followers(found)["relay"]["state"] == state:
                        return found
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise AssertionError(f"the relay did not come to be {state}: {followers(found).get('relay')}") from None


def followers(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The followers by their names."""
    return {each["follower"]: each for each in found["followers"]}


@pytest_asyncio.fixture(loop_scope="session")
async def site(database: DatabaseUrls, reachable_folder: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """The site, with one event."""
    nats = await EmbeddedNats.start(reachable_folder / "nats")
    async with running_service(database, tmp_path, nats_url=SecretStr(nats.url)) as service:
        await service.must("/v1/members", {"name": "Ann"})
        made = Site(service, nats)
        yield made
    await made.nats.stop()


async def test_followers_that_nobody_leads_are_named_as_such(site: Site) -> None:
    found = await site.ready()

    named = followers(found)
    assert len(named) == len(PROJECTIONS) + 3
    assert {"sealer", "relay", "stream_auditor"} < set(named)
    assert {each["state"] for each in named.values()} == {"not_led"}
    assert {each["lag"] for each in named.values()} == {found["head"]}
    assert found["are_followers_well"] is False
    metrics = await site.metrics()
    assert 'salesapi_follower_state{follower="relay",state="not_led"} 1.0' in metrics
    assert 'salesapi_follower_trouble{error="not_led",follower="sealer"} 1.0' in metrics


async def test_all_is_well_while_every_follower_follows(site: Site) -> None:
    async with running_followers(site.service.core):
        async with asyncio.timeout(PATIENCE_SECONDS):
            found = await site.ready()
            while not found["are_followers_well"] or any(each["lag"] for each in found["followers"]):
                await asyncio.sleep(LOOK_SECONDS)
                found = await site.ready()
        metrics = await site.metrics()

    assert {each["state"] for each in found["followers"]} == {"following"}
    assert {each["error"] for each in found["followers"]} == {None}
    head = f"{float(found['head'])}"
    for follower in followers(found):
        assert f'salesapi_follower_position{{follower="{follower}"}} {head}' in metrics
        assert f'salesapi_follower_lag_events{{follower="{follower}"}} 0.0' in metrics
    assert "salesapi_follower_trouble{" not in metrics
    assert "salesapi_request_seconds_bucket" in metrics


async def test_with_nats_down_the_relay_is_named_with_its_error_and_its_lag(site: Site) -> None:
    async with running_followers(site.service.core):
        await site.relay_when("following")
        await site.nats.stop()
        await site.service.must("/v1/members", {"name": "Bo"})
        found = await site.relay_when("failing")
        metrics = await site.metrics()
        site.nats = await EmbeddedNats.start(site.nats.folder, port=site.nats.port)
        mended = await site.relay_when("following")

    relay = followers(found)["relay"]
    assert found["are_followers_well"] is False
    assert relay["lag"] >= 1
    assert relay["error"]
    assert followers(found)["sealer"]["state"] == "following"
    assert 'salesapi_follower_state{follower="relay",state="failing"} 1.0' in metrics
    assert 'follower="relay"} 1.0' in next(
        line for line in metrics.splitlines() if line.startswith("salesapi_follower_trouble{")
    )
    password = site.nats.url.split(":")[2].split("@")[0]
    assert password not in str(found)
    assert password not in metrics
    assert followers(mended)["relay"]["error"] is None


async def test_a_server_whose_database_was_restored_is_not_ready_until_that_is_told(site: Site) -> None:
    async with connected(site.service.urls.owner_url) as owner:
        await owner.execute("ALTER TABLE log.epoch DISABLE TRIGGER epochs_are_only_added")
        place = await owner.fetchval("UPDATE log.epoch SET database_oid = database_oid + 1 RETURNING database_oid")
        answer = await site.service.client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
        assert "run `salesapi restored`" in answer.json()["reason"]
        await owner.execute("UPDATE log.epoch SET database_oid = $1", place - 1)
        await owner.execute("ALTER TABLE log.epoch ENABLE ALWAYS TRIGGER epochs_are_only_added")
    assert (await site.service.client.get("/readyz")).status_code == 200


async def test_a_stream_that_a_foreign_message_occupies_is_named(site: Site) -> None:
    stream = await StreamConnection.open(site.nats.url, SALES)
    await stream.last_sequence()
    await stream.close()
    client = await connect(site.nats.url)
    for _ in range(20):
        await client.jetstream().publish("sales.v1.foreign", b"not of the log")
    await client.close()
    async with running_followers(site.service.core):
        found = await site.relay_when("stopped")
        mended = await site.relay_when("following")
        metrics = await site.metrics()

    relay = followers(found)["relay"]
    assert found["are_followers_well"] is False
    assert [(each["kind"], each["faults"]) for each in mended["stream_faults"]] == [("forged", 20)]
    assert 'salesapi_stream_faults_total{kind="forged"} 20.0' in metrics
    assert 'salesapi_stream_faults_total{kind="lost"} 0.0' in metrics
    assert relay["error"].startswith("StreamDiverged: the stream SALES ends at 20, the log (epoch 1) at")
    assert relay["since"] is not None


async def test_what_a_process_said_of_a_follower_is_shown_after_its_end(site: Site) -> None:
    async with running_followers(site.service.core):
        await site.relay_when("following")
        await site.nats.stop()
        await site.relay_when("failing")
    found = await site.relay_when("not_led")
    site.nats = await EmbeddedNats.start(site.nats.folder, port=site.nats.port)

    assert followers(found)["relay"]["error"], "what was wrong last is still told"

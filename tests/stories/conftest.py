"""Programs for each test; and published companies, imported by their mapping alone and folded by the real engine."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import pytest_asyncio
from pydantic import SecretStr

from salesapi.cli.following import running_followers
from salesapi.cli.importing import import_parts
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.importing.import_job import run_import
from salesapi.importing.mapping_reading import read_mapping
from salesapi.importing.results import Summary
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.positions import wait_until
from tests.conftest import REPOSITORY
from tests.programs import Programs, kill_engines, programs_in
from tests.service import Service, running_service

FOLD_PATIENCE_SECONDS = 30.0
MAVEN_CRM = ("sales_teams.csv", "accounts.csv", "products.csv", "sales_pipeline.csv")

Answers: TypeAlias = Mapping[str, Any]
Item: TypeAlias = Mapping[str, Any]
Groups: TypeAlias = Mapping[tuple[str | None, ...], dict[str, Any]]


@pytest.fixture
def programs(reachable_folder: Path) -> Iterator[Programs]:
    """Programs of one test; engines that a killed `dev` left in the folder `data` end, too."""
    with programs_in(reachable_folder) as made:
        yield made
    kill_engines(reachable_folder / "data")


@dataclass(frozen=True)
class Company:
    """An imported company with everything that follows its log, asked over the doors as its administrator."""

    service: Service
    files: Sequence[Path]
    first: Summary
    """What its import came to."""

    async def get(self, path: str, role: str = "admin", **params: Any) -> Any:
        """One REST query that is answered."""
        answer = await self.service.get(path, role=role, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def everything(self, path: str, **params: Any) -> list[Item]:
        """All pages of a list."""
        items: list[Item] = []
        while True:
            page = await self.get(path, first=100, **params)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            params["after"] = page["next_cursor"]

    async def ask(self, document: str, **variables: Any) -> Any:
        """One GraphQL query that is answered; its data."""
        answer = await self.service.client.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"authorization": f"Bearer {self.service.keys['admin']}"},
        )
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    async def report(self, name: str, **params: Any) -> dict[str, Any]:
        """One report."""
        report: dict[str, Any] = await self.get(f"/v1/reports/{name}", **params)
        return report

    async def groups(self, report: str = "deals", **params: Any) -> Groups:
        """The groups of a report, by the labels (or else the values) of their keys."""
        groups = (await self.report(report, **params))["groups"]
        return {tuple(key["label"] or key["value"] for key in group["keys"]): group for group in groups}

    async def import_again(self, files: Sequence[Path] | None = None) -> Summary:
        """A further import, of other files where they are given."""
        return await imported(self.service, files or self.files, mapping=self.files[0].parent.name)

    async def followed(self) -> None:
        """Waits until every read model has folded the whole log."""
        core = self.service.core
        names = [projection.name for projection in PROJECTIONS]
        await wait_until(core.pool, names, await core.log.head(), FOLD_PATIENCE_SECONDS)

    async def pay(self, run_id: str, *steps: str) -> None:
        """Takes a payout run through these steps; another one than who submits approves."""
        for step in steps:
            role = "other finance" if step == "approve" else "finance"
            await self.service.must(f"/v1/payout-runs/{run_id}/{step}", {}, role=role)


async def imported(service: Service, files: Sequence[Path], *, mapping: str) -> Summary:
    """Imports the files by an example mapping."""
    read = read_mapping(REPOSITORY / "examples" / f"{mapping}.yaml", service.core.catalogue)
    return await run_import(import_parts(service.core), read, files)


@asynccontextmanager
async def imported_company(
    postgresql: EmbeddedPostgreSQL, folder: Path, files: Sequence[Path], **settings: Any
) -> AsyncIterator[Company]:
    """A database of its own, served and followed; the files are those of a published company."""
    company = files[0].parent.name
    urls = await postgresql.create_database(f"story_{company}")
    try:
        async with running_service(urls, folder, **settings) as service, running_followers(service.core):
            made = Company(service, files, await imported(service, files, mapping=company))
            await made.followed()
            yield made
    finally:
        await postgresql.drop_database(f"story_{company}")


@pytest.fixture(scope="module")
def answers(shared_data: Path, request: pytest.FixtureRequest) -> Answers:
    """The published figures of the `COMPANY` that the module is about."""
    read: Answers = json.loads((shared_data / request.module.COMPANY / "answers.json").read_text(encoding="utf-8"))
    return read


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def published(
    postgresql: EmbeddedPostgreSQL, session_folder: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Company]:
    """All files of maven_crm, imported, and streamed to a NATS server."""
    nats = await EmbeddedNats.start(session_folder / "nats_of_maven_crm")
    files = [shared_data / "maven_crm" / name for name in MAVEN_CRM]
    folder = tmp_path_factory.mktemp("maven_crm")
    try:
        async with imported_company(postgresql, folder, files, nats_url=SecretStr(nats.url)) as company:
            assert (company.first.rejected, company.first.is_setup_refused) == (0, False)
            yield company
    finally:
        await nats.stop()

"""Programs for each test; and the published sales pipeline (`maven_crm`), imported once and folded by the real engine."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
DATABASE = "story_maven_crm"


@pytest.fixture
def programs(reachable_folder: Path) -> Iterator[Programs]:
    """Programs of one test; engines that a killed `dev` left in the folder `data` end, too."""
    with programs_in(reachable_folder) as made:
        yield made
    kill_engines(reachable_folder / "data")


@dataclass(frozen=True)
class Published:
    """The imported company with everything that follows its log, asked over the doors as its administrator."""

    service: Service
    files: Sequence[Path]
    nats_url: str

    async def get(self, path: str, **params: Any) -> Any:
        """One REST query that is answered."""
        answer = await self.service.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

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

    async def groups(self, **params: Any) -> Mapping[tuple[str | None, ...], dict[str, Any]]:
        """The groups of the deal report, by the labels (or else the values) of their keys."""
        report = await self.report("deals", **params)
        return {tuple(key["label"] or key["value"] for key in group["keys"]): group for group in report["groups"]}

    async def import_again(self, files: Sequence[Path]) -> Summary:
        """A further import of these files."""
        core = self.service.core
        mapping = read_mapping(REPOSITORY / "examples" / "maven_crm.yaml", core.catalogue)
        return await run_import(import_parts(core), mapping, files)

    async def followed(self) -> int:
        """Waits until every read model has folded the whole log; its head."""
        core = self.service.core
        head = await core.log.head()
        await wait_until(core.pool, [projection.name for projection in PROJECTIONS], head, FOLD_PATIENCE_SECONDS)
        return head


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def published(
    postgresql: EmbeddedPostgreSQL,
    session_folder: Path,
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Published]:
    """All files of maven_crm, imported."""
    urls = await postgresql.create_database(DATABASE)
    nats = await EmbeddedNats.start(session_folder / "nats_of_maven_crm")
    folder = tmp_path_factory.mktemp("maven_crm")
    try:
        async with (
            running_service(urls, folder, nats_url=SecretStr(nats.url)) as service,
            running_followers(service.core),
        ):
            names = ("sales_teams.csv", "accounts.csv", "products.csv", "sales_pipeline.csv")
            company = Published(service, [shared_data / "maven_crm" / name for name in names], nats.url)
            summary = await company.import_again(company.files)
            assert (summary.rejected, summary.is_setup_refused) == (0, False)
            await company.followed()
            yield company
    finally:
        await nats.stop()
        await postgresql.drop_database(DATABASE)

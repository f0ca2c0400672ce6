"""Programs for each test; and the published sales pipeline (`maven_crm`), imported once and folded by the real engine."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from salesapi.api.asking import Asking
from salesapi.api.rest.answers import add_problem_handlers
from salesapi.api.rest.reports import ReportRoutes
from salesapi.cli.importing import import_parts
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.importing.mapping_reading import read_mapping
from salesapi.importing.running import run_import
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.engine import ProjectionEngine
from salesapi.projections.positions import wait_until
from salesapi.queries.reports import Reports
from tests.conftest import REPOSITORY
from tests.programs import Programs, kill_engines, programs_in
from tests.service import running_service

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
    """The imported company, asked over REST as its administrator."""

    client: httpx2.AsyncClient
    authorization: str

    async def report(self, name: str, **params: Any) -> dict[str, Any]:
        """One report."""
        answer = await self.client.get(
            f"/v1/reports/{name}", params=params, headers={"authorization": self.authorization}
        )
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    async def groups(self, **params: Any) -> Mapping[tuple[str | None, ...], dict[str, Any]]:
        """The groups of the deal report, by the labels (or else the values) of their keys."""
        report = await self.report("deals", **params)
        return {tuple(key["label"] or key["value"] for key in group["keys"]): group for group in report["groups"]}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def published(
    postgresql: EmbeddedPostgreSQL, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Published]:
    """All files of maven_crm, imported."""
    urls = await postgresql.create_database(DATABASE)
    async with running_service(urls, tmp_path_factory.mktemp("maven_crm")) as service:
        core = service.core
        folder = shared_data / "maven_crm"
        names = ("sales_teams.csv", "accounts.csv", "products.csv", "sales_pipeline.csv")
        mapping = read_mapping(REPOSITORY / "examples" / "maven_crm.yaml", core.catalogue)
        summary = await run_import(import_parts(core), mapping, [folder / name for name in names])
        assert (summary.rejected, summary.is_setup_refused) == (0, False)
        engine = ProjectionEngine(PROJECTIONS, log=core.log, codec=core.codec, pool=core.pool)
        engine.start()
        app = FastAPI()
        add_problem_handlers(app)
        ReportRoutes(Asking(core.api_keys, core.scopes, core.clock), Reports(core.pool, core.states)).add_to(app)
        transport = httpx2.ASGITransport(app=app)
        try:
            names_of = [projection.name for projection in PROJECTIONS]
            await wait_until(core.pool, names_of, await core.log.head(), FOLD_PATIENCE_SECONDS)
            async with httpx2.AsyncClient(transport=transport, base_url="http://reports", timeout=30) as client:
                yield Published(client, f"Bearer {service.keys['admin']}")
        finally:
            await engine.stop()
    await postgresql.drop_database(DATABASE)

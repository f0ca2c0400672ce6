"""A small company with its read models, made by commands and followed by the engine, for all tests of reads."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from salesapi.access.principals import Scope
from salesapi.api.asking import Asking
from salesapi.api.rest.answers import add_problem_handlers
from salesapi.api.rest.reads import ReadRoutes
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.engine import ProjectionEngine
from salesapi.projections.positions import wait_until
from tests.service import Service, deal, found_company, running_service

PATIENCE_SECONDS = 30.0
NAMES = [projection.name for projection in PROJECTIONS]
AMOUNTS = (500, 300, 300, None, 9_000)


@dataclass
class Reads:
    """The company, its ids by name, and the doors to read it."""

    service: Service
    client: httpx2.AsyncClient
    ids: dict[str, UUID] = field(default_factory=dict)

    @property
    def pool(self) -> Any:
        """The application's connections."""
        return self.service.core.pool

    def scope(self, *names: str) -> Scope:
        """The scope of these members."""
        return Scope(member_ids=frozenset(self.ids[name] for name in names))

    async def command(self, path: str, **values: Any) -> UUID:
        """A command of the admin that is not refused; the id of its thing."""
        return UUID((await self.service.must(path, values))["id"])

    async def settled(self) -> int:
        """Waits until all read models reflect everything; the position."""
        head = await self.service.core.log.head()
        return await wait_until(self.pool, NAMES, head, PATIENCE_SECONDS)

    async def get(self, path: str, role: str = "admin", **params: Any) -> httpx2.Response:
        """A read by REST."""
        headers = {"authorization": f"Bearer {self.service.keys[role]}"}
        return await self.client.get(path, params=params, headers=headers)

    async def shown(self, path: str, role: str = "admin", **params: Any) -> dict[str, Any]:
        """A read that is answered."""
        answer = await self.get(path, role, **params)
        assert answer.status_code == 200, answer.text
        values: dict[str, Any] = answer.json()
        return values


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reads(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reads]:
    """The company. Tests do not write to it."""
    urls = await postgresql.create_database("reads")
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(running_service(urls, tmp_path_factory.mktemp("reads")))
        await found_company(service)
        core = service.core
        engine = ProjectionEngine(PROJECTIONS, log=core.log, codec=core.codec, pool=core.pool)
        engine.start()
        stack.push_async_callback(engine.stop)
        client = await stack.enter_async_context(
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=_reading_app(service)), base_url="http://reads")
        )
        made = Reads(service=service, client=client, ids=service.ids)
        await _sell(made)
        await _pay(made)
        await made.settled()
        yield made
    await postgresql.drop_database(urls.name)


def _reading_app(service: Service) -> FastAPI:
    app = FastAPI()
    add_problem_handlers(app)
    core = service.core
    asking = Asking(core.api_keys, core.scopes, core.clock)
    ReadRoutes(asking, core.pool, core.states, core.log, core.clock).add_to(app)
    return app


async def _sell(made: Reads) -> None:
    """Deals, leads, activities and receipts around the customer of the rep, and some of the other rep."""
    ids = made.ids
    rep, other = str(ids["rep"]), str(ids["other rep"])
    customer = str(ids["customer"])
    await made.command(f"/v1/customers/{customer}/assign", owner_id=rep)
    await made.command(f"/v1/customers/{customer}/add-contact", name="Maria", phone="+49 1", role="buyer")
    ids["pool customer"] = await made.command("/v1/customers", name="Initech")
    ids["other customer"] = await made.command("/v1/customers", name="Umbrella", owner_id=other)
    for number, amount in enumerate(AMOUNTS):
        valued = {} if amount is None else {"amount_minor": amount, "currency": "CNY"}
        values = deal(made.service, title=f"Deal 10{number}%", customer_id=customer, stage="engaging", **valued)
        lines = [{"product_id": str(ids["product"]), "quantity": "2"}] if number == 0 else []
        ids[f"deal {number}"] = await made.command(
            "/v1/deals", **values, lines=lines, occurred_at=f"2026-01-0{number + 1}"
        )
    ids["other deal"] = await made.command(
        "/v1/deals",
        **{**deal(made.service, title="Foreign"), "owner_id": other},
        customer_id=customer,
        occurred_at=None,
    )
    won = ids["deal 4"]
    await made.command(f"/v1/deals/{won}/change-stage", stage_to="proposal", occurred_at="2026-01-20")
    await made.command(f"/v1/deals/{won}/win", occurred_at="2026-02-01")
    ids["voided deal"] = await made.command("/v1/deals", **deal(made.service, title="Mistake"))
    await made.command(f"/v1/deals/{ids['voided deal']}/void", reason="entered twice")
    ids["lead"] = await made.command("/v1/leads", name="Li Na", source="fair", owner_id=rep, occurred_at="2026-01-02")
    ids["pool lead"] = await made.command("/v1/leads", company="Hooli", source="web_form", occurred_at=None)
    await made.command(f"/v1/leads/{ids['lead']}/qualify", criteria=["budget"])
    await made.command(f"/v1/leads/{ids['lead']}/convert", customer_id=customer)
    about = {"kind": "deal", "id": str(won)}
    ids["task"] = await made.command("/v1/activities", kind="task", about=about, owner_id=rep, due_on="2026-03-01")
    ids["call"] = await made.command(
        "/v1/activities/log-follow-up",
        about=about,
        channel="call",
        owner_id=rep,
        content="They are happy.",
        occurred_at="2026-02-03",
    )
    ids["receipt"] = await made.command(
        "/v1/receipts", amount_minor=5_000, currency="CNY", customer_id=customer, occurred_at="2026-02-10"
    )
    await made.command(f"/v1/receipts/{ids['receipt']}/allocate", deal_id=str(won), amount_minor=4_000)


async def _pay(made: Reads) -> None:
    """A plan for the rep, and a payout run with its statement issued."""
    ids = made.ids
    plan = ids["plan"] = await made.command("/v1/compensation-plans", key="reps", name="Reps", currency="CNY")
    base = {"key": "base", "name": "Base", "credit": "direct", "rate_percent": "5"}
    await made.command(
        f"/v1/compensation-plans/{plan}/publish-version",
        period="month",
        components=[base],
        rounding={"scope": "line", "mode": "half_up"},
        reason="start",
    )
    await made.command("/v1/enrolments", member_id=str(ids["rep"]), plan_id=str(plan))
    run = ids["run"] = await made.command("/v1/payout-runs", plan_id=str(plan), period="2026-02")
    await made.command(f"/v1/payout-runs/{run}/calculate")
    await made.command(f"/v1/payout-runs/{run}/issue-statements")
    ids["open run"] = await made.command("/v1/payout-runs", plan_id=str(plan), period="2026-03")

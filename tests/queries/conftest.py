"""A small company with its read models, made by commands and followed by the engine, for all tests of reads."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from salesapi.access.principals import Scope
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.companies import flat, followed_company, published, settled, version_of
from tests.service import Service, deal, team_pool

AMOUNTS = (500, 300, 300, None, 9_000)


@dataclass(frozen=True)
class Reads:
    """The company, its ids by name, and the doors to read it."""

    service: Service

    @property
    def ids(self) -> dict[str, UUID]:
        """The ids of the company's things, by name."""
        return self.service.ids

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

    async def get(self, path: str, role: str = "admin", **params: Any) -> httpx2.Response:
        """A read by REST."""
        return await self.service.get(path, role=role, **params)

    async def shown(self, path: str, role: str = "admin", **params: Any) -> dict[str, Any]:
        """A read that is answered."""
        answer = await self.get(path, role, **params)
        assert answer.status_code == 200, answer.text
        values: dict[str, Any] = answer.json()
        return values


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reads(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reads]:
    """The company. Tests do not write to it."""
    async with followed_company(postgresql, tmp_path_factory.mktemp("reads"), "reads") as service:
        made = Reads(service)
        await _sell(made)
        await _pay(made)
        await _renew_plan(made)
        await settled(service)
        yield made


async def _sell(made: Reads) -> None:
    """Deals, leads, activities and receipts around the customer of the rep, and some of the other rep."""
    ids = made.ids
    rep, other, customer = (str(ids[name]) for name in ("rep", "other rep", "customer"))
    await made.command(f"/v1/customers/{customer}/assign", owner_id=rep)
    await made.command(f"/v1/customers/{customer}/add-contact", name="Maria", phone="+49 1", role="buyer")
    ids["pool customer"] = await made.command("/v1/customers", name="Initech")
    ids["other customer"] = await made.command("/v1/customers", name="Umbrella", owner_id=other)
    for number, amount in enumerate(AMOUNTS):
        valued = {} if amount is None else {"amount_minor": amount, "currency": "CNY"}
        values = deal(made.service, title=f"Deal 10{number}%", customer_id=customer, stage="engaging", **valued)
        lines = [{"product_id": str(ids["product"]), "quantity": "2"}] if number == 0 else []
        on = f"2026-01-0{number + 1}"
        ids[f"deal {number}"] = await made.command("/v1/deals", **values, lines=lines, occurred_at=on)
    foreign = deal(made.service, title="Foreign", owner_id=other, customer_id=customer, occurred_at=None)
    ids["other deal"] = await made.command("/v1/deals", **foreign)
    won = ids["deal 4"]
    await made.command(f"/v1/deals/{won}/change-stage", stage_to="proposal", occurred_at="2026-01-20")
    await made.command(f"/v1/deals/{won}/win", occurred_at="2026-02-01")
    voided = await made.command("/v1/deals", **deal(made.service, title="Mistake"))
    await made.command(f"/v1/deals/{voided}/void", reason="entered twice")
    ids["lead"] = await made.command("/v1/leads", name="Li Na", source="fair", owner_id=rep, occurred_at="2026-01-02")
    touch = f"/v1/leads/{ids['lead']}/record-attribution-touch"
    await made.command(touch, kind="campaign", campaign="spring", weight="0.50", occurred_at="2026-01-03")
    await made.command(touch, kind="meeting", member_id=other, occurred_at=None)
    await made.command(f"/v1/leads/{ids['lead']}/qualify", criteria=["budget"])
    await made.command(f"/v1/leads/{ids['lead']}/convert", customer_id=customer)
    about = {"kind": "deal", "id": str(won)}
    await made.command("/v1/activities", kind="task", about=about, owner_id=rep, due_on="2026-03-01")
    call = {"about": about, "channel": "call", "owner_id": rep, "occurred_at": "2026-02-03"}
    await made.command("/v1/activities/log-follow-up", **call, content="They are happy.")
    satisfied = f"/v1/customers/{customer}/record-satisfaction"
    answer = {"kind": "nps", "score": 9, "deal_id": str(won), "comment": "Fast.", "occurred_at": "2026-02-04"}
    await made.command(satisfied, **answer)
    await made.command(satisfied, kind="csat", score=4, occurred_at=None)
    money = {"amount_minor": 5_000, "currency": "CNY", "customer_id": customer, "occurred_at": "2026-02-10"}
    receipt = await made.command("/v1/receipts", **money)
    await made.command(f"/v1/receipts/{receipt}/allocate", deal_id=str(won), amount_minor=4_000)


async def _pay(made: Reads) -> None:
    """A plan for the rep, and a payout run with its statement issued."""
    plan = await published(made.service, version_of(flat("5"), awards=[team_pool("base")]), sellers=("rep",))
    run = made.ids["run"] = await made.command("/v1/payout-runs", plan_id=plan, period="2026-02")
    await made.command(f"/v1/payout-runs/{run}/calculate")
    await made.command(f"/v1/payout-runs/{run}/issue-statements")


async def _renew_plan(made: Reads) -> None:
    """A plan in its third version, which is not in force yet. One participant acknowledged the first, one left."""
    first, *others = (flat(rate, override_percent_max="10") for rate in ("5", "4", "3"))
    plan = await published(made.service, version_of(first), key="renewed", sellers=())
    made.ids["renewed plan"] = UUID(plan)
    for base, effective_from in zip(others, ("2025-01-01", "2099-01-01"), strict=True):
        version = version_of(base, effective_from=effective_from)
        await made.command(f"/v1/compensation-plans/{plan}/publish-version", **version)
    agreed = [{"component_key": "base", "rate_percent": "3.30"}]
    for name, number, overrides in (("other rep", 1, []), ("manager", 2, agreed)):
        mine = {"member_id": str(made.ids[name]), "plan_id": plan}
        await made.command("/v1/enrolments", **mine, overrides=overrides)
        seen = {**mine, "plan_version": number, "occurred_at": "2025-02-01"}
        await made.service.must("/v1/enrolments/acknowledge-compensation-plan", seen, role=name)
    gone = {"member_id": str(made.ids["manager"]), "left_on": "2025-12-31", "leaving": "retirement"}
    await made.command("/v1/enrolments/record-participant-left", **gone)

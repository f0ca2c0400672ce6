"""A company with some business and pay, followed by its read models, for the tests of GraphQL reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.companies import flat, followed_company, published, settled, version_of
from tests.service import Service, deal


@asynccontextmanager
async def running_sales(postgresql: EmbeddedPostgreSQL, folder: Path, name: str) -> AsyncIterator[Service]:
    """The company in a database of its own."""
    async with followed_company(postgresql, folder, name) as service:
        await _sell(service)
        await _pay(service)
        await settled(service)
        yield service


async def _sell(service: Service) -> None:
    ids = {name: str(id) for name, id in service.ids.items()}
    await service.must(f"/v1/customers/{ids['customer']}/assign", {"owner_id": ids["rep"]})
    await service.must(f"/v1/customers/{ids['customer']}/add-contact", {"name": "Maria", "role": "buyer"})
    line = {"product_id": ids["product"], "quantity": "2.50"}
    for number in range(6):
        worth = {"amount_minor": 2**40 + number, "currency": "CNY"}
        values = deal(service, title=f"Deal {number}", customer_id=ids["customer"], stage="engaging", **worth)
        opened = await service.must("/v1/deals", {**values, "lines": [line], "occurred_at": f"2026-01-0{number + 1}"})
        await service.must(
            f"/v1/deals/{opened['id']}/change-stage", {"stage_to": "proposal", "occurred_at": "2026-02-01"}
        )
        about = {"kind": "deal", "id": opened["id"]}
        call = {"about": about, "channel": "call", "owner_id": ids["rep"], "occurred_at": "2026-02-02"}
        await service.must("/v1/activities/log-follow-up", call)
    await service.must(f"/v1/deals/{opened['id']}/win", {"occurred_at": "2026-02-03"})
    foreign = {**deal(service, title="Foreign"), "owner_id": ids["other rep"], "customer_id": ids["customer"]}
    await service.must("/v1/deals", {**foreign, "occurred_at": None})


async def _pay(service: Service) -> None:
    plan = await published(service, version_of(flat("5")), sellers=("rep",))
    run = (await service.must("/v1/payout-runs", {"plan_id": plan, "period": "2026-02"}))["id"]
    await service.must(f"/v1/payout-runs/{run}/calculate", {})
    await service.must(f"/v1/payout-runs/{run}/issue-statements", {})
    # A plan in its second version, of which its participant has acknowledged the first.
    renewed = await published(service, version_of(flat("5")), key="spiff", sellers=())
    await service.must(
        f"/v1/compensation-plans/{renewed}/publish-version", version_of(flat("5"), cap_minor=90_000, reason="agreed")
    )
    mine = {"member_id": str(service.ids["rep"]), "plan_id": renewed}
    await service.must("/v1/enrolments", mine)
    await service.must("/v1/enrolments/acknowledge-compensation-plan", {**mine, "plan_version": 1}, role="rep")

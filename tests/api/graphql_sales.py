"""A company with some business and pay, followed by its read models, for the tests of GraphQL reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from salesapi.cli.following import running_followers
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.positions import wait_until
from tests.service import Service, deal, found_company, running_service

PATIENCE_SECONDS = 30.0


@asynccontextmanager
async def running_sales(postgresql: EmbeddedPostgreSQL, folder: Path, name: str) -> AsyncIterator[Service]:
    """The company in a database of its own."""
    urls = await postgresql.create_database(name)
    async with running_service(urls, folder) as service:
        await found_company(service)
        core = service.core
        async with running_followers(core):
            await _sell(service)
            await _pay(service)
            await _reference(service)
            await settled(service)
            yield service
    await postgresql.drop_database(urls.name)


async def settled(service: Service) -> int:
    """Waits until all read models reflect everything; the position."""
    names = [projection.name for projection in PROJECTIONS]
    return await wait_until(service.core.pool, names, await service.core.log.head(), PATIENCE_SECONDS)


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
    plan = (await service.must("/v1/compensation-plans", {"key": "reps", "name": "Reps", "currency": "CNY"}))["id"]
    base = {"key": "base", "name": "Base", "credit": "direct", "rate": {"kind": "flat", "rate_percent": "5"}}
    version = {"period": "month", "components": [base], "rounding": {"scope": "line", "mode": "half_up"}}
    await service.must(f"/v1/compensation-plans/{plan}/publish-version", {**version, "reason": "start"})
    await service.must("/v1/enrolments", {"member_id": str(service.ids["rep"]), "plan_id": plan})
    run = (await service.must("/v1/payout-runs", {"plan_id": plan, "period": "2026-02"}))["id"]
    await service.must(f"/v1/payout-runs/{run}/calculate", {})
    await service.must(f"/v1/payout-runs/{run}/issue-statements", {})
    await _renew_plan(service, version)


async def _renew_plan(service: Service, version: dict[str, Any]) -> None:
    """A plan in its second version, of which its participant has acknowledged the first."""
    draft = {"key": "spiff", "name": "Spiff", "currency": "CNY"}
    plan = (await service.must("/v1/compensation-plans", draft))["id"]
    for cap_minor in (None, 90_000):
        renewed = {**version, "cap_minor": cap_minor, "reason": "agreed"}
        await service.must(f"/v1/compensation-plans/{plan}/publish-version", renewed)
    mine = {"member_id": str(service.ids["rep"]), "plan_id": plan}
    await service.must("/v1/enrolments", mine)
    await service.must("/v1/enrolments/acknowledge-compensation-plan", {**mine, "plan_version": 1}, role="rep")


async def _reference(service: Service) -> None:
    """Sets up the cost of the product, a rate table and a calendar."""
    cost = {"cost": {"amount": "6.25", "currency": "CNY"}}
    await service.must(f"/v1/products/{service.ids['product']}/set-cost", cost)
    table = (await service.must("/v1/rate-tables", {"key": "central", "name": "Central", "source": "PBOC"}))["id"]
    dollar = {"from_currency": "USD", "to_currency": "CNY", "rate": "7.1012"}
    await service.must(f"/v1/rate-tables/{table}/publish-rates", {"on": "2026-03-02", "pairs": [dollar]})
    week = {"zone": "Asia/Shanghai", "weekdays": ["tuesday", "monday"]}
    calendar = (await service.must("/v1/calendars", {"key": "china", "name": "China", **week}))["id"]
    made_up = {"on": "2026-10-10", "name": "Made up", "is_worked": True}
    await service.must(f"/v1/calendars/{calendar}/declare-holidays", {"days": [made_up]})
    await service.must(f"/v1/calendars/{calendar}/define-fiscal-periods", {"kind": "quarter", "first_month": 4})

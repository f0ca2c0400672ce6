"""A whole service for a test: migrated database, core, doors on a real port, keys for every role, a small company in it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from pydantic import SecretStr

from salesapi.api.http import http_app
from salesapi.app import Core, running_core
from salesapi.cli.migrating import migrate_all
from salesapi.cli.serving import listening_socket, serving
from salesapi.commands.key_issuing import issue_key
from salesapi.domain.shared.kernel import Role
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.settings import Settings

STAGES = [
    {"key": "prospecting", "name": "Prospecting", "is_entry": True},
    {"key": "engaging", "name": "Engaging", "is_entry": True, "probability_percent": "40"},
    {"key": "proposal", "name": "Proposal", "required_fields": ["amount_minor"]},
    {"key": "won", "name": "Won", "category": "won"},
    {"key": "lost", "name": "Lost", "category": "lost", "required_fields": ["reason"]},
]
WAYS = [
    ("prospecting", "engaging"),
    ("prospecting", "proposal"),
    ("engaging", "proposal"),
    ("engaging", "prospecting"),
    ("proposal", "won"),
    ("prospecting", "lost"),
    ("engaging", "lost"),
    ("proposal", "lost"),
]


@dataclass
class Service:
    """The running service, and calls to it as its users make them."""

    core: Core
    urls: DatabaseUrls
    address: str
    client: httpx2.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    key_prefix: str = ""

    def headers(self, role: str, key: str | None = None) -> dict[str, str]:
        """The bearer of a role and an idempotency key (a fresh one without)."""
        return {
            "authorization": f"Bearer {self.keys[role]}",
            "idempotency-key": f"{self.key_prefix}/{key or next(self.numbers)}"[:255],
        }

    async def post(
        self, path: str, values: dict[str, Any], *, role: str = "admin", key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """One command."""
        return await self.client.post(path, json=values, headers={**self.headers(role, key), **headers})

    async def must(self, path: str, values: dict[str, Any], *, role: str = "admin") -> dict[str, Any]:
        """One command that is not refused; its receipt."""
        answer = await self.post(path, values, role=role)
        assert answer.status_code in (200, 201), answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    async def get(self, path: str, *, role: str = "admin", **params: Any) -> httpx2.Response:
        """One query."""
        return await self.client.get(
            path, params=params or None, headers={"authorization": f"Bearer {self.keys[role]}"}
        )

    async def join(self, name: str, *, role: str = "admin") -> UUID:
        """A member of this name: duties are kept apart by people, so a key that decides on pay is somebody's."""
        self.ids[name] = UUID((await self.must("/v1/members", {"name": name}, role=role))["id"])
        return self.ids[name]

    async def make_key(
        self, name: str, roles: list[Role], member_id: UUID | None = None, *, principal: str | None = None
    ) -> None:
        """A key under this name, and of a principal of this name unless another one is named."""
        named = principal or name
        self.keys[name] = await issue_key(self.core.handling, name=named, roles=roles, member_id=member_id)


@asynccontextmanager
async def running_service(
    urls: DatabaseUrls, folder: Path, *, admin: str = "admin", **settings: Any
) -> AsyncIterator[Service]:
    """Migrates and serves while the block runs; followers are up to the test. `admin` is the principal of that key."""
    key_file = folder / f"{urls.name}.key"
    await migrate_all(urls.owner_url, key_file)
    made = Settings(
        database_url=SecretStr(urls.application_url),
        migration_url=SecretStr(urls.owner_url),
        key_file=key_file,
        development=True,
        **settings,
    )
    async with running_core(made) as core:
        listener = listening_socket("127.0.0.1", 0)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with serving(http_app(core), listener), httpx2.AsyncClient(base_url=address, timeout=30) as client:
            service = Service(core, urls, address, client)
            await service.make_key("founder", ["admin"])
            ada = await service.join("Ada", role="founder")
            await service.make_key("admin", ["admin"], ada, principal=admin)
            yield service


async def found_company(service: Service) -> None:
    """Two teams, a manager and two reps, one pipeline, a customer, a product; keys for every role."""
    for name in ("manager", "rep", "other rep"):
        receipt = await service.must("/v1/members", {"name": name, "external_id": {"system": "hr", "id": name}})
        service.ids[name] = UUID(receipt["id"])
    north = UUID((await service.must("/v1/teams", {"name": "North", "region": "north"}))["id"])
    south = UUID((await service.must("/v1/teams", {"name": "South", "region": "south"}))["id"])
    service.ids |= {"north": north, "south": south}
    await service.must(f"/v1/teams/{north}/appoint-leader", {"member_id": str(service.ids["manager"])})
    for team, name in ((north, "rep"), (south, "other rep")):
        await service.must(f"/v1/teams/{team}/change-membership", {"member_id": str(service.ids[name])})
    pipeline = (await service.must("/v1/pipelines", {"key": "standard", "name": "Standard"}))["id"]
    ways = [{"stage_from": stage_from, "stage_to": stage_to} for stage_from, stage_to in WAYS]
    await service.must(f"/v1/pipelines/{pipeline}/publish-version", {"stages": STAGES, "transitions": ways})
    customer = (await service.must("/v1/customers", {"name": "Cancity"}))["id"]
    product = (await service.must("/v1/products", {"name": "GTX Pro", "code": "GTX-PRO", "category": "GTX"}))["id"]
    service.ids |= {"pipeline": UUID(pipeline), "customer": UUID(customer), "product": UUID(product)}
    members: tuple[tuple[str, Role], ...] = (("manager", "manager"), ("rep", "rep"), ("other rep", "rep"))
    for name, role in members:
        await service.make_key(name, [role], service.ids[name])
    await service.make_key("finance", ["finance"], await service.join("Fay"))
    roles: tuple[Role, ...] = ("auditor", "integration")
    for role in roles:
        await service.make_key(role, [role])


def deal(service: Service, **values: Any) -> dict[str, Any]:
    """The values of a deal to open."""
    return {
        "title": "Pilot",
        "pipeline_id": str(service.ids["pipeline"]),
        "owner_id": str(service.ids["rep"]),
        **values,
    }


def expiring(component: dict[str, Any]) -> dict[str, Any]:
    """A component of a plan that is released with the cash, and half of it only where that comes after 30 days."""
    payment = {"bank_fee": "counts_as_paid", "prepayment": "releases_on_receipt", "nothing_due": "release_nothing"}
    expiry = {"anchor": "booking", "steps": [{"after_days": 30, "kept_percent": "50"}]}
    return {**component, "release": {"on": "payment", "payment": payment, "order": "pro_rata", "expiry": expiry}}


def team_pool(component: str) -> dict[str, Any]:
    """An award of a plan: a pool that leaders divide."""
    terms = {"rate_percent": "2", "division": "leader", "unqualified": "redistributed", "rounding": "half_up"}
    bounds = {"lowest_percent": "10", "highest_percent": "100", "until_approved": "held_back"}
    return {"key": "pool", "name": "Pool", "team_pool": {"component": component, "terms": terms, "leader": bounds}}

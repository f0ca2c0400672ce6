"""Companies of their own for tests of the doors, and what many of them do: publish a plan, win deals, approve and lock a run."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from salesapi.cli.following import running_followers
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.positions import wait_until
from tests.service import Service, deal, found_company, running_service

PATIENCE_SECONDS = 30.0
APPROVAL = (("calculate", "finance"), ("issue-statements", "finance"), ("submit", "finance"), ("approve", "admin"))
"""The steps from an open run to an approved one, with who takes them."""


@asynccontextmanager
async def followed_company(postgresql: EmbeddedPostgreSQL, folder: Path, name: str) -> AsyncIterator[Service]:
    """The founded company in a database of this name, with what follows its log."""
    urls = await postgresql.create_database(name)
    async with running_service(urls, folder) as service:
        service.key_prefix = name
        await found_company(service)
        async with running_followers(service.core):
            yield service
    await postgresql.drop_database(urls.name)


async def settled(service: Service) -> int:
    """Waits until all read models reflect everything; the position."""
    names = [projection.name for projection in PROJECTIONS]
    return await wait_until(service.core.pool, names, await service.core.log.head(), PATIENCE_SECONDS)


def flat(rate_percent: str, *, key: str = "base", **parts: Any) -> dict[str, Any]:
    """A component that pays a flat rate of direct credit."""
    return {
        "key": key,
        "name": key,
        "credit": "direct",
        "rate": {"kind": "flat", "rate_percent": rate_percent},
        **parts,
    }


def tiered(*bounds: tuple[str, str | None, str], **parts: Any) -> dict[str, Any]:
    """A component that pays by tiers of the amount: from, to, and the rate of what is new in each."""
    tiers = [
        {"lower": lower, "upper": upper, "rate_percent": rate, "applies_to": "new"} for lower, upper, rate in bounds
    ]
    table = {"kind": "tiers", "axis": "amount", "boundary": "lower_inclusive", "tiers": tiers}
    return {"key": "base", "name": "Base", "credit": "direct", "rate": table, **parts}


def version_of(*components: dict[str, Any], **said: Any) -> dict[str, Any]:
    """A version of a plan that pays by month."""
    rounding = {"scope": "line", "mode": "half_up"}
    return {"period": "month", "components": components, "rounding": rounding, "reason": "start", **said}


async def published(
    service: Service, version: dict[str, Any], *, key: str = "reps", sellers: Sequence[str] = ("rep", "other rep")
) -> str:
    """Publishes a plan in CNY in which these sellers take part; its id."""
    plan = str((await service.must("/v1/compensation-plans", {"key": key, "name": key, "currency": "CNY"}))["id"])
    await service.must(f"/v1/compensation-plans/{plan}/publish-version", version)
    for seller in sellers:
        await service.must("/v1/enrolments", {"member_id": str(service.ids[seller]), "plan_id": plan})
    return plan


async def opened(service: Service, seller: str, amount_minor: int, **values: Any) -> str:
    """Opens a deal of a seller in January, which may be won once it is in its next stage; its id."""
    worth = {"owner_id": str(service.ids[seller]), "amount_minor": amount_minor, "currency": "CNY"}
    values = {"stage": "engaging", **worth, "occurred_at": "2026-01-10", **values}
    return str((await service.must("/v1/deals", deal(service, **values)))["id"])


async def share(service: Service, deal_id: str, shares: Mapping[str, str]) -> None:
    """Shares a deal between sellers, in percent."""
    parts = [
        {"member_id": str(service.ids[seller]), "kind": "direct", "percent": percent}
        for seller, percent in shares.items()
    ]
    await service.must(f"/v1/deals/{deal_id}/change-team", {"shares": parts})


async def win(service: Service, deal_id: str, on: str) -> None:
    """Wins a deal on a day, from the stage that allows it."""
    await service.must(f"/v1/deals/{deal_id}/change-stage", {"stage_to": "proposal", "occurred_at": "2026-01-20"})
    await service.must(f"/v1/deals/{deal_id}/win", {"occurred_at": on})


async def approved_run(service: Service, plan: str, period: str) -> str:
    """Takes a run of a plan up to its approval; its id."""
    run = (await service.must("/v1/payout-runs", {"plan_id": plan, "period": period}, role="finance"))["id"]
    for step, role in APPROVAL:
        await service.must(f"/v1/payout-runs/{run}/{step}", {}, role=role)
    return str(run)


async def lock(service: Service, run: str) -> None:
    """Locks an approved run, once the sealer has come as far."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await service.must(f"/v1/payout-runs/{run}/lock", {}, role="finance")

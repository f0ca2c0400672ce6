"""A company to give commands to: the demo's people, process and plans, founded in one request, and a deal to open."""

import json
from typing import Final

from bench.bench_database import Database
from salesapi.access.principals import EVERYTHING, Principal
from salesapi.app import running_core
from salesapi.commands.requests import Envelope, Request
from salesapi.demo.company import foundation, ref, reps
from salesapi.domain.shared.kernel import natural_id

FOUNDER: Final = Principal(
    id=natural_id("principal", "bench founder"), name="bench founder", roles=frozenset({"admin", "finance"})
)


async def found_company(database: Database) -> None:
    """Founds it."""
    async with running_core(database.settings) as core:
        requests = [Request(command=command, occurred=None) for command in foundation()]
        await core.handling.handle_together(requests, Envelope(principal=FOUNDER, scope=EVERYTHING, key="foundation"))


def deal_body() -> str:
    """The body of a request that opens a deal there."""
    return json.dumps(
        {
            "title": "Framework contract 1",
            "pipeline_id": str(ref("pipeline", "standard")),
            "owner_id": str(reps()[0].id),
            "amount_minor": 1_000_001,
            "currency": "CNY",
        }
    )

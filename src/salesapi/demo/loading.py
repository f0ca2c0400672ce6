"""Loads the demo company once, through the write path, with idempotency keys: killed in the middle, it goes on from there."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from salesapi.access.principals import EVERYTHING, Principal
from salesapi.commands.handling import Handling
from salesapi.commands.key_issuing import register
from salesapi.commands.requests import Envelope, Request
from salesapi.demo.company import QUARTERS, foundation, joining, ref
from salesapi.demo.stories import stories
from salesapi.domain.pay.records import payout_runs
from salesapi.domain.shared.kernel import natural_id

STORIES_AT_ONCE: Final = 64
DEMO_ORIGIN: Final = "import:demo"
PLANS: Final = ("flat", "ladder")
LOCKED_QUARTERS: Final = QUARTERS[:3]

_FOUNDER: Final = Principal(id=natural_id("principal", "demo founder"), name="demo founder", roles=frozenset({"admin"}))
_LOADER: Final = Principal(
    id=natural_id("principal", "demo loader"),
    name="demo loader",
    roles=frozenset({"admin", "finance", "integration"}),
    member_id=ref("member", "finance"),
)
_APPROVER: Final = Principal(
    id=natural_id("principal", "demo approver"),
    name="demo approver",
    roles=frozenset({"finance"}),
    member_id=ref("member", "director"),
)


async def load_demo(handling: Handling, say: Callable[[str], None]) -> None:
    """Loads everything that is not there yet."""
    say("loading the demo company")
    await register(handling, _FOUNDER, origin=DEMO_ORIGIN)
    for number, command in enumerate(joining(), start=1):
        await handling.handle(Request(command=command, occurred=None), _envelope(f"joining/{number}", _FOUNDER))
    for principal in (_LOADER, _APPROVER):
        await register(handling, principal, origin=DEMO_ORIGIN)
    for number, command in enumerate(foundation(), start=1):
        await handling.handle(Request(command=command, occurred=None), _envelope(f"foundation/{number}"))
    room = asyncio.Semaphore(STORIES_AT_ONCE)

    async def live(number: int, requests: Sequence[Request]) -> None:
        async with room:
            await handling.handle_together(requests, _envelope(f"story/{number}"))

    await asyncio.gather(*(live(number, story) for number, story in enumerate(stories(), start=1)))
    for plan in PLANS:
        for quarter in QUARTERS:
            await _pay(handling, plan, quarter)


async def _pay(handling: Handling, plan: str, quarter: str) -> None:
    """A quarter's payout run: locked for the first three, calculated for the last."""
    plan_id = ref("compensation_plan", plan)
    key = f"pay/{plan}/{quarter}"
    opened = await handling.handle(
        Request(command=payout_runs.OpenPayoutRun(plan_id=plan_id, period=quarter), occurred=None),
        _envelope(f"{key}/open"),
    )
    steps: list[tuple[type, Principal]] = [(payout_runs.CalculatePayoutRun, _LOADER)]
    if quarter in LOCKED_QUARTERS:
        steps += [
            (payout_runs.IssuePayoutRunStatements, _LOADER),
            (payout_runs.SubmitPayoutRun, _LOADER),
            (payout_runs.ApprovePayoutRun, _APPROVER),
            (payout_runs.LockPayoutRun, _LOADER),
        ]
    for step, principal in steps:
        command = step(payout_run_id=opened.id)
        await handling.handle(Request(command=command, occurred=None), _envelope(f"{key}/{step.__name__}", principal))


def _envelope(key: str, principal: Principal = _LOADER) -> Envelope:
    return Envelope(
        principal=principal,
        scope=EVERYTHING,
        key=f"demo/{key}",
        fingerprint=hashlib.sha256(key.encode()).digest(),
        origin=DEMO_ORIGIN,
        keep_key=True,
    )

"""What one statement costs a client of `salesapi serve`: an issued one, a live one, and a live one after a receipt of its own.

One client, one request at a time over a kept connection, each time another member's. The receipt is recorded before; what is
timed is its allocation to a deal and the live statement that reflects it. Durations are in milliseconds, at the client.
"""

import json
from typing import Any
from uuid import UUID

from bench.bench_database import Database
from bench.company import FOUNDER
from bench.deal_stories import EVENTS_PER_DEAL, OWNERS, story
from bench.measuring import Effort, Line, cost
from bench.pay_stories import CASH, PLANS
from bench.processes import ended, serving
from salesapi.access.principals import EVERYTHING
from salesapi.app import Core, running_core
from salesapi.commands.requests import Envelope, Request
from salesapi.domain.pay.records.payout_runs import CalculatePayoutRun, IssuePayoutRunStatements, OpenPayoutRun
from salesapi.projections.engine import ProjectionEngine
from salesapi.projections.pay import payout_runs, payouts, statement_lines, statements
from salesapi.projections.positions import wait_until
from salesapi.subscriptions.runner import following

PLAN = PLANS[1]
PERIOD = "2025Q1"
FOLLOWED = (payout_runs.PROJECTION, statements.PROJECTION, statement_lines.PROJECTION, payouts.PROJECTION)
FOLLOW_SECONDS_MAX = 600.0
P99_MS_MAX = 20.0
RECEIPT_MS_MAX = 100.0
RECEIPT_MINOR = 100_000


async def measure(database: Database, effort: Effort, events: int) -> list[Line]:
    """The lines of all rounds, over one service."""
    async with running_core(database.settings) as core:
        run_id = await _issued(core)
        await _followed(core)
        rows = await core.pool.fetch("SELECT member_id FROM read.statement ORDER BY member_id")
    requests = effort.scaled(2_000, 200)
    paths = [f"/v1/statements/{run_id}/{rows[number % len(rows)][0]}" for number in range(requests)]
    lines: list[Line] = []
    where = f" at {events:,} events, p99"
    key = await database.admin_key()
    async with serving(["salesapi", "serve"], database.environment) as (_, port):
        for number in range(effort.rounds):
            issued = await _asked(port, key, paths)
            live = await _asked(port, key, [_live(_owner(at)) for at in range(requests // 4)])
            paid = await _paid(port, key, range(number * 50, number * 50 + 50), events // EVENTS_PER_DEAL)
            lines += [
                cost(f"issued statement{where}", "ms", issued["p99_ms"], beside=("bound", P99_MS_MAX), target=1.0),
                cost(f"live statement{where}", "ms", live["p99_ms"], beside=("issued one", issued["p99_ms"])),
                cost(
                    f"allocation of a receipt and its live statement{where}",
                    "ms",
                    paid["p99_ms"],
                    beside=("bound", RECEIPT_MS_MAX),
                    target=1.0,
                ),
            ]
    return lines


async def _issued(core: Core) -> UUID:
    """A run of one plan's first quarter with its statements."""
    envelope = Envelope(principal=FOUNDER, scope=EVERYTHING, key=None)
    opened = await core.handling.handle(
        Request(command=OpenPayoutRun(plan_id=PLAN, period=PERIOD), occurred=None), envelope
    )
    for command in (CalculatePayoutRun(payout_run_id=opened.id), IssuePayoutRunStatements(payout_run_id=opened.id)):
        await core.handling.handle(Request(command=command, occurred=None), envelope)
    return opened.id


async def _followed(core: Core) -> None:
    """Brings the read models of statements to the head."""
    async with following(core.pool, core.log) as subscriptions:
        subscriptions.start(ProjectionEngine(FOLLOWED, subscriptions, core.codec))
        head, reached = await core.log.head(), 0
        while reached < head:
            reached = await wait_until(core.pool, [each.name for each in FOLLOWED], head, FOLLOW_SECONDS_MAX)


async def _asked(port: int, key: str, paths: list[str]) -> dict[str, float]:
    """Each path once; the first one also before, so that what is only done once is not timed."""
    timed: list[Any] = [{"timed": [{"path": path}]} for path in paths]
    return await _ended(port, key, [{"untimed": [{"path": paths[0]}], "timed": []}, *timed])


async def _paid(port: int, key: str, numbers: range, deals: int) -> dict[str, float]:
    """For each number a receipt for another deal, and its owner's live statement."""
    asked: list[Any] = []
    for number in numbers:
        deal = number * 7 % deals
        received = {"amount_minor": RECEIPT_MINOR, "currency": "CNY", "occurred_at": "2025-08-01"}
        part = {"deal_id": str(story(deal)[0].id), "amount_minor": RECEIPT_MINOR}
        asked.append(
            {
                "untimed": [{"path": "/v1/receipts", "body": received}],
                "timed": [
                    {"path": "/v1/receipts/{id}/allocate", "body": part},
                    {"path": f"{_live(_owner(deal))}&minPosition={{position}}"},
                ],
            }
        )
    return await _ended(port, key, asked)


async def _ended(port: int, key: str, asked: list[Any]) -> dict[str, float]:
    return await ended(["bench.http_client", "--port", str(port), "--key", key], input_text=json.dumps(asked))


def _live(owner_id: UUID) -> str:
    return f"/v1/live-statements/{CASH}/{owner_id}?period=2025Q3"


def _owner(number: int) -> UUID:
    return OWNERS[number % len(OWNERS)]

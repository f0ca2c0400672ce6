"""The published sales pipeline, paid: both plans of four quarters locked, read through both doors to the cent, then audited.

Amounts are cents of USD. The first three quarters of the flat plan are locked before a late fact becomes known.
"""

import asyncio
import csv
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import asyncpg
import nats
import pytest_asyncio

from salesapi.audit.exporting import export
from salesapi.audit.log_verifying import verify_log
from salesapi.audit.sealing import seal_all
from salesapi.audit.verdict import Status
from salesapi.audit.verifying import verify_export
from salesapi.domain.catalogue import Catalogue
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.rebuilding import rebuild
from tests.projections.digests import rows_digest
from tests.stories.conftest import Answers, Company
from tests.streaming.stream_comparison import compare_stream_with_log

COMPANY = "maven_crm"
QUARTERS = ("2017Q1", "2017Q2", "2017Q3", "2017Q4")
STEPS = ("calculate", "issue-statements", "submit", "approve", "lock")
STATEMENTS = """
query($plan: UUID!, $after: String) {
  statements(filter: {planId: $plan}, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { period totalMinor currency member { name } } }
  }
}
"""
CONVERGENCE_SECONDS = 30.0

Pay = Mapping[tuple[str, str], int]
"""Total by member's name and period."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def paid(published: Company) -> AsyncIterator[Mapping[str, str]]:
    """Eight locked payout runs; the plans' ids by key."""
    service = published.service
    await service.make_key("finance", ["finance"], await service.join("Fay"))
    await service.make_key("other finance", ["finance"], await service.join("Flo"))
    plans = {plan["key"]: plan["id"] for plan in (await published.get("/v1/compensation-plans"))["items"]}
    for plan_id in plans.values():
        for quarter in QUARTERS:
            values = {"plan_id": plan_id, "period": quarter}
            run = await service.must("/v1/payout-runs", values, role="finance")
            await published.pay(run["id"], *STEPS)
    await published.followed()
    yield plans


async def by_rest(published: Company, plan_id: str) -> Pay:
    names = {member["id"]: member["name"] for member in await published.everything("/v1/members")}
    statements = await published.everything("/v1/statements", planId=plan_id)
    return {(names[each["member_id"]], each["period"]): each["total_minor"] for each in statements}


async def by_graphql(published: Company, plan_id: str) -> Pay:
    pay: dict[tuple[str, str], int] = {}
    after = None
    while True:
        page = (await published.ask(STATEMENTS, plan=plan_id, after=after))["statements"]
        for edge in page["edges"]:
            node = edge["node"]
            pay[node["member"]["name"], node["period"]] = int(node["totalMinor"])
        if not page["pageInfo"]["hasNextPage"]:
            return pay
        after = page["pageInfo"]["endCursor"]


def of_year(pay: Pay) -> Mapping[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for (name, _), total in pay.items():
        sums[name] += total
    return sums


async def test_the_flat_plan_pays_agents_and_managers_as_published(
    published: Company, paid: Mapping[str, str], answers: Answers
) -> None:
    published_pay = answers["commission_flat_cents"]
    expected = {**published_pay["by_agent"], **published_pay["by_manager"]}
    pay = await by_rest(published, paid["flat"])
    assert of_year(pay) == {name: total for name, total in expected.items() if total}
    assert sum(pay.values()) == published_pay["agents_total"] + published_pay["managers_total"]
    assert await by_graphql(published, paid["flat"]) == pay


async def test_the_tiered_plan_pays_each_agent_and_quarter_as_published(
    published: Company, paid: Mapping[str, str], answers: Answers
) -> None:
    expected = {
        (name, quarter): total
        for name, quarters in answers["commission_tiered_cents"]["by_agent_quarter"].items()
        for quarter, total in quarters.items()
        if total
    }
    pay = await by_rest(published, paid["tiered"])
    assert pay == expected
    assert sum(pay.values()) == answers["commission_tiered_cents"]["total"]
    assert await by_graphql(published, paid["tiered"]) == pay


async def test_a_line_leads_to_the_event_that_it_rests_on_in_one_request(
    published: Company, paid: Mapping[str, str]
) -> None:
    statement = (await published.get("/v1/statements", planId=paid["flat"], first=1))["items"][0]
    path = f"/v1/statements/{statement['payout_run_id']}/{statement['member_id']}"
    line = (await published.get(path))["item"]["lines"][0]
    feed = await published.get("/v1/events", after=line["positions"][0] - 1, limit=1)
    assert feed["events"][0]["type"] == "sales.v1.deal.won"
    assert feed["events"][0]["subject"] == line["deal_id"]


async def test_the_stream_holds_every_position_in_order(published: Company, paid: Mapping[str, str]) -> None:
    log = published.service.core.log
    head = await log.head()
    secret = published.service.core.settings.nats_url
    assert secret is not None
    nats_url = secret.get_secret_value()
    client = await nats.connect(nats_url)
    try:
        async with asyncio.timeout(CONVERGENCE_SECONDS):
            while (await client.jetstream().stream_info("SALES")).state.last_seq < head:
                await asyncio.sleep(0.05)
    finally:
        await client.close()
    assert await compare_stream_with_log(log, nats_url) is None


async def test_every_read_model_is_rebuilt_to_equal_rows(published: Company, paid: Mapping[str, str]) -> None:
    service, core = published.service, published.service.core
    await published.followed()
    connection = await asyncpg.connect(service.urls.owner_url)
    try:
        for projection in PROJECTIONS:
            before = await rows_digest(connection, projection)
            await rebuild(
                service.urls.owner_url,
                projection,
                log=core.log,
                codec=core.codec,
                pool=core.pool,
                on_progress=lambda _: None,
            )
            assert await rows_digest(connection, projection) == before, projection.name
    finally:
        await connection.close()


async def test_the_log_and_its_export_are_proven(published: Company, paid: Mapping[str, str], tmp_path: Path) -> None:
    url, codec = published.service.urls.application_url, Codec(Catalogue().event_types(), None, UPCASTS)
    await seal_all(url)
    verdict = await verify_log(url, codec)
    assert verdict.status is Status.PROVEN, str(verdict)
    assert "8 locked payout runs" in str(verdict)
    exported = await export(url, tmp_path / "log.jsonl")
    assert exported.size == await published.service.core.log.head()
    assert verify_export(tmp_path / "log.jsonl", codec).status is Status.PROVEN


async def test_importing_again_also_in_another_order_adds_nothing(
    published: Company, paid: Mapping[str, str], tmp_path: Path
) -> None:
    head = await published.service.core.log.head()
    again = await published.import_again()
    resorted = await published.import_again(
        [*published.files[:3], rewritten(published.files[3], tmp_path, reverse=True)]
    )
    assert (again.events, resorted.events) == (0, 0)
    assert await published.service.core.log.head() == head


async def test_a_changed_row_adds_its_change_and_the_next_run_pays_the_difference(
    published: Company, paid: Mapping[str, str], tmp_path: Path
) -> None:
    head = await published.service.core.log.head()
    changed = rewritten(published.files[3], tmp_path, change=("1C1I7A6R", "close_value", "2054"))
    summary = await published.import_again([*published.files[:3], changed])
    assert summary.events == await published.service.core.log.head() - head
    page = await published.service.core.log.read(after=head, limit=10)
    assert [event.type for event in page.events] == ["deal.reopened", "deal.won"]

    values = {"plan_id": paid["flat"], "period": "2018Q1"}
    run = await published.service.must("/v1/payout-runs", values, role="finance")
    await published.pay(run["id"], *STEPS[:2])
    await published.followed()
    pay = await by_rest(published, paid["flat"])
    late = {name: total for (name, period), total in pay.items() if period == "2018Q1"}
    assert late == {"Moses Frase": 5_000, "Dustin Brinkmann": 1_000}


def rewritten(file: Path, folder: Path, *, reverse: bool = False, change: tuple[str, str, str] | None = None) -> Path:
    """The pipeline's file with its rows turned round, or with one value of one row changed."""
    with file.open(newline="", encoding="utf-8") as opened:
        header, *rows = list(csv.reader(opened))
    for row in rows:
        if change and row[0] == change[0]:
            row[header.index(change[1])] = change[2]
    made = folder / file.name
    with made.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([header, *(reversed(rows) if reverse else rows)])
    return made


async def test_credits_add_up_to_the_won_value(published: Company, answers: Answers) -> None:
    credited = await published.everything("/v1/credits", isEarned="true", wonTo="2017-12-31")
    changed = 100_000  # One row was changed by an earlier test of this story, from 1,054 to 2,054 dollars.
    assert sum(credit["amount_minor"] for credit in credited) - answers["won_value_cents"] in (0, changed)

"""The published accounts receivable, imported and read over the doors, against figures that others made with other tools.

Amounts are cents; days are calendar days. The file is not in the repository.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from salesapi.cli.following import running_followers
from salesapi.cli.importing import import_parts
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.importing.import_job import run_import
from salesapi.importing.mapping_reading import read_mapping
from salesapi.importing.results import Summary
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.positions import wait_until
from tests.conftest import REPOSITORY
from tests.service import Service, running_service

FOLD_PATIENCE_SECONDS = 30.0
DATABASE = "story_invoices_ar"
LAST_DAY = "2014-01-31"
"""By then every invoice is settled."""

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Receivables:
    """The imported invoices, asked over REST as their administrator."""

    service: Service
    file: Path
    first: Summary

    async def import_again(self) -> Summary:
        """A further import of the file."""
        return await imported(self.service, self.file)

    async def groups(self, as_of: str = LAST_DAY, **params: Any) -> dict[str | None, dict[str, Any]]:
        """The groups of the report by their customers' names; there is one currency."""
        answer = await self.service.get("/v1/reports/receivables", asOf=as_of, **params)
        assert answer.status_code == 200, answer.text
        groups = answer.json()["groups"]
        assert {group["currency"] for group in groups} <= {"USD"}
        return {group["keys"][0]["label"] if group["keys"] else None: group for group in groups}

    async def whole(self, as_of: str = LAST_DAY, **params: Any) -> dict[str, Any]:
        """The figures of all invoices together."""
        return (await self.groups(as_of, **params))[None]


async def imported(service: Service, file: Path) -> Summary:
    """Imports the file by the example mapping, until it is in every read model."""
    core = service.core
    mapping = read_mapping(REPOSITORY / "examples" / "invoices_ar.yaml", core.catalogue)
    summary = await run_import(import_parts(core), mapping, [file])
    names = [projection.name for projection in PROJECTIONS]
    await wait_until(core.pool, names, await core.log.head(), FOLD_PATIENCE_SECONDS)
    return summary


@pytest.fixture(scope="module")
def answers(shared_data: Path) -> Answers:
    read: Answers = json.loads((shared_data / "invoices_ar" / "answers.json").read_text(encoding="utf-8"))
    return read


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def receivables(
    postgresql: EmbeddedPostgreSQL, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Receivables]:
    """The file, imported by mapping alone."""
    urls = await postgresql.create_database(DATABASE)
    try:
        async with running_service(urls, tmp_path_factory.mktemp("invoices_ar")) as service:
            core = service.core
            async with running_followers(core):
                file = shared_data / "invoices_ar" / "invoices.csv"
                yield Receivables(service, file, await imported(service, file))
    finally:
        await postgresql.drop_database(DATABASE)


async def test_every_row_is_in_and_a_second_import_adds_nothing(receivables: Receivables, answers: Answers) -> None:
    _, customers, invoices = receivables.first.tables
    assert (customers.imported, invoices.imported) == (answers["customers"], answers["rows"])
    assert receivables.first.rejected == 0
    again = await receivables.import_again()
    assert (again.events, again.rejected) == (0, 0)


@pytest.mark.parametrize("as_of", ["2012-03-31", "2012-06-30", "2012-12-31", "2013-06-30", "2013-11-30", "2013-12-31"])
async def test_what_was_open_on_a_day_and_how_long_overdue_is_as_published(
    receivables: Receivables, answers: Answers, as_of: str
) -> None:
    group = await receivables.whole(as_of, bucketDays="15,30")
    shown = {name: amounts(group[name]) for name in ("open", "not_due")}
    shown |= {
        name: amounts(bucket) for name, bucket in zip(("1-15", "16-30", "over_30"), group["overdue"], strict=True)
    }
    expected = dict(answers["as_of"][as_of])
    assert group["collection"]["amount_minor"] == expected.pop("paid_so_far_cents")
    assert shown == expected
    assert (group["undated"], group["without_due_date"]["invoices"]) == (0, 0)


async def test_the_usual_buckets_are_of_thirty_days(receivables: Receivables, answers: Answers) -> None:
    group = await receivables.whole("2013-12-31")
    expected = answers["as_of"]["2013-12-31"]
    bounds = [(bucket["days_from"], bucket["days_to"]) for bucket in group["overdue"]]
    assert bounds == [(1, 30), (31, 60), (61, 90), (91, None)]
    first, *older = group["overdue"]
    assert first["invoices"] == expected["1-15"]["invoices"] + expected["16-30"]["invoices"] == 10
    assert all(amounts(bucket) == {"invoices": 0, "amount_cents": 0} for bucket in older)


async def test_the_collection_cycle_of_all_invoices_is_as_published(receivables: Receivables, answers: Answers) -> None:
    group = await receivables.whole()
    cycle = group["collection"]
    assert group["open"] == {"invoices": 0, "amount_minor": 0}
    assert (cycle["invoices"], cycle["amount_minor"]) == (answers["rows"], answers["amount_cents"])
    assert round(float(cycle["mean_days"]), 5) == answers["mean_days_to_settle"] == 26.44485
    assert float(cycle["median_days"]) == answers["median_days_to_settle"]
    assert (cycle["late"], cycle["late_days"]) == (answers["late"], answers["days_late_total"])
    assert float(cycle["late_share"]) == answers["late_rate"]
    assert cycle["late_amount_minor"] == answers["late_amount_cents"]


async def test_the_collection_cycle_of_every_customer_is_as_published(
    receivables: Receivables, answers: Answers
) -> None:
    groups = await receivables.groups(groupBy="customer")
    shown = {
        name: {
            "invoices": group["collection"]["invoices"],
            "amount_cents": group["collection"]["amount_minor"],
            "late": group["collection"]["late"],
            "mean_days_to_settle": float(group["collection"]["mean_days"]),
        }
        for name, group in groups.items()
    }
    assert shown == answers["by_customer"]


async def test_what_was_settled_in_each_month_is_as_published(receivables: Receivables, answers: Answers) -> None:
    months: Mapping[str, int] = answers["settled_cents_by_month"]
    shown = {}
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        group = await receivables.whole(**{"from": str(first), "to": str(last)})
        shown[month] = group["collection"]["amount_minor"]
    assert shown == months


async def test_disputed_invoices_are_as_published(receivables: Receivables, answers: Answers) -> None:
    disputed, late = 0, 0
    after: dict[str, str] = {}
    while True:
        answer = await receivables.service.get("/v1/invoices", isDisputed="true", first=100, **after)
        page = answer.json()
        disputed += len(page["items"])
        late += sum(1 for invoice in page["items"] if invoice["settled_on"] > invoice["due_on"])
        if page["next_cursor"] is None:
            break
        after = {"after": page["next_cursor"]}
    assert (disputed, late) == (answers["disputed"]["Yes"], answers["late_and_disputed"])


async def test_graphql_tells_the_same_as_rest(receivables: Receivables) -> None:
    document = """query ($day: Date!) { receivables(asOf: $day, byCustomer: true, bucketDays: [15, 30]) {
        groups { keys { label } currency open { invoices amountMinor } overdue { daysFrom daysTo amountMinor }
                 collection { invoices weightedMeanDays lateShare } } } }"""
    answer = await receivables.service.client.post(
        "/graphql",
        json={"query": document, "variables": {"day": "2012-12-31"}},
        headers={"authorization": f"Bearer {receivables.service.keys['admin']}"},
    )
    assert "errors" not in answer.json(), answer.text
    by_rest = await receivables.groups("2012-12-31", groupBy="customer", bucketDays="15,30")
    by_graphql = {group["keys"][0]["label"]: group for group in answer.json()["data"]["receivables"]["groups"]}
    assert len(by_graphql) == len(by_rest) > 50
    for name, group in by_graphql.items():
        other = by_rest[name]
        assert int(group["open"]["amountMinor"]) == other["open"]["amount_minor"]
        assert [int(bucket["amountMinor"]) for bucket in group["overdue"]] == [
            bucket["amount_minor"] for bucket in other["overdue"]
        ]
        assert group["collection"]["weightedMeanDays"] == other["collection"]["weighted_mean_days"]


def amounts(shown: Mapping[str, int]) -> dict[str, int]:
    """Open invoices in the form of the answer key."""
    return {"invoices": shown["invoices"], "amount_cents": shown["amount_minor"]}

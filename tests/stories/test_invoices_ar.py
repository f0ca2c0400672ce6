"""The published accounts receivable, imported and read over the doors, against figures that others made with other tools.

Amounts are cents; days are calendar days. The file is not in the repository.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.stories.conftest import Answers, Company, imported_company

COMPANY = "invoices_ar"
LAST_DAY = "2014-01-31"
"""By then every invoice is settled."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def receivables(
    postgresql: EmbeddedPostgreSQL, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Company]:
    """The file, imported by mapping alone."""
    files = [shared_data / COMPANY / "invoices.csv"]
    async with imported_company(postgresql, tmp_path_factory.mktemp(COMPANY), files) as company:
        yield company


async def by_customer(company: Company, as_of: str, **params: Any) -> dict[str | None, dict[str, Any]]:
    """The groups of the report by their customers' names; there is one currency."""
    groups = await company.groups("receivables", asOf=as_of, **params)
    assert {group["currency"] for group in groups.values()} <= {"USD"}
    return {names[0] if names else None: group for names, group in groups.items()}


async def whole(company: Company, as_of: str = LAST_DAY, **params: Any) -> dict[str, Any]:
    """The figures of all invoices together."""
    return (await by_customer(company, as_of, **params))[None]


async def test_every_row_is_in_and_a_second_import_adds_nothing(receivables: Company, answers: Answers) -> None:
    _, customers, invoices = receivables.first.tables
    assert (customers.imported, invoices.imported) == (answers["customers"], answers["rows"])
    assert receivables.first.rejected == 0
    again = await receivables.import_again()
    assert (again.events, again.rejected) == (0, 0)


@pytest.mark.parametrize("as_of", ["2012-03-31", "2012-06-30", "2012-12-31", "2013-06-30", "2013-11-30", "2013-12-31"])
async def test_what_was_open_on_a_day_and_how_long_overdue_is_as_published(
    receivables: Company, answers: Answers, as_of: str
) -> None:
    group = await whole(receivables, as_of, bucketDays="15,30")
    shown = {name: amounts(group[name]) for name in ("open", "not_due")}
    shown |= {
        name: amounts(bucket) for name, bucket in zip(("1-15", "16-30", "over_30"), group["overdue"], strict=True)
    }
    expected = dict(answers["as_of"][as_of])
    assert group["collection"]["amount_minor"] == expected.pop("paid_so_far_cents")
    assert shown == expected
    assert (group["undated"], group["without_due_date"]["invoices"]) == (0, 0)


async def test_the_usual_buckets_are_of_thirty_days(receivables: Company, answers: Answers) -> None:
    group = await whole(receivables, "2013-12-31")
    expected = answers["as_of"]["2013-12-31"]
    bounds = [(bucket["days_from"], bucket["days_to"]) for bucket in group["overdue"]]
    assert bounds == [(1, 30), (31, 60), (61, 90), (91, None)]
    first, *older = group["overdue"]
    assert first["invoices"] == expected["1-15"]["invoices"] + expected["16-30"]["invoices"] == 10
    assert all(amounts(bucket) == {"invoices": 0, "amount_cents": 0} for bucket in older)


async def test_the_collection_cycle_of_all_invoices_is_as_published(receivables: Company, answers: Answers) -> None:
    group = await whole(receivables)
    cycle = group["collection"]
    assert group["open"] == {"invoices": 0, "amount_minor": 0}
    assert (cycle["invoices"], cycle["amount_minor"]) == (answers["rows"], answers["amount_cents"])
    assert round(float(cycle["mean_days"]), 5) == answers["mean_days_to_settle"] == 26.44485
    assert float(cycle["median_days"]) == answers["median_days_to_settle"]
    assert (cycle["late"], cycle["late_days"]) == (answers["late"], answers["days_late_total"])
    assert float(cycle["late_share"]) == answers["late_rate"]
    assert cycle["late_amount_minor"] == answers["late_amount_cents"]


async def test_the_collection_cycle_of_every_customer_is_as_published(receivables: Company, answers: Answers) -> None:
    groups = await by_customer(receivables, LAST_DAY, groupBy="customer")
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


async def test_what_was_settled_in_each_month_is_as_published(receivables: Company, answers: Answers) -> None:
    months: Mapping[str, int] = answers["settled_cents_by_month"]
    shown = {}
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        group = await whole(receivables, **{"from": str(first), "to": str(last)})
        shown[month] = group["collection"]["amount_minor"]
    assert shown == months


async def test_disputed_invoices_are_as_published(receivables: Company, answers: Answers) -> None:
    disputed = await receivables.everything("/v1/invoices", isDisputed="true")
    late = sum(1 for invoice in disputed if invoice["settled_on"] > invoice["due_on"])
    assert (len(disputed), late) == (answers["disputed"]["Yes"], answers["late_and_disputed"])


async def test_graphql_tells_the_same_as_rest(receivables: Company) -> None:
    document = """query ($day: Date!) { receivables(asOf: $day, byCustomer: true, bucketDays: [15, 30]) {
        groups { keys { label } currency open { invoices amountMinor } overdue { daysFrom daysTo amountMinor }
                 collection { invoices weightedMeanDays lateShare } } } }"""
    told = await receivables.ask(document, day="2012-12-31")
    by_rest = await by_customer(receivables, "2012-12-31", groupBy="customer", bucketDays="15,30")
    by_graphql = {group["keys"][0]["label"]: group for group in told["receivables"]["groups"]}
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

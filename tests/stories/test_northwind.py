"""The published sample company "Northwind", imported by its mapping alone, sold and paid, against figures of other tools.

Amounts are cents of USD. The files are not in the repository. `COMPARED` and `NOT_COMPARED` list every key of the answers.
The answers round an employee's commission once over all orders; no period of ours is longer than a year, and each statement
is rounded by itself, so that the exact amounts that its lines keep are added over the years and rounded once, too.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio

from salesapi.audit.sealing import seal_all
from salesapi.domain.shared.money import UnitPrice, line_amount_minor, rounded
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.stories.conftest import Answers, Company, Groups, Item, imported_company

COMPANY = "northwind"
FILES = ("employees.csv", "customers.csv", "products.csv", "orders.csv", "order_details.csv")
YEARS = ("1996", "1997", "1998")
STEPS = ("calculate", "issue-statements", "submit", "approve")
OWN_PERCENT, TEAM_PERCENT = "2", "0.5"
LEVELS: Final = 5
"""More than the company has."""

COMPARED: Final = frozenset(
    {
        "rows",
        "orders",
        "lines",
        "gross_cents",
        "net_cents",
        "discount_cents",
        "lines_with_discount",
        "line_price_differs_from_product_price",
        "customers_total",
        "customers_with_order",
        "orders_by_employee",
        "net_cents_by_employee",
        "net_cents_by_team",
        "net_cents_by_quarter",
        "net_cents_by_employee_quarter",
        "net_cents_by_country",
        "top_10_customers",
        "commission_cents",
    }
)
"""Of `rows` those of the imported files."""
NOT_COMPARED: Final = {
    "definitions": "how the answers were computed, in words",
    "files_sha256": "of the files",
    "freight_cents": "freight is what carrying costs, not a sale",
    "not_shipped": "shipping is not sales",
    "shipped_late": "shipping is not sales",
    "median_days_order_to_ship": "shipping is not sales",
}


@dataclass(frozen=True)
class Northwind(Company):
    """The company, and what its sales came to."""

    names: dict[str, str] = field(default_factory=dict)
    """Names of members by their ids."""

    async def won(self, role: str = "admin", **params: Any) -> Groups:
        """The groups of the deal report; all deals are won."""
        groups = await self.groups(role=role, **params)
        assert all(each["deals"] == each["won"] and each["undated"] == 0 for each in groups.values())
        return groups

    async def net(self, role: str = "admin", **params: Any) -> dict[tuple[str | None, ...], int]:
        """The same as won value in cents."""
        return {key: net_minor(group) for key, group in (await self.won(role, **params)).items()}


def net_minor(group: Item) -> int:
    """The won value; there is one currency."""
    (value,) = group["values"]
    assert value["currency"] == "USD"
    amount: int = value["won_amount_minor"]
    return amount


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def northwind(
    postgresql: EmbeddedPostgreSQL, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Northwind]:
    """The files, imported by mapping alone."""
    files = [shared_data / COMPANY / name for name in FILES]
    async with imported_company(postgresql, tmp_path_factory.mktemp(COMPANY), files) as made:
        members = await made.everything("/v1/members")
        names = {each["id"]: each["name"] for each in members if each["name"] != "Ada"}
        yield Northwind(made.service, made.files, made.first, names)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lines(northwind: Northwind) -> list[Item]:
    """The lines of all deals."""
    return [line for deal in await northwind.everything("/v1/deals") for line in deal["lines"]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def statements(northwind: Northwind) -> list[Item]:
    """Pays the three years by a plan of own sales and an override on the team's; all of it is locked."""
    service = northwind.service
    await service.make_key("finance", ["finance"], await service.join("Fay"))
    await service.make_key("other finance", ["finance"], await service.join("Flo"))
    plan = await service.must(
        "/v1/compensation-plans", {"key": "sales", "name": "Sales", "currency": "USD"}, role="finance"
    )
    override = {"credit": "manager_override", "rate": {"kind": "flat", "rate_percent": TEAM_PERCENT}, "levels": LEVELS}
    version = {
        "period": "year",
        "components": [
            {
                "key": "own",
                "name": "Own sales",
                "credit": "direct",
                "rate": {"kind": "flat", "rate_percent": OWN_PERCENT},
            },
            {"key": "team", "name": "Sales of the team", **override},
        ],
        "rounding": {"scope": "statement", "mode": "half_up"},
        "reason": "Pays for the whole imported history.",
    }
    await service.must(f"/v1/compensation-plans/{plan['id']}/publish-version", version, role="finance")
    for member_id in northwind.names:
        await service.must("/v1/enrolments", {"member_id": member_id, "plan_id": plan["id"]}, role="finance")
    for year in YEARS:
        run = await service.must("/v1/payout-runs", {"plan_id": plan["id"], "period": year}, role="finance")
        await northwind.pay(run["id"], *STEPS)
        await seal_all(service.urls.application_url)
        await northwind.pay(run["id"], "lock")
    await northwind.followed()
    return await northwind.everything("/v1/statements", planId=plan["id"])


def test_every_key_of_the_answers_is_compared_or_has_a_reason_not_to_be(answers: Answers) -> None:
    assert COMPARED | NOT_COMPARED.keys() == answers.keys()
    assert not COMPARED & NOT_COMPARED.keys()


async def test_every_row_is_in_and_the_files_again_in_another_order_add_nothing(
    northwind: Northwind, answers: Answers, lines: list[Item], tmp_path: Path
) -> None:
    _, employees, _, customers, products, orders = northwind.first.tables
    counted = {table.table: table.imported for table in (employees, customers, products, orders)}
    counted["order_details"] = len(lines)
    assert counted == {name: answers["rows"][name] for name in counted}
    assert northwind.first.rejections == []

    again = await northwind.import_again()
    resorted = await northwind.import_again([reversed_rows(file, tmp_path) for file in northwind.files])
    assert (again.events, again.rejected, resorted.events, resorted.rejected) == (0, 0, 0, 0)


async def test_all_sales_together_are_as_published(northwind: Northwind, answers: Answers) -> None:
    (whole,) = (await northwind.won()).values()
    assert (whole["won"], net_minor(whole)) == (answers["orders"], answers["net_cents"])


async def test_the_lines_with_their_discounts_are_as_published(
    northwind: Northwind, answers: Answers, lines: list[Item]
) -> None:
    products = await northwind.everything("/v1/products")
    listed = {product["id"]: Decimal(product["prices"][0]["price"]["amount"]) for product in products}
    gross, net = sum(amount_minor(line, "0") for line in lines), sum(amount_minor(line) for line in lines)
    assert {
        "lines": len(lines),
        "gross_cents": gross,
        "net_cents": net,
        "discount_cents": gross - net,
        "lines_with_discount": sum(1 for line in lines if Decimal(line["discount_percent"]) > 0),
        "line_price_differs_from_product_price": sum(
            1 for line in lines if Decimal(line["unit_price"]["amount"]) != listed[line["product_id"]]
        ),
    } == {
        key: answers[key]
        for key in (
            "lines",
            "gross_cents",
            "net_cents",
            "discount_cents",
            "lines_with_discount",
            "line_price_differs_from_product_price",
        )
    }


async def test_customers_with_and_without_orders_are_as_published(northwind: Northwind, answers: Answers) -> None:
    customers = await northwind.everything("/v1/customers")
    net = {group["keys"][0]["value"]: net_minor(group) for group in (await northwind.won(groupBy="customer")).values()}
    assert (len(customers), len(net)) == (answers["customers_total"], answers["customers_with_order"])
    number = {customer["id"]: customer["external_id"]["id"] for customer in customers}
    best = sorted(net, key=lambda customer_id: -net[customer_id])[:10]
    shown = [{"customer": number[customer_id], "net_cents": net[customer_id]} for customer_id in best]
    assert shown == answers["top_10_customers"]


async def test_the_sales_of_each_country_are_as_published(northwind: Northwind, answers: Answers) -> None:
    net = await northwind.net(groupBy="attribute:country")
    assert {country: amount for (country,), amount in net.items()} == answers["net_cents_by_country"]


async def test_the_sales_of_each_employee_are_as_published(northwind: Northwind, answers: Answers) -> None:
    groups = await northwind.won(groupBy="owner")
    assert {name: group["won"] for (name,), group in groups.items()} == answers["orders_by_employee"]
    assert {name: net_minor(group) for (name,), group in groups.items()} == answers["net_cents_by_employee"]


async def test_the_sales_of_each_quarter_are_as_published(northwind: Northwind, answers: Answers) -> None:
    net = await northwind.net(groupBy="closed_quarter")
    assert {quarter: amount for (quarter,), amount in net.items()} == answers["net_cents_by_quarter"]


async def test_the_sales_of_each_employee_and_quarter_are_as_published(northwind: Northwind, answers: Answers) -> None:
    shown: defaultdict[str | None, dict[str | None, int]] = defaultdict(dict)
    for (name, quarter), amount in (await northwind.net(groupBy="owner,closed_quarter")).items():
        shown[name][quarter] = amount
    assert shown == answers["net_cents_by_employee_quarter"]


async def test_teams_follow_who_reports_to_whom(northwind: Northwind) -> None:
    teams = (await northwind.get("/v1/teams"))["items"]
    by_id = {team["id"]: team for team in teams}
    shown = {
        northwind.names[team["leader_id"]]: (
            {northwind.names[member_id] for member_id in team["member_ids"]},
            team["parent_id"] and northwind.names[by_id[team["parent_id"]]["leader_id"]],
        )
        for team in teams
    }
    direct = {"Nancy Davolio", "Janet Leverling", "Margaret Peacock", "Steven Buchanan", "Laura Callahan"}
    assert shown == {
        "Andrew Fuller": (direct, None),
        "Steven Buchanan": ({"Michael Suyama", "Robert King", "Anne Dodsworth"}, "Andrew Fuller"),
    }


async def test_who_leads_sees_the_sales_of_the_own_team_as_published(northwind: Northwind, answers: Answers) -> None:
    shown = {}
    for member_id, name in northwind.names.items():
        await northwind.service.make_key(name, ["manager"], UUID(member_id))
        (shown[name],) = (await northwind.net(name)).values()
    assert shown == answers["net_cents_by_team"]


async def test_the_commission_of_each_employee_is_as_published(
    northwind: Northwind, answers: Answers, statements: list[Item]
) -> None:
    exact: defaultdict[str, Fraction] = defaultdict(Fraction)
    for statement in statements:
        name = northwind.names[statement["member_id"]]
        for line in await lines_of(northwind, statement):
            exact[name] += Fraction(line["exact_minor"])
    assert {name: rounded(amount, "half_up") for name, amount in exact.items()} == answers["commission_cents"]


async def test_each_statement_is_rounded_half_up_once(
    northwind: Northwind, answers: Answers, statements: list[Item]
) -> None:
    own: Counter[tuple[str, str]] = Counter()
    for name, quarters in answers["net_cents_by_employee_quarter"].items():
        for quarter, amount in quarters.items():
            own[name, quarter[:4]] += amount
    below = {name: await names_below(northwind, member_id) for member_id, name in northwind.names.items()}
    expected = {
        (name, year): rounded(
            Fraction(own[name, year]) * Fraction(OWN_PERCENT) / 100
            + sum(own[each, year] for each in below[name]) * Fraction(TEAM_PERCENT) / 100,
            "half_up",
        )
        for name in below
        for year in YEARS
    }
    shown = {(northwind.names[each["member_id"]], each["period"]): each["total_minor"] for each in statements}
    assert shown == expected


async def names_below(northwind: Northwind, member_id: str) -> set[str]:
    """Everybody in a team that the member leads, or in one below it."""
    teams = (await northwind.get("/v1/teams"))["items"]
    led = [team["id"] for team in teams if team["leader_id"] == member_id]
    for above in led:
        led += [team["id"] for team in teams if team["parent_id"] == above]
    return {northwind.names[each] for team in teams if team["id"] in led for each in team["member_ids"]}


async def lines_of(northwind: Northwind, statement: Item) -> list[Item]:
    """All lines of a statement."""
    lines: list[Item] = []
    after: dict[str, str] = {}
    while True:
        path = f"/v1/statements/{statement['payout_run_id']}/{statement['member_id']}"
        page = (await northwind.get(path, first=100, **after))["item"]
        lines += page["lines"]
        if page["next_cursor"] is None:
            return lines
        after = {"after": page["next_cursor"]}


def amount_minor(line: Item, discount_percent: str | None = None) -> int:
    """A line in cents, at its own discount or at another one."""
    price = UnitPrice(amount=Decimal(line["unit_price"]["amount"]), currency=line["unit_price"]["currency"])
    discount = line["discount_percent"] if discount_percent is None else discount_percent
    return line_amount_minor(price, Decimal(line["quantity"]), discount_percent=Decimal(discount))


def reversed_rows(file: Path, folder: Path) -> Path:
    """The file with its rows turned round; no cell of these files has a line end."""
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    made = folder / file.name
    made.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    return made

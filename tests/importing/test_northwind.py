"""A trading company of the same shape as the sample one, made here with its own answers, imported by the example mapping."""

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from salesapi.app import Core
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.selling.deals import DealLine
from salesapi.domain.shared.kernel import natural_id
from salesapi.domain.shared.money import UnitPrice, line_amount_minor
from tests.importing.reading_back import EXAMPLE, Importing, Row, deals, events

MAPPING = EXAMPLE.with_name("northwind.yaml")
EMPLOYEES = """\
employee_id,last_name,first_name,title,title_of_courtesy,hire_date,address,city,region,postal_code,country,extension,reports_to
1,Okafor,Ada,Sales Representative,Ms.,1992-05-01,A\\nB,Seattle,WA,98122,USA,5467,3
2,Moreau,Léa,President,Dr.,,A,Tacoma,WA,98401,USA,3457,
3,Brandt,Jan,Sales Manager,Mr.,1993-10-17,C,London,,SW1 8JR,UK,3453,2
4,Silva,Rui,Sales Representative,Mr.,1994-11-15,D,London,,WG2 7LT,UK,452,3
5,Sato,Ken,Sales Representative,Mr.,1994-11-15,E,London,,WG2 7LT,UK,453,2
"""
CUSTOMERS = """\
customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax
VINET,Vins et alcools,Paul Henriot,Accounting Manager,59 rue,Reims,,51100,France,26.47,26.48
TOMSP,Toms Spezialitäten,Karin Josephs,Marketing Manager,Luisenstr.,Münster,,44087,Germany,0251,
"""
PRODUCTS = """\
product_id,product_name,supplier_id,category_id,quantity_per_unit,unit_price,units_in_stock,units_on_order,reorder_level,discontinued
9,Tofu,6,7,40 - 100 g pkgs.,23.25,35,0,0,0
11,Queso Cabrales,5,4,1 kg pkg.,21,22,30,30,0
42,Fried Mee,20,5,32 - 1 kg pkgs.,17.4500008,26,0,0,1
"""
ORDERS = """\
order_id,customer_id,employee_id,order_date,required_date,shipped_date,ship_via,freight,ship_name,ship_address,ship_city,ship_region,ship_postal_code,ship_country
10248,VINET,1,1996-07-04,1996-08-01,1996-07-16,3,32.3800011,Vins,59 rue,Reims,,51100,France
10249,TOMSP,3,1996-07-05,1996-08-16,,1,11.6099997,Toms,Luisenstr.,Münster,,44087,Germany
10250,,4,1997-01-31,1997-02-28,1997-02-10,2,65.83,Hanari,Rua,Rio,RJ,05454,Brazil
"""
ORDER_DETAILS = """\
order_id,product_id,unit_price,quantity,discount
10248,42,9.80000019,10,0
10249,9,18.6000004,9,0.0500000007
10248,11,14,12,0.150000006
10250,42,0.01,1,0.0299999993
"""
TEXTS = {
    "employees": EMPLOYEES,
    "customers": CUSTOMERS,
    "products": PRODUCTS,
    "orders": ORDERS,
    "order_details": ORDER_DETAILS,
}

Tables = dict[str, list[Row]]
Company = Importing[Tables]


@pytest.fixture
def company(core: Core, tmp_path: Path) -> Company:
    """Five employees on three levels, three orders with four lines."""
    made = {name: list(csv.DictReader(text.splitlines())) for name, text in TEXTS.items()}
    return Importing(core, tmp_path / "files", made, made, MAPPING)


def line(code: str, price: str, quantity: str, discount_percent: str) -> tuple[object, ...]:
    return natural_id("product", "northwind", code), price, quantity, discount_percent


def shown(line: DealLine) -> tuple[object, ...]:
    assert line.unit_price is not None
    return line.product_id, str(line.unit_price.amount), str(line.quantity), str(line.discount_percent)


async def test_orders_are_won_deals_with_their_lines_and_net_amounts(company: Company) -> None:
    summary = await company.run()

    assert summary.rejections == []
    found = await deals(company.core)
    by_title = {deal.title: deal for deal in found.values()}
    # 14 x 12 less 15 % is 142.80, and 98.0000019 rounds to 98.00; 18.6000004 x 9 less 5 % is 159.03; 0.0097 rounds to 0.01.
    assert {title: (deal.status, deal.amount_minor, deal.currency) for title, deal in by_title.items()} == {
        "Order 10248": ("won", 24_080, "USD"),
        "Order 10249": ("won", 15_903, "USD"),
        "Order 10250": ("won", 1, "USD"),
    }
    assert [shown(each) for each in by_title["Order 10248"].lines] == [
        line("11", "14", "12", "15"),
        line("42", "9.80000019", "10", "0"),
    ]
    for deal in found.values():
        lines = [(each.unit_price, each.quantity, each.discount_percent) for each in deal.lines]
        amounts = [
            line_amount_minor(price, quantity, discount_percent=discount_percent)
            for price, quantity, discount_percent in lines
            if isinstance(price, UnitPrice)
        ]
        assert sum(amounts) == deal.amount_minor
    assert by_title["Order 10250"].customer_id is None
    assert by_title["Order 10249"].owner_id == natural_id("member", "northwind", "3")
    days = {
        str(e.recorded.occurred.on)
        for e in await events(company.core)
        if e.stored.type == "deal.won" and e.recorded.occurred
    }
    assert days == {"1996-07-04", "1996-07-05", "1997-01-31"}


async def test_teams_follow_who_reports_to_whom(company: Company) -> None:
    await company.run()

    teams = await company.core.states.state(TREE)

    assert isinstance(teams, Teams)
    ids = {natural_id("member", "northwind", str(number)): number for number in range(1, 6)}
    managers = {number: [ids[each] for each in teams.managers_of(member_id, None)] for member_id, number in ids.items()}
    assert managers == {1: [3, 2], 2: [], 3: [2], 4: [3, 2], 5: [2]}
    assert sorted(team.name for team in teams.by_id.values()) == ["Team of employee 2", "Team of employee 3"]


async def test_names_of_employees_stand_nowhere_in_clear(company: Company) -> None:
    await company.run()

    stored = await company.stored_text()

    assert [row["last_name"] for row in company.made["employees"] if row["last_name"] in stored] == []


WON_AGAIN = {"deal.reopened": 1, "deal.won": 1}
CHANGES: dict[str, tuple[Callable[[Tables], None], dict[str, int]]] = {
    "discount is corrected": (
        lambda company: company["order_details"][1].update(discount="0.100000001"),
        {**WON_AGAIN, "deal.lines_changed": 1, "deal.valued": 1},
    ),
    "price and quantity are swapped": (
        lambda company: company["order_details"][2].update(unit_price="12", quantity="14"),
        {**WON_AGAIN, "deal.lines_changed": 1},
    ),
    "line is added": (
        lambda company: company["order_details"].append({**company["order_details"][0], "product_id": "9"}),
        {**WON_AGAIN, "deal.lines_changed": 1, "deal.valued": 1},
    ),
    "seller changes": (
        lambda company: company["orders"][0].update(employee_id="5"),
        {**WON_AGAIN, "deal.reassigned": 1},
    ),
    "customer is known": (
        lambda company: company["orders"][2].update(customer_id="TOMSP"),
        {"deal.customer_linked": 1},
    ),
    "employee gets another manager": (
        lambda company: company["employees"][3].update(reports_to="2"),
        {"team.membership_changed": 1},
    ),
    "manager reports to a colleague": (
        lambda company: company["employees"][2].update(reports_to="5"),
        {"team.formed": 1, "team.leader_appointed": 1, "team.membership_changed": 1, "team.moved": 2},
    ),
    "employee marries": (lambda company: company["employees"][0].update(last_name="Moreau"), {"member.changed": 1}),
    "list price rises": (lambda company: company["products"][0].update(unit_price="24"), {"product.price_set": 1}),
    "customer moves": (lambda company: company["customers"][1].update(city="Köln"), {"customer.changed": 1}),
    "is shipped": (lambda company: company["orders"][1].update(shipped_date="1996-07-10", freight="12"), {}),
}


async def test_a_re_sorted_company_adds_nothing_and_a_changed_one_what_changed(company: Company) -> None:
    await company.run()
    resorted = {name: list(reversed(rows)) for name, rows in company.made.items()}
    assert await replace(company, tables=resorted).added() == {}

    for name, (change, expected) in CHANGES.items():
        change(company.made)
        assert (name, await company.added()) == (name, expected)

    won = Counter(deal.status for deal in (await deals(company.core)).values())
    assert won == {"won": 3}


async def test_an_order_that_moves_to_another_day_is_rejected_because_no_command_moves_an_opening(
    company: Company,
) -> None:
    await company.run()
    company.made["orders"][1]["order_date"] = "1996-07-06"

    await company.run()

    assert company.results.rejected() == [("10249", "import.change_not_mapped")]

"""The published sales pipeline (`maven_crm`) against its independently made answers: pay by agent, manager and quarter.

Events are built from the CSV files in memory; amounts are cents. The files are not in the repository.
"""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Final, TypedDict
from uuid import UUID

from salesapi.domain.pay.plans.plan_components import Component, Rounding
from salesapi.domain.pay.rules.tables import TierTable
from salesapi.domain.pay.statements.statements import statements_of
from salesapi.domain.shared.kernel import natural_id
from tests.domain.pay.commission_stories import PLAN, Log, flat, tiers
from tests.spec import uid

QUARTERS: Final = ("2017Q1", "2017Q2", "2017Q3", "2017Q4")
TREE: Final = uid(0x7EE)
EXPECTED_TIERS: Final = tiers((0, 2_000_000, "3"), (2_000_000, 5_000_000, "5"), (5_000_000, None, "8"))


class Flat(TypedDict):
    agents_total: int
    managers_total: int
    by_agent: dict[str, int]
    by_manager: dict[str, int]


class Tiered(TypedDict):
    total: int
    by_agent_quarter: dict[str, dict[str, int]]


class Answers(TypedDict):
    commission_flat_cents: Flat
    commission_tiered_cents: Tiered


def member(name: str) -> UUID:
    return natural_id("member", name)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "maven_crm" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answers(folder: Path) -> Answers:
    read: Answers = json.loads((folder / "maven_crm" / "answers.json").read_text(encoding="utf-8"))
    return read


def company(folder: Path, *components: Component) -> Log:
    """All agents in their managers' teams, everybody enrolled, every won deal in the order of the file."""
    log = Log().plan(*components, rounding=Rounding(scope="component", mode="down"))
    agents = rows(folder, "sales_teams.csv")
    for manager in dict.fromkeys(row["manager"] for row in agents):
        team_id = natural_id("team", manager)
        log.form(team_id, leader=member(manager))
        log.enrol(member(manager))
    for row in agents:
        log.join(natural_id("team", row["manager"]), member(row["sales_agent"]))
        log.enrol(member(row["sales_agent"]))
    for number, row in enumerate(rows(folder, "sales_pipeline.csv"), start=1):
        if row["deal_stage"] == "Won":
            cents = int(Decimal(row["close_value"]) * 100)
            log.win(0x100000 + number, cents, row["close_date"], owner=member(row["sales_agent"]))
    return log


def test_flat_pay_of_agents_and_managers_is_as_published(shared_data: Path) -> None:
    expected = answers(shared_data)["commission_flat_cents"]
    log = company(shared_data, flat("5"), flat("1", "manager_override", "override"))
    paid: dict[tuple[UUID, str], int] = {}
    for quarter in QUARTERS:
        for statement in statements_of(log.ledger, PLAN, quarter):
            for line in statement.lines:
                key = (statement.member_id, line.component)
                paid[key] = paid.get(key, 0) + line.posted_minor
    agents = {(member(name), "base"): cents for name, cents in expected["by_agent"].items()}
    managers = {(member(name), "override"): cents for name, cents in expected["by_manager"].items()}
    assert paid == agents | managers
    assert sum(agents.values()) == expected["agents_total"]
    assert sum(managers.values()) == expected["managers_total"]


def test_tiered_pay_of_each_agent_and_quarter_is_as_published(shared_data: Path) -> None:
    expected = answers(shared_data)["commission_tiered_cents"]
    table = TierTable(axis="amount", boundary="lower_inclusive", tiers=EXPECTED_TIERS)
    log = company(shared_data, Component(key="base", name="Base", credit="direct", rate=table))
    paid = {
        (statement.member_id, quarter): statement.total_minor
        for quarter in QUARTERS
        for statement in statements_of(log.ledger, PLAN, quarter)
    }
    assert paid == {
        (member(name), quarter): cents
        for name, quarters in expected["by_agent_quarter"].items()
        for quarter, cents in quarters.items()
    }
    assert sum(paid.values()) == expected["total"]


def test_a_real_quarter_locks_and_a_later_refund_is_the_only_correction(shared_data: Path) -> None:
    log = company(shared_data, flat("5"), flat("1", "manager_override", "override"))
    locked = log.lock("2017Q1")
    first = log.ledger.paid.runs_of(PLAN)[0]
    earliest = min((line for statement in locked.values() for line in statement.lines), key=lambda line: line.positions)
    assert earliest.deal_id is not None
    reopened_at = log.add_reopening(earliest.deal_id)
    adjusted = {
        member_id: [line for line in statement.lines if line.kind == "adjustment"]
        for member_id, statement in log.statements("2017Q2").items()
    }
    lines = [line for of_member in adjusted.values() for line in of_member]
    assert first.is_locked
    assert {line.positions for line in lines} == {(reopened_at,)}
    assert {line.component for line in lines} == {"base", "override"}

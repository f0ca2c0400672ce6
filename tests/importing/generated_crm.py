"""Files of the same shape and with the same defects as the real CRM files, made from a seed, with their own answers.

The answers are counted here from the made rows themselves, without any of the program's code.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tests.importing.reading_back import Row, written

SEED = 20_260_302
DEALS = 300
MANAGERS = {"Dustin Brinkmann": "Central", "Melvin Marxen": "Central", "Cara Losch": "East", "Celia Rouche": "West"}
PRODUCTS = (("GTX Basic", "GTX", 550), ("GTX Pro", "GTX", 4821), ("MG Special", "MG", 55), ("GTK 500", "GTK", 26768))
STAGES = ("Won", "Won", "Won", "Lost", "Lost", "Engaging", "Prospecting")
SECTORS = ("technolgy", "medical", "retail", "software")
OFFICES = ("United States", "Philipines", "Kenya")


@dataclass
class GeneratedCrm:
    """The rows of the four files, changed at will before they are written."""

    teams: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, list[Row]]:
        return {
            "sales_teams": self.teams,
            "accounts": self.accounts,
            "products": self.products,
            "sales_pipeline": self.deals,
        }

    def write(self, folder: Path) -> list[Path]:
        return written(folder, self.tables())

    def stages(self) -> dict[str, int]:
        return dict(Counter(deal["deal_stage"] for deal in self.deals))

    def won_value_cents(self) -> int:
        """Sums what was won, in cents."""
        return sum(int(deal["close_value"]) * 100 for deal in self.deals if deal["deal_stage"] == "Won")

    def without_account(self) -> int:
        return sum(1 for deal in self.deals if not deal["account"])

    def undated(self) -> int:
        return sum(1 for deal in self.deals if not deal["engage_date"])

    def first(self, stage: str, *, has_account: bool = True) -> Row:
        return next(d for d in self.deals if d["deal_stage"] == stage and bool(d["account"]) == has_account)


def generated_crm(seed: int = SEED) -> GeneratedCrm:
    """A small company; the seed is printed so that a failure can be repeated."""
    print(f"generated CRM files with seed {seed}")  # noqa: T201
    made = GeneratedCrm()
    chance = random.Random(seed)
    for number in range(12):
        manager = list(MANAGERS)[number % len(MANAGERS)]
        made.teams.append({"sales_agent": f"Agent {number}", "manager": manager, "regional_office": MANAGERS[manager]})
    for number in range(20):
        made.accounts.append(
            {
                "account": f"Account {number}",
                "sector": chance.choice(SECTORS),
                "year_established": str(chance.randint(1980, 2015)),
                "revenue": f"{chance.randint(1, 500_000) / 100}",
                "employees": str(chance.randint(5, 20_000)),
                "office_location": chance.choice(OFFICES),
                "subsidiary_of": f"Account {number + 1}" if number % 5 == 0 else "",
            }
        )
    made.products = [{"product": n, "series": s, "sales_price": str(p)} for n, s, p in PRODUCTS]
    made.deals = [_deal(number, chance) for number in range(DEALS)]
    return made


def _deal(number: int, chance: random.Random) -> Row:
    stage = STAGES[number % len(STAGES)]
    engaged = date(2017, 1, 1) + timedelta(days=chance.randint(0, 200))
    closed = engaged + timedelta(days=chance.randint(1, 130))
    is_open = stage in ("Engaging", "Prospecting")
    product, _, price = chance.choice(PRODUCTS)
    value = {"Won": str(price + chance.randint(-20, 20)), "Lost": "0"}.get(stage, "")
    return {
        "opportunity_id": f"{number:04}X{chance.randint(1000, 9999)}",
        # The last two agents never have a deal.
        "sales_agent": f"Agent {chance.randint(0, 9)}",
        "product": product.replace("GTX Pro", "GTXPro"),
        "account": "" if is_open and chance.random() < 0.6 else f"Account {chance.randint(0, 19)}",
        "deal_stage": stage,
        "engage_date": "" if stage == "Prospecting" else engaged.isoformat(),
        "close_date": "" if is_open else closed.isoformat(),
        "close_value": value,
    }

"""What happened in the demo year: each lead's life from its capture to the money, drawn from a fixed seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from salesapi.commands.requests import Request
from salesapi.demo.company import CURRENCY, PRODUCTS, YEAR, ZONE, Person, external, ref, reps
from salesapi.domain.cash.receipts import AllocateReceipt, RecordReceipt
from salesapi.domain.customers.customers import ChangeCustomer
from salesapi.domain.selling.activities import LogFollowUp, ScheduleActivity, Subject
from salesapi.domain.selling.deal_progress import (
    ChangeDealLines,
    ChangeDealStage,
    LoseDeal,
    MoveDealCloseDate,
    ValueDeal,
    WinDeal,
)
from salesapi.domain.selling.deals import DealLine
from salesapi.domain.selling.leads import CaptureLead, ConvertLead, DisqualifyLead, LeadDeal, QualifyLead
from salesapi.domain.shared.attributes import AttributeValue
from salesapi.domain.shared.kernel import BusinessTime, natural_id

SEED: Final = 20_250_101
LEADS: Final = 900
SOURCES: Final = ("web_form", "exhibition", "referral", "call", "partner")
INDUSTRIES: Final = ("制造", "零售", "教育", "医疗", "物流", "金融")
LOSS_REASONS: Final = ("price", "competitor", "no_budget", "no_decision")
OUTCOMES: Final = ("interested", "needs_time", "call_back", "no_answer")
STAGES: Final = ("needs", "demo", "quote")
SHARE_DISQUALIFIED: Final = 30
"""Percent of leads."""
SHARE_WON: Final = 55
"""Percent of closed deals."""
PLACES: Final = ("华远", "启明", "恒信", "博雅", "瑞丰", "天成", "海纳", "新川", "联创", "东升")
TRADES: Final = ("科技", "商贸", "教育", "医疗", "物流", "制造")


@dataclass(slots=True)
class _Diary:
    """Collects one story's commands with their instants, in order of time; nothing after the year's end."""

    at: datetime
    random: Random
    requests: list[Request]

    def later(self, days: int) -> bool:
        """Moves on by up to that many days, into office hours; False when the year is over."""
        moved = self.at + timedelta(days=self.random.randint(1, days))
        self.at = moved.replace(hour=self.random.randint(9, 17), minute=self.random.randint(0, 59))
        return self.at.year == YEAR

    def does(self, command: object) -> None:
        """Notes a command at this instant."""
        occurred = BusinessTime(on=self.at.date(), zone=ZONE, at=self.at.astimezone(UTC))
        self.requests.append(Request(command=command, occurred=occurred))


def stories() -> Iterator[tuple[Request, ...]]:
    """One tuple of requests for each lead; together they are the year."""
    random = Random(SEED)
    sellers = reps()
    for number in range(1, LEADS + 1):
        day = date(YEAR, 1, 1) + timedelta(days=random.randrange(340))
        at = datetime(day.year, day.month, day.day, random.randint(9, 17), random.randint(0, 59), tzinfo=ZoneInfo(ZONE))
        diary = _Diary(at, random, [])
        _lead(number, random.choice(sellers), diary)
        yield tuple(diary.requests)


def _lead(number: int, owner: Person, diary: _Diary) -> None:
    random, key = diary.random, f"lead-{number}"
    lead_id = ref("lead", key)
    company = f"{random.choice(PLACES)}{random.choice(TRADES)}{number}"
    diary.does(
        CaptureLead(
            source=random.choice(SOURCES),
            name=f"联系人{number}",
            company=company,
            phone=f"+86138{number:08d}",
            email=f"contact{number}@example.com",
            owner_id=owner.id,
            external_id=external(key),
        )
    )
    about = Subject(kind="lead", id=lead_id)
    for step in range(random.randint(1, 3)):
        if not diary.later(4):
            return
        _follow_up(f"{key}-{step}", about, owner, diary)
    if random.randrange(100) < SHARE_DISQUALIFIED:
        diary.does(DisqualifyLead(lead_id=lead_id, reason=random.choice(("no_need", "no_budget", "wrong_person"))))
        return
    diary.does(QualifyLead(lead_id=lead_id, criteria=("budget", "need")))
    if not diary.later(5):
        return
    deal = LeadDeal(title=f"{company} 采购", pipeline_id=ref("pipeline", "standard"))
    diary.does(ConvertLead(lead_id=lead_id, customer_name=company, deal=deal))
    industry = AttributeValue(key="industry", value=random.choice(INDUSTRIES))
    diary.does(ChangeCustomer(customer_id=natural_id("customer", "lead", str(lead_id)), attributes=(industry,)))
    _deal(number, owner, diary)


def _deal(number: int, owner: Person, diary: _Diary) -> None:
    random = diary.random
    lead = str(ref("lead", f"lead-{number}"))
    deal_id, customer_id = natural_id("deal", "lead", lead), natural_id("customer", "lead", lead)
    code, _, _, price = random.choice(PRODUCTS)
    quantity = random.randint(1, 6)
    amount_minor = int(price) * 100 * quantity * random.randint(80, 100) // 100
    diary.does(
        ChangeDealLines(deal_id=deal_id, lines=(DealLine(product_id=ref("product", code), quantity=Decimal(quantity)),))
    )
    about = Subject(kind="deal", id=deal_id)
    for stage in STAGES:
        if not diary.later(18):
            return
        if stage == "demo":
            diary.does(ValueDeal(deal_id=deal_id, amount_minor=amount_minor, currency=CURRENCY))
        if stage == "quote":
            diary.does(MoveDealCloseDate(deal_id=deal_id, expected_close_on=diary.at.date() + timedelta(days=14)))
        diary.does(ChangeDealStage(deal_id=deal_id, stage_to=stage))
        _follow_up(f"deal-{number}-{stage}", about, owner, diary)
    if not diary.later(25):
        due = diary.at.date()
        diary.at -= timedelta(days=30)
        diary.does(ScheduleActivity(kind="call", about=about, owner_id=owner.id, due_on=due, next_step="催问合同"))
        return
    if random.randrange(100) >= SHARE_WON:
        diary.does(LoseDeal(deal_id=deal_id, reason=random.choice(LOSS_REASONS)))
        return
    diary.does(WinDeal(deal_id=deal_id, reason="value"))
    if not diary.later(40):
        return
    key = f"receipt-{number}"
    received = amount_minor if random.randrange(4) else amount_minor // 2
    diary.does(
        RecordReceipt(amount_minor=received, currency=CURRENCY, customer_id=customer_id, external_id=external(key))
    )
    diary.does(AllocateReceipt(receipt_id=ref("receipt", key), deal_id=deal_id, amount_minor=received))


def _follow_up(key: str, about: Subject, owner: Person, diary: _Diary) -> None:
    random = diary.random
    diary.does(
        LogFollowUp(
            about=about,
            channel=random.choice(("call", "visit", "message")),
            direction="out",
            owner_id=owner.id,
            content="沟通需求与预算",
            outcome=random.choice(OUTCOMES),
            next_on=diary.at.date() + timedelta(days=random.randint(2, 7)),
            external_id=external(key),
        )
    )

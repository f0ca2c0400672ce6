"""Generated companies: people in teams, quotas, enrolments, one or two plan versions, deals with shares and refunds.

Each follows from its `random.Random` and is told twice: to the engine's log, and to the naive engine as plain records.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from uuid import UUID

from salesapi.domain.organisation.teams import TREE, TeamLeaderAppointed
from salesapi.domain.pay.ledger.pay_facts import PayEvent
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanDrafted, CompensationPlanVersionPublished
from salesapi.domain.pay.plans.enrolments import EnrolmentBegun
from salesapi.domain.pay.records.payout_runs import PayoutRunLocked, PayoutRunOpened, PayoutRunStatementIssued
from salesapi.domain.selling.deals import DealShare
from tests.domain.pay.commission_stories import ANN, BOB, CID, DAN, PLAN, Log
from tests.domain.pay.naive_commission import Company, Deal, Enrolled, Span
from tests.domain.pay.plans.generated_plans import STEP_MINOR, amount, version
from tests.spec import uid

MEMBERS = (ANN, BOB, CID, DAN)
REGION, TEAM = uid(0x71), uid(0x72)
CHIEF, LEADER = uid(0xE), ANN
SPANS = (
    Span("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
    Span("2026Q2", date(2026, 4, 1), date(2026, 6, 30)),
    Span("2026Q3", date(2026, 7, 1), date(2026, 9, 30)),
)


@dataclass
class KeptLog(Log):
    """A log that keeps its facts, without runs, so that they can be told again."""

    facts: list[tuple[UUID, PayEvent, str | None]] = field(default_factory=list)

    def add(self, stream_id: UUID, event: PayEvent, on: str | None = None) -> int:
        """Appends one event; answers its position."""
        if not isinstance(event, PayoutRunOpened | PayoutRunStatementIssued | PayoutRunLocked):
            self.facts.append((stream_id, event, on))
        return super().add(stream_id, event, on)

    def without_runs(self) -> Log:
        """The same facts as if nothing had ever been calculated."""
        log = Log()
        for stream_id, event, on in self.facts:
            log.add(stream_id, event, on)
        return log


class Story:
    """One generated company, told to the engine's log and to the naive one alike."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.log = KeptLog()
        versions = [version(random)]
        if random.random() < 0.3:
            versions.append(version(random, number=2, effective_from=date(2026, random.randint(1, 8), 15)))
        self.company = Company(currency="USD", versions=versions)
        self._numbers = count(1)
        self._publish()
        self._people()

    def _publish(self) -> None:
        drafted = CompensationPlanDrafted(key="plan", name="Plan", currency="USD", legal_entity=None, external_id=None)
        self.log.add(PLAN, drafted)
        for each in self.company.versions:
            published = CompensationPlanVersionPublished(
                plan_version=each.number,
                period=each.period,
                components=each.components,
                rounding=each.rounding,
                guarantee=each.guarantee,
                draw=each.draw,
                advance=each.advance,
                effective_from=each.effective_from,
                reason=None,
            )
            self.log.add(PLAN, published)

    def _people(self) -> None:
        self._team(REGION, CHIEF, parent=None)
        self._team(TEAM, LEADER, parent=REGION)
        for member_id in (CHIEF, *MEMBERS):
            if self.random.random() < 0.85:
                self._join(member_id)
            if self.random.random() < 0.9:
                self._enrol(member_id)
            for span in SPANS:
                if self.random.random() < 0.9:
                    quota = self.random.choice((2 * STEP_MINOR, 4 * STEP_MINOR, 10 * STEP_MINOR, 7_777_777))
                    self.company.quotas[member_id, span.text] = quota
                    self.log.quota(member_id, quota, span.text)

    def _team(self, team_id: UUID, leader_id: UUID, parent: UUID | None) -> None:
        self.log.form(team_id, parent=parent)
        if parent is not None:
            self.company.parent_of[team_id] = parent
        if self.random.random() < 0.9:
            self.company.leader_of[team_id] = leader_id
            self.log.add(TREE.id, TeamLeaderAppointed(team_id=team_id, member_id=leader_id, effective_from=None))

    def _join(self, member_id: UUID) -> None:
        team_id = TEAM if self.random.random() < 0.8 else REGION
        self.company.team_of[member_id] = team_id
        self.log.join(team_id, member_id)

    def _enrol(self, member_id: UUID) -> None:
        since = self.random.choice((None, None, date(2026, 1, 1), date(2026, 2, 10)))
        until = self.random.choice((None, None, date(2026, 8, 1), date(2026, 6, 15), date(2026, 4, 1)))
        components = self.random.choice((None, None, None, ("base",), ("base", "extra")))
        self.company.enrolled[member_id] = Enrolled(since, until, components)
        begun = EnrolmentBegun(
            member_id=member_id,
            plan_id=PLAN,
            effective_from=since,
            effective_until=until,
            component_keys=components,
        )
        self.log.add(member_id, begun)

    def win(self) -> None:
        """A deal in one of the quarters, often on a day that has one already."""
        number, random = next(self._numbers), self.random
        span = random.choice(SPANS)
        deal = Deal(
            deal_id=uid(number),
            on=span.first_on + timedelta(days=random.choice((0, 5, 5, 40, random.randint(0, 89)))),
            amount_minor=amount(random),
            currency="USD" if random.random() < 0.95 else "EUR",
            owner_id=random.choice(MEMBERS),
            shares=self._shares() if random.random() < 0.5 else (),
        )
        self.company.deals.append(deal)
        self._tell(number, deal)

    def _tell(self, number: int, deal: Deal) -> None:
        self.log.win(
            number,
            deal.amount_minor,
            deal.on.isoformat(),
            owner=deal.owner_id,
            currency=deal.currency,
            shares=deal.shares,
        )

    def _shares(self) -> tuple[DealShare, ...]:
        percents = self.random.choice(((), ("100",), ("50", "50"), ("33.34", "33.33", "33.33"), ("12.5", "87.5")))
        sellers = self.random.sample(MEMBERS, len(percents))
        direct = [
            DealShare(member_id=member_id, kind="direct", percent=Decimal(percent))
            for member_id, percent in zip(sellers, percents, strict=True)
        ]
        helpers = self.random.sample(MEMBERS, self.random.randint(0, 2))
        percent = Decimal(self.random.choice(("10", "33.333", "100")))
        return (*direct, *(DealShare(member_id=each, kind="overlay", percent=percent) for each in helpers))

    def reopen(self) -> None:
        """A win is taken back; half of the time it comes again, on its day or another, as the last one recorded."""
        if not self.company.deals:
            return
        deal = self.company.deals.pop(self.random.randrange(len(self.company.deals)))
        self.log.add_reopening(deal.deal_id)
        if self.random.random() < 0.5:
            again = Deal(
                deal_id=deal.deal_id,
                on=self.random.choice((deal.on, deal.on + timedelta(days=60))),
                amount_minor=amount(self.random),
                currency=deal.currency,
                owner_id=deal.owner_id,
                shares=deal.shares,
            )
            self.company.deals.append(again)
            self._tell(deal.deal_id.int, again)

    def happen(self) -> None:
        """A few wins and reopenings."""
        for _ in range(self.random.randint(1, 8)):
            if self.random.random() < 0.8:
                self.win()
            else:
                self.reopen()

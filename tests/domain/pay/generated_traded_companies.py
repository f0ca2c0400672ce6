"""Generated companies with trade: agreements with costs, cash, refunds, foreign currencies.

Each follows from its `random.Random` and is told to the engine and to the naive one alike.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import (
    Base,
    Clawback,
    Component,
    CountedOver,
    CreditKind,
    QuotaRules,
    Rounding,
)
from salesapi.domain.pay.rules.clawbacks import AttainmentPolicy, ClawbackRule
from salesapi.domain.pay.rules.quotas import Proration
from salesapi.domain.pay.rules.tables import TierTable
from tests.domain.pay.commission_stories import ANN, BOB, CID, share
from tests.domain.pay.generated_companies import SPANS
from tests.domain.pay.naive_commission import Deal, Enrolled
from tests.domain.pay.naive_trade import Trade, TradedCompany
from tests.domain.pay.pay_terms import NET, WITH_CASH, at_rates
from tests.domain.pay.plans.generated_plans import STEP_MINOR, amount, component
from tests.domain.pay.trade_stories import TradeLog, line
from tests.spec import uid

MEMBERS = (ANN, BOB, CID)
OPENED = date(2026, 1, 1)


def traded_plan(random: Random) -> CompensationPlanVersion:
    """A version with one or two components; what they are released by, and what takes them back."""
    return CompensationPlanVersion(
        number=1,
        period="quarter",
        components=tuple(_component(random, key) for key in ("base", "extra")[: random.randint(1, 2)]),
        rounding=Rounding(
            scope=random.choice(("line", "component", "statement")),
            mode=random.choice(("half_up", "half_even", "down")),
        ),
        effective_from=None,
        currencies=at_rates() if random.random() < 0.7 else None,
        quotas=QuotaRules(proration=Proration(basis="calendar_days")) if random.random() < 0.5 else None,
    )


def _component(random: Random, key: str) -> Component:
    credit: CreditKind = random.choice(("direct", "direct", "overlay", "manager_override"))
    made = component(random, key, credit)
    counts = isinstance(made.rate, TierTable) or made.needs_quota()
    counted_over: CountedOver = random.choice(("period", "year_to_date", "year_to_date_rate"))
    return replace(
        made,
        deal_cap_minor=None,
        cap_minor=None,
        base=random.choice((None, None, NET, _margin(random))),
        counted_over=counted_over if counts else "period",
        release=WITH_CASH if random.random() < 0.5 else None,
        clawback=_clawback(random) if random.random() < 0.6 else None,
    )


def _margin(random: Random) -> Base:
    return Base(kind="margin", cost_from="agreement", negative_margin=random.choice(("zero", "negative", "block")))


def _clawback(random: Random) -> Clawback:
    attainment: AttainmentPolicy = random.choice(("keep", "restate"))
    percent = random.choice((None, None, Decimal("37.5")))
    rule = ClawbackRule(
        triggers=("refund",),
        anchor="booking",
        window=random.choice((1, 4, 12)),
        unit="months",
        window_end=random.choice(("included", "excluded")),
        share="full" if percent is None else "partial",
        percent=percent,
    )
    return Clawback(rule=rule, attainment=attainment)


def _text(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


class TradedStory:
    """One generated company, told to the engine's log and to the naive one alike."""

    def __init__(self, random: Random) -> None:
        self.random = random
        plan = traded_plan(random)
        self.log = TradeLog()
        self.log.plan(*plan.components, rounding=plan.rounding, currencies=plan.currencies, quotas=plan.quotas)
        self.company = TradedCompany(currency="USD", versions=[plan])
        self._numbers = iter(range(1, 10_000))
        self._receipts: list[tuple[int, Deal, date, int]] = []
        self._people()
        self._rates()

    def _people(self) -> None:
        random, company = self.random, self.company
        self.log.team(CID, ANN, BOB)
        company.team_of |= {ANN: uid(1), BOB: uid(1)}
        company.leader_of[uid(1)] = CID
        for member_id in MEMBERS:
            since = random.choice((None, None, date(2026, 2, 10)))
            until = random.choice((None, None, date(2026, 8, 16)))
            company.enrolled[member_id] = Enrolled(since, until, None)
            self.log.enrol_from(member_id, _text(since), _text(until))
            for period in (*(span.text for span in SPANS), "2026"):
                if random.random() < 0.85:
                    quota = random.choice((2 * STEP_MINOR, 4 * STEP_MINOR, 7_777_777))
                    company.quotas[member_id, period] = quota
                    self.log.quota(member_id, quota, period)

    def _rates(self) -> None:
        if self.company.versions[0].currencies is None:
            return
        for days in range(-20, 260, self.random.choice((10, 25, 60))):
            on, rate = OPENED + timedelta(days=days), Decimal(self.random.randint(80, 140)) / 100
            self.company.rates[on] = Fraction(rate)
            self.log.rate(on.isoformat(), str(rate))

    def happen(self) -> None:
        """A few facts of any kind, dated anywhere in the three quarters."""
        for _ in range(self.random.randint(6, 24)):
            known = [deal for deal in self.company.deals if deal.amount_minor > 0]
            if not known or self.random.random() < 0.25:
                self.win()
                continue
            deal = self.random.choice(known)
            steps = (self.agree, self.agree, self.amend, self.restate, self.pay, self.pay, self.pay, self.reopen)
            self.random.choice((*steps, lambda _: self.give_back(), lambda _: self.give_back()))(deal)

    def _day(self) -> date:
        return OPENED + timedelta(days=self.random.choice((0, 30, 45, 100, self.random.randint(0, 272))))

    def win(self) -> None:
        """A deal is won; some owe in euros, and some owe nothing."""
        number, random = next(self._numbers), self.random
        deal = Deal(
            deal_id=uid(number),
            on=self._day(),
            amount_minor=amount(random),
            currency=random.choice(("USD", "USD", "USD", "EUR")),
            owner_id=random.choice(MEMBERS),
            shares=random.choice(((), (), (share(ANN, "70"), share(BOB, "30")), (share(CID, "12.5", "overlay"),))),
        )
        self._tell(deal)

    def _tell(self, deal: Deal) -> None:
        self.company.deals.append(deal)
        self.log.sell(
            deal.deal_id.int,
            deal.amount_minor,
            deal.on.isoformat(),
            owner=deal.owner_id,
            currency=deal.currency,
            shares=deal.shares,
        )

    def agree(self, deal: Deal) -> None:
        """An agreement is signed, at times with a tax, and with a cost above its price."""
        trade = self.company.trade(deal)
        if trade.net is not None:
            return
        net = self.random.choice((deal.amount_minor, deal.amount_minor + 12_345))
        tax = self.random.choice((None, net * 13 // 100))
        trade.net, trade.gross, trade.cost = net, net + (tax or 0), self.random.choice((None, net // 3, net * 2))
        trade.signed_gross = trade.gross
        one = line("all", net, tax, cost=trade.cost)
        self.log.agree(deal.deal_id.int, 0, on=self._day().isoformat(), currency=deal.currency, lines=(one,))

    def amend(self, deal: Deal) -> None:
        """More or less is agreed."""
        trade = self.company.trade(deal)
        if trade.net is not None and trade.net > 100:
            more = self.random.choice((trade.net // 3, -(trade.net // 4)))
            trade.net, trade.gross = trade.net + more, trade.gross + more
            self.log.amend(deal.deal_id.int, more, on=self._day().isoformat())

    def restate(self, deal: Deal) -> None:
        """The cost becomes known better."""
        trade = self.company.trade(deal)
        if trade.net is not None:
            trade.cost = self.random.randint(0, trade.net)
            self.log.restate_cost(deal.deal_id.int, trade.cost, on=self._day().isoformat())

    def pay(self, deal: Deal) -> None:
        """Money comes, now and then too much."""
        number, on, trade = next(self._numbers), self._day(), self.company.trade(deal)
        due = trade.gross if trade.net is not None else deal.amount_minor
        part = max(1, due * self.random.choice((30, 50, 100, 120)) // 100)
        self._receipts.append((number, deal, on, part))
        self._cash(trade, on, part, is_refund=False)
        self.log.pay(number, part, on.isoformat(), deal=deal.deal_id.int, currency=deal.currency)

    def give_back(self) -> None:
        """Some of it, or all, is paid back or does not stay."""
        if not self._receipts:
            return
        number, deal, received_on, left = self._receipts.pop(self.random.randrange(len(self._receipts)))
        on = received_on + timedelta(days=self.random.randint(0, 120))
        trade, back = self.company.trade(deal), self.random.choice((left, max(1, left // 3)))
        if self.random.random() < 0.2:
            self._cash(trade, on, -left, is_refund=False)
            self.log.bounce(number, on.isoformat())
            return
        self._cash(trade, on, -back, is_refund=True)
        self.log.refund(number, back, on.isoformat(), deal=deal.deal_id.int)
        if back < left:
            self._receipts.append((number, deal, received_on, left - back))

    def _cash(self, trade: Trade, on: date, minor: int, *, is_refund: bool) -> None:
        trade.cash.append((on, minor, is_refund))
        trade.cash.sort(key=lambda cash: cash[0])

    def reopen(self, deal: Deal) -> None:
        """A win is taken back, seldom, and comes again half of the time."""
        if self.random.random() < 0.7:
            return
        self.company.deals.remove(deal)
        self.log.reopen(deal.deal_id.int)
        if self.random.random() < 0.5:
            self._tell(replace(deal, on=self.random.choice((deal.on, self._day()))))

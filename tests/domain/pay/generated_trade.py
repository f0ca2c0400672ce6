"""Generated trade: wins with agreements, invoices, cash, refunds, cancellations and all that pay may follow from, on a log.

All follows from the `random.Random` that is given. Facts are such as the deciders would accept; their days lie in 2026 and a
little beyond, in whatever order they become known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import get_args

from salesapi.domain.cash.agreement_lines import AgreementLine
from salesapi.domain.cash.agreements import FulfilmentStep
from salesapi.domain.organisation.calendars import CalendarDefined
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion, terms_of
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_problems import problem_of_terms
from tests.domain.pay.commission_stories import ANN, BOB, CID, share
from tests.domain.pay.generated_options import with_options
from tests.domain.pay.plan_options import CALENDAR
from tests.domain.pay.plans.generated_plans import STEP_MINOR, version
from tests.domain.pay.trade_stories import TradeLog, line, sold

SELLERS = (ANN, BOB, CID)
QUARTERS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")
OPENED = date(2026, 1, 1)


@dataclass
class Traded:
    """The state of a deal, as far as later facts must fit it."""

    number: int
    currency: str
    owed: int
    is_won: bool = True
    is_agreed: bool = False
    is_cancelled: bool = False
    invoices: dict[int, int] = field(default_factory=dict)
    """What of each invoice is not credited."""
    receipts: dict[int, tuple[int | None, int]] = field(default_factory=dict)
    """The invoice that each receipt is for, or none, and what is left of it."""


def traded_version(random: Random) -> CompensationPlanVersion:
    """A version with every option that a deal's pay depends on; most sales pass its filters, and nothing else pays."""
    while True:
        made = with_options(random, version(random), "quarter")
        made = replace(
            made,
            components=tuple(_eased(random, component) for component in made.components),
            awards=(),
            guarantee=None,
            draw=None,
            advance=None,
            recovery=None,
            acknowledgement_required=False,
            correction_from_minor=None,
        )
        if problem_of_terms(made, "quarter") is None:
            return made


def _eased(random: Random, component: Component) -> Component:
    keeps_filter, keeps_gate = random.random() < 0.2, random.random() < 0.3
    return replace(
        component,
        only=component.only if keeps_filter else None,
        gate=component.gate if keeps_gate else None,
    )


class TradeStory:
    """A company that sells, told to a log fact by fact."""

    def __init__(self, random: Random, plan: CompensationPlanVersion) -> None:
        self.random = random
        self.log = TradeLog()
        self.deals: list[Traded] = []
        self._numbers = iter(range(1, 10_000))
        self._set_up(plan)

    def _set_up(self, plan: CompensationPlanVersion) -> None:
        random, log = self.random, self.log
        log.add(CALENDAR, CalendarDefined(key="works", name="Works", zone="UTC", weekdays=("monday", "friday")))
        terms = terms_of(plan)
        log.plan(*terms.pop("components"), period=plan.period, **terms)
        log.team(CID, ANN, BOB)
        for member_id in SELLERS:
            log.enrol_from(member_id, random.choice((None, None, "2026-01-20")), random.choice((None, "2026-11-01")))
            for period in (*QUARTERS, "2026"):
                if random.random() < 0.9:
                    log.quota(member_id, random.choice((2, 4, 10)) * STEP_MINOR, period)
        for on in range(0, 400, 20):
            log.rate((OPENED + timedelta(days=on - 20)).isoformat(), str(Decimal(random.randint(90, 130)) / 100))
        log.product(1, "s27", "beds", "600")
        log.product(2, "t1", "tables", random.choice((None, "900")))
        for number, kind in ((1, "hotel"), (2, "bar")):
            log.customer(number, owner=random.choice(SELLERS), type=kind, region=random.choice(("north", "south")))
            log.touch(number, random.choice(SELLERS), self._day(-60, 0), weight="2")
            log.touch(number, random.choice(SELLERS), self._day(-60, 0), kind="referral")

    def _day(self, first: int = 0, last: int = 390) -> str:
        return (OPENED + timedelta(days=self.random.randint(first, last))).isoformat()

    def happen(self, times: int) -> None:
        """Facts of any kind."""
        for _ in range(times):
            kinds: list[Callable[[], None]] = [self.win]
            if self.deals:
                kinds += [self.pay, self.pay, self.pay, self.give_back, self.give_back, self.agree, self.agree]
                kinds += [self.invoice, self.amend, self.cancel, self.credit, self.report, self.turn, self.state]
            self.random.choice(kinds)()

    def win(self) -> None:
        """A deal is won."""
        random, number = self.random, next(self._numbers)
        owed = random.choice((random.randint(1, 3) * STEP_MINOR, random.randint(1, 999_999), 333_333))
        deal = Traded(number=number, currency="USD" if random.random() < 0.8 else "EUR", owed=owed)
        self.deals.append(deal)
        self._win(deal)

    def _win(self, deal: Traded) -> None:
        random = self.random
        lines = (sold(1, "1.5", "900", deal.currency), sold(2, "2", "1100", deal.currency))
        shares = random.choice(((), (), (share(ANN, "70"), share(BOB, "30")), (share(BOB, "33.333", "overlay"),)))
        self.log.sell(
            deal.number,
            deal.owed,
            self._day(0, 300),
            owner=random.choice(SELLERS),
            currency=deal.currency,
            shares=shares,
            customer=random.choice((None, 1, 2)),
            lead=random.choice((None, deal.number if deal.number < 3 else None)),
            lines=random.choice(((), lines[:1], lines)),
            channel=random.choice(("direct", "partner")),
        )

    def _one(self, is_fit: Callable[[Traded], object]) -> Traded | None:
        fitting = [deal for deal in self.deals if is_fit(deal)]
        return self.random.choice(fitting) if fitting else None

    def agree(self) -> None:
        """An agreement is signed; sometimes it has two lines, or no known cost."""
        deal = self._one(lambda each: not each.is_agreed)
        if deal is None:
            return
        net = deal.owed
        cost = self.random.choice((None, net // 2, net * 9 // 10, net * 2))
        lines: tuple[AgreementLine, ...] = (
            line("all", net, self.random.choice((None, net // 8)), product=1, cost=cost),
        )
        if self.random.random() < 0.4:
            lines = (*lines, line("more", net // 3, None, product=2, cost=net // 5, recurring=True))
        deal.owed, deal.is_agreed = sum(each.amount_minor + (each.tax_minor or 0) for each in lines), True
        starts = self.random.choice((None, "2026-02-01"))
        self.log.agree(
            deal.number,
            0,
            on=self._day(),
            currency=deal.currency,
            lines=lines,
            starts=starts,
            ends=self.random.choice((None, "2027-01-31")) if starts else None,
            payment_days=self.random.choice((None, 30)),
            instalments=(("2026-06-30", deal.owed),) if self.random.random() < 0.3 else (),
        )

    def amend(self) -> None:
        """More or less is agreed."""
        deal = self._one(lambda each: each.is_agreed and not each.is_cancelled)
        if deal is None:
            return
        more = self.random.choice((deal.owed // 4, -(deal.owed // 5)))
        deal.owed += more
        self.log.amend(deal.number, more, on=self._day(), effective=self.random.choice((None, self._day())))

    def cancel(self) -> None:
        """An agreement ends, seldom."""
        deal = self._one(lambda each: each.is_agreed and not each.is_cancelled)
        if deal is None or self.random.random() < 0.5:
            return
        deal.is_cancelled = True
        fee = self.random.choice((0, deal.owed // 3))
        self.log.cancel(deal.number, on=self._day(), fee=fee, effective=self.random.choice((None, self._day())))

    def report(self) -> None:
        """A line is delivered, accepted or live."""
        deal = self._one(lambda each: each.is_agreed)
        if deal is not None:
            step = self.random.choice(get_args(FulfilmentStep))
            self.log.report(deal.number, step, on=self._day())

    def invoice(self) -> None:
        """An invoice is issued."""
        deal = self._one(lambda each: each.is_agreed and len(each.invoices) < 3)
        if deal is None or deal.owed <= 0:
            return
        number, net = next(self._numbers), max(1, deal.owed // self.random.choice((1, 2, 3)))
        on = self._day()
        deal.invoices[number] = net
        due = (date.fromisoformat(on) + timedelta(days=30)).isoformat()
        self.log.invoice(
            number, deal.number, net, on=on, due=self.random.choice((None, due, due)), currency=deal.currency
        )

    def credit(self) -> None:
        """A credit note is given."""
        deal = self._one(lambda each: any(each.invoices.values()))
        if deal is None:
            return
        number, left = self.random.choice([found for found in deal.invoices.items() if found[1]])
        back = self.random.choice((left, max(1, left // 3)))
        deal.invoices[number] -= back
        self.log.credit(number, deal.number, back, on=self._day())

    def pay(self) -> None:
        """Money comes, for the deal or for an invoice; now and then too much, and now and then without a day."""
        deal = self.random.choice(self.deals)
        number = next(self._numbers)
        invoice = self.random.choice([None, *deal.invoices])
        amount = max(1, deal.owed * self.random.choice((25, 50, 50, 100, 100, 130)) // 100)
        deal.receipts[number] = (invoice, amount)
        on = None if self.random.random() < 0.05 else self._day()
        self.log.pay(
            number,
            amount,
            on,
            deal=deal.number if invoice is None else None,
            invoice=invoice,
            currency=deal.currency,
        )

    def give_back(self) -> None:
        """Money is paid back, or does not stay."""
        deal = self._one(lambda each: any(left for _, left in each.receipts.values()))
        if deal is None:
            return
        number, (invoice, left) = self.random.choice([found for found in deal.receipts.items() if found[1][1]])
        received = self.log.received[number]
        on = None if received is None else (date.fromisoformat(received) + timedelta(self.random.randint(0, 150)))
        day = None if on is None else on.isoformat()
        if self.random.random() < 0.25:
            self.log.bounce(number, day)
            deal.receipts[number] = (invoice, 0)
            return
        back = self.random.choice((left, max(1, left // 3)))
        deal.receipts[number] = (invoice, left - back)
        self.log.refund(number, back, day, deal=deal.number if invoice is None else None, invoice=invoice)

    def turn(self) -> None:
        """A win is taken back, or comes again."""
        deal = self.random.choice(self.deals)
        if deal.is_won and self.random.random() < 0.4:
            self.log.reopen(deal.number)
            deal.is_won = False
        elif not deal.is_won:
            self._win(deal)
            deal.is_won = True

    def state(self) -> None:
        """Something about products, customers, currency rates or people becomes known better."""
        random, log = self.random, self.log
        deal = self._one(lambda each: each.is_agreed)
        match random.randrange(7):
            case 0 if deal is not None:
                log.restate_cost(deal.number, random.randint(0, deal.owed + 1), on=self._day())
            case 1:
                log.set_cost(2, str(random.randint(100, 1_500)), random.choice((None, "2026-04-01")))
            case 2:
                log.change_customer(random.randint(1, 2), region=random.choice(("north", "south")))
            case 3:
                log.correct_rate(self._day(), str(Decimal(random.randint(90, 130)) / 100))
            case 4:
                log.answer(random.randint(1, 2), random.randint(1, 5), self._day())
            case 5:
                log.touch(random.randint(1, 2), random.choice(SELLERS), self._day(-30, 60))
            case _:
                log.quota(random.choice(SELLERS), random.choice((2, 5)) * STEP_MINOR, random.choice(QUARTERS))

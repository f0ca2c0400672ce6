"""The ledger: the facts that pay follows from, folded from the log event by event, in constant work for each.

Read the log filtered by `PAY_EVENT_TYPES` of the catalogue, `apply` each event in its order, then `advance_to` the position that
was read up to. Positions are the log's; days are business dates of the events. Deciders only read a ledger. It is books, each in
a file of its own: wins and their market (`sale_facts.py`), what follows a win (`trade_facts.py`), what customers hold
(`customer_terms.py`), forecasts and points (`forecast_facts.py`), what people decided about pay (`payout_facts.py`,
`pool_facts.py`), who leads whom (`team_facts.py`), and here the rules: plans, enrolments, currency rates, calendars.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.cash.agreements import AgreementEvent
from salesapi.domain.customers.customers import CustomerRegistered
from salesapi.domain.customers.satisfaction import CustomerSatisfactionRecorded
from salesapi.domain.organisation import calendars
from salesapi.domain.organisation.calendars import Calendar, CalendarDefined, CalendarHolidaysDeclared
from salesapi.domain.organisation.teams import TeamEvent
from salesapi.domain.pay.ledger.customer_terms import CustomerTerms
from salesapi.domain.pay.ledger.forecast_facts import ForecastEvent, Forecasts, PointsEarned
from salesapi.domain.pay.ledger.payout_facts import PaidEvent, PaidRuns
from salesapi.domain.pay.ledger.pool_facts import ApprovedPools
from salesapi.domain.pay.ledger.sale_facts import Answer, CustomerFact, Market, Month, Win, WinEvent, Wins
from salesapi.domain.pay.ledger.team_facts import TeamTree
from salesapi.domain.pay.ledger.trade_facts import Trade, TradeEvent
from salesapi.domain.pay.plans import compensation_plans, enrolments
from salesapi.domain.pay.plans.compensation_plans import (
    CompensationPlan,
    CompensationPlanDrafted,
    CompensationPlanRetired,
    CompensationPlanVersionPublished,
)
from salesapi.domain.pay.plans.enrolments import Enrolment, EnrolmentBegun, EnrolmentEvent, EnrolmentQuotaSet
from salesapi.domain.pay.plans.plan_components import Measure
from salesapi.domain.pay.records.points import PointsCredited, PointsPosted
from salesapi.domain.pay.records.pool_shares import PoolSharesApproved
from salesapi.domain.reference.products import ProductEvent
from salesapi.domain.reference.rate_tables import DayRate, RateKey, RatesStated, rate_on, rates_stated
from salesapi.domain.selling.attribution import LeadAttributionTouchRecorded
from salesapi.domain.shared.kernel import Recorded, record

RATE_DAYS_MAX: Final = 31
"""A rate holds until the next one of its pair, at most for so many days: after that it is missing."""


PlanFact: TypeAlias = CompensationPlanDrafted | CompensationPlanVersionPublished | CompensationPlanRetired
CalendarFact: TypeAlias = CalendarDefined | CalendarHolidaysDeclared
RuleEvent: TypeAlias = EnrolmentEvent | PlanFact | CalendarFact | ProductEvent | TeamEvent
PayEvent: TypeAlias = (
    WinEvent
    | TradeEvent
    | PaidEvent
    | ForecastEvent
    | PointsCredited
    | PointsPosted
    | PoolSharesApproved
    | CustomerFact
    | LeadAttributionTouchRecorded
    | RatesStated
    | RuleEvent
)
"""All events that the ledger reads: `deal.won` states all that a win is, so that openings need not be read."""


QuotaKey: TypeAlias = tuple[UUID, Measure, str]
"""Member, measure and period."""


@record
class Change:
    """At this position something changed that a deal (None: any deal) earns as it was won, from this month (year, month) on.

    What agreements, invoices and cash say of it may count earlier: `since`.
    """

    position: int
    month: Month
    since: Month
    deal_id: UUID | None
    is_win: bool
    """Whether the deal was won, or its win changed or taken back: that alone moves pay without any option of a plan."""


@record
class QuotaFact:
    """A member's quota for a period, and the position of the event that set it."""

    amount_minor: int
    currency: str
    position: int


class PayFacts:
    """Accumulates facts in their order; answers about the state at `position`."""

    def __init__(self) -> None:
        self.position = 0
        self.wins = Wins()
        self.market = Market()
        self.trade = Trade()
        self.terms = CustomerTerms()
        self.forecasts = Forecasts()
        self.points = PointsEarned()
        self.paid = PaidRuns()
        self.pool_shares = ApprovedPools()
        self.tree = TeamTree()
        self._plans: dict[UUID, CompensationPlan] = {}
        self._enrolments: dict[UUID, Enrolment] = {}
        self._took_part: dict[UUID, set[UUID]] = {}
        self._quotas: dict[QuotaKey, QuotaFact] = {}
        self._rates: dict[UUID, dict[RateKey, DayRate]] = {}
        self._calendars: dict[UUID, Calendar] = {}
        self._changes: list[Change] = []
        self._rule_changes: list[int] = []

    def apply(self, event: PayEvent, recorded: Recorded) -> None:
        """Takes the next event of the log that pay follows from."""
        assert recorded.position > self.position, "events come in the order of the log, each once"
        self.position = recorded.position
        if isinstance(event, WinEvent):
            for win in self.wins.apply(event, recorded):
                self._change(win.on, win.deal_id, is_win=win.deal_id == recorded.stream_id)
        elif isinstance(event, TradeEvent):
            if isinstance(event, AgreementEvent):
                self.terms.apply(event, recorded)
            for deal_id, on in self.trade.apply(event, recorded):
                self._change_of(deal_id, on)
        elif isinstance(event, PaidEvent):
            self._change_of(self.paid.apply(event, recorded), None)
        elif isinstance(event, ForecastEvent):
            self.forecasts.apply(event, recorded)
        elif isinstance(event, PointsCredited | PointsPosted):
            self.points.apply(event, recorded)
        elif isinstance(event, PoolSharesApproved):
            self.pool_shares.apply(event, recorded)
        elif isinstance(event, CustomerFact):
            self._apply_about_customer(event, recorded)
        elif isinstance(event, LeadAttributionTouchRecorded):
            self.market.apply_touch(event, recorded)
            for win in self.wins.of_lead(recorded.stream_id):
                self._change(win.on, win.deal_id)
        elif isinstance(event, RatesStated):
            self._rates.setdefault(recorded.stream_id, {}).update(rates_stated(event, recorded))
            self._change(event.on, None)
        else:
            self._apply_rule(event, recorded)

    def advance_to(self, position: int) -> None:
        """States that the log was read up to here: what lies between was of no concern."""
        assert position >= self.position, "a ledger does not go back; fold a new one"
        self.position = position

    def plan(self, plan_id: UUID) -> CompensationPlan:
        """The plan; a run's plan exists."""
        return self._plans[plan_id]

    def has_plan(self, plan_id: UUID) -> bool:
        """Tells whether there is such a plan."""
        return plan_id in self._plans

    def with_plan(self, plan_id: UUID, plan: CompensationPlan) -> "PayFacts":
        """The same facts with another plan in place of this one, to look at: a what-if takes no further event."""
        what_if = copy(self)
        what_if._plans = {**self._plans, plan_id: plan}
        return what_if

    def with_wins(self, added: Iterable[Win]) -> "PayFacts":
        """The same facts with further wins, to look at."""
        what_if = copy(self)
        what_if.wins = self.wins.with_wins(added)
        return what_if

    def with_quotas(self, changed: Mapping[QuotaKey, QuotaFact]) -> "PayFacts":
        """The same facts with other quotas, to look at."""
        what_if = copy(self)
        what_if._quotas = {**self._quotas, **changed}
        return what_if

    def enrolment(self, member_id: UUID) -> Enrolment | None:
        """All enrolments of a member."""
        return self._enrolments.get(member_id)

    def participants(self, plan_id: UUID) -> dict[UUID, Enrolment]:
        """The members who were ever enrolled in the plan, also those whose enrolment fell later: they may have been paid."""
        took_part = self._took_part.get(plan_id, set())
        return {member_id: enrolment for member_id, enrolment in self._enrolments.items() if member_id in took_part}

    def participation(self, plan_id: UUID, *, member_id: UUID) -> Enrolment | None:
        """The enrolments of a member who was ever enrolled in the plan."""
        return self._enrolments.get(member_id) if member_id in self._took_part.get(plan_id, ()) else None

    def quota(self, member_id: UUID, measure: Measure, *, period: str, currency: str) -> QuotaFact | None:
        """The member's quota for the period; None where none is set in this currency."""
        found = self._quotas.get((member_id, measure, period))
        return found if found is not None and found.currency == currency else None

    def rate_on(self, table_id: UUID, *, from_currency: str, to_currency: str, on: date) -> Decimal | None:
        """R67: the last rate of the pair of this day or of at most `RATE_DAYS_MAX` days before it."""
        found = rate_on(
            self._rates.get(table_id, {}),
            from_currency=from_currency,
            to_currency=to_currency,
            on=on,
            within_days=RATE_DAYS_MAX,
        )
        return found.rate if found is not None else None

    def calendar(self, calendar_id: UUID) -> Calendar:
        """A calendar that a plan names; it exists."""
        return self._calendars[calendar_id]

    def parties_to(self, win: Win) -> set[UUID]:
        """Finds who may be credited with a win: its people, who answers for the customer, who touched the lead."""
        found = win.members() | {win.owner_id}
        if win.customer_id is not None:
            found |= self.market.owners_of(win.customer_id)
        if win.lead_id is not None:
            touches = self.market.touches_of(win.lead_id)
            found |= {touch.member_id for touch in touches if touch.member_id is not None}
        return found

    def members_answered_about(self, answer: Answer) -> set[UUID]:
        """R44: who has a part in the deal that an answer names, or in any win with the customer."""
        if answer.deal_id is None:
            return {member for win in self.wins.of_customer(answer.customer_id) for member in win.members()}
        win = self.wins.win(answer.deal_id)
        return win.members() if win is not None else set()

    def wins_concerning(self, member_id: UUID) -> dict[UUID, Win]:
        """The wins, by deal, that a member may be credited with at any time: the other way round of `parties_to`."""
        found = {win.deal_id: win for win in self.wins.ever_of_member(member_id)}
        for customer_id in self.market.customers_of(member_id):
            found |= {win.deal_id: win for win in self.wins.of_customer(customer_id)}
        for lead_id in self.market.leads_of(member_id):
            found |= {win.deal_id: win for win in self.wins.of_lead(lead_id)}
        return found

    def changes_since(self, position: int) -> tuple[Change, ...]:
        """Lists what changed about deals after a position, in the order of the log."""
        return tuple(self._changes[bisect_right(self._changes, position, key=lambda change: change.position) :])

    def rule_changes(self, *, since: int) -> tuple[int, ...]:
        """Positions after `since` of changes of what holds for everybody: plans, enrolments, teams, products, calendars."""
        return tuple(self._rule_changes[bisect_right(self._rule_changes, since) :])

    def _change(self, on: date, deal_id: UUID | None, *, is_win: bool = False) -> None:
        """Notes from which month on a deal (None: any) may earn something else."""
        win = self.wins.win(deal_id) if deal_id is not None else None
        first_on = on if win is None else min(on, win.on)
        month = (first_on.year, first_on.month)
        traded_on = self.trade.first_on(deal_id) if deal_id is not None else first_on
        since = (traded_on.year, traded_on.month) if traded_on < first_on else month
        self._changes.append(Change(position=self.position, month=month, since=since, deal_id=deal_id, is_win=is_win))

    def _apply_about_customer(self, event: CustomerFact, recorded: Recorded) -> None:
        self.market.apply_customer(event, recorded)
        if isinstance(event, CustomerSatisfactionRecorded):
            if recorded.occurred is not None:
                self._change(recorded.occurred.on, None)
        elif not isinstance(event, CustomerRegistered):
            for win in self.wins.of_customer(recorded.stream_id):
                self._change(win.on, win.deal_id)

    def _change_of(self, deal_id: UUID | None, on: date | None) -> None:
        """A deal that is won earns something else from a day on, or from its win on."""
        win = self.wins.win(deal_id) if deal_id is not None else None
        if win is not None:
            self._change(on or win.on, win.deal_id)

    def _apply_rule(self, event: RuleEvent, recorded: Recorded) -> None:
        """Plans, enrolments, teams, products and calendars fold as their own streams do."""
        self._rule_changes.append(recorded.position)
        if isinstance(event, EnrolmentEvent):
            known = self._enrolments.get(event.member_id)
            self._enrolments[event.member_id] = enrolments.evolve(known, event, recorded)
            if isinstance(event, EnrolmentBegun):
                self._took_part.setdefault(event.plan_id, set()).add(event.member_id)
            elif isinstance(event, EnrolmentQuotaSet):
                self._quotas[event.member_id, event.measure, event.period] = QuotaFact(
                    amount_minor=event.amount_minor, currency=event.currency, position=recorded.position
                )
        elif isinstance(event, PlanFact):
            plan = self._plans.get(recorded.stream_id)
            self._plans[recorded.stream_id] = compensation_plans.evolve(plan, event, recorded)
        elif isinstance(event, CalendarFact):
            calendar = self._calendars.get(recorded.stream_id)
            self._calendars[recorded.stream_id] = calendars.evolve(calendar, event, recorded)
        elif isinstance(event, ProductEvent):
            self.market.apply_product(event, recorded)
        else:
            self.tree = self.tree.apply(event, recorded)

"""Estimates (R66): what an open deal would earn if it were won as it stands, on the day on which it is expected to close.

Marginal to the current position: what a participant earns in that day's period with the win, less what is earned without it,
from everything known now. So a tier that the deal reaches counts with what it lifts on other deals, and a cap with what it
leaves. Amounts are minor units of each plan's currency. When it would be payable, guarantees, draws and the plan's awards are
not asked. Nothing is posted, and the facts stay as they are.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from salesapi.domain.pay.calculation.budgets import BudgetOf
from salesapi.domain.pay.calculation.crediting import credits_of
from salesapi.domain.pay.calculation.earnings import Earnings
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.sales import sales_of
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.sale_facts import Win
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.reasons.earned_reasons import AwaitsAnchor, Waits
from salesapi.domain.selling.deals import Deal
from salesapi.domain.shared.kernel import Refused, record
from salesapi.domain.shared.money import rounded
from salesapi.domain.shared.periods import Period, period_named, period_of
from salesapi.domain.shared.states import made_from


class EstimateDealNotOpen(Refused):
    """What is closed has earned what it earns."""

    code = "commission_estimate.deal_not_open"
    message = "The deal is {status}; an estimate is made of open deals. Its statements say what a won deal earns."


class EstimateAmountMissing(Refused):
    """Nothing is earned on an unknown amount."""

    code = "commission_estimate.amount_missing"
    message = "The deal has no amount yet: value it, then ask again."


class EstimateCloseDateMissing(Refused):
    """Period, plan version and rates follow from a day."""

    code = "commission_estimate.close_date_missing"
    message = "It is not known when the deal is expected to close: set its closing date, then ask again."


@record
class EstimatedComponent:
    """The estimate for one component; `waits_for` says why nothing is known of it yet, where that is so."""

    component: str
    amount_minor: int
    waits_for: Waits | None = None


@record
class EstimatedPay:
    """The estimate of a member's pay by a plan, as the sum of its components; nothing of it is due to anybody."""

    member_id: UUID
    plan_id: UUID
    period: str
    currency: str
    amount_minor: int
    components: tuple[EstimatedComponent, ...]

    def weighted_minor(self, probability_percent: Decimal) -> int:
        """The expected amount: `amount * probability`, rounded half up."""
        return rounded(Fraction(probability_percent) * self.amount_minor / 100, "half_up")


def supposed_win(ledger: PayFacts, deal_id: UUID, deal: Deal) -> Win:
    """The win of an open deal as it stands. On its day it comes after all others.

    Raises:
        EstimateDealNotOpen, EstimateAmountMissing, EstimateCloseDateMissing.
    """
    if deal.status != "open":
        raise EstimateDealNotOpen(status=deal.status)
    if ledger.wins.win(deal_id) is not None:
        raise EstimateDealNotOpen(status="won")
    if deal.amount_minor is None or deal.currency is None:
        raise EstimateAmountMissing()
    if deal.expected_close_on is None:
        raise EstimateCloseDateMissing()
    return made_from(
        Win,
        deal,
        deal_id=deal_id,
        on=deal.expected_close_on,
        positions=(ledger.position + 1,),
        amount_minor=deal.amount_minor,
        currency=deal.currency,
    )


def estimated(ledger: PayFacts, win: Win, members: Collection[UUID] | None = None) -> tuple[EstimatedPay, ...]:
    """R66: for each participant (of these members) whom a supposed win would credit, and each plan, ordered by member and plan.

    Raises:
        PeriodInvalid: the win's day is in no period that there is.
    """
    what_if = ledger.with_wins((win,))
    parties = sorted(_parties(ledger, win) if members is None else _parties(ledger, win) & set(members))
    plans: dict[UUID, _Marginal] = {}
    found: list[EstimatedPay] = []
    for member_id in parties:
        for plan_id in _plans_of(ledger, member_id):
            if plan_id not in plans:
                plans[plan_id] = _Marginal(ledger, what_if, plan_id, win)
            pay = plans[plan_id].of(member_id)
            if pay.components:
                found.append(pay)
    return tuple(found)


def _parties(ledger: PayFacts, win: Win) -> set[UUID]:
    """Finds who may be credited, and the managers above."""
    found = ledger.parties_to(win)
    return found | {manager_id for each in found for manager_id in ledger.tree.managers_of(each, win.on)}


def _plans_of(ledger: PayFacts, member_id: UUID) -> list[UUID]:
    """The published plans that a member ever took part in."""
    enrolment = ledger.enrolment(member_id)
    plan_ids = {span.plan_id for span in enrolment.spans} if enrolment is not None else set()
    return sorted(plan_id for plan_id in plan_ids if ledger.plan(plan_id).versions)


class _Earned:
    """The earnings of one plan in the period from the facts of one ledger."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, period: Period) -> None:
        self.earnings = Earnings(Evaluation(ledger, plan_id, period.last_on))
        self._budget = BudgetOf(self.earnings, period)
        self._period = period

    def sums(self, member_id: UUID) -> dict[str, int]:
        """By component, and what the plan's budget takes of all (R30)."""
        sums: dict[str, int] = {}
        for each in self.earnings.rounded(member_id, self._period):
            key = each.credited.component.key
            sums[key] = sums.get(key, 0) + each.posted_minor
        for posting in self._budget.of(member_id):
            sums[posting.component] = sums.get(posting.component, 0) + posting.posted_minor
        return sums


class _Marginal:
    """One plan with the win and without it."""

    def __init__(self, ledger: PayFacts, what_if: PayFacts, plan_id: UUID, win: Win) -> None:
        self._win = win
        self._period = period_named(period_of(win.on, ledger.plan(plan_id).versions[-1].period).text)
        self._before = _Earned(ledger, plan_id, self._period)
        self._after = _Earned(what_if, plan_id, self._period)

    def of(self, member_id: UUID) -> EstimatedPay:
        """The member's estimate; without a component where the win is none of its business."""
        evaluation = self._after.earnings.evaluation
        components = tuple(self._components(member_id))
        return EstimatedPay(
            member_id=member_id,
            plan_id=evaluation.plan_id,
            period=self._period.text,
            currency=evaluation.currency,
            amount_minor=sum(each.amount_minor for each in components),
            components=components,
        )

    def _components(self, member_id: UUID) -> Iterator[EstimatedComponent]:
        after = self._after.earnings.rounded(member_id, self._period)
        sums = self._after.sums(member_id)
        for key, amount_minor in self._before.sums(member_id).items():
            sums[key] = sums.get(key, 0) - amount_minor
        own = [each.credited for each in after if each.credited.sale.win.deal_id == self._win.deal_id]
        shown = {key for key, amount_minor in sums.items() if amount_minor} | {each.component.key for each in own}
        waiting = {each.component.key: each.waits_for for each in own if each.waits_for is not None}
        waiting |= {key: reason for key, reason in self._later(member_id) if key not in shown}
        for key in sorted(shown | waiting.keys()):
            yield EstimatedComponent(component=key, amount_minor=sums.get(key, 0), waits_for=waiting.get(key))

    def _later(self, member_id: UUID) -> Iterator[tuple[str, Waits]]:
        """The components that would credit the member once something else has happened than the win, and what."""
        evaluation = self._after.earnings.evaluation
        enrolment = evaluation.ledger.enrolment(member_id)
        assert enrolment is not None, "asked of a participant"
        for part in evaluation.eligibility.parts(self._period):
            for component in part.version.components if part.pays(self._win.on) else ():
                is_held = enrolment.covers(evaluation.plan_id, component.key, self._win.on)
                if component.attributed != "booking" and is_held and self._credits(component, member_id):
                    yield component.key, AwaitsAnchor(anchor=component.attributed)

    def _credits(self, component: Component, member_id: UUID) -> bool:
        ledger = self._after.earnings.evaluation.ledger
        sales = sales_of(ledger, replace(component, attributed="booking"), [self._win], self._period)
        return any(credit.member_id == member_id for sale in sales for credit in credits_of(sale, component, ledger))

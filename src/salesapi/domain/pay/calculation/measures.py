"""Measures of a period beside what a member was credited: the team's attainment (R14), satisfaction of one's customers (R44)."""

from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.eligibility import Eligibility
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.rules.award_measures import satisfaction_factor
from salesapi.domain.pay.rules.rates import attainment_percent
from salesapi.domain.shared.periods import Period

ZERO: Final = Fraction()


def team_attainment(eligibility: Eligibility, member_id: UUID, period: Period) -> Fraction:
    """R14: what the team of the nearest manager won in the period, in percent of that manager's quota; 0 without one."""
    ledger, currency = eligibility.ledger, eligibility.currency
    managers = ledger.tree.managers_of(member_id, period.last_on)
    quota = ledger.quota(managers[0], "credited_amount", period=period.text, currency=currency) if managers else None
    if quota is None:
        return ZERO
    wins = eligibility.register.wins_of_team(managers[0], period)
    won = sum(win.amount_minor for win in wins if win.currency == currency)
    return attainment_percent(won, quota=quota.amount_minor)


def satisfaction_of(ledger: PayFacts, member_id: UUID, component: Component, period: Period) -> Fraction:
    """R44: the factor of the answers that the customers of one's wins gave in the period."""
    table = component.satisfaction
    assert table is not None, "asked for a component with one"
    answers = [
        answer.score
        for answer in ledger.market.answers_in(period.months())
        if answer.kind == table.survey and member_id in ledger.members_answered_about(answer)
    ]
    return satisfaction_factor(table, answers)

"""The lines that a plan earns its participants in a period, from everything the ledger knows.

Eligibility: enrolled on the win date, by the plan version in effect on the win date. Deals count in the order of win date,
then position of the win. Tiers count what was credited in the period under one plan version and component. A win in another
currency than the plan's waits for a rate (R67): it is held, posts nothing and counts towards no tier.
"""

from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.commission.crediting import Credit, credits_of
from salesapi.domain.commission.facts import Ledger, Win
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.rates import Earning, earnings_of, exact_text
from salesapi.domain.compensation_plans import CompensationPlan, CompensationPlanVersion, Component, RoundingScope
from salesapi.domain.kernel import record
from salesapi.domain.money import rounded
from salesapi.domain.payout_runs import StatementLine

LinesByMember: TypeAlias = dict[UUID, tuple[StatementLine, ...]]


@record
class _Credited:
    """One credit under one component, with what it earns; nothing where it is held."""

    win: Win
    credit: Credit
    version: CompensationPlanVersion
    component: Component
    earnings: tuple[Earning, ...]


def earning_lines(ledger: Ledger, plan_id: UUID, period: Period) -> LinesByMember:
    """The earning, uplift and held lines of every participant, in the order in which they are earned."""
    plan = ledger.plan(plan_id)
    credited_minor: dict[tuple[UUID, int, str], int] = {}
    by_member: dict[UUID, list[_Credited]] = {}
    for win, version, component, credit in _eligible_credits(ledger, plan_id, plan, period):
        earnings: tuple[Earning, ...] = ()
        if win.currency == plan.currency:
            measure = (credit.member_id, version.number, component.key)
            start_minor = credited_minor.get(measure, 0)
            credited_minor[measure] = start_minor + credit.amount_minor
            earnings = earnings_of(component, start_minor, credit.amount_minor, plan.currency)
        credited = _Credited(win=win, credit=credit, version=version, component=component, earnings=earnings)
        by_member.setdefault(credit.member_id, []).append(credited)
    return {member_id: _posted_lines(all_of, period, plan.currency) for member_id, all_of in by_member.items()}


def _eligible_credits(
    ledger: Ledger, plan_id: UUID, plan: CompensationPlan, period: Period
) -> list[tuple[Win, CompensationPlanVersion, Component, Credit]]:
    return [
        (win, version, component, credit)
        for win in ledger.wins_in(period)
        if (version := plan.version_on(win.on)) is not None
        for component in version.components
        for credit in credits_of(win, component.credit, component.levels, ledger.managers_of)
        if ledger.is_enrolled(credit.member_id, plan_id, component.key, win.on)
    ]


def _posted_lines(all_of: list[_Credited], period: Period, currency: str) -> tuple[StatementLine, ...]:
    """Rounds by the plan's scope: lines of a scope post the steps of its rounded running sum, so they add up to it."""
    lines: list[StatementLine] = []
    running: dict[tuple[object, ...], Fraction] = {}
    for credited in all_of:
        if not credited.earnings:
            lines.append(_held_line(credited, period, currency))
        for earning in credited.earnings:
            rounding = credited.version.rounding
            group = _rounding_group(rounding.scope, len(lines), credited)
            before = running.get(group, Fraction())
            running[group] = before + earning.exact_minor
            posted_minor = rounded(running[group], rounding.mode) - rounded(before, rounding.mode)
            lines.append(_earning_line(credited, earning, posted_minor, period))
    return tuple(lines)


def _rounding_group(scope: RoundingScope, line_index: int, credited: _Credited) -> tuple[object, ...]:
    """What is rounded together (settled by the plan version; lines of two versions are never rounded together)."""
    match scope:
        case "line":
            return (credited.version.number, line_index)
        case "component":
            return (credited.version.number, credited.component.key)
        case "statement":
            return (credited.version.number,)


def _earning_line(credited: _Credited, earning: Earning, posted_minor: int, period: Period) -> StatementLine:
    return StatementLine(
        kind=earning.kind,
        period=period.text,
        component=credited.component.key,
        rule=earning.rule,
        credit_rule=credited.credit.rule,
        plan_version=credited.version.number,
        deal_id=credited.win.deal_id,
        source_member_id=credited.credit.source_member_id,
        won_on=credited.win.on,
        positions=credited.win.positions,
        base_minor=earning.base_minor,
        currency=credited.win.currency,
        rate_percent=earning.rate_percent,
        formula=earning.formula,
        exact_minor=exact_text(earning.exact_minor),
        posted_minor=posted_minor,
        residual_minor=exact_text(earning.exact_minor - posted_minor),
    )


def _held_line(credited: _Credited, period: Period, currency: str) -> StatementLine:
    win = credited.win
    return StatementLine(
        kind="held",
        period=period.text,
        component=credited.component.key,
        rule="R67",
        credit_rule=credited.credit.rule,
        plan_version=credited.version.number,
        deal_id=win.deal_id,
        source_member_id=credited.credit.source_member_id,
        won_on=win.on,
        positions=win.positions,
        base_minor=credited.credit.amount_minor,
        currency=win.currency,
        rate_percent=None,
        formula=f"waiting for a rate from {win.currency} to {currency}; nothing is posted",
        exact_minor=None,
        posted_minor=0,
        residual_minor=None,
    )

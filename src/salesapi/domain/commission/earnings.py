"""The lines that a plan earns its participants in a period, from everything the ledger knows.

Eligibility: enrolled on the win date, by the plan version in effect on the win date. Deals count in the order of win date,
then position of the win. Tiers and attainment count what was credited in the period under one plan version and component. A
win in another currency than the plan's waits for a rate (R67), a credit under a component by attainment waits for the quota
(R07): held, it posts nothing and counts towards no tier.
"""

from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.commission.components import (
    Earning,
    Standing,
    before_caps,
    before_component_cap,
    earnings_of,
    is_shut,
)
from salesapi.domain.commission.crediting import Credit, credits_of
from salesapi.domain.commission.facts import Ledger, QuotaFact, Win
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.wording import exact_text, residual_text
from salesapi.domain.compensation_plans import CompensationPlan, CompensationPlanVersion, Component, RoundingScope
from salesapi.domain.kernel import record
from salesapi.domain.money import rounded
from salesapi.domain.payout_runs import StatementLine

LinesByMember: TypeAlias = dict[UUID, tuple[StatementLine, ...]]

_Measure: TypeAlias = tuple[UUID, int, str]
"""Member, plan version and component: what is summed over the period."""


@record
class _Waiting:
    """What a held credit waits for, and by which rule."""

    rule: str
    words: str


@record
class _Credited:
    """One credit under one component, with what it earns; `waits_for` says why it is held."""

    win: Win
    credit: Credit
    version: CompensationPlanVersion
    component: Component
    positions: tuple[int, ...]
    earnings: tuple[Earning, ...]
    waits_for: _Waiting | None = None


@record
class _Sum:
    """What a member was credited and earned so far under one component of one version in the period."""

    credited_minor: int = 0
    peak_minor: int = 0
    earned_minor: Fraction = Fraction()
    deal_id: UUID | None = None
    """The deal that earned last: its parts follow each other."""
    deal_earned_minor: Fraction = Fraction()


def earning_lines(ledger: Ledger, plan_id: UUID, period: Period) -> LinesByMember:
    """The lines of every participant from credits, in the order in which they are earned."""
    plan = ledger.plan(plan_id)
    credits = _eligible_credits(ledger, plan_id, plan, period)
    totals: dict[_Measure, int] = {}
    for win, version, component, credit in credits:
        if win.currency == plan.currency:
            measure = (credit.member_id, version.number, component.key)
            totals[measure] = totals.get(measure, 0) + credit.amount_minor
    sums: dict[_Measure, _Sum] = {}
    by_member: dict[UUID, list[_Credited]] = {}
    for win, version, component, credit in credits:
        measure = (credit.member_id, version.number, component.key)
        quota = _needed_quota(ledger, component, credit.member_id, period, plan.currency)
        waits_for = _waiting(win, plan.currency, component, quota, period)
        earnings: tuple[Earning, ...] = ()
        if waits_for is None:
            so_far = sums.get(measure, _Sum())
            standing = _standing(so_far, win.deal_id, totals[measure], quota)
            earnings = earnings_of(component, standing, credit.amount_minor, plan.currency)
            sums[measure] = _with(so_far, standing, win.deal_id, credit.amount_minor, earnings)
        credited = _Credited(
            win=win,
            credit=credit,
            version=version,
            component=component,
            positions=win.positions if quota is None else tuple(sorted((*win.positions, quota.position))),
            earnings=earnings,
            waits_for=waits_for,
        )
        by_member.setdefault(credit.member_id, []).append(credited)
    return {member_id: _posted_lines(all_of, period) for member_id, all_of in by_member.items()}


def _standing(so_far: _Sum, deal_id: UUID, total_minor: int, quota: QuotaFact | None) -> Standing:
    is_same_deal = so_far.deal_id == deal_id
    return Standing(
        start_minor=so_far.credited_minor,
        peak_minor=so_far.peak_minor,
        total_minor=total_minor,
        quota_minor=quota.amount_minor if quota else None,
        earned_minor=so_far.earned_minor,
        is_same_deal=is_same_deal,
        deal_earned_minor=so_far.deal_earned_minor if is_same_deal else Fraction(),
    )


def _with(so_far: _Sum, standing: Standing, deal_id: UUID, amount_minor: int, earnings: tuple[Earning, ...]) -> _Sum:
    credited_minor = so_far.credited_minor + amount_minor
    return _Sum(
        credited_minor=credited_minor,
        peak_minor=max(so_far.peak_minor, credited_minor),
        earned_minor=so_far.earned_minor + before_component_cap(earnings),
        deal_id=None if is_shut(earnings) else deal_id,
        deal_earned_minor=standing.deal_earned_minor + before_caps(earnings),
    )


def _needed_quota(
    ledger: Ledger, component: Component, member_id: UUID, period: Period, currency: str
) -> QuotaFact | None:
    return ledger.quota(member_id, component.measure, period.text, currency) if component.needs_quota() else None


def _waiting(win: Win, currency: str, component: Component, quota: QuotaFact | None, period: Period) -> _Waiting | None:
    """R67: another currency waits for a rate, which is never taken as 1. R07: attainment waits for a quota."""
    if win.currency != currency:
        return _Waiting(rule="R67", words=f"waiting for a rate from {win.currency} to {currency}; nothing is posted")
    if quota is None and component.needs_quota():
        return _Waiting(rule="R07", words=f"waiting for a quota for {period.text} in {currency}; nothing is posted")
    return None


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


def _posted_lines(all_of: list[_Credited], period: Period) -> tuple[StatementLine, ...]:
    """Rounds by the plan's scope: lines of a scope post the steps of its rounded running sum, so they add up to it."""
    lines: list[StatementLine] = []
    running: dict[tuple[object, ...], Fraction] = {}
    for credited in all_of:
        if credited.waits_for is not None:
            lines.append(_held_line(credited, credited.waits_for, period))
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
        positions=credited.positions,
        base_minor=earning.base_minor,
        currency=credited.win.currency,
        rate_percent=earning.rate_percent,
        formula=earning.formula,
        exact_minor=exact_text(earning.exact_minor),
        posted_minor=posted_minor,
        residual_minor=residual_text(earning.exact_minor, posted_minor),
    )


def _held_line(credited: _Credited, waits_for: _Waiting, period: Period) -> StatementLine:
    win = credited.win
    return StatementLine(
        kind="held",
        period=period.text,
        component=credited.component.key,
        rule=waits_for.rule,
        credit_rule=credited.credit.rule,
        plan_version=credited.version.number,
        deal_id=win.deal_id,
        source_member_id=credited.credit.source_member_id,
        won_on=win.on,
        positions=credited.positions,
        base_minor=credited.credit.amount_minor,
        currency=win.currency,
        rate_percent=None,
        formula=waits_for.words,
        exact_minor=None,
        posted_minor=0,
        residual_minor=None,
    )

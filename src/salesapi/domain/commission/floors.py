"""Guarantee and draw of a statement (step 11 of the catalogue's order): R31, R32 and R33 on a participant's whole period.

Compared with what is earned or with what is payable, corrections of earlier periods included, as the plan says. By calendar
days of the period on which the member is enrolled. What is owed is what locked runs advanced, less what they recovered.
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.commission.draws import (
    ComparedWith,
    DaysCovered,
    Guarantee,
    RecoverableDraw,
    draw_ended,
    guarantee,
    recoverable_draw,
)
from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.wording import exact_text, in_major, residual_text
from salesapi.domain.compensation_plans import CompensationPlanVersion
from salesapi.domain.enrolments import Enrolment
from salesapi.domain.kernel import record
from salesapi.domain.money import rounded
from salesapi.domain.payout_runs import LineKind, StatementLine

GUARANTEE: Final = "guarantee"
DRAW: Final = "draw"
"""What stands in place of a component's key on these lines."""


@record
class _Result:
    kind: LineKind
    rule: str
    component: str
    exact_minor: Fraction
    words: str


def floor_lines(
    ledger: Ledger, plan_id: UUID, period: Period, lines: dict[UUID, tuple[StatementLine, ...]]
) -> dict[UUID, StatementLine]:
    """For each participant whose pay a guarantee or draw changes, the line that does; `lines` is all else of the period."""
    plan = ledger.plan(plan_id)
    version = plan.version_on(period.last_on)
    if version is None or (version.guarantee is None and version.draw is None):
        return {}
    found: dict[UUID, StatementLine] = {}
    for member_id, enrolment in ledger.participants(plan_id).items():
        result = _result(ledger, plan_id, version, enrolment, period, lines.get(member_id, ()), plan.currency)
        if result is not None and (line := _line(result, version, period, plan.currency)).posted_minor != 0:
            found[member_id] = line
    return found


def _result(
    ledger: Ledger,
    plan_id: UUID,
    version: CompensationPlanVersion,
    enrolment: Enrolment,
    period: Period,
    lines: tuple[StatementLine, ...],
    currency: str,
) -> _Result | None:
    if version.guarantee is not None:
        days = _days(enrolment, plan_id, period, version.guarantee.last_on)
        earned_minor = _compared(lines, version.guarantee.compared_with)
        return _guaranteed(version.guarantee, earned_minor, days, currency)
    if version.draw is not None:
        days = _days(enrolment, plan_id, period, version.draw.last_on)
        earned_minor = _compared(lines, version.draw.compared_with)
        owed_minor = _still_owed(version.draw, _balance_minor(ledger, plan_id, enrolment, period), days, period)
        return _drawn(version.draw, earned_minor, owed_minor, days, currency)
    return None


def _balance_minor(ledger: Ledger, plan_id: UUID, enrolment: Enrolment, period: Period) -> int:
    """R33: what earlier locked runs advanced less what they recovered; what one of them found forgiven is owed no more."""
    plan = ledger.plan(plan_id)
    owed_minor = 0
    for run in ledger.runs_of(plan_id):
        if run.is_locked and run.period.first_on < period.first_on:
            version = plan.version_on(run.period.last_on)
            if version is not None and version.draw is not None:
                days = _days(enrolment, plan_id, run.period, version.draw.last_on)
                owed_minor = _still_owed(version.draw, owed_minor, days, run.period)
            owed_minor += ledger.drawn_minor(run.run_id, enrolment.member_id)
    return owed_minor


def _still_owed(draw: RecoverableDraw, owed_minor: int, days: DaysCovered, period: Period) -> int:
    """R33: the balance, or nothing where it was forgiven at the draw's end or when the member left."""
    if days.covered:
        return owed_minor
    has_ended = draw.last_on is not None and draw.last_on < period.first_on
    ending = draw.at_end if has_ended else draw.on_leaving
    return int(draw_ended(ending, owed_minor=owed_minor).owed_minor)


def _guaranteed(floor: Guarantee, earned_minor: int, days: DaysCovered, currency: str) -> _Result:
    """R31, R32: lifts what is earned to the guarantee."""
    found = guarantee(earned_minor=earned_minor, guarantee_minor=floor.amount_minor, days=days)
    words = f"guaranteed {in_major(floor.amount_minor, currency)}{_for(days)} less {in_major(earned_minor, currency)}"
    rule = "R31" if floor.kind == "guarantee" else "R32"
    return _Result(kind="guarantee", rule=rule, component=GUARANTEE, exact_minor=found.topped_up_minor, words=words)


def _drawn(draw: RecoverableDraw, earned_minor: int, owed_minor: int, days: DaysCovered, currency: str) -> _Result:
    """R33: advances up to the draw, or recovers what is owed from what is earned above it."""
    earned, owed = in_major(earned_minor, currency), in_major(owed_minor, currency)
    found = recoverable_draw(draw, earned_minor=earned_minor, owed_minor=owed_minor, days=days)
    words = f"draw {in_major(draw.draw_minor, currency)}{_for(days)} less {earned} advanced"
    if found.recovered_minor:
        kept = in_major(found.paid_minor, currency)
        words = f"recovered of {owed} owed, at most {draw.recovery_limit_percent} % of {earned}; {kept} is paid"
    exact_minor = found.advanced_minor - found.recovered_minor
    return _Result(kind="draw", rule="R33", component=DRAW, exact_minor=exact_minor, words=words)


def _compared(lines: tuple[StatementLine, ...], compared_with: ComparedWith) -> int:
    return sum(
        line.posted_minor for line in lines if compared_with == "payable" or line.kind not in ("adjustment", "award")
    )


def _days(enrolment: Enrolment, plan_id: UUID, period: Period, last_on: date | None) -> DaysCovered:
    """The days of the period on which the member is enrolled and the floor is in force."""
    spans = [span for span in enrolment.spans if span.plan_id == plan_id]
    of = (period.last_on - period.first_on).days + 1
    days = (period.first_on + timedelta(days=number) for number in range(of))
    covered = sum((last_on is None or on <= last_on) and any(span.contains(on) for span in spans) for on in days)
    return DaysCovered(covered=covered, of=of)


def _for(days: DaysCovered) -> str:
    return "" if days.covered == days.of else f" for {days.covered} of {days.of} days"


def _line(result: _Result, version: CompensationPlanVersion, period: Period, currency: str) -> StatementLine:
    posted_minor = rounded(result.exact_minor, version.rounding.mode)
    return StatementLine(
        kind=result.kind,
        period=period.text,
        component=result.component,
        rule=result.rule,
        credit_rule=None,
        plan_version=version.number,
        deal_id=None,
        source_member_id=None,
        won_on=None,
        positions=(),
        base_minor=None,
        currency=currency,
        rate_percent=None,
        formula=f"{result.words} = {in_major(result.exact_minor, currency)} {currency}",
        exact_minor=exact_text(result.exact_minor),
        posted_minor=posted_minor,
        residual_minor=residual_text(result.exact_minor, posted_minor),
    )

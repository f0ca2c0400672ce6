"""Guarantee, draws and recovery of a statement (step 11 of the order): R31 to R34 and R54 on a participant's whole period.

Compared with what is earned or with what is payable, corrections of earlier periods included, as the plan says. By calendar
days of the period on which the member is enrolled. What is owed is in `draw_balances.py`, the draw in advance in `advances.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation import floor_lines
from salesapi.domain.pay.calculation.advances import Advances
from salesapi.domain.pay.calculation.draw_balances import Balances, as_agreed, days_in_plan
from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.enrolment_overrides import with_draw_of
from salesapi.domain.pay.plans.enrolment_spans import Span
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.reasons.posted_reasons import (
    DebtCarried,
    DebtRecovered,
    DrawAdvanced,
    DrawRecovered,
    Guaranteed,
)
from salesapi.domain.pay.reasons.reasons import Reason
from salesapi.domain.pay.rules.clawbacks import recovery
from salesapi.domain.pay.rules.draws import (
    ComparedWith,
    DaysCovered,
    Guarantee,
    RecoverableDraw,
    guarantee,
    recoverable_draw,
)
from salesapi.domain.shared.dates import day_before
from salesapi.domain.shared.periods import Period

EARNED: Final = ("earning", "uplift", "modifier", "limit")


class Floors:
    """The guarantee or draw of a plan's version in force at the end of a period, and how a negative result is recovered."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, period: Period) -> None:
        self._plan_id = plan_id
        self._period = period
        self._currency = ledger.plan(plan_id).currency
        version = ledger.plan(plan_id).version_on(period.last_on)
        self._version = version
        self._balances = Balances(ledger, plan_id, period)
        self._advances = Advances(ledger, plan_id, period, self._balances)
        has_floor = version is not None and any((version.guarantee, version.draw, version.recovery))
        self.stand = has_floor or self._advances.stand
        """Whether there is anything under a statement that rests on its lines."""

    def of(self, enrolment: Enrolment, postings: Sequence[Posting]) -> list[Posting]:
        """For a participant, the postings that lift, advance, carry or recover; `postings` is all else of the period.

        The advance for the next period comes last: nothing of this period is compared or netted with it.
        """
        if self._version is None:
            return self._advances.paid(enrolment)
        owed = self._balances.before(enrolment)
        forgiven = self._balances.forgiven(self._version, enrolment, owed)
        floor = self._floor(self._version, enrolment, postings, owed[floor_lines.DRAW])
        payable_minor = compared_minor(postings, "payable") + compared_minor(floor, "payable")
        netted = self._advances.netted(
            enrolment,
            earned_minor=compared_minor(postings, "earned"),
            payable_minor=payable_minor,
            owed_minor=owed[floor_lines.DRAW],
        )
        left_minor = payable_minor + compared_minor(netted, "payable")
        recovered = self._recovery(self._version, enrolment, left_minor, owed[floor_lines.RECOVERY])
        return [*forgiven, *floor, *netted, *recovered, *self._advances.paid(enrolment)]

    def _floor(
        self, version: CompensationPlanVersion, enrolment: Enrolment, postings: Sequence[Posting], owed_minor: int
    ) -> list[Posting]:
        period = self._period
        if version.guarantee is not None:
            days = days_in_plan(enrolment, self._plan_id, period, version.guarantee.last_on)
            earned_minor = compared_minor(postings, version.guarantee.compared_with)
            return self._posted(version, _guaranteed(version.guarantee, earned_minor, days))
        if version.draw is not None:
            draw, agreed_at = _draw_of(version.draw, enrolment, self._plan_id, period)
            days = days_in_plan(enrolment, self._plan_id, period, draw.last_on)
            earned_minor = compared_minor(postings, draw.compared_with)
            drawn = _drawn(draw, earned_minor, owed_minor, days)
            return self._posted(version, replace(drawn, positions=agreed_at))
        return []

    def _recovery(
        self, version: CompensationPlanVersion, enrolment: Enrolment, payable_minor: int, owed_minor: int
    ) -> list[Posting]:
        """R54: a negative result is carried forward, and recovered from later pay within the plan's limits."""
        if version.recovery is None or (owed_minor == 0 and payable_minor >= 0):
            return []
        left = enrolment.left
        found = recovery(
            version.recovery,
            owed_minor=Fraction(owed_minor),
            payable_minor=Fraction(payable_minor),
            has_left=left is not None and left.left_on <= self._period.last_on,
        )
        invoiced_minor = found.invoiced_minor or None
        reason: Reason
        if payable_minor < 0:
            reason = DebtCarried(owed_minor=-payable_minor, invoiced_minor=invoiced_minor)
        else:
            reason = DebtRecovered(owed_minor=owed_minor, paid_minor=found.paid_minor, invoiced_minor=invoiced_minor)
        exact_minor = found.paid_minor - payable_minor
        result = floor_lines.FloorResult(kind="recovery", rule="R54", exact_minor=exact_minor, reason=reason)
        return self._posted(version, result)

    def _posted(self, version: CompensationPlanVersion, result: floor_lines.FloorResult) -> list[Posting]:
        return floor_lines.floor_postings(result, version, currency=self._currency, period=self._period.text)


def _guaranteed(floor: Guarantee, earned_minor: int, days: DaysCovered) -> floor_lines.FloorResult:
    """R31, R32: lifts what is earned to the guarantee."""
    least_minor = floor.amount_minor
    rule = "R31" if floor.kind == "guarantee" else "R32"
    paid_minor = guarantee(earned_minor=earned_minor, guarantee_minor=least_minor, days=days)
    covered_days, period_days = floor_lines.days_counted(days)
    reason = Guaranteed(
        guaranteed_minor=least_minor, earned_minor=earned_minor, covered_days=covered_days, period_days=period_days
    )
    exact_minor = paid_minor - earned_minor
    return floor_lines.FloorResult(kind="guarantee", rule=rule, exact_minor=exact_minor, reason=reason)


def _drawn(draw: RecoverableDraw, earned_minor: int, owed_minor: int, days: DaysCovered) -> floor_lines.FloorResult:
    """R33: advances up to the draw, or recovers what is owed from what is earned above it."""
    found = recoverable_draw(draw, earned_minor=earned_minor, owed_minor=owed_minor, days=days)
    reason: Reason
    if found.recovered_minor:
        reason = DrawRecovered(
            owed_minor=owed_minor,
            most_percent=draw.recovery_limit_percent,
            earned_minor=earned_minor,
            paid_minor=found.paid_minor,
        )
    else:
        covered_days, period_days = floor_lines.days_counted(days)
        reason = DrawAdvanced(
            draw_minor=draw.draw_minor, earned_minor=earned_minor, covered_days=covered_days, period_days=period_days
        )
    exact_minor = found.advanced_minor - found.recovered_minor
    return floor_lines.FloorResult(kind="draw", rule="R33", exact_minor=exact_minor, reason=reason)


def _draw_of(
    draw: RecoverableDraw, enrolment: Enrolment, plan_id: UUID, period: Period
) -> tuple[RecoverableDraw, tuple[int, ...]]:
    """R56: the draw as agreed by the enrolment in force on the last day of the period on which the member takes part."""
    spans = [span for span in enrolment.spans if span.plan_id == plan_id]
    last_on = max((on for span in spans if (on := _last_day(span, period)) is not None), default=None)
    held = [] if last_on is None else [span for span in spans if span.contains(last_on)]
    return as_agreed(draw, held, with_draw_of)


def _last_day(span: Span, period: Period) -> date | None:
    """The last day of the period that is within the span."""
    until = span.effective_until
    last_on = period.last_on if until is None else min(period.last_on, day_before(until))
    return last_on if last_on >= period.first_on and span.contains(last_on) else None


def compared_minor(postings: Sequence[Posting], compared_with: ComparedWith) -> int:
    """All that is payable, or what was earned in the period, payable or not."""
    if compared_with == "payable":
        return sum(posting.posted_minor for posting in postings)
    return sum(posting.posted_minor for posting in postings if posting.kind in EARNED)

"""What members owe to a plan before a run (R33, R34, R54), and what people forgive of it.

What is owed is what runs that were locked before advanced and carried, less what they recovered, netted and forgave, whatever
their periods. What people forgive is taken off before the run: of the draw first, then of what was carried forward. Amounts are
minor units of the plan's currency.
"""

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from salesapi.domain.pay.calculation.floor_lines import DRAW, RECOVERY
from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.payout_facts import BALANCED, Balanced, ForgivenDraw, RunFacts
from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanVersion
from salesapi.domain.pay.plans.enrolment_spans import Span
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.reasons.posted_reasons import Forgiven
from salesapi.domain.pay.rules import draws
from salesapi.domain.shared.dates import DaySpan, date_after
from salesapi.domain.shared.periods import Period, period_after

Draw = TypeVar("Draw", draws.RecoverableDraw, draws.DrawInAdvance)


class Balances:
    """The balances of a plan's participants before the run of a period."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, period: Period) -> None:
        self._ledger = ledger
        self._plan_id = plan_id
        self._period = period
        self._plan = ledger.plan(plan_id)

    def before(self, enrolment: Enrolment) -> dict[Balanced, int]:
        """Computes what a member owes of each `BALANCED` kind; of the draw, less what its end or a leaving forgave."""
        paid, member_id = self._ledger.paid, enrolment.member_id
        draw_minor = recovery_minor = 0
        paid_until = date.min
        for run in self._locked_before:
            if run.period.first_on > paid_until:
                paid_until = run.period.first_on
                draw_minor = self._still_owed(draw_minor, enrolment, run.period)
            advanced_minor = self._advanced_by(run, member_id)
            # What was recovered before a leaving became known that forgives it is no credit.
            draw_minor = max(0, draw_minor + paid.balance_minor(run.run_id, DRAW, member_id=member_id) - advanced_minor)
            draw_minor += advanced_minor
            recovery_minor += paid.balance_minor(run.run_id, RECOVERY, member_id=member_id)
        draw_minor = draw_minor if self.is_late else self._still_owed(draw_minor, enrolment, self._period)
        return {"draw": draw_minor, "recovery": recovery_minor}

    @cached_property
    def is_late(self) -> bool:
        """True where a later period's run was locked before: a balance goes on from there, and nothing ends it here."""
        return any(run.period.first_on > self._period.first_on for run in self._locked_before)

    def to_come_minor(self, member_id: UUID) -> int:
        """R34: what a late run finds paid in advance for the period after the last locked one, whose run nets it."""
        last = max(self._locked_before, key=lambda run: run.period.first_on, default=None)
        return self._advanced_by(last, member_id) if last is not None and self.is_late else 0

    def _advanced_by(self, run: RunFacts, member_id: UUID) -> int:
        """R34: what a locked run paid in advance for the period after its own."""
        following = period_after(run.period)
        return self._ledger.paid.advanced_minor(self._plan_id, following.text, member_id=member_id) if following else 0

    @cached_property
    def _locked_before(self) -> list[RunFacts]:
        """The runs that were locked before that of the period, in this order: one of a later period may have come first."""
        locked = [run for run in self._ledger.paid.runs_of(self._plan_id) if run.is_locked]
        own = next((run.locked_position for run in locked if run.period == self._period), None)
        before = [run for run in locked if own is None or run.locked_position < own]
        return sorted(before, key=lambda run: run.locked_position)

    def forgiven(
        self, version: CompensationPlanVersion, enrolment: Enrolment, owed: dict[Balanced, int]
    ) -> list[Posting]:
        """R33, R34, R54: what people forgave lowers `owed`; each balance that it changes has a line, one that finds none, too."""
        due = self._ledger.paid.forgiven_due(self._plan_id, member_id=enrolment.member_id, period=self._period)
        return [posting for each in due for posting in self._taken_off(version, each, owed)]

    def _taken_off(
        self, version: CompensationPlanVersion, due: ForgivenDraw, owed: dict[Balanced, int]
    ) -> list[Posting]:
        found: list[Posting] = []
        left_minor = due.amount_minor
        for kind in BALANCED:
            taken_minor = draws.draw_forgiven(owed_minor=owed[kind], granted_minor=left_minor)
            if taken_minor:
                found.append(self._said_forgiven(version, kind, due, owed_minor=owed[kind], taken_minor=taken_minor))
                owed[kind] -= taken_minor
                left_minor -= taken_minor
        return found or [self._said_forgiven(version, DRAW, due, owed_minor=0, taken_minor=0)]

    def _said_forgiven(
        self, version: CompensationPlanVersion, kind: Balanced, due: ForgivenDraw, *, owed_minor: int, taken_minor: int
    ) -> Posting:
        """Posts nothing: the amount is the base."""
        return Posting(
            kind=kind,
            rule=self._rule_of(kind),
            component=kind,
            period=self._period.text,
            currency=self._plan.currency,
            exact_minor=Fraction(),
            posted_minor=0,
            reason=Forgiven(granted_minor=due.amount_minor, taken_minor=taken_minor, owed_minor=owed_minor),
            positions=due.positions,
            plan_version=version.number,
            base_minor=taken_minor,
        )

    def _rule_of(self, kind: Balanced) -> str:
        if kind == RECOVERY:
            return "R54"
        ruling = balance_rules(self._plan, self._period.last_on)
        return "R34" if ruling is not None and ruling.advance is not None else "R33"

    def _still_owed(self, owed_minor: int, enrolment: Enrolment, period: Period) -> int:
        """R33, R34: the balance, or nothing where it was forgiven at the draw's end or when the member left."""
        if owed_minor == 0:
            return 0
        ending = self._ending(enrolment, period)
        return owed_minor if ending is None else draws.draw_ended(ending, owed_minor=owed_minor)

    def _ending(self, enrolment: Enrolment, period: Period) -> draws.AdvanceEnding | None:
        """Finds what becomes of a balance where no day of the period has a draw for the member; None where one has."""
        ruling = balance_rules(self._plan, period.last_on)
        if ruling is None:
            return None
        draw = ruling.draw
        if days_in_plan(enrolment, self._plan_id, period, draw.last_on if draw is not None else None).covered:
            return None
        if draw is not None:
            has_ended = draw.last_on is not None and draw.last_on < period.first_on
            return draw.at_end if has_ended else draw.on_leaving
        return ruling.advance.on_leaving if ruling.advance is not None else None


def balance_rules(plan: CompensationPlan, on: date) -> CompensationPlanVersion | None:
    """R33, R34: the version whose draw says what becomes of a balance on a day: the one in force, where it has any.

    An advance is netted in any case: where the version in force has no draw, by the newest one before it with an advance.
    Nothing says so where a recoverable draw came after that: its balance waits for a version with a draw.
    """
    in_force = plan.version_on(on)
    for version in reversed(plan.versions):
        if in_force is not None and version.number <= in_force.number and version.is_effective(on):
            if version.advance is not None:
                return version
            if version.draw is not None:
                return version if version is in_force else None
    return None


def as_agreed(
    draw: Draw, spans: Iterable[Span], with_draw: Callable[[Draw, int], Draw]
) -> tuple[Draw, tuple[int, ...]]:
    """R56: the draw that the first of these spans with one of its own agrees, and its position where that differs."""
    for span in spans:
        if span.draw_minor is not None:
            own = with_draw(draw, span.draw_minor)
            return (own, (span.position,)) if own != draw else (draw, ())
    return draw, ()


def days_in_plan(enrolment: Enrolment, plan_id: UUID, period: Period, last_on: date | None = None) -> draws.DaysCovered:
    """The days of the period on which the member is enrolled, up to the last day of a guarantee or draw."""
    whole = DaySpan(effective_from=period.first_on, effective_until=date_after(period.last_on, 1, "days"))
    spans = (span for span in enrolment.spans if span.plan_id == plan_id)
    return draws.days_covered(whole, [(span.effective_from, span.effective_until) for span in spans], last_on=last_on)

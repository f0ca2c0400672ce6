"""Guarantee, draw and recovery of a statement (step 11 of the order): R31 to R33 and R54 on a participant's whole period.

Compared with what is earned or with what is payable, corrections of earlier periods included, as the plan says. By calendar
days of the period on which the member is enrolled. What is owed is what locked runs advanced, less what they recovered and
forgave. What people forgive is taken off before the run: of the draw first, then of what was carried forward.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.commission.clawbacks import recovery
from salesapi.domain.commission.draws import (
    ComparedWith,
    DaysCovered,
    Guarantee,
    RecoverableDraw,
    draw_ended,
    draw_forgiven,
    guarantee,
    recoverable_draw,
)
from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.pay_facts import BALANCED, Balanced, ForgivenDraw
from salesapi.domain.commission.periods import Period
from salesapi.domain.commission.postings import Posting
from salesapi.domain.commission.wording import in_major
from salesapi.domain.compensation_plans import CompensationPlanVersion
from salesapi.domain.enrolment_overrides import with_draw_of
from salesapi.domain.enrolment_spans import Span
from salesapi.domain.enrolments import Enrolment
from salesapi.domain.kernel import record
from salesapi.domain.payout_runs import LineKind

GUARANTEE: Final = "guarantee"
DRAW: Final = "draw"
RECOVERY: Final = "recovery"
"""What stands in place of a component's key on these lines, and the kind of the last two."""
EARNED: Final = ("earning", "uplift", "modifier", "limit")


class Floors:
    """The guarantee or draw of a plan's version in force at the end of a period, and how a negative result is recovered."""

    def __init__(self, ledger: Ledger, plan_id: UUID, period: Period) -> None:
        self._ledger = ledger
        self._plan_id = plan_id
        self._period = period
        self._plan = ledger.plan(plan_id)
        self._version = self._plan.version_on(period.last_on)
        version = self._version
        self.stand = version is not None and any((version.guarantee, version.draw, version.recovery))
        """Whether there is anything under a statement that rests on its lines."""

    def of(self, enrolment: Enrolment, postings: Sequence[Posting]) -> list[Posting]:
        """For a participant, the postings that lift, advance, carry or recover; `postings` is all else of the period."""
        if self._version is None:
            return []
        owed = self._owed(self._version, enrolment)
        due = self._ledger.paid.forgiven_due(self._plan_id, enrolment.member_id, self._period)
        forgiven = [posting for each in due for posting in self._forgiven(self._version, each, owed)]
        floor = self._floor(self._version, enrolment, postings, owed[DRAW])
        payable_minor = sum(posting.posted_minor for posting in (*postings, *floor))
        return [*forgiven, *floor, *self._recovery(self._version, enrolment, payable_minor, owed[RECOVERY])]

    def _owed(self, version: CompensationPlanVersion, enrolment: Enrolment) -> dict[Balanced, int]:
        """The balance of each `BALANCED` kind before the run."""
        draw_minor = _balance_minor(self._ledger, self._plan_id, enrolment, self._period)
        if version.draw is not None:
            days = _days(enrolment, self._plan_id, self._period, version.draw.last_on)
            draw_minor = _still_owed(version.draw, draw_minor, days, self._period)
        recovery_minor = sum(
            self._ledger.paid.balance_minor(run.run_id, RECOVERY, enrolment.member_id)
            for run in self._ledger.paid.runs_of(self._plan_id)
            if run.is_locked and run.period.first_on < self._period.first_on
        )
        return {"draw": draw_minor, "recovery": recovery_minor}

    def _forgiven(
        self, version: CompensationPlanVersion, due: ForgivenDraw, owed: dict[Balanced, int]
    ) -> list[Posting]:
        """R33, R54: what people forgave lowers `owed`; each balance that it changes has a line, and one that finds none, too."""
        found: list[Posting] = []
        left_minor = due.amount_minor
        for kind in BALANCED:
            taken_minor = int(draw_forgiven(owed_minor=owed[kind], granted_minor=left_minor).forgiven_minor)
            if taken_minor:
                found.append(self._said_forgiven(version, kind, due, owed[kind], taken_minor))
                owed[kind] -= taken_minor
                left_minor -= taken_minor
        return found or [self._said_forgiven(version, DRAW, due, 0, 0)]

    def _said_forgiven(
        self, version: CompensationPlanVersion, kind: Balanced, due: ForgivenDraw, owed_minor: int, taken_minor: int
    ) -> Posting:
        """Posts nothing: the amount is the base."""
        currency = self._plan.currency
        granted, owed, taken = (in_major(each, currency) for each in (due.amount_minor, owed_minor, taken_minor))
        words = f"{granted} forgiven: {taken} of {owed} owed"
        return Posting(
            kind=kind,
            rule="R33" if kind == DRAW else "R54",
            component=kind,
            period=self._period.text,
            currency=currency,
            exact_minor=Fraction(),
            posted_minor=0,
            said=lambda: (None, f"{words} = {in_major(0, currency)} {currency}"),
            positions=due.positions,
            plan_version=version.number,
            base_minor=taken_minor,
        )

    def _floor(
        self, version: CompensationPlanVersion, enrolment: Enrolment, postings: Sequence[Posting], owed_minor: int
    ) -> list[Posting]:
        currency, period = self._plan.currency, self._period
        if version.guarantee is not None:
            days = _days(enrolment, self._plan_id, period, version.guarantee.last_on)
            return self._posted(
                _guaranteed(version.guarantee, _compared(postings, version.guarantee.compared_with), days, currency)
            )
        if version.draw is not None:
            draw, agreed_at = _draw_of(version.draw, enrolment, self._plan_id, period)
            days = _days(enrolment, self._plan_id, period, draw.last_on)
            earned_minor = _compared(postings, draw.compared_with)
            return self._posted(_drawn(draw, earned_minor, owed_minor, days, currency), agreed_at)
        return []

    def _recovery(
        self, version: CompensationPlanVersion, enrolment: Enrolment, payable_minor: int, owed_minor: int
    ) -> list[Posting]:
        """R54: a negative result is carried forward, and recovered from later pay within the plan's limits."""
        if version.recovery is None:
            return []
        if owed_minor == 0 and payable_minor >= 0:
            return []
        left = enrolment.left
        found = recovery(
            version.recovery,
            owed_minor=Fraction(owed_minor),
            payable_minor=Fraction(payable_minor),
            has_left=left is not None and left.left_on <= self._period.last_on,
        )
        currency = self._plan.currency
        if payable_minor < 0:
            words = f"carried forward: {in_major(-payable_minor, currency)} is owed"
        else:
            words = (
                f"recovered of {in_major(owed_minor, currency)} owed; {in_major(found.paid_minor, currency)} is paid"
            )
        if found.invoiced_minor:
            words += f", {in_major(found.invoiced_minor, currency)} is invoiced"
        exact_minor = found.paid_minor - payable_minor
        return self._posted(
            _Result(kind="recovery", rule="R54", component=RECOVERY, exact_minor=exact_minor, words=words)
        )

    def _posted(self, result: "_Result", positions: tuple[int, ...] = ()) -> list[Posting]:
        assert self._version is not None, "only a version has a floor"
        posted_minor = self._version.rounding.minor(result.exact_minor, self._plan.currency)
        if posted_minor == 0:
            return []
        currency = self._plan.currency
        return [
            Posting(
                kind=result.kind,
                rule=result.rule,
                component=result.component,
                period=self._period.text,
                currency=currency,
                exact_minor=result.exact_minor,
                posted_minor=posted_minor,
                said=lambda: (None, f"{result.words} = {in_major(result.exact_minor, currency)} {currency}"),
                positions=positions,
                plan_version=self._version.number,
            )
        ]


@record
class _Result:
    kind: LineKind
    rule: str
    component: str
    exact_minor: Fraction
    words: str


def _balance_minor(ledger: Ledger, plan_id: UUID, enrolment: Enrolment, period: Period) -> int:
    """R33: what earlier locked runs advanced less what they recovered; what one of them found forgiven is owed no more."""
    plan = ledger.plan(plan_id)
    owed_minor = 0
    for run in ledger.paid.runs_of(plan_id):
        if run.is_locked and run.period.first_on < period.first_on:
            version = plan.version_on(run.period.last_on)
            if version is not None and version.draw is not None:
                days = _days(enrolment, plan_id, run.period, version.draw.last_on)
                owed_minor = _still_owed(version.draw, owed_minor, days, run.period)
            owed_minor += ledger.paid.balance_minor(run.run_id, DRAW, enrolment.member_id)
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


def _draw_of(
    draw: RecoverableDraw, enrolment: Enrolment, plan_id: UUID, period: Period
) -> tuple[RecoverableDraw, tuple[int, ...]]:
    """R56: the draw as agreed by the enrolment in force on the last day of the period on which the member takes part."""
    spans = [span for span in enrolment.spans if span.plan_id == plan_id]
    if all(span.draw_minor is None for span in spans):
        return draw, ()
    last_days = [on for span in spans if (on := _last_day(span, period)) is not None]
    for span in spans:
        if span.draw_minor is not None and last_days and span.contains(max(last_days)):
            own = with_draw_of(draw, span.draw_minor)
            return (own, (span.position,)) if own != draw else (draw, ())
    return draw, ()


def _last_day(span: Span, period: Period) -> date | None:
    """The last day of the period that is within the span."""
    until = span.effective_until
    last_on = period.last_on if until is None else min(period.last_on, until - timedelta(days=1))
    return last_on if last_on >= period.first_on and span.contains(last_on) else None


def _compared(postings: Sequence[Posting], compared_with: ComparedWith) -> int:
    """All that is payable, or what was earned in the period, payable or not."""
    if compared_with == "payable":
        return sum(posting.posted_minor for posting in postings)
    return sum(posting.posted_minor for posting in postings if posting.kind in EARNED)


def _days(enrolment: Enrolment, plan_id: UUID, period: Period, last_on: date | None) -> DaysCovered:
    """The days of the period on which the member is enrolled and the floor is in force."""
    spans = [span for span in enrolment.spans if span.plan_id == plan_id]
    of = (period.last_on - period.first_on).days + 1
    days = (period.first_on + timedelta(days=number) for number in range(of))
    covered = sum((last_on is None or on <= last_on) and any(span.contains(on) for span in spans) for on in days)
    return DaysCovered(covered=covered, of=of)


def _for(days: DaysCovered) -> str:
    return "" if days.covered == days.of else f" for {days.covered} of {days.of} days"

"""Lower limits of pay (R31 to R34): guarantees, and draws that are paid before they are earned.

Pure and exact: integers or fractions of minor units. Days are business dates; `last_on` is inclusive. `earned_minor` is what the
plan compares with: what is earned, or what is payable.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.dates import DaySpan, EndDate, clipped, date_after
from salesapi.domain.shared.kernel import About, AmountMinor, Title, record
from salesapi.domain.shared.money import Exact

ComparedWith: TypeAlias = Literal["earned", "payable"]
FloorKind: TypeAlias = Literal["guarantee", "non_recoverable_draw"]
DrawEnding: TypeAlias = Literal["forgiven", "still_owed"]
NegativeEnd: TypeAlias = Literal["carried", "collected"]
AdvanceEnding: TypeAlias = Literal[DrawEnding, "collected"]
Held: TypeAlias = tuple[date | None, date | None]
"""Days [from, until) of an enrolment; null is always, open."""


@record
class Guarantee:
    """The least that is paid for a period; never paid back."""

    kind: Annotated[FloorKind, About("What it is called; both are paid alike.")]
    amount_minor: Annotated[AmountMinor, About("For a whole period, in minor units; for a part of it by days.")]
    last_on: Annotated[EndDate, About("The last day that it covers; null while the plan lasts.")]
    compared_with: Annotated[ComparedWith, About("Whether it tops up what is `earned` or what is `payable`.")]


@record
class RecoverableDraw:
    """The least that is paid for a period; what was topped up is owed and recovered from later earnings."""

    draw_minor: Annotated[AmountMinor, About("For a whole period, in minor units; for a part of it by days.")]
    last_on: Annotated[EndDate, About("The last day that it covers; null while the plan lasts.")]
    compared_with: Annotated[ComparedWith, About("Whether it tops up what is `earned` or what is `payable`.")]
    kept_minimum_minor: Annotated[
        AmountMinor | None, About("What recovery leaves for a whole period, where that is more than the draw.")
    ]
    recovery_limit_percent: Annotated[Exact, About("Most of a period's earnings that is recovered; `100` is no limit.")]
    at_end: Annotated[DrawEnding, About("What becomes of the balance when the draw ends.")]
    on_leaving: Annotated[DrawEnding, About("What becomes of the balance when the member leaves.")]


@record
class DrawInAdvance:
    """Paid at the start of a period, by the run of the one before, and netted with what the period comes to at its end."""

    advance_minor: Annotated[
        AmountMinor,
        About("For a whole period, in minor units; for a part of it by the days that are known when it is paid."),
    ]
    compared_with: Annotated[
        ComparedWith,
        About("What it is netted with: what is `earned` in the period, as far as payable, or all that is `payable`."),
    ]
    negative_end: Annotated[
        NegativeEnd,
        About("A negative end is `carried` to the next period, or `collected` where law and plan allow it."),
    ]
    on_leaving: Annotated[AdvanceEnding, About("What becomes of the balance when the member leaves.")]
    collection_allowed_by: Annotated[
        Title | None, About("The law or the clause of the contract that allows what is `collected`; null: nothing is.")
    ] = None


@record
class DaysCovered:
    """The number of days of a period on which a guarantee or draw is in force."""

    covered: int
    of: int


@record
class DrawPeriod:
    """One period of a recoverable draw: `paid = earned + advanced - recovered`, and the balance changes by the same."""

    advanced_minor: Fraction
    recovered_minor: Fraction
    paid_minor: Fraction
    owed_after_minor: Fraction


@record
class AdvancePeriod:
    """One period of a draw in advance. `advanced + paid at the end - collected = earned + change of what is owed`."""

    earned_minor: Fraction
    advanced_minor: Fraction
    paid_at_end_minor: Fraction
    collected_minor: Fraction
    owed_before_minor: Fraction
    owed_after_minor: Fraction


def days_covered(period: DaySpan, held: Iterable[Held], *, last_on: date | None) -> DaysCovered:
    """R31: calendar days of the period that are held, up to the guarantee's own last day; a day held twice counts once."""
    own_end = None if last_on is None else date_after(last_on, 1, "days")
    covered, counted_until = 0, period.effective_from
    for effective_from, effective_until in sorted(held, key=lambda days: days[0] or date.min):
        ends = [end for end in (effective_until, own_end) if end is not None]
        inside = clipped(period, effective_from=effective_from, effective_until=min(ends, default=None))
        if inside is not None and inside.effective_until > counted_until:
            covered += (inside.effective_until - max(inside.effective_from, counted_until)).days
            counted_until = inside.effective_until
    return DaysCovered(covered=covered, of=period.length_days())


def guarantee(*, earned_minor: Amount, guarantee_minor: Amount, days: DaysCovered) -> Fraction:
    """R31, R32: `pay = max(e, g * covered / of)`; what that tops up is never recovered, also where it is called a draw.

    On no covered day there is no floor, not one of zero: a negative result stays negative. In force, it is lifted too.
    """
    earned = Fraction(earned_minor)
    return max(earned, _prorated(guarantee_minor, days)) if days.covered else earned


def recoverable_draw(
    draw: RecoverableDraw, *, earned_minor: Amount, owed_minor: Amount, days: DaysCovered
) -> DrawPeriod:
    """R33: with `d = draw * covered / of`: if `e < d`, pay d and `owed += d - e`; else recover `min(owed, e - k, limit * e)`.

    `k` is d, or the kept minimum (by the same days) where there is one; nothing is recovered from what lies under it. So
    over all periods `paid = earned + owed`. On no covered day the draw is over: nothing is topped up, a negative result
    stays, and a balance that is still owed is recovered from earnings above zero, or above the whole kept minimum.
    """
    earned, owed, draw_minor = Fraction(earned_minor), Fraction(owed_minor), _prorated(draw.draw_minor, days)
    advanced_minor = draw_minor - earned if days.covered and earned < draw_minor else Fraction()
    limit_minor = earned * Fraction(draw.recovery_limit_percent) / 100
    # Under the draw there is nothing above what is kept, so that nothing is recovered in a period that is topped up.
    recoverable_minor = min(owed, earned - _kept_minor(draw, draw_minor, days), limit_minor)
    recovered_minor = max(recoverable_minor, Fraction())
    return DrawPeriod(
        advanced_minor=advanced_minor,
        recovered_minor=recovered_minor,
        paid_minor=earned + advanced_minor - recovered_minor,
        owed_after_minor=owed + advanced_minor - recovered_minor,
    )


def draw_ended(ending: AdvanceEnding, *, owed_minor: int) -> int:
    """R33, R34: what of the balance is owed once the draw ends, or the member leaves; what is collected is still owed."""
    return 0 if ending == "forgiven" else owed_minor


def draw_forgiven(*, owed_minor: int, granted_minor: int) -> int:
    """R33, R34: `forgiven = min(granted, owed)`; a balance goes down to 0 and never below, what is granted above it lapses."""
    return max(min(granted_minor, owed_minor), 0)


def paid_in_advance(draw: DrawInAdvance, *, days: DaysCovered) -> Fraction:
    """R34: what is paid at the start of a period: `advance * covered / of`, by the days that are known then."""
    return _prorated(draw.advance_minor, days)


def draw_in_advance(
    draw: DrawInAdvance, *, earned_minor: Amount, advanced_minor: Amount, owed_minor: Amount, days: DaysCovered
) -> AdvancePeriod:
    """R34: `end = e - advanced - owed`; a positive end is paid, a negative one is owed in the next period.

    `advanced` is what was paid for this period, `owed` what was carried into it. It is collected instead only where the plan
    says so, and what allows it: on no covered day by what it says of leaving, else by what it says of a negative end.
    """
    earned, advanced, owed = Fraction(earned_minor), Fraction(advanced_minor), Fraction(owed_minor)
    end_minor = earned - advanced - owed
    short_minor = max(-end_minor, Fraction())
    ending = draw.negative_end if days.covered else draw.on_leaving
    is_collected = ending == "collected" and draw.collection_allowed_by is not None
    return AdvancePeriod(
        earned_minor=earned,
        advanced_minor=advanced,
        paid_at_end_minor=max(end_minor, Fraction()),
        collected_minor=short_minor if is_collected else Fraction(),
        owed_before_minor=owed,
        owed_after_minor=Fraction() if is_collected else short_minor,
    )


def problem_of_guarantee(floor: Guarantee) -> Problem | None:
    """R31, R32: a floor is not negative."""
    if floor.amount_minor < 0:
        return Problem(pointer="/amount_minor", reason="it must not be negative")
    return None


def problem_of_recoverable_draw(draw: RecoverableDraw) -> Problem | None:
    """R33: there is something to draw and a way to recover it, and who earns more is never paid less."""
    if draw.draw_minor <= 0:
        return Problem(pointer="/draw_minor", reason="it must be above 0")
    if draw.kept_minimum_minor is not None and draw.kept_minimum_minor < draw.draw_minor:
        reason = f"a kept minimum is at least the draw ({draw.draw_minor}); under it, earning more would pay less"
        return Problem(pointer="/kept_minimum_minor", reason=reason)
    if not 0 < draw.recovery_limit_percent <= 100:
        reason = "a limit is above 0 and at most 100 percent; what is never recovered is a guarantee"
        return Problem(pointer="/recovery_limit_percent", reason=reason)
    return None


def problem_of_draw_in_advance(draw: DrawInAdvance) -> Problem | None:
    """R34: there is something to pay in advance, and what is collected names what allows it."""
    if draw.advance_minor <= 0:
        return Problem(pointer="/advance_minor", reason="it must be above 0")
    is_collected = "collected" in (draw.negative_end, draw.on_leaving)
    if is_collected and draw.collection_allowed_by is None:
        reason = "a negative end is carried, not collected, unless a law or contract allows it; name that, or carry it"
        return Problem(pointer="/collection_allowed_by", reason=reason)
    if not is_collected and draw.collection_allowed_by is not None:
        return Problem(pointer="/collection_allowed_by", reason="nothing is collected; send null")
    return None


def _kept_minor(draw: RecoverableDraw, draw_minor: Fraction, days: DaysCovered) -> Fraction:
    if draw.kept_minimum_minor is None:
        return draw_minor
    return _prorated(draw.kept_minimum_minor, days) if days.covered else Fraction(draw.kept_minimum_minor)


def _prorated(amount_minor: Amount, days: DaysCovered) -> Fraction:
    return Fraction(amount_minor) * days.covered / days.of

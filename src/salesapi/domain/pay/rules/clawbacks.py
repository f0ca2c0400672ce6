"""What is taken back of commission: R49 to R51, R54 and R55 of the rule catalogue, one function a rule.

What is lost, claimed and taken are exact parts (0 to 1) of a deal and of what it earned, so that it comes back at the rate at
which it was earned. Other amounts are exact minor units; percents are decimals; dates local business dates. Nothing is rounded.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias, assert_never

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.pay.rules.release import Anchor
from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.dates import DateUnit, DaySpan, date_after, started_months, whole_months
from salesapi.domain.shared.kernel import About, AmountMinor, record
from salesapi.domain.shared.money import Exact

WINDOW_MAX: Final = 3_660
"""Longest window, in its own unit: ten years of days."""
STEPS_MAX: Final = 60
"""Most steps of one sliding schedule."""
ALL_PERCENT: Final = Decimal(100)
ZERO: Final = Fraction()
ALL: Final = Fraction(1)

ClawbackTrigger: TypeAlias = Literal["cancellation", "refund", "downgrade", "churn", "non_payment"]
ClawbackShare: TypeAlias = Literal["full", "partial", "unserved_term", "schedule"]
WindowEnd: TypeAlias = Literal["included", "excluded"]
StartedMonth: TypeAlias = Literal["served", "unserved"]
AttainmentPolicy: TypeAlias = Literal["keep", "restate"]
LeaverDebt: TypeAlias = Literal["carried", "invoiced"]


@record
class ClawbackStep:
    """One step of a sliding schedule."""

    until: Annotated[
        Annotated[int, Ge(1), Le(WINDOW_MAX)],
        About("How far after the anchor it reaches, in the window's unit; the last one to the window's end."),
    ]
    percent: Annotated[Exact, About("Share of the commission that is taken back, in percent from 0 to 100.")]


@record
class ClawbackRule:
    """Which events take commission back, for how long, and how much of it."""

    triggers: Annotated[
        tuple[ClawbackTrigger, ...], MinLen(1), MaxLen(5), About("The events that take commission back, each once.")
    ]
    anchor: Annotated[Anchor, About("The event from whose date the window is counted.")]
    window: Annotated[Annotated[int, Ge(1), Le(WINDOW_MAX)], About("How long it lasts, in its unit.")]
    unit: Annotated[DateUnit, About("`months`: calendar months from the anchor's day; `days`: calendar days.")]
    window_end: Annotated[
        WindowEnd, About("Whether the day on which the window (or a step of it) is exactly over still belongs to it.")
    ]
    share: Annotated[
        ClawbackShare,
        About(
            "`full`: all of it; `partial`: a fixed percent; `unserved_term`: the part of the term that is not served; "
            "`schedule`: a percent by time since the anchor."
        ),
    ]
    percent: Annotated[Exact | None, About("With `partial`: the share in percent, above 0 up to 100.")] = None
    started_month: Annotated[
        StartedMonth | None, About("With `unserved_term` by months: what a month is that was begun and not finished.")
    ] = None
    steps: Annotated[
        tuple[ClawbackStep, ...], MaxLen(STEPS_MAX), About("With `schedule`: its steps in order of time.")
    ] = ()


@record
class Loss:
    """The part (0 to 1) of a deal that an event takes away. `on` is the first day that is no longer served."""

    trigger: ClawbackTrigger
    on: date
    part: Fraction
    positions: tuple[int, ...] = ()
    """The events that state it."""


@record
class Reversal:
    """R50 in figures: what claims took of an earning so far, as parts of it (0 to 1)."""

    claimed: Fraction = ZERO
    """What all of them asked for; it may be more than there is."""
    taken: Fraction = ZERO
    """What they took; the rest of the earning is left."""
    clawed: Fraction = ZERO
    """What of that had been paid and comes back. All else that was taken is cancelled before it is paid."""


@record
class RecoveryLimit:
    """How fast a debt is recovered from pay. Null: no such limit; the law of the country may set one."""

    percent: Annotated[Exact | None, About("Most of a period's payable amount that is withheld, in percent.")]
    amount_minor: Annotated[AmountMinor | None, About("Most that is withheld in a period, in minor units.")]
    kept_minor: Annotated[AmountMinor | None, About("What a period pays out at least before anything is withheld.")]
    leaver: Annotated[LeaverDebt, About("What a leaver still owes is `carried` forward or `invoiced` at once.")]


@record
class Recovery:
    """R54 in figures: payable = paid + recovered where it is positive; owed before + shortfall = recovered + invoiced + owed."""

    paid_minor: Fraction
    recovered_minor: Fraction
    invoiced_minor: Fraction
    owed_minor: Fraction


def problem_of_clawback(rule: ClawbackRule) -> Problem | None:
    """R49: a share has what it needs and nothing that another one needs; steps rise and end with the window."""
    if len(set(rule.triggers)) < len(rule.triggers):
        return Problem(pointer="/triggers", reason="a trigger is named twice")
    if (rule.share == "partial") != (rule.percent is not None):
        return Problem(pointer="/percent", reason="a percent belongs to a partial clawback and to no other")
    if rule.percent is not None and not 0 < rule.percent <= ALL_PERCENT:
        return Problem(pointer="/percent", reason="a partial clawback takes more than 0 and at most 100 percent")
    if (rule.share == "unserved_term" and rule.unit == "months") != (rule.started_month is not None):
        reason = "what a started month counts as belongs to a clawback by unserved months and to no other"
        return Problem(pointer="/started_month", reason=reason)
    return _problem_of_steps(rule)


def _problem_of_steps(rule: ClawbackRule) -> Problem | None:
    if (rule.share == "schedule") != bool(rule.steps):
        return Problem(pointer="/steps", reason="steps belong to a clawback by schedule and to no other")
    reached = 0
    for index, step in enumerate(rule.steps):
        if step.until <= reached:
            return Problem(pointer=f"/steps/{index}/until", reason=f"a step must reach further than {reached}")
        if not 0 <= step.percent <= ALL_PERCENT:
            return Problem(pointer=f"/steps/{index}/percent", reason="a share lies between 0 and 100 percent")
        reached = step.until
    if rule.steps and reached != rule.window:
        reason = f"the last step reaches {reached} and must reach {rule.window}, the end of the window"
        return Problem(pointer=f"/steps/{len(rule.steps) - 1}/until", reason=reason)
    return None


def clawback(rule: ClawbackRule, loss: Loss, *, anchored_on: date | None, term: DaySpan | None) -> Fraction:
    """R49: `claim = part lost * share`, a part of what was earned, whatever it was; nothing outside the window."""
    return loss.part * clawback_share(rule, loss, anchored_on=anchored_on, term=term)


def clawback_share(rule: ClawbackRule, loss: Loss, *, anchored_on: date | None, term: DaySpan | None) -> Fraction:
    """R49: the share (0 to 1) that an event claws: 1, a percent, `unserved / term`, or the schedule's first step not yet over.

    An event before its anchor, or where the anchor has not happened, is at the very start of the window. Without a term
    nothing was served.
    """
    if loss.trigger not in rule.triggers or not _is_within(rule, rule.window, anchored_on, loss.on):
        return ZERO
    match rule.share:
        case "full":
            return Fraction(1)
        case "partial":
            assert rule.percent is not None, "a published partial clawback has a percent"
            return Fraction(rule.percent) / 100
        case "unserved_term":
            return Fraction(1) if term is None else _unserved(rule, term, loss.on)
        case "schedule":
            step = next(step for step in rule.steps if _is_within(rule, step.until, anchored_on, loss.on))
            return Fraction(step.percent) / 100
    assert_never(rule.share)


def _is_within(rule: ClawbackRule, count: int, anchored_on: date | None, on: date) -> bool:
    if anchored_on is None:
        return True
    end_on = date_after(anchored_on, count, rule.unit)
    return on < end_on or (on == end_on and rule.window_end == "included")


def _unserved(rule: ClawbackRule, term: DaySpan, on: date) -> Fraction:
    """`unserved / term` in the rule's unit; a term that is no number of whole months counts its last one as a whole."""
    first_on, until = term.effective_from, term.effective_until
    ended_on = min(max(on, first_on), until)
    if rule.unit == "days":
        return Fraction((until - ended_on).days, term.length_days())
    count = started_months if rule.started_month == "served" else whole_months
    total = started_months(first_on, until=until)
    served = total if ended_on == until else min(total, count(first_on, until=ended_on))
    return Fraction(total - served, total)


def original_rate_percent(*, base: int | Fraction, earned_minor: Fraction) -> Fraction:
    """R50: what an earning is of its base, in percent: its own rate and currency rate, whatever the rates are today.

    0 for an earning without a base, as a flat amount may be: it has no rate to be taken back at.
    """
    return earned_minor * 100 / Fraction(base) if base else ZERO


def left_unclaimed(taken: Fraction, *, released: Fraction) -> Fraction:
    """R50: what is payable of the part that is released, where so much was taken: what is unpaid is cancelled first.

    With nothing taken all of it, also where rounded instalments release a part of a minor unit more than was earned.
    """
    return min(released, ALL - taken) if taken else released


def limited_clawback(
    before: Reversal, claim: Fraction, *, at_least: Fraction, payable: Callable[[Fraction], Fraction]
) -> Reversal:
    """R50: `clawed = what was payable - what still is`, at most what was paid on the earning; it is never less than nothing.

    All claims together take at most the earning, and what a holdback forfeits (`at_least`) where that is more than they ask
    for. `payable` gives what is payable on the day of the claim where so much is taken. All are parts of one earning, so that
    the claim is at its own rate, whatever the rates are today.
    """
    claimed = before.claimed + claim
    taken = min(ALL, max(claimed, before.taken, at_least))
    clawed = max(ZERO, payable(before.taken) - payable(taken))
    return Reversal(claimed=claimed, taken=taken, clawed=before.clawed + clawed)


def lift_parts(lift: Fraction, credited: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """R51, `keep`: the attainment stays, and a credit gives back what it finally earned, with its part of what lifted it.

    What reaching a tier lifts is divided over the credits that it lifts, by amount (of either sign); they are not 0 together.
    """
    whole = sum(credited, ZERO)
    return tuple(lift * each / whole for each in credited)


def left_credited(lost: Iterable[Fraction]) -> Fraction:
    """R51, `restate`: `1 - lost`, the part of a sale that is still credited: the attainment falls, and tiers with it.

    What others then earn less follows from rating all of them again: `E(m - lost) - E(m)` in all, in whatever order.
    """
    return max(ZERO, ALL - sum(lost, ZERO))


def problem_of_recovery(limit: RecoveryLimit) -> Problem | None:
    """R54: a limit that would never recover anything, or more than all, is not meant."""
    if limit.percent is not None and not 0 < limit.percent <= ALL_PERCENT:
        return Problem(pointer="/percent", reason="a recovery takes more than 0 and at most 100 percent of pay")
    if limit.amount_minor is not None and limit.amount_minor <= 0:
        return Problem(
            pointer="/amount_minor", reason="a recovery of at most 0 would never end; send null for no limit"
        )
    if limit.kept_minor is not None and limit.kept_minor < 0:
        return Problem(pointer="/kept_minor", reason="what is kept is not negative")
    return None


def recovery(limit: RecoveryLimit, *, owed_minor: Fraction, payable_minor: Fraction, has_left: bool) -> Recovery:
    """R54: `recovered = min(owed, percent of payable, amount, payable - kept)`, never negative; nobody is paid less than 0.

    A negative payable is added to what is owed and carried forward. A leaver's rest is invoiced where the plan says so, after
    the last pay was netted within the same limits.
    """
    owed = owed_minor + max(ZERO, -payable_minor)
    payable = max(ZERO, payable_minor)
    limits = [owed, payable]
    if limit.percent is not None:
        limits.append(payable * Fraction(limit.percent) / 100)
    if limit.amount_minor is not None:
        limits.append(Fraction(limit.amount_minor))
    if limit.kept_minor is not None:
        limits.append(max(ZERO, payable - limit.kept_minor))
    recovered = min(limits)
    rest = owed - recovered
    invoiced = rest if has_left and limit.leaver == "invoiced" else ZERO
    return Recovery(
        paid_minor=payable - recovered,
        recovered_minor=recovered,
        invoiced_minor=invoiced,
        owed_minor=rest - invoiced,
    )


def cancellation_fee_kept(*, agreed_minor: int, kept_minor: int) -> int:
    """R55: what of the revenue agreed is lost: all but what is kept, so that the rate still applies to that.

    A fee counts from 0 up to what was agreed: one above the price is new revenue. A downgrade, too, loses only the difference.
    """
    return agreed_minor - min(max(0, kept_minor), agreed_minor)

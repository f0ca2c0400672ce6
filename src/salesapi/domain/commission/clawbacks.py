"""What is taken back of commission: R49 to R51, R54 and R55 of the rule catalogue, one function a rule.

Amounts are exact fractions of minor units; percents are decimals. Dates are local business dates. A claim is what a rule asks
for, not negative; what is posted against pay is negative: the opposite sign of the earning, at the rate of the earning.
Nothing is rounded here.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias, assert_never

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.commission.dates import DateUnit, DaySpan, date_after, started_months, whole_months
from salesapi.domain.commission.release import Anchor
from salesapi.domain.commission.tables import Problem
from salesapi.domain.kernel import About, AmountMinor, record
from salesapi.domain.money import Exact

WINDOW_MAX: Final = 3_660
"""Longest window, in its own unit: ten years of days."""
STEPS_MAX: Final = 60
"""Most steps of one sliding schedule."""
ALL_PERCENT: Final = Decimal(100)
ZERO: Final = Fraction()

ClawbackTrigger: TypeAlias = Literal["cancellation", "refund", "downgrade", "churn", "non_payment"]
ClawbackShare: TypeAlias = Literal["full", "partial", "unserved_term", "schedule"]
WindowEnd: TypeAlias = Literal["included", "excluded"]
StartedMonth: TypeAlias = Literal["served", "unserved"]
AttainmentPolicy: TypeAlias = Literal["keep", "restate"]
LeaverDebt: TypeAlias = Literal["carried", "invoiced"]

CumulativeEarning: TypeAlias = Callable[[Fraction], Fraction]
"""All that a total (minor units) of the period earns from the start of the period on."""


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
    """The event that makes an earning too high. `on` is the first day that is no longer served.

    The base before and after it are minor units of the deal's currency: a downgrade goes from the old to the new amount, a
    refund to what is not refunded, a cancellation or churn to the fee kept (R55) or 0, non-payment to what was received.
    """

    trigger: ClawbackTrigger
    on: date
    base_before_minor: int | Fraction
    base_after_minor: int | Fraction


@record
class PaidEarning:
    """One earning and what became of it. Base in the deal's currency, the rest in the plan's, at the currency rate of then."""

    base_minor: int | Fraction
    earned_minor: Fraction
    reversed_minor: Fraction
    """All that earlier events took off it, clawed back and cancelled, not negative."""
    net_paid_minor: int
    """What was paid on it less what was clawed back."""


@record
class Clawback:
    """R49 in figures: lost base x rate x share = claim."""

    lost_minor: int | Fraction
    rate_percent: Fraction
    share_percent: Fraction
    claim_minor: Fraction


@record
class Reversal:
    """R50 in figures. Both amounts are signed as they are posted: never positive."""

    clawed_minor: Fraction
    """Taken back of what was paid."""
    cancelled_minor: Fraction
    """Taken off what is earned and not paid."""
    reversed_minor: Fraction
    """All taken off the earning so far, this one included: the `PaidEarning.reversed_minor` of the next event."""
    remaining_minor: Fraction
    """What the earning still is."""


@record
class RefundEffect:
    """R51 in figures, signed as they are posted. Their sum is what the refund changes."""

    own_minor: Fraction
    """On the refunded credit, at the rate it was paid at."""
    others_minor: Fraction
    """On the other credits of the period, whose tier falls; 0 where the attainment is kept."""
    attained_minor: Fraction
    """The period's attainment afterwards, on which later credits stand."""

    @property
    def total_minor(self) -> Fraction:
        """Both together."""
        return self.own_minor + self.others_minor


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


@record
class RevenueKept:
    """R55 in figures: base kept x rate = earning kept; what is left of the earning above it is the claim."""

    base_minor: int | Fraction
    rate_percent: Fraction
    kept_minor: Fraction
    claim_minor: Fraction


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


def clawback(
    rule: ClawbackRule,
    earning: PaidEarning,
    loss: Loss,
    *,
    anchored: Mapping[Anchor, date],
    term: DaySpan | None,
) -> Clawback:
    """R49: `claim = lost base * original rate * share`; nothing of it outside the window or for another trigger.

    The lost base is what was before less what is after, so that a downgrade claws only the difference; a rise claws nothing.
    """
    lost_minor = max(0, loss.base_before_minor - loss.base_after_minor)
    share = clawback_share(rule, loss, anchored_on=anchored.get(rule.anchor), term=term)
    return Clawback(
        lost_minor=lost_minor,
        rate_percent=original_rate_percent(earning),
        share_percent=share * 100,
        claim_minor=original_rate_percent(earning) / 100 * lost_minor * share,
    )


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
    total = started_months(first_on, until)
    served = total if ended_on == until else min(total, count(first_on, ended_on))
    return Fraction(total - served, total)


def original_rate_percent(earning: PaidEarning) -> Fraction:
    """R50: what the earning is of its base, in percent: its own rate and currency rate, whatever the rates are today.

    0 for an earning that is not positive: there is nothing to take back.
    """
    if earning.base_minor <= 0 or earning.earned_minor <= 0:
        return ZERO
    return earning.earned_minor * 100 / earning.base_minor


def limited_clawback(earning: PaidEarning, claim_minor: Fraction) -> Reversal:
    """R50: `clawed = paid - what the earning still is`; the unpaid part is cancelled first, and is never clawed back.

    Earlier reversals count, so that all of them take at most the earning, and at most what was paid. Where nothing is left
    of the earning, all that was paid is taken: also the part of a minor unit that rounding had added to it.
    """
    before = max(ZERO, earning.earned_minor - earning.reversed_minor)
    taken = min(max(ZERO, claim_minor), before)
    remaining = before - taken
    net_paid = Fraction(earning.net_paid_minor)
    clawed = max(ZERO, net_paid - remaining) if taken else ZERO
    cancelled = max(ZERO, before - net_paid) - max(ZERO, remaining - (net_paid - clawed))
    return Reversal(
        clawed_minor=-clawed,
        cancelled_minor=-cancelled,
        reversed_minor=earning.reversed_minor + taken,
        remaining_minor=remaining,
    )


def refund_effect(
    policy: AttainmentPolicy,
    cumulative: CumulativeEarning,
    *,
    attained_minor: Fraction,
    refunded_minor: Fraction,
    own_rate_percent: Fraction,
) -> RefundEffect:
    """R51: `keep`: `-rate * refunded`, and the attainment stays. `restate`: `E(m - refunded) - E(m)`, and it falls.

    The own rate is that of the refunded credit with its uplifts (`original_rate_percent`). Refunds restated one after the
    other change as much as all of them at once, in any order; a refund of everything gives back `E(m) - E(0)`.
    """
    own = -own_rate_percent * refunded_minor / 100
    match policy:
        case "keep":
            return RefundEffect(own_minor=own, others_minor=ZERO, attained_minor=attained_minor)
        case "restate":
            left_minor = attained_minor - refunded_minor
            total = cumulative(left_minor) - cumulative(attained_minor)
            return RefundEffect(own_minor=own, others_minor=total - own, attained_minor=left_minor)
    assert_never(policy)


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


def cancellation_fee_kept(earning: PaidEarning, kept_base_minor: int) -> RevenueKept:
    """R55: `earning kept = rate * revenue kept`; the claim is what is left of the earning above it, for R50 to limit.

    The revenue kept counts from 0 up to the base: a fee above the price is new revenue, not less of a refund.
    """
    base_minor = min(max(0, kept_base_minor), max(0, earning.base_minor))
    rate_percent = original_rate_percent(earning)
    kept = rate_percent * base_minor / 100
    return RevenueKept(
        base_minor=base_minor,
        rate_percent=rate_percent,
        kept_minor=kept,
        claim_minor=max(ZERO, earning.earned_minor - earning.reversed_minor - kept),
    )

"""When what is earned becomes payable (R22 to R26): two clocks, booking, cash, which line the cash pays, expiry.

Pure and exact: amounts are integers or fractions of minor units, all of one line in one currency; rates are decimals in
percent; days are business dates, end of day inclusive. Instalments and holdbacks (R27, R28) are in `withholding.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, TypeAlias

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.pay.rules.tables import Problem
from salesapi.domain.shared.kernel import About, record
from salesapi.domain.shared.money import Exact

EXPIRY_STEPS_MAX: Final = 20
"""Most steps of one expiry table."""
DAYS_MAX: Final = 3_660
"""Longest wait that a plan may state, in days (ten years)."""

Amount: TypeAlias = int | Fraction
"""Minor units, exact."""
Anchor: TypeAlias = Literal[
    "booking", "signature", "invoice", "delivery", "acceptance", "go_live", "payment", "period_end"
]
BankFee: TypeAlias = Literal["counts_as_paid", "counts_as_unpaid"]
Prepayment: TypeAlias = Literal["releases_on_receipt", "releases_on_invoice"]
NothingDue: TypeAlias = Literal["release_all", "release_nothing"]
CashOrder: TypeAlias = Literal["in_order", "pro_rata"]


@record
class Clocks:
    """The dates that decide about an earning: one says where it belongs, the other when it is paid out."""

    attribution: Annotated[Anchor, About("Whose date picks the period, and with it the rate; not `period_end`.")]
    release: Annotated[Anchor, About("Whose date makes it payable; `period_end` is the end of its own period.")]


@record
class PaymentRelease:
    """How cash releases what is earned."""

    bank_fee: Annotated[BankFee, About("Whether what the bank kept of a payment counts as paid by the customer.")]
    prepayment: Annotated[Prepayment, About("When money that came before the invoice releases.")]
    nothing_due: Annotated[NothingDue, About("Where the customer owes nothing: whether the invoice releases it.")]


@record
class ExpiryStep:
    """From when a release is worth less."""

    after_days: Annotated[int, Ge(0), Le(DAYS_MAX), About("Unpaid for more days than these; this very day is in time.")]
    kept_percent: Annotated[Exact, About("Percent of the release that is kept from then on; `0` is lapsed.")]


@record
class ExpiryTable:
    """Late cash releases less, or nothing."""

    anchor: Annotated[Anchor, About("From whose date the days are counted.")]
    steps: Annotated[
        tuple[ExpiryStep, ...], MinLen(1), MaxLen(EXPIRY_STEPS_MAX), About("Later steps keep less; before them all.")
    ]


@record
class Cash:
    """One allocated payment in the currency of what is due: what arrived, and what the bank kept. A refund is negative."""

    on: date
    received_minor: Amount
    fee_minor: Amount


@record
class PaymentStep:
    """The release by one payment. `share` (0 to 1) is released up to and including it; no day: not released yet."""

    released_on: date | None
    share: Fraction
    released_minor: Fraction


def two_clocks(clocks: Clocks, happened_on: Mapping[Anchor, date], period_end: Callable[[date], date]) -> date | None:
    """R22: `attributed = date(attribution)`, `released = max(attributed, date(release))`: the day on which it is payable.

    The attribution date never looks at the release: late cash keeps the period and the rate of its sale. What comes
    before the attribution (a prepayment) waits for it: nothing is payable before it is earned. `happened_on` has no entry
    for what has not happened; `period_end` gives the last day of the period that a date belongs to.
    """
    attributed_on = happened_on.get(clocks.attribution)
    if attributed_on is None:
        return None
    release_on = period_end(attributed_on) if clocks.release == "period_end" else happened_on.get(clocks.release)
    return None if release_on is None else max(attributed_on, release_on)


def booking_triggered(earned_minor: Fraction, *, released_on: date | None, by: date) -> Fraction:
    """R23: all of it from the day of the win, or of the signature, on; nothing before, and nothing without it.

    So do the other events of R22 that happen once: `released_on` is its day. What is lost later comes back by a clawback
    (R49), or is kept back from the start (R28).
    """
    return earned_minor if released_on is not None and released_on <= by else Fraction()


def payment_triggered(
    *,
    options: PaymentRelease,
    earned_minor: Amount,
    gross_due_minor: int,
    net_due_minor: int,
    invoiced_on: date | None,
    payments: Sequence[Cash],
) -> tuple[PaymentStep, ...]:
    """R24: `released so far = earned * min(1, net cash so far / net due)`; a step is its change. One step for a payment.

    Net cash is the same share of the cash as net due is of gross due: the tax in it releases nothing, and the quotient is
    that of gross amounts. Steps always sum to the share of all cash, to the whole when all is paid, and to zero when all went
    back; over-payment releases no more. Payments come in their order, in the currency of what is due (a rate of another
    currency never changes the share); one that waits for its invoice has a step of nothing. Where nothing is due, the invoice
    releases as `options` say.
    """
    if net_due_minor == 0 or gross_due_minor == 0:
        if options.nothing_due == "release_nothing" or invoiced_on is None:
            return ()
        return (PaymentStep(released_on=invoiced_on, share=Fraction(1), released_minor=Fraction(earned_minor)),)
    steps: list[PaymentStep] = []
    cash_minor: Amount = 0
    share_before = Fraction()
    for cash in payments:
        released_on = _release_day(options.prepayment, cash.on, invoiced_on)
        share = share_before
        if released_on is not None:
            cash_minor += cash.received_minor + (cash.fee_minor if options.bank_fee == "counts_as_paid" else 0)
            share = min(max(Fraction(cash_minor, gross_due_minor), Fraction()), Fraction(1))
        released_minor = earned_minor * (share - share_before)
        steps.append(PaymentStep(released_on=released_on, share=share, released_minor=released_minor))
        share_before = share
    return tuple(steps)


def payment_allocation(*, cash_minor: Amount, due_minor: Sequence[int]) -> tuple[Fraction, ...]:
    """R25, `in_order`: which part of all cash so far each instalment or line has: one is filled after the other.

    A part goes from 0 to what is due; over-payment is for none of them. What one payment pays is the change from the cash
    before it, so order and number of payments never change the end. Dues are not negative. With `pro_rata` every line has the
    same share of what it is due: that of R24. Exact: parts are not rounded.
    """
    parts: list[Fraction] = []
    left_minor = max(Fraction(cash_minor), Fraction())
    for due in due_minor:
        parts.append(min(left_minor, Fraction(due)))
        left_minor -= parts[-1]
    return tuple(parts)


def expiry_of_release(
    table: ExpiryTable, *, released_minor: Amount, counted_from_on: date, until_on: date, extension_days: int
) -> Fraction:
    """R26: `kept = released * kept_percent of the last step with days > after_days`; all of it before the first step.

    Days run from the anchor to `until_on`: the day of this payment (each has its own), or the day of asking while it is
    unpaid. An approved extension moves every step by so many days. Paid before the anchor is in time. The rest lapses.
    """
    days = (until_on - counted_from_on).days
    kept_percent = Decimal(100)
    for step in table.steps:
        if days > step.after_days + extension_days:
            kept_percent = step.kept_percent
    return released_minor * Fraction(kept_percent) / 100


def posted_part(minor: Callable[[Fraction], int], *, before: Fraction, after: Fraction) -> int:
    """Computes what a sum posts as it goes from one exact amount to another: the step of the rounded sum.

    So what is posted part by part always adds up to the rounded whole.
    """
    return minor(after) - minor(before)


def problem_of_clocks(clocks: Clocks) -> Problem | None:
    """R22: the end of a period does not say which period it is."""
    if clocks.attribution == "period_end":
        return Problem(pointer="/attribution", reason="the end of a period does not say which one; name an event")
    return None


def problem_of_expiry(table: ExpiryTable) -> Problem | None:
    """R26: counted from something that is paid for; later steps keep less, from 100 percent down to 0 at the least."""
    if table.anchor in ("payment", "period_end"):
        return Problem(pointer="/anchor", reason=f"days to the cash are not counted from {table.anchor}")
    if not table.steps:
        return Problem(pointer="/steps", reason="there is no step")
    days_before, kept_before = -1, Decimal(100)
    for index, step in enumerate(table.steps):
        place = f"/steps/{index}"
        if step.after_days <= days_before:
            return Problem(
                pointer=f"{place}/after_days", reason=f"a step must begin after more than {days_before} days"
            )
        if not 0 <= step.kept_percent < kept_before:
            reason = f"a step keeps from 0 to less than {kept_before} percent, since later cash keeps less"
            return Problem(pointer=f"{place}/kept_percent", reason=reason)
        days_before, kept_before = step.after_days, step.kept_percent
    return None


def _release_day(prepayment: Prepayment, paid_on: date, invoiced_on: date | None) -> date | None:
    if prepayment == "releases_on_receipt":
        return paid_on
    return None if invoiced_on is None else max(paid_on, invoiced_on)

"""How the payable part of a credit changes within a period, as postings: withheld and released, taken back, lapsed.

What is posted is the change of what is payable, rounded as a sum: all postings of a credit add up to what it earned once all is
payable, and to nothing once all is taken back.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Final, Literal

from salesapi.domain.pay.calculation.components import exact_of
from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.calculation.payable import Payable
from salesapi.domain.pay.calculation.postings import Origin, Posting
from salesapi.domain.pay.ledger.sale_facts import Month
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.reasons.posted_reasons import Cancelled, Clawed, Lapsed, Released, Sped
from salesapi.domain.pay.rules.clawbacks import original_rate_percent
from salesapi.domain.pay.rules.release import posted_part
from salesapi.domain.pay.rules.withholding import Holdback, ReleaseInstalment
from salesapi.domain.shared.dates import days_after
from salesapi.domain.shared.periods import Period

ZERO: Final = Fraction()
NOTHING: Final = Payable()
DAYS_OF_MONTH_MAX: Final = 31


def longest_wait(component: Component) -> int:
    """For how many days after its sale a credit may change without any event of its deal: waits and instalments."""
    release = component.release
    if release is None:
        return 0
    parts: list[ReleaseInstalment | Holdback] = [release.holdback] if release.holdback is not None else []
    parts += release.instalments.instalments if release.instalments is not None else ()
    waits = (part.wait for part in parts if part.wait is not None)
    days = [wait.count * (DAYS_OF_MONTH_MAX if wait.unit == "months" else 1) for wait in waits]
    if release.on == "period_end" or any(part.event == "period_end" for part in parts):
        days.append(366)
    return max(days, default=0)


def months_due(component: Component, period: Period) -> tuple[Month, ...]:
    """The months in which an invoice is due that is lost for non-payment in a period."""
    days = component.clawback.non_payment_days if component.clawback is not None else None
    if days is None:
        return ()
    first_on, last_on = days_after(period.first_on, -days), days_after(period.last_on, -days)
    months = range(first_on.year * 12 + first_on.month - 1, last_on.year * 12 + last_on.month)
    return tuple((month // 12, month % 12 + 1) for month in months)


def payable_postings(
    credited: Credited,
    earned_minor: int,
    origin: Origin,
    period: Period,
    *,
    before: Payable | None,
    after: Payable,
) -> Iterator[Posting]:
    """The postings of one credit; `before` is None in the period of its sale, where what is not payable is withheld."""
    whole, rounding, currency = exact_of(credited.earnings), credited.version.rounding, credited.currency
    was = before or NOTHING
    extended = (after.extended or was.extended) if after.extended != was.extended else None
    named = {*credited.positions, *(set(after.positions) - set(was.positions))}

    def minor(exact: Fraction) -> int:
        return earned_minor if exact == whole else rounding.minor(exact, currency)

    before_minor = whole if before is None else was.released
    exact = after.released - before_minor
    released = Posting(
        kind="withheld" if before is None else "release",
        rule=_rule_of(credited.component),
        component=credited.component.key,
        period=period.text,
        currency=currency,
        exact_minor=exact,
        posted_minor=0,
        reason=Released(
            payable_percent=after.released * 100 / whole if whole else ZERO,
            earned_minor=whole,
            payable_minor=after.released,
            before_minor=before_minor,
            extended_days=extended.by.days if extended is not None else None,
        ),
        positions=tuple(sorted(named.union(extended.by.positions if extended is not None else ()))),
        plan_version=credited.version.number,
        origin=origin,
    )
    posted = posted_part(minor, before=whole if before is None else was.payable, after=after.payable)
    clawed = posted
    if exact:
        clawed = posted_part(minor, before=after.clawed, after=was.clawed) if after.clawed != was.clawed else 0

    if exact or (extended is not None and before is None):
        yield replace(released, posted_minor=posted - clawed)
    yield from _sped(released, was, after, credited)
    yield from _clawed(released, was, after, credited, posted_minor=clawed)
    yield from _gone(released, was, after, credited)


def _rule_of(component: Component) -> str:
    """The rule of the catalogue that decides when it is payable."""
    release = component.release
    if release is None:
        return "R23"
    if release.instalments is not None:
        return "R27"
    if release.holdback is not None and release.on == "booking":
        return "R28"
    return "R24" if release.on == "payment" else "R22"


def _sped(plain: Posting, was: Payable, after: Payable, credited: Credited) -> Iterator[Posting]:
    """R45: what the days to cash add to what was released, or take off it."""
    if after.sped == was.sped:
        return
    exact, rounding = after.sped - was.sped, credited.version.rounding
    released = after.released - was.released
    reason = Sped(
        released_minor=released,
        factored_minor=released + exact,
        collection_factor=1 + exact / released if released else None,
    )
    minor = partial(rounding.minor, currency=credited.currency)
    posted = posted_part(minor, before=was.sped, after=after.sped)
    yield replace(plain, kind="modifier", rule="R45", exact_minor=exact, posted_minor=posted, reason=reason)


def _clawed(
    plain: Posting, was: Payable, after: Payable, credited: Credited, *, posted_minor: int
) -> Iterator[Posting]:
    """R49, R50: what is taken back of what had been paid, at the rate that it was paid at; R22: with its payment."""
    if after.clawed == was.clawed:
        return
    exact = was.clawed - after.clawed
    rate = original_rate_percent(base=credited.amount, earned_minor=exact_of(credited.earnings))
    taken = after.clawed + after.cancelled - was.clawed - was.cancelled
    reason = Clawed(claimed_minor=taken, rate_percent=rate or None, lost_minor=taken * 100 / rate if rate else None)
    rule = "R22" if credited.sale.paid_by is not None else "R49"
    yield replace(plain, kind="clawback", rule=rule, exact_minor=exact, posted_minor=posted_minor, reason=reason)


def _gone(plain: Posting, was: Payable, after: Payable, credited: Credited) -> Iterator[Posting]:
    """R26, R27, R60: what lapsed; R50: what was cancelled before it was paid. They post nothing: it was never payable."""
    late = "R27" if credited.component.release is not None and credited.component.release.instalments else "R26"
    if after.lapsed != was.lapsed or after.left != was.left:
        yield from _unpaid(plain, "lapsed", late, credited, was=was.lapsed - was.left, after=after.lapsed - after.left)
        yield from _unpaid(plain, "lapsed", "R60", credited, was=was.left, after=after.left)
    yield from _unpaid(plain, "cancelled", "R50", credited, was=was.cancelled, after=after.cancelled)


def _unpaid(
    plain: Posting,
    kind: Literal["lapsed", "cancelled"],
    rule: str,
    credited: Credited,
    *,
    was: Fraction,
    after: Fraction,
) -> Iterator[Posting]:
    """Posts what is gone by now and was not before: its amount is the step of a rounded sum, too."""
    if after == was:
        return
    minor = partial(credited.version.rounding.minor, currency=credited.currency)
    base_minor, gone = posted_part(minor, before=was, after=after), after - was
    reason = Lapsed(lapsed_minor=gone) if kind == "lapsed" else Cancelled(cancelled_minor=gone)
    yield replace(plain, kind=kind, rule=rule, exact_minor=ZERO, posted_minor=0, base_minor=base_minor, reason=reason)

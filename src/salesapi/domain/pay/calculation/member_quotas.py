"""A member's quota for what a plan version pays of a period: R57, R58 and R59 on the quota as it was set."""

from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.eligibility import Eligibility
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_components import Component, Measure, QuotaRules
from salesapi.domain.pay.plans.version_parts import VersionPart
from salesapi.domain.pay.reasons.earned_reasons import QuotaDerived, QuotaFor, QuotaPart
from salesapi.domain.pay.rules.quotas import Proration, quota_share, ramped_share, weight_of
from salesapi.domain.shared.dates import DaySpan, clipped
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period, period_of

ZERO: Final = Fraction()


@record
class MemberQuota:
    """A quota in whole minor units of the plan's currency, the events that state it, and how it follows."""

    amount_minor: int
    positions: tuple[int, ...]
    set_minor: int
    reason: QuotaDerived


def quota_window(component: Component, period: Period) -> Period:
    """The days whose quota a component's attainment is of: a period, or its year where the year counts."""
    return period if component.counted_over == "period" else period_of(period.first_on, "year")


def quota_of(
    eligibility: Eligibility, member_id: UUID, measure: Measure, *, part: VersionPart, window: Period
) -> MemberQuota | None:
    """The quota as set, its part for the version's days, for the days enrolled, and for the months of service.

    Rounded half up at the end, so that the parts of several versions sum to the whole; None where none is set, or where no part
    of it is left to divide by.
    """
    ledger = eligibility.ledger
    found = ledger.quota(member_id, measure, period=window.text, currency=eligibility.currency)
    if found is None:
        return None
    exact, shares = Fraction(found.amount_minor), list[QuotaPart]()
    if part.quota.share != 1:
        percent_of_days, number = part.quota.share * 100, part.version.number
        shares.append(QuotaPart(share_percent=percent_of_days, quota_for="version", version_number=number))
    rules, enrolment = part.version.quotas, ledger.enrolment(member_id)
    if rules is not None and enrolment is not None:
        for share, why in _shares(eligibility, rules, enrolment, window):
            exact *= share
            shares.append(QuotaPart(share_percent=share * 100, quota_for=why))
    amount_minor = part.quota.of(exact)
    if amount_minor <= 0:
        return None
    reason = QuotaDerived(set_minor=found.amount_minor, shares=tuple(shares), quota_minor=amount_minor)
    return MemberQuota(
        amount_minor=amount_minor, positions=(found.position,), set_minor=found.amount_minor, reason=reason
    )


def _shares(
    eligibility: Eligibility, rules: QuotaRules, enrolment: Enrolment, window: Period
) -> list[tuple[Fraction, QuotaFor]]:
    whole, plan_id = window.span(), eligibility.plan_id
    held = _held(enrolment, plan_id, whole)
    proration = rules.proration or Proration(basis="calendar_days")
    calendar = eligibility.ledger.calendar(rules.calendar_id) if rules.calendar_id is not None else None

    def weigh(span: DaySpan) -> Fraction:
        return weight_of(proration, calendar, span)

    found: list[tuple[Fraction, QuotaFor]] = []
    if rules.proration is not None:
        found.append((quota_share(whole, held, weigh), proration.basis))
    started_on = _started_on(enrolment, plan_id)
    if rules.ramp is not None and started_on is not None and started_on <= window.last_on:
        served = clipped(whole, effective_from=started_on)
        share = ramped_share(rules.ramp, started_on, whole, weigh)
        weight = quota_share(whole, (served,), weigh) if served is not None else ZERO
        if weight:
            share /= weight
        found.append((share, "service"))
    return found


def _held(enrolment: Enrolment, plan_id: UUID, whole: DaySpan) -> list[DaySpan]:
    """The days of the window on which the member takes part, each once."""
    spans = [
        span
        for each in enrolment.spans
        if each.plan_id == plan_id
        and (span := clipped(whole, effective_from=each.effective_from, effective_until=each.effective_until))
        is not None
    ]
    merged: list[DaySpan] = []
    for span in sorted(spans, key=lambda each: each.effective_from):
        if merged and span.effective_from <= merged[-1].effective_until:
            until = max(merged[-1].effective_until, span.effective_until)
            merged[-1] = DaySpan(effective_from=merged[-1].effective_from, effective_until=until)
        else:
            merged.append(span)
    return merged


def _started_on(enrolment: Enrolment, plan_id: UUID) -> date | None:
    """The first day in the plan; None where it is always, and no ramp is left."""
    firsts = [span.effective_from for span in enrolment.spans if span.plan_id == plan_id]
    known = [first for first in firsts if first is not None]
    return min(known) if known and len(known) == len(firsts) else None

"""How a member stands under each component of a plan in a period (R52): credited, quota and its derivation, the tier ahead.

Amounts are minor units of the plan's currency, rates and attainments decimal strings in percent. What is asked is what is known
now: it is shown beside a statement and is no part of it.
"""

from fractions import Fraction
from math import ceil, floor
from uuid import UUID

from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.calculation.member_quotas import MemberQuota, quota_of, quota_window
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_components import Component, CreditKind
from salesapi.domain.pay.plans.version_parts import VersionPart
from salesapi.domain.pay.rules.rates import attainment_percent, in_amounts, in_tier_rate
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.pay.rules.tables import AppliesTo, TierTable, tier_index
from salesapi.domain.pay.rules.wording import percent
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.money import rounded
from salesapi.domain.shared.periods import Period


@record
class TierAhead:
    """The next tier of a component: how much more has to be credited, in whole minor units, and its rate where it begins."""

    left_minor: int
    rate_percent: str
    applies_to: AppliesTo


@record
class Standing:
    """A member under one component of a version. `window` is the period, or the year, that tiers and attainment count."""

    component: str
    name: str
    credit: CreditKind
    plan_version: int
    window: str
    credited_minor: int
    quota: MemberQuota | None
    attainment_percent: str | None
    rate_percent: str | None
    """The rate of the tier that is reached; None without tiers, or without the quota that they need."""
    next_tier: TierAhead | None
    """None without such a tier."""


def standings_of(evaluation: Evaluation, enrolment: Enrolment, period: Period) -> tuple[Standing, ...]:
    """The components that the member holds on any day of the period, in the order of versions and components."""
    counted = evaluation.counted(enrolment.member_id, period)
    return tuple(
        _standing(
            evaluation,
            enrolment,
            component,
            part,
            credited=counted.get((part.counts_as, component.key), 0),
            period=period,
        )
        for part in evaluation.eligibility.parts(period)
        for component in part.version.components
        if _holds(enrolment, evaluation.plan_id, component, part) or (part.counts_as, component.key) in counted
    )


def next_tier(table: TierTable, credited: Amount) -> TierAhead | None:
    """The tier after the one that a total is in; None in the last one. `table` is by amount.

    With `upper_inclusive` a total exactly on a bound is still below it: one minor unit more is needed.
    """
    place = tier_index(table, credited)
    upper = table.tiers[place].upper
    if upper is None:
        return None
    ahead, distance = table.tiers[place + 1], Fraction(upper) - credited
    left_minor = ceil(distance) if table.boundary == "lower_inclusive" else floor(distance) + 1
    return TierAhead(
        left_minor=left_minor, rate_percent=percent(Fraction(ahead.rate_percent)), applies_to=ahead.applies_to
    )


def _holds(enrolment: Enrolment, plan_id: UUID, component: Component, part: VersionPart) -> bool:
    return any(
        span.plan_id == plan_id
        and span.has_component(component.key)
        and (span.effective_from is None or span.effective_from < part.span.effective_until)
        and (span.effective_until is None or span.effective_until > part.span.effective_from)
        for span in enrolment.spans
    )


def _standing(
    evaluation: Evaluation,
    enrolment: Enrolment,
    component: Component,
    part: VersionPart,
    *,
    credited: Amount,
    period: Period,
) -> Standing:
    paying, _ = enrolment.as_agreed(evaluation.plan_id, component, period.last_on)
    window = quota_window(component, period)
    quota = quota_of(evaluation.eligibility, enrolment.member_id, component.measure, part=part, window=window)
    table = _in_amounts(paying, quota)
    return Standing(
        component=component.key,
        name=component.name,
        credit=component.credit,
        plan_version=part.version.number,
        window=window.text,
        credited_minor=rounded(Fraction(credited), "half_up"),
        quota=quota,
        attainment_percent=percent(attainment_percent(credited, quota=quota.amount_minor))
        if quota is not None
        else None,
        rate_percent=None
        if table is None
        else percent(in_tier_rate(table.tiers[tier_index(table, credited)], credited)),
        next_tier=None if table is None else next_tier(table, credited),
    )


def _in_amounts(component: Component, quota: MemberQuota | None) -> TierTable | None:
    """The component's tiers by amount; those by attainment need the quota, and those of a deal tell nothing of a period."""
    table = component.rate
    if not isinstance(table, TierTable) or table.counts != "period":
        return None
    if table.axis == "amount":
        return table
    return in_amounts(table, quota.amount_minor) if quota is not None else None

"""R57 in a plan: which of its versions pays which days of a period, and where its tiers begin to count."""

from datetime import date
from fractions import Fraction
from typing import Final

from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import VersionTakeover
from salesapi.domain.pay.rules.plan_versions_and_leavers import VersionFrom, plan_parts
from salesapi.domain.pay.rules.quotas import QuotaPart
from salesapi.domain.shared.dates import DaySpan
from salesapi.domain.shared.kernel import record
from salesapi.domain.shared.periods import Period
from salesapi.domain.shared.states import made_from

BY_DAY: Final = VersionTakeover(change="by_transaction_date", cumulative="restart")
"""What holds where a version does not say how it takes over."""


@record
class VersionPart:
    """The days of a period that a version pays."""

    version: CompensationPlanVersion
    span: DaySpan
    quota: QuotaPart
    counts_as: int
    """Credits of parts with the same number count together: the version's, or 0 where tiers continue."""

    def pays(self, on: date) -> bool:
        """Tells whether a sale of this day is the version's."""
        return self.span.contains(on)


def parts_of(plan: CompensationPlan, period: Period) -> tuple[VersionPart, ...]:
    """The parts of a period in order. How a version takes over inside it is told by the last one that does."""
    whole = period.span()
    last = plan.version_on(period.last_on)
    takeover = (last.takeover if last is not None else None) or BY_DAY
    versions = [VersionFrom(number=version.number, effective_from=version.effective_from) for version in plan.versions]
    by_number = {version.number: version for version in plan.versions}
    parts = plan_parts(
        takeover.change, takeover.cumulative, versions, whole=whole, weigh=lambda span: Fraction(span.length_days())
    )
    return tuple(made_from(VersionPart, part, version=by_number[part.version]) for part in parts)

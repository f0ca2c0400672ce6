"""The budget of a plan (R30): what all participants earn in a period together, scaled pro rata where it is more.

It belongs to the run that pays it, as guarantees do: what is corrected later is no part of it (decision 6). It needs everybody's
earnings of the period, so that one member's statement of a plan with a budget costs as much as all.
"""

from functools import cached_property
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.earnings import Earnings
from salesapi.domain.pay.calculation.floors import compared_minor
from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.pay.reasons.earned_reasons import BudgetCut
from salesapi.domain.pay.rules.limits import Capped, budget_cap
from salesapi.domain.shared.periods import Period

BUDGET: Final = "budget"
"""What stands in place of a component's key on these lines."""


class BudgetOf:
    """The budget of a plan's version in force at the end of a period."""

    def __init__(self, earnings: Earnings, period: Period) -> None:
        self._earnings = earnings
        self._period = period
        self._version = earnings.evaluation.plan.version_on(period.last_on)

    def of(self, member_id: UUID) -> list[Posting]:
        """Posts what a member loses of what it earned because all together earned more than the budget."""
        if self._version is None or self._version.budget_minor is None:
            return []
        found = self._scaled.get(member_id)
        if found is None or found.lost_minor == 0:
            return []
        currency = self._earnings.evaluation.currency
        reason = BudgetCut(budget_minor=found.cap_minor, kept_minor=found.paid_minor, earned_minor=found.earned_minor)
        return [
            Posting(
                kind="limit",
                rule="R30",
                component=BUDGET,
                period=self._period.text,
                currency=currency,
                exact_minor=-found.lost_minor,
                posted_minor=-self._version.rounding.minor(found.lost_minor, currency),
                reason=reason,
                plan_version=self._version.number,
            )
        ]

    @cached_property
    def _scaled(self) -> dict[UUID, Capped]:
        assert self._version is not None, "only a version has a budget"
        assert self._version.budget_minor is not None, "asked for a budget"
        members = self._earnings.evaluation.members()
        of_members = (self._earnings.of(member_id, self._period) for member_id in members)
        earned = [compared_minor(postings, "earned") for postings in of_members]
        found = budget_cap(earned_minor=earned, budget_minor=self._version.budget_minor)
        return dict(zip(members, found, strict=True))

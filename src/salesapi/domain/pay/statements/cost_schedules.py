"""The contract cost of one deal month by month (R70): what it adds, what is expensed of it, and what the asset is.

Whole minor units of the plan's currency; months are named by their first day. The cost of a deal is one asset, amortised from
the month of its first earning on. What is added later, or taken back, changes the cost from that first month on: the months
that are over catch up at once. When the contract ends early nothing of the asset is recoverable, and the rest is written off.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from salesapi.domain.pay.rules import contract_costs
from salesapi.domain.shared.dates import day_after, months_after, started_months
from salesapi.domain.shared.kernel import record


@record
class CostMonth:
    """One month of a deal's contract cost. `carrying after = carrying before + added - expense - impairment`."""

    month_on: date
    added_minor: int
    """Commission earned, less what was taken back, lapsed or was cancelled."""
    expense_minor: int
    """Amortisation, with what catches up."""
    impairment_minor: int
    """Written off because the contract ended early."""
    carrying_minor: int
    """The asset at the end of the month."""


def term_months(starts_on: date, *, ends_on: date) -> int:
    """R70: months of a term, both days inclusive; a started month counts. At most `BENEFIT_MONTHS_MAX`, at least 1."""
    return min(contract_costs.BENEFIT_MONTHS_MAX, max(1, started_months(starts_on, until=day_after(ends_on))))


def revenue_of_months(dues: Iterable[tuple[date, int]], first_on: date, months: int) -> tuple[int, ...]:
    """R70: the expected revenue of each month of a benefit period: what the payment plans of the contracts ask for in it.

    What is due before the first month is the first's, what is due after the last the last's. None where nothing is planned.
    """
    found = [0] * months
    is_planned = False
    for due_on, amount_minor in dues:
        index = (due_on.year - first_on.year) * 12 + due_on.month - first_on.month
        found[min(max(index, 0), months - 1)] += amount_minor
        is_planned = True
    return tuple(found) if is_planned else ()


def cost_schedule(
    policy: contract_costs.ContractCostPolicy,
    added: Mapping[date, int],
    months: int,
    *,
    churned_on: date | None,
    until_on: date,
    revenue_minor: Sequence[int] = (),
) -> tuple[CostMonth, ...]:
    """R70: the months from the first that adds anything, up to that of a day, and none after the asset came to an end.

    `added` are the amounts by month; `months` is the benefit period, of which `revenue_minor` is the expected revenue month by
    month where the policy amortises by it (`problem_of_revenue` finds nothing wrong with it).
    """
    known = {month_on: amount_minor for month_on, amount_minor in added.items() if month_on <= until_on}
    if not known:
        return ()
    asset = _Asset(policy, months, revenue_minor)
    churned_in = churned_on.replace(day=1) if churned_on is not None else date.max
    found: list[CostMonth] = []
    month_on, last_on = min(known), max(known)
    while month_on <= until_on and (month_on <= last_on or len(found) < months):
        found.append(asset.month(month_on, known.get(month_on, 0), is_churned=month_on >= churned_in))
        if month_on.year == date.max.year and month_on.month == 12:
            break
        month_on = months_after(month_on, 1)
    return tuple(found)


class _Asset:
    """The asset of one deal as its months pass."""

    def __init__(self, policy: contract_costs.ContractCostPolicy, months: int, revenue_minor: Sequence[int]) -> None:
        self._amortised = partial(contract_costs.amortisation, policy, months=months, revenue_minor=revenue_minor)
        self._over = 0
        self._cost_minor = 0
        self._carrying_minor = 0
        self._schedule = self._amortised(0)
        self._is_written_off = False

    def month(self, month_on: date, added_minor: int, *, is_churned: bool) -> CostMonth:
        """The next month."""
        expense_minor = self._add(added_minor) + self._due()
        self._over += 1
        self._carrying_minor += added_minor - expense_minor
        impairment_minor = 0
        if is_churned and not self._is_written_off:
            impairment_minor = contract_costs.impaired(self._schedule, months_over=self._over)
            self._carrying_minor -= impairment_minor
            # Less than nothing is no asset to write off: it goes on as it was planned.
            self._is_written_off = self._carrying_minor == 0
        return CostMonth(
            month_on=month_on,
            added_minor=added_minor,
            expense_minor=expense_minor,
            impairment_minor=impairment_minor,
            carrying_minor=self._carrying_minor,
        )

    def _add(self, added_minor: int) -> int:
        """The expense that catches up; of an asset that was written off all of it."""
        if self._is_written_off or not added_minor:
            return added_minor
        self._cost_minor += added_minor
        before = self._schedule
        self._schedule = self._amortised(self._cost_minor)
        return contract_costs.caught_up(before, after=self._schedule, months_over=self._over)

    def _due(self) -> int:
        """Computes what the schedule expenses in this month, in minor units."""
        if self._is_written_off or self._over >= len(self._schedule):
            return 0
        return self._schedule[self._over].expense_minor

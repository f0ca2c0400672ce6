"""Draw in advance (R34): what a run pays for the period after its own, and nets of what was paid and carried before.

The version in force on the first day of the next period pays its advance, to who takes part on that day. It is netted by what
locked runs posted, whatever versions came between. Amounts are minor units of the plan's currency.
"""

from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.draw_balances import Balances, as_agreed, balance_rules, days_in_plan
from salesapi.domain.pay.calculation.floor_lines import DRAW, FloorResult, days_counted, floor_postings
from salesapi.domain.pay.calculation.postings import Posting
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.enrolment_overrides import with_advance_of
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.reasons.posted_reasons import Advance, AdvanceNetted
from salesapi.domain.pay.rules.draws import AdvancePeriod, DrawInAdvance, draw_in_advance, paid_in_advance
from salesapi.domain.shared.periods import Period, period_after

RULE: Final = "R34"


class Advances:
    """The advances that the run of a plan's period nets and pays."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, period: Period, balances: Balances) -> None:
        self._paid_runs = ledger.paid
        self._balances = balances
        self._plan_id = plan_id
        self._period = period
        plan = ledger.plan(plan_id)
        self._currency = plan.currency
        ruling = balance_rules(plan, period.last_on)
        self._netting = ruling if ruling is not None and ruling.advance is not None else None
        self._is_in_force = self._netting is plan.version_on(period.last_on)
        self._next = period_after(period)
        paying = plan.version_on(self._next.first_on) if self._next is not None else None
        self._paying = paying if paying is not None and paying.advance is not None else None
        self.stand = self._netting is not None or self._paying is not None
        """Whether there is anything to net or to pay."""

    def netted(self, enrolment: Enrolment, *, earned_minor: int, payable_minor: int, owed_minor: int) -> list[Posting]:
        """Nets the period's result with what is owed; `payable_minor` is all it would pay, a guarantee included."""
        version = self._netting
        if version is None or version.advance is None:
            return []
        compared_minor = payable_minor
        if not self._is_in_force:
            # Another version pays this period: a negative result is its own business, only the advance is netted with it.
            compared_minor = max(payable_minor, 0)
        elif version.advance.compared_with == "earned":
            compared_minor = min(earned_minor, payable_minor)
        owed_minor = max(0, owed_minor - self._balances.to_come_minor(enrolment.member_id))
        posted_minor = self._paid_runs.advanced_minor(self._plan_id, self._period.text, member_id=enrolment.member_id)
        advanced_minor = 0 if self._balances.is_late else min(posted_minor, owed_minor)
        found = draw_in_advance(
            version.advance,
            earned_minor=compared_minor,
            advanced_minor=advanced_minor,
            owed_minor=owed_minor - advanced_minor,
            days=days_in_plan(enrolment, self._plan_id, self._period),
        )
        exact_minor = found.paid_at_end_minor - found.collected_minor - found.earned_minor
        result = FloorResult(
            kind=DRAW,
            rule=RULE,
            exact_minor=exact_minor,
            reason=_netted(found, version.advance),
            tells=found.advanced_minor > 0,
        )
        return floor_postings(result, version, currency=self._currency, period=self._period.text)

    def paid(self, enrolment: Enrolment) -> list[Posting]:
        """The advance for the next period, to who takes part on its first day; the line is for that period.

        A run after that of a later period pays none: the next period is over.
        """
        version, period = self._paying, self._next
        if version is None or version.advance is None or period is None or self._balances.is_late:
            return []
        spans = [each for each in enrolment.spans if each.plan_id == self._plan_id and each.contains(period.first_on)]
        if not spans:
            return []
        advance, positions = as_agreed(version.advance, spans, with_advance_of)
        days = days_in_plan(enrolment, self._plan_id, period)
        covered_days, period_days = days_counted(days)
        result = FloorResult(
            kind=DRAW,
            rule=RULE,
            exact_minor=paid_in_advance(advance, days=days),
            reason=Advance(
                advance_minor=advance.advance_minor,
                period=period.text,
                covered_days=covered_days,
                period_days=period_days,
            ),
            positions=positions,
        )
        return floor_postings(result, version, currency=self._currency, period=period.text)


def _netted(found: AdvancePeriod, advance: DrawInAdvance) -> AdvanceNetted:
    """Gives the reason of a netted advance: a law lets the rest be collected, it is carried forward, or it is paid."""
    is_collected, is_carried = found.collected_minor != 0, found.owed_after_minor != 0
    return AdvanceNetted(
        earned_minor=found.earned_minor,
        advanced_minor=found.advanced_minor,
        owed_minor=found.owed_before_minor or None,
        collected_minor=found.collected_minor if is_collected else None,
        allowed_by=advance.collection_allowed_by if is_collected else None,
        carried_minor=found.owed_after_minor if is_carried and not is_collected else None,
        paid_minor=None if is_carried or is_collected else found.paid_at_end_minor,
    )

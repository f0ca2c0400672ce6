"""Who is eligible (steps 1 and 2 of the catalogue's order): enrolment, leavers (R60), acknowledgement (R64), currency (R67).

Amounts are in the plan's currency from here on: converted at the rate of the day that the plan names, or waiting for one.
"""

from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from salesapi.domain.pay.calculation.credit_register import CreditRegister
from salesapi.domain.pay.calculation.crediting import Credit
from salesapi.domain.pay.calculation.sales import Sale, anchors
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.enrolments import Enrolment
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.version_parts import VersionPart, parts_of
from salesapi.domain.pay.reasons.earned_reasons import AwaitsAcknowledgement, AwaitsRate, Waits
from salesapi.domain.pay.rules.accounting import RateDate, converted, frozen_rate
from salesapi.domain.pay.rules.plan_versions_and_leavers import leaver_share
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.periods import Period, period_of

ALL: Final = Fraction(100)


@fast_record
class Eligible:
    """A credit that counts, before it is rated."""

    sale: Sale
    credit: Credit
    part: VersionPart
    component: Component
    amount: Amount
    unit: Amount
    """What one minor unit of the sale is in the plan's currency."""
    leaver_percent: Fraction
    waits_for: Waits | None
    agreed_at: tuple[int, ...]
    """The enrolment that agrees the component otherwise (R56)."""


@fast_record
class Held:
    """A component as a member holds it on a day; `waits_for` says why nothing of it is posted yet."""

    component: Component
    kept_percent: Fraction
    waits_for: Waits | None
    agreed_at: tuple[int, ...]


class Eligibility:
    """Answers about the participants of one plan."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, as_of: date | None = None) -> None:
        self.ledger = ledger
        self.plan_id = plan_id
        self.plan = ledger.plan(plan_id)
        self.currency = self.plan.currency
        self.register = CreditRegister(ledger, as_of)
        self._parts: dict[str, tuple[VersionPart, ...]] = {}

    def parts(self, period: Period) -> tuple[VersionPart, ...]:
        """R57: which version pays which days of a period."""
        if period.text not in self._parts:
            self._parts[period.text] = parts_of(self.plan, period)
        return self._parts[period.text]

    def of(self, member_id: UUID, enrolment: Enrolment, period: Period) -> list[Eligible]:
        """Steps 1 and 2: the credits that count, in the order of their sales."""
        found: list[tuple[tuple[date, int], int, Eligible]] = []
        has_overrides = enrolment.has_overrides(self.plan_id)
        for part in self.parts(period):
            for index, component in enumerate(part.version.components):
                is_always = not enrolment.leavings and enrolment.covers_always(self.plan_id, component.key)
                for sale, credit in self.register.of(part.version, component, member_id, period):
                    if not part.pays(sale.on):
                        continue
                    percent_kept = ALL if is_always else self.kept_percent(enrolment, part.version, component, sale.on)
                    if percent_kept is not None:
                        amount, waits_for = self.in_plan_currency(part.version, sale, credit.amount, period)
                        agreed = enrolment.as_agreed(self.plan_id, component, sale.on) if has_overrides else None
                        eligible = Eligible(
                            sale=sale,
                            credit=credit,
                            part=part,
                            component=component if agreed is None else agreed[0],
                            amount=amount,
                            unit=1
                            if sale.currency == self.currency
                            else self.in_plan_currency(part.version, sale, 1, period)[0],
                            leaver_percent=percent_kept,
                            waits_for=sale.waits_for or waits_for or self.unacknowledged(enrolment, part.version),
                            agreed_at=() if agreed is None else agreed[1],
                        )
                        found.append((sale.order, index, eligible))
        found.sort(key=lambda each: each[:2])
        return [eligible for _, _, eligible in found]

    def kept_percent(
        self, enrolment: Enrolment, version: CompensationPlanVersion, component: Component, on: date
    ) -> Fraction | None:
        """R60: 100 for who is enrolled; the rule's share for open deals of who left, within its days; None pays nothing.

        What of the last period's earnings is paid when it is released counts by the day of that (`payable.py`).
        """
        left = enrolment.leaving_of(on)
        is_enrolled = enrolment.covers(self.plan_id, component.key, on)
        if left is None or not version.leavers:
            return ALL if is_enrolled else None
        if is_enrolled:
            if component.release is not None or period_of(on, version.period) != period_of(
                left.left_on, version.period
            ):
                return ALL
        elif on <= left.left_on or not enrolment.covers(self.plan_id, component.key, left.left_on):
            return None
        share = leaver_share(version.leavers, left.leaving, left_on=left.left_on, earned_on=on, released_on=on)
        return Fraction(share) if is_enrolled or share else None

    def held_on(self, member_id: UUID, version: CompensationPlanVersion, key: str, on: date) -> Held | None:
        """A component of a version by its key, for who is enrolled in it on a day; None for everybody else."""
        component = next((each for each in version.components if each.key == key), None)
        enrolment = self.ledger.enrolment(member_id)
        if component is None or enrolment is None or not enrolment.covers(self.plan_id, key, on):
            return None
        kept_percent = self.kept_percent(enrolment, version, component, on)
        agreed, agreed_at = enrolment.as_agreed(self.plan_id, component, on)
        return Held(
            component=agreed,
            kept_percent=ALL if kept_percent is None else kept_percent,
            waits_for=self.unacknowledged(enrolment, version),
            agreed_at=agreed_at,
        )

    def unacknowledged(self, enrolment: Enrolment, version: CompensationPlanVersion) -> Waits | None:
        """R64: where the plan says so, credits wait until the participant has acknowledged the version."""
        if not version.acknowledgement_required or enrolment.has_acknowledged(self.plan_id, version.number):
            return None
        return AwaitsAcknowledgement(version_number=version.number)

    def in_plan_currency(
        self, version: CompensationPlanVersion, sale: Sale, amount: Amount, period: Period
    ) -> tuple[Amount, Waits | None]:
        """R67: at the rate of the day that the plan names, frozen in the credit; without a rate it waits, it is never 1."""
        source = sale.currency
        if source == self.currency:
            return amount, None
        rules = version.currencies
        if rules is not None:
            happened = anchors(self.ledger, sale.win)
            dates: dict[RateDate, date] = {"booking": sale.win.on, "period_end": period.last_on}
            if "invoice" in happened:
                dates["invoice"] = sale.on if sale.billing_period is not None else happened["invoice"]
            if "payment" in happened:
                dates["payment"] = sale.paid_by.received_on if sale.paid_by is not None else happened["payment"]
            frozen = frozen_rate(
                rules.conversion,
                (source, self.currency),
                dates,
                lambda one, other, on: self.ledger.rate_on(
                    rules.rate_table_id, from_currency=one, to_currency=other, on=on
                ),
            )
            if frozen is not None:
                return converted(amount, frozen), None
        return amount, AwaitsRate(currency_from=source, currency_to=self.currency)

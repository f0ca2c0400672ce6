"""What a plan earns, member by member and period by period: steps 1 to 8 of the catalogue's order, each computed once.

Eligibility: enrolled on the day of the sale, by the plan version that pays that day (R57). Sales count in the order of their
day, then of their position in the log. Tiers and attainment count what was credited in the window under one component. A sale
in another currency than the plan's waits for a rate (R67), a credit under a component by attainment waits for the quota (R07):
held, it posts nothing and counts towards no tier. All exact; `earnings.py` rounds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.commission.components import (
    Earning,
    Said,
    Standing,
    before_caps,
    before_component_cap,
    cut,
    earnings_of,
    exact_of,
    is_shut,
)
from salesapi.domain.commission.crediting import Credit
from salesapi.domain.commission.eligibility import ALL, Eligibility, Eligible
from salesapi.domain.commission.facts import Ledger
from salesapi.domain.commission.limits import earnings_cap
from salesapi.domain.commission.measures import satisfaction_of, team_attainment
from salesapi.domain.commission.member_quotas import MemberQuota, quota_of
from salesapi.domain.commission.periods import Period, period_of
from salesapi.domain.commission.rated_again import CreditKey, key_of, rated_again, rates_again
from salesapi.domain.commission.sale_parts import Amount
from salesapi.domain.commission.sale_rates import Portion
from salesapi.domain.commission.sales import Sale, Waiting
from salesapi.domain.commission.wording import equals, in_major, percent
from salesapi.domain.compensation_plans import CompensationPlanVersion
from salesapi.domain.kernel import value
from salesapi.domain.plan_components import Component

ZERO: Final = Fraction()
CountKey: TypeAlias = tuple[int, str]
"""Where counting begins anew: the plan version (0 where tiers continue over versions) and the component."""


@value
class Credited:
    """One credit under one component, with what it earns; `waits_for` says why it is held. `amount` is in the plan's currency."""

    sale: Sale
    credit: Credit
    version: CompensationPlanVersion
    component: Component
    amount: Amount
    currency: str
    positions: tuple[int, ...]
    earnings: tuple[Earning, ...]
    counts_as: int
    """Credits with the same number, under one component, count together."""
    waits_for: Waiting | None = None


@value
class _Sum:
    """What a member was credited and earned so far under one component."""

    credited: Amount = 0
    peak: Amount = 0
    rated_from: Amount | None = None
    earned_minor: Fraction = ZERO
    sale: tuple[UUID, int] | None = None
    """The sale that was credited last: its parts follow each other."""
    is_shut: bool = False
    """Whether the gate let nothing of it through."""
    deal_earned_minor: Fraction = ZERO
    deal_credited: Amount = 0


@value
class _Again:
    """What a period pays again of earlier credits, and what that earns before the caps, by component and in all."""

    credited: tuple[Credited, ...] = ()
    earned_minor: Mapping[str, Fraction] = field(default_factory=dict)
    plan_earned_minor: Fraction = ZERO


class Evaluation:
    """Answers about one plan from one ledger; what it computed for a member and a period, it keeps where it is asked again."""

    def __init__(self, ledger: Ledger, plan_id: UUID, as_of: date | None = None) -> None:
        self.ledger = ledger
        self.plan_id = plan_id
        self.plan = ledger.plan(plan_id)
        self.currency = self.plan.currency
        self.looks_back = any(
            component.looks_back() or version.currencies is not None
            for version in self.plan.versions
            for component in version.components
        )
        self._rates_again = any(rates_again(each) for version in self.plan.versions for each in version.components)
        self._kept: dict[tuple[UUID, str], tuple[Credited, ...]] = {}
        self.eligibility = Eligibility(ledger, plan_id, as_of)
        self.register = self.eligibility.register
        self.evaluated: list[tuple[UUID, str]] = []
        """Which members' periods were evaluated, each time that one was."""

    def members(self) -> list[UUID]:
        """Everybody who ever took part in the plan, in the order of their ids."""
        return sorted(self.ledger.participants(self.plan_id))

    def credited(self, member_id: UUID, period: Period) -> tuple[Credited, ...]:
        """A member's credits of a period with what they earn, in the order in which they count."""
        key = (member_id, period.text)
        if key in self._kept:
            return self._kept[key]
        found = self._evaluated(member_id, period)
        if self.looks_back:
            self._kept[key] = found
        return found

    def counted(self, member_id: UUID, period: Period) -> dict[CountKey, Amount]:
        """What counts for a member under each component, in the window that its tiers and attainment count."""
        return _counted(self._counting(member_id, period))

    def _evaluated(self, member_id: UUID, period: Period) -> tuple[Credited, ...]:
        self.evaluated.append((member_id, period.text))
        counting = self._counting(member_id, period)
        again = self._again(member_id, counting, period)
        return (*again.credited, *self._rated(member_id, counting, period, again))

    def _again(self, member_id: UUID, counting: Sequence[Eligible], period: Period) -> "_Again":
        """R20: what the period pays again of earlier credits, where all of the year is rated by where it stands."""
        if not self._rates_again or not any(each.sale.on < period.first_on for each in counting):
            return _Again()
        before = self._due(member_id, self._counting(member_id, self._earlier(period)[-1]), self._earlier(period)[-1])
        plan_earned, earned, found = ZERO, dict[str, Fraction](), list[Credited]()
        for each, due in self._due(member_id, counting, period).values():
            _, due_before = before.get(credit_key(each), (each, ZERO))
            if each.sale.on >= period.first_on or due == due_before:
                continue
            key, version = each.component.key, each.version
            earnings: tuple[Earning, ...] = (rated_again(due, due_before, self.currency),)
            if each.component.cap_minor is not None:
                so_far = self._from_here(_Sum(), member_id, each.component, period, earned.get(key, ZERO)).earned_minor
                earnings += self._over_cap("period", each.component.cap_minor, earnings, so_far)
                earned[key] = earned.get(key, ZERO) + due - due_before
            uncapped = exact_of(earnings)
            if version.cap_minor is not None:
                earnings += self._over_cap("plan", version.cap_minor, earnings, plan_earned)
            plan_earned += uncapped
            found.append(replace(each, sale=replace(each.sale, on=period.first_on), amount=0, earnings=earnings))
        return _Again(credited=tuple(found), earned_minor=earned, plan_earned_minor=plan_earned)

    def _due(
        self, member_id: UUID, counting: Sequence[Eligible], period: Period
    ) -> dict[CreditKey, tuple[Credited, Fraction]]:
        """What each credit of the year is due by the end of a period, before the caps of the component and the plan."""
        rated = [each for each in counting if rates_again(each.component)]
        of_year = self._rated(member_id, rated, period, _Again(), since=period.first_on.replace(month=1))
        return {credit_key(each): (each, before_component_cap(each.earnings)) for each in of_year}

    def _counting(self, member_id: UUID, period: Period) -> list[Eligible]:
        """The credits of the period, after those of earlier periods of the year which count beside them."""
        enrolment = self.ledger.enrolment(member_id)
        if enrolment is None:
            return []
        counts_year = any(
            component.counted_over != "period"
            for part in self.eligibility.parts(period)
            for component in part.version.components
        )
        eligible = self.eligibility.of(member_id, enrolment, period)
        if counts_year:
            earlier = [
                each for before in self._earlier(period) for each in self.eligibility.of(member_id, enrolment, before)
            ]
            eligible = [each for each in earlier if each.component.counted_over != "period"] + eligible
        return eligible

    def _earlier(self, period: Period) -> list[Period]:
        """The plan's periods of the year before this one."""
        months = range(1, period.first_on.month)
        found = (period_of(date(period.first_on.year, month, 1), period.kind) for month in months)
        return list({before.text: before for before in found}.values())

    def _rated(
        self,
        member_id: UUID,
        eligible: Sequence[Eligible],
        period: Period,
        again: "_Again",
        since: date | None = None,
    ) -> tuple[Credited, ...]:
        """The credits since a day, of the period where none is said, with what they earn."""
        totals, year = _counted(eligible), period_of(period.first_on, "year")
        sums: dict[CountKey, _Sum] = {}
        quotas: dict[CountKey, MemberQuota | None] = {}
        measured: dict[CountKey, tuple[Fraction | None, Fraction | None]] = {}
        plan_earned = again.plan_earned_minor
        found: list[Credited] = []
        for each in eligible:
            key, is_own = _key(each), each.sale.on >= (since or period.first_on)
            of_version = (each.part.version.number, each.component.key)
            if of_version not in quotas:
                quotas[of_version] = self._quota(member_id, each, period, year)
            if key not in measured:
                measured[key] = self._measured(member_id, each.component, period)
            quota, waits_for = quotas[of_version], each.waits_for
            if waits_for is None and quota is None and each.component.needs_quota():
                window = period if each.component.counted_over == "period" else year
                words = f"waiting for a quota for {window.text} in {self.currency}; nothing is posted"
                waits_for = Waiting(rule="R07", words=words)
            earnings: tuple[Earning, ...] = ()
            if waits_for is None:
                so_far = sums.get(key, _Sum())
                if is_own and so_far.rated_from is None:
                    earned_again = again.earned_minor.get(each.component.key, ZERO)
                    so_far = self._from_here(so_far, member_id, each.component, period, earned_again)
                standing = _standing(each, so_far, totals[key], quota, measured[key])
                earnings = earnings_of(each.component, standing, _portion(each), self.currency)
                sums[key] = _with(so_far, standing, each, earnings, is_own=is_own)
                earnings = (*earnings, *_after_leaving(each, earnings, self.currency))
                if is_own and each.part.version.cap_minor is not None:
                    limited = self._over_cap("plan", each.part.version.cap_minor, earnings, plan_earned)
                    plan_earned += exact_of(earnings)
                    earnings = (*earnings, *limited)
            if is_own:
                found.append(self._credited(each, earnings, waits_for, quota))
        return tuple(found)

    def _from_here(self, so_far: _Sum, member_id: UUID, component: Component, period: Period, earned: Fraction) -> _Sum:
        """Where the period begins: what caps count, and with `year_to_date_rate` what is not rated again."""
        if component.cap_minor is not None and component.cap_window == "year":
            earned += sum(
                (
                    before_component_cap(credited.earnings)
                    for before in self._earlier(period)
                    for credited in self.credited(member_id, before)
                    if credited.component.key == component.key
                ),
                ZERO,
            )
        rated_from = so_far.credited if component.counted_over == "year_to_date_rate" else 0
        return replace(so_far, rated_from=rated_from, earned_minor=earned)

    def _over_cap(
        self, of: str, cap_minor: int, earnings: tuple[Earning, ...], before: Fraction
    ) -> tuple[Earning, ...]:
        """R30: what is earned past a cap is lost."""
        found = earnings_cap(
            earned_minor=exact_of(earnings), earned_before_minor=before, cap_minor=cap_minor, excess="lost"
        )
        return cut("R30", f"cap of the {of}", found, self.currency)

    def _credited(
        self, each: Eligible, earnings: tuple[Earning, ...], waits_for: Waiting | None, quota: MemberQuota | None
    ) -> Credited:
        rests_on = each.agreed_at if quota is None else (*each.agreed_at, *quota.positions)
        return Credited(
            sale=each.sale,
            credit=each.credit,
            version=each.part.version,
            component=each.component,
            amount=each.amount,
            currency=self.currency,
            positions=tuple(sorted({*each.sale.positions, *rests_on})) if rests_on else each.sale.positions,
            earnings=earnings,
            counts_as=each.part.counts_as,
            waits_for=waits_for,
        )

    def _measured(
        self, member_id: UUID, component: Component, period: Period
    ) -> tuple[Fraction | None, Fraction | None]:
        """The team's attainment and the factor of satisfaction, where the component asks for them."""
        team = satisfaction = None
        if component.asks_team():
            team = team_attainment(self.ledger, self.register, self.currency, member_id, period)
        if component.satisfaction is not None:
            satisfaction = satisfaction_of(self.ledger, member_id, component, period)
        return team, satisfaction

    def _quota(self, member_id: UUID, each: Eligible, period: Period, year: Period) -> MemberQuota | None:
        if not each.component.needs_quota():
            return None
        window, part = period, each.part
        if each.component.counted_over != "period":
            window = year
            of_year = next((one for one in self.eligibility.parts(year) if one.pays(each.sale.on)), part)
            part = replace(part, quota_share=of_year.quota_share)
        return quota_of(self.ledger, self.plan_id, self.currency, member_id, each.component.measure, part, window)


def _portion(each: Eligible) -> Portion:
    return Portion(amount=each.amount, sale=each.sale, credit=each.credit, unit=each.unit)


def credit_key(credited: Credited) -> CreditKey:
    """What tells the credits of a member apart."""
    return key_of(credited.component, credited.sale, credited.credit.source_member_id)


def _counted(eligible: Iterable[Eligible]) -> dict[CountKey, Amount]:
    """What waits for anything counts towards nothing."""
    totals: dict[CountKey, Amount] = {}
    for each in eligible:
        if each.waits_for is None:
            key = _key(each)
            totals[key] = totals.get(key, 0) + each.amount
    return totals


def _key(each: Eligible) -> CountKey:
    return (each.part.counts_as, each.component.key)


def _standing(
    each: Eligible,
    so_far: _Sum,
    total: Amount,
    quota: MemberQuota | None,
    measured: tuple[Fraction | None, Fraction | None],
) -> Standing:
    is_same_sale = so_far.sale == each.sale.identity
    is_same_deal = is_same_sale and not so_far.is_shut
    return Standing(
        start=so_far.credited,
        peak=so_far.peak,
        total=total,
        quota=quota.amount_minor if quota is not None else None,
        earned_minor=so_far.earned_minor,
        is_same_deal=is_same_deal,
        deal_earned_minor=so_far.deal_earned_minor if is_same_deal else ZERO,
        deal_start=so_far.deal_credited if is_same_sale else 0,
        rated_from=so_far.rated_from or 0,
        team_attainment=measured[0],
        satisfaction=measured[1],
    )


def _with(so_far: _Sum, standing: Standing, each: Eligible, earnings: tuple[Earning, ...], *, is_own: bool) -> _Sum:
    component, credited = each.component, so_far.credited + each.amount
    is_capped = component.cap_minor is not None and is_own
    return _Sum(
        credited=credited,
        peak=max(so_far.peak, credited),
        rated_from=so_far.rated_from,
        earned_minor=so_far.earned_minor + before_component_cap(earnings) if is_capped else ZERO,
        sale=each.sale.identity,
        is_shut=component.gate is not None and is_shut(earnings),
        deal_earned_minor=standing.deal_earned_minor + before_caps(earnings) if component.deal_cap_minor else ZERO,
        deal_credited=standing.deal_start + each.amount,
    )


def _after_leaving(each: Eligible, earnings: tuple[Earning, ...], currency: str) -> tuple[Earning, ...]:
    """R60: what the rule of a leaver does not pay."""
    if each.leaver_percent is ALL or each.leaver_percent == ALL:
        return ()
    earned, kept = exact_of(earnings), each.leaver_percent
    lost = earned * (kept / 100 - 1)

    def said() -> Said:
        return None, equals(f"after leaving {percent(kept)} % of {in_major(earned, currency)} is paid", lost, currency)

    return (Earning(kind="limit", rule="R60", base=0, exact_minor=lost, said=said),)

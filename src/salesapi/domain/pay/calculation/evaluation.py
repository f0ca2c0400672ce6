"""What a plan earns, member by member and period by period: steps 1 to 8 of the catalogue's order, each computed once.

Eligibility: enrolled on the day of the sale, by the plan version that pays that day (R57). Sales count in the order of their
day, then of their position in the log. Tiers and attainment count what was credited in the window under one component. A sale
in another currency than the plan's waits for a rate (R67), a credit under a component by attainment waits for the quota (R07):
held, it posts nothing and counts towards no tier. All exact; `earnings.py` rounds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.cap_carryover import NOTHING, Caps, CarriedOver, DealKey, Entered, deal_of
from salesapi.domain.pay.calculation.components import (
    Earning,
    Standing,
    after_leaving,
    before_leaving,
    earnings_of,
    exact_before,
    exact_of,
    is_shut,
    over_cap,
)
from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.calculation.eligibility import ALL, Eligibility, Eligible
from salesapi.domain.pay.calculation.measures import satisfaction_of, team_attainment
from salesapi.domain.pay.calculation.member_quotas import MemberQuota, quota_of, quota_window
from salesapi.domain.pay.calculation.sale_rates import Portion
from salesapi.domain.pay.calculation.year_to_date_restatement import CreditKey, credit_key, rated_again
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.reasons.earned_reasons import AwaitsQuota, Waits
from salesapi.domain.pay.rules.release import Amount
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.periods import Period, period_of
from salesapi.domain.shared.states import made_from

ZERO: Final = Fraction()
CountKey: TypeAlias = tuple[int, str]
"""Where counting begins anew: the plan version (0 where tiers continue over versions) and the component."""


@fast_record
class _Sum:
    """The running sum of what a member was credited and earned under one component."""

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


@fast_record
class _Before:
    """The pay of a period before its own credits: carried into it, or paid again; and what that counts for caps."""

    credited: tuple[Credited, ...] = ()
    again_minor: Mapping[str, Fraction] = field(default_factory=dict)
    plan_earned_minor: Fraction = ZERO
    carried: Entered = field(default_factory=lambda: NOTHING)

    def earned_minor(self, component: str, counts_as: int) -> Fraction:
        """Under the cap of a component; what was carried counts with the version that pays the first day."""
        again = self.again_minor.get(component, ZERO)
        is_first = self.carried.counts_as == counts_as
        return again + self.carried.earned_minor.get(component, ZERO) if is_first else again


class Evaluation:
    """Answers about one plan from one ledger; what it computed for a member and a period, it keeps where it is asked again."""

    def __init__(self, ledger: PayFacts, plan_id: UUID, as_of: date | None = None) -> None:
        self.ledger = ledger
        self.plan_id = plan_id
        self.plan = ledger.plan(plan_id)
        self.currency = self.plan.currency
        versions = self.plan.versions
        self.components = tuple(component for version in versions for component in version.components)
        """Those of all versions."""
        self.looks_back = any(component.looks_back() for component in self.components) or any(
            version.looks_back() for version in versions
        )
        self._rates_again = any(component.rates_year_again() for component in self.components)
        self._kept: dict[tuple[UUID, str], tuple[Credited, ...]] = {}
        self.eligibility = Eligibility(ledger, plan_id, as_of)
        self.register = self.eligibility.register
        self.carried_over: CarriedOver | None = None
        if any(component.carries_over() for component in self.components) or any(
            version.cap_excess == "carried" for version in versions
        ):
            caps = Caps(component=self._counted_in_year, plan=self._plan_counted_in_year)
            self.carried_over = CarriedOver(self.eligibility, self.credited, caps)
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
        """Sums what counts for a member under each component, in the window that its tiers and attainment count."""
        return _counted(self._counting(member_id, period))

    def _evaluated(self, member_id: UUID, period: Period) -> tuple[Credited, ...]:
        self.evaluated.append((member_id, period.text))
        counting = self._counting(member_id, period)
        before = self._again(member_id, counting, period, self._carried(member_id, period))
        return (*before.credited, *self._rated(member_id, counting, period, before))

    def _carried(self, member_id: UUID, period: Period) -> _Before:
        """R29, R30: what earlier periods carry into this one."""
        if self.carried_over is None:
            return _Before()
        entered = self.carried_over.into(member_id, period)
        return _Before(credited=tuple(entered.credited), plan_earned_minor=entered.plan_earned_minor, carried=entered)

    def _again(self, member_id: UUID, counting: Sequence[Eligible], period: Period, carried: _Before) -> _Before:
        """R20: what the period pays again of earlier credits, where all of the year is rated by where it stands."""
        if not self._rates_again or not any(each.sale.on < period.first_on for each in counting):
            return carried
        before = self._due(member_id, self._counting(member_id, self._earlier(period)[-1]), self._earlier(period)[-1])
        plan_earned, again, found = carried.plan_earned_minor, dict[str, Fraction](), list(carried.credited)
        for each, due in self._due(member_id, counting, period).values():
            _, due_before = before.get(credit_key(each), (each, ZERO))
            if each.sale.on >= period.first_on or due == due_before:
                continue
            key, version = each.component.key, each.version
            earnings: tuple[Earning, ...] = (rated_again(due, due_before=due_before),)
            if each.component.cap_minor is not None:
                earned = again.get(key, ZERO) + carried.earned_minor(key, each.counts_as)
                so_far = self._from_here(_Sum(), member_id, each.component, period, earned=earned).earned_minor
                earnings += over_cap(each.component, due - due_before, before=so_far)
                again[key] = again.get(key, ZERO) + due - due_before
            uncapped, counted = exact_of(earnings), self._plan_counted_in_year(member_id, version, period)
            earnings += over_cap(version, uncapped, before=counted + plan_earned)
            plan_earned += uncapped
            found.append(replace(each, sale=replace(each.sale, on=period.first_on), amount=0, earnings=earnings))
        return replace(carried, credited=tuple(found), again_minor=again, plan_earned_minor=plan_earned)

    def _due(
        self, member_id: UUID, counting: Sequence[Eligible], period: Period
    ) -> dict[CreditKey, tuple[Credited, Fraction]]:
        """Computes what each credit of the year is due by a period's end, before the caps of component and plan."""
        rated = [each for each in counting if each.component.rates_year_again()]
        of_year = self._rated(member_id, rated, period, _Before(), since=period.first_on.replace(month=1))
        return {credit_key(each): (each, exact_before(each.earnings, "component", "plan")) for each in of_year}

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
        before: _Before,
        *,
        since: date | None = None,
    ) -> tuple[Credited, ...]:
        """The credits since a day, of the period where none is said, with what they earn."""
        totals = _counted(eligible)
        sums: dict[CountKey, _Sum] = {}
        quotas: dict[CountKey, MemberQuota | None] = {}
        measured: dict[CountKey, tuple[Fraction | None, Fraction | None]] = {}
        plan_earned, deferred = before.plan_earned_minor, dict(before.carried.deferred)
        plan_counted: dict[int, Fraction] = {}
        found: list[Credited] = []
        for each in eligible:
            key, is_own = _key(each), each.sale.on >= (since or period.first_on)
            of_version = (each.part.version.number, each.component.key)
            if of_version not in quotas:
                quotas[of_version] = self._quota(member_id, each, period)
            if key not in measured:
                measured[key] = self._measured(member_id, each.component, period)
            quota, waits_for = quotas[of_version], each.waits_for
            if waits_for is None and quota is None and each.component.needs_quota():
                waits_for = AwaitsQuota(period=quota_window(each.component, period).text, quota_currency=self.currency)
            earnings: tuple[Earning, ...] = ()
            if waits_for is None:
                so_far = sums.get(key, _Sum())
                if is_own and so_far.rated_from is None:
                    earned = before.earned_minor(each.component.key, each.part.counts_as)
                    so_far = self._from_here(so_far, member_id, each.component, period, earned=earned)
                portion = Portion(amount=each.amount, sale=each.sale, credit=each.credit, unit=each.unit)
                standing = _standing(
                    each,
                    so_far,
                    total=totals[key],
                    quota=quota,
                    measured=measured[key],
                    deferred=deferred if is_own else {},
                )
                earnings = earnings_of(each.component, standing, portion)
                sums[key] = _with(so_far, standing, each, earnings, is_own=is_own)
                if each.leaver_percent is not ALL:
                    earnings = (*earnings, *after_leaving(each.leaver_percent, earnings))
                version = each.part.version
                if is_own and version.cap_minor is not None:
                    if version.number not in plan_counted:
                        plan_counted[version.number] = self._plan_counted_in_year(member_id, version, period)
                    uncapped, plan_before = exact_of(earnings), plan_counted[version.number] + plan_earned
                    earnings = (*earnings, *over_cap(version, uncapped, before=plan_before))
                    plan_earned += uncapped
            if is_own:
                found.append(self._credited(each, earnings, waits_for, quota))
        return tuple(found)

    def _from_here(
        self, so_far: _Sum, member_id: UUID, component: Component, period: Period, *, earned: Fraction
    ) -> _Sum:
        """Begins the period: what caps count, and with `year_to_date_rate` the sum that is not rated again."""
        earned += self._counted_in_year(member_id, component, period)
        rated_from = so_far.credited if component.counted_over == "year_to_date_rate" else 0
        return replace(so_far, rated_from=rated_from, earned_minor=earned)

    def _counted_in_year(self, member_id: UUID, component: Component, period: Period) -> Fraction:
        """R30: what the cap of a year of a component counts of the periods before; nothing with another cap."""
        if component.cap_minor is None or component.cap_window == "period":
            return ZERO
        counted = ZERO
        for entered, credited in self._in_year_before(member_id, period):
            counted += entered.past_component.get(component.key, ZERO)
            counted += sum(_counts_in_year(each) for each in credited if each.component.key == component.key)
        return counted

    def _plan_counted_in_year(self, member_id: UUID, version: CompensationPlanVersion, period: Period) -> Fraction:
        """R30: what the cap of a year of the plan counts of the periods before; nothing with another cap."""
        if version.cap_minor is None or version.cap_window == "period":
            return ZERO
        counted = ZERO
        for entered, credited in self._in_year_before(member_id, period):
            counted += entered.past_plan + sum(map(_plan_counts_in_year, credited))
        return counted

    def _in_year_before(self, member_id: UUID, period: Period) -> Iterator[tuple[Entered, tuple[Credited, ...]]]:
        """What entered each earlier period of the year, and its credits."""
        for before in self._earlier(period):
            entered = self.carried_over.into(member_id, before) if self.carried_over is not None else NOTHING
            yield entered, self.credited(member_id, before)

    def _credited(
        self, each: Eligible, earnings: tuple[Earning, ...], waits_for: Waits | None, quota: MemberQuota | None
    ) -> Credited:
        rests_on = each.agreed_at if quota is None else (*each.agreed_at, *quota.positions)
        return made_from(
            Credited,
            each,
            version=each.part.version,
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
            team = team_attainment(self.eligibility, member_id, period)
        if component.satisfaction is not None:
            satisfaction = satisfaction_of(self.ledger, member_id, component, period)
        return team, satisfaction

    def _quota(self, member_id: UUID, each: Eligible, period: Period) -> MemberQuota | None:
        if not each.component.needs_quota():
            return None
        window, part = quota_window(each.component, period), each.part
        if window is not period:
            of_year = next((one for one in self.eligibility.parts(window) if one.pays(each.sale.on)), part)
            part = replace(part, quota=of_year.quota)
        return quota_of(self.eligibility, member_id, each.component.measure, part=part, window=window)


def _counts_in_year(credited: Credited) -> Fraction:
    """Computes what a component's yearly cap counts of a credit; what a period's cap carries on counts where earned."""
    component, earnings = credited.component, before_leaving(credited.earnings)
    if credited.carried_past == "plan" or (credited.carried_past == "component" and component.cap_window == "year"):
        return ZERO
    is_carried_on = component.cap_window == "period" and component.cap_excess == "carried"
    return exact_before(earnings, "plan") if is_carried_on else exact_before(earnings, "component", "plan")


def _plan_counts_in_year(credited: Credited) -> Fraction:
    """The same of the cap of a year of the plan."""
    version = credited.version
    if credited.carried_past == "plan" and version.cap_window == "year":
        return ZERO
    is_carried_on = version.cap_window == "period" and version.cap_excess == "carried"
    return exact_of(credited.earnings) if is_carried_on else exact_before(credited.earnings, "plan")


def _counted(eligible: Iterable[Eligible]) -> dict[CountKey, Amount]:
    """Sums what counts under each component; what waits for anything counts towards nothing."""
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
    *,
    total: Amount,
    quota: MemberQuota | None,
    measured: tuple[Fraction | None, Fraction | None],
    deferred: dict[DealKey, Fraction],
) -> Standing:
    is_same_sale = so_far.sale == each.sale.identity
    is_same_deal = is_same_sale and not so_far.is_shut
    deal_earned = ZERO
    if is_same_deal and each.component.deal_cap_split == "split_then_cap":
        deal_earned = so_far.deal_earned_minor
    if deferred:
        deal_earned += deferred.pop(deal_of(each.component, each.sale, each.credit), ZERO)
    return Standing(
        start=so_far.credited,
        peak=so_far.peak,
        total=total,
        quota=quota.amount_minor if quota is not None else None,
        earned_minor=so_far.earned_minor,
        is_same_deal=is_same_deal,
        deal_earned_minor=deal_earned,
        deal_start=so_far.deal_credited if is_same_sale else 0,
        rated_from=so_far.rated_from or 0,
        team_attainment=measured[0],
        satisfaction=measured[1],
    )


def _with(so_far: _Sum, standing: Standing, each: Eligible, earnings: tuple[Earning, ...], *, is_own: bool) -> _Sum:
    component, credited = each.component, so_far.credited + each.amount
    is_capped = component.cap_minor is not None and is_own
    deal_earned = ZERO
    if component.deal_cap_minor:
        deal_earned = standing.deal_earned_minor + exact_before(earnings, "deal", "component", "plan")
    return _Sum(
        credited=credited,
        peak=max(so_far.peak, credited),
        rated_from=so_far.rated_from,
        earned_minor=so_far.earned_minor + exact_before(earnings, "component", "plan") if is_capped else ZERO,
        sale=each.sale.identity,
        is_shut=component.gate is not None and is_shut(earnings),
        deal_earned_minor=deal_earned,
        deal_credited=standing.deal_start + each.amount,
    )

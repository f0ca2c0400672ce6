"""What caps carry over (R29 deferred, R30 carried): what a window cuts off a credit is earned first thing in the next window.

It is earned like a sale of that window's first day, by the version that pays that day: under its caps, by who holds the component
on that day, with what R60 says of it. Who does not hold it loses it, also where the version has no such component any more. The
oldest comes first; what still does not fit waits on and has no line. It keeps its deal, with which it is released, taken back and
corrected (R53): a function of the facts, computed forward from a member's first sale, each period once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.components import (
    ZERO,
    Earning,
    after_leaving,
    exact_of,
    over_cap,
    over_deal_cap,
    over_line_limit,
)
from salesapi.domain.pay.calculation.credited import Credited
from salesapi.domain.pay.calculation.crediting import Credit
from salesapi.domain.pay.calculation.eligibility import Eligibility, Held
from salesapi.domain.pay.calculation.sale_rates import Portion
from salesapi.domain.pay.calculation.sales import Sale, sale_days
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.version_parts import VersionPart
from salesapi.domain.pay.reasons.earned_reasons import CarriedIn
from salesapi.domain.pay.rules.limits import CapExcess, CapOf, CapWindow
from salesapi.domain.shared.dates import day_after, day_before, months_after
from salesapi.domain.shared.kernel import fast_record
from salesapi.domain.shared.periods import Period, period_named, period_of
from salesapi.domain.shared.states import made_from

DealKey: TypeAlias = tuple[str, tuple[UUID, int], UUID | None]
"""A component, what the parts of one sale have in common, and whose result it is where each share has its part of the cap."""
PAST: Final[dict[CapOf, str]] = {"line": "R29", "deal": "R29", "component": "R30", "plan": "R30"}
"""The rule of each limit."""


@fast_record
class Excess:
    """The part of a credit that a cap cut off in the window of `cut_in`, to be earned in the one from `due_on` on."""

    past: CapOf
    component: str
    sale: Sale
    credit: Credit
    positions: tuple[int, ...]
    cut_in: str
    due_on: date
    exact_minor: Fraction


@dataclass(slots=True)
class Entered:
    """The excess carried into a period: lines, and what these count under the caps before the period's own credits."""

    credited: list[Credited] = field(default_factory=list)
    deferred: dict[DealKey, Fraction] = field(default_factory=dict)
    """Under the caps of deals."""
    earned_minor: dict[str, Fraction] = field(default_factory=dict)
    """Under the caps of components, by key: all of it, also what did not fit. It counts with credits of `counts_as`."""
    counts_as: int = 0
    past_component: dict[str, Fraction] = field(default_factory=dict)
    """Of that what had been past this cap before, where it is one of a year."""
    plan_earned_minor: Fraction = ZERO
    """Under the cap of the plan."""
    past_plan: Fraction = ZERO
    """Of that what had been past this cap before, where it is one of a year."""
    waiting: list[Excess] = field(default_factory=list)
    """What is earned later still."""


NOTHING: Final = Entered()


@dataclass(frozen=True, slots=True)
class Caps:
    """The amounts of earlier periods that the caps of a year count, for a member and a period, in exact minor units."""

    component: Callable[[UUID, Component, Period], Fraction]
    plan: Callable[[UUID, CompensationPlanVersion, Period], Fraction]


class CarriedOver:
    """The excess that earlier periods carry into those of a plan's members."""

    def __init__(
        self, eligibility: Eligibility, credited: Callable[[UUID, Period], tuple[Credited, ...]], caps: Caps
    ) -> None:
        self._eligibility = eligibility
        self._credited = credited
        self._caps = caps
        self._entered: dict[UUID, dict[str, Entered]] = {}
        self._began: dict[UUID, date | None] = {}

    def into(self, member_id: UUID, period: Period) -> Entered:
        """Finds what is carried into a period; works out all periods before it that are not known yet."""
        known = self._entered.setdefault(member_id, {})
        for each in reversed(list(self._unknown(member_id, period))):
            before = _before(each)
            credited = self._credited(member_id, before)
            waiting = carried_out(known.get(before.text, NOTHING).waiting, credited, before)
            known[each.text] = _Window(member_id, each, self._eligibility, self._caps).enter(waiting)
        return known.get(period.text, NOTHING)

    def deals_into(self, member_id: UUID, until: Period) -> list[tuple[Period, set[UUID]]]:
        """The deals of what is earned after the period that cut it, by the periods into which it is carried, up to one."""
        self.into(member_id, until)
        found = ((period_named(text), entered.credited) for text, entered in self._entered[member_id].items())
        return [
            (period, {each.sale.win.deal_id for each in credited})
            for period, credited in found
            if credited and period.first_on <= until.first_on
        ]

    def _unknown(self, member_id: UUID, period: Period) -> Iterator[Period]:
        """The period and those before it, the last one first, as far back as anything was ever carried."""
        if member_id not in self._began:
            self._began[member_id] = self._first_sale_on(member_id)
        began_on, known, each = self._began[member_id], self._entered[member_id], period
        while began_on is not None and each.first_on > began_on and each.text not in known:
            yield each
            each = _before(each)

    def _first_sale_on(self, member_id: UUID) -> date | None:
        """The first day of a sale of the member, not before the plan or its enrolment in it began."""
        ledger, plan, register = self._eligibility.ledger, self._eligibility.plan, self._eligibility.register
        components = [component for version in plan.versions for component in version.components]
        is_by_win = all(component.attributed == "booking" for component in components)
        wins = register.wins_ever(components, member_id).values()
        days = [on for win in wins for on in ({win.on} if is_by_win else sale_days(ledger, win))]
        enrolment = ledger.enrolment(member_id)
        spans = [span for span in enrolment.spans if span.plan_id == self._eligibility.plan_id] if enrolment else []
        if not days or not spans:
            return None
        begun_on = min(span.effective_from or date.min for span in spans)
        return max(min(days), begun_on, min(version.effective_from or date.min for version in plan.versions))


class _Window:
    """A period of a member, as something is carried into it."""

    def __init__(self, member_id: UUID, period: Period, eligibility: Eligibility, caps: Caps) -> None:
        self._member_id = member_id
        self._period = period
        self._eligibility = eligibility
        self._caps = caps
        self._held: dict[str, Held | None] = {}
        self._component_before: dict[str, Fraction] = {}
        self._plan_before: Fraction | None = None
        self._entered = Entered()

    def enter(self, waiting: Sequence[Excess]) -> Entered:
        """Earns what is due and lets the rest wait. What has passed the caps before that of the plan comes first."""
        parts = self._eligibility.parts(self._period) if waiting else ()
        part = next((each for each in parts if each.pays(self._period.first_on)), None)
        self._entered.counts_as = part.counts_as if part is not None else 0
        for excess in sorted(waiting, key=lambda each: each.past != "plan"):
            if excess.due_on > self._period.first_on:
                self._entered.waiting.append(excess)
            elif part is not None and (held := self._holds(part.version, excess.component)) is not None:
                self._earn(excess, held, part)
        return self._entered

    def _holds(self, version: CompensationPlanVersion, key: str) -> Held | None:
        if key not in self._held:
            on = self._period.first_on
            self._held[key] = self._eligibility.held_on(self._member_id, version, key, on)
        return self._held[key]

    def _earn(self, excess: Excess, held: Held, part: VersionPart) -> None:
        found = self._within(excess, held, part.version) if held.waits_for is None else ()
        if found is None:
            due_on = next_window_on(self._period, _window_of(excess.past, held.component, part.version))
            self._entered.waiting.append(replace(excess, cut_in=self._period.text, due_on=due_on))
            return
        self._entered.credited.append(
            Credited(
                sale=replace(excess.sale, on=self._period.first_on),
                credit=excess.credit,
                version=part.version,
                component=held.component,
                amount=0,
                currency=self._eligibility.currency,
                positions=tuple(sorted({*excess.positions, *held.agreed_at})),
                earnings=found,
                counts_as=part.counts_as,
                waits_for=held.waits_for,
                carried_past=excess.past,
            )
        )

    def _within(self, excess: Excess, held: Held, version: CompensationPlanVersion) -> tuple[Earning, ...] | None:
        """Computes what it earns under the cap that cut it and those after that; None where all of it waits on."""
        component, exact = held.component, excess.exact_minor
        found: tuple[Earning, ...] = (_again(excess),)
        portion = Portion(amount=excess.credit.amount, sale=excess.sale, credit=excess.credit, unit=1)
        if excess.past == "line":
            found += over_line_limit(component, portion, exact)
        if excess.past in ("line", "deal"):
            key, deferred = deal_of(component, excess.sale, excess.credit), exact_of(found)
            before = self._entered.deferred.get(key, ZERO)
            self._entered.deferred[key] = before + deferred
            found += over_deal_cap(component, portion, deferred, before=before)
            if excess.past == "deal" and found[-1].is_carried and exact_of(found) == 0:
                return None
        if excess.past != "plan":
            before = self._counted(excess, component, exact_of(found))
            if excess.past == "component" and _is_full(component.cap_minor, component.cap_excess, before):
                return None
            found += over_cap(component, exact_of(found), before=before)
        found += after_leaving(held.kept_percent, found)
        before = self._plan_counted(excess, version, exact_of(found))
        if excess.past == "plan" and _is_full(version.cap_minor, version.cap_excess, before):
            return None
        return found + over_cap(version, exact_of(found), before=before)

    def _counted(self, excess: Excess, component: Component, earned: Fraction) -> Fraction:
        """Tells what the cap of the component counted before; counts this under it from then on."""
        key, entered = component.key, self._entered
        if key not in self._component_before:
            self._component_before[key] = self._caps.component(self._member_id, component, self._period)
        so_far = entered.earned_minor.get(key, ZERO)
        entered.earned_minor[key] = so_far + earned
        if excess.past == "component" and component.cap_window == "year":
            entered.past_component[key] = entered.past_component.get(key, ZERO) + earned
        return self._component_before[key] + so_far

    def _plan_counted(self, excess: Excess, version: CompensationPlanVersion, earned: Fraction) -> Fraction:
        """Tells what the cap of the plan counted before; counts this under it from then on."""
        if self._plan_before is None:
            self._plan_before = self._caps.plan(self._member_id, version, self._period)
        so_far = self._entered.plan_earned_minor
        self._entered.plan_earned_minor = so_far + earned
        if excess.past == "plan" and version.cap_window == "year":
            self._entered.past_plan += earned
        return self._plan_before + so_far


def deal_of(component: Component, sale: Sale, credit: Credit) -> DealKey:
    """R29: what counts together under the cap of a deal: a share, or all of it, however many sellers credit one manager."""
    is_split = component.deal_cap_split == "cap_then_split"
    return (component.key, sale.identity, credit.source_member_id if is_split else None)


def carried_out(waiting: Sequence[Excess], credited: Iterable[Credited], period: Period) -> tuple[Excess, ...]:
    """Collects what waits after a period: what waited on in it, and what its caps cut off its credits.

    What a refund brings back under a cap that its window had passed waits no longer: the last that was cut is the first that is
    not any more. Parts of one sale wait as one, for each whose result it is.
    """
    own, carried = list[Excess](), list[Excess]()
    for each in credited:
        cuts = [_cut(each, earning, period) for earning in each.earnings if earning.is_carried]
        (own if each.carried_past is None else carried).extend(cuts)
    found: list[Excess] = []
    deals: dict[DealKey, int] = {}
    for cut in carried:
        _add(found, deals, cut)
    found += waiting
    for cut in own:
        _add(found, deals, cut)
    return tuple(each for each in found if each.exact_minor)


def _add(waiting: list[Excess], deals: dict[DealKey, int], cut: Excess) -> None:
    """Lets a cut wait, or what it is against wait no longer; `deals` says where those of deals stand."""
    if cut.past in ("component", "plan") and cut.exact_minor < 0:
        _take_back(waiting, cut)
        return
    if cut.past != "deal":
        waiting.append(cut)
        return
    place = deals.setdefault((cut.component, cut.sale.identity, cut.credit.source_member_id), len(waiting))
    if place < len(waiting):
        waiting[place] = replace(cut, exact_minor=waiting[place].exact_minor + cut.exact_minor)
    else:
        waiting.append(cut)


def next_window_on(period: Period, window: CapWindow) -> date:
    """The first day of the window after the one that a period is, or lies in."""
    return (
        day_after(period.last_on) if window == "period" else months_after(period.first_on.replace(month=1, day=1), 12)
    )


def _cut(credited: Credited, earning: Earning, period: Period) -> Excess:
    assert earning.cap_of is not None, "only a cap carries over"
    window = _window_of(earning.cap_of, credited.component, credited.version)
    return made_from(
        Excess,
        credited,
        past=earning.cap_of,
        component=credited.component.key,
        cut_in=period.text,
        due_on=next_window_on(period, window),
        exact_minor=-earning.exact_minor,
    )


def _take_back(waiting: list[Excess], back: Excess) -> None:
    """Lets so much wait no longer of what is past the same cap in the same window."""
    left = -back.exact_minor
    of = back.component if back.past == "component" else None
    for place in range(len(waiting) - 1, -1, -1):
        each = waiting[place]
        is_same = each.past == back.past and each.due_on == back.due_on and of in (None, each.component)
        if left and is_same:
            taken = min(left, each.exact_minor)
            waiting[place] = replace(each, exact_minor=each.exact_minor - taken)
            left -= taken


def _window_of(past: CapOf, component: Component, version: CompensationPlanVersion) -> CapWindow:
    match past:
        case "line" | "deal":
            return "period"
        case "component":
            return component.cap_window
        case "plan":
            return version.cap_window


def _again(excess: Excess) -> Earning:
    """Makes a line of its own for what is earned later than it was credited."""
    reason = CarriedIn(limit=excess.past, period_cut=excess.cut_in)
    return Earning(kind="earning", rule=PAST[excess.past], base=0, exact_minor=excess.exact_minor, reason=reason)


def _is_full(cap_minor: int | None, excess: CapExcess, counted: Fraction) -> bool:
    """Tells whether a cap that carries over has no room any more, so that what waits for it waits on."""
    return cap_minor is not None and excess == "carried" and counted >= cap_minor


def _before(period: Period) -> Period:
    return period_of(day_before(period.first_on), period.kind)

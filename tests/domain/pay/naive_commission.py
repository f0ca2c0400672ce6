"""What plans pay, a second time: written from the rule catalogue with plain loops and fractions, slow and without cleverness.

It shares nothing with `salesapi.domain.pay` but the plan's records, so that where both agree to the minor unit a rule
was understood twice. No words, no traces: amounts only, in minor units of the plan's currency.
"""

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import DealAmount
from salesapi.domain.pay.rules.tables import TierTable
from salesapi.domain.selling.deals import DealShare
from tests.domain.pay.naive_rates import rated, whole

Posted: TypeAlias = dict[tuple[UUID, str, UUID], int]
"""What is posted for member, component and deal."""


@dataclass(frozen=True)
class Deal:
    """A deal that is won now."""

    deal_id: UUID
    on: date
    amount_minor: int
    currency: str
    owner_id: UUID
    shares: tuple[DealShare, ...] = ()


@dataclass(frozen=True)
class Enrolled:
    """The days of a member in the plan, the last excluded, and the components; None is always, open, all."""

    since: date | None
    until: date | None
    components: tuple[str, ...] | None

    def holds(self, on: date) -> bool:
        """Tells whether this day is within; `until` is the first day after it."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass
class Company:
    """Everything that pay follows from. `deals` stand in the order in which their wins were recorded."""

    currency: str
    versions: list[CompensationPlanVersion]
    deals: list[Deal] = field(default_factory=list)
    quotas: dict[tuple[UUID, str], int] = field(default_factory=dict)
    enrolled: dict[UUID, Enrolled] = field(default_factory=dict)
    team_of: dict[UUID, UUID] = field(default_factory=dict)
    leader_of: dict[UUID, UUID] = field(default_factory=dict)
    parent_of: dict[UUID, UUID] = field(default_factory=dict)

    def managers_of(self, member_id: UUID) -> list[UUID]:
        """Leaders above the member, nearest first, each once."""
        found: list[UUID] = []
        team = self.team_of.get(member_id)
        while team is not None:
            leader = self.leader_of.get(team)
            if leader is not None and leader != member_id and leader not in found:
                found.append(leader)
            team = self.parent_of.get(team)
        return found


@dataclass(frozen=True)
class Span:
    """A period of pay."""

    text: str
    first_on: date
    last_on: date


@dataclass
class Pay:
    """One member's pay of a run: by component and deal, corrections by period, component and deal, and the floor's part."""

    earned: dict[tuple[str, UUID], int] = field(default_factory=dict)
    corrected: dict[tuple[str, str, UUID], int] = field(default_factory=dict)
    floor: int = 0


@dataclass
class Credited:
    """A credit under one component of one version, and the exact lines that it earns."""

    member_id: UUID
    version: CompensationPlanVersion
    component: Component
    deal: Deal
    amount_minor: int
    exact: list[Fraction] = field(default_factory=list)


@dataclass
class Payroll:
    """Runs that follow each other: what they posted for which period, and what members owe of draws."""

    company: Company
    posted: dict[str, Posted] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    owed: dict[UUID, int] = field(default_factory=dict)

    def run(self, span: Span) -> dict[UUID, Pay]:
        """Calculates and locks the run of a period that comes after all runs so far."""
        pay: dict[UUID, Pay] = {}
        earned = earned_in(self.company, span)
        for (member_id, component, deal_id), minor in earned.items():
            pay.setdefault(member_id, Pay()).earned[component, deal_id] = minor
        for before in self.spans:
            now, then = earned_in(self.company, before), self.posted[before.text]
            for key in set(now) | set(then):
                delta = now.get(key, 0) - then.get(key, 0)
                if delta:
                    pay.setdefault(key[0], Pay()).corrected[before.text, key[1], key[2]] = delta
            self.posted[before.text] = now
        for member_id in self.company.enrolled:
            of_member = pay.get(member_id, Pay())
            floor = self._floor(member_id, of_member, span)
            floor += self._netted(member_id, of_member, floor, span) + self._advanced(member_id, span)
            if floor:
                pay.setdefault(member_id, Pay()).floor = floor
        self.posted[span.text] = earned
        self.spans.append(span)
        return pay

    def _floor(self, member_id: UUID, pay: Pay, span: Span) -> int:
        """R31 to R33, by the version in effect on the last day."""
        version = version_on(self.company, span.last_on)
        if version is None:
            return 0
        floor = version.guarantee or version.draw
        if floor is None:
            return 0
        covered = of = 0
        on = span.first_on
        while on <= span.last_on:
            of += 1
            if self.company.enrolled[member_id].holds(on) and (floor.last_on is None or on <= floor.last_on):
                covered += 1
            on += timedelta(days=1)
        earned = sum(pay.earned.values())
        if floor.compared_with == "payable":
            earned += sum(pay.corrected.values())
        if version.guarantee is not None:
            least = Fraction(version.guarantee.amount_minor * covered, of)
            return whole(least - earned, version.rounding.mode) if covered and earned < least else 0
        assert version.draw is not None, "a floor is one of the two"
        draw = version.draw
        least = Fraction(draw.draw_minor * covered, of)
        if covered and earned < least:
            change = whole(least - earned, version.rounding.mode)
        else:
            owed, kept = self.owed.get(member_id, 0), least
            if draw.kept_minimum_minor is not None:
                kept = Fraction(draw.kept_minimum_minor * covered, of) if covered else Fraction(draw.kept_minimum_minor)
            has_ended = draw.last_on is not None and draw.last_on < span.first_on
            if not covered and (draw.at_end if has_ended else draw.on_leaving) == "forgiven":
                self.owed[member_id] = owed = 0
            recovered = min(Fraction(owed), earned - kept, earned * Fraction(draw.recovery_limit_percent) / 100)
            change = whole(-recovered, version.rounding.mode) if recovered > 0 else 0
        self.owed[member_id] = self.owed.get(member_id, 0) + change
        return change

    def _netted(self, member_id: UUID, pay: Pay, floor: int, span: Span) -> int:
        """R34: the period's end less what is owed, by the newest version with an advance that no draw came after."""
        ruling = None
        for version in self.company.versions:
            if version.effective_from is None or version.effective_from <= span.last_on:
                if version.draw is not None:
                    ruling = None
                if version.advance is not None:
                    ruling = version
        if ruling is None or ruling.advance is None:
            return 0
        covered, _ = self._days(member_id, span.first_on, span.last_on)
        ending = ruling.advance.negative_end if covered else ruling.advance.on_leaving
        if ending == "forgiven":
            self.owed[member_id] = 0
        owed, earned = self.owed.get(member_id, 0), sum(pay.earned.values())
        compared = earned + sum(pay.corrected.values()) + floor
        if ruling is not version_on(self.company, span.last_on):
            compared = max(compared, 0)
        elif ruling.advance.compared_with == "earned":
            compared = min(compared, earned)
        change = -owed if compared >= owed or ending == "collected" else -compared
        self.owed[member_id] = owed + change
        return change

    def _advanced(self, member_id: UUID, span: Span) -> int:
        """R34: for the quarter after it, to who is enrolled on its first day."""
        first_on = span.last_on + timedelta(days=1)
        last_on = (first_on + timedelta(days=100)).replace(day=1) - timedelta(days=1)
        version = version_on(self.company, first_on)
        if version is None or version.advance is None or not self.company.enrolled[member_id].holds(first_on):
            return 0
        covered, of = self._days(member_id, first_on, last_on)
        advance = whole(Fraction(version.advance.advance_minor * covered, of), version.rounding.mode)
        self.owed[member_id] = self.owed.get(member_id, 0) + advance
        return advance

    def _days(self, member_id: UUID, first_on: date, last_on: date) -> tuple[int, int]:
        """Counts the days on which the member is enrolled, and all days from the first to the last, both inclusive."""
        of = (last_on - first_on).days + 1
        held = (self.company.enrolled[member_id].holds(first_on + timedelta(days=number)) for number in range(of))
        return sum(held), of


def earned_in(company: Company, span: Span) -> Posted:
    """Computes what the deals of a period earn by everything known now, posted line by line."""
    credited = all_credited(company, span)
    for first in credited:
        same = [each for each in credited if _measure(each) == _measure(first)]
        if same[0] is first:
            earn(same, company.quotas.get((first.member_id, span.text)))
    posted: Posted = {}
    groups: dict[tuple[object, ...], list[Fraction]] = {}
    for number, each in enumerate(credited):
        key = (each.member_id, each.component.key, each.deal.deal_id)
        rounding = each.version.rounding
        for place, exact in enumerate(each.exact):
            group: tuple[object, ...] = (each.member_id, each.version.number)
            if rounding.scope == "component":
                group = (*group, each.component.key)
            if rounding.scope == "line":
                group = (*group, number, place)
            before = groups.setdefault(group, [])
            step = whole(sum([*before, exact], Fraction()), rounding.mode) - whole(
                sum(before, Fraction()), rounding.mode
            )
            before.append(exact)
            posted[key] = posted.get(key, 0) + step
    return posted


def _measure(each: Credited) -> tuple[UUID, int, str]:
    return each.member_id, each.version.number, each.component.key


def all_credited(company: Company, span: Span) -> list[Credited]:
    """R15 to R18 for the eligible deals, by win date and then by recording. Another currency waits and counts nowhere."""
    found: list[Credited] = []
    for on in sorted({deal.on for deal in company.deals if span.first_on <= deal.on <= span.last_on}):
        for deal in company.deals:
            version = version_on(company, on)
            if deal.on != on or version is None or deal.currency != company.currency:
                continue
            for component in version.components:
                for member_id, amount_minor in credits_of(company, deal, component):
                    enrolled = company.enrolled.get(member_id)
                    if enrolled is None or not enrolled.holds(on):
                        continue
                    if enrolled.components is None or component.key in enrolled.components:
                        found.append(Credited(member_id, version, component, deal, amount_minor))
    return found


def version_on(company: Company, on: date) -> CompensationPlanVersion | None:
    """The newest version that is in effect."""
    found = None
    for version in company.versions:
        if version.effective_from is None or version.effective_from <= on:
            found = version
    return found


def credits_of(company: Company, deal: Deal, component: Component) -> list[tuple[UUID, int]]:
    """R15: the owner has all; R16: direct shares add up to the whole; R17: overlays stand alone; R18: managers of sellers."""
    if component.credit == "overlay":
        return [
            (share.member_id, whole(deal.amount_minor * Fraction(share.percent) / 100, "half_up"))
            for share in deal.shares
            if share.kind == "overlay"
        ]
    direct = [share for share in deal.shares if share.kind == "direct"]
    sold = [(deal.owner_id, deal.amount_minor)]
    if direct:
        parts = largest_remainder(deal.amount_minor, [Fraction(share.percent) for share in direct])
        sold = [(share.member_id, part) for share, part in zip(direct, parts, strict=True)]
    if component.credit == "direct":
        return sold
    return [
        (manager_id, part)
        for member_id, part in sold
        for manager_id in company.managers_of(member_id)[: component.levels]
    ]


def largest_remainder(minor: int, weights: list[Fraction]) -> list[int]:
    """R16: unit by unit to who is furthest below the exact part."""
    size, sign = abs(minor), -1 if minor < 0 else 1
    exact = [size * weight / sum(weights, Fraction()) for weight in weights]
    parts = [math.floor(each) for each in exact]
    while sum(parts) < size:
        furthest = max(range(len(parts)), key=lambda place: exact[place] - parts[place])
        parts[furthest] += 1
    return [sign * part for part in parts]


def earn(same: list[Credited], quota: int | None) -> None:
    """Gate, rate, cap of the deal, cap of the period: all credits of one member under one component, one after the other."""
    component = same[0].component
    if quota is None and component.needs_quota():
        return
    total = sum(each.amount_minor for each in same)
    start, uncapped, is_open = 0, Fraction(), False
    of_deal: dict[UUID, Fraction] = {}
    counted: set[UUID] = set()
    for each in same:
        after = start + each.amount_minor
        if component.gate is not None:
            assert quota is not None, "a gate needs a quota"
            needed = Fraction(component.gate.attainment_percent) * quota / 100
            is_open = total >= needed if component.gate.pays == "whole_period" else is_open or after >= needed
        if component.gate is None or is_open:
            rate = component.rate
            first = _first(rate, each, same) if isinstance(rate, TierTable) else start
            exact = rated(rate, first, first + each.amount_minor, quota)
            if isinstance(rate, DealAmount) and each.deal.deal_id in counted:
                exact = [Fraction()]
            if component.deal_cap_minor is not None:
                before, cap = of_deal.get(each.deal.deal_id, Fraction()), Fraction(component.deal_cap_minor)
                of_deal[each.deal.deal_id] = before + sum(exact)
                kept = min(max(before + sum(exact), -cap), cap) - min(max(before, -cap), cap)
                exact.append(kept - sum(exact))
            earned = sum(exact, Fraction())
            if component.cap_minor is not None:
                cap = Fraction(component.cap_minor)
                paid = min(uncapped + earned, cap) - min(uncapped, cap)
                exact.append(paid - earned)
            uncapped += earned
            each.exact = exact
            counted.add(each.deal.deal_id)
        start = after


def _first(table: TierTable, each: Credited, same: list[Credited]) -> int:
    """From which total on a tier counts a credit: of the period, of its deal, or (without any lines to tell) of nothing."""
    before, counts = same[: [one is each for one in same].index(True)], table.counts
    return sum(one.amount_minor for one in before if counts == "period" or (counts == "deal" and one.deal is each.deal))

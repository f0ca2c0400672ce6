"""What plans pay with all that follows a win, a second time: release on payment, clawback, the year to date, currencies, margins,
quotas for a part of a period. Plain loops over all facts, slow and without cleverness.

It goes on where `naive_commission.py` ends, and shares as little with the engine. A member's pay of a period is what is payable
by its end of all that was earned, less what was payable the day before it began; amounts are minor units of the plan's currency.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import DealAmount, Rate
from salesapi.domain.pay.rules.tables import TierTable
from tests.domain.pay.naive_commission import Company, Deal, Span, largest_remainder
from tests.domain.pay.naive_rates import rated, tiered, whole

Key: TypeAlias = tuple[UUID, str, UUID]
"""Member, component, deal."""


@dataclass
class Trade:
    """The facts of a deal beside its win. Amounts are minor units of its currency; without agreement `net` is None."""

    net: int | None = None
    gross: int = 0
    signed_gross: int = 0
    cost: int | None = None
    cash: list[tuple[date, int, bool]] = field(default_factory=list)
    """Day, amount, whether it was paid back to the customer; in the order of the days, then of the log."""


@dataclass
class TradedCompany(Company):
    """A company that is also known by its trade, and by the rates of its currencies: what one unit is in the plan's."""

    trades: dict[UUID, Trade] = field(default_factory=dict)
    rates: dict[date, Fraction] = field(default_factory=dict)

    def trade(self, deal: Deal) -> Trade:
        """The trade of a deal."""
        return self.trades.setdefault(deal.deal_id, Trade())


@dataclass
class Earned:
    """One credit and the exact lines that it earns; `lifts` are its parts that lift earlier credits, by their deals."""

    member_id: UUID
    version: CompensationPlanVersion
    component: Component
    deal: Deal
    seller_id: UUID
    on: date
    amount: Fraction
    left: Fraction = Fraction(1)
    """What losses that are restated leave of the deal."""
    lines: list[Fraction] = field(default_factory=list)
    lifts: list[tuple[Deal, Fraction]] = field(default_factory=list)
    posted: int = 0


@dataclass
class TradePayroll:
    """Runs that follow each other, and what all of them posted for each period."""

    company: TradedCompany
    posted: dict[str, dict[Key, int]] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)

    def run(self, span: Span) -> dict[tuple[object, ...], int]:
        """Calculates and locks the run of the next period: by member, component and deal, with the period where it corrects."""
        self.spans.append(span)
        found: dict[tuple[object, ...], int] = {}
        for each in self.spans:
            now, before = self._of(each, span), self.posted.get(each.text, {})
            for key in now.keys() | before.keys():
                delta = now.get(key, 0) - before.get(key, 0)
                if delta:
                    found[key if each is span else (each.text, *key)] = delta
            self.posted[each.text] = now
        return found

    def _of(self, span: Span, last: Span) -> dict[Key, int]:
        """All that a period posts by everything known now; losses up to the end of the last period restate what was credited."""
        found: dict[Key, int] = {}
        for earlier in self.spans:
            if earlier.first_on > span.first_on:
                break
            for each in earned_in(self.company, earlier, last.last_on):
                minor = payable_minor(self.company, each, span.last_on)
                if earlier is not span:
                    minor -= payable_minor(self.company, each, span.first_on - timedelta(days=1))
                key = (each.member_id, each.component.key, each.deal.deal_id)
                found[key] = found.get(key, 0) + minor
        return {key: minor for key, minor in found.items() if minor}


def earned_in(company: TradedCompany, span: Span, known_to: date) -> list[Earned]:
    """Computes what the credits of a period earn, posted line by line in their order."""
    own = due_in(company, span, known_to)
    running: dict[tuple[object, ...], Fraction] = {}
    for number, each in enumerate(own):
        rounding = each.version.rounding
        for place, exact in enumerate(each.lines):
            group: tuple[object, ...] = (each.member_id, each.version.number)
            if rounding.scope == "component":
                group = (*group, each.component.key)
            if rounding.scope == "line":
                group = (*group, number, place)
            before = running.get(group, Fraction())
            running[group] = before + exact
            each.posted += whole(running[group], rounding.mode) - whole(before, rounding.mode)
    return own


def due_in(company: TradedCompany, span: Span, known_to: date) -> list[Earned]:
    """The credits of a period with what they earn; of a gate for all of the year also what earlier ones earn now and did not."""
    year = date(span.first_on.year, 1, 1)
    of_year = evaluated(company, year, span, known_to)
    own = [each for each in of_year if each.on >= span.first_on]
    if span.first_on == year:
        return own
    before_on = span.first_on - timedelta(days=1)
    before = Span("before", date(before_on.year, before_on.month - 2, 1), before_on)
    due_before = {_identity(each): sum(each.lines, Fraction()) for each in evaluated(company, year, before, known_to)}
    again: list[Earned] = []
    for each in of_year:
        if each.on < span.first_on and each.component.counted_over == "year_to_date":
            change = sum(each.lines, Fraction()) - due_before.get(_identity(each), Fraction())
            if change:
                again.append(replace(each, on=span.first_on, lines=[change], lifts=[]))
    return again + own


def _identity(each: Earned) -> tuple[UUID, UUID, str, UUID]:
    return (each.member_id, each.seller_id, each.component.key, each.deal.deal_id)


def evaluated(company: TradedCompany, year: date, span: Span, known_to: date) -> list[Earned]:
    """All credits from the first day of the year to the end of a period, rated in their order."""
    credited = credits_of_days(company, year, span.last_on, known_to)
    for first in list(credited):
        same = [each for each in credited if _measure(each) == _measure(first)]
        if first.component.counted_over == "period":
            same = [each for each in same if (each.on >= span.first_on) == (first.on >= span.first_on)]
        if same[0] is first:
            rate(company, same, span)
    return credited


def _measure(each: Earned) -> tuple[UUID, str]:
    return each.member_id, each.component.key


def credits_of_days(company: TradedCompany, first_on: date, last_on: date, known_to: date) -> list[Earned]:
    """R15 to R18 on whatever a component's base is; what waits for an agreement, a cost or a rate is none yet."""
    (version,) = company.versions
    found: list[Earned] = []
    for deal in sorted(company.deals, key=lambda deal: deal.on):
        for component in version.components if first_on <= deal.on <= last_on else ():
            base, unit, left = base_of(company, deal, component), exchange(company, deal), Fraction(1)
            if base is None or unit is None:
                continue
            if component.clawback is not None and component.clawback.attainment == "restate":
                left -= lost(company, deal, component, known_to)
            for member_id, seller_id, part in shared(company, deal, component, base * left):
                enrolled = company.enrolled.get(member_id)
                if enrolled is not None and enrolled.holds(deal.on):
                    amount = part * unit
                    found.append(Earned(member_id, version, component, deal, seller_id, deal.on, amount, left))
    return found


def base_of(company: TradedCompany, deal: Deal, component: Component) -> Fraction | None:
    """R36, R68: the amount as won, the net of the agreement, or that less its cost."""
    trade = company.trade(deal)
    if component.base is None:
        return Fraction(deal.amount_minor)
    if trade.net is None or (component.base.kind == "margin" and trade.cost is None):
        return None
    if component.base.kind == "agreement_net":
        return Fraction(trade.net)
    margin = Fraction(trade.net - (trade.cost or 0))
    return margin if margin >= 0 or component.base.negative_margin == "negative" else Fraction()


def exchange(company: TradedCompany, deal: Deal) -> Fraction | None:
    """R67: the rate of the day of the win, or the last one of the month before it."""
    if deal.currency == company.currency:
        return Fraction(1)
    for days in range(32):
        found = company.rates.get(deal.on - timedelta(days=days))
        if found is not None:
            return found
    return None


def shared(
    company: TradedCompany, deal: Deal, component: Component, base: Fraction
) -> list[tuple[UUID, UUID, Fraction]]:
    """Shares the base among members, by whose sale: whole minor units of a whole amount, exact parts of any other."""

    def of(percent: Fraction) -> Fraction:
        exact = base * percent / 100
        return Fraction(whole(exact, "half_up")) if base.denominator == 1 else exact

    if component.credit == "overlay":
        return [
            (one.member_id, one.member_id, of(Fraction(one.percent))) for one in deal.shares if one.kind == "overlay"
        ]
    direct = [one for one in deal.shares if one.kind == "direct"]
    sold = [(deal.owner_id, base)]
    if direct and base.denominator == 1:
        parts = largest_remainder(int(base), [Fraction(one.percent) for one in direct])
        sold = [(one.member_id, Fraction(part)) for one, part in zip(direct, parts, strict=True)]
    elif direct:
        sold = [(one.member_id, base * Fraction(one.percent) / 100) for one in direct]
    if component.credit == "direct":
        return [(member_id, member_id, part) for member_id, part in sold]
    return [
        (boss, member_id, part)
        for member_id, part in sold
        for boss in company.managers_of(member_id)[: component.levels]
    ]


def quota_of(company: TradedCompany, each: Earned, span: Span) -> int | None:
    """R58: the quota of the period or the year, for the calendar days in the plan, to the nearest minor unit."""
    first_on, last_on, text = span.first_on, span.last_on, span.text
    if each.component.counted_over != "period":
        first_on, last_on, text = (
            date(span.first_on.year, 1, 1),
            date(span.first_on.year, 12, 31),
            str(span.first_on.year),
        )
    elif each.on < span.first_on:
        return None
    found = company.quotas.get((each.member_id, text))
    if found is None or each.version.quotas is None:
        return found
    days = held = 0
    on = first_on
    while on <= last_on:
        days += 1
        held += company.enrolled[each.member_id].holds(on)
        on += timedelta(days=1)
    return whole(Fraction(found * held, days), "half_up") or None


def rate(company: TradedCompany, same: list[Earned], span: Span) -> None:
    """Gate and rate of one member's credits under one component, one after the other; with R21 only the period's are rated."""
    component = same[0].component
    quota = quota_of(company, same[-1], span)
    if quota is None and component.needs_quota():
        return
    total = sum((each.amount for each in same), Fraction())
    start, is_open, rated_from = Fraction(), False, Fraction()
    counted: list[Earned] = []
    for each in same:
        if component.counted_over == "year_to_date_rate" and each.on < span.first_on:
            rated_from = start + each.amount
        after = start + each.amount
        if component.gate is not None and quota is not None:
            needed = Fraction(component.gate.attainment_percent) * quota / 100
            is_open = total >= needed if component.gate.pays == "whole_period" else is_open or after >= needed
        if component.gate is None or is_open:
            rate = component.rate
            each.lines = _rated(rate, start, after, quota, rated_from)
            if isinstance(rate, TierTable) and rate.counts != "period":
                of_deal = [one.amount for one in counted if one.deal is each.deal and rate.counts == "deal"]
                first = sum(of_deal, Fraction())
                each.lines = _rated(rate, first, first + each.amount, quota, Fraction())
            if isinstance(rate, DealAmount) and any(one.deal is each.deal and one.lines for one in counted):
                each.lines = [Fraction()]
            each.lines = [line * each.left for line in each.lines] if isinstance(rate, DealAmount) else each.lines
            if isinstance(rate, TierTable) and rate.counts == "period" and each.lines[1]:
                lifted = [one for one in counted if one.on >= span.first_on or rated_from == 0]
                amount = sum((one.amount for one in lifted), Fraction())
                each.lifts = [(one.deal, each.lines[1] * one.amount / amount) for one in lifted] if amount else []
        counted.append(each)
        start = after


def _rated(rate: Rate, start: Fraction, after: Fraction, quota: int | None, rated_from: Fraction) -> list[Fraction]:
    if not isinstance(rate, TierTable):
        return rated(rate, start, after, quota)  # type: ignore[arg-type]

    def due(reached: Fraction, amount: Fraction) -> Fraction:
        return tiered(rate, reached, amount, quota)  # type: ignore[arg-type]

    lift = due(after, start) - due(after, rated_from) - due(start, start) + due(start, rated_from)
    return [due(after, after) - due(after, start), lift]


def payable_minor(company: TradedCompany, each: Earned, on: date) -> int:
    """R24, R49 to R51: what of a posted credit is payable by the end of a day, to the minor unit."""
    exact = sum(each.lines, Fraction())
    if on < each.on or not each.lines:
        return 0
    if not exact:
        return each.posted
    payable = Fraction()
    lifts = each.lifts if each.component.clawback is not None else []
    for deal, share in [(each.deal, exact - sum((part for _, part in lifts), Fraction())), *lifts]:
        is_lift = deal is not each.deal
        kept = Fraction(1)
        if (
            each.component.clawback is not None
            and each.component.clawback.attainment == "keep"
            and (share > 0 or is_lift)
        ):
            kept -= lost(company, deal, each.component, on)
        payable += share * min(released(company, each, on), kept)
    return each.posted if payable == exact else whole(payable, each.version.rounding.mode)


def released(company: TradedCompany, each: Earned, on: date) -> Fraction:
    """R24: the part of what is due that the customer has paid by the end of a day."""
    if each.component.release is None:
        return Fraction(1)
    trade = company.trade(each.deal)
    due = each.deal.amount_minor if trade.net is None else trade.gross
    paid = sum(amount for day, amount, _ in trade.cash if day <= on)
    return min(max(Fraction(paid, due), Fraction()), Fraction(1)) if due > 0 else Fraction()


def lost(company: TradedCompany, deal: Deal, component: Component, on: date) -> Fraction:
    """R49: the part of a deal that refunds take back by the end of a day, each by the rule's share where it is in the window."""
    assert component.clawback is not None, "asked of a component that takes back"
    rule, trade = component.clawback.rule, company.trade(deal)
    due = deal.amount_minor if trade.net is None else trade.signed_gross if component.base is None else trade.gross
    part = Fraction(1) if rule.percent is None else Fraction(rule.percent) / 100
    month = deal.on.year * 12 + deal.on.month - 1 + rule.window
    last_on = _day(month // 12, month % 12 + 1, deal.on.day)
    found, paid, gone, most = Fraction(), 0, 0, 0
    for day, amount, is_refund in trade.cash:
        before = min(max(paid, 0), due)
        paid += amount
        gone = min(due, gone + before - min(max(paid, 0), due)) if is_refund else gone
        if due > 0 and gone > most:
            if day <= on and (day < last_on or (day == last_on and rule.window_end == "included")):
                found += Fraction(gone - most, due) * part
            most = gone
    return min(found, Fraction(1))


def _day(year: int, month: int, day: int) -> date:
    """The day of a month, or its last one."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1

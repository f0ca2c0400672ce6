"""Laws of what caps carry over: a second, naive engine of sums for the deals of one member, and runs of companies in any order.

The naive engine knows no deals but for their own caps: it adds up what a window earns with what was carried into it, pays the sum
up to the cap, and carries the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any, Final

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersionPublished
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import tells_lines
from salesapi.domain.pay.rules.limits import CapExcess, CapSplit, CapWindow, DealExcess
from tests.domain.pay.calculation.test_laws import LAST, change_rules, without_floor
from tests.domain.pay.commission_stories import ANN, Log, flat, posted, recomputed
from tests.domain.pay.generated_choices import maybe, one_of
from tests.domain.pay.generated_companies import SPANS, KeptLog, Story
from tests.domain.pay.reasons_said import english
from tests.laws import budget

QUARTERS: Final = tuple(f"{year}Q{quarter}" for year in (2025, 2026, 2027) for quarter in (1, 2, 3, 4))
STORIES: Final = budget(150)


@dataclass
class Cap:
    """The cap of a component or of the plan, told by sums."""

    cap_minor: int | None
    window: CapWindow
    excess: CapExcess
    of_window: str = ""
    earned: Fraction = field(default_factory=Fraction)

    def paid(self, quarter: str, earned: Fraction) -> Fraction:
        """Computes what of this is paid in a quarter; quarters follow each other."""
        if self.cap_minor is None:
            return earned
        window, most = quarter if self.window == "period" else quarter[:4], Fraction(self.cap_minor)
        before = min(self.earned, most)
        if window != self.of_window:
            carried = max(self.earned - most, Fraction()) if self.excess == "carried" else Fraction()
            self.of_window, self.earned, before = window, carried, Fraction()
        self.earned += earned
        return min(self.earned, most) - before


def naive_pay(component: Component, cap: Cap, deals: dict[str, list[int]]) -> list[Fraction]:
    """Computes what each quarter pays for deals of these amounts at 10 percent."""
    own = Cap(component.cap_minor, component.cap_window, component.cap_excess)
    deferred: list[Fraction] = []
    found = []
    for quarter in QUARTERS:
        of_deals = [*deferred, *(Fraction(amount, 10) for amount in deals.get(quarter, ()))]
        most = Fraction(10**12 if component.deal_cap_minor is None else component.deal_cap_minor)
        kept = [max(min(each, most), -most) for each in of_deals]
        deferred = []
        if component.deal_cap_excess == "deferred":
            deferred = [each - paid for each, paid in zip(of_deals, kept, strict=True) if each != paid]
        found.append(cap.paid(quarter, own.paid(quarter, sum(kept, Fraction()))))
    return found


def capped(random: Random) -> tuple[Component, dict[str, Any]]:
    """A flat rate of 10 percent with caps, and the cap of the plan."""
    has_deal_cap, has_cap, has_plan_cap = (random.random() < share for share in (0.5, 0.6, 0.6))
    windows: Sequence[CapWindow] = ("period", "year")
    excesses: Sequence[CapExcess] = ("carried", "carried", "lost")
    component = flat("10")
    if has_deal_cap:
        excess: DealExcess = random.choice(("deferred", "deferred", "lost"))
        component = replace(component, deal_cap_minor=random.choice((30_001, 80_000)), deal_cap_excess=excess)
    if has_cap:
        component = replace(
            component,
            cap_minor=random.choice((50_000, 120_001, 250_000)),
            cap_window=random.choice(windows),
            cap_excess=random.choice(excesses),
        )
    plan: dict[str, Any] = {}
    if has_plan_cap:
        plan = {"cap_minor": random.choice((40_000, 100_003, 300_000))}
        plan |= {"cap_window": random.choice(windows), "cap_excess": random.choice(excesses)}
    return component, plan


def deals_of(random: Random) -> dict[str, list[int]]:
    """Amounts of deals by quarter; a few are below zero."""
    amounts = (100_000, 333_333, 1_000_000, 2_000_001, -150_000, -700_000)
    found: dict[str, list[int]] = {}
    for quarter in QUARTERS[:9]:
        found[quarter] = [random.choice(amounts) for _ in range(random.choice((0, 0, 1, 2, 4)))]
    return found


def day_in(quarter: str) -> str:
    """A day of a quarter."""
    return f"{quarter[:4]}-{3 * int(quarter[-1]):02}-11"


def test_every_quarter_pays_what_a_naive_engine_of_sums_pays() -> None:
    random = Random("carried")
    paid_out = 0
    for number in range(STORIES):
        component, plan = capped(random)
        deals = deals_of(random)
        log = Log().plan(component, **plan).enrol(ANN)
        numbers = count(1)
        for quarter, amounts in deals.items():
            for amount in amounts:
                log.win(next(numbers), amount, day_in(quarter))
        cap = Cap(plan.get("cap_minor"), plan.get("cap_window", "period"), plan.get("cap_excess", "lost"))
        for quarter, expected in zip(QUARTERS, naive_pay(component, cap, deals), strict=True):
            statement = log.statements(quarter).get(ANN)
            lines = statement.lines if statement is not None else ()
            exact = sum((Fraction(line.exact_minor or 0) for line in lines), Fraction())
            assert exact == expected, f"story {number}, {quarter}"
            paid_out += exact != 0
    assert paid_out > 5 * STORIES / 2, "there is something to agree on"


def test_whenever_runs_are_locked_every_deal_is_posted_what_the_facts_give_in_the_end() -> None:
    random = Random("corrected")
    corrected = 0
    for number in range(STORIES // 3):
        component, plan = capped(random)
        log = Log().plan(component, **plan).enrol(ANN)
        told = [(quarter, amount) for quarter, amounts in deals_of(random).items() for amount in amounts]
        random.shuffle(told)
        numbers, won = count(1), list[int]()
        for quarter in QUARTERS[:10]:
            for won_in, amount in told[:2]:
                won.append(next(numbers))
                log.win(won[-1], amount, day_in(won_in))
            told = told[2:]
            if won and random.random() < 0.2:
                log.void(won.pop(random.randrange(len(won))))
            locked = log.lock(quarter)
            corrected += any(line.rule == "R53" for statement in locked.values() for line in statement.lines)
        log.lock(QUARTERS[10])
        for quarter in QUARTERS[:10]:
            assert posted(log.ledger, quarter) == recomputed(log.ledger, quarter), f"story {number}, {quarter}"
    assert corrected > STORIES


def carrying(story: Story) -> Story:
    """The same company, whose caps carry over: of lines, deals, components and the plan, of periods and of years."""
    random, log = story.random, KeptLog()
    for stream_id, event, on in without_floor(story).log.facts:
        if isinstance(event, CompensationPlanVersionPublished):
            cap_minor = maybe(random, 0.4, lambda random: random.choice((50_000, 200_001)))
            event = replace(
                event,
                components=tuple(_carrying(random, component) for component in event.components),
                cap_minor=cap_minor,
                cap_window=one_of(random, CapWindow) if cap_minor else "period",
                cap_excess="carried" if cap_minor else "lost",
            )
        log.add(stream_id, event, on)
    story.log = log
    return story


def _carrying(random: Random, component: Component) -> Component:
    has_limit, has_cap = tells_lines(component.rate) and random.random() < 0.4, random.random() < 0.5
    has_deal_cap = component.deal_cap_minor is not None
    return replace(
        component,
        line_limit_minor=30_000 if has_limit else None,
        line_limit_excess="deferred" if has_limit else "lost",
        deal_cap_excess=one_of(random, DealExcess) if has_deal_cap else "lost",
        deal_cap_split=one_of(random, CapSplit) if has_deal_cap or has_limit else "split_then_cap",
        cap_minor=random.choice((20_000, 99_999, 400_000)) if has_cap else None,
        cap_window=one_of(random, CapWindow) if has_cap else "period",
        cap_excess=one_of(random, CapExcess) if has_cap else "lost",
    )


def test_companies_that_carry_over_are_posted_what_computing_once_at_the_end_gives() -> None:
    random = Random("companies")
    carried = 0
    for number in range(STORIES // 2):
        story = carrying(Story(random))
        for span in random.sample(SPANS, len(SPANS)):
            story.happen()
            story.log.lock(span.text)
            if random.random() < 0.4:
                change_rules(story)
        story.happen()
        story.log.lock(LAST)
        once = story.log.without_runs()
        for span in SPANS:
            place = f"company {number}, {span.text}"
            assert posted(story.log.ledger, span.text) == recomputed(once.ledger, span.text), place
            lines = [line for each in once.statements(span.text).values() for line in each.lines]
            carried += any(english(line).startswith("carried from") for line in lines)
        last = [line.rule for each in story.log.statements("2027Q2").values() for line in each.lines]
        assert "R53" not in last, "nothing is left to correct"
    assert carried > STORIES // 5

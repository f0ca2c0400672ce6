"""Laws of release, clawback and all that follows a win, on generated companies with every option of a plan.

Facts become known in any order, dated into any quarter, before and after its lock. Everything follows from the printed seed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import TypeAlias
from uuid import UUID

from salesapi.domain.pay.calculation.components import exact_of
from salesapi.domain.pay.calculation.earnings import Earnings, may_change
from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.ledger.payout_facts import PostedKey
from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.plans.plan_components import Clawback
from salesapi.domain.pay.rules.clawbacks import AttainmentPolicy, ClawbackRule
from salesapi.domain.selling.deals import DealReopened, DealTeamChanged, DealWon
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.calculation.test_laws import Fact, interleaved, told
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, share
from tests.domain.pay.generated_trade import QUARTERS, SELLERS, TradeStory, traded_version
from tests.domain.pay.trade_stories import TradeLog, line
from tests.laws import budget

COMPANIES = budget(80)
"""How many companies each law is tried on."""
LAST = "2027Q1"
"""The period after: its run posts all corrections that are left."""
PERIODS = (*QUARTERS, LAST)
LONG_AFTER = ("2027Q2", "2027Q3", "2027Q4", "2028Q1", "2028Q2")
DealKey: TypeAlias = tuple[UUID, str, UUID]


def computed(ledger: PayFacts, period: str) -> dict[PostedKey, int]:
    """Computes what the facts give for a period, as the last run sees it: without what comes to nothing."""
    earnings = Earnings(Evaluation(ledger, PLAN, period_named(LAST).last_on))
    return {
        key: minor
        for member_id in SELLERS
        for key, minor in earnings.sums(member_id, period_named(period)).items()
        if minor
    }


def posted(ledger: PayFacts, period: str) -> dict[PostedKey, int]:
    """Collects what locked runs posted for a period: without what comes to nothing."""
    found = (ledger.paid.posted(PLAN, period, member_id=member_id) for member_id in SELLERS)
    return {key: minor for of_member in found for key, minor in of_member.items() if minor}


def by_deal(sums: Iterable[tuple[PostedKey, int]]) -> dict[DealKey, int]:
    """Sums what all sides post, by member, component and deal: what is never released posts nothing."""
    found: dict[DealKey, int] = {}
    for (member_id, component, deal_id, side), minor in sums:
        if side != "gone":
            key = (member_id, component, deal_id)
            found[key] = found.get(key, 0) + minor
    return {key: minor for key, minor in found.items() if minor}


def open_by_deal(sums: Iterable[tuple[PostedKey, int]]) -> dict[DealKey, int]:
    """Sums what is earned and still to come, as finance's reports read it (R69): roundings may leave a minor unit."""
    found: dict[DealKey, int] = {}
    for (member_id, component, deal_id, side), minor in sums:
        if side in ("released", "gone"):
            key = (member_id, component, deal_id)
            found[key] = found.get(key, 0) - minor
    return found


def payable(ledger: PayFacts) -> dict[DealKey, int]:
    """Computes what is payable of every credit by the last day, as a function of the day alone."""
    on = period_named(LAST).last_on
    earnings = Earnings(Evaluation(ledger, PLAN, on))
    found: dict[DealKey, int] = {}
    for member_id in SELLERS:
        for each in (one for period in PERIODS for one in earnings.rounded(member_id, period_named(period))):
            credited, minor = each.credited, each.posted_minor
            if credited.waits_for is None and may_change(credited.component):
                stands = earnings.payable_of(member_id, credited).by(on)
                if stands.payable != exact_of(credited.earnings):
                    minor = credited.version.rounding.minor(stands.payable, credited.currency)
                minor += credited.version.rounding.minor(stands.sped, credited.currency)
            key = (member_id, credited.component.key, credited.sale.win.deal_id)
            found[key] = found.get(key, 0) + minor
    return {key: minor for key, minor in found.items() if minor}


def test_whatever_was_locked_before_every_deal_is_posted_what_the_facts_now_give() -> None:
    random = told("release")
    paid = 0
    for number in range(COMPANIES):
        story = TradeStory(random, traded_version(random))
        for period in PERIODS:
            story.happen(random.randint(5, 40))
            story.log.lock(period)
        once = story.log.without_runs().ledger
        total: list[tuple[PostedKey, int]] = []
        for period in PERIODS:
            given = computed(once, period)
            assert posted(story.log.ledger, period) == given, f"company {number}, {period}"
            total += given.items()
        assert by_deal(total) == payable(once), f"company {number}"
        paid += len(total)
        assert story.log.lock("2027Q2").keys() <= set(SELLERS)
    assert paid > 5 * COMPANIES


def test_facts_release_the_same_in_whatever_order_they_become_known() -> None:
    random = told("release order")
    for number in range(COMPANIES):
        story = TradeStory(random, traded_version(random))
        story.happen(random.randint(20, 80))
        again = TradeLog()
        for tell in interleaved(random, chains_of(story.log)):
            tell(again)
        for period in PERIODS:
            found = computed(again.ledger, period)
            assert found == computed(story.log.ledger, period), f"company {number}, {period}"


def chains_of(log: TradeLog) -> list[list[Fact]]:
    """Facts that must keep their order: of one deal's trade, of all wins among each other, of every other stream."""
    deal_of: dict[UUID, UUID] = {}
    for stream_id, event, _ in log.facts:
        named = [getattr(event, name, None) for name in ("deal_id", "agreement_id", "invoice_id")]
        deals = [named[0], *(deal_of.get(each) for each in (stream_id, *named[1:]) if each is not None)]
        deal_id = next((each for each in deals if each is not None), None)
        if deal_id is not None:
            deal_of[stream_id] = deal_id
    chains: dict[object, list[Fact]] = {}
    for stream_id, event, on in log.facts:

        def tell(other: Log, stream_id: UUID = stream_id, event: object = event, on: str | None = on) -> object:
            return other.add(stream_id, event, on)  # type: ignore[arg-type]

        is_of_win = isinstance(event, DealWon | DealReopened | DealTeamChanged)
        chains.setdefault("wins" if is_of_win else deal_of.get(stream_id, stream_id), []).append(tell)
    return list(chains.values())


REFUNDS = ClawbackRule(
    triggers=("refund",), anchor="booking", window=120, unit="months", window_end="included", share="full"
)


def refunding_version(random: Random) -> CompensationPlanVersion:
    """A version of which refunds take back everything, for as long as anybody could pay back."""
    policy: AttainmentPolicy = random.choice(("keep", "restate"))
    clawback = Clawback(rule=REFUNDS, attainment=policy)
    made = traded_version(random)
    return replace(made, components=tuple(replace(each, clawback=clawback) for each in made.components))


def pays_what_nothing_earned(ledger: PayFacts) -> bool:
    """Tells whether a credit earns below 0, or rounding posts something for nothing: no clawback takes that back."""
    earnings = Earnings(Evaluation(ledger, PLAN, period_named(LAST).last_on))
    found = (
        each for period in PERIODS for member in SELLERS for each in earnings.rounded(member, period_named(period))
    )
    exact = ((exact_of(each.credited.earnings), each.posted_minor) for each in found)
    return any(earned < 0 or (earned == 0 and posted_minor != 0) for earned, posted_minor in exact)


def test_a_refund_of_everything_that_was_paid_leaves_nothing() -> None:
    random = told("refund of everything")
    companies = paid = 0
    while companies < COMPANIES:
        story = TradeStory(random, refunding_version(random))
        refunds = _paid_in_full(random, story.log)
        if random.random() < 0.5:
            story.log.leave(random.choice(SELLERS), f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}")
        if pays_what_nothing_earned(story.log.ledger):
            continue
        companies += 1
        for period in QUARTERS:
            paid += len(story.log.lock(period))
        for refund in refunds:
            refund()
        for period in (LAST, *LONG_AFTER):
            story.log.lock(period)
        found = [item for each in (*PERIODS, *LONG_AFTER) for item in posted(story.log.ledger, each).items()]
        assert by_deal(found) == {}, f"company {companies}"
        assert all(abs(minor) <= 1 for minor in open_by_deal(found).values()), f"company {companies}: the books close"
    assert paid > COMPANIES


def _paid_in_full(random: Random, log: TradeLog) -> list[Callable[[], object]]:
    """Deals that are paid in some parts, sometimes too much; answers what pays all of it back."""
    refunds: list[Callable[[], object]] = []
    for deal in range(1, random.randint(3, 6)):
        owed, day = random.choice((1_000_000, 333_333, random.randint(1, 999_999))), f"2026-0{deal}-10"
        shares = random.choice(((), (share(ANN, "70"), share(BOB, "30"))))
        log.sell(deal, owed, day, owner=random.choice(SELLERS), shares=shares)
        log.agree(deal, 0, on=day, lines=(line("all", owed, owed // 8, cost=random.choice((owed // 2, owed))),))
        log.report(deal, "delivered", on=f"2026-0{deal + 1}-01")
        left = owed + owed // 8 + random.choice((0, 0, 50_000))
        for number in range(10 * deal, 10 * deal + 3):
            part = left if number == 10 * deal + 2 else random.randint(1, max(1, left - 2))
            left -= part
            if part > 0:
                log.pay(number, part, f"2026-{random.randint(deal, 12):02}-20", deal=deal)
                refunds.append(_back(log, number, part, deal, f"2027-0{random.randint(1, 3)}-15"))
    return refunds


def _back(log: TradeLog, number: int, part: int, deal: int, on: str) -> Callable[[], object]:
    return lambda: log.refund(number, part, on, deal=deal)

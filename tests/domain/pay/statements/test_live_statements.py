"""A statement as it stands: standing by component, the tier ahead, rank, year to date, what is coming. Figures worked by hand."""

from dataclasses import replace
from fractions import Fraction
from uuid import UUID

import pytest

from salesapi.domain.pay.calculation.evaluation import Evaluation
from salesapi.domain.pay.ledger.payout_facts import Totals
from salesapi.domain.pay.plans.plan_components import Base, Component, FilterCondition, SaleFilter
from salesapi.domain.pay.reasons.earned_reasons import QuotaDerived
from salesapi.domain.pay.records.payout_runs import PayoutRunPeriodMismatch, PayoutRunPlanUnpublished
from salesapi.domain.pay.rules.tables import TierBoundary, TierTable
from salesapi.domain.pay.statements.live_statements import LiveStatement, LiveStatements
from salesapi.domain.pay.statements.pending_payments import Coming
from salesapi.domain.pay.statements.ranks import Rank, rank_of
from salesapi.domain.pay.statements.standings import Standing, TierAhead, next_tier
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.commission_stories import ANN, BOB, CID, DAN, PLAN, Log, flat, share, table, tiered, tiers
from tests.domain.pay.pay_terms import WITH_CASH
from tests.domain.pay.trade_stories import TradeLog
from tests.spec import uid

QUARTER = "2026Q1"
BY_ATTAINMENT = TierTable(
    axis="attainment_percent",
    boundary="lower_inclusive",
    tiers=tiers((0, 80, "1"), (80, 100, "2"), (100, None, "3"), mode="retroactive"),
)


def live(log: Log, member_id: UUID = ANN, period: str = QUARTER) -> LiveStatement:
    """A member's live statement."""
    return LiveStatements(log.ledger, PLAN, period_named(period)).of(member_id)


def standing(log: Log, member_id: UUID = ANN, period: str = QUARTER) -> Standing:
    """Finds how the member stands under the one component."""
    (found,) = live(log, member_id, period).standings
    return found


def rank(log: Log, member_id: UUID, period: str = QUARTER) -> Rank | None:
    """The member's rank."""
    return rank_of(Evaluation(log.ledger, PLAN), member_id, period_named(period))


def test_r52_a_live_statement_is_the_one_that_a_run_would_calculate() -> None:
    log = Log().plan(tiered("retroactive")).enrol(ANN, BOB)
    log.win(1, 7_000_000, "2026-01-10")
    log.win(2, 2_000_000, "2026-02-10")
    found, calculated = live(log), log.statements(QUARTER)[ANN]
    assert found.lines(first=1, last=10) == calculated.lines
    assert found.lines(first=2, last=2) == calculated.lines[1:2]
    assert (found.totals.total_minor, found.plan_versions) == (calculated.total_minor, calculated.plan_versions)


def test_who_takes_part_and_has_no_line_yet_has_an_empty_statement() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    found = live(log)
    assert (found.postings, found.totals.total_minor, found.run) == ((), 0, "none")
    assert found.rank == Rank(rank=1, of=1)


def test_who_never_took_part_has_none() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    asked = LiveStatements(log.ledger, PLAN, period_named(QUARTER))
    assert (asked.has(ANN), asked.has(BOB)) == (True, False)


def test_a_period_of_another_kind_is_refused_and_so_is_a_plan_without_a_version() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    with pytest.raises(PayoutRunPeriodMismatch):
        live(log, period="2026-01")
    unpublished = replace(log.ledger.plan(PLAN), versions=())
    with pytest.raises(PayoutRunPlanUnpublished):
        LiveStatements(log.ledger.with_plan(PLAN, unpublished), PLAN, period_named(QUARTER)).of(ANN)


def test_r52_the_distance_to_the_next_tier_is_what_is_still_to_be_credited() -> None:
    # Table T: 2 % to 80,000.00, 3 % to 120,000.00, 4.5 % above. 90,000.00 credited: 30,000.00 more reach the last one.
    log = Log().plan(tiered("marginal")).enrol(ANN)
    log.win(1, 9_000_000, "2026-01-10")
    found = standing(log)
    assert (found.credited_minor, found.rate_percent, found.window) == (9_000_000, "3", QUARTER)
    assert found.next_tier == TierAhead(left_minor=3_000_000, rate_percent="4.5", applies_to="new")


DISTANCES: list[tuple[TierBoundary, Fraction | int, int, str]] = [
    ("lower_inclusive", 0, 8_000_000, "3"),
    ("lower_inclusive", -500, 8_000_500, "3"),
    ("lower_inclusive", 7_999_999, 1, "3"),
    ("lower_inclusive", 8_000_000, 4_000_000, "4.5"),
    ("lower_inclusive", Fraction(15_999_999, 2), 1, "3"),
    ("upper_inclusive", 0, 8_000_001, "3"),
    ("upper_inclusive", 7_999_999, 2, "3"),
    ("upper_inclusive", 8_000_000, 1, "3"),
    ("upper_inclusive", Fraction(16_000_001, 2), 4_000_000, "4.5"),
]


@pytest.mark.parametrize(("boundary", "credited", "left_minor", "rate"), DISTANCES)
def test_the_whole_minor_units_to_the_next_tier_reach_it(
    boundary: TierBoundary, credited: Fraction | int, left_minor: int, rate: str
) -> None:
    found = next_tier(table("retroactive", boundary), credited)
    assert found == TierAhead(left_minor=left_minor, rate_percent=rate, applies_to="all")


@pytest.mark.parametrize("credited", [12_000_000, 99_000_000])
def test_there_is_no_tier_after_the_last_one(credited: int) -> None:
    assert next_tier(table("marginal"), credited) is None


def test_attainment_and_the_derivation_of_the_quota_are_told() -> None:
    # 900.00 of a quota of 1,200.00 is 75 %; 80 % of it are 960.00, 60.00 away.
    log = Log().plan(replace(flat("1"), rate=BY_ATTAINMENT)).enrol(ANN)
    set_at = log.quota(ANN, 120_000)
    log.win(1, 90_000, "2026-01-10")
    found = standing(log)
    assert found.quota is not None
    assert (found.attainment_percent, found.quota.positions) == ("75", (set_at,))
    assert found.quota.reason == QuotaDerived(set_minor=120_000, shares=(), quota_minor=120_000)
    assert (found.rate_percent, found.next_tier) == (
        "1",
        TierAhead(left_minor=6_000, rate_percent="2", applies_to="all"),
    )


def test_without_its_quota_a_table_by_attainment_has_no_distance() -> None:
    log = Log().plan(replace(flat("1"), rate=BY_ATTAINMENT)).enrol(ANN)
    log.win(1, 90_000, "2026-01-10")
    found = standing(log)
    assert (found.credited_minor, found.quota, found.attainment_percent) == (90_000, None, None)
    assert (found.rate_percent, found.next_tier) == (None, None)


def test_tiers_of_the_year_count_from_its_first_day() -> None:
    log = Log().plan(replace(tiered("marginal"), counted_over="year_to_date")).enrol(ANN)
    log.win(1, 7_000_000, "2026-01-10")
    log.win(2, 500_000, "2026-04-10")
    found = standing(log, period="2026Q2")
    assert (found.window, found.credited_minor) == ("2026", 7_500_000)
    assert found.next_tier == TierAhead(left_minor=500_000, rate_percent="3", applies_to="new")


def test_each_version_of_a_period_has_its_own_standing() -> None:
    log = Log().plan(tiered("marginal"))
    log.publish(2, flat("7"), effective_from="2026-02-01")
    log.enrol(ANN)
    log.win(1, 1_000, "2026-01-31")
    log.win(2, 2_000, "2026-02-01")
    found = live(log).standings
    assert [(each.plan_version, each.credited_minor) for each in found] == [(1, 1_000), (2, 2_000)]


def test_only_components_that_the_member_holds_are_shown() -> None:
    log = Log().plan(flat("5"), flat("1", key="other"))
    log.enrol_from(ANN, None, component_keys=("other",))
    assert [each.component for each in live(log).standings] == ["other"]


def test_the_highest_credit_is_first_and_equal_ones_share_their_rank() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB, CID, DAN)
    for deal, (owner, amount_minor) in enumerate(((ANN, 500), (BOB, 700), (CID, 500)), start=1):
        log.win(deal, amount_minor, "2026-01-10", owner=owner)
    assert [rank(log, member_id) for member_id in (BOB, ANN, CID, DAN)] == [
        Rank(rank=1, of=4),
        Rank(rank=2, of=4),
        Rank(rank=2, of=4),
        Rank(rank=4, of=4),
    ]


def test_a_rank_counts_parts_of_shared_deals_and_no_other_period() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    log.win(1, 1_000, "2026-01-10", shares=(share(ANN, "40"), share(BOB, "60")))
    log.win(2, 900, "2026-04-01", owner=ANN)
    assert (rank(log, ANN), rank(log, BOB)) == (Rank(rank=2, of=2), Rank(rank=1, of=2))
    log.win(3, 300, "2026-03-31", owner=ANN)
    assert rank(log, ANN) == Rank(rank=1, of=2)


def test_a_rank_follows_each_win_that_comes_changes_or_falls() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    ranks = []
    log.win(1, 500, "2026-01-10", owner=ANN)
    ranks.append(rank(log, BOB))
    log.win(2, 900, "2026-01-10", owner=BOB, shares=(share(ANN, "10", "overlay"),))
    ranks.append(rank(log, BOB))
    log.reopen(2)
    ranks.append(rank(log, BOB))
    log.win(2, 400, "2026-01-12", owner=BOB)
    ranks.append(rank(log, BOB))
    log.void(1)
    ranks.append(rank(log, BOB))
    assert [each.rank for each in ranks if each is not None] == [2, 1, 2, 2, 1]


def test_a_rank_counts_only_days_on_which_the_member_takes_part() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.enrol_from(BOB, "2026-02-01", "2026-03-01")
    log.enrol_from(CID, "2026-04-01")
    log.win(1, 500, "2026-01-10", owner=ANN)
    log.win(2, 900, "2026-01-31", owner=BOB)
    log.win(3, 400, "2026-02-28", owner=BOB)
    assert (rank(log, ANN), rank(log, BOB), rank(log, CID)) == (Rank(rank=1, of=2), Rank(rank=2, of=2), None)


def test_a_sale_in_another_currency_that_waits_counts_for_nothing() -> None:
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    log.win(1, 500, "2026-01-10", owner=ANN)
    log.win(2, 900, "2026-01-10", owner=BOB, currency="EUR")
    assert rank(log, ANN) == Rank(rank=1, of=2)


def test_overlay_credit_ranks_where_there_is_no_direct_credit() -> None:
    log = Log().plan(flat("1", "overlay")).enrol(ANN, BOB)
    log.win(1, 1_000, "2026-01-10", owner=ANN, shares=(share(BOB, "50", "overlay"),))
    assert (rank(log, ANN), rank(log, BOB)) == (Rank(rank=2, of=2), Rank(rank=1, of=2))


UNRANKED: list[Component] = [
    flat("1", "manager_override"),
    replace(flat("1"), base=Base(kind="agreement_net")),
    replace(flat("1"), attributed="payment"),
    replace(flat("1"), only=SaleFilter(conditions=(FilterCondition(of="product_code", any_of=("s27",)),))),
]


@pytest.mark.parametrize("component", UNRANKED, ids=["override", "net of agreements", "by payment", "filtered"])
def test_a_plan_that_credits_something_else_than_deals_as_won_has_no_ranks(component: Component) -> None:
    log = Log().plan(component).enrol(ANN, BOB)
    log.win(1, 1_000, "2026-01-10")
    assert rank(log, ANN) is None


def test_the_year_to_date_is_what_was_locked_and_this_statement() -> None:
    # 5 % of 1,000.00 in the first quarter and of 300.00 in the third; the deal of the second became known after its lock.
    log = Log().plan(flat("5")).enrol(ANN)
    log.win(1, 100_000, "2026-01-10")
    log.lock("2026Q1")
    log.lock("2026Q2")
    log.win(2, 20_000, "2026-05-10")
    log.win(3, 30_000, "2026-07-10")
    assert live(log, period="2026Q3").year_to_date == Totals(
        earned_minor=5_000 + 1_500,
        released_minor=0,
        clawed_minor=0,
        adjusted_minor=1_000,
        awarded_minor=0,
        drawn_minor=0,
        total_minor=7_500,
    )
    assert live(log, period="2027Q1").year_to_date.total_minor == 1_000, "another year begins at 0, with its correction"


def test_a_locked_period_says_so_and_its_year_to_date_counts_it_once() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.win(1, 100_000, "2026-01-10")
    log.open_run(QUARTER)
    assert live(log).run == "open"
    log.lock_open(QUARTER)
    found = live(log)
    assert (found.run, found.year_to_date.total_minor) == ("locked", 5_000)


def cash_plan() -> TradeLog:
    """Ten percent with the cash: Ann has two deals of the first quarter and one of the second."""
    log = TradeLog().plan(replace(flat("10"), release=WITH_CASH)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.sell(2, 50_000, "2026-02-10")
    log.sell(3, 30_000, "2026-04-10")
    return log


def coming(log: Log, period: str) -> list[tuple[str, int, int]]:
    """Lists what is coming: period, deal, amount in minor units."""
    return [(each.period, each.deal_id.int, each.open_minor) for each in live(log, period=period).coming]


def test_what_is_coming_is_what_is_earned_and_not_paid_for() -> None:
    log = cash_plan()
    log.pay(1, 40_000, "2026-03-01", deal=1)
    log.pay(2, 30_000, "2026-04-20", deal=3)
    assert coming(log, "2026Q1") == [("2026Q1", 1, 6_000), ("2026Q1", 2, 5_000)]
    assert coming(log, "2026Q2") == [("2026Q1", 1, 6_000), ("2026Q1", 2, 5_000)]
    assert live(log).coming[0] == Coming(period="2026Q1", deal_id=uid(1), component="base", open_minor=6_000)


def test_what_is_coming_of_locked_periods_is_found_by_what_they_withheld() -> None:
    log = cash_plan()
    log.pay(1, 100_000, "2026-03-01", deal=1)
    log.lock("2026Q1")
    log.pay(2, 20_000, "2026-05-01", deal=2)
    log.lock("2026Q2")
    assert coming(log, "2026Q3") == [("2026Q1", 2, 3_000), ("2026Q2", 3, 3_000)]
    log.pay(3, 30_000, "2026-07-01", deal=2)
    log.pay(4, 30_000, "2026-07-01", deal=3)
    log.lock("2026Q3")
    assert coming(log, "2026Q4") == []


def test_cash_that_bounces_is_coming_again() -> None:
    log = cash_plan()
    log.pay(1, 100_000, "2026-03-01", deal=1)
    log.lock("2026Q1")
    log.bounce(1, "2026-04-05")
    assert coming(log, "2026Q2") == [("2026Q1", 1, 10_000), ("2026Q1", 2, 5_000), ("2026Q2", 3, 3_000)]


def test_a_late_deal_of_a_locked_period_is_coming_with_the_statement_that_corrects_it() -> None:
    log = cash_plan()
    log.lock("2026Q1")
    log.sell(4, 70_000, "2026-03-10")
    assert coming(log, "2026Q2") == [
        ("2026Q1", 1, 10_000),
        ("2026Q1", 2, 5_000),
        ("2026Q1", 4, 7_000),
        ("2026Q2", 3, 3_000),
    ]


def test_a_deal_that_was_reopened_is_not_coming() -> None:
    log = cash_plan()
    log.lock("2026Q1")
    log.reopen(1)
    assert coming(log, "2026Q2") == [("2026Q1", 2, 5_000), ("2026Q2", 3, 3_000)]


def test_where_everything_is_payable_at_once_nothing_is_coming() -> None:
    log = Log().plan(flat("5")).enrol(ANN)
    log.win(1, 100_000, "2026-01-10")
    assert live(log).coming == ()

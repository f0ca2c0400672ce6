"""Upper limits through the whole engine: of a deal and its shares (R29), of the rate, a year, the plan, and all (R30)."""

from dataclasses import replace
from decimal import Decimal
from typing import get_args
from uuid import UUID

import pytest

from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import Accelerator, IndividualRate
from salesapi.domain.pay.rules.commissionable_bases import TermKicker
from salesapi.domain.pay.rules.limits import CapSplit
from salesapi.domain.pay.rules.rate_rules import RateRules
from salesapi.domain.pay.rules.tables import TierTable
from salesapi.domain.selling.deals import DealShare
from tests.domain.pay.commission_stories import ANN, BOB, CID, Log, flat, share, tiers
from tests.domain.pay.plan_options import CONTRACT_TERMS, RULE, SATISFACTION
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog, line, sold


def posted(log: Log, period: str) -> list[tuple[str, int]]:
    """Kind and amount of each of Ann's lines."""
    return [(line.kind, line.posted_minor) for line in log.statements(period)[ANN].lines]


def test_the_cap_of_a_year_counts_what_earlier_periods_earned() -> None:
    capped = replace(flat("10"), cap_minor=150_000, cap_window="year")
    log = Log().plan(capped).enrol(ANN)
    for number, month in enumerate((1, 4, 7, 10), start=1):
        log.win(number, 600_000, f"2026-{month:02}-15")
    log.win(5, 600_000, "2027-01-15")
    assert posted(log, "2026Q1") == [("earning", 60_000)]
    assert posted(log, "2026Q2") == [("earning", 60_000)]
    assert posted(log, "2026Q3") == [("earning", 60_000), ("limit", -30_000)]
    assert posted(log, "2026Q4") == [("earning", 60_000), ("limit", -60_000)]
    assert posted(log, "2027Q1") == [("earning", 60_000)]


def test_the_cap_of_a_year_counts_its_own_component_only() -> None:
    capped = replace(flat("10"), cap_minor=150_000, cap_window="year")
    log = Log().plan(capped, flat("5", key="extra")).enrol(ANN)
    log.win(1, 600_000, "2026-01-15")
    log.win(2, 900_000, "2026-04-15")
    assert posted(log, "2026Q2") == [("earning", 90_000), ("earning", 45_000)], "60,000 and 90,000 under 150,000"


def test_a_late_deal_takes_the_place_of_later_ones_under_the_cap_of_a_year() -> None:
    log = Log().plan(replace(flat("10"), cap_minor=100_000, cap_window="year")).enrol(ANN)
    log.win(1, 800_000, "2026-04-15")
    log.lock("2026Q1")
    log.lock("2026Q2")
    log.win(2, 500_000, "2026-01-15")
    adjusted = [(line.period, line.posted_minor) for line in log.statements("2026Q3")[ANN].lines]
    assert adjusted == [("2026Q1", 50_000), ("2026Q2", -30_000)], "50,000 and 80,000 under 100,000"


def test_the_cap_of_the_plan_counts_all_its_components() -> None:
    log = Log().plan(flat("10"), flat("5", key="extra"), cap_minor=140_000).enrol(ANN)
    log.win(1, 600_000, "2026-01-15")
    log.win(2, 600_000, "2026-01-16")
    assert posted(log, "2026Q1") == [
        ("earning", 60_000),
        ("earning", 30_000),
        ("earning", 60_000),
        ("limit", -10_000),
        ("earning", 30_000),
        ("limit", -30_000),
    ]


def test_a_budget_scales_everybody_alike_to_the_minor_unit() -> None:
    log = Log().plan(flat("10"), budget_minor=100_000).enrol(ANN, BOB, CID)
    for number, owner in enumerate((ANN, BOB, CID), start=1):
        log.win(number, 500_000, "2026-01-15", owner=owner)
    statements = log.statements("2026Q1")
    assert [statements[member].total_minor for member in (ANN, BOB, CID)] == [33_334, 33_333, 33_333]
    line = statements[ANN].lines[-1]
    assert (line.rule, line.component, line.deal_id) == ("R30", "budget", None)
    assert english(line) == "budget 1,000.00 of all: 333.34 less 500.00 = -166.66 USD"


def test_a_budget_that_is_not_used_up_changes_nothing() -> None:
    log = Log().plan(flat("10"), budget_minor=100_000).enrol(ANN, BOB)
    log.win(1, 500_000, "2026-01-15")
    log.win(2, 500_000, "2026-01-15", owner=BOB)
    assert posted(log, "2026Q1") == [("earning", 50_000)]


def test_what_is_corrected_later_is_no_part_of_a_budget() -> None:
    log = Log().plan(flat("10"), budget_minor=60_000).enrol(ANN)
    log.win(1, 700_000, "2026-01-15")
    log.lock("2026Q1")
    log.win(2, 100_000, "2026-01-20")
    assert posted(log, "2026Q2") == [("adjustment", 10_000)]


def test_a_rate_of_ones_own_pays_at_the_cap_on_it() -> None:
    individual = IndividualRate(target_variable_minor=300_000)
    capped = replace(flat("0"), rate=replace(individual, rate_cap_percent=Decimal(6)))
    log = Log().plan(capped).enrol(ANN, BOB)
    log.quota(ANN, 4_000_000)
    log.quota(BOB, 6_000_000)
    log.win(1, 1_000_000, "2026-01-15")
    log.win(2, 1_000_000, "2026-01-15", owner=BOB)
    statements = log.statements("2026Q1")
    (line,) = statements[ANN].lines
    assert (line.rule, line.posted_minor, line.rate_percent) == ("R03", 60_000, "6")
    assert english(line) == "6 % in place of 7.5 % of 10,000.00 = 600.00 USD"
    (below,) = statements[BOB].lines
    assert (below.posted_minor, english(below)) == (50_000, "5 % of 10,000.00 = 500.00 USD"), "5 % is not past it"


def test_an_accelerated_rate_pays_at_the_cap_on_it() -> None:
    faster = Accelerator(above_attainment_percent=Decimal(100), factor=Decimal(2))
    log = Log().plan(flat("5", accelerator=faster, rate_cap_percent=Decimal(8))).enrol(ANN)
    log.quota(ANN, 1_000_000)
    log.win(1, 1_500_000, "2026-01-15")
    (line,) = log.statements("2026Q1")[ANN].lines
    assert (line.rule, line.posted_minor) == ("R10", 90_000)
    assert english(line) == "5 % of 10,000.00 + 8 % in place of 10 % of 5,000.00 = 900.00 USD"


def test_kickers_raise_the_rate_of_a_term_to_the_cap_on_it() -> None:
    kicker = TermKicker(term_months_min=24, prepaid_percent_min=None, payment_days_max=None, factor=Decimal(2))
    terms = replace(CONTRACT_TERMS, kickers=(kicker,))
    for cap, paid, formula in (
        (None, 1_400_000, "7 % (at 24 months) of 100,000.00 x 2 = 14,000.00 USD"),
        (Decimal(10), 1_000_000, "7 % (at 24 months) of 100,000.00 x 2, at most 10 % = 10,000.00 USD"),
    ):
        log = TradeLog()
        capped = replace(flat("0"), rate=replace(terms, rate_cap_percent=cap))
        log.plan(capped).enrol(ANN)
        log.sell(1, 20_000_000, "2026-01-15")
        recurring = line("a", 20_000_000, recurring=True)
        log.agree(1, 0, on="2026-01-15", lines=(recurring,), starts="2026-02-01", ends="2028-01-31")
        (found,) = log.statements("2026Q1")[ANN].lines
        assert (found.posted_minor, english(found)) == (paid, formula)


def test_a_quota_that_comes_late_moves_a_closed_period_to_the_cap_on_the_rate() -> None:
    individual = IndividualRate(target_variable_minor=300_000)
    capped = replace(flat("0"), rate=replace(individual, rate_cap_percent=Decimal(6)))
    log = Log().plan(capped).enrol(ANN)
    log.quota(ANN, 6_000_000)
    log.win(1, 1_000_000, "2026-01-15")
    log.lock("2026Q1")
    log.quota(ANN, 1_000_000)
    assert posted(log, "2026Q2") == [("adjustment", 10_000)], "at 6 % in place of 30 %"


@pytest.mark.parametrize(
    ("split", "paid"), [("split_then_cap", {ANN: 50_000, BOB: 50_000}), ("cap_then_split", {ANN: 30_000, BOB: 20_000})]
)
def test_a_deal_that_is_shared_has_its_cap_for_each_share_or_for_all(split: CapSplit, paid: dict[UUID, int]) -> None:
    log = Log().plan(replace(flat("10"), deal_cap_minor=50_000, deal_cap_split=split)).enrol(ANN, BOB)
    log.win(1, 3_000_000, "2026-01-15", shares=(share(ANN, "60"), share(BOB, "40")))
    assert {member: each.total_minor for member, each in log.statements("2026Q1").items()} == paid


def test_thirds_of_a_cap_add_up_to_it_exactly() -> None:
    component = replace(flat("10"), deal_cap_minor=10_000, deal_cap_split="cap_then_split")
    log = Log().plan(component).enrol(ANN, BOB, CID)
    thirds = (share(ANN, "33.34"), share(BOB, "33.33"), share(CID, "33.33"))
    log.win(1, 3_000_000, "2026-01-15", shares=thirds)
    lines = [line for each in log.statements("2026Q1").values() for line in each.lines]
    assert sum(Decimal(line.exact_minor or 0) for line in lines) == 10_000


def test_a_manager_of_two_who_share_a_deal_has_the_parts_of_its_cap() -> None:
    paid = {}
    for split in get_args(CapSplit):
        log = TradeLog()
        log.plan(replace(flat("10", "manager_override"), deal_cap_minor=50_000, deal_cap_split=split)).enrol(CID)
        log.team(CID, ANN, BOB)
        log.sell(1, 3_000_000, "2026-01-15", shares=(share(ANN, "90"), share(BOB, "10")))
        paid[split] = [posted.posted_minor for posted in log.statements("2026Q1")[CID].lines]
    assert paid["split_then_cap"] == [270_000, -220_000, 30_000, -30_000], "one deal of the manager has one cap"
    assert paid["cap_then_split"] == [270_000, -225_000, 30_000, -25_000], "450.00 and 50.00 of it"


BY_PRODUCT = (
    replace(RULE, product_key="beds", region=None, rate_percent=Decimal(10)),
    replace(RULE, product_key="tables", region=None, rate_percent=Decimal(20)),
)
BY_LINE = TierTable(
    axis="amount", boundary="lower_inclusive", tiers=tiers((0, 200_000, "10"), (200_000, None, "20")), counts="line"
)


def two_lines(component: Component, shares: tuple[DealShare, ...] = ()) -> TradeLog:
    """Ann sells a bed for 3,000.00 and two tables for 1,000.00 in all."""
    log = TradeLog()
    log.plan(component).enrol(ANN, BOB)
    log.product(1, "bed", category="beds")
    log.product(2, "table", category="tables")
    log.sell(1, 400_000, "2026-01-15", lines=(sold(1, "1", "3000"), sold(2, "2", "500")), shares=shares)
    return log


@pytest.mark.parametrize(
    ("component", "paid"),
    [
        (replace(flat("10"), line_limit_minor=15_000), [40_000, -15_000]),
        (replace(flat("0"), rate=RateRules(rules=BY_PRODUCT), line_limit_minor=15_000), [50_000, -15_000, -5_000]),
        (replace(flat("0"), rate=BY_LINE, line_limit_minor=15_000), [50_000, -25_000]),
        (replace(flat("10"), line_limit_minor=30_000), [40_000]),
        (replace(flat("10"), line_limit_minor=15_000, deal_cap_minor=20_000), [40_000, -15_000, -5_000]),
    ],
    ids=["flat", "by_rules", "tiers_by_line", "exactly_on_it", "then_the_cap_of_the_deal"],
)
def test_r29_each_line_of_a_deal_earns_its_limit_at_most(component: Component, paid: list[int]) -> None:
    assert [minor for _, minor in posted(two_lines(component), "2026Q1")] == paid


def test_the_limit_of_a_line_is_told_with_its_figures() -> None:
    found = two_lines(replace(flat("10"), line_limit_minor=15_000)).statements("2026Q1")[ANN].lines[1]
    assert (found.kind, found.rule) == ("limit", "R29")
    assert english(found) == "limit of a line 150.00: 150.00 less 300.00 = -150.00 USD"


def test_a_sale_without_lines_is_one_line() -> None:
    log = Log().plan(replace(flat("10"), line_limit_minor=15_000)).enrol(ANN)
    log.win(1, 400_000, "2026-01-15")
    log.win(2, -400_000, "2026-01-16")
    assert posted(log, "2026Q1") == [("earning", 40_000), ("limit", -25_000), ("earning", -40_000), ("limit", 25_000)]


def test_the_rest_of_each_line_is_deferred_under_the_next_periods_limit_and_the_cap_of_its_deal() -> None:
    deferred = replace(
        flat("0"), rate=RateRules(rules=BY_PRODUCT), line_limit_minor=12_000, line_limit_excess="deferred"
    )
    log = two_lines(deferred)
    assert posted(log, "2026Q1") == [("earning", 50_000), ("limit", -18_000), ("limit", -8_000)]
    assert posted(log, "2026Q2") == [("earning", 18_000), ("limit", -6_000), ("earning", 8_000)]
    assert posted(log, "2026Q3") == [("earning", 6_000)]
    log = two_lines(replace(deferred, deal_cap_minor=15_000, deal_cap_excess="deferred"))
    paid = [sum(minor for _, minor in posted(log, f"2026Q{quarter}")) for quarter in (1, 2, 3)]
    assert paid == [15_000, 15_000, 15_000]
    assert posted(log, "2026Q4") == [("earning", 5_000)]


@pytest.mark.parametrize(("split", "paid"), [("split_then_cap", 15_000), ("cap_then_split", 9_000)])
def test_a_line_that_is_shared_has_its_limit_for_each_share_or_for_all(split: CapSplit, paid: int) -> None:
    limited = replace(flat("10"), line_limit_minor=15_000, deal_cap_split=split)
    log = two_lines(limited, shares=(share(ANN, "60"), share(BOB, "40")))
    assert log.statements("2026Q1")[ANN].total_minor == paid + 6_000, "180.00 of the bed, and 60.00 of the tables"


def test_the_limit_of_a_line_comes_after_the_factor_by_satisfaction() -> None:
    nothing_yet = replace(SATISFACTION, too_few="nothing")
    for component in (
        flat("10"),
        replace(flat("0"), rate=RateRules(rules=BY_PRODUCT)),
        replace(flat("0"), rate=BY_LINE),
    ):
        log = two_lines(replace(component, line_limit_minor=15_000, satisfaction=nothing_yet))
        assert "limit" not in [kind for kind, _ in posted(log, "2026Q1")], "nothing is left to limit"

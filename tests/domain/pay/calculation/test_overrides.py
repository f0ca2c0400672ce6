"""Pay by values of one's own (R56), worked by hand: rates, target pay, bonuses and caps by the day of the sale, and the draw."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride
from salesapi.domain.pay.plans.enrolments import EnrolmentEnded
from salesapi.domain.pay.plans.plan_components import Component
from salesapi.domain.pay.plans.plan_rates import IndividualRate
from salesapi.domain.pay.rules.draws import Guarantee
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, flat, tiered
from tests.domain.pay.pay_terms import leavers
from tests.domain.pay.plan_options import DRAW, paying
from tests.domain.pay.reasons_said import english

HALF = Decimal(50)
BASE = replace(flat("5"), override_percent_max=HALF)
DRAWN = replace(DRAW, at_end="still_owed", recovery_limit_percent=Decimal(100))


def own(key: str = "base", **values: Any) -> ComponentOverride:
    """Another value for a component."""
    return ComponentOverride(component_key=key, **values)


def rate(percent: str) -> ComponentOverride:
    """Another flat rate."""
    return own(rate_percent=Decimal(percent))


def enrol(
    log: Log, *overrides: ComponentOverride, begins: str | None = None, ends: str | None = None, **others: Any
) -> int:
    """Ann takes part with values of her own; answers the position."""
    return log.enrol_from(ANN, begins, ends, overrides=overrides, **others)


def posted(log: Log, period: str = "2026Q1") -> list[tuple[str, int]]:
    """Rule and amount of each of Ann's lines."""
    return [(line.rule, line.posted_minor) for line in log.statements(period)[ANN].lines]


def test_one_is_paid_ones_own_rate_and_the_line_says_so() -> None:
    log = Log().plan(BASE).enrol(BOB)
    enrolled = enrol(log, rate("6"))
    won = log.win(1, 1_000_000, "2026-01-31")
    log.win(2, 1_000_000, "2026-01-31", owner=BOB)
    (line,) = log.statements("2026Q1")[ANN].lines
    assert (line.rule, line.rate_percent, english(line)) == ("R01", "6", "6 % of 10,000.00 = 600.00 USD")
    assert line.positions == (enrolled, won)
    (other,) = log.statements("2026Q1")[BOB].lines
    assert (other.posted_minor, other.rate_percent, len(other.positions)) == (50_000, "5", 1)


def test_rate_and_cap_are_those_of_the_day_of_the_sale() -> None:
    log = Log().plan(replace(BASE, cap_minor=100_000))
    enrol(log, ends="2026-03-01")
    enrol(log, rate("6"), replace(rate("6"), component_key="gone"), begins="2026-03-01")
    log.win(1, 1_500_000, "2026-02-28")
    log.win(2, 1_000_000, "2026-03-01")
    assert posted(log) == [("R01", 75_000), ("R01", 60_000), ("R30", -35_000)], (
        "at 5 %, at 6 %, and the cap of 1,000.00"
    )

    log = Log().plan(replace(BASE, cap_minor=100_000))
    enrol(log, ends="2026-03-01")
    enrol(log, own(rate_percent=Decimal(6), cap_minor=150_000), begins="2026-03-01")
    log.win(1, 1_500_000, "2026-02-28")
    log.win(2, 1_000_000, "2026-03-01")
    log.win(3, 500_000, "2026-03-20")
    assert posted(log) == [("R01", 75_000), ("R01", 60_000), ("R01", 30_000), ("R30", -15_000)]
    assert [english(line) for line in log.statements("2026Q1")[ANN].lines][-1] == (
        "cap of the period 1,500.00: 150.00 less 300.00 = -150.00 USD"
    )


def test_target_pay_and_a_bonus_of_ones_own_are_paid_at_the_quota() -> None:
    individual = Component(
        key="own",
        name="Own",
        credit="direct",
        rate=IndividualRate(target_variable_minor=300_000),
        override_percent_max=HALF,
    )
    log = Log().plan(individual, paying("bonus", key="bonus", override_percent_max=HALF))
    enrolled = enrol(log, own("own", target_variable_minor=400_000), own("bonus", target_minor=1_000_000))
    quota = log.quota(ANN, 10_000_000)
    won = log.win(1, 10_000_000, "2026-01-31")
    assert posted(log) == [("R03", 400_000), ("R12", 1_000_000)]
    assert {line.positions for line in log.statements("2026Q1")[ANN].lines} == {(enrolled, quota, won)}


def test_who_agreed_nothing_is_paid_as_by_a_plan_that_takes_no_overrides() -> None:
    lines = []
    for component in (BASE, flat("5")):
        log = Log().plan(component).enrol(ANN)
        log.win(1, 1_234_567, "2026-01-31")
        lines.append(log.statements("2026Q1")[ANN].lines)
    assert lines[0] == lines[1]


def test_a_value_that_is_the_plans_own_is_none_of_ones_own() -> None:
    log = Log().plan(BASE)
    enrol(log, rate("5"))
    won = log.win(1, 1_000_000, "2026-01-31")
    (line,) = log.statements("2026Q1")[ANN].lines
    assert line.positions == (won,)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (replace(flat("5.5"), override_percent_max=HALF), ("R01", 60_000)),  # still within its limit: 6 %
        (replace(flat("5"), override_percent_max=Decimal(10)), ("R01", 50_000)),  # at most 5.5 %
        (flat("4"), ("R01", 40_000)),  # takes none
        (tiered("marginal"), ("R04", 20_000)),  # has no flat rate
        (replace(flat("3", key="other"), override_percent_max=HALF), ("R01", 30_000)),  # another component
    ],
    ids=["within its limit", "beyond its limit", "takes none", "another kind of rate", "another component"],
)
def test_a_later_version_pays_ones_own_value_only_where_it_takes_it(
    later: Component, expected: tuple[str, int]
) -> None:
    log = Log().plan(BASE)
    log.publish(2, later, effective_from="2026-02-01")
    enrol(log, rate("6"))
    log.win(1, 1_000_000, "2026-01-31")
    log.win(2, 1_000_000, "2026-02-01")
    assert posted(log) == [("R01", 60_000), expected]


def test_each_value_of_a_component_stands_for_itself_in_a_later_version() -> None:
    log = Log().plan(replace(BASE, cap_minor=100_000))
    log.publish(2, replace(flat("10"), override_percent_max=HALF, cap_minor=100_000), effective_from="2026-04-01")
    enrol(log, own(rate_percent=Decimal("3"), cap_minor=60_000))
    log.win(1, 1_000_000, "2026-04-01")
    assert posted(log, "2026Q2") == [("R01", 100_000), ("R30", -40_000)], (
        "3 % is beyond 10 % give or take half; 600.00 is not"
    )


def test_what_a_leaver_closes_later_is_paid_as_on_the_last_day() -> None:
    log = Log().plan(BASE, leavers=leavers(pipeline="50", pipeline_days=90))
    enrol(log, rate("4"), ends="2026-02-01")
    enrolled = enrol(log, rate("6"), begins="2026-02-01")
    log.leave(ANN, "2026-03-31", "retirement")
    won = log.win(1, 1_000_000, "2026-04-10")
    assert posted(log, "2026Q2") == [("R01", 60_000), ("R60", -30_000)]
    assert log.statements("2026Q2")[ANN].lines[0].positions == (enrolled, won)


def test_a_rate_that_is_agreed_afterwards_corrects_a_locked_period() -> None:
    log = Log().plan(BASE)
    enrol(log, begins="2026-01-01")
    log.win(1, 1_000_000, "2026-01-31")
    log.lock("2026Q1")
    log.add(ANN, EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=date(2026, 1, 1), reason="agreed anew"))
    enrol(log, rate("6"), begins="2026-01-01")
    (line,) = log.statements("2026Q2")[ANN].lines
    assert (line.kind, line.rule, line.period, line.posted_minor) == ("adjustment", "R53", "2026Q1", 10_000)


def test_a_draw_of_ones_own_is_advanced_and_recovered() -> None:
    log = Log().plan(flat("10"), draw=DRAWN)
    enrolled = enrol(log, draw_minor=120_000)
    (line,) = log.lock("2026Q1")[ANN].lines
    assert (line.rule, line.posted_minor, line.positions) == ("R33", 120_000, (enrolled,))
    assert english(line) == "draw 1,200.00 less 0.00 advanced = 1,200.00 USD"
    log.win(1, 2_000_000, "2026-04-01")
    assert posted(log, "2026Q2") == [("R01", 200_000), ("R33", -80_000)], "1,200.00 are kept, 800.00 recovered"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((("2026-01-01", "2026-03-01", 120_000), ("2026-03-01", None, 150_000)), 150_000),
        ((("2026-01-01", "2026-03-01", 120_000), ("2026-03-01", None, None)), 90_000),
        ((("2026-01-01", "2026-02-15", 120_000),), 60_000),  # 45 of 90 days
        ((("2026-01-01", "2026-02-15", 120_000), ("2026-04-01", None, 150_000)), 60_000),
    ],
    ids=["the later one", "the plan's again", "that of the last day", "not that of the next period"],
)
def test_the_draw_is_that_of_the_last_day_in_the_period(
    spans: tuple[tuple[str, str | None, int | None], ...], expected: int
) -> None:
    log = Log().plan(flat("10"), draw=DRAWN)
    for begins, ends, draw_minor in spans:
        enrol(log, begins=begins, ends=ends, draw_minor=draw_minor)
    assert posted(log) == [("R33", expected)]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"draw": replace(DRAWN, draw_minor=80_000)}, ("R33", 120_000)),
        ({"draw": replace(DRAWN, kept_minimum_minor=100_000)}, ("R33", 90_000)),
        (
            {"guarantee": Guarantee(kind="guarantee", amount_minor=70_000, last_on=None, compared_with="payable")},
            ("R31", 70_000),
        ),
    ],
    ids=["another draw", "a minimum below it", "a guarantee"],
)
def test_a_later_version_draws_ones_own_only_by_its_own_rules(terms: dict[str, Any], expected: tuple[str, int]) -> None:
    log = Log().plan(flat("10"), draw=DRAWN)
    log.publish(2, flat("10"), effective_from="2026-02-01", **terms)
    enrol(log, draw_minor=120_000)
    assert posted(log) == [expected]

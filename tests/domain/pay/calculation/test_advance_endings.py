"""Draws in advance (R34) that end or change: leavers, what the plan collects, other versions, agreements, what is forgiven."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans.compensation_plans import CompensationPlanVersion
from salesapi.domain.pay.rules.draws import Guarantee
from salesapi.domain.pay.statements.simulating import simulated
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.advance_stories import (
    ADVANCE,
    COLLECTED,
    LAW,
    advancing,
    begun_as,
    drawn,
    earn,
    owing,
)
from tests.domain.pay.commission_stories import ANN, BY_LINE, PLAN, Log, balance_minor, flat
from tests.domain.pay.plan_options import DRAW
from tests.domain.pay.reasons_said import english


def test_a_negative_end_is_collected_where_the_plan_names_what_allows_it() -> None:
    log = advancing(COLLECTED)
    earn(log, 60_000, "2026Q1")
    words = f"600.00 less 900.00 advanced; 300.00 is collected, as {LAW} allows = -900.00 USD"
    assert drawn(log, "2026Q1")[0] == (words, -90_000)
    assert log.lock("2026Q1")[ANN].total_minor == 60_000, "300.00 less than the advance that it pays"
    earn(log, 100_000, "2026Q2")
    assert drawn(log, "2026Q2")[0][0] == "1,000.00 less 900.00 advanced; 100.00 is paid = -900.00 USD"


@pytest.mark.parametrize(
    ("on_leaving", "netted", "left_minor"),
    [
        (
            "still_owed",
            [("200.00 less 900.00 advanced less 300.00 owed before; 1,000.00 is carried", -20_000)],
            100_000,
        ),
        ("forgiven", [], 0),
        ("collected", [("200.00 less 900.00 advanced less 300.00 owed before; 1,000.00 is collected", -120_000)], 0),
    ],
)
def test_what_a_leaver_owes_is_carried_forgiven_or_collected(
    on_leaving: Any, netted: list[tuple[str, int]], left_minor: int
) -> None:
    law = LAW if on_leaving == "collected" else None
    log = owing(replace(ADVANCE, on_leaving=on_leaving, collection_allowed_by=law))
    log.leave(ANN, "2026-03-31")
    earn(log, 20_000, "2026Q1", deal=1)
    found = drawn(log, "2026Q2")
    assert begun_as(found, netted), "nothing is paid for a quarter in which Ann takes no part"
    log.lock("2026Q2")
    earn(log, 300_000, "2026Q1", deal=2)
    # 3,000.00 of a closed quarter come late: what is still owed is netted with them.
    assert log.statements("2026Q3")[ANN].total_minor == 300_000 - left_minor


def test_who_is_known_to_leave_is_advanced_nothing_for_afterwards_and_nets_the_last_period_as_any_other() -> None:
    log = owing()
    log.leave(ANN, "2026-05-15")
    earn(log, 0, "2026Q2")
    log.win(1, 1_500_000, "2026-05-01")
    assert drawn(log, "2026Q2") == [
        ("1,500.00 less 900.00 advanced less 300.00 owed before; 300.00 is paid = -1,200.00 USD", -120_000)
    ]


def test_an_advance_is_netted_also_where_a_later_version_pays_none() -> None:
    log = owing()
    log.publish(2, flat("10"), effective_from="2026-05-01")
    earn(log, 40_000, "2026Q2")
    netted = "400.00 less 900.00 advanced less 300.00 owed before; 800.00 is carried forward = -400.00 USD"
    assert drawn(log, "2026Q2") == [(netted, -40_000)]
    log.lock("2026Q2")
    log.reopen(0x106)
    assert [line.posted_minor for line in log.statements("2026Q3")[ANN].lines] == [-40_000], "no longer its business"


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (
            {"guarantee": Guarantee(kind="guarantee", amount_minor=100_000, last_on=None, compared_with="payable")},
            [60_000, 40_000, -100_000],
        ),
        (
            {"draw": replace(DRAW, draw_minor=50_000, recovery_limit_percent=Decimal(100))},
            [60_000, -10_000],
        ),
    ],
    ids=["a guarantee is paid by it", "a recoverable draw recovers it by its own limits"],
)
def test_what_is_owed_meets_the_floor_of_a_later_version(terms: dict[str, Any], expected: list[int]) -> None:
    log = owing()
    log.publish(2, flat("10"), effective_from="2026-04-02", **terms)
    earn(log, 60_000, "2026Q2")
    assert [line.posted_minor for line in log.statements("2026Q2")[ANN].lines] == expected


def test_the_version_of_the_first_day_pays_the_advance_though_the_run_before_has_another_or_none() -> None:
    log = Log().plan(flat("10"), advance=ADVANCE, effective_from="2026-01-01").enrol(ANN)
    log.publish(2, flat("10"), effective_from="2026-04-01", advance=replace(ADVANCE, advance_minor=50_000))
    (line,) = log.lock("2025Q4")[ANN].lines
    assert (line.period, line.plan_version, line.posted_minor) == ("2026Q1", 1, 90_000)
    netted, advanced = log.statements("2026Q1")[ANN].lines
    assert (netted.plan_version, netted.posted_minor) == (1, 0)
    assert (advanced.plan_version, advanced.posted_minor) == (2, 50_000)


def test_an_enrolment_agrees_another_advance() -> None:
    log = Log().plan(flat("10"), advance=ADVANCE)
    enrolled = log.enrol_from(ANN, None, draw_minor=120_000)
    (line,) = log.lock("2025Q4")[ANN].lines
    assert (line.posted_minor, line.positions) == (120_000, (enrolled,))
    earn(log, 150_000, "2026Q1")
    assert drawn(log, "2026Q1")[0] == ("1,500.00 less 1,200.00 advanced; 300.00 is paid = -1,200.00 USD", -120_000)


def test_what_people_forgive_of_an_advance_is_not_netted() -> None:
    log = owing()
    positions = log.forgive(40_000, "2026Q2")
    earn(log, 100_000, "2026Q2")
    _, forgiven, netted, _ = log.statements("2026Q2")[ANN].lines
    assert (forgiven.kind, forgiven.rule, forgiven.base_minor, forgiven.positions) == ("draw", "R34", 40_000, positions)
    assert english(forgiven) == "400.00 forgiven: 400.00 of 1,200.00 owed = 0.00 USD"
    assert english(netted) == "1,000.00 less 800.00 advanced; 200.00 is paid = -800.00 USD"
    assert log.lock("2026Q2")[ANN].total_minor == 20_000 + 90_000
    assert balance_minor(log.ledger, ANN) == 90_000


def test_a_simulation_pays_the_advance_of_the_proposal() -> None:
    log = Log().plan(flat("10")).enrol(ANN)
    earn(log, 60_000, "2026Q1")
    proposal = CompensationPlanVersion(
        number=2, period="quarter", effective_from=None, components=(flat("10"),), rounding=BY_LINE, advance=ADVANCE
    )
    (change,) = simulated(log.ledger, PLAN, period_named("2026Q1"), proposal).changes
    assert (change.current_minor, change.simulated_minor) == (60_000, 150_000)


def test_no_advance_is_paid_beyond_the_calendar() -> None:
    log = Log().plan(flat("10"), advance=ADVANCE).enrol(ANN)
    assert drawn(log, "9998Q4") == []

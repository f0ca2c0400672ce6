"""Draws in advance on statements (R34), worked by hand: paid before a period, netted at its end, carried or collected.

The advance is 900.00 a quarter, and deals earn 10 percent.
"""

from dataclasses import replace
from typing import Any

import pytest

from salesapi.domain.pay.statements.live_statements import LiveStatements
from salesapi.domain.shared.periods import period_named
from tests.domain.pay.advance_stories import (
    ADVANCE,
    LAW,
    NEXT,
    advancing,
    drawn,
    earn,
    owing,
)
from tests.domain.pay.commission_stories import ANN, PLAN, Log, balance_minor, flat
from tests.domain.pay.plan_options import WITH_CASH
from tests.domain.pay.reasons_said import english


def test_what_is_paid_in_advance_is_netted_at_the_end_carried_where_it_is_negative_and_recovered() -> None:
    log = advancing()
    paid, owed = [], []
    for quarter, earned_minor in (("2026Q1", 60_000), ("2026Q2", 100_000), ("2026Q3", 150_000), ("2026Q4", 90_000)):
        earn(log, earned_minor, quarter)
        locked = log.lock(quarter)[ANN]
        paid.append(locked.total_minor)
        owed.append(balance_minor(log.ledger, ANN) - 90_000)
        assert log.statements(quarter)[ANN] == locked, "a locked period is recomputed with the balance it began with"
    # Each run pays 900.00 for the next quarter. 600 - 900 = -300; 1,000 - 900 - 300 = -200; 1,500 - 900 - 200 = 400; 0.
    assert paid == [90_000, 90_000, 130_000, 90_000]
    assert owed == [30_000, 20_000, 0, 0]


def test_the_lines_say_what_is_netted_what_is_carried_and_what_is_paid_for_when() -> None:
    log = advancing()
    earn(log, 60_000, "2026Q1")
    _, netted, advanced = log.lock("2026Q1")[ANN].lines
    assert (netted.kind, netted.rule, netted.component, netted.period) == ("draw", "R34", "draw", "2026Q1")
    assert english(netted) == "600.00 less 900.00 advanced; 300.00 is carried forward = -600.00 USD"
    assert (advanced.kind, advanced.rule, advanced.component, advanced.period) == ("draw", "R34", "draw", "2026Q2")
    assert (english(advanced), advanced.plan_version) == ("advance of 900.00 for 2026Q2 = 900.00 USD", 1)
    earn(log, 150_000, "2026Q2")
    statement = log.statements("2026Q2")[ANN]
    assert drawn(log, "2026Q2") == [
        ("1,500.00 less 900.00 advanced less 300.00 owed before; 300.00 is paid = -1,200.00 USD", -120_000),
        NEXT,
    ]
    assert (statement.earned_minor, statement.drawn_minor, statement.total_minor) == (150_000, -30_000, 120_000)


def test_the_live_statement_nets_and_pays_as_the_run_will() -> None:
    log = owing()
    earn(log, 100_000, "2026Q2")
    live = LiveStatements(log.ledger, PLAN, period_named("2026Q2")).of(ANN)
    issued = log.statements("2026Q2")[ANN]
    assert live.lines(first=1, last=100) == issued.lines
    assert (live.totals.drawn_minor, live.totals.total_minor) == (issued.drawn_minor, issued.total_minor)


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        ("2026-04-01", None, [("advance of 900.00 for 2026Q2 = 900.00 USD", 90_000)]),
        ("2026-04-02", None, []),
        ("2026-02-15", "2026-04-01", []),
        (None, "2026-06-30", [("advance of 900.00 for 2026Q2 for 90 of 91 days = ≈890.11 USD", 89_011)]),
    ],
    ids=["from the first day", "from the second day", "not on the first day any more", "known to end within it"],
)
def test_an_advance_is_paid_to_who_takes_part_on_the_first_day_for_the_days_that_are_known(
    begins: str | None, ends: str | None, expected: list[tuple[str, int]]
) -> None:
    log = Log().plan(flat("10"), advance=ADVANCE)
    log.enrol_from(ANN, begins, ends)
    assert drawn(log, "2026Q1") == expected


def test_who_was_advanced_nothing_has_nothing_to_net_in_the_first_period() -> None:
    log = Log().plan(flat("10"), advance=ADVANCE)
    log.enrol_from(ANN, "2026-02-15")
    earn(log, 60_000, "2026Q1")
    log.lock("2025Q4")
    statement = log.lock("2026Q1")[ANN]
    assert [line.posted_minor for line in statement.lines] == [60_000, 90_000]
    earn(log, 100_000, "2026Q2")
    assert drawn(log, "2026Q2") == [("1,000.00 less 900.00 advanced; 100.00 is paid = -900.00 USD", -90_000), NEXT]


def test_only_a_locked_run_has_paid_an_advance() -> None:
    log = Log().plan(flat("10"), advance=ADVANCE).enrol(ANN)
    log.open_run("2025Q4")
    log.issue("2025Q4")
    earn(log, 60_000, "2026Q1")
    assert [line.posted_minor for line in log.statements("2026Q1")[ANN].lines] == [60_000, 90_000]


def test_what_a_skipped_period_was_advanced_is_netted_by_the_next_run() -> None:
    log = advancing()
    earn(log, 100_000, "2026Q2")
    assert drawn(log, "2026Q2") == [
        ("1,000.00 less 0.00 advanced less 900.00 owed before; 100.00 is paid = -900.00 USD", -90_000),
        NEXT,
    ]


def test_a_run_after_that_of_a_later_period_neither_nets_what_is_paid_for_one_to_come_nor_pays_for_one_that_is_over() -> (
    None
):
    log = advancing()
    earn(log, 100_000, "2026Q2")
    log.lock("2026Q2")
    earn(log, 60_000, "2026Q1")
    late = log.lock("2026Q1")[ANN]
    assert [(line.rule, line.posted_minor) for line in late.lines] == [("R01", 60_000)], "Q2 netted its 900.00"
    assert log.statements("2026Q1")[ANN] == late
    earn(log, 100_000, "2026Q3")
    assert drawn(log, "2026Q3")[0] == ("1,000.00 less 900.00 advanced; 100.00 is paid = -900.00 USD", -90_000)


def test_a_run_after_that_of_a_later_period_nets_what_is_carried() -> None:
    log = advancing()
    earn(log, 50_000, "2026Q2")
    log.lock("2026Q2")
    earn(log, 60_000, "2026Q1")
    assert drawn(log, "2026Q1") == [
        ("600.00 less 0.00 advanced less 400.00 owed before; 200.00 is paid = -400.00 USD", -40_000)
    ]


@pytest.mark.parametrize("on_leaving", ["forgiven", "collected"])
def test_the_late_run_of_a_period_before_a_member_joined_ends_nothing_of_what_it_was_advanced_since(
    on_leaving: Any,
) -> None:
    law = LAW if on_leaving == "collected" else None
    log = Log().plan(flat("10"), advance=replace(ADVANCE, on_leaving=on_leaving, collection_allowed_by=law))
    log.enrol_from(ANN, "2026-07-01")
    log.lock("2026Q2")
    assert log.lock("2026Q1") == {}, "900.00 are paid for a quarter to come"
    earn(log, 100_000, "2026Q3")
    assert drawn(log, "2026Q3")[0] == ("1,000.00 less 900.00 advanced; 100.00 is paid = -900.00 USD", -90_000)


@pytest.mark.parametrize(
    ("compared_with", "netted"),
    [
        ("payable", ("800.00 less 900.00 advanced less 300.00 owed before; 400.00 is carried forward", -80_000)),
        ("earned", ("500.00 less 900.00 advanced less 300.00 owed before; 700.00 is carried forward", -50_000)),
    ],
)
def test_a_late_fact_of_a_closed_period_is_netted_in_the_next_where_the_plan_compares_what_is_payable(
    compared_with: Any, netted: tuple[str, int]
) -> None:
    log = owing(replace(ADVANCE, compared_with=compared_with))
    earn(log, 30_000, "2026Q1", deal=1)
    earn(log, 50_000, "2026Q2")
    statement = log.statements("2026Q2")[ANN]
    words, posted_minor = netted
    assert [(line.rule, line.period, line.posted_minor) for line in statement.lines] == [
        ("R01", "2026Q2", 50_000),
        ("R53", "2026Q1", 30_000),
        ("R34", "2026Q2", posted_minor),
        ("R34", "2026Q3", 90_000),
    ]
    assert drawn(log, "2026Q2")[0][0].startswith(f"{words} = ")
    log.lock("2026Q2")
    assert balance_minor(log.ledger, ANN) == 120_000 + 90_000 + posted_minor
    earn(log, 200_000, "2026Q3")
    total_minor = log.lock("2026Q3")[ANN].total_minor
    assert total_minor == 200_000 - (120_000 + posted_minor), "both are netted, and 900.00 are paid for the next"


@pytest.mark.parametrize("compared_with", ["payable", "earned"])
def test_what_a_closed_period_loses_makes_the_end_negative_and_is_carried_too(compared_with: Any) -> None:
    log = owing(replace(ADVANCE, compared_with=compared_with))
    log.reopen(0x103)
    earn(log, 50_000, "2026Q2")
    assert drawn(log, "2026Q2") == [
        ("-100.00 less 900.00 advanced less 300.00 owed before; 1,300.00 is carried forward = 100.00 USD", 10_000),
        NEXT,
    ]
    assert log.lock("2026Q2")[ANN].total_minor == 90_000, "only what is paid for the next quarter"
    earn(log, 250_000, "2026Q3")
    assert drawn(log, "2026Q3")[0] == (
        "2,500.00 less 900.00 advanced less 1,300.00 owed before; 300.00 is paid = -2,200.00 USD",
        -220_000,
    )


@pytest.mark.parametrize("compared_with", ["payable", "earned"])
def test_an_advance_is_never_netted_with_what_is_not_payable_yet(compared_with: Any) -> None:
    with_cash = replace(flat("10"), release=WITH_CASH)
    log = Log().plan(with_cash, advance=replace(ADVANCE, compared_with=compared_with)).enrol(ANN)
    log.lock("2025Q4")
    earn(log, 100_000, "2026Q1")
    statement = log.lock("2026Q1")[ANN]
    assert [(line.kind, line.posted_minor) for line in statement.lines] == [
        ("earning", 100_000),
        ("withheld", -100_000),
        ("draw", 0),
        ("draw", 90_000),
    ]
    assert english(statement.lines[2]) == "0.00 less 900.00 advanced; 900.00 is carried forward = 0.00 USD"
    assert balance_minor(log.ledger, ANN) == 180_000

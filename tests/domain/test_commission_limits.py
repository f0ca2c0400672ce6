"""Limits that reach further than a deal: the cap of a year, of the plan, and the budget of all (R30)."""

from dataclasses import replace

from tests.domain.commission_stories import ANN, BOB, CID, Log, flat


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
    assert line.formula == "budget 1,000.00 of all: 333.34 less 500.00 = -166.66 USD"


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

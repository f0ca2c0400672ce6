"""What people forgive of what a member owes (R33, R54), over the runs of a plan. The draw is 900.00 a quarter."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salesapi.domain.pay.records.awards import AwardAdjustmentPosted, AwardApproved
from salesapi.domain.pay.rules.clawbacks import RecoveryLimit
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, balance_minor, flat
from tests.domain.pay.plan_options import DRAW
from tests.domain.pay.reasons_said import english
from tests.spec import uid
from tests.values_by_type import built

DRAWN = replace(DRAW, compared_with="earned", recovery_limit_percent=Decimal(100))
"""Of 900.00."""
CARRIED = RecoveryLimit(percent=None, amount_minor=None, kept_minor=None, leaver="carried")


def drawing() -> Log:
    """Ann earns 600.00 in the first quarter, is paid 900.00, and owes 300.00."""
    log = Log().plan(flat("10"), draw=DRAWN).enrol(ANN)
    earn(log, 60_000, "2026Q1")
    log.lock("2026Q1")
    assert balance_minor(log.ledger, ANN) == 30_000
    return log


def earn(log: Log, amount_minor: int, quarter: str) -> None:
    """One deal of Ann in a quarter that earns so much at 10 percent."""
    month = 3 * int(quarter[-1])
    log.win(0x100 + month, amount_minor * 10, f"2026-{month:02}-01")


def posted(log: Log, quarter: str) -> list[tuple[str, int, int | None]]:
    """Kind, amount and base of Ann's lines that no deal has."""
    lines = log.statements(quarter)[ANN].lines
    return [(line.kind, line.posted_minor, line.base_minor) for line in lines if line.deal_id is None]


def test_what_is_forgiven_is_not_recovered_later() -> None:
    log = drawing()
    positions = log.forgive(15_000, "2026Q2")
    earn(log, 100_000, "2026Q2")
    earn(log, 150_000, "2026Q3")
    # 150.00 of 300.00 are owed still: 100.00 of them above the draw of the second quarter, 50.00 in the third.
    assert posted(log, "2026Q2") == [("draw", 0, 15_000), ("draw", -10_000, None)]
    _, forgiven, recovered = log.statements("2026Q2")[ANN].lines
    assert (forgiven.rule, forgiven.component, forgiven.positions) == ("R33", "draw", positions)
    assert english(forgiven) == "150.00 forgiven: 150.00 of 300.00 owed = 0.00 USD"
    assert english(recovered).startswith("recovered of 150.00 owed")
    paid = [log.lock("2026Q2")[ANN].total_minor]
    assert balance_minor(log.ledger, ANN) == 5_000
    assert posted(log, "2026Q3") == [("draw", -5_000, None)]
    paid.append(log.lock("2026Q3")[ANN].total_minor)
    assert paid == [90_000, 145_000], "with the 900.00 of the first quarter all that was earned, and 150.00 on top"
    assert balance_minor(log.ledger, ANN) == 0


def test_more_is_never_forgiven_than_is_owed_and_the_rest_lapses() -> None:
    log = drawing()
    log.forgive(50_000, "2026Q2")
    earn(log, 100_000, "2026Q2")
    assert posted(log, "2026Q2") == [("draw", 0, 30_000)]
    assert english(log.statements("2026Q2")[ANN].lines[1]) == "500.00 forgiven: 300.00 of 300.00 owed = 0.00 USD"
    assert log.lock("2026Q2")[ANN].total_minor == 100_000
    earn(log, 80_000, "2026Q3")
    assert posted(log, "2026Q3") == [("draw", 10_000, None)]
    log.lock("2026Q3")
    earn(log, 150_000, "2026Q4")
    assert posted(log, "2026Q4") == [("draw", -10_000, None)], "the 200.00 that found nothing forgive nothing later"


def test_what_is_approved_after_its_run_was_calculated_counts_from_the_next() -> None:
    log = drawing()
    earn(log, 100_000, "2026Q2")
    log.open_run("2026Q2")
    position, statements = log.head, log.issue("2026Q2")
    log.forgive(30_000, "2026Q2")
    log.lock_issued("2026Q2", position, statements)
    assert statements[ANN].total_minor == 90_000
    earn(log, 150_000, "2026Q3")
    assert posted(log, "2026Q3") == [("draw", 0, 20_000)]
    assert log.lock("2026Q3")[ANN].total_minor == 150_000


def test_a_later_period_is_not_forgiven_before_it_comes_nor_what_nobody_approved() -> None:
    log = drawing()
    log.forgive(30_000, "2026Q3")
    log.forgive(30_000, "2026Q2", award=0xF1, is_approved=False)
    earn(log, 100_000, "2026Q2")
    earn(log, 110_000, "2026Q3")
    assert posted(log, "2026Q2") == [("draw", -10_000, None)]
    log.lock("2026Q2")
    assert posted(log, "2026Q3") == [("draw", 0, 20_000)]


def test_several_are_taken_in_the_order_of_their_approval() -> None:
    log = drawing()
    log.forgive(20_000, "2026Q2", award=0xF0)
    log.forgive(20_000, "2026Q2", award=0xF1)
    assert posted(log, "2026Q2") == [("draw", 0, 20_000), ("draw", 0, 10_000), ("draw", 90_000, None)]


def test_where_nothing_is_owed_the_statement_says_so_once() -> None:
    log = Log().plan(flat("10"), draw=DRAWN).enrol(ANN, BOB)
    log.forgive(20_000, "2026Q1")
    earn(log, 100_000, "2026Q1")
    assert posted(log, "2026Q1") == [("draw", 0, 0)]
    assert english(log.statements("2026Q1")[ANN].lines[1]) == "200.00 forgiven: 0.00 of 0.00 owed = 0.00 USD"
    log.lock("2026Q1")
    assert posted(log, "2026Q2") == [("draw", 90_000, None)]


@pytest.mark.parametrize(
    ("forgiven_minor", "lines", "paid_minor"),
    [
        (30_000, [("draw", 0, 30_000), ("recovery", -100_000, None)], 0),
        (50_000, [("draw", 0, 30_000), ("recovery", 0, 20_000), ("recovery", -90_000, None)], 10_000),
        (500_000, [("draw", 0, 30_000), ("recovery", 0, 110_000)], 100_000),
    ],
    ids=["the draw", "the draw and a part of what was carried", "all"],
)
def test_the_draw_is_forgiven_first_and_then_what_was_carried_forward(
    forgiven_minor: int, lines: list[tuple[str, int, int | None]], paid_minor: int
) -> None:
    """600.00 earned and 300.00 advanced, less 2,000.00 taken back: 300.00 are owed of the draw, 1,100.00 are carried."""
    log = Log().plan(flat("10"), draw=DRAWN, recovery=CARRIED).enrol(ANN)
    earn(log, 60_000, "2026Q1")
    take_back(log, 200_000, "2026Q1")
    assert posted(log, "2026Q1")[1:] == [("draw", 30_000, None), ("recovery", 110_000, None)]
    log.lock("2026Q1")
    log.forgive(forgiven_minor, "2026Q2")
    earn(log, 100_000, "2026Q2")
    # 1,000.00 are 100.00 above the draw, but of the draw nothing is owed any more.
    assert posted(log, "2026Q2") == lines
    assert log.statements("2026Q2")[ANN].total_minor == paid_minor


def test_a_balance_is_forgiven_under_a_version_without_a_draw() -> None:
    log = drawing()
    log.publish(2, flat("10"), effective_from="2026-04-01")
    log.publish(3, flat("10"), effective_from="2026-07-01", draw=DRAWN)
    log.forgive(25_000, "2026Q2")
    assert posted(log, "2026Q2") == [("draw", 0, 25_000)]
    log.lock("2026Q2")
    earn(log, 150_000, "2026Q3")
    assert posted(log, "2026Q3") == [("draw", -5_000, None)]


def test_what_the_plan_forgave_when_a_draw_ended_is_not_forgiven_again() -> None:
    ended = replace(DRAWN, last_on=date(2026, 3, 31))
    log = Log().plan(flat("10"), draw=ended).enrol(ANN)
    earn(log, 60_000, "2026Q1")
    log.lock("2026Q1")
    log.forgive(20_000, "2026Q2")
    assert posted(log, "2026Q2") == [("draw", 0, 0)]


def take_back(log: Log, amount_minor: int, quarter: str) -> None:
    """An approved adjustment by hand that takes from Ann in a quarter."""
    changed = {"member_id": ANN, "plan_id": PLAN, "period": quarter, "amount_minor": -amount_minor, "currency": "USD"}
    adjusted = built(AwardAdjustmentPosted, period_corrected=quarter, **changed)
    approved = built(AwardApproved, **changed)
    log.add(uid(0xAA), adjusted)
    log.add(uid(0xAA), approved)

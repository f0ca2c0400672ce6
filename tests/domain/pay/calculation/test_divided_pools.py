"""Pools that a leader divides (R42, 团队提成二次分配) on statements, worked by hand."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from salesapi.domain.pay.plans.plan_awards import TeamPool
from salesapi.domain.pay.records.pool_shares import PoolShare, PoolSharesApproved
from salesapi.domain.pay.rules.pools import UndividedPool
from tests.domain.pay.award_options import GIVEN, POOL, award
from tests.domain.pay.award_stories import award_lines, awarded, awarding
from tests.domain.pay.commission_stories import ANN, BOB, CID, DAN, PLAN, Log
from tests.domain.pay.reasons_said import english
from tests.domain.pay.trade_stories import TradeLog
from tests.spec import uid


def shared(until_approved: UndividedPool = "held_back", qualified: str | None = None) -> TeamPool:
    """2 percent of what the team of a leader is credited."""
    return TeamPool(
        terms=replace(POOL, division="leader"),
        component="base",
        leader=replace(GIVEN, until_approved=until_approved),
        qualified_from_percent=Decimal(qualified) if qualified else None,
    )


def with_pool(pool: TeamPool) -> TradeLog:
    """Cid leads Ann and Bob; Ann sells for 10,000.00 and Bob for 5,000.50 in the first quarter of 2026."""
    log = awarding(award("pool", team_pool=pool)).enrol(ANN, BOB, CID)
    log.team(CID, ANN, BOB)
    log.win(1, 1_000_000, "2026-01-15")
    log.win(2, 500_050, "2026-02-15", owner=BOB)
    return log


def approve(log: Log, *points: tuple[UUID, str], period: str = "2026Q1", leader: UUID = CID) -> int:
    """Somebody approves the share points of a leader."""
    approved = PoolSharesApproved(
        plan_id=PLAN,
        award_key="pool",
        period=period,
        owner_id=leader,
        shares=tuple(PoolShare(member_id=member_id, points=Decimal(each)) for member_id, each in points),
        approved_by=uid(0xC2),
    )
    return log.add(uid(0x9A), approved)


def test_a_pool_is_divided_as_the_leader_says_and_adds_up() -> None:
    log = with_pool(shared())
    approved_at = approve(log, (ANN, "1"), (BOB, "2"))
    assert awarded(log) == {ANN: 10_000, BOB: 20_001}, "2 percent of 15,000.50 are 300.01; Bob has the residual cent"
    line = award_lines(log)[BOB]
    assert (line.rule, line.period, line.component, line.plan_version) == ("R42", "2026Q1", "pool", 1)
    assert line.positions[-1] == approved_at
    assert english(line) == (
        "2 % of 15,000.50 of the team is a pool of 300.01, 2 of 3 points of the leader: 200.01 = 200.01 USD"
    )


@pytest.mark.parametrize(
    ("until_approved", "expected"),
    [("held_back", {}), ("equal", {ANN: 15_001, BOB: 15_000}), ("contribution", {ANN: 20_000, BOB: 10_001})],
)
def test_without_approved_points_a_pool_is_held_back_or_divided_as_the_plan_says(
    until_approved: UndividedPool, expected: dict[UUID, int]
) -> None:
    assert awarded(with_pool(shared(until_approved))) == expected


def test_a_pool_that_is_held_back_is_told_to_everybody_of_the_team() -> None:
    log = with_pool(shared())
    held = [line for each in log.statements("2026Q1").values() for line in each.lines if line.kind == "held"]
    assert [(line.rule, line.component, line.posted_minor, english(line)) for line in held] == [
        ("R42", "pool", 0, "a pool of 300.01 waits for the points of the leader to be approved")
    ] * 2
    approve(log, (ANN, "1"), (BOB, "2"))
    assert not [line for each in log.statements("2026Q1").values() for line in each.lines if line.kind == "held"]


def test_points_of_another_period_leader_or_award_do_not_count() -> None:
    log = with_pool(shared())
    approve(log, (ANN, "1"), (BOB, "2"), period="2026Q2")
    approve(log, (ANN, "1"), (BOB, "2"), leader=BOB)
    assert awarded(log) == {}


def test_what_was_approved_last_counts() -> None:
    log = with_pool(shared())
    approve(log, (ANN, "1"), (BOB, "2"))
    approve(log, (ANN, "1"), (BOB, "0"))
    assert awarded(log) == {ANN: 30_001}


def test_the_part_of_who_does_not_qualify_goes_to_the_others() -> None:
    log = with_pool(shared(qualified="80"))
    log.quota(ANN, 1_000_000)
    log.quota(BOB, 1_000_000)
    approve(log, (ANN, "1"), (BOB, "2"))
    assert awarded(log) == {ANN: 30_001}


def test_points_of_who_is_not_in_the_team_do_not_weigh() -> None:
    log = with_pool(shared())
    approve(log, (ANN, "1"), (BOB, "2"), (uid(0xE), "9"))
    assert awarded(log) == {ANN: 10_000, BOB: 20_001}


def test_a_pool_that_was_held_back_is_paid_by_the_next_run_for_its_own_period_and_once() -> None:
    log = with_pool(shared())
    assert {line.kind for each in log.lock("2026Q1").values() for line in each.lines} == {"earning", "held"}
    assert awarded(log, "2026Q2") == {}
    approve(log, (ANN, "1"), (BOB, "2"))
    assert awarded(log, "2026Q2") == {ANN: 10_000, BOB: 20_001}
    assert {line.period for line in award_lines(log, "2026Q2").values()} == {"2026Q1"}
    statements = log.lock("2026Q2")
    assert {member_id: each.awarded_minor for member_id, each in statements.items()} == {ANN: 10_000, BOB: 20_001}
    approve(log, (ANN, "2"), (BOB, "1"))
    assert awarded(log, "2026Q3") == {}, "another division of what was paid"


def test_what_is_approved_between_the_calculation_and_the_lock_is_paid_by_the_next_run() -> None:
    log = with_pool(shared())
    log.open_run("2026Q1")
    position, issued = log.head, log.issue("2026Q1")
    approve(log, (ANN, "1"), (BOB, "2"))
    log.lock_issued("2026Q1", position, issued)
    assert awarded(log, "2026Q2") == {ANN: 10_000, BOB: 20_001}


def test_what_is_approved_at_the_position_of_the_calculation_is_in_it_and_paid_once() -> None:
    log = with_pool(shared())
    log.open_run("2026Q1")
    approved_at = approve(log, (ANN, "1"), (BOB, "2"))
    assert log.head == approved_at
    statements = log.lock_open("2026Q1")
    assert {member_id: each.awarded_minor for member_id, each in statements.items()} == {ANN: 10_000, BOB: 20_001}
    assert awarded(log, "2026Q2") == {}


def test_only_the_pools_that_were_held_back_are_paid_later() -> None:
    log = with_pool(shared())
    log.enrol(DAN)
    log.team(uid(0xE), DAN)
    log.win(5, 2_000_000, "2026-01-20", owner=DAN)
    approve(log, (ANN, "1"), (BOB, "2"))
    assert {each.awarded_minor for each in log.lock("2026Q1").values()} == {10_000, 20_001, 0}
    approve(log, (DAN, "1"), leader=uid(0xE))
    assert awarded(log, "2026Q2") == {DAN: 40_000}


def test_late_points_of_a_pool_that_was_divided_by_the_plan_change_nothing() -> None:
    log = with_pool(shared("equal"))
    assert {line.posted_minor for each in log.lock("2026Q1").values() for line in each.lines[-1:]} == {15_001, 15_000}
    approve(log, (ANN, "1"), (BOB, "2"))
    assert awarded(log, "2026Q2") == {}


def test_a_pool_that_is_paid_later_knows_the_facts_of_that_day() -> None:
    log = with_pool(shared())
    log.lock("2026Q1")
    log.win(3, 499_950, "2026-03-31", owner=BOB)
    approve(log, (ANN, "1"), (BOB, "1"))
    assert awarded(log, "2026Q2") == {ANN: 20_000, BOB: 20_000}, "2 percent of 20,000.00"
    log.lock("2026Q2")
    log.win(4, 1_000_000, "2026-03-30")
    assert awarded(log, "2026Q3") == {}, "an award that was paid is never recomputed"

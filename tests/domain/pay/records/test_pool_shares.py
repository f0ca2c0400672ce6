"""What may happen to the share points that a leader gives for the pool of the own team, in sentences."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from salesapi.domain.pay.plans.enrolments import EnrolmentEnded
from salesapi.domain.pay.records import pool_shares
from salesapi.domain.shared.duties import NotApart, OwnBenefit, PersonUnknown
from salesapi.domain.shared.kernel import PayFactsRef, Refused, ThingUnknown
from salesapi.domain.shared.states import made_from
from tests.domain.pay.calculation.test_divided_pools import approve, shared, with_pool
from tests.domain.pay.commission_stories import ANN, BOB, CID, PLAN, Log
from tests.spec import ACTOR, SUBJECT, Case, given, uid

FINANCE = uid(0xF2)
FINANCIAL = uid(0xF3)


def gives(*points: tuple[UUID, str]) -> tuple[pool_shares.PoolShare, ...]:
    return tuple(pool_shares.PoolShare(member_id=member_id, points=Decimal(each)) for member_id, each in points)


STATE = pool_shares.StatePoolShares(
    plan_id=PLAN, award_key="pool", period="2026Q1", owner_id=CID, shares=gives((ANN, "3"), (BOB, "7"))
)
STATED = made_from(pool_shares.PoolSharesStated, STATE, stated_by=ACTOR, stater_id=CID)
APPROVED = made_from(pool_shares.PoolSharesApproved, STATE, approved_by=FINANCE)
APPROVE, REJECT = (
    pool_shares.ApprovePoolShares(pool_shares_id=SUBJECT),
    pool_shares.RejectPoolShares(pool_shares_id=SUBJECT, reason="Too bold"),
)


def knowing(log: Log, *events: object) -> Case:
    """Cid gives the command, by what the log tells."""
    return given(*events).facts({PayFactsRef(None): log.ledger}).by(ACTOR, CID)


def of_team(*events: object) -> Case:
    """Cid leads Ann and Bob, whose pool Cid divides; shares lie from 10 to 70 percent."""
    return knowing(with_pool(shared()), *events)


def test_a_leader_states_points_for_everybody_of_the_team() -> None:
    of_team().when(STATE).then(STATED)


def test_points_stated_again_alike_change_nothing_and_other_ones_stand_instead() -> None:
    of_team(STATED).when(STATE).then()
    others = gives((BOB, "6"), (ANN, "4"))
    of_team(STATED, APPROVED).when(replace(STATE, shares=others)).then(replace(STATED, shares=others))
    of_team(STATED, pool_shares.PoolSharesRejected(reason="why")).when(STATE).then(STATED)


REFUSED: list[tuple[str, dict[str, Any], type[Refused], str]] = [
    ("an unknown plan", {"plan_id": uid(0xF9)}, ThingUnknown, "/plan_id"),
    ("another kind of period", {"period": "2026-03"}, pool_shares.PoolPeriodMismatch, "/period"),
    ("an award that is none", {"award_key": "spring"}, pool_shares.PoolUnknown, "/award_key"),
    ("who leads nobody", {"owner_id": ANN}, pool_shares.PoolWithoutTeam, "/owner_id"),
    ("a member twice", {"shares": gives((ANN, "3"), (ANN, "7"))}, pool_shares.PoolMemberTwice, "/shares/1/member_id"),
    ("the leader", {"shares": gives((ANN, "3"), (CID, "7"))}, pool_shares.PoolMemberForeign, "/shares/1/member_id"),
    ("not everybody", {"shares": gives((ANN, "3"))}, pool_shares.PoolMembersMissing, "/shares"),
    (
        "too much for one",
        {"shares": gives((ANN, "71"), (BOB, "29"))},
        pool_shares.PoolSharesOutOfBounds,
        "/shares/0/points",
    ),
    (
        "nothing for one",
        {"shares": gives((ANN, "1"), (BOB, "0"))},
        pool_shares.PoolSharesOutOfBounds,
        "/shares/0/points",
    ),
    ("nothing at all", {"shares": gives((ANN, "0"), (BOB, "0"))}, pool_shares.PoolSharesOutOfBounds, "/shares"),
]


@pytest.mark.parametrize(("what", "changed", "refusal", "pointer"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_division_that_is_not_the_plans_is_refused_with_its_place(
    what: str, changed: dict[str, Any], refusal: type[Refused], pointer: str
) -> None:
    of_team().when(replace(STATE, **changed)).refused(refusal, pointer=pointer)


def test_a_share_exactly_on_both_bounds_is_within_them() -> None:
    on_bounds = gives((ANN, "70"), (BOB, "30"))
    of_team().when(replace(STATE, shares=on_bounds)).then(replace(STATED, shares=on_bounds))


def test_who_left_the_award_before_the_period_is_none_of_the_team() -> None:
    log = with_pool(shared())
    left = EnrolmentEnded(member_id=BOB, plan_id=PLAN, effective_until=date(2026, 1, 1), reason="moved")
    log.add(BOB, left)
    refused = knowing(log).when(STATE).refused(pool_shares.PoolMemberForeign, pointer="/shares/1/member_id")
    assert refused.parameters["period"] == "2026Q1"


def test_a_plan_without_a_version_on_the_last_day_has_no_pool() -> None:
    log = Log().plan(effective_from="2026-04-01")
    knowing(log).when(STATE).refused(pool_shares.PoolUnknown)


def test_points_count_once_somebody_outside_the_team_has_approved_them() -> None:
    of_team(STATED).by(FINANCE, FINANCIAL).when(APPROVE).then(APPROVED)
    of_team(STATED).by(uid(0xAD), uid(0xDD)).when(APPROVE).then(replace(APPROVED, approved_by=uid(0xAD)))


@pytest.mark.parametrize(
    ("actor", "member", "refusal"),
    [
        (ACTOR, CID, NotApart),
        (uid(0xA1), CID, NotApart),
        (uid(0xA1), None, PersonUnknown),
        (uid(0xA1), ANN, OwnBenefit),
    ],
)
def test_who_states_or_shares_does_not_approve(actor: UUID, member: UUID | None, refusal: type[Refused]) -> None:
    of_team(STATED).after(ACTOR, CID).by(actor, member).when(APPROVE).refused(refusal)


def test_a_leader_does_not_approve_what_somebody_else_stated_for_the_team() -> None:
    by_finance = replace(STATED, stated_by=FINANCE, stater_id=None)
    of_team(by_finance).when(APPROVE).refused(OwnBenefit)
    of_team(by_finance).when(REJECT).refused(OwnBenefit)


def test_what_is_decided_is_decided() -> None:
    of_team(STATED).by(FINANCE, FINANCIAL).when(REJECT).then(pool_shares.PoolSharesRejected(reason="Too bold"))
    for settled in (APPROVED, pool_shares.PoolSharesRejected(reason="why")):
        of_team(STATED, settled).by(FINANCE, FINANCIAL).when(APPROVE).refused(pool_shares.PoolSharesSettled)
        of_team(STATED, settled).by(FINANCE, FINANCIAL).when(REJECT).refused(pool_shares.PoolSharesSettled)


def test_after_the_lock_only_what_was_held_back_is_still_divided() -> None:
    held, divided = with_pool(shared()), with_pool(shared("equal"))
    for log in (held, divided):
        log.lock("2026Q1")
    knowing(held).when(STATE).then(STATED)
    knowing(held, STATED).by(FINANCE, FINANCIAL).when(APPROVE).then(APPROVED)
    knowing(divided).when(STATE).refused(pool_shares.PoolDivided, pointer="/period")
    knowing(divided, STATED).by(FINANCE, FINANCIAL).when(APPROVE).refused(pool_shares.PoolDivided)


def test_what_was_approved_before_the_lock_stays() -> None:
    log = with_pool(shared())
    approve(log, (ANN, "3"), (BOB, "7"))
    log.lock("2026Q1")
    others = replace(STATE, shares=gives((ANN, "4"), (BOB, "6")))
    knowing(log, STATED, APPROVED).when(others).refused(pool_shares.PoolDivided)
    stated_again = replace(STATED, shares=others.shares)
    knowing(log, STATED, APPROVED, stated_again).by(FINANCE, FINANCIAL).when(APPROVE).refused(pool_shares.PoolDivided)

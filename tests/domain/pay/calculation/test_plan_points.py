"""Points that a plan gives in place of money (R47): what is credited, corrected, taken back, and that no statement pays it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans.enrolments import EnrolmentPlanAcknowledged
from salesapi.domain.pay.plans.plan_awards import PlanAward, PointsAward, Scorecard
from salesapi.domain.pay.reasons.reason_form import ReasonInput, StoredReason, stated
from salesapi.domain.pay.records.points import (
    CreditPlanPoints,
    PointsAwardUnknown,
    PointsPeriodMismatch,
    PointsPosted,
    PointsRedeemed,
    PointsTooFew,
    RedeemPoints,
)
from salesapi.domain.shared.kernel import PayFactsRef, Refused, ThingUnknown
from tests.domain.pay.award_options import award, goal
from tests.domain.pay.award_stories import awarding
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, flat
from tests.domain.pay.trade_stories import TradeLog
from tests.spec import Case, given, uid

MET = award("met", points=PointsAward(each="touch", points=Decimal("2.5"), kinds=("meeting",)))
WON = award("won", points=PointsAward(each="deal", points=Decimal(10), component="base"))
SAID = stated("10 points")
CREDIT = CreditPlanPoints(member_id=ANN, plan_id=PLAN, award_key="met", period="2026Q1")


def with_award(made: PlanAward, **terms: Any) -> TradeLog:
    return awarding(made, **terms).enrol(ANN, BOB)


def knowing(log: Log, *events: object) -> Case:
    return given(*events).facts({PayFactsRef(None): log.ledger})


def counted(done: int, each: str, points: str, exact: str) -> StoredReason:
    """So many touches or deals at so many points, exact."""
    named = {"done_count": str(done), "each": each, "each_points": points, "exact_points": exact}
    return StoredReason(kind="points_earned", inputs=tuple(ReasonInput(name=n, value=v) for n, v in named.items()))


def posted(points: int, reason: StoredReason, *positions: int, award_key: str = "met") -> PointsPosted:
    return PointsPosted(
        member_id=ANN,
        plan_id=PLAN,
        plan_version=1,
        award_key=award_key,
        period="2026Q1",
        points=points,
        reason=reason,
        positions=positions,
    )


def test_each_touch_of_the_period_gives_points_and_the_sum_is_rounded_once() -> None:
    log = with_award(MET)
    first, second = log.touch(1, ANN, "2026-01-01"), log.touch(1, ANN, "2026-03-31")
    third = log.touch(1, ANN, "2026-02-01")
    log.touch(1, ANN, "2026-04-01")
    log.touch(1, ANN, "2026-02-01", kind="event")
    log.touch(1, BOB, "2026-02-01")
    expected = posted(8, counted(3, "touch", "2.5", "7.5"), first, second, third)
    knowing(log).when(CREDIT).then(expected)


def test_each_deal_that_a_component_credits_gives_points_once() -> None:
    log = with_award(WON)
    first = log.win(1, 1_000_000, "2026-01-15")
    second = log.win(2, 5, "2026-03-31")
    log.win(3, -1_000, "2026-03-31")
    log.win(4, 1_000_000, "2026-03-31", owner=BOB)
    expected = posted(20, counted(2, "deal", "10", "20"), first, second, award_key="won")
    knowing(log).when(replace(CREDIT, award_key="won")).then(expected)


def test_a_deal_that_is_credited_payment_by_payment_gives_points_once_a_period() -> None:
    log = TradeLog().plan(replace(flat("5"), attributed="payment"), awards=(WON,)).enrol(ANN)
    log.sell(1, 100_000, "2026-01-10")
    log.pay(1, 40_000, "2026-02-10", deal=1)
    log.pay(2, 60_000, "2026-03-10", deal=1)
    (event,) = knowing(log).when(replace(CREDIT, award_key="won")).decide()
    assert isinstance(event, PointsPosted)
    assert (event.points, event.reason) == (10, counted(1, "deal", "10", "10"))


def test_points_that_are_credited_again_are_what_is_known_by_then_less_what_was_credited() -> None:
    log = with_award(WON)
    credit = replace(CREDIT, award_key="won")
    log.win(1, 1_000_000, "2026-01-15")
    before = posted(10, counted(1, "deal", "10", "10"), log.head, award_key="won")
    knowing(log, before).when(credit).then()
    log.win(2, 1_000_000, "2026-01-16")
    after = posted(10, counted(2, "deal", "10", "20"), log.head - 1, log.head, award_key="won")
    knowing(log, before).when(credit).then(after)
    log.void(1)
    log.void(2)
    knowing(log, before, after).when(credit).then(posted(-20, counted(0, "deal", "10", "0"), award_key="won"))


def test_what_was_redeemed_and_is_taken_back_leaves_a_balance_below_zero() -> None:
    before = posted(10, SAID)
    redeemed = PointsRedeemed(member_id=ANN, points=8, reason="Course")
    given(before).when(RedeemPoints(member_id=ANN, points=8, reason="Course")).then(redeemed)
    one_more = RedeemPoints(member_id=ANN, points=1, reason="Mug")
    refused = given(before, redeemed, posted(-10, SAID)).when(one_more).refused(PointsTooFew, pointer="/points")
    assert refused.parameters["balance"] == -8


def test_nothing_is_given_before_the_version_is_acknowledged() -> None:
    log = with_award(MET, acknowledgement_required=True)
    position = log.touch(1, ANN, "2026-01-01")
    knowing(log).when(CREDIT).then()
    log.add(ANN, EnrolmentPlanAcknowledged(member_id=ANN, plan_id=PLAN, plan_version=1))
    knowing(log).when(CREDIT).then(posted(3, counted(1, "touch", "2.5", "2.5"), position))


@pytest.mark.parametrize(
    ("changed", "refusal", "pointer"),
    [
        ({"plan_id": uid(0xF9)}, ThingUnknown, "/plan_id"),
        ({"member_id": uid(0xE)}, ThingUnknown, "/member_id"),
        ({"period": "2026-03"}, PointsPeriodMismatch, "/period"),
        ({"award_key": "won"}, PointsAwardUnknown, "/award_key"),
    ],
)
def test_only_what_an_award_of_points_gives_a_participant_is_credited(
    changed: dict[str, Any], refusal: type[Refused], pointer: str
) -> None:
    knowing(with_award(MET)).when(replace(CREDIT, **changed)).refused(refusal, pointer=pointer)


def test_points_stand_on_no_statement() -> None:
    log = with_award(MET)
    log.touch(1, ANN, "2026-01-01")
    assert log.statements("2026Q1") == {}


def test_points_of_a_plan_count_for_a_goal_of_points_in_their_period() -> None:
    card = Scorecard(
        target_minor=100_000, goals=(goal("process", "100", of="points", target_count=10),), missing="zero"
    )
    log = with_award(award("card", scorecard=card))
    log.add(uid(0x99), posted(5, SAID), "2026-04-05")
    assert {each.member_id: each.awarded_minor for each in log.statements("2026Q1").values()} == {ANN: 50_000}
    assert log.statements("2026Q2") == {}

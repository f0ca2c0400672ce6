"""What may happen to awards, adjustments and points, in sentences."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from salesapi.domain.consequences import Step
from salesapi.domain.pay.plans.enrolment_spans import Span
from salesapi.domain.pay.plans.enrolments import Enrolment, enrolment_ref
from salesapi.domain.pay.records import awards
from salesapi.domain.pay.records.objections import Objection, ObjectionSubject
from salesapi.domain.pay.records.payout_run_states import PayoutRun, RunProgress
from salesapi.domain.pay.records.points import (
    ENTRIES_MAX,
    CreditPoints,
    Points,
    PointsCredited,
    PointsFull,
    PointsRedeemed,
    PointsTooFew,
    RedeemPoints,
)
from salesapi.domain.pay.rules.clawbacks import RecoveryLimit
from salesapi.domain.selling.deals import Deal, DealShare
from salesapi.domain.shared.duties import NotApart, OwnBenefit, PersonUnknown
from salesapi.domain.shared.kernel import FieldInvalid, Ref, Refused, StreamRef, ThingUnknown, natural_id
from salesapi.domain.shared.money import CurrencyUnknown
from salesapi.domain.shared.periods import PeriodInvalid
from salesapi.domain.shared.states import made_from
from tests.domain.pay.pay_examples import MONTHLY
from tests.domain.pay.plan_options import ADVANCE, DRAW, WITH_CASH
from tests.spec import ACTOR, DAY, SUBJECT, Case, folded, given, uid
from tests.values_by_type import built

REP, OTHER, BOSS, UNKNOWN = uid(1), uid(2), uid(3), uid(99)
APPROVING = uid(0xB0)
PLAN, DRAFT, OBJECTION, FOREIGN_OBJECTION, AWARD = uid(0x10), uid(0x11), uid(0x12), uid(0x13), uid(0x14)
OWED, EXPIRING, DEAL = uid(0x15), uid(0x16), uid(0x17)
RECOVERY = RecoveryLimit(percent=None, amount_minor=None, kept_minor=None, leaver="carried")
LENDING = replace(
    MONTHLY, versions=(replace(MONTHLY.versions[0], recovery=RECOVERY), replace(MONTHLY.versions[0], number=2))
)
SELLING = MONTHLY.versions[0]
LATE = replace(
    MONTHLY, versions=(replace(SELLING, components=(replace(SELLING.components[0], release=WITH_CASH),)), SELLING)
)
SOLD = built(Deal, owner_id=REP, shares=())
OBJECTED = Objection(
    answer_due_on=DAY, subject=ObjectionSubject(kind="target", id=uid(5)), member_id=REP, raised_by=ACTOR
)
KNOWN: dict[Ref, object] = {
    **{StreamRef("member", id): object() for id in (REP, OTHER, BOSS)},
    StreamRef("compensation_plan", PLAN): MONTHLY,
    StreamRef("compensation_plan", DRAFT): replace(MONTHLY, versions=()),
    StreamRef("compensation_plan", OWED): LENDING,
    StreamRef("compensation_plan", EXPIRING): LATE,
    StreamRef("deal", DEAL): SOLD,
    enrolment_ref(REP): Enrolment(
        member_id=REP, spans=(Span(plan_id=OWED, effective_from=None, effective_until=None, component_keys=None),)
    ),
    StreamRef("objection", OBJECTION): OBJECTED,
    StreamRef("objection", FOREIGN_OBJECTION): replace(OBJECTED, member_id=OTHER),
}
LOCKED: dict[Ref, object] = {
    StreamRef("payout_run", natural_id("payout_run", str(plan_id), "2026-03")): PayoutRun(
        progress=RunProgress(plan_id=plan_id, period="2026-03", status="locked")
    )
    for plan_id in (PLAN, OWED)
}
SPIFF = awards.GrantAward(
    member_id=REP,
    kind="spiff",
    reason="Launch of the GTX Pro",
    amount_minor=50_000,
    currency="CNY",
    plan_id=PLAN,
    period="2026-03",
)
POINTS = awards.GrantAward(member_id=REP, kind="points", reason="Follow-ups on time", points=40)
ADJUSTMENT = awards.PostAdjustment(
    member_id=REP,
    plan_id=PLAN,
    period_corrected="2026-01",
    period="2026-03",
    amount_minor=-700,
    cause="Deal counted twice",
    objection_id=OBJECTION,
)
FORGIVE = awards.ForgiveDraw(
    member_id=REP, plan_id=OWED, period="2026-03", amount_minor=30_000, reason="The launch was ours to delay"
)
EXTEND = awards.ExtendExpiry(plan_id=EXPIRING, deal_id=DEAL, days=15, reason="Their works burned down")
APPROVE, REVOKE = awards.ApproveAward(award_id=SUBJECT), awards.RevokeAward(award_id=SUBJECT, reason="not earned")


def granted(command: awards.GrantAward = SPIFF, granter_id: UUID | None = BOSS) -> awards.AwardGranted:
    return made_from(awards.AwardGranted, command, granted_by=ACTOR, granter_id=granter_id)


POSTED = made_from(awards.AwardAdjustmentPosted, ADJUSTMENT, currency="CNY", granted_by=ACTOR, granter_id=BOSS)
FORGIVEN = made_from(awards.AwardDrawForgiven, FORGIVE, currency="CNY", granted_by=ACTOR, granter_id=BOSS)
EXTENDED = made_from(awards.AwardExpiryExtended, EXTEND, member_id=REP, granted_by=ACTOR, granter_id=BOSS)
APPROVED = awards.AwardApproved(
    member_id=REP, plan_id=PLAN, period="2026-03", amount_minor=50_000, currency="CNY", approved_by=APPROVING
)


def boss(*events: object) -> Case:
    return given(*events).facts(KNOWN).by(ACTOR, BOSS)


def approver(*events: object) -> Case:
    return given(*events).facts(KNOWN).by(APPROVING, uid(0xDE))


@pytest.mark.parametrize(
    "command",
    [
        SPIFF,
        replace(SPIFF, plan_id=None),
        POINTS,
        awards.GrantAward(member_id=REP, kind="recognition", reason="Star of the quarter"),
        awards.GrantAward(
            member_id=REP, kind="innovation", reason="New demo", amount_minor=1, currency="JPY", period="2026Q1"
        ),
    ],
)
def test_an_award_is_of_money_of_points_or_of_neither(command: awards.GrantAward) -> None:
    boss().when(command).then(granted(command))


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"currency": None}, "/currency"),
        ({"amount_minor": None}, "/currency"),
        ({"period": None}, "/period"),
        ({"amount_minor": None, "currency": None}, "/period"),
        ({"amount_minor": None, "currency": None, "period": None}, "/plan_id"),
        ({"amount_minor": None, "currency": None, "period": None, "plan_id": None}, "/amount_minor"),
        ({"points": 3}, "/points"),
        ({"kind": "points"}, "/points"),
        ({"kind": "points", "points": 3}, "/amount_minor"),
    ],
)
def test_what_an_award_is_worth_is_said_in_one_way(changed: dict[str, Any], pointer: str) -> None:
    boss().when(replace(SPIFF, **changed)).refused(awards.AwardValueUnclear, pointer=pointer)


def test_an_adjustment_is_in_the_currency_of_its_plan() -> None:
    boss().when(ADJUSTMENT).then(POSTED)
    unasked = replace(ADJUSTMENT, objection_id=None)
    boss().when(unasked).then(replace(POSTED, objection_id=None))


def test_a_draw_is_forgiven_in_the_currency_of_its_plan_whichever_version_advanced_it() -> None:
    boss().when(FORGIVE).then(FORGIVEN)


@pytest.mark.parametrize("terms", [{"draw": DRAW}, {"advance": ADVANCE}], ids=["a draw", "an advance"])
def test_what_any_kind_of_draw_left_is_forgiven(terms: dict[str, Any]) -> None:
    drawing = replace(MONTHLY, versions=(replace(MONTHLY.versions[0], **terms),))
    boss().facts({StreamRef("compensation_plan", OWED): drawing}).when(FORGIVE).then(FORGIVEN)


def test_approving_a_forgiven_draw_states_no_amount_because_none_is_paid() -> None:
    approved = replace(APPROVED, plan_id=OWED, amount_minor=None, currency=None)
    approver(FORGIVEN).when(APPROVE).then(approved)
    boss(FORGIVEN).after(uid(0xB0), BOSS).when(APPROVE).refused(NotApart)
    given(FORGIVEN).facts(KNOWN).by(APPROVING, REP).when(APPROVE).refused(OwnBenefit)
    approver(FORGIVEN).facts(LOCKED).when(APPROVE).refused(awards.AwardPeriodLocked)
    boss(FORGIVEN).when(REVOKE).then(awards.AwardRevoked(reason="not earned"))
    approver(FORGIVEN, approved).when(REVOKE).refused(awards.AwardSettled)


def test_an_expiry_is_extended_for_the_owner_of_the_deal_where_a_version_of_the_plan_has_one() -> None:
    boss().when(EXTEND).then(EXTENDED)


def test_somebody_approves_an_extension_who_neither_asked_for_it_nor_sold_the_deal() -> None:
    approved = awards.AwardApproved(
        member_id=REP, plan_id=EXPIRING, period=None, amount_minor=None, currency=None, approved_by=APPROVING
    )
    approver(EXTENDED).when(APPROVE).then(approved)
    boss(EXTENDED).after(uid(0xB0), BOSS).when(APPROVE).refused(NotApart)
    given(EXTENDED).facts(KNOWN).by(APPROVING, REP).when(APPROVE).refused(OwnBenefit)
    half = DealShare(member_id=OTHER, kind="overlay", percent=Decimal(50))
    handed_over: dict[Ref, object] = {StreamRef("deal", DEAL): replace(SOLD, owner_id=BOSS, shares=(half,))}
    for member_id in (BOSS, OTHER, REP):
        asked = replace(EXTENDED, granter_id=None)
        by = given(asked).facts({**KNOWN, **handed_over}).by(APPROVING, member_id)
        by.when(APPROVE).refused(OwnBenefit)
    boss(EXTENDED).when(REVOKE).then(awards.AwardRevoked(reason="not earned"))
    approver(EXTENDED, awards.AwardRevoked(reason="not earned")).when(APPROVE).refused(awards.AwardSettled)
    approver(EXTENDED, approved).when(REVOKE).refused(awards.AwardSettled)


def test_a_locked_period_takes_no_award() -> None:
    boss().facts(LOCKED).when(FORGIVE).refused(awards.AwardPeriodLocked, pointer="/period")
    boss().facts(LOCKED).when(SPIFF).refused(awards.AwardPeriodLocked, pointer="/period")
    boss().facts(LOCKED).when(ADJUSTMENT).refused(awards.AwardPeriodLocked, pointer="/period")
    boss().facts(LOCKED).when(replace(SPIFF, plan_id=None)).then(granted(replace(SPIFF, plan_id=None)))


def test_a_period_locked_since_takes_no_approval() -> None:
    approver(granted()).facts(LOCKED).when(APPROVE).refused(awards.AwardPeriodLocked)


def test_somebody_else_than_the_granter_and_the_beneficiary_approves() -> None:
    approver(granted()).when(APPROVE).then(APPROVED)
    boss(granted()).after(uid(0xB0), BOSS).when(APPROVE).refused(NotApart)
    given(granted()).facts(KNOWN).after(uid(0xB0), BOSS).by(APPROVING, BOSS).when(APPROVE).refused(NotApart)
    given(granted()).facts(KNOWN).by(APPROVING, REP).when(APPROVE).refused(OwnBenefit)
    given(granted()).facts(KNOWN).by(APPROVING, None).when(APPROVE).refused(PersonUnknown)


def test_an_award_is_revoked_until_it_is_approved() -> None:
    boss(POSTED).when(REVOKE).then(awards.AwardRevoked(reason="not earned"))
    refused = boss(granted(), APPROVED).when(REVOKE).refused(awards.AwardSettled)
    assert refused.parameters == {"status": "approved"}


@pytest.mark.parametrize(
    ("events", "command", "refusal"),
    [
        ((), replace(SPIFF, member_id=UNKNOWN, currency=None), ThingUnknown),
        ((), replace(SPIFF, currency=None), awards.AwardValueUnclear),
        ((), replace(SPIFF, currency="XXX", period="soon"), CurrencyUnknown),
        ((), replace(SPIFF, period="soon", plan_id=UNKNOWN), PeriodInvalid),
        ((), replace(SPIFF, plan_id=UNKNOWN, currency="USD"), ThingUnknown),
        ((), replace(SPIFF, plan_id=DRAFT, currency="USD"), awards.AwardPlanUnpublished),
        ((), replace(SPIFF, period="2026", currency="USD"), awards.AwardPeriodMismatch),
        ((), replace(SPIFF, currency="USD"), awards.AwardCurrencyMismatch),
        ((), replace(ADJUSTMENT, member_id=UNKNOWN, plan_id=UNKNOWN), ThingUnknown),
        ((), replace(ADJUSTMENT, plan_id=UNKNOWN, amount_minor=0), ThingUnknown),
        ((), replace(ADJUSTMENT, amount_minor=0, period_corrected="x"), awards.AwardValueUnclear),
        ((), replace(ADJUSTMENT, period_corrected="then", period="2026"), PeriodInvalid),
        ((), replace(ADJUSTMENT, period="2026"), awards.AwardPeriodMismatch),
        ((), replace(ADJUSTMENT, period="2025-12", objection_id=UNKNOWN), awards.AwardPeriodsReversed),
        ((), replace(ADJUSTMENT, objection_id=UNKNOWN), ThingUnknown),
        ((), replace(ADJUSTMENT, objection_id=FOREIGN_OBJECTION), awards.AwardObjectionForeign),
        ((), replace(FORGIVE, member_id=UNKNOWN, plan_id=UNKNOWN), ThingUnknown),
        ((), replace(FORGIVE, plan_id=DRAFT, period="soon"), awards.AwardPlanUnpublished),
        ((), replace(FORGIVE, plan_id=PLAN, period="soon"), PeriodInvalid),
        ((), replace(FORGIVE, plan_id=PLAN, period="2026"), awards.AwardPeriodMismatch),
        ((), replace(FORGIVE, plan_id=PLAN, member_id=OTHER), awards.AwardPlanWithoutDraw),
        ((), replace(FORGIVE, member_id=OTHER), ThingUnknown),
        ((), replace(EXTEND, plan_id=UNKNOWN, deal_id=UNKNOWN), ThingUnknown),
        ((), replace(EXTEND, plan_id=DRAFT, deal_id=UNKNOWN), awards.AwardPlanUnpublished),
        ((), replace(EXTEND, plan_id=PLAN, deal_id=UNKNOWN), awards.AwardPlanWithoutExpiry),
        ((), replace(EXTEND, deal_id=UNKNOWN), ThingUnknown),
        ((granted(), awards.AwardRevoked(reason="no")), APPROVE, awards.AwardSettled),
        ((granted(), awards.AwardRevoked(reason="no")), REVOKE, awards.AwardSettled),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused]
) -> None:
    given(*events).facts(KNOWN).by(ACTOR, BOSS).when(command).refused(refusal)


def award(**changed: Any) -> dict[Ref, object]:
    state = folded(awards.Award, "award", granted(POINTS))
    return {StreamRef("award", AWARD): replace(state, **{"status": "approved", **changed})}


CREDIT = CreditPoints(member_id=REP, award_id=AWARD)
CREDITED = PointsCredited(member_id=REP, award_id=AWARD, points=40)


def redeem(points: int) -> RedeemPoints:
    return RedeemPoints(member_id=REP, points=points, reason="Day off")


def test_approving_an_award_of_points_credits_them() -> None:
    command = awards.ApproveAward(award_id=AWARD)
    assert given(granted(POINTS)).when(command).following() == (Step(command=CREDIT),)
    assert given(granted()).when(command).following() == ()
    given().facts(award()).when(CREDIT).then(CREDITED)


def test_an_award_is_credited_once() -> None:
    given(CREDITED).facts(award()).when(CREDIT).then()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"status": "granted"}, FieldInvalid), ({"points": None}, FieldInvalid), ({"member_id": OTHER}, ThingUnknown)],
)
def test_only_an_approved_award_of_points_of_this_member_is_credited(
    changed: dict[str, Any], refusal: type[Refused]
) -> None:
    given().facts(award(**changed)).when(CREDIT).refused(refusal, pointer="/award_id")


def test_points_are_redeemed_as_long_as_the_balance_suffices() -> None:
    redeemed = PointsRedeemed(member_id=REP, points=30, reason="Day off")
    given(CREDITED).when(redeem(30)).then(redeemed)
    refused = given(CREDITED, redeemed).when(redeem(11)).refused(PointsTooFew, pointer="/points")
    assert refused.parameters == {"balance": 10, "points": 11}


def test_the_entries_of_a_member_are_bounded() -> None:
    full = tuple(PointsCredited(member_id=REP, award_id=uid(1_000 + n), points=1) for n in range(ENTRIES_MAX))
    state = folded(Points, "points", *full)
    assert (state.balance, state.entries) == (ENTRIES_MAX, ENTRIES_MAX)
    given(*full).when(redeem(1)).refused(PointsFull)

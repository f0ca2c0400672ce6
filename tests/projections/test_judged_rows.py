"""Read models of approvals, objections, awards, points and pools: given facts, the rows."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from salesapi.domain.organisation.approvals import (
    ApprovalDelegated,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalRequested,
    ApprovalStepDecided,
    ApprovalSubject,
    ApprovalWithdrawn,
    Step,
    StepAsked,
)
from salesapi.domain.pay.reasons.reason_form import stated
from salesapi.domain.pay.records.awards import (
    AwardAdjustmentPosted,
    AwardApproved,
    AwardDrawForgiven,
    AwardExpiryExtended,
    AwardGranted,
    AwardRevoked,
)
from salesapi.domain.pay.records.objections import (
    ObjectionAnswered,
    ObjectionCorrection,
    ObjectionDecided,
    ObjectionRaised,
    ObjectionSubject,
    ObjectionWithdrawn,
)
from salesapi.domain.pay.records.points import PointsCredited, PointsPosted, PointsRedeemed, points_ref
from salesapi.domain.pay.records.pool_shares import PoolShare, PoolSharesApproved, PoolSharesRejected, PoolSharesStated
from salesapi.projections.organisation import approvals
from salesapi.projections.organisation.approvals import ApprovalRow
from salesapi.projections.pay import awards, objections, points, pool_shares
from salesapi.projections.pay.awards import AwardRow
from salesapi.projections.pay.objections import ObjectionRow
from salesapi.projections.pay.points import PointsEntryRow, PointsRow
from salesapi.projections.pay.pool_shares import PoolSharesRow
from salesapi.projections.projection import Projection
from tests.projections.histories import Fact, fold
from tests.spec import ACTOR, uid

Wanted = TypeVar("Wanted")
ID, REP, LEAD, HEAD, DEAL, PLAN, RUN = uid(0xA1), uid(1), uid(2), uid(3), uid(0xD), uid(0xF), uid(0xE)
OTHER_PRINCIPAL = uid(0xB0)
SUBJECT = ApprovalSubject(kind="deal", id=DEAL)
REQUESTED = ApprovalRequested(
    subject=SUBJECT,
    steps=(StepAsked(member_ids=(LEAD,)), StepAsked(member_ids=(HEAD,))),
    step_order="ordered",
    due_on=date(2026, 3, 6),
    reason="12 percent off",
    requested_by=ACTOR,
    requester_id=REP,
)
FIRST = ApprovalStepDecided(step=1, decision="approve", member_id=LEAD, note="Once only")


def rows(projection: Projection, kind: type[Wanted], *facts: Fact) -> list[Wanted]:
    """All rows of a read model, checked to be of its class."""
    found = [row for group in fold(projection, *facts).values() for row in group]
    assert all(isinstance(row, kind) for row in found)
    return [row for row in found if isinstance(row, kind)]


def approval(*events: object) -> ApprovalRow:
    (row,) = rows(approvals.PROJECTION, ApprovalRow, *(Fact(ID, event) for event in (REQUESTED, *events)))
    return row


def test_an_approval_shows_whose_turn_it_is() -> None:
    assert approval().waiting_ids == (LEAD,)
    assert approval(FIRST).waiting_ids == (HEAD,)
    delegated = ApprovalDelegated(step=2, member_from=HEAD, member_to=uid(4))
    row = approval(FIRST, delegated)
    assert (row.waiting_ids, row.party_ids) == ((uid(4),), (REP, LEAD, HEAD, uid(4)))


def test_a_decided_step_shows_by_whom_when_and_why() -> None:
    assert approval(FIRST).steps == (
        Step(
            number=1,
            member_ids=(LEAD,),
            is_waiting=False,
            decision="approve",
            decided_by_id=LEAD,
            decided_on=date(2026, 3, 2),
            note="Once only",
        ),
        Step(number=2, member_ids=(HEAD,), is_waiting=True),
    )


def test_a_closed_approval_waits_for_nobody() -> None:
    rejected = replace(FIRST, decision="reject")
    returned = replace(FIRST, decision="return")
    granted = (FIRST, replace(FIRST, step=2, member_id=HEAD), ApprovalGranted(subject=SUBJECT))
    for status, events in (
        ("granted", granted),
        ("denied", (rejected, ApprovalDenied(subject=SUBJECT))),
        ("returned", (returned,)),
        ("withdrawn", (ApprovalWithdrawn(reason="not needed"),)),
    ):
        row = approval(*events)
        assert (row.status, row.waiting_ids, row.closed_on) == (status, (), date(2026, 3, 2))
        assert not any(step.is_waiting for step in row.steps)
    assert row.withdrawal_reason == "not needed"


RAISED = ObjectionRaised(
    subject=ObjectionSubject(kind="statement_line", id=RUN, line=4),
    member_id=REP,
    claim="The deal is mine.",
    evidence=None,
    raised_by=ACTOR,
    is_late=False,
    answer_due_on=date(2026, 3, 4),
    answer_due_at=datetime(2026, 3, 4, 9, tzinfo=UTC),
)
ANSWERED = ObjectionAnswered(answered_by=OTHER_PRINCIPAL, answer="We look.")


def objected(*events: object) -> ObjectionRow:
    (row,) = rows(objections.PROJECTION, ObjectionRow, *(Fact(ID, event) for event in (RAISED, *events)))
    return row


def test_an_objection_goes_from_open_to_answered_to_its_outcome() -> None:
    row = objected()
    assert (row.status, row.subject_id, row.subject_line, row.raised_on) == ("open", RUN, 4, date(2026, 3, 2))
    assert (objected(ANSWERED).status, objected(ANSWERED).answer) == ("answered", "We look.")
    correction = ObjectionCorrection(kind="award", id=uid(9))
    decided = ObjectionDecided(
        outcome="adjust_partly", decided_by=OTHER_PRINCIPAL, correction=correction, reason="Half of it"
    )
    row = objected(ANSWERED, decided)
    assert (row.status, row.correction, row.reason, row.version) == ("partly_adjusted", correction, "Half of it", 3)
    assert objected(ObjectionWithdrawn(reason=None)).status == "withdrawn"


GRANTED = AwardGranted(
    member_id=REP,
    kind="spiff",
    amount_minor=500,
    currency="CNY",
    points=None,
    reason="Launch",
    plan_id=PLAN,
    period="2026-03",
    granted_by=ACTOR,
    granter_id=None,
)
APPROVED = AwardApproved(
    member_id=REP, plan_id=PLAN, period="2026-03", amount_minor=500, currency="CNY", approved_by=OTHER_PRINCIPAL
)
POSTED = AwardAdjustmentPosted(
    member_id=REP,
    plan_id=PLAN,
    period_corrected="2026-01",
    period="2026-03",
    amount_minor=-700,
    currency="CNY",
    cause="Counted twice",
    objection_id=ID,
    granted_by=ACTOR,
    granter_id=None,
)


def awarded(*events: object) -> AwardRow:
    (row,) = rows(awards.PROJECTION, AwardRow, *(Fact(ID, event) for event in events))
    return row


def test_an_award_shows_its_approval_or_why_it_was_revoked() -> None:
    row = awarded(GRANTED, APPROVED)
    assert (row.status, row.approved_by, row.settled_on) == ("approved", OTHER_PRINCIPAL, date(2026, 3, 2))
    row = awarded(GRANTED, AwardRevoked(reason="not earned"))
    assert (row.status, row.approved_by, row.revocation_reason) == ("revoked", None, "not earned")


def test_an_adjustment_names_the_period_and_objection_that_it_corrects() -> None:
    row = awarded(POSTED)
    assert (row.kind, row.reason, row.period_corrected, row.objection_id) == (
        "adjustment",
        "Counted twice",
        "2026-01",
        ID,
    )


def test_a_forgiven_draw_keeps_its_amount_when_its_approval_states_none() -> None:
    forgiven = AwardDrawForgiven(
        member_id=REP,
        plan_id=PLAN,
        period="2026-03",
        amount_minor=300,
        currency="CNY",
        reason="Launch delayed",
        granted_by=ACTOR,
        granter_id=None,
    )
    row = awarded(forgiven, replace(APPROVED, amount_minor=None, currency=None))
    assert (row.kind, row.status, row.amount_minor, row.currency, row.points) == (
        "draw_forgiven",
        "approved",
        300,
        "CNY",
        None,
    )
    assert (row.plan_id, row.period, row.period_corrected, row.reason) == (PLAN, "2026-03", None, "Launch delayed")


def test_an_extension_shows_its_deal_and_days_and_no_amount() -> None:
    extended = AwardExpiryExtended(
        member_id=REP, plan_id=PLAN, deal_id=ID, days=15, reason="Fire", granted_by=ACTOR, granter_id=None
    )
    row = awarded(extended, replace(APPROVED, period=None, amount_minor=None, currency=None))
    assert (row.kind, row.status, row.deal_id, row.days, row.reason) == ("expiry_extended", "approved", ID, 15, "Fire")
    assert (row.plan_id, row.period, row.amount_minor, row.currency, row.points) == (PLAN, None, None, None, None)


def test_points_add_up_and_each_entry_is_a_row() -> None:
    stream = points_ref(REP).id
    facts = (
        Fact(stream, PointsCredited(member_id=REP, award_id=ID, points=40)),
        Fact(stream, PointsRedeemed(member_id=REP, points=25, reason="Day off"), None),
    )
    (row,) = rows(points.PROJECTION, PointsRow, *facts)
    assert (row.balance, row.credited, row.redeemed, row.version, row.position) == (15, 40, 25, 2, 2)
    entries = rows(points.ENTRIES, PointsEntryRow, *facts)
    assert [(entry.number, entry.points, entry.award_id, entry.entered_on) for entry in entries] == [
        (1, 40, ID, date(2026, 3, 2)),
        (2, -25, None, None),
    ]


def test_points_of_a_plan_name_it_and_what_it_takes_back_lowers_what_was_credited() -> None:
    stream = points_ref(REP).id
    given = PointsPosted(
        member_id=REP,
        plan_id=PLAN,
        plan_version=1,
        award_key="met",
        period="2026-03",
        points=8,
        reason=stated("3 touches"),
        positions=(7, 9),
    )
    facts = (Fact(stream, given), Fact(stream, replace(given, points=-3, reason=stated("2 touches"))))
    (row,) = rows(points.PROJECTION, PointsRow, *facts)
    assert (row.balance, row.credited, row.redeemed) == (5, 5, 0)
    entries = rows(points.ENTRIES, PointsEntryRow, *facts)
    assert [(entry.points, entry.plan_id, entry.award_key, entry.period, entry.given) for entry in entries] == [
        (8, PLAN, "met", "2026-03", stated("3 touches")),
        (-3, PLAN, "met", "2026-03", stated("2 touches")),
    ]


GIVEN = (PoolShare(member_id=REP, points=Decimal("2.5")),)
STATED = PoolSharesStated(
    plan_id=PLAN, award_key="pool", period="2026-03", owner_id=LEAD, shares=GIVEN, stated_by=ACTOR, stater_id=LEAD
)
POOL_APPROVED = PoolSharesApproved(
    plan_id=PLAN, award_key="pool", period="2026-03", owner_id=LEAD, shares=GIVEN, approved_by=OTHER_PRINCIPAL
)


def pooled(*events: object) -> PoolSharesRow:
    (row,) = rows(pool_shares.PROJECTION, PoolSharesRow, *(Fact(ID, event) for event in events))
    return row


def test_share_points_show_what_is_stated_and_what_counts() -> None:
    row = pooled(STATED)
    assert (row.status, row.shares, row.approved_shares, row.approved_by) == ("stated", GIVEN, (), None)
    row = pooled(STATED, POOL_APPROVED)
    assert (row.status, row.approved_shares, row.approved_by) == ("approved", GIVEN, OTHER_PRINCIPAL)
    others = (PoolShare(member_id=REP, points=Decimal(1)), PoolShare(member_id=HEAD, points=Decimal(1)))
    row = pooled(STATED, POOL_APPROVED, replace(STATED, shares=others), PoolSharesRejected(reason="too bold"))
    assert (row.status, row.shares, row.approved_shares) == ("rejected", others, GIVEN)
    assert (row.rejection_reason, row.approved_by, row.version) == ("too bold", OTHER_PRINCIPAL, 4)

"""Read models of approvals, objections, awards, points and pools: given facts, the rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from salesapi.domain.organisation import approvals
from salesapi.domain.pay.reasons.reason_form import stated
from salesapi.domain.pay.records import awards, objections
from salesapi.domain.pay.records.points import PointsCredited, PointsPosted, PointsRedeemed, points_ref
from salesapi.domain.pay.records.pool_shares import PoolShare, PoolSharesApproved, PoolSharesRejected, PoolSharesStated
from salesapi.domain.shared.states import made_from
from salesapi.projections.organisation import approvals as approval_rows
from salesapi.projections.pay import awards as award_rows
from salesapi.projections.pay import objections as objection_rows
from salesapi.projections.pay import points, pool_shares
from salesapi.projections.pay.objections import ObjectionRow
from salesapi.projections.pay.points import PointsEntryRow, PointsRow
from tests.projections.histories import Fact, rows, views
from tests.spec import uid
from tests.values_by_type import built

ID, REP, LEAD, HEAD, RUN = uid(0xA1), uid(1), uid(2), uid(3), uid(0xE)
OTHER_PRINCIPAL = uid(0xB0)
REQUESTED = built(
    approvals.ApprovalRequested,
    steps=(approvals.StepAsked(member_ids=(LEAD,)), approvals.StepAsked(member_ids=(HEAD,))),
    step_order="ordered",
    requester_id=REP,
)
FIRST = approvals.ApprovalStepDecided(step=1, decision="approve", member_id=LEAD, note="Once only")


def approval(*events: object) -> Any:
    (row,) = views(approval_rows.PROJECTION, *(Fact(ID, event) for event in (REQUESTED, *events)))
    return row


def test_an_approval_shows_whose_turn_it_is() -> None:
    assert approval().waiting_ids == (LEAD,)
    assert approval(FIRST).waiting_ids == (HEAD,)
    delegated = approvals.ApprovalDelegated(step=2, member_from=HEAD, member_to=uid(4))
    row = approval(FIRST, delegated)
    assert (row.waiting_ids, row.party_ids) == ((uid(4),), (REP, LEAD, HEAD, uid(4)))


def test_a_decided_step_shows_by_whom_when_and_why() -> None:
    assert approval(FIRST).steps == (
        made_from(
            approvals.Step,
            FIRST,
            number=1,
            member_ids=(LEAD,),
            is_waiting=False,
            decided_by_id=LEAD,
            decided_on=date(2026, 3, 2),
        ),
        approvals.Step(number=2, member_ids=(HEAD,), is_waiting=True),
    )


def test_a_closed_approval_waits_for_nobody() -> None:
    rejected = replace(FIRST, decision="reject")
    returned = replace(FIRST, decision="return")
    granted = (FIRST, replace(FIRST, step=2, member_id=HEAD), built(approvals.ApprovalGranted))
    for status, events in (
        ("granted", granted),
        ("denied", (rejected, built(approvals.ApprovalDenied))),
        ("returned", (returned,)),
        ("withdrawn", (approvals.ApprovalWithdrawn(reason="not needed"),)),
    ):
        row = approval(*events)
        assert (row.status, row.waiting_ids, row.closed_on) == (status, (), date(2026, 3, 2))
        assert not any(step.is_waiting for step in row.steps)
    assert row.withdrawal_reason == "not needed"


RAISED = built(objections.ObjectionRaised, subject=objections.ObjectionSubject(kind="statement_line", id=RUN, line=4))
ANSWERED = objections.ObjectionAnswered(answered_by=OTHER_PRINCIPAL, answer="We look.")


def objected(*events: object) -> ObjectionRow:
    (row,) = rows(objection_rows.PROJECTION, ObjectionRow, *(Fact(ID, event) for event in (RAISED, *events)))
    return row


def test_an_objection_goes_from_open_to_answered_to_its_outcome() -> None:
    row = objected()
    assert (row.status, row.subject_id, row.subject_line, row.raised_on) == ("open", RUN, 4, date(2026, 3, 2))
    assert (objected(ANSWERED).status, objected(ANSWERED).answer) == ("answered", "We look.")
    correction = objections.ObjectionCorrection(kind="award", id=uid(9))
    decided = built(objections.ObjectionDecided, outcome="adjust_partly", correction=correction, reason="Half of it")
    row = objected(ANSWERED, decided)
    assert (row.status, row.correction, row.reason, row.version) == ("partly_adjusted", correction, "Half of it", 3)
    assert objected(objections.ObjectionWithdrawn(reason=None)).status == "withdrawn"


GRANTED = built(awards.AwardGranted, kind="spiff", points=None)
APPROVED = built(awards.AwardApproved, approved_by=OTHER_PRINCIPAL)


def awarded(*events: object) -> Any:
    (row,) = views(award_rows.PROJECTION, *(Fact(ID, event) for event in events))
    return row


def test_an_award_shows_its_approval_or_why_it_was_revoked() -> None:
    row = awarded(GRANTED, APPROVED)
    assert (row.status, row.approved_by, row.settled_on) == ("approved", OTHER_PRINCIPAL, date(2026, 3, 2))
    row = awarded(GRANTED, awards.AwardRevoked(reason="not earned"))
    assert (row.status, row.approved_by, row.revocation_reason) == ("revoked", None, "not earned")


def test_an_adjustment_names_the_period_and_objection_that_it_corrects() -> None:
    row = awarded(
        built(awards.AwardAdjustmentPosted, period_corrected="2026-01", cause="Counted twice", objection_id=ID)
    )
    assert (row.kind, row.reason) == ("adjustment", "Counted twice")
    assert (row.period_corrected, row.objection_id) == ("2026-01", ID)


def test_a_forgiven_draw_keeps_its_amount_when_its_approval_states_none() -> None:
    forgiven = built(awards.AwardDrawForgiven, amount_minor=300, currency="CNY")
    row = awarded(forgiven, replace(APPROVED, amount_minor=None, currency=None))
    assert (row.kind, row.status, row.points) == ("draw_forgiven", "approved", None)
    assert (row.amount_minor, row.currency, row.period_corrected) == (300, "CNY", None)


def test_an_extension_shows_its_deal_and_days_and_no_amount() -> None:
    extended = built(awards.AwardExpiryExtended, deal_id=ID, days=15)
    row = awarded(extended, replace(APPROVED, period=None, amount_minor=None, currency=None))
    assert (row.kind, row.status, row.deal_id, row.days) == ("expiry_extended", "approved", ID, 15)
    assert (row.period, row.amount_minor, row.currency, row.points) == (None, None, None, None)


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
    given = built(PointsPosted, member_id=REP, points=8, reason=stated("3 touches"))
    facts = (Fact(stream, given), Fact(stream, replace(given, points=-3, reason=stated("2 touches"))))
    (row,) = rows(points.PROJECTION, PointsRow, *facts)
    assert (row.balance, row.credited, row.redeemed) == (5, 5, 0)
    entries = rows(points.ENTRIES, PointsEntryRow, *facts)
    assert [(entry.points, entry.given) for entry in entries] == [(8, stated("3 touches")), (-3, stated("2 touches"))]


GIVEN = (PoolShare(member_id=REP, points=Decimal("2.5")),)
STATED = built(PoolSharesStated, shares=GIVEN)
POOL_APPROVED = built(PoolSharesApproved, shares=GIVEN, approved_by=OTHER_PRINCIPAL)


def pooled(*events: object) -> Any:
    (row,) = views(pool_shares.PROJECTION, *(Fact(ID, event) for event in events))
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

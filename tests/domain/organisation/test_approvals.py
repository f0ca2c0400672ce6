"""What may happen to approvals, in sentences."""

from datetime import date
from typing import get_args
from uuid import UUID

import pytest

from salesapi.domain.organisation import approvals
from salesapi.domain.organisation.approval_decisions import REQUEST_FOR_PAY
from salesapi.domain.organisation.approvals import Approval
from salesapi.domain.shared.kernel import Ref, Refused, StreamRef, ThingUnknown
from tests.spec import ACTOR, CATALOGUE, SUBJECT, Case, folded, given, uid

DEAL, PLAN, UNKNOWN = uid(0xD), uid(0xF), uid(99)
REP, LEAD, HEAD, OTHER = uid(1), uid(2), uid(3), uid(4)
DECIDING = uid(0xB0)
"""The principal of whoever decides; who asks is ACTOR."""
KNOWN: dict[Ref, object] = {
    StreamRef("deal", DEAL): object(),
    StreamRef("compensation_plan", PLAN): object(),
    **{StreamRef("member", id): object() for id in (REP, LEAD, HEAD, OTHER)},
}
SUBJECT_DEAL = approvals.ApprovalSubject(kind="deal", id=DEAL)
ABOUT_PAY = approvals.ApprovalSubject(kind="compensation_plan", id=PLAN)
STEPS = (approvals.StepAsked(member_ids=(LEAD, OTHER)), approvals.StepAsked(member_ids=(HEAD,)))
REQUEST = approvals.RequestApproval(subject=SUBJECT_DEAL, steps=STEPS, due_on=date(2026, 3, 6), reason="12 percent off")
WITHDRAW = approvals.WithdrawApproval(approval_id=SUBJECT, reason="not needed")
DENIED, GRANTED = approvals.ApprovalDenied(subject=SUBJECT_DEAL), approvals.ApprovalGranted(subject=SUBJECT_DEAL)


def requested(step_order: approvals.StepOrder = "ordered") -> approvals.ApprovalRequested:
    return approvals.ApprovalRequested(
        subject=SUBJECT_DEAL,
        steps=STEPS,
        step_order=step_order,
        due_on=date(2026, 3, 6),
        reason="12 percent off",
        requested_by=ACTOR,
        requester_id=REP,
    )


def decided(
    step: int, member_id: UUID, decision: approvals.ApprovalDecision = "approve"
) -> approvals.ApprovalStepDecided:
    return approvals.ApprovalStepDecided(step=step, decision=decision, member_id=member_id, note=None)


def decide(step: int, decision: approvals.ApprovalDecision = "approve") -> approvals.DecideApprovalStep:
    return approvals.DecideApprovalStep(approval_id=SUBJECT, step=step, decision=decision)


def delegate(step: int, member_id: UUID) -> approvals.DelegateApprovalStep:
    return approvals.DelegateApprovalStep(approval_id=SUBJECT, step=step, member_id=member_id)


def asked(*events: object, step_order: approvals.StepOrder = "ordered") -> Case:
    return given(requested(step_order), *events).facts(KNOWN)


def test_an_approval_is_asked_of_known_members_about_a_known_thing() -> None:
    given().facts(KNOWN).by(ACTOR, REP).when(REQUEST).then(requested())


def test_a_member_named_twice_in_a_step_is_one_decider() -> None:
    twice = approvals.RequestApproval(subject=SUBJECT_DEAL, steps=(approvals.StepAsked(member_ids=(LEAD, LEAD)),))
    (made,) = given().facts(KNOWN).by(ACTOR, REP).when(twice).decide()
    assert isinstance(made, approvals.ApprovalRequested)
    assert made.steps == (approvals.StepAsked(member_ids=(LEAD,)),)


def test_who_asks_is_in_none_of_the_steps() -> None:
    refused = given().facts(KNOWN).by(ACTOR, OTHER).when(REQUEST).refused(approvals.ApprovalRequesterDecides)
    assert refused.pointer == "/steps/0/member_ids/1"


def test_pay_can_be_put_up_for_approval_only_by_who_may() -> None:
    about_pay = approvals.RequestApproval(subject=ABOUT_PAY, steps=STEPS)
    given().facts(KNOWN).by(ACTOR, REP).when(about_pay).refused(ThingUnknown, pointer="/subject/id")
    (made,) = given().facts(KNOWN).by(ACTOR, REP).allowed(REQUEST_FOR_PAY).when(about_pay).decide()
    assert isinstance(made, approvals.ApprovalRequested)


def test_every_kind_of_subject_is_a_kind_of_stream() -> None:
    assert set(get_args(approvals.ApprovalSubjectKind)) <= set(CATALOGUE.by_kind)


def test_the_last_approval_grants_the_whole() -> None:
    asked().by(DECIDING, LEAD).when(decide(1)).then(decided(1, LEAD))
    asked(decided(1, LEAD)).by(DECIDING, HEAD).when(decide(2)).then(decided(2, HEAD), GRANTED)


def test_ordered_steps_are_decided_one_after_the_other() -> None:
    refused = asked().by(DECIDING, HEAD).when(decide(2)).refused(approvals.ApprovalStepNotNext)
    assert refused.parameters == {"step": 2, "next": 1}


def test_parallel_steps_are_decided_in_any_order() -> None:
    asked(step_order="parallel").by(DECIDING, HEAD).when(decide(2)).then(decided(2, HEAD))
    asked(decided(2, HEAD), step_order="parallel").by(DECIDING, OTHER).when(decide(1)).then(decided(1, OTHER), GRANTED)


def test_a_rejected_step_denies_the_whole() -> None:
    asked().by(DECIDING, LEAD).when(decide(1, "reject")).then(decided(1, LEAD, "reject"), DENIED)


def test_a_returned_approval_is_closed() -> None:
    asked().by(DECIDING, LEAD).when(decide(1, "return")).then(decided(1, LEAD, "return"))
    refused = asked(decided(1, LEAD, "return")).by(DECIDING, LEAD).when(decide(1)).refused(approvals.ApprovalClosed)
    assert refused.parameters == {"status": "returned"}


def test_who_is_asked_may_let_another_member_decide() -> None:
    delegated = approvals.ApprovalDelegated(step=1, member_from=LEAD, member_to=HEAD)
    asked().by(DECIDING, LEAD).when(delegate(1, HEAD)).then(delegated)
    asked(delegated).by(DECIDING, HEAD).when(decide(1)).then(decided(1, HEAD))
    asked(delegated).by(DECIDING, LEAD).when(decide(1)).refused(approvals.ApprovalNotAsked)
    asked(delegated).by(DECIDING, OTHER).when(decide(1)).then(decided(1, OTHER))


def test_a_later_step_can_be_given_away_before_its_turn() -> None:
    asked().by(DECIDING, HEAD).when(delegate(2, OTHER)).then(
        approvals.ApprovalDelegated(step=2, member_from=HEAD, member_to=OTHER)
    )


def test_giving_a_step_to_oneself_changes_nothing() -> None:
    asked().by(DECIDING, LEAD).when(delegate(1, LEAD)).then()


def test_a_step_is_never_given_to_who_asked() -> None:
    asked().by(DECIDING, LEAD).when(delegate(1, REP)).refused(approvals.ApprovalRequesterDecides, pointer="/member_id")


def test_only_who_asked_withdraws() -> None:
    asked().by(ACTOR, REP).when(WITHDRAW).then(approvals.ApprovalWithdrawn(reason="not needed"))
    asked().by(DECIDING, REP).when(WITHDRAW).then(approvals.ApprovalWithdrawn(reason="not needed"))
    asked().by(DECIDING, LEAD).when(WITHDRAW).refused(approvals.ApprovalNotRequester)
    asked().by(DECIDING).when(WITHDRAW).refused(approvals.ApprovalNotRequester)


def test_an_approval_concerns_who_asked_and_all_who_were_ever_asked() -> None:
    delegated = approvals.ApprovalDelegated(step=1, member_from=LEAD, member_to=HEAD)
    state = folded(Approval, "approval", requested(), delegated)
    assert state.party_ids == (REP, LEAD, HEAD, OTHER)
    assert state.waiting_ids == (OTHER, HEAD)
    owner = CATALOGUE.by_kind["approval"].owner
    assert owner is not None
    assert owner(state) == {REP, LEAD, OTHER, HEAD}


CLOSED = (requested(), decided(1, LEAD, "reject"), DENIED)
FIRST = (requested(), decided(1, LEAD))


@pytest.mark.parametrize(
    ("events", "member", "actor", "command", "refusal"),
    [
        (
            (),
            LEAD,
            ACTOR,
            approvals.RequestApproval(subject=approvals.ApprovalSubject(kind="deal", id=UNKNOWN), steps=STEPS),
            ThingUnknown,
        ),
        (
            (),
            REP,
            ACTOR,
            approvals.RequestApproval(subject=SUBJECT_DEAL, steps=(approvals.StepAsked(member_ids=(UNKNOWN, REP)),)),
            ThingUnknown,
        ),
        (CLOSED, REP, ACTOR, decide(9), approvals.ApprovalClosed),
        (FIRST, LEAD, DECIDING, decide(9), approvals.ApprovalStepUnknown),
        (FIRST, None, DECIDING, decide(1), approvals.ApprovalNotAsked),
        (FIRST, HEAD, DECIDING, decide(1), approvals.ApprovalNotAsked),
        (FIRST, LEAD, DECIDING, decide(1), approvals.ApprovalStepIsDecided),
        (CLOSED, LEAD, DECIDING, delegate(1, UNKNOWN), approvals.ApprovalClosed),
        (FIRST, HEAD, DECIDING, delegate(2, UNKNOWN), ThingUnknown),
        (CLOSED, OTHER, DECIDING, WITHDRAW, approvals.ApprovalClosed),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], member: UUID | None, actor: UUID, command: object, refusal: type[Refused]
) -> None:
    given(*events).facts(KNOWN).by(actor, member).when(command).refused(refusal)

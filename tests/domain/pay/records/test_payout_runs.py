"""Payout runs: from open to locked, who may do what, and what a lock rests on."""

from dataclasses import replace
from uuid import UUID

import pytest

from salesapi.domain.pay.ledger.pay_facts import PayFacts
from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanVersion
from salesapi.domain.pay.records import payout_runs as runs
from salesapi.domain.pay.statements.statements import (
    ENGINE_VERSION,
    digest_of,
    digest_of_digests,
    issued_parts,
    statements_of,
)
from salesapi.domain.shared.duties import NotApart, OwnBenefit, PersonUnknown
from salesapi.domain.shared.kernel import PayFactsRef, Ref, Refused, StreamRef, ThingExists, ThingUnknown, TreeRootRef
from salesapi.domain.shared.periods import PeriodInvalid
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, Log, flat
from tests.domain.pay.plans.examples import quarterly
from tests.spec import ACTOR, SUBJECT, Case, given, uid

QUARTER = "2026Q1"
APPROVER = uid(0xAD)
ROOT = "ab" * 32
OPENED = runs.PayoutRunOpened(plan_id=PLAN, period=QUARTER)
SUBMITTED, APPROVED = runs.PayoutRunSubmitted(submitted_by=ACTOR), runs.PayoutRunApproved(approved_by=APPROVER)
CALCULATE, ISSUE = runs.CalculatePayoutRun(payout_run_id=SUBJECT), runs.IssuePayoutRunStatements(payout_run_id=SUBJECT)
SUBMIT, APPROVE = runs.SubmitPayoutRun(payout_run_id=SUBJECT), runs.ApprovePayoutRun(payout_run_id=SUBJECT)
RETURN, LOCK = (
    runs.ReturnPayoutRun(payout_run_id=SUBJECT, reason="a deal is missing"),
    runs.LockPayoutRun(payout_run_id=SUBJECT),
)
LOCKED = runs.PayoutRunLocked(statements_digest="00", position=1, tree_root=ROOT, tree_size=1)
PLAN_REF = StreamRef("compensation_plan", PLAN)
VERSION = quarterly(flat("5"))


def story() -> Log:
    """Two people with one win each in the first quarter."""
    log = Log().plan(flat("5")).enrol(ANN, BOB)
    log.win(1, 10_000, "2026-01-31")
    log.win(2, 20_000, "2026-02-28", owner=BOB)
    return log


LEDGER: PayFacts = story().ledger
STATEMENTS = statements_of(LEDGER, PLAN, QUARTER)
CALCULATED = runs.PayoutRunCalculated(
    position=LEDGER.position,
    engine_version=ENGINE_VERSION,
    plan_versions=(1,),
    digest=digest_of(STATEMENTS),
    participant_count=2,
    total_minor=1_500,
    currency="USD",
)
ISSUED = tuple(event for statement in STATEMENTS for event in issued_parts(statement, LEDGER.position))
READY = (OPENED, CALCULATED, *ISSUED)
FACTS: dict[Ref, object] = {
    PayFactsRef(None): LEDGER,
    PayFactsRef(LEDGER.position): LEDGER,
    TreeRootRef(LEDGER.position): ROOT,
}


def run(*events: object) -> Case:
    return given(*events).facts(FACTS)


def plan(*versions: CompensationPlanVersion) -> dict[Ref, object]:
    return {PLAN_REF: CompensationPlan(key="reps", name="Reps", currency="USD", versions=versions)}


def test_a_run_is_opened_once_for_a_plan_and_period() -> None:
    given().facts(plan(VERSION)).when(runs.OpenPayoutRun(plan_id=PLAN, period=QUARTER)).then(OPENED)
    given(OPENED).facts(plan(VERSION)).when(runs.OpenPayoutRun(plan_id=PLAN, period=QUARTER)).refused(ThingExists)


@pytest.mark.parametrize(
    ("facts", "period", "refusal"),
    [
        ({}, "2026Q9", ThingUnknown),
        (plan(), "2026Q9", runs.PayoutRunPlanUnpublished),
        (plan(VERSION), "2026Q9", PeriodInvalid),
        (plan(VERSION), "2026-01", runs.PayoutRunPeriodMismatch),
    ],
)
def test_what_is_refused_first_when_a_run_is_opened(
    facts: dict[Ref, object], period: str, refusal: type[Refused]
) -> None:
    given().facts(facts).when(runs.OpenPayoutRun(plan_id=PLAN, period=period)).refused(refusal)


def test_a_run_is_calculated_at_the_head_as_often_as_one_likes() -> None:
    run(OPENED).when(CALCULATE).then(CALCULATED)
    run(OPENED, CALCULATED).when(CALCULATE).then(CALCULATED)
    run(*READY).when(CALCULATE).then(CALCULATED)


def test_a_plan_that_pays_more_than_an_amount_may_be_is_not_calculated() -> None:
    log = Log().plan(flat("1000")).enrol(ANN)
    log.win(1, 2**53 - 1, "2026-01-31")
    run(OPENED).facts({PayFactsRef(None): log.ledger}).when(CALCULATE).refused(runs.PayoutRunAmountTooLarge)


def test_statements_are_issued_as_they_were_calculated() -> None:
    run(OPENED, CALCULATED).when(ISSUE).then(*ISSUED)
    assert [(event.member_id, event.total_minor) for event in ISSUED] == [(ANN, 500), (BOB, 1_000)]
    assert {event.position for event in ISSUED} == {LEDGER.position}


def test_statements_issued_again_change_nothing() -> None:
    run(*READY).when(ISSUE).then()


def test_a_run_that_another_engine_version_calculated_is_calculated_again_before_it_is_issued() -> None:
    older = replace(CALCULATED, engine_version="1", digest="00" * 32)
    run(OPENED, older).when(ISSUE).refused(runs.PayoutRunEngineChanged)
    run(OPENED, older).when(CALCULATE).then(CALCULATED)


def test_facts_that_give_another_result_than_calculated_are_never_issued() -> None:
    other = story()
    other.reopen(1)
    other.ledger.position = LEDGER.position
    case = run(OPENED, CALCULATED).facts({PayFactsRef(LEDGER.position): other.ledger})
    with pytest.raises(AssertionError, match="other statements"):
        case.when(ISSUE).decide()


def test_only_issued_statements_of_the_last_calculation_are_submitted() -> None:
    run(*READY).when(SUBMIT).then(SUBMITTED)
    run(OPENED).when(SUBMIT).refused(runs.PayoutRunStatusWrong)
    run(OPENED, CALCULATED).when(SUBMIT).refused(runs.PayoutRunStatusWrong)
    run(*READY, CALCULATED).when(SUBMIT).refused(runs.PayoutRunStatusWrong)


def test_a_submitted_run_is_not_calculated_until_it_is_returned() -> None:
    run(*READY, SUBMITTED).when(CALCULATE).refused(runs.PayoutRunStatusWrong)
    returned = runs.PayoutRunReturned(reason="a deal is missing")
    run(*READY, SUBMITTED).when(RETURN).then(returned)
    run(*READY, SUBMITTED, APPROVED).when(RETURN).then(returned)
    run(*READY, SUBMITTED, returned).when(CALCULATE).then(CALCULATED)
    run(*READY, SUBMITTED, returned).when(SUBMIT).refused(runs.PayoutRunStatusWrong)
    run(OPENED).when(RETURN).then()


@pytest.mark.parametrize(
    ("actor", "member", "refusal"),
    [
        (ACTOR, uid(0xE1), NotApart),
        (uid(0xE0), None, PersonUnknown),
        (APPROVER, None, PersonUnknown),
        (APPROVER, ANN, OwnBenefit),
    ],
)
def test_r61_neither_who_submitted_with_whichever_key_nor_who_is_paid_approves(
    actor: UUID, member: UUID | None, refusal: type[Refused]
) -> None:
    run(*READY, SUBMITTED).after(uid(0xE0), uid(0xE1)).by(actor, member).when(APPROVE).refused(refusal)


def test_r61_whose_key_submitted_must_be_known_for_another_to_approve() -> None:
    run(*READY, SUBMITTED).after(uid(0xE0), None).by(APPROVER, uid(0xC)).when(APPROVE).refused(NotApart)
    for command in (SUBMIT, CALCULATE):
        run(*READY).by(ACTOR, None).when(command).refused(PersonUnknown)


def test_somebody_else_approves() -> None:
    run(*READY, SUBMITTED).by(APPROVER, uid(0xC)).when(APPROVE).then(APPROVED)


def test_r62_a_lock_names_the_statements_the_position_and_the_root() -> None:
    locked = runs.PayoutRunLocked(
        statements_digest=digest_of_digests(tuple(event.digest for event in ISSUED)),
        position=LEDGER.position,
        tree_root=ROOT,
        tree_size=LEDGER.position,
    )
    run(*READY, SUBMITTED, APPROVED).when(LOCK).then(locked)
    assert locked.statements_digest == CALCULATED.digest
    run(*READY, SUBMITTED).when(LOCK).refused(runs.PayoutRunStatusWrong)


@pytest.mark.parametrize("command", [CALCULATE, ISSUE, SUBMIT, APPROVE, RETURN, LOCK])
def test_r62_a_locked_run_is_final(command: object) -> None:
    run(*READY, SUBMITTED, APPROVED, LOCKED).by(APPROVER).when(command).refused(runs.PayoutRunIsLocked)


def test_an_earlier_open_period_comes_first() -> None:
    log = story()
    log.add(uid(0x77), runs.PayoutRunOpened(plan_id=PLAN, period="2025Q4"))
    case = run(*READY).facts({PayFactsRef(None): log.ledger})
    refused = case.when(CALCULATE).refused(runs.PayoutRunEarlierOpen)
    assert refused.parameters["period"] == "2025Q4"
    run(*READY, SUBMITTED, APPROVED).facts({PayFactsRef(None): log.ledger}).when(LOCK).refused(
        runs.PayoutRunEarlierOpen
    )


def test_a_run_that_another_lock_overtook_is_calculated_again() -> None:
    log = story()
    log.lock("2025Q4")
    case = run(*READY, SUBMITTED, APPROVED).facts({PayFactsRef(None): log.ledger})
    assert case.when(LOCK).refused(runs.PayoutRunOutdated).parameters["period"] == "2025Q4"


def test_a_run_with_nobody_to_pay_needs_no_statements() -> None:
    ledger = Log().plan(flat("5")).ledger
    position, digest = ledger.position, digest_of(())
    calculated = replace(
        CALCULATED, position=position, plan_versions=(), digest=digest, participant_count=0, total_minor=0
    )
    run(OPENED).facts({PayFactsRef(None): ledger}).when(CALCULATE).then(calculated)
    run(OPENED, calculated).when(ISSUE).then()
    run(OPENED, calculated).when(SUBMIT).then(SUBMITTED)

"""Duties kept apart: four eyes are two people, with whichever keys (R48, R61). Every command with a duty has an example here."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

import pytest

from salesapi.domain.pay.ledger.ledger_needs import AT_HEAD
from salesapi.domain.pay.plans import compensation_plans as plans
from salesapi.domain.pay.plans import enrolments
from salesapi.domain.pay.plans import plan_proposals as proposals
from salesapi.domain.selling.deal_progress import ChangeDealTeam
from salesapi.domain.selling.deals import DealShare
from salesapi.domain.selling.targets import AgreeTarget
from salesapi.domain.shared.declarations import AnyCommand
from salesapi.domain.shared.duties import Duty, NotApart, OwnBenefit, PersonUnknown
from salesapi.domain.shared.kernel import Party
from tests.domain.customers import test_persons as persons
from tests.domain.examples import ANNA, BORIS, FACTS, OPENED
from tests.domain.organisation import test_approvals as approvals
from tests.domain.pay.commission_stories import ANN, PLAN, Log, flat
from tests.domain.pay.plans import test_compensation_plans as plan_examples
from tests.domain.pay.plans import test_enrolments as enrolment_examples
from tests.domain.pay.records import test_awards as awards
from tests.domain.pay.records import test_objections as objections
from tests.domain.pay.records import test_payout_runs as runs
from tests.domain.pay.records import test_payouts as payouts
from tests.domain.pay.records import test_pool_shares as pools
from tests.domain.selling import test_forecast_sheets as sheets
from tests.domain.selling import test_targets as targets
from tests.spec import CATALOGUE, SUBJECT, Case, given, uid

KEY, OTHER_KEY, PERSON, EARLIER = uid(0xA1), uid(0xA2), uid(0xA3), uid(0xA4)
"""Two keys, and two people."""
WITH_DUTIES: Final = [kind for _, kind in CATALOGUE.commands.values() if kind.duty is not None]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A command that somebody may give who has no part in the thing, and a member who gains by it, where one does."""

    case: Case
    gaining: UUID | None = None
    by: UUID = PERSON


Examples: TypeAlias = dict[str, Example]
SHARE: Final = DealShare(member_id=BORIS, kind="overlay", percent=Decimal(10))
QUOTA: Final = enrolments.SetQuota(
    member_id=ANN, measure="credited_amount", period="2026Q1", amount_minor=1, currency="USD"
)
ENROLLED: Final = enrolment_examples.begun()
LEFT: Final = enrolments.RecordParticipantLeft(member_id=ANN, left_on=date(2026, 2, 1), leaving="resignation")
LATER: Final = replace(plan_examples.publish(flat("4")), plan_id=PLAN)
PROPOSE: Final = proposals.ProposeCompensationPlanVersion(
    plan_id=PLAN, period="quarter", reason="Better", **plans.terms_of(LATER)
)
PROPOSED: Final = proposals.CompensationPlanVersionProposed(
    proposal=1, period="quarter", effective_from=None, reason="Better", **plans.terms_of(LATER)
)
APPROVED: Final = plans.CompensationPlanVersionPublished(
    plan_version=1, period="quarter", effective_from=None, reason="Better", **plans.terms_of(LATER)
)
LEDGER: Final = Log().plan(flat("5")).enrol(ANN).ledger


def of_plan(command: object, *events: object) -> Example:
    """Ann is paid by the plan."""
    case = replace(given(plan_examples.DRAFTED, *events), subject=PLAN).facts({AT_HEAD: LEDGER})
    return Example(case=case.when(command), gaining=ANN)


def of_ann(command: object, *events: object) -> Example:
    """What Ann is paid by."""
    return Example(case=enrolment_examples.known(*events).when(command), gaining=ANN)


def of_award(command: object, *events: object, gaining: UUID | None = None) -> Example:
    """Awards of the rep."""
    return Example(case=given(*events).facts(awards.KNOWN).when(command), gaining=gaining)


def of_objection(command: object, *events: object) -> Example:
    """Objections of the rep."""
    return Example(case=given(*events).facts(objections.KNOWN).when(command), gaining=objections.REP)


PAID: Final = runs.run(*runs.READY)
EXAMPLES: Final[Examples] = {
    "ChangeDealTeam": Example(
        case=given(OPENED).facts(FACTS).when(ChangeDealTeam(deal_id=SUBJECT, shares=(SHARE,))), gaining=BORIS
    ),
    "AdjustForecast": Example(case=given(sheets.TAKEN, sheets.SUBMITTED).when(sheets.ADJUST), gaining=ANNA),
    "AgreeTarget": Example(case=given(targets.PROPOSED).when(AgreeTarget(target_id=SUBJECT)), by=ANNA),
    "PublishCompensationPlanVersion": of_plan(LATER),
    "ProposeCompensationPlanVersion": of_plan(PROPOSE),
    "ApproveCompensationPlanVersion": of_plan(
        proposals.ApproveCompensationPlanVersion(plan_id=PLAN, proposal=1), PROPOSED
    ),
    "RejectCompensationPlanVersion": of_plan(
        proposals.RejectCompensationPlanVersion(plan_id=PLAN, proposal=1, reason="Too much"), PROPOSED
    ),
    "EnrolParticipant": of_ann(enrolment_examples.enrol()),
    "EndEnrolment": of_ann(enrolment_examples.end_on(date(2026, 4, 1)), ENROLLED),
    "SetQuota": of_ann(QUOTA),
    "RecordParticipantLeft": of_ann(LEFT, ENROLLED),
    "CalculatePayoutRun": Example(case=runs.run(runs.OPENED).when(runs.CALCULATE)),
    "SubmitPayoutRun": Example(case=PAID.when(runs.SUBMIT)),
    "ApprovePayoutRun": Example(case=runs.run(*runs.READY, runs.SUBMITTED).when(runs.APPROVE), gaining=ANN),
    "InstructPayout": Example(case=payouts.locked().when(payouts.instruct()), gaining=payouts.ANNS.member_id),
    "ConfirmPayoutPaid": Example(
        case=payouts.locked(payouts.INSTRUCTED).when(payouts.confirm()), gaining=payouts.ANNS.member_id
    ),
    "ReportPayoutFailed": Example(
        case=payouts.locked(payouts.INSTRUCTED).when(payouts.failed()), gaining=payouts.ANNS.member_id
    ),
    "RequestApproval": Example(case=given().facts(approvals.KNOWN).when(approvals.REQUEST)),
    "DecideApprovalStep": Example(case=approvals.asked().when(approvals.decide(1)), by=approvals.LEAD),
    "DelegateApprovalStep": Example(
        case=approvals.asked().when(approvals.delegate(1, approvals.OTHER)), by=approvals.LEAD
    ),
    "RaiseObjection": replace(of_objection(objections.raising()), gaining=None, by=objections.REP),
    "AnswerObjection": of_objection(objections.ANSWER, objections.raised()),
    "DecideObjection": of_objection(objections.deciding("reject"), objections.raised(), objections.ANSWERED),
    "GrantAward": of_award(awards.SPIFF),
    "PostAdjustment": of_award(awards.ADJUSTMENT),
    "ForgiveDraw": of_award(awards.FORGIVE),
    "ExtendExpiry": of_award(awards.EXTEND),
    "ApproveAward": of_award(awards.APPROVE, awards.granted(), gaining=awards.REP),
    "RevokeAward": of_award(awards.REVOKE, awards.POSTED, gaining=awards.REP),
    "RequestErasure": Example(case=given().facts(persons.FACTS).when(persons.REQUEST)),
    "ErasePerson": Example(case=given(persons.REQUESTED).facts(persons.FACTS).when(persons.ERASE)),
    "StatePoolShares": Example(case=pools.of_team().when(pools.STATE)),
    "ApprovePoolShares": Example(case=pools.of_team(pools.STATED).when(pools.APPROVE), gaining=ANN),
    "RejectPoolShares": Example(case=pools.of_team(pools.STATED).when(pools.REJECT), gaining=ANN),
}


def of(command: AnyCommand) -> tuple[Example, Duty[Any, Any]]:
    """The example of a command, and its duty."""
    name = command.command.__name__
    assert name in EXAMPLES, f"{name} has a duty: add an example that another person may give"
    assert command.duty is not None
    example = EXAMPLES[name]
    return replace(example, case=example.case.after(OTHER_KEY, EARLIER).by(KEY, example.by)), command.duty


by_command = pytest.mark.parametrize("command", WITH_DUTIES, ids=lambda each: each.command.__name__)


@by_command
def test_another_person_may(command: AnyCommand) -> None:
    example, _ = of(command)
    assert example.case.decide()


@by_command
def test_a_key_that_is_nobodys_may_where_no_person_is_asked_for(command: AnyCommand) -> None:
    example, duty = of(command)
    nobodys = example.case.by(KEY, None)
    if not duty.is_personal:
        assert nobodys.decide()
    elif command.command.__name__ not in (
        "AgreeTarget",
        "DecideApprovalStep",
        "DelegateApprovalStep",
        "RaiseObjection",
    ):
        nobodys.refused(PersonUnknown)
        if duty.is_for_systems:
            assert replace(nobodys, is_system=True).decide()


@by_command
def test_who_has_a_part_in_it_already_may_not_with_any_key(command: AnyCommand) -> None:
    example, duty = of(command)
    for event in duty.apart_from:
        if event in {type(each) for each in example.case.events}:
            for key in (KEY, OTHER_KEY):
                example.case.after(KEY, example.by).by(key, example.by).refused(NotApart)
            example.case.after(OTHER_KEY, None).refused(NotApart)


@by_command
def test_who_gains_by_it_may_not_with_any_key(command: AnyCommand) -> None:
    example, duty = of(command)
    assert (example.gaining is not None) == (duty.benefits is not None), "name a member who gains"
    if example.gaining is not None:
        for key in (KEY, OTHER_KEY):
            example.case.by(key, example.gaining).refused(OwnBenefit)


def test_each_event_that_a_duty_is_kept_apart_from_is_in_an_example() -> None:
    for command in WITH_DUTIES:
        example, duty = of(command)
        held = {type(each) for each in example.case.events} & {*duty.apart_from}
        assert held or not duty.apart_from, f"{command.command.__name__}: the example has none of {duty.apart_from}"


def test_people_are_apart_where_both_are_known_and_differ() -> None:
    ann, other, nobody = (Party(principal_id=KEY, member_id=id) for id in (PERSON, EARLIER, None))
    assert ann.is_apart_from(other)
    assert not ann.is_apart_from(replace(ann, principal_id=OTHER_KEY))
    assert not ann.is_apart_from(nobody)
    assert not nobody.is_apart_from(replace(nobody, principal_id=OTHER_KEY))


def test_an_owner_agrees_to_what_a_leader_states_and_a_leader_to_what_the_owner_states() -> None:
    agree = given(targets.PROPOSED).when(AgreeTarget(target_id=SUBJECT))
    agree.after(OTHER_KEY, ANNA).by(KEY, ANNA).refused(NotApart)
    assert agree.after(OTHER_KEY, ANNA).by(KEY, BORIS).decide()
    assert agree.after(OTHER_KEY, BORIS).by(KEY, ANNA).decide()


def test_a_version_at_short_notice_is_proposed_and_approved_where_people_are_paid_by_the_plan() -> None:
    plan = replace(given(plan_examples.DRAFTED), subject=PLAN).facts({AT_HEAD: LEDGER})
    early = replace(LATER, effective_from=date(2026, 3, 1), reason="Better")
    plan.when(early).refused(proposals.CompensationPlanApprovalNeeded, pointer="/effective_from")
    plan.when(PROPOSE).then(PROPOSED)
    approve = proposals.ApproveCompensationPlanVersion(plan_id=PLAN, proposal=1)
    proposed = replace(given(plan_examples.DRAFTED, PROPOSED), subject=PLAN).facts({AT_HEAD: LEDGER})
    proposed.when(approve).then(APPROVED)
    proposed.when(replace(approve, proposal=2)).refused(proposals.CompensationPlanProposalUnknown, pointer="/proposal")
    proposed.when(PROPOSE).then(replace(PROPOSED, proposal=2))
    plan.when(approve).refused(proposals.CompensationPlanProposalUnknown)
    without_people = plan.facts({AT_HEAD: Log().plan(flat("5")).ledger})
    assert without_people.when(early).decide()

"""What may happen to objections, in sentences. The run was locked on 2026-02-10; today is 2026-03-02."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from salesapi.domain.pay.decisions.objection_decisions import RAISE_LATE, answer_due, raise_objection
from salesapi.domain.pay.plans.enrolment_spans import Span
from salesapi.domain.pay.plans.enrolments import Enrolment, enrolment_ref
from salesapi.domain.pay.records import objections
from salesapi.domain.pay.records.awards import Award
from salesapi.domain.pay.records.payout_run_states import PayoutRun, RunProgress
from salesapi.domain.pay.records.payout_runs import STATEMENT_LINES_MAX
from salesapi.domain.selling.pipelines import Pipeline, PipelineVersion, Stage
from salesapi.domain.selling.targets import Target
from salesapi.domain.shared.duties import OwnBenefit, PersonUnknown
from salesapi.domain.shared.kernel import BusinessTimeMissing, Context, Ref, Refused, StreamRef, ThingUnknown
from salesapi.domain.shared.states import made_from
from tests.domain.pay.pay_examples import MONTHLY
from tests.spec import ACTOR, DAY, NEW_ID, SUBJECT, Case, States, day, given, instant, uid
from tests.values_by_type import built

REP, OTHER, BOSS, NOBODY = uid(1), uid(2), uid(3), uid(99)
ANSWERING = uid(0xB0)
RUN, LATER_RUN, PLAN, PIPELINE, TARGET = uid(0x10), uid(0x11), uid(0x12), uid(0x13), uid(0x14)
FIX, FOREIGN_FIX, REVOKED_FIX, BONUS, PENDING_FIX = uid(0x20), uid(0x21), uid(0x22), uid(0x23), uid(0x24)
LOCKED_RUN = PayoutRun(
    progress=RunProgress(plan_id=PLAN, period="2026-01", status="locked"),
    statement_digests=((REP, "d"),),
    statement_parts=((REP, 1, (100,) * 7), (REP, 2, (100,) * 3)),
    locked_on=date(2026, 2, 10),
)
ADJUSTMENT = built(Award, member_id=REP, kind="adjustment", status="approved")
STAGES = PipelineVersion(number=1, stages=(Stage(key="offer", name="Offer", is_entry=True),), transitions=())
SPAN = Span(plan_id=PLAN, effective_from=None, effective_until=None, component_keys=None)
KNOWN: dict[Ref, object] = {
    StreamRef("payout_run", RUN): LOCKED_RUN,
    StreamRef("payout_run", LATER_RUN): replace(
        LOCKED_RUN, progress=RunProgress(plan_id=PLAN, period="2026-02", status="issued"), locked_on=None
    ),
    StreamRef("compensation_plan", PLAN): MONTHLY,
    StreamRef("pipeline", PIPELINE): Pipeline(key="p", name="P", versions=(STAGES,)),
    StreamRef("target", TARGET): built(Target, owner_id=REP),
    enrolment_ref(REP): Enrolment(member_id=REP, spans=(SPAN,)),
    StreamRef("award", FIX): ADJUSTMENT,
    StreamRef("award", FOREIGN_FIX): replace(ADJUSTMENT, member_id=OTHER),
    StreamRef("award", REVOKED_FIX): replace(ADJUSTMENT, status="revoked"),
    StreamRef("award", PENDING_FIX): replace(ADJUSTMENT, status="granted"),
    StreamRef("award", BONUS): replace(ADJUSTMENT, kind="other"),
}
LINE = objections.ObjectionSubject(kind="statement_line", id=RUN, line=4)
STEP = objections.ObjectionSubject(kind="process_step", id=PIPELINE, key="offer")
RULE = objections.ObjectionSubject(kind="rule", id=PLAN, key="base")


def raising(subject: objections.ObjectionSubject = LINE, member_id: UUID = REP) -> objections.RaiseObjection:
    return objections.RaiseObjection(
        subject=subject, member_id=member_id, claim="The deal is mine.", evidence="Mail of 3 January"
    )


def raised(
    subject: objections.ObjectionSubject = LINE, *, is_late: bool = False, by: UUID = ACTOR
) -> objections.ObjectionRaised:
    due_on = date(2026, 3, 4)
    return made_from(
        objections.ObjectionRaised,
        raising(subject),
        raised_by=by,
        is_late=is_late,
        answer_due_on=due_on,
        answer_due_at=None,
    )


ANSWERED = objections.ObjectionAnswered(answered_by=ANSWERING, answer="We look into it.")
ANSWER = objections.AnswerObjection(objection_id=SUBJECT, answer="We look into it.")
WITHDRAW = objections.WithdrawObjection(objection_id=SUBJECT)
LOCKED_LONG_AGO: dict[Ref, object] = {StreamRef("payout_run", RUN): replace(LOCKED_RUN, locked_on=date(2026, 1, 30))}


def deciding(
    outcome: objections.ObjectionOutcome, correction: objections.ObjectionCorrection | None = None
) -> objections.DecideObjection:
    return objections.DecideObjection(objection_id=SUBJECT, outcome=outcome, correction=correction)


def award(id: UUID) -> objections.ObjectionCorrection:
    return objections.ObjectionCorrection(kind="award", id=id)


def rep(*events: object) -> Case:
    return given(*events).facts(KNOWN).by(ACTOR, REP)


def boss(*events: object) -> Case:
    return given(*events).facts(KNOWN).by(ANSWERING, BOSS)


@pytest.mark.parametrize(
    "subject",
    [
        LINE,
        replace(LINE, line=STATEMENT_LINES_MAX + 3),
        STEP,
        RULE,
        objections.ObjectionSubject(kind="target", id=TARGET),
    ],
)
def test_a_member_objects_to_a_line_a_target_a_rule_or_a_step(subject: objections.ObjectionSubject) -> None:
    rep().when(raising(subject)).then(raised(subject))


@pytest.mark.parametrize(
    "subject",
    [
        replace(LINE, id=NOBODY),
        replace(LINE, line=8),
        replace(LINE, line=STATEMENT_LINES_MAX + 4),
        replace(LINE, line=2 * STATEMENT_LINES_MAX + 1),
        replace(STEP, key="nowhere"),
        replace(RULE, key="none"),
        objections.ObjectionSubject(kind="target", id=NOBODY),
    ],
)
def test_what_is_not_there_cannot_be_objected_to(subject: objections.ObjectionSubject) -> None:
    rep().when(raising(subject)).refused(ThingUnknown, pointer="/subject/id")


def test_a_statement_a_rule_and_a_target_of_others_are_as_if_they_were_not_there() -> None:
    other = given().facts(KNOWN).by(ACTOR, OTHER)
    other.when(raising(LINE, OTHER)).refused(ThingUnknown, pointer="/subject/id")
    other.when(raising(RULE, OTHER)).refused(ThingUnknown, pointer="/subject/id")
    target = objections.ObjectionSubject(kind="target", id=TARGET)
    other.when(raising(target, OTHER)).refused(ThingUnknown, pointer="/subject/id")


def test_nobody_else_raises_an_objection_in_time() -> None:
    given().facts(KNOWN).by(ACTOR, OTHER).when(raising()).refused(objections.ObjectionNotYours)
    given().facts(KNOWN).by(ACTOR).when(raising()).refused(objections.ObjectionNotYours)
    given().facts(KNOWN).by(ACTOR, OTHER).allowed(RAISE_LATE).when(raising()).refused(objections.ObjectionNotYours)


def test_the_days_for_raising_run_from_the_lock_by_the_record_clock() -> None:
    refused = rep().facts(LOCKED_LONG_AGO).on(day("2026-01-31")).when(raising()).refused(objections.ObjectionLate)
    assert refused.parameters == {"locked_on": "2026-01-30", "days": objections.RAISE_DAYS_MAX}
    in_time: dict[Ref, object] = {StreamRef("payout_run", RUN): replace(LOCKED_RUN, locked_on=date(2026, 1, 31))}
    rep().facts(in_time).when(raising()).then(raised())


def test_a_late_objection_is_raised_by_who_may_permit_it_for_whom_it_concerns() -> None:
    permitted = given().facts(KNOWN).facts(LOCKED_LONG_AGO).by(ANSWERING, BOSS).allowed(RAISE_LATE)
    permitted.when(raising()).then(raised(is_late=True, by=ANSWERING))


def test_how_many_days_and_hours_there_are_is_a_parameter_of_the_decision() -> None:
    context = Context(
        actor_id=ACTOR,
        member_id=REP,
        permissions=frozenset(),
        occurred=day("2026-03-02"),
        subject_id=SUBJECT,
        new_id=NEW_ID,
        today=DAY,
        facts=States(KNOWN),
    )
    (made,) = raise_objection(None, raising(), context, days=20, answer_hours=24)
    assert made.answer_due_on == date(2026, 3, 3)
    with pytest.raises(objections.ObjectionLate):
        raise_objection(None, raising(), context, days=19)


def test_an_answer_is_due_48_hours_after_raising() -> None:
    assert answer_due(day("2026-03-02"), objections.ANSWER_HOURS) == (date(2026, 3, 4), None)
    at = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert answer_due(instant("2026-03-03T07:30:00+08:00", "Asia/Shanghai"), objections.ANSWER_HOURS) == (
        date(2026, 3, 5),
        at,
    )
    assert answer_due(day("2026-03-02"), 25) == (date(2026, 3, 4), None)


def test_an_answer_may_be_followed_by_another_one() -> None:
    boss(raised()).when(ANSWER).then(ANSWERED)
    boss(raised(), ANSWERED).when(ANSWER).then()
    boss(raised(), ANSWERED).when(replace(ANSWER, answer="It was yours.")).then(
        objections.ObjectionAnswered(answered_by=ANSWERING, answer="It was yours.")
    )


@pytest.mark.parametrize("outcome", ["adjust", "adjust_partly"])
def test_adjusting_names_the_correction(outcome: objections.ObjectionOutcome) -> None:
    for correction in (award(FIX), objections.ObjectionCorrection(kind="payout_run", id=LATER_RUN)):
        boss(raised(), ANSWERED).when(deciding(outcome, correction)).then(
            objections.ObjectionDecided(outcome=outcome, decided_by=ANSWERING, correction=correction, reason=None)
        )
    boss(raised(), ANSWERED).when(deciding(outcome)).refused(objections.ObjectionCorrectionMissing)


@pytest.mark.parametrize("outcome", ["explain", "reject"])
def test_explaining_and_rejecting_correct_nothing(outcome: objections.ObjectionOutcome) -> None:
    boss(raised(), ANSWERED).when(deciding(outcome)).then(
        objections.ObjectionDecided(outcome=outcome, decided_by=ANSWERING, correction=None, reason=None)
    )
    boss(raised(), ANSWERED).when(deciding(outcome, award(FIX))).refused(objections.ObjectionCorrectionUnwanted)


@pytest.mark.parametrize(
    "correction",
    [
        award(FOREIGN_FIX),
        award(REVOKED_FIX),
        award(PENDING_FIX),
        award(BONUS),
        objections.ObjectionCorrection(kind="payout_run", id=RUN),
    ],
)
def test_a_correction_is_approved_for_the_member_and_another_thing_than_what_was_objected_to(
    correction: objections.ObjectionCorrection,
) -> None:
    boss(raised(), ANSWERED).when(deciding("adjust", correction)).refused(objections.ObjectionCorrectionUnrelated)


def test_whom_it_concerns_and_who_raised_it_withdraw_it() -> None:
    rep(raised()).when(WITHDRAW).then(objections.ObjectionWithdrawn(reason=None))
    boss(raised(is_late=True, by=ANSWERING)).when(WITHDRAW).then(objections.ObjectionWithdrawn(reason=None))
    boss(raised()).when(WITHDRAW).refused(objections.ObjectionNotYours)


REJECTED = objections.ObjectionDecided(outcome="reject", decided_by=ANSWERING, correction=None, reason=None)
CLOSED = (raised(), ANSWERED, REJECTED)


@pytest.mark.parametrize(
    ("events", "member", "command", "refusal"),
    [
        ((), OTHER, raising(replace(LINE, line=None)), objections.ObjectionNotYours),
        ((), REP, raising(replace(LINE, line=None)), objections.ObjectionSubjectUnclear),
        ((), REP, raising(replace(LINE, key="base")), objections.ObjectionSubjectUnclear),
        ((), REP, raising(replace(STEP, line=1)), objections.ObjectionSubjectUnclear),
        ((), REP, raising(replace(LINE, id=LATER_RUN, line=99)), objections.ObjectionRunNotLocked),
        (CLOSED, REP, ANSWER, objections.ObjectionClosed),
        ((raised(),), REP, ANSWER, OwnBenefit),
        ((raised(),), None, ANSWER, PersonUnknown),
        (CLOSED, REP, deciding("adjust"), objections.ObjectionClosed),
        ((raised(), ANSWERED), REP, deciding("reject"), OwnBenefit),
        ((raised(),), BOSS, deciding("adjust"), objections.ObjectionNotAnswered),
        ((raised(), ANSWERED), BOSS, deciding("adjust", award(NOBODY)), ThingUnknown),
        (CLOSED, OTHER, WITHDRAW, objections.ObjectionClosed),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], member: UUID, command: object, refusal: type[Refused]
) -> None:
    given(*events).facts(KNOWN).by(ACTOR if member == REP else ANSWERING, member).when(command).refused(refusal)


def test_an_objection_needs_a_business_time_because_its_clock_runs_from_it() -> None:
    rep().on(None).when(raising(replace(LINE, id=NOBODY))).refused(BusinessTimeMissing)

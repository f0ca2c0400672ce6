"""Participants who leave: their enrolments end after the last day; a correction and a return are told apart."""

from datetime import date

from salesapi.domain.pay.plans import enrolments
from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanVersion
from salesapi.domain.shared.kernel import Ref, StreamRef
from tests.domain.pay.commission_stories import ANN, BY_LINE, PLAN, flat
from tests.spec import Case, fold, given

VERSION = CompensationPlanVersion(
    number=1, period="quarter", components=(flat("5"),), rounding=BY_LINE, effective_from=None
)
KNOWN: dict[Ref, object] = {
    StreamRef("member", ANN): "a member",
    StreamRef("compensation_plan", PLAN): CompensationPlan(
        key="reps", name="Reps", currency="USD", versions=(VERSION,)
    ),
}
JANUARY, APRIL, JULY = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
MARCH_31, JUNE_30 = date(2026, 3, 31), date(2026, 6, 30)


def begun(first: date | None = None, end: date | None = None) -> enrolments.EnrolmentBegun:
    return enrolments.EnrolmentBegun(
        member_id=ANN, plan_id=PLAN, effective_from=first, effective_until=end, component_keys=None
    )


def enrol(first: date | None = None, end: date | None = None) -> enrolments.EnrolParticipant:
    return enrolments.EnrolParticipant(member_id=ANN, plan_id=PLAN, effective_from=first, effective_until=end)


def left(on: date) -> enrolments.EnrolmentParticipantLeft:
    return enrolments.EnrolmentParticipantLeft(member_id=ANN, left_on=on, leaving="resignation")


def leave(on: date) -> enrolments.RecordParticipantLeft:
    return enrolments.RecordParticipantLeft(member_id=ANN, left_on=on, leaving="resignation")


def known(*events: object) -> Case:
    return given(*events).facts(KNOWN)


def enrolment(*events: object) -> enrolments.Enrolment:
    state = fold("enrolment", events)
    assert isinstance(state, enrolments.Enrolment)
    return state


def days(state: enrolments.Enrolment) -> list[tuple[date | None, date | None]]:
    return [(span.effective_from, span.effective_until) for span in state.spans]


def test_who_leaves_takes_part_until_its_last_day() -> None:
    known(begun()).when(leave(MARCH_31)).then(left(MARCH_31))
    state = enrolment(begun(), left(MARCH_31))
    assert state.covers(PLAN, "base", MARCH_31)
    assert not state.covers(PLAN, "base", APRIL)
    assert state.left == enrolments.Left(left_on=MARCH_31, leaving="resignation")


def test_what_would_begin_later_falls_and_what_ended_before_stays() -> None:
    state = enrolment(begun(None, JANUARY), begun(JANUARY, JULY), begun(JULY), left(MARCH_31))
    assert days(state) == [(None, JANUARY), (JANUARY, APRIL)]


def test_the_same_leaving_again_changes_nothing() -> None:
    known(begun(), left(MARCH_31)).when(leave(MARCH_31)).then()


def test_another_reason_corrects_the_leaving() -> None:
    dismissed = enrolments.RecordParticipantLeft(member_id=ANN, left_on=MARCH_31, leaving="dismissal")
    corrected = enrolments.EnrolmentParticipantLeft(member_id=ANN, left_on=MARCH_31, leaving="dismissal")
    known(begun(), left(MARCH_31)).when(dismissed).then(corrected)
    state = enrolment(begun(), left(MARCH_31), corrected)
    assert state.leavings == (enrolments.Left(left_on=MARCH_31, leaving="dismissal"),)


def test_a_later_day_corrects_the_leaving_and_brings_back_the_days_between() -> None:
    known(begun(), left(MARCH_31)).when(leave(JUNE_30)).then(left(JUNE_30))
    assert days(enrolment(begun(None, APRIL), begun(APRIL), left(MARCH_31), left(JUNE_30))) == [
        (None, APRIL),
        (APRIL, JULY),
    ]


def test_an_enrolment_that_ends_meanwhile_is_not_brought_back() -> None:
    ended = enrolments.EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=JANUARY, reason="moved")
    assert days(enrolment(begun(), left(MARCH_31), ended, left(JUNE_30))) == [(None, JANUARY)]


def test_a_leaver_is_not_enrolled_past_its_last_day() -> None:
    known(begun(JANUARY), left(MARCH_31)).when(enrol(None, JANUARY)).then(begun(None, JANUARY))
    refused = known(begun(JANUARY, APRIL), left(MARCH_31)).when(enrol(MARCH_31, JULY))
    assert refused.refused(enrolments.EnrolmentMemberLeft, pointer="/effective_from").parameters == {
        "left_on": "2026-03-31"
    }


def test_who_comes_back_is_enrolled_from_a_later_day_on() -> None:
    known(begun(), left(MARCH_31)).when(enrol(JULY)).then(begun(JULY))
    state = enrolment(begun(), left(MARCH_31), begun(JULY))
    assert days(state) == [(None, APRIL), (JULY, None)]
    assert state.left is None


def test_what_was_earned_before_the_return_stays_under_the_leaving() -> None:
    state = enrolment(begun(), left(MARCH_31), begun(JULY), left(date(2026, 12, 31)))
    first, second = (
        enrolments.Left(left_on=MARCH_31, leaving="resignation"),
        enrolments.Left(left_on=date(2026, 12, 31), leaving="resignation"),
    )
    assert [state.leaving_of(on) for on in (JANUARY, JUNE_30, JULY, date(2027, 1, 1))] == [first, first, second, second]
    assert enrolment(begun(), left(MARCH_31), begun(JULY)).leaving_of(JULY) is None
    assert enrolment(begun()).leaving_of(JULY) is None


def test_who_is_back_leaves_again_from_the_return_on() -> None:
    back = (begun(), left(MARCH_31), begun(JULY))
    known(*back).when(leave(JUNE_30)).refused(enrolments.EnrolmentLeavingBeforeReturn, pointer="/left_on")
    known(*back).when(leave(JULY)).then(left(JULY))
    known(*back, left(JULY)).when(leave(JUNE_30)).refused(enrolments.EnrolmentLeavingBeforeReturn)
    assert len(enrolment(*back, left(JULY)).leavings) == 2


def test_only_a_participant_leaves() -> None:
    known().when(leave(MARCH_31)).refused(enrolments.EnrolmentMissing, pointer="/member_id")


def test_after_leaving_there_is_nothing_more_to_end() -> None:
    ending = enrolments.EndEnrolment(member_id=ANN, plan_id=PLAN, effective_until=APRIL, reason="has left")
    known(begun(), left(MARCH_31)).when(ending).then()


def test_one_member_leaves_a_bounded_number_of_times() -> None:
    story: list[object] = [begun(None, date(2000, 1, 1))]
    for year in range(2001, 2001 + enrolments.LEAVINGS_MAX):
        story += [begun(date(year, 1, 1)), left(date(year, 6, 30))]
    again = begun(date(2001 + enrolments.LEAVINGS_MAX, 1, 1))
    known(*story).when(leave(date(2000 + enrolments.LEAVINGS_MAX, 7, 31))).then(
        left(date(2000 + enrolments.LEAVINGS_MAX, 7, 31))
    )
    known(*story, again).when(leave(date(2060, 1, 1))).refused(enrolments.EnrolmentLimitReached)

"""Enrolments: who takes part in which plan, when, with which components; and quotas."""

from datetime import date

import pytest

from salesapi.domain.pay.plans.compensation_plans import CompensationPlan, CompensationPlanIsRetired
from salesapi.domain.pay.plans.enrolments import (
    EndEnrolment,
    EnrolmentBegun,
    EnrolmentComponentUnknown,
    EnrolmentEnded,
    EnrolmentNotInForce,
    EnrolmentOverlaps,
    EnrolmentQuotaSet,
    EnrolParticipant,
    SetQuota,
)
from salesapi.domain.shared.kernel import FieldInvalid, Ref, StreamRef, ThingUnknown
from salesapi.domain.shared.periods import PeriodInvalid
from salesapi.domain.shared.states import made_from
from tests.domain.pay.commission_stories import ANN, PLAN, flat
from tests.domain.pay.plans.examples import quarterly
from tests.spec import Case, given

VERSION = quarterly(flat("5"), flat("1", key="extra"))
REPS = CompensationPlan(key="reps", name="Reps", currency="USD", versions=(VERSION,))
RETIRED = CompensationPlan(key="reps", name="Reps", currency="USD", is_retired=True)
MEMBER_REF, PLAN_REF = StreamRef("member", ANN), StreamRef("compensation_plan", PLAN)
KNOWN: dict[Ref, object] = {MEMBER_REF: "a member", PLAN_REF: REPS}
JANUARY, APRIL, JULY = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)


def enrol(first: date | None = None, end: date | None = None, keys: tuple[str, ...] | None = None) -> EnrolParticipant:
    return EnrolParticipant(member_id=ANN, plan_id=PLAN, effective_from=first, effective_until=end, component_keys=keys)


def begun(first: date | None = None, end: date | None = None, keys: tuple[str, ...] | None = None) -> EnrolmentBegun:
    return made_from(EnrolmentBegun, enrol(first, end, keys))


def end_on(day: date) -> EndEnrolment:
    return EndEnrolment(member_id=ANN, plan_id=PLAN, effective_until=day, reason="leaves")


def ended(day: date) -> EnrolmentEnded:
    return made_from(EnrolmentEnded, end_on(day))


def known(*events: object) -> Case:
    return given(*events).facts(KNOWN)


def test_a_member_is_enrolled_always_or_for_a_span() -> None:
    known().when(enrol()).then(begun())
    known().when(enrol(JANUARY, APRIL)).then(begun(JANUARY, APRIL))


def test_the_same_enrolment_again_changes_nothing() -> None:
    known(begun(JANUARY)).when(enrol(JANUARY)).then()


def test_one_component_is_held_once_at_a_time() -> None:
    known(begun()).when(enrol(JANUARY)).refused(EnrolmentOverlaps)
    held = known(begun(JANUARY, APRIL, ("base",)))
    refused = held.when(enrol(None, None, ("base", "extra"))).refused(EnrolmentOverlaps, pointer="/effective_from")
    assert "holds base of this plan already from 2026-01-01 until 2026-04-01" in refused.text
    all_held = known(begun(JANUARY)).when(enrol(None, None, ("extra",))).refused(EnrolmentOverlaps)
    assert "holds extra of this plan already from 2026-01-01 until further notice" in all_held.text
    known(begun(JANUARY, APRIL, ("base",))).when(enrol(JANUARY, APRIL, ("extra",))).then(
        begun(JANUARY, APRIL, ("extra",))
    )


def test_spans_that_only_touch_do_not_overlap() -> None:
    known(begun(JANUARY, APRIL)).when(enrol(APRIL)).then(begun(APRIL))


@pytest.mark.parametrize("missing", [MEMBER_REF, PLAN_REF])
def test_members_and_plans_must_exist(missing: Ref) -> None:
    there = {ref: state for ref, state in KNOWN.items() if ref != missing}
    given().facts(there).when(enrol()).refused(ThingUnknown)


def test_a_retired_plan_takes_nobody() -> None:
    given().facts({**KNOWN, PLAN_REF: RETIRED}).when(enrol()).refused(CompensationPlanIsRetired, pointer="/plan_id")


def test_a_component_must_be_the_plans() -> None:
    known().when(enrol(keys=("base", "bonus"))).refused(EnrolmentComponentUnknown, pointer="/component_keys/1")


def test_a_span_has_a_day() -> None:
    known().when(enrol(APRIL, APRIL)).refused(FieldInvalid, pointer="/effective_until")


def test_what_is_refused_first() -> None:
    known(begun()).when(enrol(APRIL, JANUARY, ("bonus",))).refused(FieldInvalid)
    known(begun()).when(enrol(JANUARY, APRIL, ("bonus",))).refused(EnrolmentComponentUnknown)
    given(begun()).when(enrol(APRIL, JANUARY)).refused(ThingUnknown, pointer="/member_id")


def test_an_enrolment_ends_before_the_day_and_can_begin_again_on_it() -> None:
    known(begun()).when(end_on(APRIL)).then(ended(APRIL))
    known(begun(), ended(APRIL)).when(enrol(APRIL)).then(begun(APRIL))
    known(begun(), ended(APRIL)).when(end_on(APRIL)).then()
    known(begun(), ended(APRIL)).when(end_on(JULY)).refused(EnrolmentNotInForce)


def test_an_enrolment_that_ends_on_its_first_day_is_withdrawn() -> None:
    known(begun(JANUARY), ended(JANUARY)).when(enrol(JANUARY)).then(begun(JANUARY))


def test_a_quota_is_set_once_and_replaced() -> None:
    def set_quota(amount_minor: int) -> SetQuota:
        return SetQuota(
            member_id=ANN, measure="credited_amount", period="2026Q1", amount_minor=amount_minor, currency="USD"
        )

    known_quota, smaller = (made_from(EnrolmentQuotaSet, set_quota(amount)) for amount in (30_000_000, 1))
    known().when(set_quota(30_000_000)).then(known_quota)
    known(known_quota).when(set_quota(30_000_000)).then()
    known(known_quota).when(set_quota(1)).then(smaller)


@pytest.mark.parametrize("period", ["2026Q5", "2026-13", "26Q1", "0000", "2026-1", "always"])
def test_a_quota_names_a_calendar_period(period: str) -> None:
    command = SetQuota(member_id=ANN, measure="credited_amount", period=period, amount_minor=1, currency="USD")
    known().when(command).refused(PeriodInvalid, pointer="/period")

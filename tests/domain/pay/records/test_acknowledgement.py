"""R64: a participant acknowledges a published version of its plan, itself and once."""

from dataclasses import replace

from salesapi.domain.pay.plans import enrolments
from salesapi.domain.pay.plans.compensation_plans import CompensationPlan
from salesapi.domain.shared.kernel import Ref, StreamRef, ThingUnknown
from salesapi.domain.shared.states import made_from
from tests.domain.pay.commission_stories import ANN, BOB, PLAN, flat
from tests.domain.pay.plans.examples import quarterly
from tests.spec import ACTOR, Case, given, uid

REPS = CompensationPlan(key="reps", name="Reps", currency="USD", versions=(quarterly(flat("5")),))
KNOWN: dict[Ref, object] = {StreamRef("compensation_plan", PLAN): REPS}
ENROLLED = enrolments.EnrolmentBegun(
    member_id=ANN, plan_id=PLAN, effective_from=None, effective_until=None, component_keys=None
)


def acknowledge(version: int = 1) -> enrolments.AcknowledgeCompensationPlan:
    return enrolments.AcknowledgeCompensationPlan(member_id=ANN, plan_id=PLAN, plan_version=version)


def acknowledged(version: int = 1) -> enrolments.EnrolmentPlanAcknowledged:
    return made_from(enrolments.EnrolmentPlanAcknowledged, acknowledge(version))


def ann(*events: object) -> Case:
    return given(*events).facts(KNOWN).by(ACTOR, ANN)


def test_the_participant_acknowledges_a_published_version() -> None:
    ann(ENROLLED).when(acknowledge()).then(acknowledged())


def test_acknowledging_again_changes_nothing() -> None:
    ann(ENROLLED, acknowledged()).when(acknowledge()).then()


def test_nobody_acknowledges_for_somebody_else() -> None:
    given(ENROLLED).facts(KNOWN).by(ACTOR, BOB).when(acknowledge()).refused(
        enrolments.EnrolmentNotYours, pointer="/member_id"
    )
    given(ENROLLED).facts(KNOWN).when(acknowledge()).refused(enrolments.EnrolmentNotYours)


def test_only_a_participant_acknowledges() -> None:
    elsewhere = replace(ENROLLED, plan_id=uid(0xF2))
    ann(elsewhere).when(acknowledge()).refused(enrolments.EnrolmentMissing, pointer="/plan_id")


def test_who_takes_part_in_nothing_is_answered_as_a_foreign_participant_is() -> None:
    ann().when(acknowledge()).refused(ThingUnknown, pointer="")
    given().facts(KNOWN).by(ACTOR, BOB).when(acknowledge()).refused(ThingUnknown, pointer="")


def test_an_unpublished_version_is_not_acknowledged() -> None:
    refused = (
        ann(ENROLLED).when(acknowledge(2)).refused(enrolments.EnrolmentVersionUnpublished, pointer="/plan_version")
    )
    assert refused.parameters == {"plan_version": 2, "latest": 1}


def test_a_member_acknowledges_a_bounded_number_of_versions() -> None:
    plans = (uid(0x1000 + number) for number in range(enrolments.ACKNOWLEDGEMENTS_MAX))
    others = (replace(acknowledged(), plan_id=plan) for plan in plans)
    ann(ENROLLED, *others).when(acknowledge()).refused(enrolments.EnrolmentLimitReached)

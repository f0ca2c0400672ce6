"""Values of one's own (R56): what an enrolment may agree otherwise than its plan, and what is refused, with place and code."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesapi.domain.pay.plans.compensation_plans import (
    CompensationPlan,
    CompensationPlanUnpublished,
    CompensationPlanVersion,
)
from salesapi.domain.pay.plans.enrolment_overrides import (
    ComponentOverride,
    EnrolmentDrawNotTaken,
    EnrolmentOverrideBeyondLimit,
    EnrolmentOverrideComponentUnknown,
    EnrolmentOverrideNotTaken,
    overridden,
)
from salesapi.domain.pay.plans.enrolments import EnrolmentBegun, EnrolmentOverlaps, EnrolParticipant
from salesapi.domain.pay.plans.plan_rates import FlatRate, IndividualRate, TargetBonus
from salesapi.domain.shared.kernel import FieldInvalid, Ref, Refused, StreamRef
from tests.domain.pay.commission_stories import ANN, PLAN, flat
from tests.domain.pay.plan_options import ADVANCE, DRAW, paying
from tests.domain.pay.plans.examples import quarterly
from tests.spec import Case, given

TWENTY = Decimal(20)
COMPONENTS = (
    replace(flat("5"), override_percent_max=TWENTY, cap_minor=100_000),
    paying("individual", key="own", override_percent_max=Decimal(50)),
    paying("bonus", key="bonus", override_percent_max=Decimal(300)),
    flat("2", key="fixed"),
)
FIRST = quarterly(*COMPONENTS, draw=DRAW)
SECOND = replace(FIRST, number=2, components=COMPONENTS[1:], effective_from=date(2027, 1, 1), draw=None)
JANUARY, APRIL, JULY = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
NEXT_YEAR = date(2027, 1, 1)


def known(*versions: CompensationPlanVersion, events: tuple[object, ...] = ()) -> Case:
    """A member and a plan with these versions."""
    plan = CompensationPlan(key="reps", name="Reps", currency="USD", versions=versions)
    facts: dict[Ref, object] = {StreamRef("member", ANN): "a member", StreamRef("compensation_plan", PLAN): plan}
    return given(*events).facts(facts)


def override(key: str = "base", **values: Any) -> ComponentOverride:
    """Another value for a component."""
    return ComponentOverride(component_key=key, **values)


def enrol(*overrides: ComponentOverride, **others: Any) -> EnrolParticipant:
    return EnrolParticipant(**{"member_id": ANN, "plan_id": PLAN, "overrides": overrides, **others})


def begun(*overrides: ComponentOverride, **others: Any) -> EnrolmentBegun:
    always = {"effective_from": None, "effective_until": None, "component_keys": None}
    return EnrolmentBegun(**{"member_id": ANN, "plan_id": PLAN, "overrides": overrides, **always, **others})


SIX = override(rate_percent=Decimal(6))


def test_values_within_the_limits_are_agreed() -> None:
    agreed = (
        override(rate_percent=Decimal("5.5"), cap_minor=120_000),
        override("own", target_variable_minor=4_500_000),
        override("bonus", target_minor=1),
    )
    known(FIRST).when(enrol(*agreed, draw_minor=120_000)).then(begun(*agreed, draw_minor=120_000))


@pytest.mark.parametrize("rate", ["4", "6"])
def test_a_value_may_be_exactly_at_the_limit(rate: str) -> None:
    known(FIRST).when(enrol(override(rate_percent=Decimal(rate)))).then(begun(override(rate_percent=Decimal(rate))))


@pytest.mark.parametrize("rate", ["3.9999", "6.0001", "-5"])
def test_a_value_beyond_the_limit_is_refused_with_what_it_may_be(rate: str) -> None:
    refused = known(FIRST).when(enrol(SIX, override("own", target_variable_minor=1_499_999), effective_from=JANUARY))
    assert refused.refused(EnrolmentOverrideBeyondLimit, pointer="/overrides/1/target_variable_minor").parameters == {
        "plan_version": 1,
        "component": "own",
        "value": "target_variable_minor",
        "planned": "3000000",
        "least": "1500000",
        "most": "4500000",
        "limit_percent": "50",
    }
    case = known(FIRST).when(enrol(override(rate_percent=Decimal(rate))))
    case.refused(EnrolmentOverrideBeyondLimit, pointer="/overrides/0/rate_percent")


def test_a_limit_beyond_a_hundred_percent_turns_no_rate_into_its_opposite() -> None:
    open_wide = replace(FIRST, components=(replace(flat("5"), override_percent_max=Decimal(300)),))
    for rate in ("0", "20"):
        agreed = override(rate_percent=Decimal(rate))
        known(open_wide).when(enrol(agreed)).then(begun(agreed))
    case = known(open_wide).when(enrol(override(rate_percent=Decimal("-0.01"))))
    case.refused(EnrolmentOverrideBeyondLimit, pointer="/overrides/0/rate_percent")


def test_the_same_enrolment_again_changes_nothing_and_another_value_overlaps() -> None:
    held = known(FIRST, events=(begun(SIX),))
    held.when(enrol(SIX)).then()
    held.when(enrol(override(rate_percent=Decimal("6.0")))).then()
    held.when(enrol(override(rate_percent=Decimal("5.9")))).refused(EnrolmentOverlaps)


def test_the_version_of_the_first_day_decides_and_without_a_day_the_newest() -> None:
    known(FIRST, SECOND).when(enrol(SIX, effective_from=JANUARY)).then(begun(SIX, effective_from=JANUARY))
    for first_day in (None, NEXT_YEAR):
        refused = known(FIRST, SECOND).when(enrol(SIX, effective_from=first_day))
        unknown = refused.refused(EnrolmentOverrideComponentUnknown, pointer="/overrides/0/component_key")
        assert unknown.parameters == {"plan_version": 2, "component": "base", "components": ["bonus", "fixed", "own"]}
    later = replace(FIRST, effective_from=NEXT_YEAR)
    known(later).when(enrol(SIX, effective_from=JANUARY)).then(begun(SIX, effective_from=JANUARY))


REFUSED: list[tuple[EnrolParticipant, type[Refused], str]] = [
    (enrol(SIX, SIX), FieldInvalid, "/overrides/1/component_key"),
    (enrol(SIX, component_keys=("own",)), FieldInvalid, "/overrides/0/component_key"),
    (
        enrol(override("extra", rate_percent=Decimal(5))),
        EnrolmentOverrideComponentUnknown,
        "/overrides/0/component_key",
    ),
    (enrol(override()), FieldInvalid, "/overrides/0"),
    (enrol(override(rate_percent=Decimal(1001))), FieldInvalid, "/overrides/0/rate_percent"),
    (enrol(override("fixed", rate_percent=Decimal(2))), EnrolmentOverrideNotTaken, "/overrides/0/rate_percent"),
    (enrol(override("bonus", rate_percent=Decimal(2))), EnrolmentOverrideNotTaken, "/overrides/0/rate_percent"),
    (enrol(override("own", cap_minor=1)), EnrolmentOverrideNotTaken, "/overrides/0/cap_minor"),
    (enrol(SIX, override("own", target_minor=1)), EnrolmentOverrideNotTaken, "/overrides/1/target_minor"),
    (enrol(override(target_variable_minor=1)), EnrolmentOverrideNotTaken, "/overrides/0/target_variable_minor"),
    (enrol(override(cap_minor=79_999)), EnrolmentOverrideBeyondLimit, "/overrides/0/cap_minor"),
    (enrol(draw_minor=1, effective_from=NEXT_YEAR), EnrolmentDrawNotTaken, "/draw_minor"),
    (enrol(override("own"), draw_minor=1, effective_from=NEXT_YEAR), FieldInvalid, "/overrides/0"),
    (enrol(override(), effective_from=APRIL, effective_until=JANUARY), FieldInvalid, "/effective_until"),
]


@pytest.mark.parametrize(("command", "refusal", "pointer"), REFUSED)
def test_what_cannot_be_agreed(command: EnrolParticipant, refusal: type[Refused], pointer: str) -> None:
    first_day = command.effective_from or JANUARY
    known(FIRST, SECOND).when(replace(command, effective_from=first_day)).refused(refusal, pointer=pointer)


def test_nothing_is_agreed_on_a_plan_without_a_version() -> None:
    known().when(enrol(SIX)).refused(CompensationPlanUnpublished, pointer="/overrides")
    known().when(enrol(draw_minor=1)).refused(CompensationPlanUnpublished, pointer="/draw_minor")
    known().when(enrol()).then(begun())


def test_a_draw_keeps_to_the_rules_of_the_plans_draw() -> None:
    kept = replace(FIRST, draw=replace(DRAW, kept_minimum_minor=100_000))
    known(kept).when(enrol(draw_minor=100_000)).then(begun(draw_minor=100_000))
    refused = known(kept).when(enrol(draw_minor=100_001)).refused(EnrolmentDrawNotTaken, pointer="/draw_minor")
    assert "a kept minimum is at least the draw" in refused.text


def test_a_draw_in_advance_is_agreed_as_one_that_is_recovered() -> None:
    paying = replace(FIRST, draw=None, advance=ADVANCE)
    known(paying).when(enrol(draw_minor=100_000)).then(begun(draw_minor=100_000))


def test_one_has_one_draw_at_a_time() -> None:
    held = known(FIRST, events=(begun(component_keys=("base",), effective_until=JULY, draw_minor=100_000),))
    extra = {"component_keys": ("own",)}
    held.when(enrol(**extra)).then(begun(**extra))
    held.when(enrol(**extra, effective_from=JULY, draw_minor=1)).then(begun(**extra, effective_from=JULY, draw_minor=1))
    held.when(enrol(**extra, draw_minor=100_000)).refused(EnrolmentOverlaps, pointer="/draw_minor")


def test_a_component_pays_only_the_values_that_it_takes() -> None:
    base, own, bonus, fixed = COMPONENTS
    assert overridden(base, override(rate_percent=Decimal(6), cap_minor=80_000)) == replace(
        base, rate=FlatRate(rate_percent=Decimal(6)), cap_minor=80_000
    )
    assert overridden(base, override(rate_percent=Decimal(7), cap_minor=80_000)) == replace(base, cap_minor=80_000)
    everything = override(
        rate_percent=Decimal(6), target_variable_minor=2_000_000, target_minor=800_000, cap_minor=110_000
    )
    assert isinstance(own.rate, IndividualRate)
    assert overridden(own, everything) == replace(own, rate=replace(own.rate, target_variable_minor=2_000_000))
    assert isinstance(bonus.rate, TargetBonus)
    assert overridden(bonus, everything) == replace(bonus, rate=replace(bonus.rate, target_minor=800_000))
    assert overridden(fixed, everything) == fixed

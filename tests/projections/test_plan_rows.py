"""Rows of compensation plans and of who takes part in them: given facts, the rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from salesapi.domain.pay.plans.compensation_plans import (
    CompensationPlanDrafted,
    CompensationPlanRetired,
    CompensationPlanVersionPublished,
)
from salesapi.domain.pay.plans.enrolment_overrides import ComponentOverride
from salesapi.domain.pay.plans.enrolments import (
    EnrolmentBegun,
    EnrolmentEnded,
    EnrolmentParticipantLeft,
    EnrolmentPlanAcknowledged,
    Left,
)
from salesapi.projections.pay import compensation_plans, enrolments
from salesapi.projections.pay.enrolments import AcknowledgedColumn, EnrolmentRow
from tests.domain.pay.commission_stories import BY_LINE, flat
from tests.domain.pay.plan_options import TERMS
from tests.projections.histories import Fact, rows, views
from tests.spec import uid
from tests.values_by_type import built

ANN, PLAN, OTHER, STREAM = uid(0xA), uid(0xF1), uid(0xF2), uid(0xE0)
MAY, JULY = date(2026, 5, 1), date(2026, 7, 1)
BEGUN = EnrolmentBegun(member_id=ANN, plan_id=PLAN, effective_from=None, effective_until=None, component_keys=("base",))
ELSEWHERE = replace(BEGUN, plan_id=OTHER, component_keys=None)
LEFT = EnrolmentParticipantLeft(member_id=ANN, left_on=date(2026, 4, 30), leaving="retirement")
DRAFTED = built(CompensationPlanDrafted, notice_days=30)
PUBLISHED = CompensationPlanVersionPublished(
    plan_version=1,
    period="quarter",
    components=(flat("5"),),
    rounding=BY_LINE,
    effective_from=None,
    reason="start",
    **TERMS,
)


def enrolled(*events: object) -> list[EnrolmentRow]:
    return rows(enrolments.PROJECTION, EnrolmentRow, *(Fact(STREAM, event) for event in events))


def plan(*events: object) -> Any:
    (row,) = views(compensation_plans.PROJECTION, *(Fact(PLAN, event) for event in events))
    return row


def days(row: EnrolmentRow) -> list[tuple[date | None, date | None]]:
    return [(span.effective_from, span.effective_until) for span in row.spans]


def test_a_member_has_one_row_for_each_of_its_plans() -> None:
    one, other = enrolled(BEGUN, ELSEWHERE)
    assert (one.plan_id, one.position, days(one)) == (PLAN, 1, [(None, None)])
    assert (other.plan_id, other.position, other.spans[0].component_keys) == (OTHER, 2, None)
    assert one.enrolment_id != other.enrolment_id


def test_an_ended_enrolment_keeps_its_days_and_a_withdrawn_one_falls() -> None:
    second = replace(BEGUN, effective_from=MAY, component_keys=("extra",))
    ended = EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=MAY, reason="moved")
    (row,) = enrolled(BEGUN, second, ended)
    assert (days(row), row.spans[0].component_keys, row.position) == ([(None, MAY)], ("base",), 3)


def test_who_withdrew_all_its_days_is_no_participant_and_its_acknowledgement_stays() -> None:
    begun = replace(BEGUN, effective_from=MAY)
    seen = EnrolmentPlanAcknowledged(member_id=ANN, plan_id=PLAN, plan_version=1)
    ended = EnrolmentEnded(member_id=ANN, plan_id=PLAN, effective_until=MAY, reason="by mistake")
    (row,) = enrolled(begun, seen, ended)
    assert (row.spans, row.is_participant, len(row.acknowledged)) == ((), False, 1)


def test_an_acknowledgement_stands_with_its_day_in_the_row_of_its_plan() -> None:
    one, other = enrolled(BEGUN, ELSEWHERE, EnrolmentPlanAcknowledged(member_id=ANN, plan_id=OTHER, plan_version=2))
    assert other.acknowledged == (AcknowledgedColumn(plan_version=2, acknowledged_on=date(2026, 3, 2)),)
    assert (one.acknowledged, one.position, other.position) == ((), 1, 3)


def test_leaving_ends_all_plans_of_the_member() -> None:
    for row in enrolled(BEGUN, ELSEWHERE, LEFT):
        assert (days(row), row.left_on, row.leaving) == ([(None, MAY)], date(2026, 4, 30), "retirement")
        assert row.position == 3


def test_values_of_ones_own_stand_with_their_days_and_stay_after_leaving() -> None:
    agreed = ComponentOverride(component_key="base", rate_percent=Decimal("5.50"))
    (row,) = enrolled(replace(BEGUN, overrides=(agreed,), draw_minor=2**40), LEFT)
    (span,) = row.spans
    assert (span.effective_until, span.overrides, span.draw_minor) == (MAY, (agreed,), 2**40)


def test_a_corrected_leaving_brings_back_the_days_between() -> None:
    later = replace(LEFT, left_on=date(2026, 6, 30), leaving="resignation")
    (row,) = enrolled(BEGUN, LEFT, later)
    assert (days(row), row.leavings) == ([(None, JULY)], (Left(left_on=date(2026, 6, 30), leaving="resignation"),))


def test_who_is_back_has_not_left() -> None:
    back = replace(BEGUN, effective_from=JULY)
    (row,) = enrolled(BEGUN, LEFT, back)
    assert (days(row), row.left_on, row.leaving) == ([(None, MAY), (JULY, None)], None, None)


def test_a_plan_shows_its_notice_and_all_that_its_versions_say() -> None:
    row = plan(DRAFTED, PUBLISHED, replace(PUBLISHED, plan_version=2, effective_from=MAY))
    assert (row.notice_days, row.effective_dates) == (30, (None, MAY))
    (version, _) = row.versions
    assert {name: getattr(version, name) for name in TERMS} == TERMS
    assert plan(DRAFTED, CompensationPlanRetired(reason="replaced")).is_retired

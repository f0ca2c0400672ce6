"""An entry of points that a plan gives says why, as data and in both languages; nothing of it needs an engine."""

from dataclasses import replace
from decimal import Decimal

from salesapi.domain.pay.reasons.earned_reasons import PointsEarned
from salesapi.domain.pay.reasons.reason_form import form_of
from salesapi.projections.pay.points import PointsEntryRow
from salesapi.queries.pay.points import shown_entry
from salesapi.schemas.pay.reasons import ReasonInput
from tests.spec import day, uid

ROW = PointsEntryRow(
    member_id=uid(0xA),
    number=1,
    points=8,
    award_id=None,
    plan_id=uid(0xF1),
    award_key="met",
    period="2026Q1",
    reason=None,
    given=form_of(PointsEarned(done_count=3, each="touch", each_points=Decimal("2.5"), exact_points=Decimal("7.5"))),
    entered_on=day("2026-04-01").on,
    position=9,
)


def test_what_a_plan_gives_is_told_as_data_and_in_words() -> None:
    given = shown_entry(ROW).given
    assert given is not None
    assert (given.kind, given.inputs[1:3]) == (
        "points_earned",
        (
            ReasonInput(name="each", unit="text", value="touch"),
            ReasonInput(name="each_points", unit="number", value="2.5"),
        ),
    )
    assert (given.english, given.chinese) == ("3 touches x 2.5 = 7.5 points", "3次触点 × 2.5 = 7.5分")


def test_what_people_did_has_their_reason_alone() -> None:
    shown = shown_entry(replace(ROW, given=None, reason="Mug"))
    assert (shown.given, shown.reason) == (None, "Mug")

"""Forecast sheets: snapshots, one submission for each, the manager's adjustments, and the freeze."""

from dataclasses import replace
from typing import Final

import pytest

from salesapi.domain.selling import forecast_sheets
from salesapi.domain.shared.duties import OwnBenefit
from salesapi.domain.shared.kernel import Refused, ThingUnknown
from salesapi.domain.shared.money import CurrencyUnknown
from salesapi.domain.shared.periods import PeriodInvalid
from salesapi.domain.shared.states import made_from
from salesapi.privacy.personal import personal_fields
from tests.domain.examples import ANNA, BORIS, DEAL, FACTS
from tests.spec import ACTOR, SUBJECT, folded, given, identity_of, uid

OTHER_DEAL, UNKNOWN = uid(0xDF), uid(99)
SURE: Final = forecast_sheets.ForecastEntry(deal_id=DEAL, amount_minor=50_000, category="commit", confidence="high")
TAKE: Final = forecast_sheets.TakeForecastSnapshot(owner_id=ANNA, period="2026-03", currency="CNY", entries=(SURE,))
TAKEN: Final = made_from(forecast_sheets.ForecastSheetSnapshotTaken, TAKE, snapshot=1)
SUMS: Final = forecast_sheets.ForecastTotals(commit_minor=50_000, best_case_minor=0, pipeline_minor=0)
SUBMIT: Final = forecast_sheets.SubmitForecast(forecast_sheet_id=SUBJECT)
SUBMITTED: Final = forecast_sheets.ForecastSheetSubmitted(snapshot=1, totals=SUMS, currency="CNY", note=None)
ADJUST: Final = forecast_sheets.AdjustForecast(
    forecast_sheet_id=SUBJECT, delta_minor=-20_000, reason="The buyer is on leave"
)
ADJUSTED: Final = made_from(forecast_sheets.ForecastSheetAdjusted, ADJUST, snapshot=1, currency="CNY")
FREEZE: Final = forecast_sheets.FreezeForecast(forecast_sheet_id=SUBJECT)
FROZEN: Final = made_from(forecast_sheets.ForecastSheetFrozen, TAKE, snapshot=1, totals=SUMS)


def test_the_first_snapshot_makes_the_sheet_of_a_member_and_period() -> None:
    given().facts(FACTS).when(TAKE).then(TAKEN)


def test_a_member_and_period_have_one_sheet() -> None:
    assert identity_of(TAKE) == identity_of(replace(TAKE, entries=(), currency="USD"))
    assert identity_of(TAKE) != identity_of(replace(TAKE, period="2026-04"))
    assert identity_of(TAKE) != identity_of(replace(TAKE, owner_id=BORIS))


def test_the_same_deals_a_week_later_are_another_snapshot() -> None:
    given(TAKEN).facts(FACTS).when(TAKE).then(replace(TAKEN, snapshot=2))


def test_a_forecast_of_no_deals_on_an_unknown_day_is_a_forecast() -> None:
    given().facts(FACTS).on(None).when(replace(TAKE, entries=())).then(replace(TAKEN, entries=()))


def test_a_submission_takes_the_sums_of_its_snapshot_by_category() -> None:
    entries = (
        SURE,
        forecast_sheets.ForecastEntry(deal_id=OTHER_DEAL, amount_minor=7_000, category="best_case"),
        forecast_sheets.ForecastEntry(deal_id=uid(5), amount_minor=600, category="pipeline"),
        forecast_sheets.ForecastEntry(deal_id=uid(6), amount_minor=60, category="pipeline"),
    )
    totals = forecast_sheets.ForecastTotals(commit_minor=50_000, best_case_minor=7_000, pipeline_minor=660)
    given(replace(TAKEN, entries=entries)).when(SUBMIT).then(replace(SUBMITTED, totals=totals))


def test_a_member_may_stand_for_other_totals_than_the_deals_sum_to() -> None:
    totals = forecast_sheets.ForecastTotals(commit_minor=40_000, best_case_minor=0, pipeline_minor=9_000)
    given(TAKEN).when(replace(SUBMIT, commit_minor=40_000, pipeline_minor=9_000, note="Careful")).then(
        replace(SUBMITTED, totals=totals, note="Careful")
    )


def test_a_snapshot_is_submitted_once() -> None:
    given(TAKEN, SUBMITTED).when(SUBMIT).then()
    given(TAKEN, SUBMITTED).when(replace(SUBMIT, commit_minor=1)).refused(forecast_sheets.ForecastAlreadySubmitted)
    given(TAKEN, SUBMITTED).when(replace(SUBMIT, note="More to say")).refused(forecast_sheets.ForecastAlreadySubmitted)
    given(TAKEN, SUBMITTED, replace(TAKEN, snapshot=2)).when(SUBMIT).then(replace(SUBMITTED, snapshot=2))


def test_a_manager_adjusts_the_last_submission_with_a_reason() -> None:
    given(TAKEN, SUBMITTED).by(ACTOR, BORIS).when(ADJUST).then(ADJUSTED)
    given(TAKEN, SUBMITTED, replace(TAKEN, snapshot=2)).when(ADJUST).then(ADJUSTED)


def test_an_adjustment_of_nothing_changes_nothing() -> None:
    given(TAKEN, SUBMITTED).when(replace(ADJUST, delta_minor=0)).then()


def test_a_new_submission_begins_without_adjustments() -> None:
    again = (replace(TAKEN, snapshot=2), replace(SUBMITTED, snapshot=2))
    sheet = folded(forecast_sheets.ForecastSheet, "forecast_sheet", TAKEN, SUBMITTED, ADJUSTED, *again)
    assert sheet.submission is not None
    assert (sheet.expected, sheet.submission.adjustments, sheet.submitted_snapshot) == (SUMS, (), 2)


def test_a_total_falls_to_nothing_but_not_below() -> None:
    given(TAKEN, SUBMITTED).when(replace(ADJUST, delta_minor=-50_000)).then(replace(ADJUSTED, delta_minor=-50_000))
    below = given(TAKEN, SUBMITTED, ADJUSTED).when(replace(ADJUST, delta_minor=-30_001))
    assert below.refused(forecast_sheets.ForecastTotalNegative).parameters["total_minor"] == 30_000


def test_a_freeze_keeps_the_last_submission_with_its_adjustments_whatever_snapshot_came_after() -> None:
    expected = forecast_sheets.ForecastTotals(commit_minor=30_000, best_case_minor=0, pipeline_minor=0)
    given(TAKEN, SUBMITTED, ADJUSTED, replace(TAKEN, snapshot=2)).when(FREEZE).then(replace(FROZEN, totals=expected))


def test_freezing_again_changes_nothing() -> None:
    given(TAKEN, SUBMITTED, FROZEN).when(FREEZE).then()


@pytest.mark.parametrize("command", [replace(TAKE, period="soon", currency="XXX"), SUBMIT, ADJUST])
def test_a_frozen_sheet_never_changes(command: object) -> None:
    given(TAKEN, SUBMITTED, FROZEN).facts(FACTS).by(ACTOR, ANNA).when(command).refused(forecast_sheets.ForecastFrozen)


def test_snapshots_and_adjustments_are_bounded() -> None:
    last = replace(TAKEN, snapshot=forecast_sheets.SNAPSHOTS_MAX)
    given(last).facts(FACTS).when(TAKE).refused(forecast_sheets.ForecastLimitReached)
    more = (replace(ADJUSTED, delta_minor=1),) * forecast_sheets.ADJUSTMENTS_MAX
    given(TAKEN, SUBMITTED, *more).when(ADJUST).refused(forecast_sheets.ForecastLimitReached)


@pytest.mark.parametrize(
    ("events", "command", "refusal", "pointer"),
    [
        ((), replace(TAKE, period="2026-13", currency="XXX"), PeriodInvalid, "/period"),
        ((TAKEN,), replace(TAKE, currency="XXX", owner_id=UNKNOWN), CurrencyUnknown, "/currency"),
        (
            (TAKEN,),
            replace(TAKE, currency="USD", owner_id=UNKNOWN),
            forecast_sheets.ForecastCurrencyDiffers,
            "/currency",
        ),
        ((), replace(TAKE, owner_id=UNKNOWN, entries=(SURE, SURE)), ThingUnknown, "/owner_id"),
        ((), replace(TAKE, entries=(SURE, SURE)), forecast_sheets.ForecastDealTwice, "/entries/1/deal_id"),
        ((), replace(TAKE, entries=(SURE, replace(SURE, deal_id=UNKNOWN))), ThingUnknown, "/entries/1/deal_id"),
        ((TAKEN,), ADJUST, forecast_sheets.ForecastNotSubmitted, ""),
        ((TAKEN, SUBMITTED), replace(ADJUST, delta_minor=5), OwnBenefit, ""),
        ((TAKEN,), FREEZE, forecast_sheets.ForecastNotSubmitted, ""),
    ],
)
def test_of_several_refusals_the_first_in_this_order_is_given(
    events: tuple[object, ...], command: object, refusal: type[Refused], pointer: str
) -> None:
    given(*events).facts(FACTS).by(ACTOR, ANNA).when(command).refused(refusal, pointer=pointer)


def test_the_note_is_sealed() -> None:
    assert [field.path for field in personal_fields(forecast_sheets.ForecastSheetSubmitted)] == [("note",)]

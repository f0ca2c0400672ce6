"""What may happen to a forecast sheet: the decisions of `forecast_sheets.py`, pure, and the declaration of the stream."""

from collections.abc import Set
from typing import Final
from uuid import UUID

from salesapi.domain.selling.forecast_sheets import (
    ADJUSTMENTS_MAX,
    SNAPSHOTS_MAX,
    AdjustForecast,
    ForecastAlreadySubmitted,
    ForecastCurrencyDiffers,
    ForecastDealTwice,
    ForecastEntry,
    ForecastFrozen,
    ForecastLimitReached,
    ForecastNotSubmitted,
    ForecastSheet,
    ForecastSheetAdjusted,
    ForecastSheetEvent,
    ForecastSheetFrozen,
    ForecastSheetSnapshotTaken,
    ForecastSheetSubmitted,
    ForecastTotalNegative,
    ForecastTotals,
    FreezeForecast,
    Revision,
    SubmitForecast,
    TakeForecastSnapshot,
    evolve,
)
from salesapi.domain.shared.declarations import Stream, changes, creates
from salesapi.domain.shared.duties import Duty
from salesapi.domain.shared.kernel import CLOSERS, SELLERS, Context, Facts, owner_of, roles
from salesapi.domain.shared.money import exponent
from salesapi.domain.shared.periods import period_named
from salesapi.domain.shared.references import refuse_unknown
from salesapi.domain.shared.states import made_from


def take_snapshot(
    state: ForecastSheet | None, command: TakeForecastSnapshot, context: Context
) -> tuple[ForecastSheetSnapshotTaken, ...]:
    """Decides `TakeForecastSnapshot`. The same deals again are a snapshot of another day."""
    if state is not None:
        _refuse_frozen(state)
    period_named(command.period)
    exponent(command.currency, pointer="/currency")
    if state is not None and state.currency != command.currency:
        raise ForecastCurrencyDiffers(currency=state.currency, pointer="/currency")
    refuse_unknown(command, context.facts, "owner_id")
    _refuse_invalid_deals(command.entries, context.facts)
    snapshot = state.snapshot + 1 if state else 1
    if snapshot > SNAPSHOTS_MAX:
        raise ForecastLimitReached(limit=SNAPSHOTS_MAX, things="snapshots of one sheet")
    return (made_from(ForecastSheetSnapshotTaken, command, snapshot=snapshot),)


def submit(state: ForecastSheet, command: SubmitForecast, context: Context) -> tuple[ForecastSheetSubmitted, ...]:
    """Decides `SubmitForecast`. The same submission again changes nothing."""
    _refuse_frozen(state)
    latest = state.revisions[-1]
    totals = ForecastTotals(
        commit_minor=_stated(command.commit_minor, latest.sums.commit_minor),
        best_case_minor=_stated(command.best_case_minor, latest.sums.best_case_minor),
        pipeline_minor=_stated(command.pipeline_minor, latest.sums.pipeline_minor),
    )
    if latest.submitted is not None:
        if (totals, command.note) == (latest.submitted, latest.note):
            return ()
        raise ForecastAlreadySubmitted(snapshot=state.snapshot)
    return (ForecastSheetSubmitted(snapshot=state.snapshot, totals=totals, currency=state.currency, note=command.note),)


def adjust(state: ForecastSheet, command: AdjustForecast, context: Context) -> tuple[ForecastSheetAdjusted, ...]:
    """Decides `AdjustForecast`. Nothing more or less changes nothing."""
    _refuse_frozen(state)
    submission, expected = _submission(state)
    if command.delta_minor == 0:
        return ()
    total_minor = expected.of(command.category)
    if total_minor + command.delta_minor < 0:
        raise ForecastTotalNegative(
            category=command.category, total_minor=total_minor, currency=state.currency, pointer="/delta_minor"
        )
    if len(submission.adjustments) >= ADJUSTMENTS_MAX:
        raise ForecastLimitReached(limit=ADJUSTMENTS_MAX, things="adjustments of one submission")
    return (made_from(ForecastSheetAdjusted, command, snapshot=submission.snapshot, currency=state.currency),)


def freeze(state: ForecastSheet, command: FreezeForecast, context: Context) -> tuple[ForecastSheetFrozen, ...]:
    """Decides `FreezeForecast`. A snapshot after the last submission does not count; freezing again changes nothing."""
    if state.status == "frozen":
        return ()
    submission, expected = _submission(state)
    return (made_from(ForecastSheetFrozen, state, snapshot=submission.snapshot, totals=expected),)


def _stated(sent: int | None, sum_minor: int) -> int:
    return sum_minor if sent is None else sent


def _refuse_frozen(state: ForecastSheet) -> None:
    if state.status == "frozen":
        raise ForecastFrozen(period=state.period)


def _submission(state: ForecastSheet) -> tuple[Revision, ForecastTotals]:
    """The revision that was submitted last, and what is expected by it."""
    submission = state.submission
    if submission is None or submission.expected is None:
        raise ForecastNotSubmitted()
    return submission, submission.expected


def _refuse_invalid_deals(entries: tuple[ForecastEntry, ...], facts: Facts) -> None:
    seen: set[UUID] = set()
    for index, entry in enumerate(entries):
        if entry.deal_id in seen:
            raise ForecastDealTwice(deal_id=str(entry.deal_id), pointer=f"/entries/{index}/deal_id")
        seen.add(entry.deal_id)
        refuse_unknown(entry, facts, at=f"/entries/{index}")


def _identity(command: TakeForecastSnapshot) -> tuple[str, str]:
    return (str(command.owner_id), command.period)


def _forecaster(state: ForecastSheet, command: object, facts: Facts) -> Set[UUID]:
    return {state.owner_id}


STREAM: Final = Stream[ForecastSheet, ForecastSheetEvent](
    kind="forecast_sheet",
    plural="forecast-sheets",
    evolve=evolve,
    commands=(
        creates(TakeForecastSnapshot, decide=take_snapshot, roles=SELLERS, identity=_identity, verb="take-snapshot"),
        changes(SubmitForecast, decide=submit, roles=SELLERS, target="forecast_sheet_id", verb="submit"),
        changes(
            AdjustForecast,
            decide=adjust,
            roles=roles("manager", "admin"),
            target="forecast_sheet_id",
            verb="adjust",
            duty=Duty(why="a manager answers for what they expect of somebody else's forecast", benefits=_forecaster),
        ),
        changes(FreezeForecast, decide=freeze, roles=CLOSERS, target="forecast_sheet_id", verb="freeze"),
    ),
    owner=owner_of,
)

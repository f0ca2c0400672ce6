"""Forecast sheets as they are now, one row for each member and period, with all revisions. Amounts are minor units.

A revision is a snapshot with its submission and the adjustments to it; `entries` are those of the latest snapshot. Notes are
in clear here. Dates are business dates, None where unknown.
"""

from datetime import date
from typing import Final, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.selling.forecast_sheets import (
    ForecastCategory,
    ForecastEntry,
    ForecastSheetAdjusted,
    ForecastSheetEvent,
    ForecastSheetFrozen,
    ForecastSheetSnapshotTaken,
    ForecastSheetSubmitted,
    ForecastTotals,
    summed,
)
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.shared.periods import period_named
from salesapi.domain.shared.states import business_date, replace
from salesapi.projections.declaring import one_row

ForecastStatus: TypeAlias = Literal["taken", "submitted", "frozen"]


@record
class Adjustment:
    """A manager's change to a forecast: what it expects more or less, in minor units."""

    category: ForecastCategory
    delta_minor: int
    reason: str
    adjusted_on: date | None


@record
class Revision:
    """One snapshot. `expected` are the submitted totals with the adjustments."""

    snapshot: int
    taken_on: date | None
    deal_count: int
    sums: ForecastTotals
    submitted: ForecastTotals | None
    submitted_on: date | None
    note: str | None
    adjustments: tuple[Adjustment, ...]
    expected: ForecastTotals | None


@record
class ForecastSheetRow:
    """The three amounts are those of the last submission with its adjustments.

    `lead_days` lie between the freeze and the last day of the period.
    """

    forecast_sheet_id: UUID
    owner_id: UUID
    period: str
    status: ForecastStatus
    currency: str
    snapshot: int
    entries: tuple[ForecastEntry, ...]
    revisions: tuple[Revision, ...]
    submitted_snapshot: int | None
    commit_minor: int | None
    best_case_minor: int | None
    pipeline_minor: int | None
    frozen_on: date | None
    lead_days: int | None
    version: int
    position: int


def _fold(row: ForecastSheetRow | None, event: ForecastSheetEvent, recorded: Recorded) -> ForecastSheetRow:
    if isinstance(event, ForecastSheetSnapshotTaken):
        known = row or _first(event, recorded)
        changed = replace(
            known,
            snapshot=event.snapshot,
            entries=event.entries,
            revisions=(*known.revisions, _revision(event, recorded)),
        )
    else:
        assert row is not None, "a forecast sheet begins with forecast_sheet.snapshot_taken"
        changed = _changed(row, event, recorded)
    return replace(changed, version=recorded.version, position=recorded.position)


def _first(event: ForecastSheetSnapshotTaken, recorded: Recorded) -> ForecastSheetRow:
    return ForecastSheetRow(
        forecast_sheet_id=recorded.stream_id,
        owner_id=event.owner_id,
        period=event.period,
        status="taken",
        currency=event.currency,
        snapshot=0,
        entries=(),
        revisions=(),
        submitted_snapshot=None,
        commit_minor=None,
        best_case_minor=None,
        pipeline_minor=None,
        frozen_on=None,
        lead_days=None,
        version=0,
        position=0,
    )


def _revision(event: ForecastSheetSnapshotTaken, recorded: Recorded) -> Revision:
    return Revision(
        snapshot=event.snapshot,
        taken_on=business_date(recorded),
        deal_count=len(event.entries),
        sums=summed(event.entries),
        submitted=None,
        submitted_on=None,
        note=None,
        adjustments=(),
        expected=None,
    )


def _changed(
    row: ForecastSheetRow,
    event: ForecastSheetSubmitted | ForecastSheetAdjusted | ForecastSheetFrozen,
    recorded: Recorded,
) -> ForecastSheetRow:
    on = business_date(recorded)
    match event:
        case ForecastSheetSubmitted():
            known = _of(row, event.snapshot)
            revision = replace(known, submitted=event.totals, submitted_on=on, note=event.note, expected=event.totals)
            return _expecting(replace(row, status="submitted"), revision)
        case ForecastSheetAdjusted():
            known = _of(row, event.snapshot)
            assert known.expected is not None, "a submission is adjusted"
            adjustment = Adjustment(
                category=event.category, delta_minor=event.delta_minor, reason=event.reason, adjusted_on=on
            )
            expected = known.expected.plus(event.category, event.delta_minor)
            return _expecting(row, replace(known, adjustments=(*known.adjustments, adjustment), expected=expected))
        case ForecastSheetFrozen():
            lead_days = (period_named(row.period).last_on - on).days if on else None
            return replace(row, status="frozen", frozen_on=on, lead_days=lead_days)


def _of(row: ForecastSheetRow, snapshot: int) -> Revision:
    return next(revision for revision in row.revisions if revision.snapshot == snapshot)


def _expecting(row: ForecastSheetRow, revision: Revision) -> ForecastSheetRow:
    """The row with this revision in its place, which is the submission that counts."""
    assert revision.expected is not None, "a submitted revision expects something"
    return replace(
        row,
        revisions=tuple(revision if each.snapshot == revision.snapshot else each for each in row.revisions),
        submitted_snapshot=revision.snapshot,
        commit_minor=revision.expected.commit_minor,
        best_case_minor=revision.expected.best_case_minor,
        pipeline_minor=revision.expected.pipeline_minor,
    )


PROJECTION: Final = one_row(
    "forecast_sheet",
    _fold,
    row=ForecastSheetRow,
    version=1,
    key=("forecast_sheet_id",),
    indexes=("(position)", "(owner_id, period)", "(period)"),
    reads_personal=True,
)

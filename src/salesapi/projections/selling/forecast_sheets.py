"""Forecast sheets as they are now, one row for each member and period, with all revisions. Amounts are minor units.

A revision is a snapshot with its submission and the adjustments to it; `entries` are those of the latest snapshot. Notes are
in clear here. Dates are business dates, None where unknown.
"""

from datetime import date
from typing import Final
from uuid import UUID

from salesapi.domain.selling.forecast_sheets import ForecastEntry, ForecastStatus, Revision, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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
    is_erased: bool
    version: int
    position: int


PROJECTION: Final = current(
    "forecast_sheet",
    evolve,
    row=ForecastSheetRow,
    version=2,
    indexes=("(position)", "(owner_id, period)", "(period)"),
    reads_personal=True,
)

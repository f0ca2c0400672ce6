"""Wire shapes of forecast sheets, with the filter and orders of their list. Amounts are minor units of the sheet's currency."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.selling.forecast_sheets import ForecastCategory, ForecastEntry, ForecastStatus, ForecastTotals
from salesapi.domain.shared.kernel import About, CurrencyCode, record
from salesapi.domain.shared.periods import PeriodText
from salesapi.schemas.filters import CHOSEN_MAX, Uuids
from salesapi.schemas.scalars import Amount, Position


@record
class ForecastAdjustment:
    """What the manager expects more or less."""

    category: Annotated[ForecastCategory, About("`commit`, `best_case` or `pipeline`.")]
    delta_minor: Annotated[Amount, About("How much more, or less where negative, in minor units.")]
    reason: Annotated[str, About("Why.")]
    adjusted_on: Annotated[date | None, About("Business date of the adjustment.")]


@record
class ForecastRevision:
    """One snapshot with its submission and the adjustments to it."""

    snapshot: Annotated[int, About("Its number, from 1.")]
    taken_on: Annotated[date | None, About("Business date of the snapshot.")]
    deal_count: Annotated[int, About("How many deals it has.")]
    sums: Annotated[ForecastTotals, About("What its deals sum to.")]
    submitted: Annotated[ForecastTotals | None, About("What was submitted; null until then.")]
    submitted_on: Annotated[date | None, About("Business date of the submission.")]
    note: Annotated[str | None, About("What the member added.")]
    adjustments: Annotated[tuple[ForecastAdjustment, ...], About("The manager's adjustments, in their order.")]
    expected: Annotated[ForecastTotals | None, About("What was submitted, with the adjustments.")]


@record
class ForecastSheet:
    """What a member expects to sell in a period. The three amounts are those of the last submission, as adjusted."""

    id: Annotated[UUID, About("The forecast sheet.")]
    owner_id: Annotated[UUID, About("The member whose forecast it is.")]
    period: Annotated[str, About("The calendar period, for example `2026-03`.")]
    status: Annotated[ForecastStatus, About("`taken` until the first submission, `submitted`, or `frozen`.")]
    currency: Annotated[str, About("ISO 4217 code.")]
    snapshot: Annotated[int, About("Number of the latest snapshot.")]
    entries: Annotated[tuple[ForecastEntry, ...], About("The deals of the latest snapshot.")]
    revisions: Annotated[tuple[ForecastRevision, ...], About("All snapshots, the oldest first.")]
    submitted_snapshot: Annotated[int | None, About("Number of the snapshot that was submitted last.")]
    commit_minor: Annotated[Amount | None, About("What the member commits to, as adjusted.")]
    best_case_minor: Annotated[Amount | None, About("What may come in addition, as adjusted.")]
    pipeline_minor: Annotated[Amount | None, About("What else is open, as adjusted.")]
    frozen_on: Annotated[date | None, About("Business date of the freeze.")]
    lead_days: Annotated[int | None, About("Days from the freeze to the last day of the period.")]
    is_erased: Annotated[bool, About("Its notes were erased.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class ForecastSheetFilter:
    """Which forecast sheets. Fields that are not sent do not filter."""

    owner_id: Annotated[Uuids | None, About("Of any of these members.")] = None
    period: Annotated[
        tuple[PeriodText, ...] | None, MinLen(1), MaxLen(CHOSEN_MAX), About("For any of these periods.")
    ] = None
    status: Annotated[tuple[ForecastStatus, ...] | None, MinLen(1), MaxLen(3), About("In any of these states.")] = None
    currency: Annotated[CurrencyCode | None, About("In this currency (ISO 4217).")] = None


class ForecastSheetOrder(StrEnum):
    """Orders of forecast sheets. Unknown amounts come last."""

    CHANGED_DESC = "changed_desc"
    PERIOD_DESC = "period_desc"
    PERIOD_ASC = "period_asc"
    COMMIT_DESC = "commit_desc"

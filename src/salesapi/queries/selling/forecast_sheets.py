"""Questions about forecast sheets. A sheet is seen by who is in scope of its member."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_amount,
    by_position,
    by_text,
)
from salesapi.schemas.selling.forecast_sheets import ForecastSheet, ForecastSheetFilter, ForecastSheetOrder

READS: Final = ("forecast_sheet",)

SHEETS: Final = Listing(
    columns="""forecast_sheet_id AS id, owner_id, period, status, currency, snapshot, entries, revisions,
        submitted_snapshot, commit_minor, best_case_minor, pipeline_minor, frozen_on, lead_days, version, position""",
    source="read.forecast_sheet",
    id="forecast_sheet_id",
    reader=Reader(ForecastSheet),
)
ORDERS: Final[dict[ForecastSheetOrder, Order]] = {
    ForecastSheetOrder.CHANGED_DESC: by_position("position", is_descending=True),
    ForecastSheetOrder.PERIOD_DESC: by_text("period", is_descending=True),
    ForecastSheetOrder.PERIOD_ASC: by_text("period"),
    ForecastSheetOrder.COMMIT_DESC: by_amount("commit_minor", is_descending=True),
}


async def forecast_sheets(
    connection: Connection, scope: Scope, *, where: ForecastSheetFilter, order: ForecastSheetOrder, page: PageRequest
) -> Page[ForecastSheet]:
    """A page of forecast sheets.

    Raises:
        CursorMalformed.
    """
    conditions = _visible(scope)
    conditions.known("owner_id = ANY({}::uuid[])", where.owner_id)
    conditions.known("period = ANY({}::text[])", where.period)
    conditions.known("status = ANY({}::text[])", where.status)
    conditions.known("currency = {}", where.currency)
    return await SHEETS.page(connection, conditions, (order, ORDERS[order]), page)


def _visible(scope: Scope) -> Conditions:
    conditions = Conditions()
    conditions.within(scope)
    return conditions


async def forecast_sheet(connection: Connection, scope: Scope, forecast_sheet_id: UUID) -> ForecastSheet:
    """One forecast sheet with all its revisions.

    Raises:
        ThingUnknown: there is none, or it is out of scope.
    """
    found = await forecast_sheets_by_ids(connection, scope, [forecast_sheet_id])
    if forecast_sheet_id not in found:
        raise ThingUnknown(thing="forecast sheet", id=str(forecast_sheet_id))
    return found[forecast_sheet_id]


async def forecast_sheets_by_ids(
    connection: Connection, scope: Scope, ids: Sequence[UUID]
) -> dict[UUID, ForecastSheet]:
    """Those of these forecast sheets that are in scope."""
    conditions = _visible(scope)
    conditions.add("forecast_sheet_id = ANY({}::uuid[])", list(ids))
    return {sheet.id: sheet for sheet in await SHEETS.found(connection, conditions)}

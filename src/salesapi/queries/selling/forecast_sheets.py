"""The list of forecast sheets. A sheet is seen by who is in scope of its member."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import by_owner
from salesapi.schemas.selling.forecast_sheets import ForecastSheet, ForecastSheetFilter, ForecastSheetOrder

SHEETS: Final = Listing(
    ForecastSheet,
    source="read.forecast_sheet",
    scope=by_owner(),
    where=ForecastSheetFilter,
    order=ForecastSheetOrder.CHANGED_DESC,
)

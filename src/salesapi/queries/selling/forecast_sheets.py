"""The list of forecast sheets. A sheet is seen by who is in scope of its member."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_amount, by_position, by_text
from salesapi.queries.row_scopes import by_owner
from salesapi.schemas.selling.forecast_sheets import ForecastSheet, ForecastSheetFilter, ForecastSheetOrder

SHEETS: Final = Listing(
    ForecastSheet,
    source="read.forecast_sheet",
    scope=by_owner(),
    filters=Filters(ForecastSheetFilter),
    orders=Orders(
        ForecastSheetOrder.CHANGED_DESC,
        {"changed": by_position(), "period": by_text("period"), "commit": by_amount("commit_minor")},
    ),
)

"""The lists of rate tables and of their currency rates. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.reference.rate_tables import (
    CurrencyRate,
    CurrencyRateFilter,
    CurrencyRateOrder,
    RateTable,
    RateTableFilter,
    RateTableOrder,
)

RATE_TABLES: Final = Listing(
    RateTable, source="read.rate_table", scope=EVERYBODY, where=RateTableFilter, order=RateTableOrder.KEY_ASC
)
CURRENCY_RATES: Final = Listing(
    CurrencyRate,
    source="read.currency_rate",
    id="rate_id",
    scope=EVERYBODY,
    expressions={"on": "day", "rate": "rate::text", "published_rate": "published_rate::text"},
    where=CurrencyRateFilter,
    conditions={"on_from": "day >= {}", "on_to": "day <= {}"},
    order=CurrencyRateOrder.ON_DESC,
    ordered_by={"on": "day"},
)

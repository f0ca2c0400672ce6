"""The lists of rate tables and of their currency rates. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.reference import rate_tables as wire

RATE_TABLES: Final = Listing(
    wire.RateTable,
    source="read.rate_table",
    scope=EVERYBODY,
    where=wire.RateTableFilter,
    order=wire.RateTableOrder.KEY_ASC,
)
CURRENCY_RATES: Final = Listing(
    wire.CurrencyRate,
    source="read.currency_rate",
    id="rate_id",
    scope=EVERYBODY,
    expressions={"on": "day", "rate": "rate::text", "published_rate": "published_rate::text"},
    where=wire.CurrencyRateFilter,
    conditions={"on_from": "day >= {}", "on_to": "day <= {}"},
    order=wire.CurrencyRateOrder.ON_DESC,
    ordered_by={"on": "day"},
)

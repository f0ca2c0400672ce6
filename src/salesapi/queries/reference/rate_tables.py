"""The lists of rate tables and of their currency rates. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.filters import Filters
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_day, by_position, by_text
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
    RateTable,
    source="read.rate_table",
    scope=EVERYBODY,
    filters=Filters(RateTableFilter),
    orders=Orders(RateTableOrder.KEY_ASC, {"key": by_text("key"), "changed": by_position()}),
)
CURRENCY_RATES: Final = Listing(
    CurrencyRate,
    source="read.currency_rate",
    id="rate_id",
    scope=EVERYBODY,
    expressions={"on": "day", "rate": "rate::text", "published_rate": "published_rate::text"},
    filters=Filters(
        CurrencyRateFilter,
        {
            "on_from": "day >= {}",
            "on_to": "day <= {}",
        },
    ),
    orders=Orders(CurrencyRateOrder.ON_DESC, {"on": by_day("day"), "changed": by_position()}),
)

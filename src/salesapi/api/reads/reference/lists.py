"""Lists and single things: products and currency rates."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.reference import products, rate_tables

LISTS: Final = (
    ListRead(name="products", summary="Products", listing=products.PRODUCTS),
    ListRead(name="rateTables", summary="Rate tables of currencies", listing=rate_tables.RATE_TABLES),
    ListRead(name="currencyRates", summary="Currency rates by day", listing=rate_tables.CURRENCY_RATES),
)

ITEMS: Final = (
    ItemRead(name="product", summary="One product with its prices and costs", thing=products.PRODUCTS),
    ItemRead(name="rateTable", summary="One rate table with its latest rates", thing=rate_tables.RATE_TABLES),
)

"""Lists and single things: products and currency rates."""

from typing import Final

from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.queries.reference import products, rate_tables

LISTS: Final = (
    ListRead(path="/v1/products", name="products", summary="Products", listing=products.PRODUCTS),
    ListRead(
        path="/v1/rate-tables", name="rateTables", summary="Rate tables of currencies", listing=rate_tables.RATE_TABLES
    ),
    ListRead(
        path="/v1/currency-rates",
        name="currencyRates",
        summary="Currency rates by day",
        listing=rate_tables.CURRENCY_RATES,
    ),
)

ITEMS: Final = (
    ItemRead(
        path="/v1/products/{product_id}",
        name="product",
        summary="One product with its prices and costs",
        thing=products.PRODUCTS,
    ),
    ItemRead(
        path="/v1/rate-tables/{rate_table_id}",
        name="rateTable",
        summary="One rate table with its latest rates",
        thing=rate_tables.RATE_TABLES,
    ),
)

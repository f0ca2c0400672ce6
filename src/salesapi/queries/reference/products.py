"""The list of products. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.filters import Filters, contains
from salesapi.queries.listings import Listing
from salesapi.queries.orders import Orders, by_position, by_text
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.reference.products import Product, ProductFilter, ProductOrder

PRODUCTS: Final = Listing(
    Product,
    source="read.product",
    scope=EVERYBODY,
    filters=Filters(
        ProductFilter,
        {
            "text": contains("name"),
        },
    ),
    orders=Orders(ProductOrder.NAME_ASC, {"name": by_text("name"), "changed": by_position()}),
)

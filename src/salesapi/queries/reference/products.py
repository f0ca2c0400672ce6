"""The list of products. They belong to nobody: everybody who has a key sees them."""

from typing import Final

from salesapi.queries.filters import contains
from salesapi.queries.listings import Listing
from salesapi.queries.row_scopes import EVERYBODY
from salesapi.schemas.reference.products import Product, ProductFilter, ProductOrder

PRODUCTS: Final = Listing(
    Product,
    source="read.product",
    scope=EVERYBODY,
    where=ProductFilter,
    conditions={"text": contains("name")},
    order=ProductOrder.NAME_ASC,
)

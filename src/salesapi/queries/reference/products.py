"""Questions about products. They belong to nobody: everybody who has a key sees them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from salesapi.access.principals import Scope
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.paging import (
    EXTERNAL_ID,
    Conditions,
    Listing,
    Order,
    Page,
    PageRequest,
    Reader,
    by_position,
    by_text,
)
from salesapi.schemas.reference.products import Product, ProductFilter, ProductOrder

READS: Final = ("product",)

PRODUCTS: Final = Listing(
    columns=f"product_id AS id, name, code, category, prices, costs, is_retired, {EXTERNAL_ID}, version, position",
    source="read.product",
    id="product_id",
    reader=Reader(Product),
)
ORDERS: Final[dict[ProductOrder, Order]] = {
    ProductOrder.NAME_ASC: by_text("name"),
    ProductOrder.NAME_DESC: by_text("name", is_descending=True),
    ProductOrder.CHANGED_DESC: by_position("position", is_descending=True),
}


async def products(
    connection: Connection, scope: Scope, *, where: ProductFilter, order: ProductOrder, page: PageRequest
) -> Page[Product]:
    """A page of products.

    Raises:
        CursorMalformed.
    """
    conditions = Conditions()
    conditions.known("code = {}", where.code)
    conditions.known("category = {}", where.category)
    conditions.is_true("is_retired", where.is_retired)
    conditions.contains("name", where.text)
    conditions.external(where.external_system, where.external_id)
    return await PRODUCTS.page(connection, conditions, (order, ORDERS[order]), page)


async def product(connection: Connection, scope: Scope, product_id: UUID) -> Product:
    """One product.

    Raises:
        ThingUnknown: there is none.
    """
    found = await products_by_ids(connection, scope, [product_id])
    if product_id not in found:
        raise ThingUnknown(thing="product", id=str(product_id))
    return found[product_id]


async def products_by_ids(connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Product]:
    """Those of these products that there are."""
    conditions = Conditions()
    conditions.add("product_id = ANY({}::uuid[])", list(ids))
    return {product.id: product for product in await PRODUCTS.found(connection, conditions)}

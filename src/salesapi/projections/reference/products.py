"""Products with their prices and costs over time, one row a product. Both are exact decimals in major units of a currency."""

from typing import Final
from uuid import UUID

from salesapi.domain.reference import products
from salesapi.domain.reference.products import DatedCost, DatedPrice, Product, ProductEvent, ProductListed
from salesapi.domain.shared.kernel import Recorded, record
from salesapi.domain.states import id_of, replace, system_of
from salesapi.projections.declaring import one_row


@record
class ProductRow:
    """Prices and costs are ordered by date; each holds on [effective_from, effective_until)."""

    product_id: UUID
    name: str
    code: str
    category: str | None
    prices: tuple[DatedPrice, ...]
    costs: tuple[DatedCost, ...]
    is_retired: bool
    external_system: str | None
    external_id: str | None
    version: int
    position: int


def _fold(row: ProductRow | None, event: ProductEvent, recorded: Recorded) -> ProductRow:
    if isinstance(event, ProductListed):
        return ProductRow(
            product_id=recorded.stream_id,
            name=event.name,
            code=event.code,
            category=event.category,
            prices=(),
            costs=(),
            is_retired=False,
            external_system=system_of(event.external_id),
            external_id=id_of(event.external_id),
            version=recorded.version,
            position=recorded.position,
        )
    assert row is not None, "a product begins with product.listed"
    known = Product(name=row.name, code=row.code, prices=row.prices, costs=row.costs, is_retired=row.is_retired)
    state = products.evolve(known, event, recorded)
    return replace(
        row,
        prices=state.prices,
        costs=state.costs,
        is_retired=state.is_retired,
        version=recorded.version,
        position=recorded.position,
    )


PROJECTION: Final = one_row(
    "product",
    _fold,
    row=ProductRow,
    version=2,
    key=("product_id",),
    indexes=("(code)", "(external_id, external_system)"),
)

"""Products with their prices and costs over time, one row a product. Both are exact decimals in major units of a currency."""

from typing import Final
from uuid import UUID

from salesapi.domain.reference.products import DatedCost, DatedPrice, evolve
from salesapi.domain.shared.kernel import record
from salesapi.projections.declaring import current


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


PROJECTION: Final = current(
    "product",
    evolve,
    row=ProductRow,
    version=2,
    indexes=("(code)", "(external_id, external_system)"),
)

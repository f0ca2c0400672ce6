"""Wire shapes of products, with the filter and orders of their list. Prices and costs are decimal strings."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.reference.products import DatedCost, DatedPrice
from salesapi.domain.shared.kernel import About, ExternalId, Key, Title, record
from salesapi.schemas.filters import SearchText
from salesapi.schemas.scalars import Position


@record
class Product:
    """What is sold, with its list prices and its costs over time."""

    id: Annotated[UUID, About("The product.")]
    name: Annotated[str, About("Name.")]
    code: Annotated[str, About("Stock-keeping code.")]
    category: Annotated[str | None, About("Product line or family.")]
    prices: Annotated[
        tuple[DatedPrice, ...],
        About("List prices in the order of their dates; each holds from a day until before one."),
    ]
    costs: Annotated[
        tuple[DatedCost, ...] | None,
        About(
            "What a unit costs us, in the order of the dates; each holds from a day until before one. Null but for the roles "
            "admin, auditor and finance."
        ),
    ]
    is_retired: Annotated[bool, About("It is off the list.")]
    external_id: Annotated[ExternalId | None, About("Its id in another system.")]
    version: Annotated[int, About("Version of its stream; the value for If-Match.")]
    position: Annotated[Position, About("Log position of its last event.")]


@record
class ProductFilter:
    """Which products. Fields that are not sent do not filter."""

    code: Annotated[Key | None, About("With this code.")] = None
    category: Annotated[Title | None, About("Of this category.")] = None
    is_retired: Annotated[bool | None, About("Off the list, or on it.")] = None
    text: Annotated[SearchText | None, About("With this text in the name, in any case.")] = None
    external_system: Annotated[str | None, MaxLen(60), About("With an id in this other system.")] = None
    external_id: Annotated[str | None, MaxLen(200), About("With this id in another system.")] = None


class ProductOrder(StrEnum):
    """Orders of products."""

    NAME_ASC = "name_asc"
    NAME_DESC = "name_desc"
    CHANGED_DESC = "changed_desc"

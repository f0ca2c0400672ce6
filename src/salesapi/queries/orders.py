"""The orders of a list: one expression for each way in which its rows are ordered, in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Generic, TypeAlias, TypeVar

from salesapi.queries.sources import DeclarationWrong

Ordering = TypeVar("Ordering", bound=StrEnum)
OrderValue: TypeAlias = date | int | str
DIRECTIONS: Final = ("asc", "desc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of a list. The expression is never null: what is unknown stands below everything."""

    column: str
    expression: str
    kind: type[OrderValue]
    is_descending: bool = False


def by_day(column: str) -> Order:
    """Order by a business date."""
    return Order(column=column, expression=f"coalesce({column}, '-infinity'::date)", kind=date)


def by_amount(column: str) -> Order:
    """Order by an amount in minor units, whatever its currency."""
    return Order(column=column, expression=f"coalesce({column}, -9223372036854775808)", kind=int)


def by_text(column: str) -> Order:
    """Order by a text, by its bytes."""
    return Order(column=column, expression=f"coalesce({column}, '') COLLATE \"C\"", kind=str)


def by_position(column: str = "position") -> Order:
    """Order by log position: what changed last."""
    return Order(column=column, expression=column, kind=int)


class Orders(Generic[Ordering]):
    """All orders of a list: `opened_desc` is the order `opened`, descending.

    Raises:
        DeclarationWrong: a member of the class has no order or no direction, or an order no member.
    """

    def __init__(self, default: Ordering, orders: Mapping[str, Order]) -> None:
        """`default` is the order unless the client names one; its class has all of them."""
        self.default = default
        self.members = type(default)
        self._orders: dict[Ordering, Order] = {}
        unnamed = set(orders)
        for member in self.members:
            name, _, direction = member.value.rpartition("_")
            if name not in orders or direction not in DIRECTIONS:
                raise DeclarationWrong(f"{self.members.__name__}: there is no order for `{member.value}`")
            self._orders[member] = replace(orders[name], is_descending=direction == "desc")
            unnamed.discard(name)
        if unnamed:
            raise DeclarationWrong(f"{self.members.__name__}: the order `{min(unnamed)}` has no member")

    def __getitem__(self, member: Ordering) -> Order:
        """Returns the order of this name."""
        return self._orders[member]

    @property
    def columns(self) -> dict[str, type[OrderValue]]:
        """The columns that rows are ordered by, with the kind of their values."""
        return {order.column: order.kind for order in self._orders.values()}

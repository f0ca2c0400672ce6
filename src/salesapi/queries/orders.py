"""The orders of a list: one expression for each way in which its rows are ordered, in both directions.

The column of an order follows from its name: `opened_desc` is by `opened_on`, `amount_desc` by `amount_minor`, `title_asc` by
`title`, and `changed_desc` by log position: what changed last. Only a column that is called otherwise is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Generic, TypeAlias, TypeVar

from salesapi.queries.sources import DeclarationWrong, Source

Ordering = TypeVar("Ordering", bound=StrEnum)
OrderValue: TypeAlias = date | int | str
DIRECTIONS: Final = ("asc", "desc")
_BY_TYPE: Final[Mapping[str, tuple[type[OrderValue], str]]] = {
    "date": (date, "coalesce({}, '-infinity'::date)"),
    "bigint": (int, "coalesce({}, -9223372036854775808)"),
    "text": (str, "coalesce({}, '') COLLATE \"C\""),
}
"""What is unknown stands below everything. Texts are ordered by their bytes, amounts whatever their currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of a list. The expression is never null."""

    expression: str
    kind: type[OrderValue]
    is_descending: bool


class Orders(Generic[Ordering]):
    """All orders of a list over a source. `columns` are those of orders whose names do not say them.

    Raises:
        DeclarationWrong: a member of the class has no direction, or no column that rows can be ordered by.
    """

    def __init__(self, default: Ordering, source: Source, columns: Mapping[str, str]) -> None:
        """`default` is the order unless the client names one; its class has all of them."""
        self.default = default
        self.members = type(default)
        self._orders: dict[Ordering, Order] = {}
        unnamed = set(columns)
        for member in self.members:
            name, _, direction = member.value.rpartition("_")
            found = _column(name, source, columns)
            if found is None or direction not in DIRECTIONS:
                raise DeclarationWrong(f"{self.members.__name__}: there is no order for `{member.value}`")
            kind, expression = found
            self._orders[member] = Order(expression=expression, kind=kind, is_descending=direction == "desc")
            unnamed.discard(name)
        if unnamed:
            raise DeclarationWrong(f"{self.members.__name__}: the order `{min(unnamed)}` has no member")

    def __getitem__(self, member: Ordering) -> Order:
        """Returns the order of this name."""
        return self._orders[member]


def _column(name: str, source: Source, columns: Mapping[str, str]) -> tuple[type[OrderValue], str] | None:
    """Finds what the values of an order are, and its expression."""
    following = ("position",) if name == "changed" else (name, f"{name}_on", f"{name}_minor")
    for each in (columns[name],) if name in columns else following:
        column = source.column(each)
        if column is not None and column.sql_type in _BY_TYPE:
            kind, expression = _BY_TYPE[column.sql_type]
            named = f"{source.prefix}{column.name}"
            return kind, named if kind is int and not column.is_nullable else expression.format(named)
    return None

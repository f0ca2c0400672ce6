"""Pages of lists: keyset on (order, id), and opaque cursors.

A list is not a snapshot: a thing that moves in the order between two pages is met twice or not at all.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import orjson

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.queries.orders import OrderValue

PAGE_ROWS_DEFAULT: Final = 50
PAGE_ROWS_MAX: Final = 100
CURSOR_LENGTH_MAX: Final = 2_000
"""Longest cursor that is looked at, in characters."""
INTEGER_MAX: Final = 2**63 - 1

Shape = TypeVar("Shape")
IdValue: TypeAlias = UUID | int
"""What tells rows of the same place in an order apart: the thing's id, or a log position that only one row has."""


class CursorMalformed(Refused):
    """The cursor is not one that we gave for this list and order."""

    code = "cursor.malformed"
    kind = Kind.MALFORMED
    message = "This is no cursor of this list in this order; begin again without one."


class PageSizeInvalid(Refused):
    """More rows than a page may have, or none."""

    code = "page.size_invalid"
    kind = Kind.MALFORMED
    message = "A page has 1 to {limit} rows."


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """The number of rows asked for, and the cursor after which they stand.

    Raises:
        PageSizeInvalid.
    """

    first: int = PAGE_ROWS_DEFAULT
    after: str | None = None

    def __post_init__(self) -> None:
        """Checks the bound."""
        if not 1 <= self.first <= PAGE_ROWS_MAX:
            raise PageSizeInvalid(pointer="/first", limit=PAGE_ROWS_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Shape]):
    """Some rows of a list, each with the cursor that continues after it."""

    items: tuple[Shape, ...]
    cursors: tuple[str, ...]
    has_more: bool

    @property
    def next_cursor(self) -> str | None:
        """The cursor from which to go on; None at the end."""
        return self.cursors[-1] if self.has_more else None


def encoded_cursor(order: str, value: OrderValue, id: IdValue) -> str:
    """The cursor that continues after this row."""
    # The driver's UUID is a subclass, which orjson leaves to `default`.
    return urlsafe_b64encode(orjson.dumps([order, value, id], default=str)).decode().rstrip("=")


def decoded_cursor(
    cursor: str, *, order: str, kind: type[OrderValue], id_kind: type[IdValue] = UUID
) -> tuple[OrderValue, IdValue]:
    """The order's value and the id that a cursor of this order continues after.

    Raises:
        CursorMalformed.
    """
    try:
        if len(cursor) > CURSOR_LENGTH_MAX:
            raise ValueError
        name, value, id = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name != order:
            raise ValueError
        return _READ[kind](value), UUID(_text(id)) if id_kind is UUID else _integer(id)
    except (NotBase64, ValueError, TypeError):
        raise CursorMalformed(pointer="/after") from None


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise TypeError
    return date.fromisoformat(value)


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -INTEGER_MAX - 1 <= value <= INTEGER_MAX:
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise TypeError
    return value


_READ: Final[dict[type[OrderValue], Callable[[object], OrderValue]]] = {date: _day, int: _integer, str: _text}

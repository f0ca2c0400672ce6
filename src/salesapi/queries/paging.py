"""Pages of lists: keyset on (order, id), opaque cursors, and the conditions of a statement with their parameters.

A list is not a snapshot: a thing that moves in the order between two pages is met twice or not at all. All SQL text is fixed;
every value is a parameter.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import orjson

from salesapi.access.principals import Scope
from salesapi.database.columns import RowCodec, columns_of
from salesapi.database.connections import Connection
from salesapi.database.text import encoded
from salesapi.domain.shared.kernel import Kind, Refused

if TYPE_CHECKING:
    import asyncpg

PAGE_ROWS_DEFAULT: Final = 50
PAGE_ROWS_MAX: Final = 100
CURSOR_LENGTH_MAX: Final = 2_000
"""Longest cursor that is looked at, in characters."""
INTEGER_MAX: Final = 2**63 - 1

EXTERNAL_ID: Final = """CASE WHEN external_id IS NOT NULL
    THEN jsonb_build_object('system', external_system, 'id', external_id) END AS external_id"""
"""The two columns of an external id as the wire shows them."""

Shape = TypeVar("Shape")
OrderValue: TypeAlias = date | int | str
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
    """How many rows, after which cursor.

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
        """Where to go on; None at the end."""
        return self.cursors[-1] if self.has_more else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of a list. The expression is never null: what is unknown stands below everything."""

    expression: str
    kind: type[OrderValue]
    is_descending: bool = False


def by_day(column: str, *, is_descending: bool) -> Order:
    """Order by a business date."""
    return Order(expression=f"coalesce({column}, '-infinity'::date)", kind=date, is_descending=is_descending)


def by_amount(column: str, *, is_descending: bool) -> Order:
    """Order by an amount in minor units, whatever its currency."""
    return Order(expression=f"coalesce({column}, -9223372036854775808)", kind=int, is_descending=is_descending)


def by_text(column: str, *, is_descending: bool = False) -> Order:
    """Order by a text, by its bytes."""
    return Order(expression=f"coalesce({column}, '') COLLATE \"C\"", kind=str, is_descending=is_descending)


def by_position(column: str, *, is_descending: bool) -> Order:
    """Order by log position: what changed last."""
    return Order(expression=column, kind=int, is_descending=is_descending)


class Conditions:
    """The WHERE of one statement. Texts are fixed, with `{}` where a parameter stands."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self._texts: list[str] = []

    def add(self, text: str, *values: object) -> None:
        """A condition with its parameters."""
        self._texts.append(text.format(*(self.parameter(value) for value in values)))

    def known(self, text: str, value: object) -> None:
        """A condition that holds only where its value is sent."""
        if value is not None:
            self.add(text, list(value) if isinstance(value, tuple) else value)

    def is_true(self, text: str, wanted: bool | None) -> None:
        """A condition, or its opposite, where it is sent."""
        if wanted is not None:
            self._texts.append(text if wanted else f"NOT ({text})")

    def contains(self, column: str, text: str | None) -> None:
        """The text anywhere in the column, in any case."""
        if text is not None:
            escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            self.add(f"{column} ILIKE {{}}", f"%{escaped}%")

    def external(self, system: str | None, id: str | None) -> None:
        """The id of the thing in another system."""
        self.known("external_system = {}", system)
        self.known("external_id = {}", id)

    def within(self, scope: Scope, owner: str = "owner_id", *, has_pool: bool = False) -> None:
        """Only rows of the scope's members; those without an owner too, where there is a pool."""
        if scope.member_ids is not None:
            pool = f" OR {owner} IS NULL" if has_pool else ""
            self.add(f"({owner} = ANY({{}}::uuid[]){pool})", list(scope.member_ids))

    def within_customers(self, scope: Scope, *, has_pool: bool = False) -> None:
        """Only rows of customers of the scope's members; of those in the pool too, where it is said."""
        if scope.member_ids is not None:
            owned = "SELECT customer_id FROM read.customer WHERE owner_id = ANY({}::uuid[])"
            seen = f"{owned} OR owner_id IS NULL" if has_pool else owned
            self.add(f"customer_id IN ({seen})", list(scope.member_ids))

    def parameter(self, value: object) -> str:
        """The place of a further parameter.

        Raises:
            TextRefused: a text holds what PostgreSQL cannot carry.
        """
        if isinstance(value, str) or (isinstance(value, list) and value and isinstance(value[0], str)):
            encoded(value)
        self.values.append(value)
        return f"${len(self.values)}"

    @property
    def text(self) -> str:
        """All of them together."""
        return " AND ".join(self._texts) or "true"


class Reader(Generic[Shape]):
    """Reads rows into a wire shape; columns have the names of its fields."""

    def __init__(self, shape: type[Shape]) -> None:
        columns = columns_of(shape)
        self._shape = shape
        self._names = tuple(column.name for column in columns)
        self._codec = RowCodec(shape, columns)

    def read(self, row: "asyncpg.Record") -> Shape:
        """The row's wire shape."""
        made = self._codec.decode([row[name] for name in self._names])
        assert isinstance(made, self._shape)
        return made

    def all(self, rows: "Sequence[asyncpg.Record]") -> tuple[Shape, ...]:
        """The wire shapes of all rows."""
        return tuple(map(self.read, rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Shape]):
    """A list: its columns, its source, the column of its id, and the reader of its rows."""

    columns: str
    source: str
    id: str
    reader: Reader[Shape]
    id_kind: type[IdValue] = UUID

    async def page(
        self, connection: Connection, where: Conditions, order: tuple[str, Order], page: PageRequest
    ) -> Page[Shape]:
        """One page of the rows that fulfil the conditions. `order` is its name, for the cursor, and itself.

        Raises:
            CursorMalformed.
        """
        name, by = order
        if page.after is not None:
            after = decoded_cursor(page.after, name, by.kind, self.id_kind)
            sign = "<" if by.is_descending else ">"
            where.add(f"({by.expression}, {self.id}) {sign} ({{}}, {{}})", *after)
        direction = "DESC" if by.is_descending else "ASC"
        limit = where.parameter(page.first + 1)
        rows = await connection.fetch(
            f"SELECT {self.columns}, {by.expression} AS order_value, {self.id} AS order_id FROM {self.source} "  # noqa: S608
            f"WHERE {where.text} ORDER BY {by.expression} {direction}, {self.id} {direction} LIMIT {limit}",
            *where.values,
        )
        shown = rows[: page.first]
        return Page(
            items=self.reader.all(shown),
            cursors=tuple(encoded_cursor(name, row["order_value"], row["order_id"]) for row in shown),
            has_more=len(rows) > page.first,
        )

    async def found(self, connection: Connection, where: Conditions) -> tuple[Shape, ...]:
        """All rows that fulfil the conditions, which name ids: at most as many rows as ids."""
        rows = await connection.fetch(
            f"SELECT {self.columns} FROM {self.source} WHERE {where.text}",  # noqa: S608
            *where.values,
        )
        return self.reader.all(rows)

    async def latest_by(
        self, connection: Connection, where: Conditions, column: str, ids: Sequence[UUID], first: int
    ) -> dict[UUID, tuple[Shape, ...]]:
        """For each id in `column` the rows that changed last, in one statement. `where` names the parameters before."""
        keys, limit = where.parameter(list(dict.fromkeys(ids))), where.parameter(min(first, PAGE_ROWS_MAX))
        rows = await connection.fetch(
            f"SELECT r.*, k.id AS related_id FROM unnest({keys}::uuid[]) AS k (id) CROSS JOIN LATERAL ("  # noqa: S608
            f"SELECT {self.columns} FROM {self.source} WHERE {column} = k.id AND {where.text} "
            f"ORDER BY position DESC LIMIT {limit}) r",
            *where.values,
        )
        found: dict[UUID, list[Shape]] = {id: [] for id in ids}
        for row in rows:
            found[row["related_id"]].append(self.reader.read(row))
        return {id: tuple(shapes) for id, shapes in found.items()}


def encoded_cursor(order: str, value: OrderValue, id: IdValue) -> str:
    """The cursor that continues after this row."""
    # The driver's UUID is a subclass, which orjson leaves to `default`.
    return urlsafe_b64encode(orjson.dumps([order, value, id], default=str)).decode().rstrip("=")


def decoded_cursor(
    cursor: str, order: str, kind: type[OrderValue], id_kind: type[IdValue] = UUID
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

"""Lists of read models: a declared list answers pages, one thing, things by their ids, and the latest for each of several ids.

The columns follow from the wire shape; only expressions that differ from a column of the same name are written. All parts of a
declaration are held against each other and against the read models when it is made.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic
from uuid import UUID

from salesapi.access.principals import Scope, ScopeOf
from salesapi.database.columns import SQL_TYPES
from salesapi.database.conditions import Conditions
from salesapi.database.connections import Connection
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.queries.filters import Filter, Filters
from salesapi.queries.orders import Ordering, Orders
from salesapi.queries.paging import PAGE_ROWS_MAX, IdValue, Page, PageRequest, decoded_cursor, encoded_cursor
from salesapi.queries.row_scopes import RowScope
from salesapi.queries.shapes import Reader, Shape, selection
from salesapi.queries.sources import DeclarationWrong, Source, read_models_in, refuse_unknown_read_models

if TYPE_CHECKING:
    import asyncpg

NO_EXPRESSIONS: Final[Mapping[str, str]] = MappingProxyType({})


class Listing(Generic[Shape, Filter, Ordering]):
    """A list of wire shapes: what it reads from, who sees which rows, its filter and its orders.

    `source` is a read model, or a FROM that begins with it. `expressions` are the fields of the shape that no column of the
    same name answers. `id` tells rows of the same place in an order apart: the key of the read model, unless it is said. `only`
    holds for all rows of the list. `shown` takes from a row what its asker may not see of it. `read_row` reads a row where a
    field is shown otherwise than it is stored.

    Raises:
        DeclarationWrong: with the declaration and the part that does not fit the others.
    """

    def __init__(
        self,
        shape: type[Shape],
        *,
        source: str,
        scope: RowScope,
        filters: Filters[Filter],
        orders: Orders[Ordering],
        id: str | None = None,
        expressions: Mapping[str, str] = NO_EXPRESSIONS,
        only: str = "",
        shown: Callable[[Shape, Scope], Shape] | None = None,
        read_row: Callable[["asyncpg.Record"], Shape] | None = None,
    ) -> None:
        self._name = f"the list of {shape.__name__} over {source.split(maxsplit=1)[0]}"
        self.shape = shape
        self.filters = filters
        self.orders = orders
        self._read_row = read_row or Reader(shape).read
        self.source = source
        self._from = Source(self._name, source)
        self._scope = scope
        self._only = only
        self._shown = shown
        self._id = id or self._from.key()
        self._id_kind: type[IdValue] = UUID if self._from.sql_type(self._id) == SQL_TYPES[UUID] else int
        self.columns = selection(self._from, shape, self._id, expressions)
        self._check()
        conditions = [text for each in filters.conditions.values() for text in (each.text, each.unsent)]
        self.reads = read_models_in(source, scope.text, only, *conditions, *expressions.values())
        """The read models whose position its answers reflect."""

    @property
    def scope_of(self) -> ScopeOf:
        """The one of a caller's scopes that bounds it."""
        return self._scope.of

    @property
    def has_ids(self) -> bool:
        """True where its things have ids of their own."""
        return self._id_kind is UUID

    def seen(self, scope: Scope) -> Conditions:
        """Returns the conditions that every statement over its rows begins with."""
        conditions = Conditions()
        if self._only:
            conditions.add(self._only)
        self._scope.add_to(conditions, scope)
        return conditions

    async def page(
        self, connection: Connection, scope: Scope, *, where: Filter, order: Ordering, page: PageRequest
    ) -> Page[Shape]:
        """Reads one page.

        Raises:
            CursorMalformed, TextRefused.
        """
        conditions = self.seen(scope)
        self.filters.add_to(conditions, where)
        by, name = self.orders[order], order.value
        if page.after is not None:
            after = decoded_cursor(page.after, order=name, kind=by.kind, id_kind=self._id_kind)
            conditions.add(f"({by.expression}, {self._id}) {'<' if by.is_descending else '>'} ({{}}, {{}})", *after)
        direction = "DESC" if by.is_descending else "ASC"
        limit = conditions.parameter(page.first + 1)
        rows = await connection.fetch(
            f"SELECT {self.columns}, {by.expression} AS order_value, {self._id} AS order_id FROM {self.source} "  # noqa: S608
            f"WHERE {conditions.text} ORDER BY {by.expression} {direction}, {self._id} {direction} LIMIT {limit}",
            *conditions.values,
        )
        shown = rows[: page.first]
        return Page(
            items=tuple(self._read(row, scope) for row in shown),
            cursors=tuple(encoded_cursor(name, row["order_value"], row["order_id"]) for row in shown),
            has_more=len(rows) > page.first,
        )

    async def one(self, connection: Connection, scope: Scope, id: UUID) -> Shape:
        """Reads one thing, whatever its filter leaves out where nothing is said.

        Raises:
            ThingUnknown: there is none, or it is out of scope.
        """
        found = await self.by_ids(connection, scope, [id])
        if id not in found:
            raise ThingUnknown(thing=self._from.read_model, id=str(id))
        return found[id]

    async def by_ids(self, connection: Connection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Shape]:
        """Reads those of these things that are in scope."""
        conditions = self.seen(scope)
        conditions.add(f"{self._id} = ANY({{}}::uuid[])", list(ids))
        rows = await self._fetched(connection, conditions)
        return {row["found_id"]: self._read(row, scope) for row in rows}

    async def found(self, connection: Connection, scope: Scope, text: str, *values: object) -> tuple[Shape, ...]:
        """Reads all rows in scope that fulfil a condition, which is to name things: there is no bound."""
        conditions = self.seen(scope)
        conditions.add(text, *values)
        return tuple(self._read(row, scope) for row in await self._fetched(connection, conditions))

    async def latest_by(
        self, connection: Connection, scope: Scope, ids: Sequence[UUID], *, column: str, first: int
    ) -> dict[UUID, tuple[Shape, ...]]:
        """Reads for each id in `column` the rows that changed last, at most `first`, in one statement.

        They are those that the list has where nothing is filtered.
        """
        conditions = self.seen(scope)
        self.filters.add_to(conditions, None)
        keys, limit = conditions.parameter(list(dict.fromkeys(ids))), conditions.parameter(min(first, PAGE_ROWS_MAX))
        rows = await connection.fetch(
            f"SELECT r.*, k.id AS related_id FROM unnest({keys}::uuid[]) AS k (id) CROSS JOIN LATERAL ("  # noqa: S608
            f"SELECT {self.columns} FROM {self.source} WHERE {column} = k.id AND {conditions.text} "
            f"ORDER BY position DESC LIMIT {limit}) r",
            *conditions.values,
        )
        found: dict[UUID, list[Shape]] = {id: [] for id in ids}
        for row in rows:
            found[row["related_id"]].append(self._read(row, scope))
        return {id: tuple(shapes) for id, shapes in found.items()}

    def refuse_no_relation(self, column: str) -> None:
        """Refuses a column that `latest_by` cannot be asked by.

        Raises:
            DeclarationWrong: it holds no ids, or nothing says which rows changed last.
        """
        if self._from.sql_type(column) != SQL_TYPES[UUID] or self._from.sql_type("position") is None:
            raise DeclarationWrong(f"{self._name}: the latest of it cannot be found by `{column}`")

    async def _fetched(self, connection: Connection, conditions: Conditions) -> "list[asyncpg.Record]":
        return await connection.fetch(
            f"SELECT {self.columns}, {self._id} AS found_id FROM {self.source} WHERE {conditions.text}",  # noqa: S608
            *conditions.values,
        )

    def read(self, rows: "Sequence[asyncpg.Record]") -> tuple[Shape, ...]:
        """Reads the rows of a statement of its own that selects `columns`, for a caller who has looked at the scope."""
        return tuple(map(self._read_row, rows))

    def _read(self, row: "asyncpg.Record", scope: Scope) -> Shape:
        read = self._read_row(row)
        return read if self._shown is None else self._shown(read, scope)

    def _check(self) -> None:
        """Compares what the selection has not looked at."""
        for part in (self.filters.where, self.orders.members):
            if part.__module__ != self.shape.__module__:
                raise DeclarationWrong(f"{self._name}: {part.__name__} is not of the file that its shape is of")
        self._from.check("its id", self._id)
        self._from.check("its scope", self._scope.text)
        self._from.check("what holds for all its rows", self._only)
        for name, condition in self.filters.conditions.items():
            self._from.check(f"the filter `{name}`", condition.text)
            self._from.check(f"the filter `{name}`", condition.unsent)
        for name, kind in self.orders.columns.items():
            self._from.check("an order", name)
            if self._from.sql_type(name) != SQL_TYPES[kind]:
                raise DeclarationWrong(f"{self._name}: `{name}` cannot be ordered by as {kind.__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Single(Generic[Shape]):
    """One thing by an id that no list holds: it is put together from several answers.

    Raises:
        DeclarationWrong: the question answers another shape, or a read model that it rests on is unknown.
    """

    shape: type[Shape]
    one: Callable[[Connection, Scope, UUID], Awaitable[Shape]]
    scope_of: ScopeOf
    """Which of an asker's scopes the question is given."""
    reads: tuple[str, ...]

    def __post_init__(self) -> None:
        """Compares its parts."""
        if signature(self.one).return_annotation is not self.shape:
            raise DeclarationWrong(f"{self.shape.__name__}: the question answers another shape")
        refuse_unknown_read_models(self.shape.__name__, self.reads)

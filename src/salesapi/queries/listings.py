"""Lists of read models: a declared list answers pages, one thing, things by their ids, and the latest for each of several ids.

The columns follow from the wire shape; only expressions that differ from a column of the same name are written. All parts of a
declaration are held against each other and against the read models when it is made.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, Generic, get_type_hints
from uuid import UUID

from salesapi.access.principals import Scope, ScopeOf
from salesapi.access.reaches import MASKS, Mask
from salesapi.database.columns import SQL_TYPES, Reader
from salesapi.database.conditions import Conditions
from salesapi.database.connections import Connection, Record
from salesapi.domain.shared.kernel import ThingUnknown
from salesapi.domain.shared.states import replace
from salesapi.queries.filters import Condition, Filter, Filters
from salesapi.queries.orders import Ordering, Orders
from salesapi.queries.paging import PAGE_ROWS_MAX, Cursors, IdValue, Page, PageRequest, Shape
from salesapi.queries.row_scopes import RowScope
from salesapi.queries.shapes import NO_NAMES, by_key, selection
from salesapi.queries.sources import DeclarationWrong, Source, read_models_in, refuse_unknown_read_models


class Listing(Generic[Shape, Filter, Ordering]):
    """A list of wire shapes: what it reads from, who sees which rows, its filter and its orders.

    `source` is a read model, or a FROM that begins with it. What does not follow from names is said: `expressions` for fields of
    the shape, `conditions` for fields of the filter, `ordered_by` for orders, whose class `order` has all of, the one unless
    another is asked for. `id` tells rows of the same place in an order apart: the key of the read model, unless it is said.
    `only` holds for all rows of the list. `shown` takes from a row what its asker may not see of it. `read_row` reads a row
    where a field is shown otherwise than it is stored.

    Raises:
        DeclarationWrong: with the declaration and the part that does not fit the others.
    """

    def __init__(
        self,
        shape: type[Shape],
        *,
        source: str,
        scope: RowScope,
        where: type[Filter],
        conditions: Mapping[str, str | Condition] = NO_NAMES,
        order: Ordering,
        ordered_by: Mapping[str, str] = NO_NAMES,
        id: str | None = None,
        expressions: Mapping[str, str] = NO_NAMES,
        only: str = "",
        shown: Callable[[Shape, Scope], Shape] | None = None,
        read_row: Callable[[Record], Shape] | None = None,
    ) -> None:
        self._name = f"the list of {shape.__name__} over {source.split(maxsplit=1)[0]}"
        self.shape = shape
        self._read_row = read_row or Reader(shape).read
        self.source = source
        self._from = Source(source, declaration=self._name)
        self.filters = Filters(where, conditions, prefix=self._from.prefix)
        self._scope = scope
        self._only = only
        self._shown = shown
        self._masks = MASKS.get(self._from.read_model, {})
        self._id = id or self._from.key()
        self._id_kind: type[IdValue] = UUID if self._from.sql_type(self._id) == SQL_TYPES[UUID] else int
        self.columns = selection(self._from, shape, id=self._id, expressions=expressions)
        self.orders = Orders(order, self._from, ordered_by)
        self._check()
        texts = [text for each in self.filters.conditions.values() for text in (each.text, each.unsent)]
        self.reads = read_models_in(source, scope.text, only, *texts, *expressions.values())
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
        if any(getattr(where, name, None) is not None for name in self._masked(scope)):
            # A filter would tell what is masked: it finds only where the value is shown.
            conditions.add(f"{self._id} = ANY({{}}::uuid[])", list(scope.member_ids or ()))
        by = self.orders[order]
        cursors = Cursors(order=order.value, kind=by.kind, id_kind=self._id_kind)
        if (after := cursors.after(page)) is not None:
            conditions.add(f"({by.expression}, {self._id}) {'<' if by.is_descending else '>'} ({{}}, {{}})", *after)
        direction = "DESC" if by.is_descending else "ASC"
        limit = conditions.parameter(page.first + 1)
        rows = await connection.fetch(
            f"SELECT {self.columns}, {by.expression} AS order_value, {self._id} AS order_id FROM {self.source} "  # noqa: S608
            f"WHERE {conditions.text} ORDER BY {by.expression} {direction}, {self._id} {direction} LIMIT {limit}",
            *conditions.values,
        )
        return cursors.page(
            rows,
            page,
            item=lambda row: self._read(row, scope),
            place=lambda row: (row["order_value"], row["order_id"]),
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
        return by_key(ids, ((row["related_id"], self._read(row, scope)) for row in rows))

    def refuse_no_relation(self, column: str) -> None:
        """Refuses a column that `latest_by` cannot be asked by.

        Raises:
            DeclarationWrong: it holds no ids, or nothing says which rows changed last.
        """
        if self._from.sql_type(column) != SQL_TYPES[UUID] or self._from.sql_type("position") is None:
            raise DeclarationWrong(f"{self._name}: the latest of it cannot be found by `{column}`")

    async def _fetched(self, connection: Connection, conditions: Conditions) -> list[Record]:
        return await connection.fetch(
            f"SELECT {self.columns}, {self._id} AS found_id FROM {self.source} WHERE {conditions.text}",  # noqa: S608
            *conditions.values,
        )

    def read(self, rows: Sequence[Record]) -> tuple[Shape, ...]:
        """Reads the rows of a statement of its own that selects `columns`, for a caller who has looked at the scope."""
        return tuple(map(self._read_row, rows))

    def _read(self, row: Record, scope: Scope) -> Shape:
        read = self._read_row(row)
        if masked := self._masked(scope):
            row_id = getattr(read, "id", None)
            hidden = [name for name, mask in masked.items() if not (mask.is_shown_in_scope and _holds(scope, row_id))]
            record: Any = read  # Shapes are records, which the type of a list leaves open.
            read = replace(record, **dict.fromkeys(hidden))
        return read if self._shown is None else self._shown(read, scope)

    def _masked(self, scope: Scope) -> Mapping[str, Mask]:
        """The fields that are null for the asker, at least of some rows."""
        if not self._masks:
            return self._masks
        model = self._from.read_model
        return {name: mask for name, mask in self._masks.items() if f"{model}.{name}" not in scope.unmasked}

    def _check(self) -> None:
        """Compares what the selection has not looked at."""
        for part in (self.filters.where, self.orders.members):
            if part.__module__ != self.shape.__module__:
                raise DeclarationWrong(f"{self._name}: {part.__name__} is not of the file that its shape is of")
        if unknown := set(self._masks) - set(get_type_hints(self.shape)):
            raise DeclarationWrong(f"{self._name}: {', '.join(sorted(unknown))} is masked, and no field of its shape")
        self._from.check(self._id, part="its id")
        self._from.check(self._scope.text, part="its scope")
        self._from.check(self._only, part="what holds for all its rows")
        for name, condition in self.filters.conditions.items():
            for text in (condition.text, condition.unsent):
                self._from.check(text, part=f"the filter `{name}`")


def _holds(scope: Scope, member_id: UUID | None) -> bool:
    return scope.member_ids is not None and member_id in scope.member_ids


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

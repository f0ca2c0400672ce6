"""Rows made from their classes, put straight into the tables of read models, and the lists over them."""

import itertools
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, get_type_hints
from uuid import UUID

from salesapi.access.principals import EVERYTHING, Scope
from salesapi.api.reads.declaration import ListRead
from salesapi.projections.projection import Projection
from salesapi.projections.tables import ReadTable
from salesapi.queries.paging import PageRequest
from tests.queries.list_facts import FACTS, ListFacts, MadeRow, Values
from tests.spec import uid
from tests.values_by_type import FIRST_DAY, built, plain


class Rows:
    """Rows of read models inside of one transaction, and the lists over them."""

    def __init__(self, connection: Any, tables: Mapping[str, ReadTable]) -> None:
        self.connection = connection
        self._tables = tables
        self._numbers = itertools.count(1)

    async def put(self, facts: ListFacts, values: Values) -> Any:
        """A row of the list's read model with these values, and what must stand around it."""
        number = next(self._numbers)
        row = self._made(MadeRow(facts.projection, {**facts.base, **values}), number, facts)
        await self._store(facts.projection, row)
        for around in facts.around({name.name: getattr(row, name.name) for name in fields(row)}):
            await self.put_around(around)
        return row

    async def put_around(self, made: MadeRow) -> None:
        """A row of another read model."""
        await self._store(made.projection, self._made(made, next(self._numbers)))

    def _made(self, made: MadeRow, number: int, facts: ListFacts | None = None) -> Any:
        """Ids go down while positions go up, so that neither order can stand for the other."""
        projection = made.projection
        hints = get_type_hints(projection.row)
        own = {
            name: _key(plain(hints[name]), number) for name in (*projection.key, *((facts.id_column,) if facts else ()))
        }
        own |= {name: number for name in ("position", "issued_position") if name in hints}
        return built(projection.row, **{**own, **made.values})

    async def _store(self, projection: Projection, row: object) -> None:
        table = self._tables[projection.name]
        await self.connection.copy_records_to_table(
            table.table_name,
            schema_name="read",
            columns=[column.name for column in table.columns],
            records=[table.codec.encode(row)],
        )

    async def listed(
        self,
        read: ListRead[Any, Any, Any],
        where: Mapping[str, object] | None = None,
        *,
        scope: Scope = EVERYTHING,
        order: StrEnum | None = None,
        shows: str = "",
    ) -> list[Any]:
        """Reads what the list holds, page by page with cursors; of each the field `shows`, or that by which it is known."""
        found: list[Any] = []
        after: str | None = None
        while True:
            page = await read.listing.page(
                self.connection,
                scope,
                where=read.listing.filters.where(**(where or {})),
                order=order or read.listing.orders.default,
                page=PageRequest(first=2, after=after),
            )
            assert page.items or after is None, "a cursor is given only where there are further rows"
            found += [getattr(item, shows or FACTS[read.name].shows) for item in page.items]
            after = page.next_cursor
            if after is None:
                return found


def _key(kind: object, number: int) -> object:
    """A value of a key that no other row has."""
    if kind is UUID:
        return uid(0xF000 - number)
    if kind is date:
        return FIRST_DAY + timedelta(days=number)
    return number if kind is int else f"key {number}"

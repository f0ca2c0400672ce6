"""The table of one generation of a read model: its DDL and its statements.

A table is named `read.<name>_v<version>_g<generation>`; that is also its follower's name in log.tracking. The statements are
made of checked names only; every value is a parameter. No clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from salesapi.database.array_literals import AS_PARAMETER, AsParameter, array_parameter
from salesapi.database.columns import NAME, Column, RowCodec, RowNotStorable, columns_of
from salesapi.database.connections import Connection
from salesapi.projections.projection import Projection

SCHEMA: Final = "read"
APPLICATION_ROLE: Final = "salesapi_app"
OWN_TABLES: Final = frozenset({"registry"})
"""Tables of the schema that are no read models."""
LOADED_ROWS_MAX: Final = 50_000
"""Most rows that one transaction loads; a page that touches more is applied in parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsStatement:
    """A statement over many rows at once: one parameter for each of their columns."""

    text: str
    columns: tuple[AsParameter, ...]

    def parameters(self, rows: Iterable[Sequence[object]]) -> list[object]:
        """The parameters of these rows."""
        return [
            as_parameter(values) for as_parameter, values in zip(self.columns, zip(*rows, strict=True), strict=True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """One generation's table. Made by `read_table`."""

    projection: Projection
    generation: int
    table_name: str
    columns: tuple[Column, ...]
    codec: RowCodec
    load: RowsStatement
    """Takes groups, and after them the most rows."""
    upsert: RowsStatement
    """Takes rows."""
    delete: RowsStatement
    """Takes keys."""

    @property
    def follower(self) -> str:
        """The name of its checkpoint in log.tracking."""
        return f"{SCHEMA}.{self.table_name}"


def read_table(projection: Projection, generation: int) -> ReadTable:
    """The table of a generation.

    Raises:
        RowNotStorable: the projection's row, key or group cannot be a table.
    """
    columns = checked_columns(projection)
    table_name = f"{projection.name}_v{projection.version}_g{generation}"
    by_name = {column.name: column.sql_type for column in columns}
    others = [name for name in by_name if name not in projection.key]
    action = f"UPDATE SET {_assigned(others)}" if others else "NOTHING"
    return ReadTable(
        projection=projection,
        generation=generation,
        table_name=table_name,
        columns=columns,
        codec=RowCodec(projection.row, columns),
        load=_statement(
            projection.group,
            by_name,
            f"SELECT {_listed(by_name, 't.')} FROM {_arrays(projection.group, by_name)} "  # noqa: S608
            f'CROSS JOIN LATERAL (SELECT * FROM {SCHEMA}."{table_name}" r WHERE {_matched(projection.group, "r")} OFFSET 0) t '
            f"LIMIT ${len(projection.group) + 1}",
        ),
        upsert=_statement(
            tuple(by_name),
            by_name,
            f'INSERT INTO {SCHEMA}."{table_name}" ({_listed(by_name)}) SELECT {_listed(by_name)} '  # noqa: S608
            f"FROM {_arrays(tuple(by_name), by_name)} ON CONFLICT ({_listed(projection.key)}) DO {action}",
        ),
        delete=_statement(
            projection.key,
            by_name,
            f'DELETE FROM {SCHEMA}."{table_name}" r USING {_arrays(projection.key, by_name)} '  # noqa: S608
            f"WHERE {_matched(projection.key, 'r')}",
        ),
    )


def checked_columns(projection: Projection) -> tuple[Column, ...]:
    """The projection's columns.

    Raises:
        RowNotStorable: see `read_table`.
    """
    if not NAME.fullmatch(projection.name) or projection.name in OWN_TABLES:
        raise RowNotStorable(f"a read model cannot be named {projection.name!r}")
    columns = columns_of(projection.row)
    firm = {column.name for column in columns if not column.is_nullable and column.sql_type != "jsonb"}
    for name in (*projection.key, *projection.group):
        if name not in firm:
            raise RowNotStorable(
                f"{projection.name}: key and group are columns that are never null and no jsonb; {name} is not one"
            )
    return columns


def described(projection: Projection) -> str:
    """Describes what a version of a read model stores, one line a column. It may not change without a new version."""
    lines = [column.described for column in checked_columns(projection)]
    return "\n".join([*lines, f"key {', '.join(projection.key)}", f"group {', '.join(projection.group)}"])


async def create_table(connection: Connection, table: ReadTable) -> None:
    """Makes the table with what its follower needs: the key, and the way to a group. Run by the owner's role."""
    columns = ", ".join(
        f'"{column.name}" {column.sql_type}{"" if column.is_nullable else " NOT NULL"}' for column in table.columns
    )
    key, group = table.projection.key, table.projection.group
    name = f'{SCHEMA}."{table.table_name}"'
    await connection.execute(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({_listed(key)}))")
    if group != key[: len(group)]:
        await connection.execute(f'CREATE INDEX "{table.table_name}_group" ON {name} ({_listed(group)})')
    await connection.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {APPLICATION_ROLE}")


async def create_indexes(connection: Connection, table: ReadTable) -> None:
    """Makes the declared indexes that are missing. Run by the owner's role."""
    for definition in table.projection.indexes:
        name = f"{table.table_name}_{sha256(definition.encode()).hexdigest()[:8]}"
        await connection.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON {SCHEMA}."{table.table_name}" {definition}')


def _listed(names: Iterable[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _assigned(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}" = excluded."{name}"' for name in names)


def _matched(names: Iterable[str], alias: str) -> str:
    return " AND ".join(f'{alias}."{name}" = g."{name}"' for name in names)


def _statement(names: Sequence[str], sql_types: Mapping[str, str], text: str) -> RowsStatement:
    return RowsStatement(text=text, columns=tuple(AS_PARAMETER[sql_types[name]] for name in names))


def _arrays(names: Sequence[str], sql_types: Mapping[str, str]) -> str:
    """Parameters 1, 2, ... as a table `g` with these columns."""
    arrays = ", ".join(array_parameter(number, sql_types[name]) for number, name in enumerate(names, start=1))
    return f"unnest({arrays}) AS g ({_listed(names)})"

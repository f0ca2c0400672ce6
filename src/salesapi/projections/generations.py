"""Generations of read models: which tables there are, which one queries see, and making and dropping them.

Making and dropping needs the owner's role (`salesapi migrate`, `salesapi rebuild`); showing one that has caught up goes
through the function `read.make_live`, which the application's role may call too. See docs/decisions/0002.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from salesapi.database.columns import Reader
from salesapi.database.connections import Connection
from salesapi.projections.projection import Projection
from salesapi.projections.tables import SCHEMA, ReadTable, create_indexes, create_table, described, read_table

State: TypeAlias = Literal["rebuilding", "following", "live", "retired"]

REGISTERED: Final = """
    SELECT name, generation, version, table_name, columns, state FROM read.registry
    WHERE name = ANY($1::text[]) ORDER BY name, generation
"""
ADD: Final = """
    INSERT INTO read.registry (name, generation, version, table_name, columns, state) VALUES ($1, $2, $3, $4, $5, $6)
"""


class ReadModelChanged(RuntimeError):
    """The columns of a read model were changed without a new version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One row of the registry."""

    name: str
    generation: int
    version: int
    table_name: str
    columns: str
    state: State

    @property
    def follower(self) -> str:
        """The name under which it is followed; see `ReadTable.follower`."""
        return f"{SCHEMA}.{self.table_name}"


GENERATIONS: Final = Reader(Generation)


async def registered(connection: Connection, names: Sequence[str]) -> tuple[Generation, ...]:
    """The generations of these read models, by name and number."""
    return GENERATIONS.all(await connection.fetch(REGISTERED, list(names)))


async def prepare_read_models(owner_connection: Connection, projections: Sequence[Projection]) -> None:
    """Makes the tables and views that the projections need. Can be run again at any time, also while they are served.

    A new version gets a table of its own, which followers fill; queries see the old one until it has caught up.

    Raises:
        ReadModelChanged: a projection's columns differ from its table's, and its version does not.
        RowNotStorable: a projection's row, key or group cannot be a table.
    """
    async with owner_connection.transaction():
        # Keeps out other migrations and swaps; readers and followers only read the registry.
        await owner_connection.execute("LOCK TABLE read.registry IN SHARE ROW EXCLUSIVE MODE")
        for projection in projections:
            await _prepare(owner_connection, projection, await registered(owner_connection, [projection.name]))


async def _prepare(connection: Connection, projection: Projection, found: Sequence[Generation]) -> None:
    live = next((each for each in found if each.state == "live"), None)
    own = [each for each in found if each.version == projection.version and each.state != "rebuilding"]
    for each in own:
        refuse_other_columns(projection, each)
    for each in found:
        if each.state == "retired" and each.version != projection.version:
            await drop_generation(connection, each)
    if live is None or live.version != projection.version:
        candidate = max(own, key=lambda each: each.generation, default=None)
        if candidate is None:
            table = await add_generation(connection, projection, "following")
        else:
            # A version that was live before: it goes on from where it stood.
            table = read_table(projection, candidate.generation)
            await follow_generation(connection, table)
        await create_indexes(connection, table)
        if live is None:
            await make_live(connection, table)
    else:
        await create_indexes(connection, read_table(projection, live.generation))


def refuse_other_columns(projection: Projection, generation: Generation) -> None:
    """Raises ReadModelChanged where the program and the generation's table do not hold the same columns."""
    wanted = described(projection)
    if wanted == generation.columns:
        return
    before, after = set(generation.columns.splitlines()), set(wanted.splitlines())
    raise ReadModelChanged(
        f"the read model {projection.name} was changed without a new version: its table {generation.table_name} has "
        f"{sorted(before - after) or 'all of its lines'}, the program has {sorted(after - before) or 'fewer or reordered'}; "
        f"set version={projection.version + 1} so that a new table is built beside the old one"
    )


async def add_generation(connection: Connection, projection: Projection, state: State) -> ReadTable:
    """Makes and registers the next generation, empty, in the open transaction of the owner's role."""
    number: int = await connection.fetchval("SELECT nextval('read.generation_number')")
    table = read_table(projection, number)
    await create_table(connection, table)
    await connection.execute(
        ADD, projection.name, number, projection.version, table.table_name, described(projection), state
    )
    return table


async def follow_generation(connection: Connection, table: ReadTable) -> None:
    """Hands a generation to the followers, who show it once it has caught up."""
    await connection.execute(
        "UPDATE read.registry SET state = 'following' WHERE name = $1 AND generation = $2 AND state <> 'live'",
        table.projection.name,
        table.generation,
    )


async def make_live(connection: Connection, table: ReadTable) -> bool:
    """Shows the generation to queries; false while it is behind the live one.

    Raises:
        asyncpg.LockNotAvailableError: a query has held the view too long. Nothing changed: try again.
    """
    is_live: bool = await connection.fetchval("SELECT read.make_live($1, $2)", table.projection.name, table.generation)
    return is_live


async def drop_generation(connection: Connection, generation: Generation) -> None:
    """Drops a generation that is not live, its checkpoint first: a follower of it then finds that it has none."""
    assert generation.state != "live", f"{generation.table_name} is what queries read"
    async with connection.transaction():
        await connection.execute("DELETE FROM log.tracking WHERE follower = $1", generation.follower)
        await connection.execute("DELETE FROM log.follower WHERE follower = $1", generation.follower)
        await connection.execute(f'DROP TABLE {SCHEMA}."{generation.table_name}"')
        await connection.execute(
            "DELETE FROM read.registry WHERE name = $1 AND generation = $2", generation.name, generation.generation
        )

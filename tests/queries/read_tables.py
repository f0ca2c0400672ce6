"""The real read tables in a database of their own, filled with the rows of a history that is folded in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from salesapi.database.migrating import migrate
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.generations import prepare_read_models, registered
from salesapi.projections.projection import Projection
from salesapi.projections.tables import read_table
from tests.projections.histories import Fact, fold


@dataclass(frozen=True)
class ReadTables:
    """The tables, and the application's connections to ask them."""

    owner: "asyncpg.Connection[asyncpg.Record]"
    pool: "asyncpg.Pool[asyncpg.Record]"

    async def fill(self, projections: Sequence[Projection], facts: Sequence[Fact]) -> None:
        """Replaces all rows of these read models by those of the facts."""
        await prepare_read_models(self.owner, projections)
        for projection in projections:
            (live,) = await registered(self.owner, [projection.name])
            table = read_table(projection, live.generation)
            rows = [row for rows in fold(projection, *facts).values() for row in rows]
            await self.owner.execute(f'TRUNCATE read."{live.table_name}"')
            await self.owner.copy_records_to_table(
                live.table_name,
                schema_name="read",
                columns=[column.name for column in table.columns],
                records=[table.codec.encode(row) for row in rows],
            )


@asynccontextmanager
async def read_tables(postgresql: EmbeddedPostgreSQL, database: str) -> AsyncIterator[ReadTables]:
    """A migrated database of this name, which is gone afterwards."""
    urls = await postgresql.create_database(database)
    await migrate(urls.owner_url)
    owner = await asyncpg.connect(urls.owner_url)
    async with asyncpg.create_pool(urls.application_url, min_size=1, max_size=2) as pool:
        yield ReadTables(owner, pool)
    await owner.close()
    await postgresql.drop_database(database)

"""A digest of the rows that queries see, to compare a table with its rebuild."""

from salesapi.database.connections import Connection
from salesapi.projections.projection import Projection
from salesapi.projections.tables import SCHEMA, checked_columns


async def rows_digest(connection: Connection, projection: Projection) -> str:
    """A digest of all live rows that does not depend on their order: two tables with equal rows have equal digests."""
    values = ", ".join(
        f'trim_scale("{column.name}")' if column.sql_type == "numeric" else f'"{column.name}"'
        for column in checked_columns(projection)
    )
    async with connection.transaction(readonly=True):
        # The text of an instant depends on the session's zone.
        await connection.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'")
        row = await connection.fetchrow(
            f"""
            SELECT count(*) AS rows, coalesce(sum(('x' || left(h, 15))::bit(60)::bigint), 0) AS low,
                   coalesce(sum(('x' || right(h, 15))::bit(60)::bigint), 0) AS high
            FROM (
                SELECT encode(sha256(convert_to(ROW({values})::text, 'UTF8')), 'hex') AS h
                FROM {SCHEMA}."{projection.name}"
            ) hashed
            """
        )
    assert row is not None, "an aggregate answers one row"
    return f"{row['rows']}:{int(row['low']):x}:{int(row['high']):x}"

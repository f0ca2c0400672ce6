"""A table equal to log.event (columns, constraints, indexes) for baselines; positions come from a sequence there."""

from typing import Final

import asyncpg

EQUAL_TABLE: Final = """
    CREATE SCHEMA IF NOT EXISTS bench;
    DROP TABLE IF EXISTS bench.event;
    DROP SEQUENCE IF EXISTS bench.position;
    CREATE SEQUENCE bench.position;
    CREATE TABLE bench.event (LIKE log.event INCLUDING ALL)
        WITH (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0.02);
    ALTER TABLE bench.event ALTER position SET DEFAULT nextval('bench.position');
"""


async def make_equal_table(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Makes it, empty."""
    await owner.execute(EQUAL_TABLE)

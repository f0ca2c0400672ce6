"""Values as one text are what the driver's own arrays are to the server, so that it does not matter which way a row came in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from salesapi.database.array_literals import AS_PARAMETER, array_parameter
from salesapi.database.columns import SQL_TYPES
from salesapi.embedded.postgresql import DatabaseUrls

SHANGHAI = timezone(timedelta(hours=8))
VALUES: dict[str, Sequence[object]] = {
    "uuid": (UUID(int=0), UUID("6f1b7a52-6d38-5c1b-9e2f-0c7f3a9d5e10"), None),
    "text": ("", "NULL", '{"a", \\ }', "报价\n", None),
    "jsonb": ('{"a": [1, "}"]}', "null", None),
    "bigint": (0, -(2**63), 2**63 - 1, None),
    "numeric": (Decimal("1.50"), Decimal("1E+2"), Decimal("1E-20"), Decimal("-0.00"), None),
    "boolean": (True, False, None),
    "date": (date(2026, 3, 5), date(1, 1, 2), date(9999, 12, 30), date.min, date.max, None),
    "timestamptz": (
        datetime(2026, 3, 5, 9, 30, 0, 123456, tzinfo=SHANGHAI),
        datetime(1, 1, 1, 3, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=SHANGHAI),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        None,
    ),
}


def test_every_type_of_column_is_tried() -> None:
    assert VALUES.keys() == AS_PARAMETER.keys() == {*SQL_TYPES.values(), "jsonb"}


@pytest.mark.parametrize("sql_type", VALUES)
async def test_values_as_one_parameter_are_what_the_driver_sends(database: DatabaseUrls, sql_type: str) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        for values in (VALUES[sql_type], ()):
            by_driver = await connection.fetchval(f"SELECT $1::{sql_type}[]::text", list(values))
            sent = AS_PARAMETER[sql_type](values)
            ours = await connection.fetchval(f"SELECT ({array_parameter(1, sql_type)})::text", sent)
            assert ours == by_driver
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("at", "stored"),
    [
        (datetime(1, 1, 1, tzinfo=SHANGHAI), "{-infinity}"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=8))), "{infinity}"),
    ],
)
def test_an_instant_of_an_old_log_beyond_the_calendar_of_utc_stops_no_follower(at: datetime, stored: str) -> None:
    assert AS_PARAMETER["timestamptz"]([at]) == stored

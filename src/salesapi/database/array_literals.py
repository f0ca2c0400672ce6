"""Many rows' values of one column as one parameter of a statement.

asyncpg looks at each element of an array of anything but text three times, which for a wide row costs more than its fold. So
texts go as arrays, and all else as one text in PostgreSQL's form of an array, which the server reads: `$1::text::uuid[]`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

AsParameter: TypeAlias = Callable[[Sequence[Any]], object]
_FIRST_YEAR, _LAST_YEAR = date.min.year, date.max.year


def array_literal(elements: Iterable[str]) -> str:
    """PostgreSQL's text form of an array whose elements need no quotes."""
    return "{" + ",".join(elements) + "}"


def array_parameter(number: int, sql_type: str) -> str:
    """The SQL of the parameter that `AS_PARAMETER` makes of values of this type: an array of them."""
    sent_as = "text[]" if AS_PARAMETER[sql_type] is _texts else "text"
    return f"${number}::{sent_as}::{sql_type}[]"


def _day(value: date) -> str:
    return value.isoformat() if _FIRST_YEAR < value.year < _LAST_YEAR else _at_the_edge(value)


def _at_the_edge(value: date) -> str:
    """The first and the last day or instant that Python has are what asyncpg sends, and reads back, as infinite."""
    if isinstance(value, datetime):
        value = _in_utc(value)
    kind = type(value)
    return (
        "infinity" if value == kind.max else "-infinity" if value == kind.min else f"{value.isoformat()}{_zone(value)}"
    )


def _in_utc(value: datetime) -> datetime:
    """The instant in UTC, without its zone; the first or the last that there is where UTC is in another year than Python has.

    A follower that met it would stop for everybody, because of one row of an old log.
    """
    try:
        return value.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if value.year == _FIRST_YEAR else datetime.max


def _zone(value: date) -> str:
    return "+00" if isinstance(value, datetime) else ""


def _uuids(values: Sequence[UUID | None]) -> str:
    return array_literal(["NULL" if value is None else value.hex for value in values])


def _numbers(values: Sequence[int | Decimal | None]) -> str:
    return array_literal(["NULL" if value is None else str(value) for value in values])


def _booleans(values: Sequence[bool | None]) -> str:
    return array_literal(["NULL" if value is None else "t" if value else "f" for value in values])


def _days(values: Sequence[date | None]) -> str:
    return array_literal(["NULL" if value is None else _day(value) for value in values])


def _texts(values: Sequence[str | None]) -> Sequence[str | None]:
    return values


AS_PARAMETER: Final[Mapping[str, AsParameter]] = {
    "uuid": _uuids,
    "text": _texts,
    "jsonb": _texts,
    "bigint": _numbers,
    "numeric": _numbers,
    "boolean": _booleans,
    "date": _days,
    "timestamptz": _days,
}
"""By the SQL type of the column."""

"""The GraphQL scalars: whole numbers beyond 32 bits, exact decimals, ids, dates and instants, all without loss.

An input keeps the form in which the client sent it (an id stays the client's text), so that the values that reach the
command are those that the REST body would hold and both doors take the same fingerprint. Only `BigInt` becomes a number.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, NewType
from uuid import UUID

from graphql import GraphQLError
from strawberry import scalar
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)
"""An integer that may exceed 32 bits: an amount in minor units, a position."""

BIG_INT_MAX: Final = 2**63 - 1
_BIG_INT_DIGITS_MAX: Final = 20
_DECIMAL_LENGTH_MAX: Final = 60
"""Longest decimal text, in characters; what a field allows is the command's affair."""


def _big_int(value: object) -> int:
    if isinstance(value, str) and len(value) <= _BIG_INT_DIGITS_MAX and value.removeprefix("-").isdecimal():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= BIG_INT_MAX:
        return value
    raise GraphQLError("A BigInt is a whole number, sent as digits in a string or as a JSON integer.")


def _decimal(value: object) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= BIG_INT_MAX:
        return value
    if isinstance(value, str) and len(value) <= _DECIMAL_LENGTH_MAX:
        try:
            if Decimal(value).is_finite():
                return value
        except InvalidOperation:
            pass
    raise GraphQLError("A Decimal is sent as a string such as `12.5`.")


def _text(parse: Callable[[str], object], message: str) -> Callable[[object], str]:
    """A reader that checks the form of a text and answers the text itself."""

    def read(value: object) -> str:
        if isinstance(value, str):
            try:
                parse(value)
            except (ValueError, OverflowError):
                pass
            else:
                return value
        raise GraphQLError(message)

    return read


def _iso(value: object) -> str:
    """As REST writes it: an instant in UTC ends in Z."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date | datetime) else str(value)


SCALARS: Final[dict[object, ScalarDefinition]] = {
    BigInt: scalar(
        name="BigInt",
        description="A whole number of up to 64 bits, answered as digits in a string so that no client loses precision. "
        "As input it may also be a JSON integer. Amounts are in minor units of their currency.",
        serialize=str,
        parse_value=_big_int,
    ),
    Decimal: scalar(
        name="Decimal",
        description="An exact decimal as a string, for example `12.5`.",
        serialize=str,
        parse_value=_decimal,
    ),
    UUID: scalar(
        name="UUID",
        description="An id (RFC 9562).",
        serialize=str,
        parse_value=_text(UUID, "A UUID has the form 0190aaaa-0000-7000-8000-000000000000."),
    ),
    date: scalar(
        name="Date",
        description="A local date, YYYY-MM-DD.",
        serialize=_iso,
        parse_value=_text(date.fromisoformat, "A Date has the form 2026-03-02."),
    ),
    datetime: scalar(
        name="DateTime",
        description="An instant with its offset, ISO 8601.",
        serialize=_iso,
        parse_value=_text(datetime.fromisoformat, "A DateTime has the form 2026-03-02T10:00:00+08:00."),
    ),
    JSON: scalar(
        name="JSON",
        description="Any JSON value, with the keys in snake_case as REST has them.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}

"""The columns of a read model's table, from the fields of its row's class: their SQL types, and how values go in and out.

UUID, str, int, bool, Decimal, date and datetime have SQL types of their own; records, tuples and mappings are stored as
jsonb. `| None` makes a column nullable. There are no floats. Instants come back in UTC.
"""

import functools
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Final, Generic, Literal, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from salesapi.database.connections import Record
from salesapi.database.records import RecordReader
from salesapi.domain.shared.states import maker

Kind = TypeVar("Kind")

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Names of read models and of their columns: PostgreSQL cuts longer table names than 63 characters."""

SQL_TYPES: Final[Mapping[object, str]] = {
    UUID: "uuid",
    str: "text",
    int: "bigint",
    bool: "boolean",
    Decimal: "numeric",
    date: "date",
    datetime: "timestamptz",
}
JSON: Final = msgspec.json.Encoder(order="deterministic")
"""Sets and mappings have no order in memory: sorted, equal rows are equal text."""


class Make(Protocol):
    """Makes a record of all its values, in the order of its fields."""

    def __call__(self, *values: object) -> object: ...


class RowNotStorable(TypeError):
    """A row's class has a field that no column can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `encode` and `decode` are None where the driver's own value is the row's value."""

    name: str
    sql_type: str
    is_nullable: bool
    shape: str
    """What is inside, readable: a changed shape inside of jsonb is a changed column too."""
    encode: Callable[[object], object] | None = None
    decode: Callable[[object], object] | None = None

    @property
    def described(self) -> str:
        """The column as the registry keeps it, to notice changes."""
        return f"{self.name} {self.shape}{'' if self.is_nullable else ' not null'}"


def columns_of(row: type) -> tuple[Column, ...]:
    """The columns of a row's class, in the order of its fields.

    Raises:
        RowNotStorable: a field's name or type cannot be a column.
    """
    if not is_dataclass(row):
        raise RowNotStorable(f"the row {row.__name__} must be a record")
    hints = get_type_hints(row)
    return tuple(_column(row, field.name, hints[field.name]) for field in fields(row))


def _column(row: type, name: str, hint: object) -> Column:
    if not NAME.fullmatch(name):
        raise RowNotStorable(f"{row.__name__}.{name}: a column is named in lower case with at most 40 characters")
    inner, is_nullable = _without_none(hint)
    try:
        shape = _shape(inner)
        sql_type = _sql_type(inner)
        if sql_type != "jsonb":
            decode = inner if isinstance(inner, type) and issubclass(inner, Enum) else None
            return Column(name=name, sql_type=sql_type, is_nullable=is_nullable, shape=shape, decode=decode)
        reader = RecordReader(inner)
    except TypeError as error:
        raise RowNotStorable(f"{row.__name__}.{name} cannot be a column: {error}") from error
    return Column(
        name=name,
        sql_type=sql_type,
        is_nullable=is_nullable,
        shape=f"jsonb {shape}",
        encode=_json_text,
        decode=lambda text: reader.decode(str(text)),
    )


def _json_text(value: object) -> str:
    return JSON.encode(value).decode()


def _without_none(hint: object) -> tuple[object, bool]:
    """The type without `| None`, and whether that was there."""
    if get_origin(hint) not in (Union, UnionType):
        return hint, False
    members = [member for member in get_args(hint) if member is not NoneType]
    is_nullable = len(members) < len(get_args(hint))
    return functools.reduce(operator.or_, members), is_nullable


def _sql_type(hint: object) -> str:
    if _is_text(hint):
        return "text"
    return SQL_TYPES.get(hint, "jsonb")


def _is_text(hint: object) -> bool:
    """A closed set of texts is stored as text: a further member of it does not change the column."""
    if get_origin(hint) is Literal:
        return all(isinstance(member, str) for member in get_args(hint))
    return isinstance(hint, type) and issubclass(hint, str)


def _shape(hint: object) -> str:
    """The structure of a type, as far as what is stored depends on it."""
    if hint is NoneType:
        return "null"
    if _is_text(hint):
        return "text"
    if hint in SQL_TYPES:
        return SQL_TYPES[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return "|".join(sorted(_shape(part) for part in parts))
    if origin in (tuple, frozenset):
        return f"[{', '.join('...' if part is Ellipsis else _shape(part) for part in parts)}]"
    if origin in (dict, Mapping):
        return f"{{{_shape(parts[0])}: {_shape(parts[1])}}}"
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return "{" + ", ".join(f"{field.name} {_shape(hints[field.name])}" for field in fields(hint)) + "}"
    raise TypeError(f"{hint} has no stored form (floats never have one)")


class RowCodec:
    """Turns rows into the values of their columns and back."""

    def __init__(self, row: type, columns: Sequence[Column]) -> None:
        self._make: Make = maker(row)
        # With a further attribute there are always several, and the getter answers a tuple.
        self._read = attrgetter(*(column.name for column in columns), "__class__")
        self._encoders = tuple((n, column.encode) for n, column in enumerate(columns) if column.encode is not None)
        self._decoders = tuple((n, column.decode) for n, column in enumerate(columns) if column.decode is not None)

    def encode(self, row: object) -> list[object]:
        """The row's values in the order of its columns."""
        values = list(self._read(row))
        values.pop()
        for number, encode in self._encoders:
            if values[number] is not None:
                values[number] = encode(values[number])
        return values

    def decode(self, values: Sequence[object]) -> object:
        """The row of these values."""
        read = list(values)
        for number, decode in self._decoders:
            if read[number] is not None:
                read[number] = decode(read[number])
        return self._make(*read)


class Reader(Generic[Kind]):
    """Reads rows of a statement into records, whose fields have the names of its columns."""

    def __init__(self, kind: type[Kind]) -> None:
        columns = columns_of(kind)
        self._kind = kind
        self._names = tuple(column.name for column in columns)
        self._codec = RowCodec(kind, columns)

    def read(self, row: Record) -> Kind:
        """Returns the row as a record."""
        made = self._codec.decode([row[name] for name in self._names])
        assert isinstance(made, self._kind)
        return made

    def all(self, rows: Sequence[Record]) -> tuple[Kind, ...]:
        """Returns all rows as records."""
        return tuple(map(self.read, rows))

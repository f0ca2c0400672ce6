"""Turns stored JSON into records. msgspec does, but for one thing: it knows no field that holds one of several dataclasses.

A record that has such a field somewhere within (`domain/one_of.py`) is put together here, field by field, and msgspec reads all
that lies beside the way to it. Every other type is msgspec's alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec

from salesapi.domain.shared.one_of import TAG, records_by_kind

Read: TypeAlias = Callable[[object], object]
_PLAIN: Final = msgspec.json.Decoder()


class RecordReader:
    """Reads the JSON of one type. Errors are msgspec's, which name the field and not its value."""

    def __init__(self, hint: object) -> None:
        """Prepares reading, once for all values.

        Raises:
            TypeError: the type cannot be read.
        """
        way = _way(hint, ())
        self.convert: Read = way or _plain_way(hint)
        """The record of a tree of plain values."""
        self.decode: Callable[[str], object] = msgspec.json.Decoder(hint).decode if way is None else self._decode
        """The record of a JSON text."""

    def _decode(self, text: str) -> object:
        return self.convert(_PLAIN.decode(text))


def _way(hint: object, around: tuple[object, ...]) -> Read | None:
    """Finds how to read a type with one of several records within; None of any other. `around`: records it is in."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _way(parts[0], around)
    if records := records_by_kind(hint):
        read = partial(_one_of, {kind: _record(record, around) for kind, record in records.items()})
        return partial(_unless_null, read) if NoneType in parts else read
    if origin in (Union, UnionType):
        ways = [_way(part, around) for part in parts if part is not NoneType]
        found = next((way for way in ways if way is not None), None)
        if found is not None and len(ways) > 1:
            raise TypeError(f"{hint} holds one of several records in one of several ways")
        return partial(_unless_null, found) if found is not None else None
    if origin is tuple:
        item = _way(parts[0], around) if parts else None
        return partial(_each, item) if item is not None else None
    if isinstance(hint, type) and is_dataclass(hint) and hint not in around:
        hints = get_type_hints(hint, include_extras=True)
        is_special = any(_way(hints[field.name], (*around, hint)) is not None for field in fields(hint))
        return _record(hint, around) if is_special else None
    return None


def _record(record: type, around: tuple[object, ...]) -> Read:
    if record in around:
        raise TypeError(f"{record.__name__} is one of several records and holds itself")
    hints = get_type_hints(record, include_extras=True)
    declared: tuple[Field[object], ...] = fields(record)
    ways = {field: _way(hints[field.name], (*around, record)) or _plain_way(hints[field.name]) for field in declared}
    return partial(_put_together, record, ways)


def _plain_way(hint: object) -> Read:
    # Converting would find out only with the first value that msgspec does not know the type.
    msgspec.json.Decoder(hint)
    return partial(msgspec.convert, type=hint, str_keys=True)


def _put_together(record: type, ways: "Mapping[Field[object], Read]", tree: object) -> object:
    if not isinstance(tree, dict):
        raise msgspec.ValidationError(f"Expected `object` for {record.__name__}")
    values: dict[str, object] = {}
    for field, read in ways.items():
        if field.name in tree:
            try:
                values[field.name] = read(tree[field.name])
            except msgspec.ValidationError as error:
                raise msgspec.ValidationError(f"{error} - in `{record.__name__}.{field.name}`") from error
        elif field.default is MISSING and field.default_factory is MISSING:
            raise msgspec.ValidationError(f"Object missing required field `{field.name}` - in `{record.__name__}`")
    return record(**values)


def _one_of(reads: Mapping[str, Read], tree: object) -> object:
    kind = tree.get(TAG) if isinstance(tree, dict) else None
    if not isinstance(kind, str) or kind not in reads:
        raise msgspec.ValidationError(f"`{TAG}` is none of {', '.join(reads)}")
    return reads[kind](tree)


def _unless_null(read: Read, tree: object) -> object:
    return None if tree is None else read(tree)


def _each(read: Read, tree: object) -> object:
    if not isinstance(tree, list):
        raise msgspec.ValidationError("Expected `array`")
    return tuple(read(item) for item in tree)

"""Values made from their types alone: for each field a value of its own, and for each part of it the same value with it changed.

A value follows from the name of its field, so that fields of one name in several events hold the same thing. Nothing is random.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID
from zlib import crc32

from salesapi.domain.pay.reasons.reason_form import StoredReason, stated

Made = TypeVar("Made")

FIRST_DAY: Final = date(2026, 1, 1)
PERIODS: Final = ("2026-03", "2026-04")
"""Values of fields that hold a period."""


def built(cls: type[Made], **given: object) -> Made:
    """A record of this class with a value in every field; `given` fields are as they are."""
    assert is_dataclass(cls), "records have fields"
    hints = get_type_hints(cls, include_extras=True)
    made = {field.name: built_value(hints[field.name], field.name) for field in fields(cls) if field.name not in given}
    return cls(**{**made, **given})


def bare(cls: type[Made], **stated: object) -> Made:
    """A record of what is stated, in which all else is unknown: null, or empty; what has a default has that."""
    assert is_dataclass(cls), "records have fields"
    left = [
        field for field in fields(cls) if field.name not in stated and field.default is MISSING is field.default_factory
    ]
    hints = get_type_hints(cls)
    unknown = {field.name: () if get_origin(hints[field.name]) is tuple else None for field in left}
    wrong = [name for name, value in unknown.items() if value is None and NoneType not in get_args(hints[name])]
    assert not wrong, f"{cls.__name__}: state {', '.join(wrong)}"
    return cls(**stated, **unknown)


def changes(value: Any, cls: type) -> Iterator[tuple[str, Any]]:
    """The record once more for each leaf of it, with that leaf changed; named by its path, as `lines.product_id`."""
    hints = get_type_hints(cls, include_extras=True)
    for field in fields(cls):
        for path, changed in _changed(hints[field.name], field.name, getattr(value, field.name)):
            yield f"{field.name}{path}", replace(value, **{field.name: changed})


def built_value(hint: Any, name: str, *, other: bool = False) -> Any:
    """A value of this type for a field of this name; the `other` one differs from the first."""
    hint = plain(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return parts[other and len(parts) > 1]
    if origin is tuple or origin is frozenset:
        return origin([built_value(parts[0], name, other=other)])
    if origin in (dict, Mapping):
        return {built_value(parts[0], name): built_value(parts[1], name, other=other)}
    if hint is StoredReason:
        # Only a kind that is known can be put into words.
        return stated(f"{name} {'other' if other else 'one'}")
    if is_dataclass(hint):
        return built(hint)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[other]
    return _scalar(hint, name, other)


def plain(hint: Any) -> Any:
    """The type without its marks and bounds, and without `| None`; of several, the first."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, UnionType):
        return plain(next(part for part in get_args(hint) if part is not NoneType))
    return hint


def _scalar(hint: Any, name: str, other: bool) -> object:
    number = 2 * (crc32(name.encode()) % 20_000) + 2 + other
    match hint:
        case _ if hint is UUID:
            return UUID(int=number << 64 | 0x7E57)
        case _ if hint is bool:
            return other
        case _ if hint is int:
            return number
        case _ if hint is Decimal:
            return Decimal(number) / 8
        case _ if hint is date:
            return FIRST_DAY + timedelta(days=number % 3_000)
        case _ if hint is datetime:
            return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
        case _ if hint is str and name.startswith("period"):
            return PERIODS[other]
        case _ if hint is str:
            return f"{name} {'other' if other else 'one'}"
    raise TypeError(f"{name}: no value is known of {hint}")


def _changed(hint: Any, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    hint = plain(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if value is None:
        yield "", built_value(hint, name)
    elif is_dataclass(hint):
        for path, changed in changes(value, hint):  # type: ignore[arg-type]
            yield f".{path}", changed
    elif origin is tuple:
        for place, each in enumerate(value):
            for path, changed in _changed(parts[0], name, each):
                yield path, (*value[:place], changed, *value[place + 1 :])
    elif origin is Literal and len(parts) == 1:
        return
    else:
        yield "", built_value(hint, name, other=True)

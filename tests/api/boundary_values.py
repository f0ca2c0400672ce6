"""Values at the bounds of each type of a command's fields, put one at a time into requests that are right otherwise. Seeded."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le, MaxLen, MinLen

from salesapi.domain.shared.dates import months_after
from salesapi.domain.shared.kernel import AMOUNT_MINOR_MAX
from salesapi.domain.shared.one_of import TAG, records_by_kind

DAYS: Final = (
    *("0001-01-01", "0001-01-02", "0001-12-31", "0002-01-01", "1900-01-01", "1969-12-31", "1970-01-01"),
    *("2000-02-29", "2026-02-28", "2100-12-31", "9998-12-31", "9999-01-01", "9999-12-30", "9999-12-31"),
)
INSTANTS: Final = (
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    *("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00"),
)
PERIODS: Final = ("0001", "0001-01", "1970-01", "2100Q4", "9998", "9998-12", "9998Q4", "9999")
DECIMALS: Final = ("0", "-0", "0.000000000001", "-0.01", "1", "99.999999", "100", "9007199254740991", "1e-12", "9" * 24)
TEXTS: Final = (" ", "'", "\u202e需求\U0001f4a5", "=1+1", "%_\\", '"', "null", "{}", "2026-03", "0001", "a,b;\n\r")
LENGTH_MAX: Final = 5_000
"""Longest text and longest tuple that is made where no mark bounds it, or where the mark is beyond."""
SPREAD_MAX: Final = 60
"""Most parts of a tuple that are made."""
Place: TypeAlias = tuple[str | int, ...]
Change: TypeAlias = Callable[[Random, type, dict[str, Any], date], dict[str, Any]]
"""Changes the values of a right request."""


def now_and_around(today: date) -> tuple[str, ...]:
    """The days at the bounds of what was true and of what is planned."""
    near = [str(today + timedelta(days=days)) for days in (-1, 0, 1, 2)]
    return (*near, *(str(months_after(today, 12 * years)) for years in (100, 101)))


def all_on(day: date) -> Change:
    """Puts all dates, instants and periods of a request on one day."""

    def on(random: Random, command: type, values: dict[str, Any], today: date) -> dict[str, Any]:
        dated: dict[str, Any] = _replaced(values, lambda name, value: _moved(value, day))
        return {**dated, "occurred_at": str(day)}

    return on


def _moved(value: Any, day: date) -> Any:
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return str(day)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.*", value):
        return f"{day}T00:00:00+14:00" if day.year == 1 else f"{day}T23:59:59-12:00"
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}|Q[1-4])?", value):
        return f"{min(day.year, date.max.year - 1):04}{value[4:]}"
    return value


def amounts_at_most(random: Random, command: type, values: dict[str, Any], today: date) -> dict[str, Any]:
    """Makes all amounts as large as they may be."""
    made: dict[str, Any] = _replaced(values, lambda name, value: AMOUNT_MINOR_MAX if name.endswith("_minor") else value)
    return made


def _replaced(value: Any, new: Callable[[str, Any], Any], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, new, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, new, name) for inner in value]
    return new(name, value)


def at_bounds(random: Random, command: type, values: dict[str, Any], today: date) -> dict[str, Any]:
    """The values with one field of the command, or the business time, at a bound of its type."""
    made = deepcopy(values)
    places = [*_places(command, made, ()), ("occurred_at",)]
    place = random.choice(places)
    if place == ("occurred_at",):
        made["occurred_at"] = random.choice((None, *DAYS, *INSTANTS, *now_and_around(today)))
        return made
    holder: Any = made
    for step in place[:-1]:
        holder = holder[step]
    hint = _hint_at(command, made, place)
    held = holder.get(place[-1]) if isinstance(holder, dict) else holder[place[-1]]
    choices = list(bounds_of(hint, held, today))
    if choices:
        holder[place[-1]] = random.choice(choices)
    return made


def bounds_of(hint: Any, held: Any, today: date) -> Iterator[Any]:
    """The values at the bounds of a type; `held` is what the field holds in a right request."""
    marks, plain, is_optional = _taken_apart(hint)
    if is_optional:
        yield None
    origin = get_origin(plain)
    if origin is Literal:
        yield from get_args(plain)
    elif origin is tuple:
        yield []
        if isinstance(held, list) and held:
            most = min(next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), SPREAD_MAX), SPREAD_MAX)
            yield [_varied(held[place % len(held)], place) for place in range(most)]
    elif plain is bool:
        yield from (True, False)
    elif plain is int:
        bounds = [mark.ge if isinstance(mark, Ge) else mark.le for mark in marks if isinstance(mark, Ge | Le)]
        yield from {0, 1, -1, 2**31, 2**53 - 1, -(2**53) + 1, 2**62, 2**63 - 1, 2**63, *bounds}
    elif plain is Decimal:
        yield from DECIMALS
    elif plain is datetime:
        yield from INSTANTS
    elif plain is date:
        yield from (*DAYS, *now_and_around(today))
    elif plain is str:
        yield from PERIODS
        yield from TEXTS
        least = next((mark.min_length for mark in marks if isinstance(mark, MinLen)), 0)
        most = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), LENGTH_MAX)
        yield from ("界" * least, "界" * min(most, LENGTH_MAX))


def _varied(part: Any, place: int) -> Any:
    """A part of a tuple with keys of its own, so that it is not refused as there twice."""
    if not isinstance(part, dict):
        return part
    return {name: f"{value}{place}" if name in ("key", "name") else value for name, value in part.items()}


def _places(record: Any, values: Any, at: Place) -> Iterator[Place]:
    """The places of all fields of a record: those that may be left out, too, and those of the records in it."""
    if not isinstance(values, dict):
        return
    hints = get_type_hints(record, include_extras=True)
    for field in fields(record):
        yield (*at, field.name)
        held = values.get(field.name)
        for place, part in enumerate(held) if isinstance(held, list) else ((None, held),):
            inner = _record_of(hints[field.name], part)
            if inner is not None:
                yield from _places(inner, part, (*at, field.name, *(() if place is None else (place,))))


def _hint_at(record: Any, values: Any, place: Place) -> Any:
    hint: Any = record
    for step in place:
        if isinstance(step, str):
            hint = get_type_hints(hint, include_extras=True)[step]
        values = values.get(step) if isinstance(values, dict) else values[step]
        inner = _record_of(hint, values)
        if inner is not None and step != place[-1]:
            hint = inner
    return hint


def _record_of(hint: Any, part: Any) -> type | None:
    """The record that a part of a request is of."""
    if not isinstance(part, dict):
        return None
    _, plain, _ = _taken_apart(hint)
    if get_origin(plain) is tuple:
        return _record_of(get_args(plain)[0], part)
    if records := records_by_kind(plain):
        return records.get(str(part.get(TAG)))
    return plain if isinstance(plain, type) and is_dataclass(plain) else None


def _taken_apart(hint: Any) -> tuple[list[Any], Any, bool]:
    """The marks of a type, the type without them and without null, and whether it may be null."""
    marks: list[Any] = []
    is_optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            if records_by_kind(Annotated[hint, *more]):
                return marks, Annotated[hint, *more], is_optional
            marks += more
        elif get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint):
            is_optional = True
            hint = Union[tuple(arm for arm in get_args(hint) if arm is not NoneType)]  # noqa: UP007
        elif get_origin(hint) in (Union, UnionType) and "Unset" in [
            getattr(arm, "__name__", "") for arm in get_args(hint)
        ]:
            hint = Union[tuple(arm for arm in get_args(hint) if getattr(arm, "__name__", "") != "Unset")]  # noqa: UP007
        else:
            return marks, hint, is_optional

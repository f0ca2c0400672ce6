"""What the folds of all streams share: how the next state is made of the last one, and the business time of an event.

States and rows are made by the hundred thousand when a read model is rebuilt. The constructor of a frozen dataclass is an
order of magnitude slower than assigning its slots, so `replace` and `maker` assign them: to a twin of the class with the same
slots and without the guard, which becomes an instance of the class itself before anybody sees it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from inspect import isdatadescriptor
from types import FunctionType
from typing import TYPE_CHECKING, ParamSpec, TypeVar, get_args, get_type_hints

from salesapi.domain.shared.kernel import UNSET, ExternalId, Recorded, Unset

Made = TypeVar("Made")
Values = ParamSpec("Values")

if TYPE_CHECKING:
    # The type checker knows the fields of what is replaced by this name only.
    from dataclasses import replace as replace

    def made_from(kind: type[Made], source: object, /, **stated: object) -> Made:
        """Makes a record of what is stated and, for its other fields, of what the source has under the same name.

        A field that neither is stated nor has the source has its default. The type checker holds each of them against the field
        (`tools/mypy_records.py`): one that lacks, or is of another type there, must be stated.
        """

    def changed(known: Made, said: object, /, **stated: object) -> Made:
        """The record with each value that a change says under the same name, and with those that are stated.

        What the change does not say stays: it is UNSET where the field may be UNSET (and null is a value), else None. The
        type checker has all else stated: what is always said, or is of another type there (`tools/mypy_records.py`).
        """

    def differing(kind: type[Made], said: object, /, *, known: object, **stated: object) -> Made:
        """Makes a record of the values that a change says, as in `changed`, and that differ from what is known.

        Its other fields are as stated, or have their defaults.
        """

    def maker(kind: Callable[Values, Made]) -> Callable[Values, Made]:
        """A function that makes a record of all its values."""

else:

    def replace(thing, /, **changes):
        """The record with other values in these fields, as `dataclasses.replace` of a record without `__post_init__`."""
        kind = thing.__class__
        made = _copier(kind)(thing)
        for name in changes:
            setattr(made, name, changes[name])
        made.__class__ = kind
        return made

    def made_from(kind, source, /, **stated):
        """The record that the type checker knows by this name."""
        return _maker_from(kind, source.__class__, tuple(stated))(source, **stated)

    def changed(known, said, /, **stated):
        """The record that the type checker knows by this name."""
        return replace(known, **_said(known.__class__, said, stated), **stated)

    def differing(kind, said, /, *, known, **stated):
        """The record that the type checker knows by this name."""
        new = {name: value for name, value in _said(kind, said, stated).items() if value != getattr(known, name)}
        return kind(**new, **stated)

    def maker(kind):
        """The function that the type checker knows by this name; it takes the values by position, too."""
        names = _slots(kind)
        return _compiled(kind, ", ".join(names), {name: name for name in names})


@cache
def _maker_from(kind: type, source: type, stated: tuple[str, ...]) -> FunctionType:
    slots = _slots(kind)
    if unknown := set(stated) - set(slots):
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    values = {name: name if name in stated else f"_source.{name}" for name in slots}
    readable = _readable(source)
    for field in fields(kind):
        if field.name not in stated and field.name not in readable:
            if field.default is MISSING and field.default_factory is MISSING:
                raise TypeError(f"{kind.__name__}.{field.name} is not in {source.__name__}: state it")
            values[field.name] = f"_defaults['{field.name}']" + ("" if field.default_factory is MISSING else "()")
    return _compiled(kind, ", ".join(["_source", *stated]), values)


def _readable(source: type) -> frozenset[str]:
    """The names of the values of a class's instances: its fields and properties, and no methods."""
    members = [(name, member) for base in source.__mro__ for name, member in vars(base).items()]
    declared = [name for base in source.__mro__ for name in vars(base).get("__annotations__", {})]
    return frozenset([*declared, *(name for name, member in members if isdatadescriptor(member))])


def _said(kind: type, said: object, stated: Mapping[str, object]) -> dict[str, object]:
    """The values of a change for the fields of a record, by their names, without those that are stated."""
    change: type = type(said)
    values = {name: getattr(said, name) for name in _common(kind, change) if name not in stated}
    silent = _silent(change)
    return {name: value for name, value in values.items() if value is not silent[name]}


@cache
def _common(kind: type, change: type) -> tuple[str, ...]:
    return tuple(name for name in _slots(kind) if name in _slots(change))


@cache
def _silent(change: type) -> dict[str, object]:
    """What a field of a change holds where it says nothing, by its name."""
    hints = get_type_hints(change)
    return {name: UNSET if Unset in get_args(hint) else None for name, hint in hints.items()}


@cache
def _copier(kind: type) -> FunctionType:
    """A function that copies a record to an instance of its class's twin."""
    values = {name: f"_thing.{name}" for name in _slots(kind)}
    return _compiled(kind, "_thing", values, is_finished=False)


def _slots(kind: type) -> list[str]:
    """The names of a record's fields.

    Raises:
        TypeError: the class is no record: it has fields without slots, or work to do once it is made.
    """
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    if set(names) != set(kind.__dict__.get("__slots__", ())) or not names or hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} is not a record with slots for all of its fields and without __post_init__")
    return names


def _compiled(kind: type, parameters: str, values: Mapping[str, str], *, is_finished: bool = True) -> FunctionType:
    """A function that makes a record, generated as `dataclasses` generates a constructor: it holds names of fields only."""
    lines = [
        f"def _function({parameters}):",
        " _made = _new(_twin)",
        *(f" _made.{name} = {value}" for name, value in values.items()),
        *([" _made.__class__ = _kind"] if is_finished else []),
        " return _made",
    ]
    known = {
        "_new": object.__new__,
        "_twin": type(kind.__name__, (), {"__slots__": tuple(values)}),
        "_kind": kind,
        "_defaults": {
            field.name: field.default if field.default_factory is MISSING else field.default_factory
            for field in fields(kind)
        },
    }
    found: dict[str, FunctionType] = {}
    exec("\n".join(lines), known, found)
    return found["_function"]


def changed_fields(known: object, *, now: object) -> tuple[str, ...]:
    """Names the fields in which a record differs from what was known of it, a record of the same kind."""
    names = _slots(type(known))
    return tuple(name for name in names if getattr(known, name) != getattr(now, name))


def business_date(recorded: Recorded) -> date | None:
    """The local date on which it was true."""
    return recorded.occurred.on if recorded.occurred else None


def business_instant(recorded: Recorded) -> datetime | None:
    """The instant at which it was true, where the source states one."""
    return recorded.occurred.at if recorded.occurred else None


def system_of(external: ExternalId | None) -> str | None:
    """The other system's name."""
    return external.system if external else None


def id_of(external: ExternalId | None) -> str | None:
    """The id in the other system."""
    return external.id if external else None

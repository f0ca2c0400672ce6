"""What the folds of all streams share: how the next state is made of the last one, and the business time of an event.

States and rows are made by the hundred thousand when a read model is rebuilt. The constructor of a frozen dataclass is an
order of magnitude slower than assigning its slots, so `replace` and `maker` assign them: to a twin of the class with the same
slots and without the guard, which becomes an instance of the class itself before anybody sees it.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from salesapi.domain.shared.kernel import ExternalId, Recorded

Made = TypeVar("Made")

if TYPE_CHECKING:
    # The type checker knows the fields of what is replaced by this name only.
    from dataclasses import replace as replace
else:

    def replace(thing, /, **changes):
        """The record with other values in these fields, as `dataclasses.replace` of a record without `__post_init__`."""
        kind = thing.__class__
        made = _copier(kind)(thing)
        for name in changes:
            setattr(made, name, changes[name])
        made.__class__ = kind
        return made


def maker(kind: type[Made]) -> Callable[..., Made]:
    """A function that makes a record of all its values, by position in the order of its fields."""
    names = _slots(kind)
    made: Callable[..., Made] = _compiled(
        [f"def _function({', '.join(names)}):", *_assigned(names, ""), " _made.__class__ = _kind", " return _made"],
        kind,
    )
    return made


@cache
def _copier(kind: type) -> Callable[[object], object]:
    """A function that copies a record to an instance of its class's twin."""
    copier: Callable[[object], object] = _compiled(
        ["def _function(_thing):", *_assigned(_slots(kind), "_thing."), " return _made"], kind
    )
    return copier


def _slots(kind: type) -> list[str]:
    """The names of a record's fields.

    Raises:
        TypeError: the class is no record: it has fields without slots, or work to do once it is made.
    """
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    if set(names) != set(kind.__dict__.get("__slots__", ())) or not names or hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} is not a record with slots for all of its fields and without __post_init__")
    return names


def _assigned(names: list[str], source: str) -> list[str]:
    return [" _made = _new(_twin)", *(f" _made.{name} = {source}{name}" for name in names)]


def _compiled(lines: list[str], kind: type) -> Callable[..., Made]:
    """The function of these lines, generated as `dataclasses` generates a constructor: they hold names of fields only."""
    twin = type(kind.__name__, (), {"__slots__": tuple(_slots(kind))})
    found: dict[str, Callable[..., Made]] = {}
    exec("\n".join(lines), {"_new": object.__new__, "_twin": twin, "_kind": kind}, found)
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

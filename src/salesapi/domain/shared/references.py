"""References from a command to other things, said once by a mark on the field: `Annotated[UUID, Refers("customer")]`.

From the mark follow what is loaded before the command is decided, and the refusal of the unknown with the JSON pointer of
the field. A decider says where among its refusals that one comes: `refuse_unknown(command, context.facts)`. The mark may
stand on one id, on a tuple of ids, and on fields of records in the command.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, NamedTuple, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from salesapi.domain.shared.kernel import UNSET, Facts, Refers, StreamRef, ThingUnknown

Found = TypeVar("Found")


class Reference(NamedTuple):
    """One id in a record that names another thing, and the JSON pointer of its place."""

    ref: StreamRef
    pointer: str

    def refusal(self) -> ThingUnknown:
        """There is no such thing, or it is out of scope."""
        return ThingUnknown(thing=self.ref.kind, id=str(self.ref.id), pointer=self.pointer)


class ReferringField(NamedTuple):
    """A field of a record that holds ids of other things: itself, by its mark, or (with neither kind) the records in it."""

    name: str
    kind: str = ""
    kind_in: str = ""


def references(record: object, *only: str, at: str = "") -> list[Reference]:
    """Lists what a record refers to, in the order of its fields, or of `only` these; `at` is its JSON pointer."""
    found: list[Reference] = []
    kind_of_record: type = type(record)
    for name, kind, kind_in in referring_fields(kind_of_record):
        held = None if only and name not in only else getattr(record, name)
        parts = held if isinstance(held, tuple) else (held,)
        for place, part in enumerate(parts):
            pointer = f"{at}/{name}/{place}" if parts is held else f"{at}/{name}"
            if isinstance(part, UUID):
                found.append(Reference(StreamRef(kind or getattr(record, kind_in), part), pointer))
            elif part is not None and part is not UNSET:
                found += references(part, at=pointer)
    return found


def refuse_unknown(record: object, facts: Facts, *only: str, at: str = "") -> None:
    """Refuses what a record refers to and is not there, or is out of scope; `only` names the fields to look at.

    Raises:
        ThingUnknown: with the pointer of the first such field.
    """
    for reference in references(record, *only, at=at):
        if facts.state(reference.ref) is None:
            raise reference.refusal()


def referred(record: object, field: str, expected: type[Found], facts: Facts) -> Found:
    """The state of the thing to which a field of a record refers.

    Raises:
        ThingUnknown: with the pointer of the field.
    """
    state = facts.state(reference_at(record, field).ref)
    if not isinstance(state, expected):
        raise reference_at(record, field).refusal()
    return state


def reference_at(record: object, field: str) -> Reference:
    """The reference that a field of a record holds; it is set."""
    found = references(record, field)
    assert found, f"{type(record).__name__}.{field} refers to nothing"
    return found[0]


@cache
def referring_fields(record: type) -> tuple[ReferringField, ...]:
    """The fields of a record that refer to other things, in their order."""
    hints = get_type_hints(record, include_extras=True)
    found: list[ReferringField] = []
    for field in fields(record):
        parts = list(parts_of_hint(hints[field.name]))
        mark = next((part for part in parts if isinstance(part, Refers)), None)
        if mark is not None:
            found.append(ReferringField(field.name, mark.kind, mark.kind_in))
        elif any(_refers(part) for part in parts):
            found.append(ReferringField(field.name))
    return tuple(found)


def parts_of_hint(hint: object) -> Iterator[object]:
    """All types and marks in a hint."""
    if get_origin(hint) is Annotated:
        yield from get_args(hint)[1:]
        yield from parts_of_hint(get_args(hint)[0])
    elif get_args(hint):
        for part in get_args(hint):
            yield from parts_of_hint(part)
    else:
        yield hint


def _refers(part: object) -> bool:
    return isinstance(part, type) and is_dataclass(part) and bool(referring_fields(part))

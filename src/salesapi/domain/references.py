"""References from a command to other things, said once by a mark on the field: `Annotated[UUID, Refers("customer")]`.

From the mark follow what is loaded before the command is decided, and the refusal of the unknown with the JSON pointer of
the field. A decider says where among its refusals that one comes: `refuse_unknown(command, context.facts)`. The mark may
stand on one id, on a tuple of ids, and on fields of records in the command.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from salesapi.domain.shared.kernel import Facts, Refers, StreamRef, ThingUnknown

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Reference:
    """One id in a record that names another thing, and where it stands."""

    ref: StreamRef
    pointer: str


@dataclass(frozen=True, slots=True)
class ReferringField:
    """A field of a record that holds ids of other things, itself (with the mark) or in the records in it (without)."""

    name: str
    mark: Refers | None


@cache
def referring_fields(record: type) -> tuple[ReferringField, ...]:
    """The fields of a record that refer to other things, in their order."""
    hints = get_type_hints(record, include_extras=True)
    found = ((field.name, list(parts_of_hint(hints[field.name]))) for field in fields(record))
    return tuple(
        ReferringField(name, next((part for part in parts if isinstance(part, Refers)), None))
        for name, parts in found
        if any(
            isinstance(part, Refers) or (isinstance(part, type) and is_dataclass(part) and referring_fields(part))
            for part in parts
        )
    )


def references(record: object, at: str = "") -> Iterator[Reference]:
    """What a record refers to, in the order of its fields; `at` is the JSON pointer of the record itself."""
    kind_of_record: type = type(record)
    for field in referring_fields(kind_of_record):
        held, pointer = getattr(record, field.name), f"{at}/{field.name}"
        placed = ((part, f"{pointer}/{place}") for place, part in enumerate(held)) if isinstance(held, tuple) else None
        for part, place in placed or ((held, pointer),):
            if field.mark is None and is_dataclass(part):
                yield from references(part, place)
            elif field.mark is not None and isinstance(part, UUID):
                kind = field.mark.kind or getattr(record, field.mark.kind_in)
                yield Reference(StreamRef(kind, part), place)


def refuse_unknown(record: object, facts: Facts, *only: str, at: str = "") -> None:
    """Refuses what a record refers to and is not there, or is out of scope; `only` names the fields to look at.

    Raises:
        ThingUnknown: with the pointer of the first such field.
    """
    for reference in references(record, at):
        if facts.state(reference.ref) is None and (not only or reference.pointer.removeprefix(f"{at}/") in only):
            raise _unknown(reference.ref, reference.pointer)


def known(expected: type[Found], ref: StreamRef, facts: Facts, *, pointer: str) -> Found:
    """The state of another stream, which is there.

    Raises:
        ThingUnknown: with the pointer.
    """
    state = facts.state(ref)
    if not isinstance(state, expected):
        raise _unknown(ref, pointer)
    return state


def _unknown(ref: StreamRef, pointer: str) -> ThingUnknown:
    return ThingUnknown(thing=ref.kind, id=str(ref.id), pointer=pointer)


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

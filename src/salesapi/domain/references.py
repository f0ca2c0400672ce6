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
    """One id in a record that names another thing, and the JSON pointer of its place."""

    ref: StreamRef
    pointer: str

    def refusal(self) -> ThingUnknown:
        """There is no such thing, or it is out of scope."""
        return ThingUnknown(thing=self.ref.kind, id=str(self.ref.id), pointer=self.pointer)


@dataclass(frozen=True, slots=True)
class ReferringField:
    """A field of a record that holds ids of other things: itself with the mark, or in the records in it without one."""

    name: str
    mark: Refers | None


def references(record: object, at: str = "") -> Iterator[Reference]:
    """What a record refers to, in the order of its fields; `at` is the JSON pointer of the record itself."""
    kind_of_record: type = type(record)
    for field in referring_fields(kind_of_record):
        for held, pointer in _placed(getattr(record, field.name), f"{at}/{field.name}"):
            if field.mark is None and is_dataclass(held):
                yield from references(held, pointer)
            elif field.mark is not None and isinstance(held, UUID):
                kind = field.mark.kind or getattr(record, field.mark.kind_in)
                yield Reference(StreamRef(kind, held), pointer)


def refuse_unknown(record: object, facts: Facts, *only: str, at: str = "") -> None:
    """Refuses what a record refers to and is not there, or is out of scope; `only` names the fields to look at.

    Raises:
        ThingUnknown: with the pointer of the first such field.
    """
    for reference in references(record, at):
        is_looked_at = not only or reference.pointer.removeprefix(f"{at}/") in only
        if is_looked_at and facts.state(reference.ref) is None:
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
    found = [reference for reference in references(record) if reference.pointer == f"/{field}"]
    assert found, f"{type(record).__name__}.{field} refers to nothing"
    return found[0]


@cache
def referring_fields(record: type) -> tuple[ReferringField, ...]:
    """The fields of a record that refer to other things, in their order."""
    hints = get_type_hints(record, include_extras=True)
    found = ((field.name, list(parts_of_hint(hints[field.name]))) for field in fields(record))
    return tuple(
        ReferringField(name, next((part for part in parts if isinstance(part, Refers)), None))
        for name, parts in found
        if any(isinstance(part, Refers) or _refers(part) for part in parts)
    )


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


def _placed(held: object, pointer: str) -> Iterator[tuple[object, str]]:
    """What a field holds, with its place; of a tuple each of its parts."""
    if isinstance(held, tuple):
        yield from ((part, f"{pointer}/{place}") for place, part in enumerate(held))
    else:
        yield held, pointer


def _refers(part: object) -> bool:
    return isinstance(part, type) and is_dataclass(part) and bool(referring_fields(part))

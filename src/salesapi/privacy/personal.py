"""Where the personal fields of an event type are, found once from its `Personal` marks.

A mark may stand on a field of the event, of a record within it, or of records in a tuple, inside or outside of `| None`.
`Personal("person_id")` names the field that holds the subject's id: one of the same record, or else of the event itself.
Without a name, or where that field is null, the stream is the subject. Anywhere else a mark is an error when the process
starts, so that nothing personal is ever stored in clear by oversight.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Final, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from salesapi.database.text import MARK
from salesapi.domain.shared.kernel import Personal

EACH: Final = "*"
"""Stands in a path for every item of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalField:
    """One personal field of an event type."""

    path: tuple[str, ...]
    """Field names from the event inwards, with `EACH` for the items of a list."""
    may_be_null: bool
    subject: str | None
    """The field that holds the subject's id; None where the stream is the subject."""
    is_subject_beside: bool
    """True where that field is one of the same record, False where it is one of the event."""


class Spot(NamedTuple):
    """One value in an event's JSON tree: a personal one still in clear, or a sealed one."""

    holder: "dict[str, object] | list[object]"
    key: str | int
    pointer: str
    record: dict[str, object]
    """The innermost object around the value."""

    @property
    def value(self) -> object:
        """The value as it stands in the tree."""
        return self.holder[self.key]  # type: ignore[index]  # a list has int keys, an object text

    def put(self, value: object) -> None:
        """Replaces the value in the tree."""
        self.holder[self.key] = value  # type: ignore[index]  # a list has int keys, an object text


@cache
def personal_fields(event: type) -> tuple[PersonalField, ...]:
    """The personal fields of an event type.

    Raises:
        TypeError: a mark stands where a value cannot be sealed or its subject not be found.
    """
    return tuple(_Search(event).fields_of(event, ()))


def spots(tree: dict[str, object], field: PersonalField) -> Iterator[Spot]:
    """The values of a personal field in an event's JSON tree that are not null."""
    yield from _spots(tree, tree, field.path, "")


def _spots(node: object, record: dict[str, object], path: tuple[str, ...], pointer: str) -> Iterator[Spot]:
    head, rest = path[0], path[1:]
    holder: dict[str, object] | list[object]
    keys: Sequence[str | int]
    if isinstance(node, dict):
        holder, record, keys = node, node, (head,) if node.get(head) is not None else ()
    elif isinstance(node, list) and head is EACH:
        holder, keys = node, [index for index, item in enumerate(node) if item is not None]
    else:
        return
    for key in keys:
        spot = Spot(holder, key, f"{pointer}/{key}", record)
        if rest:
            yield from _spots(spot.value, record, rest, spot.pointer)
        else:
            yield spot


def sealed_spots(tree: dict[str, object]) -> Iterator[Spot]:
    """All sealed values in a payload, wherever they are: an old schema may have had other personal fields."""
    nodes: list[tuple[dict[str, object] | list[object], dict[str, object], str]] = [(tree, tree, "")]
    while nodes:
        holder, record, pointer = nodes.pop()
        items: Iterable[tuple[str | int, object]] = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, value in items:
            if not isinstance(value, dict | list):
                continue
            inner = f"{pointer}/{key if isinstance(key, int) else key.replace('~', '~0').replace('/', '~1')}"
            if isinstance(value, list):
                nodes.append((value, record, inner))
            elif MARK in value:
                yield Spot(holder, key, inner, record)
            else:
                nodes.append((value, value, inner))


class _Search:
    """Walks the type hints of one event type."""

    def __init__(self, event: type) -> None:
        self._event = event
        self._around: list[type] = []
        self._recursive: set[type] = set()

    def fields_of(self, record: type, path: tuple[str, ...]) -> Iterator[PersonalField]:
        if record in self._around:
            self._recursive.add(record)
            return
        self._around.append(record)
        found = [
            place
            for name, hint in get_type_hints(record, include_extras=True).items()
            for place in self._within(hint, (*path, name))
        ]
        self._around.pop()
        if found and record in self._recursive:
            raise self._error(found[0].path, f"the record {record.__name__} holds itself")
        yield from found

    def _within(self, hint: object, path: tuple[str, ...]) -> Iterator[PersonalField]:
        marks, kinds = _unfold(hint)
        if marks:
            yield self._marked(marks[0], kinds, path)
            return
        for kind in kinds:
            if isinstance(kind, type) and is_dataclass(kind):
                yield from self.fields_of(kind, path)
            else:
                yield from self._within_container(kind, path)

    def _within_container(self, kind: object, path: tuple[str, ...]) -> Iterator[PersonalField]:
        arguments = tuple(argument for argument in get_args(kind) if argument is not ...)
        found = [place for argument in arguments for place in self._within(argument, (*path, EACH))]
        is_list = get_origin(kind) in (tuple, list, Sequence) and len(arguments) == 1
        if found and not is_list:
            raise self._error(path, f"values inside {kind} cannot be sealed")
        yield from found

    def _marked(self, mark: Personal, kinds: list[object], path: tuple[str, ...]) -> PersonalField:
        may_be_null = NoneType in kinds
        if not may_be_null and kinds != [str]:
            raise self._error(path, "it must be text, or `| None`, to have a form when its key is destroyed")
        is_beside = mark.subject is not None and self._is_id(self._around[-1], mark.subject)
        if mark.subject is not None and not is_beside and not self._is_id(self._event, mark.subject):
            raise self._error(path, f"its subject {mark.subject} is no UUID field of its record or of the event")
        return PersonalField(path=path, may_be_null=may_be_null, subject=mark.subject, is_subject_beside=is_beside)

    @staticmethod
    def _is_id(record: type, name: str) -> bool:
        return UUID in _unfold(get_type_hints(record, include_extras=True).get(name))[1]

    def _error(self, path: tuple[str, ...], reason: str) -> TypeError:
        return TypeError(f"personal field {'/'.join(path)} of {self._event.__name__}: {reason}")


def _unfold(hint: object) -> tuple[list[Personal], list[object]]:
    """The marks on a hint, and the types it stands for, without `Annotated`, unions and new types."""
    origin = get_origin(hint)
    if origin is Annotated:
        bare, *extras = get_args(hint)
        marks, kinds = _unfold(bare)
        return [*marks, *(extra for extra in extras if isinstance(extra, Personal))], kinds
    if origin in (Union, UnionType):
        parts = [_unfold(argument) for argument in get_args(hint)]
        return [mark for marks, _ in parts for mark in marks], [kind for _, kinds in parts for kind in kinds]
    if hasattr(hint, "__supertype__"):
        return _unfold(hint.__supertype__)
    return [], [hint]

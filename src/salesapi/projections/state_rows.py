"""Rows that are views of a stream's state: what `evolve` of the domain folds, laid out as columns with the stream's stamps.

A column is the key (the stream's id), a stamp of the last event (`version`, `position`), what it is `renamed` from, a field or
a property of the state with the same name, or a part of a record in the state: `about_id` is `about.id`. The state is read
back from its row when the next event comes, so each field of it must be a column, or all of its parts. Where nothing is said,
the row has just these: `row_of`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, make_dataclass
from functools import partial
from operator import attrgetter
from types import NoneType
from typing import Any, Final, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

from salesapi.database.columns import Make
from salesapi.domain.shared.kernel import Recorded
from salesapi.domain.shared.states import maker
from salesapi.projections.projection import DeclarationWrong, GroupKey, Rows

StateKind = TypeVar("StateKind")
EventKind = TypeVar("EventKind")

STAMPS: Final = ("version", "position")
"""Columns that are those of the stream's last event."""


@dataclass(slots=True)
class HeldState:
    """The state of one thing while events are folded; `last` is the last of them, None while there is none."""

    rows: Rows
    state: Any
    last: Recorded | None = None


class StateRow(Generic[StateKind, EventKind]):
    """The fold of a projection whose rows are views of states."""

    def __init__(
        self,
        name: str,
        evolve: Callable[[StateKind | None, EventKind, Recorded], StateKind],
        *,
        row: type,
        key: str,
        renamed: Mapping[str, str],
    ) -> None:
        """Raises DeclarationWrong where the row and the state do not follow from each other."""
        state: type = get_type_hints(evolve)["return"]
        layout = _Layout(name, state, row, renamed)
        stamps = {key: "stream_id", **{stamp: stamp for stamp in STAMPS}}
        columns = list(_hints(row))
        self._evolve = evolve
        self._make_row: Make = maker(row)
        self._make_state: Make = maker(state)
        self._read_state = _reader(
            [_Source("__class__") if name in stamps else layout.source(name) for name in columns]
        )
        self._read_row = _reader([layout.column(field) for field in _hints(state)])
        self._stamps = [(number, stamps[name]) for number, name in enumerate(columns) if name in stamps]

    def held_of(self, rows: Rows) -> HeldState:
        """The state that the row is a view of."""
        return HeldState(rows, self._make_state(*self._read_row(rows[0])) if rows else None)

    def evolve(self, held: HeldState, event: EventKind, recorded: Recorded, group: GroupKey) -> HeldState:
        """The next state."""
        held.state = self._evolve(held.state, event, recorded)
        held.last = recorded
        return held

    def rows_of(self, held: HeldState) -> Rows:
        """The row of the state; the one that was there before, where nothing has happened."""
        if held.last is None:
            return held.rows
        values = self._read_state(held.state)
        for number, stamp in self._stamps:
            values[number] = getattr(held.last, stamp)
        return (self._make_row(*values),)


def row_of(name: str, state: type, *, key: str, computed: Sequence[str]) -> type:
    """The row of a state: the key, its fields in their order, records by their parts, these properties, and the stamps."""
    hints: dict[str, object] = {key: UUID}
    for field, hint in _hints(state).items():
        kind, is_nullable = _record(hint)
        if kind is None:
            hints[field] = hint
        for part, of_part in _hints(kind).items() if kind else ():
            hints[f"{field}_{part}"] = of_part | None if is_nullable else of_part
    for column in computed:
        if column not in (readable := _readable(state)):
            raise DeclarationWrong(
                name, why=f"{state.__name__}.{column} is computed nowhere: make it a property of the state"
            )
        hints[column] = readable[column]
    hints |= dict.fromkeys(STAMPS, int)
    return make_dataclass(f"{state.__name__}Row", hints.items(), frozen=True, slots=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class _Source:
    """An attribute that a value is read from, and what is made of it then, if it is not the value itself.

    `make(thing, value)` gets the record that is read and the attribute's value.
    """

    attribute: str
    make: Callable[[object, object], object] | None = None


def _reader(sources: Sequence[_Source]) -> Callable[[object], list[object]]:
    """Reads all of these from a record, in their order."""
    # With a further attribute there are always several, and the getter answers a tuple.
    read_all = attrgetter(*(source.attribute for source in sources), "__class__")
    makers = [(number, source.make) for number, source in enumerate(sources) if source.make is not None]

    def read(thing: object) -> list[object]:
        values = list(read_all(thing))
        values.pop()
        for number, make in makers:
            values[number] = make(thing, values[number])
        return values

    return read


class _Layout:
    """The ways in which the columns of a row and the fields of a state follow from each other."""

    def __init__(self, name: str, state: type, row: type, renamed: Mapping[str, str]) -> None:
        self._name, self._state, self._row, self._renamed = name, state, row, renamed
        self._columns, self._fields = _hints(row), _hints(state)

    def source(self, column: str) -> _Source:
        """Finds the place in the state where a column is read."""
        path = self._renamed.get(column, column)
        found: object = self._state
        for step in path.split("."):
            found = _readable(found).get(step)
        if found is not None:
            self._refuse_unlike(column, path, found)
            return _Source(path)
        for field, hint in self._fields.items():
            kind, is_nullable = _record(hint)
            part = column.removeprefix(f"{field}_")
            if kind is not None and part != column and part in _hints(kind):
                of_part = _hints(kind)[part]
                self._refuse_unlike(column, f"{field}.{part}", of_part | None if is_nullable else of_part)
                return _Source(field, partial(_part_of, part))
        raise DeclarationWrong(
            self._name,
            why=f"{self._row.__name__}.{column} does not follow from {self._state.__name__}: fold it there (a field or a "
            "property of this name), or declare the read model by `one_row`, with a fold of its own",
        )

    def column(self, field: str) -> _Source:
        """Finds the place in the row where a field of the state is read back."""
        column = next((column for column, path in self._renamed.items() if path == field), field)
        if column in self._columns:
            return _Source(column)
        kind, is_nullable = _record(self._fields[field])
        names = [f"{field}_{part}" for part in (_hints(kind) if kind else ())]
        if kind is None or not set(names) <= set(self._columns):
            raise DeclarationWrong(
                self._name,
                why=f"{self._state.__name__}.{field} is no column of {self._row.__name__}, which the state is read back from: "
                "add it to the row and raise the version of the read model",
            )
        read = _reader([_Source(name) for name in names])
        make: Make = maker(kind)

        def record_of(row: object, first: object) -> object:
            values = read(row)
            return None if is_nullable and all(value is None for value in values) else make(*values)

        return _Source(names[0], record_of)

    def _refuse_unlike(self, column: str, source: str, found: object) -> None:
        if self._columns[column] != found:
            raise DeclarationWrong(
                self._name,
                why=f"{self._row.__name__}.{column} is {self._columns[column]}, but {self._state.__name__}.{source} is {found}: "
                "give both one type",
            )


def _part_of(part: str, state: object, record: object) -> object:
    return None if record is None else getattr(record, part)


def _hints(record: type) -> dict[str, Any]:
    hints = get_type_hints(record)
    return {field.name: hints[field.name] for field in fields(record)}


def _readable(record: object) -> dict[str, Any]:
    """The types of a record's fields and properties, by name; nothing where it is no record."""
    if not isinstance(record, type) or not is_dataclass(record):
        return {}
    getters = {name: member.fget for name, member in vars(record).items() if isinstance(member, property)}
    return _hints(record) | {name: get_type_hints(getter).get("return") for name, getter in getters.items()}


def _record(hint: object) -> tuple[type | None, bool]:
    """The record that a field holds, and whether it may be unknown."""
    members = [member for member in get_args(hint) if member is not NoneType]
    kind = members[0] if len(members) == 1 and NoneType in get_args(hint) else hint
    return (kind, kind is not hint) if isinstance(kind, type) and is_dataclass(kind) else (None, False)

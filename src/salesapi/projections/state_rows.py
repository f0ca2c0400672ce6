"""Rows that are views of a stream's state: what `evolve` of the domain folds, laid out as columns with the stream's stamps.

A column is, in this order: the key (the stream's id), a stamp of the last event (`version`, `position`), a field or a property
of the state with the same name and type, or a part of a record in the state: `about_id` is `about.id`. The state is read back
from its row when the next event comes, so each field of the state must be a column, or all of its parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from types import NoneType
from typing import Any, Final, Generic, TypeVar, get_args, get_type_hints

from salesapi.domain.shared.kernel import Recorded
from salesapi.domain.states import maker
from salesapi.projections.projection import DeclarationWrong, GroupKey, Row, Rows

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
        self, name: str, evolve: Callable[[StateKind | None, EventKind, Recorded], StateKind], *, row: type, key: str
    ) -> None:
        """Raises DeclarationWrong where the row and the state do not follow from each other."""
        state: type = get_type_hints(evolve)["return"]
        self._evolve = evolve
        self._view = _View(name, state, row, key)
        self._make_row = maker(row)
        self._make_state = maker(state)

    def held_of(self, rows: Rows) -> HeldState:
        """The state that the row is a view of."""
        return HeldState(rows, self._make_state(*self._view.state_values(rows[0])) if rows else None)

    def evolve(self, held: HeldState, event: EventKind, recorded: Recorded, group: GroupKey) -> HeldState:
        """The next state."""
        held.state = self._evolve(held.state, event, recorded)
        held.last = recorded
        return held

    def rows_of(self, held: HeldState) -> Rows:
        """The row of the state; the one that was there before, where nothing has happened."""
        if held.last is None:
            return held.rows
        return (self._make_row(*self._view.row_values(held.state, held.last)),)


class _View:
    """How the columns of a row and the fields of a state follow from each other."""

    def __init__(self, name: str, state: type, row: type, key: str) -> None:
        self._name, self._state, self._row = name, state, row
        self._columns, self._fields = get_type_hints(row), _hints(state)
        readable = self._fields | _properties(state)
        stamps = {key: "stream_id", **{stamp: stamp for stamp in STAMPS}}
        self._stamps = [(n, stamps[column]) for n, column in enumerate(self._columns) if column in stamps]
        self._parts: list[tuple[int, str]] = []
        sources = [
            next(iter(self._fields)) if c in stamps else self._source(n, c, readable)
            for n, c in enumerate(self._columns)
        ]
        self._read_state = _reader(sources)
        self._records: list[tuple[int, Callable[[Row], object]]] = []
        self._read_row = _reader([self._column(n, field) for n, field in enumerate(self._fields)])

    def row_values(self, state: object, last: Recorded) -> list[object]:
        """The values of the row, in the order of its columns."""
        values = list(self._read_state(state))
        for number, part in self._parts:
            values[number] = None if values[number] is None else getattr(values[number], part)
        for number, stamp in self._stamps:
            values[number] = getattr(last, stamp)
        return values

    def state_values(self, row: Row) -> list[object]:
        """The values of the state, in the order of its fields."""
        values = list(self._read_row(row))
        for number, record_of in self._records:
            values[number] = record_of(row)
        return values

    def _source(self, number: int, column: str, readable: dict[str, object]) -> str:
        """The attribute of the state that a column is read from."""
        wanted = self._columns[column]
        if column in readable:
            return self._alike(column, wanted, column, readable[column])
        for field, hint in self._fields.items():
            kind, is_nullable = _record(hint)
            part = column.removeprefix(f"{field}_")
            if kind is not None and part != column and part in (hints := _hints(kind)):
                self._parts.append((number, part))
                found = hints[part] | None if is_nullable else hints[part]
                self._alike(column, wanted, f"{field}.{part}", found)
                return field
        raise DeclarationWrong(
            self._name,
            f"{self._row.__name__}.{column} does not follow from {self._state.__name__}: fold it there (a field or a "
            "property of this name), or declare the read model by `one_row`, with a fold of its own",
        )

    def _column(self, number: int, field: str) -> str:
        """The column that a field of the state is read back from."""
        if field in self._columns:
            return field
        kind, is_nullable = _record(self._fields[field])
        names = [f"{field}_{part}" for part in _hints(kind)] if kind else []
        if kind is None or not set(names) <= set(self._columns):
            raise DeclarationWrong(
                self._name,
                f"{self._state.__name__}.{field} is no column of {self._row.__name__}, which the state is read back from: "
                "add it to the row and raise the version of the read model",
            )
        read, make = _reader(names), maker(kind)

        def record_of(row: Row) -> object:
            values = read(row)
            return None if is_nullable and all(value is None for value in values) else make(*values)

        self._records.append((number, record_of))
        return names[0]

    def _alike(self, column: str, wanted: object, source: str, found: object) -> str:
        if wanted != found:
            raise DeclarationWrong(
                self._name,
                f"{self._row.__name__}.{column} is {wanted}, but {self._state.__name__}.{source} is {found}: give both one type",
            )
        return source


def _reader(names: Sequence[str]) -> Callable[[object], Sequence[object]]:
    """The values of these attributes."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda thing: (getattr(thing, names[0]),)


def _hints(record: type) -> dict[str, Any]:
    hints = get_type_hints(record)
    return {field.name: hints[field.name] for field in fields(record)}


def _properties(state: type) -> dict[str, object]:
    return {
        name: get_type_hints(member.fget).get("return")
        for name, member in vars(state).items()
        if isinstance(member, property)
    }


def _record(hint: object) -> tuple[type | None, bool]:
    """The record that a field holds, and whether it may be unknown."""
    members = [member for member in get_args(hint) if member is not NoneType]
    kind = members[0] if len(members) == 1 else hint
    return (kind, kind is not hint) if isinstance(kind, type) and is_dataclass(kind) else (None, False)

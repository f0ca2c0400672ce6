"""How read models are declared: row, fold and events in one place, typed, so that a wrong pair is refused by the type checker.

`current` is the row of a stream as it is now, a view of the state that the stream's own `evolve` folds; `one_row` a row with
a fold of its own; `row_group` several rows that an event touches together. The types of events that a read model takes follow
from its fold's annotation. What the type checker cannot see is checked when the catalogue is made: an error names the
declaration and says what to do.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Final, Generic, TypeVar, get_args, get_type_hints

from salesapi.database.columns import columns_of
from salesapi.domain.catalogue import STREAMS
from salesapi.domain.shared.kernel import Recorded
from salesapi.projections.projection import DeclarationWrong, GroupKey, Projection, own_stream
from salesapi.projections.state_rows import StateRow, row_of
from salesapi.projections.tables import checked_columns

EventKind = TypeVar("EventKind")
RowKind = TypeVar("RowKind")
StateKind = TypeVar("StateKind")

SQL_WORDS: Final = frozenset(
    {"asc", "coalesce", "desc", "first", "gin", "is", "last", "not", "null", "nulls", "using", "where"}
)
"""Words in definitions of indexes that are no columns."""
NOT_A_COLUMN: Final = re.compile(r"'[^']*'|::\s*[a-z]+")
"""Texts and casts in a definition of an index."""


@dataclass(frozen=True, slots=True)
class Grouping(Generic[EventKind]):
    """The groups of rows that an event touches. Made by `by`."""

    groups: Callable[[EventKind, Recorded], Sequence[GroupKey]]


def by(groups: Callable[[EventKind, Recorded], Sequence[GroupKey]]) -> Grouping[EventKind]:
    """Names the groups of rows by a function, which takes the same events as the fold."""
    return Grouping(groups)


def all_of(*kinds: str) -> tuple[str, ...]:
    """The stored names of all events of the streams of these kinds.

    Raises:
        DeclarationWrong: there is no stream of a kind.
    """
    streams = {stream.kind: stream for stream in STREAMS}
    if unknown := [kind for kind in kinds if kind not in streams]:
        raise DeclarationWrong(unknown[0], why=f"no stream is of this kind: name one of {', '.join(sorted(streams))}")
    return tuple(each.name for kind in kinds for each in streams[kind].events)


def current(
    kind: str,
    evolve: Callable[[StateKind | None, EventKind, Recorded], StateKind],
    *,
    version: int,
    key: str | None = None,
    computed: tuple[str, ...] = (),
    row: type | None = None,
    renamed: Mapping[str, str] | None = None,
    indexes: tuple[str, ...] = (),
    reads_personal: bool = False,
) -> Projection:
    """The read model of a stream's things as they are now: one row a thing, a view of its state; see `state_rows.py`.

    `kind` is the stream's; the name of the read model is the same and its key `<kind>_id`, unless `key` is given. The columns
    are the fields of the state and these of its properties that are `computed`. A `row` is given where they are not; `renamed`
    names, for a column that is called otherwise in the state, where it stands there: a field, or `field.part`.

    Raises:
        DeclarationWrong: the row does not hold the whole state, or a column that does not follow from it.
    """
    key = key or f"{kind}_id"
    if row is None:
        state: type = get_type_hints(evolve)["return"]
        row = row_of(kind, state, key=key, computed=computed)
    types = _types(kind, evolve, all_of(kind))
    view = StateRow(kind, evolve, row=row, key=key, renamed=renamed or {})
    return Projection(
        name=kind,
        version=version,
        row=row,
        key=(key,),
        group=(key,),
        types=types,
        groups=own_stream,
        evolve=view.evolve,
        held_of=view.held_of,
        rows_of=view.rows_of,
        indexes=indexes,
        reads_personal=reads_personal,
    )


def one_row(
    name: str,
    fold: Callable[[RowKind | None, EventKind, Recorded], RowKind],
    *,
    row: type[RowKind],
    version: int,
    key: tuple[str, ...],
    groups: Grouping[EventKind] | None = None,
    types: tuple[str, ...] | None = None,
    indexes: tuple[str, ...] = (),
    reads_personal: bool = False,
) -> Projection:
    """A read model with one row a group: `fold(row | None, event, recorded) -> row`. The key names the group, too."""

    def evolve(before: RowKind | None, event: EventKind, recorded: Recorded, group: GroupKey) -> RowKind:
        return fold(before, event, recorded)

    def only_row(rows: Sequence[RowKind]) -> RowKind | None:
        return rows[0] if rows else None

    return Projection(
        name=name,
        version=version,
        row=row,
        key=key,
        group=key,
        types=_types(name, fold, types, groups),
        groups=groups.groups if groups else own_stream,
        evolve=evolve,
        held_of=only_row,
        rows_of=lambda held: (held,),
        indexes=indexes,
        reads_personal=reads_personal,
    )


def row_group(
    name: str,
    evolve: Callable[[Sequence[RowKind], EventKind, Recorded, GroupKey], Sequence[RowKind]],
    *,
    row: type[RowKind],
    version: int,
    key: tuple[str, ...],
    group: tuple[str, ...] | None = None,
    groups: Grouping[EventKind] | None = None,
    types: tuple[str, ...] | None = None,
    indexes: tuple[str, ...] = (),
    reads_personal: bool = False,
) -> Projection:
    """A read model that folds groups of rows: `evolve(rows, event, recorded, group) -> rows`, in any order.

    `group` are the columns that name one; without it the key.
    """
    return Projection(
        name=name,
        version=version,
        row=row,
        key=key,
        group=group or key,
        types=_types(name, evolve, types, groups),
        groups=groups.groups if groups else own_stream,
        evolve=evolve,
        indexes=indexes,
        reads_personal=reads_personal,
    )


def checked(projections: Iterable[Projection]) -> tuple[Projection, ...]:
    """The read models, held against their columns and each other.

    Raises:
        DeclarationWrong: a name is given twice, or an index is on something that is no column.
        RowNotStorable: a row, key or group cannot be a table.
    """
    found: dict[str, Projection] = {}
    for projection in projections:
        if found.setdefault(projection.name, projection) is not projection:
            raise DeclarationWrong(projection.name, why="this name is declared twice: rename one of the two")
        checked_columns(projection)
        columns = {column.name for column in columns_of(projection.row)}
        for definition in projection.indexes:
            words = set(re.findall(r"[a-z_][a-z0-9_]*", NOT_A_COLUMN.sub("", definition).lower()))
            if unknown := sorted(words - columns - SQL_WORDS):
                raise DeclarationWrong(
                    projection.name,
                    why=f"the index {definition} is on {', '.join(unknown)}, but {projection.row.__name__} has no such field: "
                    "name a field of the row",
                )
    return tuple(found.values())


def _types(
    name: str, fold: object, stated: Sequence[str] | None, groups: Grouping[EventKind] | None = None
) -> tuple[str, ...]:
    """The stored names of the events that a fold takes, which are also those stated, where any are.

    Raises:
        DeclarationWrong: they differ, or an event belongs to no stream.
    """
    known = _stored_names()
    taken = _event_classes(fold)
    if object in taken:
        if stated is None:
            raise DeclarationWrong(
                name, why="its fold takes any event: annotate the events that it reads, or state `types`"
            )
        if unknown := sorted(set(stated) - set(known.values())):
            raise DeclarationWrong(name, why=f"no stream declares {', '.join(unknown)}: correct `types`")
        return tuple(stated)
    if undeclared := sorted(event.__name__ for event in taken if event not in known):
        raise DeclarationWrong(
            name,
            why=f"no stream declares {', '.join(undeclared)}, which its fold takes: declare it in its stream's events",
        )
    types = tuple(known[event] for event in taken)
    if stated is not None and set(stated) != set(types):
        raise DeclarationWrong(
            name,
            why=f"its fold and its types differ in {', '.join(sorted(set(stated) ^ set(types)))}: "
            "let the annotation of the fold's event name the events that it reads, no more and no less",
        )
    grouped = _event_classes(groups.groups) if groups else (object,)
    if object not in grouped and (
        ungrouped := sorted({event.__name__ for event in taken} - {e.__name__ for e in grouped})
    ):
        raise DeclarationWrong(
            name, why=f"its groups do not take {', '.join(ungrouped)}, which its fold reads: annotate both alike"
        )
    return types


@cache
def _stored_names() -> Mapping[type, str]:
    return {kind.event: kind.name for stream in STREAMS for kind in stream.events}


def _event_classes(fold: object) -> tuple[type, ...]:
    """The classes in the annotation of a function's event, which is its parameter of that name."""
    event = get_type_hints(fold).get("event", object)
    return tuple(kind for kind in get_args(event) or (event,) if isinstance(kind, type) and kind is not NoneType)

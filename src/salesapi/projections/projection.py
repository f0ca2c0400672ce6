"""What a read model is: a pure fold over keyed rows. No input or output here; `engine.py` stores what it yields.

A projection reads some types of events. For each event `groups` names the groups of rows that it touches (mostly one), and
`evolve` folds the event into what is held of such a group. What is held are the rows themselves, or something that is made of
the rows once and that the rows are made of: a state. The same fold runs in the database, in memory for tests, and for "as
known at position P". Projections are declared by the functions of `declaring.py`, which tie row, fold and events together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from salesapi.domain.shared.kernel import Recorded

GROUP_ROWS_MAX: Final = 2_000
"""Most rows of one group: the bound on what a single event may touch."""

Row: TypeAlias = object
"""A `@record` dataclass; its fields are the table's columns."""
Rows: TypeAlias = Sequence[Row]
GroupKey: TypeAlias = tuple[object, ...]
Held: TypeAlias = Any
"""What a fold holds of one group. Each projection has its own, which it alone makes and reads."""


class DeclarationWrong(TypeError):
    """A read model is declared in a way that cannot be meant; says which one, and what to do."""

    def __init__(self, name: str, *, why: str) -> None:
        super().__init__(f"read model {name}: {why}")


_NOT_YET: Final = object()


def as_they_are(held: Held) -> Held:
    """For folds that hold the rows themselves."""
    return held


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """One read model. Its table is `read.<name>_v<version>_...`; queries read the view `read.<name>`."""

    name: str
    version: int
    row: type
    """The row's class. Columns follow from its fields: UUID, str, int, bool, Decimal, date, datetime, each with `| None`,
    and tuples or records, which are stored as jsonb."""
    key: tuple[str, ...]
    """Columns of the primary key."""
    group: tuple[str, ...]
    """Columns that name a group of rows; often the key itself."""
    types: tuple[str, ...]
    """Stored names of the events that it reads."""
    groups: Callable[[Any, Recorded], Sequence[GroupKey]]
    """`groups(event, recorded) -> keys` of the groups that the event touches, in the order of the columns in `group`."""
    evolve: Callable[[Held, Any, Recorded, GroupKey], Held]
    """`evolve(held, event, recorded, group) -> held`; total and pure."""
    held_of: Callable[[Sequence[Any]], Held] = as_they_are
    """What is held of these rows, all of one group; of none before its first event."""
    rows_of: Callable[[Held], Rows] = as_they_are
    """The rows of what is held, in any order."""
    indexes: tuple[str, ...] = ()
    """Index definitions after `ON <table>`, for example `(owner_id, status)`."""
    reads_personal: bool = False
    """True where rows hold personal values in clear; without it events are read without any key."""


def own_stream(event: object, recorded: Recorded) -> tuple[GroupKey, ...]:
    """Names the group of rows that the event's own stream is, by the stream's id."""
    return ((recorded.stream_id,),)


def fold_in_memory(
    projection: Projection,
    events: Iterable[tuple[object, Recorded]],
    start: Mapping[GroupKey, tuple[Row, ...]] | None = None,
) -> dict[GroupKey, tuple[Row, ...]]:
    """Folds events to all rows, by group: what the engine's table holds after the same events."""
    known = dict(start or {})
    held = fold_held(projection, events, {}, known)
    return known | {group: tuple(projection.rows_of(each)) for group, each in held.items()}


def fold_held(
    projection: Projection,
    events: Iterable[tuple[object, Recorded]],
    held: dict[GroupKey, Held],
    known: Mapping[GroupKey, tuple[Row, ...]],
) -> dict[GroupKey, Held]:
    """Folds events into what is held, which it changes and returns. A group that is not held yet begins with its known rows."""
    groups_of, evolve, held_of = projection.groups, projection.evolve, projection.held_of
    for event, recorded in events:
        for group in groups_of(event, recorded):
            before = held.get(group, _NOT_YET)
            if before is _NOT_YET:
                before = held[group] = held_of(known.get(group, ()))
            after = evolve(before, event, recorded, group)
            if after is not before:
                held[group] = after
    return held

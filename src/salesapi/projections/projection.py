"""What a read model is: a pure fold over keyed rows. No input or output here; `engine.py` stores what it yields.

A projection reads some types of events. For each event `groups` names the groups of rows that it touches (mostly one), and
`evolve` turns the rows of such a group into its new rows. The same fold runs in the database, in memory for tests, and for
"as known at position P".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from salesapi.domain.shared.kernel import Recorded

GROUP_ROWS_MAX: Final = 2_000
"""Most rows of one group: the bound on what a single event may touch."""

Row: TypeAlias = object
"""A `@record` dataclass; its fields are the table's columns."""
GroupKey: TypeAlias = tuple[object, ...]


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
    groups: Callable[..., Sequence[GroupKey]]
    """`groups(event, recorded) -> keys` of the groups that the event touches, in the order of the columns in `group`."""
    evolve: Callable[..., Sequence[Row]]
    """`evolve(rows, event, recorded, group) -> rows`, in any order; total and pure."""
    indexes: tuple[str, ...] = ()
    """Index definitions after `ON <table>`, for example `(owner_id, status)`."""
    reads_personal: bool = False
    """True where rows hold personal values in clear; without it events are read without any key."""


def fold_in_memory(
    projection: Projection,
    events: Iterable[tuple[object, Recorded]],
    start: Mapping[GroupKey, tuple[Row, ...]] | None = None,
) -> dict[GroupKey, tuple[Row, ...]]:
    """Folds events to all rows, by group: what the engine's table holds after the same events."""
    groups: dict[GroupKey, tuple[Row, ...]] = dict(start or {})
    for event, recorded in events:
        for group in projection.groups(event, recorded):
            groups[group] = tuple(projection.evolve(groups.get(group, ()), event, recorded, group))
    return groups

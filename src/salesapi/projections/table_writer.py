"""Folds events into one generation's table: rows and checkpoint in one transaction.

The checkpoint is compared and swapped first, so of two processes that fold the same events one is told to roll back. The
commit is not waited for (`synchronous_commit = off`): a crash loses rows and checkpoint together, and they are folded again.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Final, TypeAlias

from eventsourcing.persistence import IntegrityError

from salesapi.database.connections import KEYED_READS, LOST, Connection, Pool
from salesapi.eventlog.checkpoints import insert_tracking, max_tracking_id
from salesapi.eventlog.codec import DecodedEvent, EventUnreadable, UnknownEventType
from salesapi.projections.pages import PagedEvent, Undecodable
from salesapi.projections.projection import GROUP_ROWS_MAX, GroupKey, Row, Rows, fold_in_memory, own_stream
from salesapi.projections.tables import LOADED_ROWS_MAX, ReadTable
from salesapi.subscriptions.states import reason_of

ACQUIRE_TIMEOUT_SECONDS: Final = 10.0
"""Longest wait for a connection of the pool."""

SETTINGS: Final = {"synchronous_commit": "off", **KEYED_READS}
SET_LOCAL: Final = "; ".join(f"SET LOCAL {name} = {value}" for name, value in SETTINGS.items())

Groups: TypeAlias = dict[GroupKey, tuple[Row, ...]]


class FoldInvalid(RuntimeError):
    """The projection broke its own rules: a row outside of its group, two rows with one key, too many rows."""


TOLD: Final = (UnknownEventType, EventUnreadable, FoldInvalid)
"""Their texts name positions, types and fields, never a value."""


class PoisonEvent(RuntimeError):
    """An event that cannot be folded. Everything before it is stored, nothing from it on."""

    def __init__(self, *, position: int, type: str, error: Exception) -> None:
        """Names the event, the error's class and the place in the program; never a value of the event."""
        self.position = position
        self.reason = f"{type}: {reason_of(error, TOLD)}"
        super().__init__(f"position {position}, {self.reason}")


class TableWriter:
    """Keeps one generation's table at a position. One task uses it at a time."""

    def __init__(self, table: ReadTable, pool: Pool) -> None:
        self.table = table
        self._group_of = key_reader(table.projection.group)
        self._key_of = key_reader(table.projection.key)
        self._pool = pool
        self.position = 0
        """The checkpoint, as it is stored."""

    async def resume(self) -> None:
        """Takes up the stored checkpoint: at the start, and whenever a transaction's outcome is not known."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
            self.resume_at(await max_tracking_id(connection, self.table.follower) or 0)

    def resume_at(self, position: int) -> None:
        """The same where the checkpoint is known."""
        self.position = position

    async def advance(self, events: Sequence[PagedEvent], *, after: int, to: int) -> None:
        """Folds the events after `after` and moves on to `to`; what fails as a whole is folded in halves.

        Raises:
            PoisonEvent: one event fails alone. The position is just before it.
            IntegrityError: another process moved the checkpoint: `resume`.
        """
        assert after == self.position, (
            f"{self.table.follower} is at {self.position}: events after {after} would leave a gap"
        )
        try:
            await self._apply(events, to)
        except (*LOST, IntegrityError):
            raise
        except Exception as error:
            if not events:
                raise
            if len(events) == 1:
                stored = events[0].stored
                if stored.position - 1 > self.position:
                    await self._apply((), stored.position - 1)
                raise PoisonEvent(position=stored.position, type=stored.type, error=error) from error
            middle = len(events) // 2
            between = events[middle].stored.position - 1
            await self.advance(events[:middle], after=after, to=between)
            await self.advance(events[middle:], after=between, to=to)

    async def _apply(self, events: Sequence[PagedEvent], to: int) -> None:
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection, connection.transaction():
            await connection.execute(SET_LOCAL)
            await insert_tracking(connection, self.table.follower, expected=self.position or None, position=to)
            if events:
                await self.store(connection, events)
        self.position = to

    async def store(self, connection: Connection, paged: Sequence[PagedEvent]) -> None:
        """Folds events into the table's rows in the open transaction, whose checkpoint has moved.

        Whoever commits it sets `position`.

        Raises: whatever is wrong with one of the events or with the fold.
        """
        events = _readable(paged)
        projection = self.table.projection
        touched = {group: None for each in events for group in projection.groups(each.event, each.recorded)}
        if any(len(group) != len(projection.group) for group in touched):
            raise FoldInvalid(f"{projection.name} names a group by other columns than {', '.join(projection.group)}")
        begun = self._begun(events)
        loaded = await self._load(connection, [group for group in touched if group not in begun])
        folded = fold_in_memory(projection, ((each.event, each.recorded) for each in events), start=loaded)
        await self._write(connection, loaded, folded)

    def _begun(self, events: Sequence[DecodedEvent]) -> set[GroupKey]:
        """Groups that cannot have a row yet, so that none is looked for: those of streams that begin here."""
        if self.table.projection.groups is not own_stream:
            return set()
        return {(each.recorded.stream_id,) for each in events if each.recorded.version == 1}

    async def _load(self, connection: Connection, groups: Sequence[GroupKey]) -> Groups:
        """Finds the rows of the groups, by one statement."""
        if not groups:
            return {}
        load = self.table.load
        records = await connection.fetch(load.text, *load.parameters(groups), LOADED_ROWS_MAX + 1)
        if len(records) > LOADED_ROWS_MAX:
            raise FoldInvalid(f"{len(groups)} groups hold more than {LOADED_ROWS_MAX} rows")
        rows: dict[GroupKey, list[Row]] = {}
        for record in records:
            row = self.table.codec.decode(tuple(record))
            rows.setdefault(self._group_of(row), []).append(row)
        return {group: tuple(members) for group, members in rows.items()}

    async def _write(self, connection: Connection, loaded: Mapping[GroupKey, Sequence[Row]], folded: Groups) -> None:
        """Stores what changed: one delete, one upsert."""
        before = {self._key_of(row): row for rows in loaded.values() for row in rows} if loaded else {}
        after = self._checked(folded)
        vanished = [key for key in before if key not in after]
        if vanished:
            await connection.execute(self.table.delete.text, *self.table.delete.parameters(vanished))
        news = (self._news(before.get(key), row) for key, row in after.items())
        changed = [values for values in news if values is not None]
        if changed:
            await connection.execute(self.table.upsert.text, *self.table.upsert.parameters(changed))

    def _checked(self, folded: Groups) -> dict[GroupKey, Row]:
        """All rows by their keys.

        Raises:
            FoldInvalid: see there.
        """
        name = self.table.projection.name
        is_group_the_key = self.table.projection.group == self.table.projection.key
        rows: dict[GroupKey, Row] = {}
        for group, members in folded.items():
            if len(members) > GROUP_ROWS_MAX:
                raise too_many(name, members)
            for row in members:
                if self._group_of(row) != group:
                    raise misplaced(name)
                rows[group if is_group_the_key else self._key_of(row)] = row
        if len(rows) != sum(map(len, folded.values())):
            raise FoldInvalid(f"{name} yields two rows with one key")
        return rows

    def _news(self, before: Row | None, after: Row) -> list[object] | None:
        """The values to store; None where they are stored already. 1.0 differs from 1.00, so that a rebuild gives the same."""
        if before is after:
            return None
        values = self.table.codec.encode(after)
        if before is None:
            return values
        stored = self.table.codec.encode(before)
        return None if [_exact(value) for value in stored] == [_exact(value) for value in values] else values


def too_many(name: str, rows: Rows) -> FoldInvalid:
    """The error of a group that has grown beyond its bound."""
    return FoldInvalid(f"a group of {name} has {len(rows)} rows; at most {GROUP_ROWS_MAX} are allowed")


def misplaced(name: str) -> FoldInvalid:
    """The error of a row that belongs to another group."""
    return FoldInvalid(f"{name} yields a row that is not of the group it was asked for")


def key_reader(names: Sequence[str]) -> Callable[[Row], GroupKey]:
    """Reads these columns of a row."""
    if len(names) == 1:
        read_one = attrgetter(names[0])
        return lambda row: (read_one(row),)
    return attrgetter(*names)


def _readable(events: Sequence[PagedEvent]) -> list[DecodedEvent]:
    decoded = []
    for event in events:
        if isinstance(event, Undecodable):
            raise event.error
        decoded.append(event)
    return decoded


def _exact(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value

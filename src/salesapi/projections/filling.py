"""Fills the empty table of a rebuild: events are folded in memory, and rows are copied into the table when they leave it.

Nobody reads or follows the table meanwhile, so there is one checkpoint, at the end. What is held in memory is bounded: groups
that were touched last stay; when there are too many, the others are stored. One that is touched again is loaded again.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from salesapi.database.connections import Connection, Pool
from salesapi.domain.shared.kernel import Recorded
from salesapi.eventlog.checkpoints import insert_tracking
from salesapi.eventlog.codec import DecodedEvent
from salesapi.projections.pages import PagedEvent, Undecodable
from salesapi.projections.projection import GROUP_ROWS_MAX, GroupKey, Held, Row, as_they_are, fold_held, own_stream
from salesapi.projections.table_writer import (
    ACQUIRE_TIMEOUT_SECONDS,
    SET_LOCAL,
    FoldInvalid,
    PoisonEvent,
    key_reader,
    misplaced,
    too_many,
)
from salesapi.projections.tables import LOADED_ROWS_MAX, SCHEMA, ReadTable

HELD_ROWS_MAX: Final = 10_000
"""Rows after which the groups that were not touched lately are stored; twice as many are held at most, and a page's."""


class TableFill:
    """Folds all events from the log's beginning into one generation's table. Call `take` for each page, `finish` at the end."""

    def __init__(self, table: ReadTable, pool: Pool, *, held_rows_max: int = HELD_ROWS_MAX) -> None:
        self._held_rows_max = held_rows_max
        self._table = table
        self._pool = pool
        self._key_of, self._group_of = key_reader(table.projection.key), key_reader(table.projection.group)
        self._recent: dict[GroupKey, Held] = {}
        self._older: dict[GroupKey, Held] = {}
        self._stored: dict[GroupKey, tuple[Row, ...]] = {}
        """The rows, as the table has them, of groups in memory that were stored before."""
        self._is_all_held = True
        self._folded = 0

    async def take(self, events: Sequence[PagedEvent]) -> None:
        """Folds a page.

        Raises:
            PoisonEvent: an event cannot be folded.
            FoldInvalid: the projection broke its own rules.
        """
        if self._older or not self._is_all_held:
            await self._gather(events)
        try:
            fold_held(self._table.projection, self._each(events), self._recent, self._stored)
        except Exception as error:
            stored = events[self._folded].stored
            raise PoisonEvent(position=stored.position, type=stored.type, error=error) from error
        if self._rows_held() > self._held_rows_max:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection, connection.transaction():
                await connection.execute(SET_LOCAL)
                await self._store(connection, self._older)
            self._older, self._recent = self._recent, {}

    async def finish(self, position: int) -> None:
        """Stores what is held, with the checkpoint.

        Raises:
            IntegrityError: the table has a checkpoint already.
        """
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection, connection.transaction():
            await connection.execute(SET_LOCAL)
            await insert_tracking(connection, self._table.follower, expected=None, position=position)
            await self._store(connection, self._older)
            await self._store(connection, self._recent)

    def _each(self, events: Sequence[PagedEvent]) -> Iterator[tuple[object, Recorded]]:
        """The events for the fold, counting those that it has done with."""
        for self._folded, paged in enumerate(events):
            if isinstance(paged, Undecodable):
                raise paged.error
            yield paged.event, paged.recorded

    async def _gather(self, events: Sequence[PagedEvent]) -> None:
        """Puts the groups that the events touch among the recent ones: those held, and those that may have been stored.

        A stream that begins here has none yet.
        """
        projection = self._table.projection
        is_of_stream = projection.groups is own_stream
        missing: dict[GroupKey, None] = {}
        for paged in events:
            for group in projection.groups(paged.event, paged.recorded) if isinstance(paged, DecodedEvent) else ():
                if group in self._older:
                    self._recent[group] = self._older.pop(group)
                elif group not in self._recent and not (is_of_stream and paged.stored.version == 1):
                    missing[group] = None
        if not missing or self._is_all_held:
            return
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection, connection.transaction():
            await connection.execute(SET_LOCAL)
            load = self._table.load
            records = await connection.fetch(load.text, *load.parameters(missing), LOADED_ROWS_MAX + 1)
        if len(records) > LOADED_ROWS_MAX:
            raise FoldInvalid(f"{len(missing)} groups of {projection.name} hold more than {LOADED_ROWS_MAX} rows")
        for record in records:
            row = self._table.codec.decode(tuple(record))
            group = self._group_of(row)
            self._stored[group] = (*self._stored.get(group, ()), row)

    async def _store(self, connection: Connection, held: dict[GroupKey, Held]) -> None:
        """Writes these groups: what the table has of them falls, what they are now is copied."""
        replaced = [row for group in held for row in self._stored.pop(group, ())]
        if replaced:
            keys = [self._key_of(row) for row in replaced]
            await connection.execute(self._table.delete.text, *self._table.delete.parameters(keys))
        if held:
            self._is_all_held = False
            await connection.copy_records_to_table(
                self._table.table_name,
                schema_name=SCHEMA,
                columns=[column.name for column in self._table.columns],
                records=self._values(held),
            )

    def _values(self, held: dict[GroupKey, Held]) -> Iterator[Sequence[object]]:
        """The values of all rows.

        Raises:
            FoldInvalid: too many rows of a group, a row of another group, or two rows with one key.
        """
        projection, encode = self._table.projection, self._table.codec.encode
        for group, each in held.items():
            rows = projection.rows_of(each)
            if len(rows) > GROUP_ROWS_MAX:
                raise too_many(projection.name, rows)
            if len(rows) > 1 and len({self._key_of(row) for row in rows}) < len(rows):
                raise FoldInvalid(f"{projection.name} yields two rows with one key")
            for row in rows:
                if self._group_of(row) != group:
                    raise misplaced(projection.name)
                yield encode(row)

    def _rows_held(self) -> int:
        """Rows of the groups that were touched lately. A state is one row."""
        if self._table.projection.rows_of is not as_they_are:
            return len(self._recent)
        return sum(map(len, self._recent.values()))

"""The epochs of a log: how ids of events tell apart what stood at one position before and after a backup was restored.

An event's id is `<epoch>:<position>`. A position belongs to the newest epoch that begins at or before it: events from before
the restore keep their ids, and no id ever names two facts. Table: `log.epoch`, only ever added to. Positions count from 1.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import asyncpg

from salesapi.database.connections import Connection
from salesapi.database.migrating import MigrationRefused

STORED: Final = "SELECT number, first_position FROM log.epoch ORDER BY number"
NEWEST: Final = """
    SELECT e.number, e.first_position, e.lost_to, e.lost_root,
           (e.system_identifier, e.database_oid) = (p.system_identifier, p.database_oid) AS is_same_database,
           e.timeline = p.timeline AS is_same_timeline
    FROM log.epoch e, log.place p ORDER BY e.number DESC LIMIT 1
"""
ADD: Final = """
    INSERT INTO log.epoch
        (number, first_position, reason, system_identifier, database_oid, timeline, lost_to, lost_root)
    SELECT $1, $2, $3, p.system_identifier, p.database_oid, p.timeline, $4, $5 FROM log.place p
"""


class RestoreUntold(RuntimeError):
    """The database is not the one that its log was last written in: a backup was restored, and that was not told yet."""


class Epoch(NamedTuple):
    """One stretch of history, and the first position that is of it."""

    number: int
    first_position: int


@dataclass(frozen=True, slots=True)
class Epochs:
    """The epochs of one log by number; at least one."""

    known: tuple[Epoch, ...]

    def __post_init__(self) -> None:
        """Checks that each position has an epoch, and each epoch one place.

        Raises:
            ValueError: they do not.
        """
        numbers = [epoch.number for epoch in self.known]
        if not numbers or numbers != sorted(set(numbers)) or self.known[0].first_position != 1:
            raise ValueError(f"epochs follow each other by number, and the first begins at position 1: {self.known}")

    @property
    def current(self) -> int:
        """The epoch of what is recorded now."""
        return self.known[-1].number

    def of(self, position: int) -> int:
        """Finds the epoch of a position."""
        for epoch in reversed(self.known):
            if epoch.first_position <= position:
                return epoch.number
        raise AssertionError(f"no epoch begins before position {position}: the first begins at 1")

    def id_of(self, position: int) -> str:
        """Makes the one id of the event at a position."""
        return f"{self.of(position)}:{position}"

    def agreed_to(self, *, epoch: int, position: int) -> int | None:
        """Finds how far the history of an epoch up to a position is this log's, too. None where the epoch is not known."""
        if not any(epoch == each.number for each in self.known):
            return None
        return min([position, *(each.first_position - 1 for each in self.known if each.number > epoch)])


FIRST_EPOCHS: Final = Epochs((Epoch(1, 1),))
"""Of a log that was never restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestEpoch:
    """The newest row of the table, and whether it was recorded where the log stands now."""

    number: int
    first_position: int
    lost_to: int | None
    lost_root: bytes | None
    is_same_database: bool
    is_same_timeline: bool
    """False after a recovery to a point in time, and after a standby has taken over."""


async def stored_epochs(connection: Connection) -> Epochs:
    """Reads the epochs of the log."""
    return Epochs(tuple(Epoch(row["number"], row["first_position"]) for row in await connection.fetch(STORED)))


async def newest_epoch(connection: Connection) -> NewestEpoch:
    """Reads the newest epoch, and compares where it was recorded with where the log stands."""
    row = await connection.fetchrow(NEWEST)
    assert row is not None, "the migration records the first epoch"
    return NewestEpoch(**dict(row))


async def refuse_untold_restore(connection: Connection) -> None:
    """For who writes the log: positions could be given out a second time under the same ids.

    Raises:
        RestoreUntold: the log stands in another database than the one that its newest epoch was recorded in.
        MigrationRefused: the database is of an earlier version.
    """
    try:
        newest = await newest_epoch(connection)
    except asyncpg.UndefinedTableError as error:
        raise MigrationRefused(
            "the database is of an earlier version: run `salesapi migrate` with the owner's role"
        ) from error
    if not newest.is_same_database:
        raise RestoreUntold(
            "this database was made from a backup, a dump or an upgrade of the server, and its log is not written until that "
            "is told: run `salesapi restored` with the owner's role, then start again"
        )


async def add_epoch(
    owner: Connection, epoch: Epoch, *, reason: str, lost: tuple[int, bytes] | tuple[None, None] = (None, None)
) -> None:
    """Records an epoch in the open transaction of the owner's role; `lost` is a size of the lost history and its root."""
    await owner.execute(ADD, epoch.number, epoch.first_position, reason, *lost)

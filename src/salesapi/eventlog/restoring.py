"""Telling that a backup was restored: what shows it, and the epoch that the log goes on with. Positions count from 1.

Run with the owner's role in one transaction that keeps appends out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from salesapi.database.connections import Connection
from salesapi.database.locks import APPEND
from salesapi.eventlog.epochs import Epoch, NewestEpoch, add_epoch, newest_epoch
from salesapi.eventlog.reading import HEAD

REASON_CHARACTERS_MAX: Final = 500
OTHER_DATABASE: Final = "the database is not the one in which epoch {number} was recorded"
OTHER_TIMELINE: Final = (
    "the server was recovered to a point in time, or a standby took over, since epoch {number} was recorded"
)
WRITERS: Final = """
    SELECT count(*) FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
    WHERE a.datname = current_database() AND a.usename <> session_user AND NOT r.rolsuper
      AND pg_has_role(r.oid, 'salesapi_app', 'MEMBER')
"""


class RestoreRefused(RuntimeError):
    """What was asked of a restored database cannot be done; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A size that the log is known to have had, and its root then."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The outcome: the epoch, and whether it was told before."""

    epoch: Epoch
    head: int
    is_new: bool
    reason: str


async def tell_restore(
    owner: Connection, *, shown: Sequence[str], loss: Loss | None = None, reason: str | None = None
) -> Told:
    """Records the epoch with which the log goes on; the same restore once only.

    `shown` is what else shows that a backup was restored, beside what the database itself shows. `loss` counts as such where
    the log is shorter now.

    Raises:
        RestoreRefused: nothing shows it, or a process may be writing.
    """
    async with owner.transaction():
        await owner.execute("SELECT pg_advisory_xact_lock($1)", APPEND)
        head: int = await owner.fetchval(HEAD)
        newest = await newest_epoch(owner)
        is_lost = loss is not None and loss.size > head
        is_begun = newest.number > 1 and newest.first_position == head + 1
        moved = _moved(newest)
        if is_begun and not moved:
            return Told(epoch=Epoch(newest.number, newest.first_position), head=head, is_new=False, reason="")
        if loss is not None and is_lost and (loss.size, loss.root) != (newest.lost_to, newest.lost_root):
            moved = [*moved, f"the log is known to have had {loss.size} events, and has {head}"]
        found = [*moved, *shown]
        if not found:
            raise RestoreRefused(_nothing_found(newest, head))
        writers: int = await owner.fetchval(WRITERS)
        if newest.is_same_database and writers:
            raise RestoreRefused(
                f"{writers} connections of the application's role are open: stop `serve` and `work` first, so that nothing is "
                "written under the old epoch meanwhile"
            )
        epoch = Epoch(newest.number + 1, head + 1)
        said = (reason or "; ".join(found))[:REASON_CHARACTERS_MAX]
        lost = (loss.size, loss.root) if loss is not None and is_lost else (None, None)
        await add_epoch(owner, epoch, reason=said, lost=lost)
        return Told(epoch=epoch, head=head, is_new=True, reason=said)


def _moved(newest: NewestEpoch) -> list[str]:
    """What the database shows by itself."""
    if not newest.is_same_database:
        return [OTHER_DATABASE.format(number=newest.number)]
    return [] if newest.is_same_timeline else [OTHER_TIMELINE.format(number=newest.number)]


def _nothing_found(newest: NewestEpoch, head: int) -> str:
    return (
        f"nothing shows that a backup was restored: the log has {head} events and stands in the database, and on the timeline, "
        f"in which epoch {newest.number} was recorded; no root that was given and no stream goes further. Where its files were "
        "put back as a whole, nothing can show it: say so with --in-place"
    )

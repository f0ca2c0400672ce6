"""Writes the log as a file that anyone can verify without us: the stored bytes, a line for each event, the root last.

Leaf hashes and root are those that the sealer stored when the events were new, not computed from what stands in the log
now: an event that was changed since does not fit them, and the export shows it. Memory is bounded by a page of events.
"""

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from salesapi.audit.export_line import EventLine, LastLine, event_line, last_line
from salesapi.audit.rows import pages
from salesapi.audit.sealing import EvidenceBroken, sealed_root, wait_until_sealed
from salesapi.database.connections import SNAPSHOT_READS, Connection, open_connection
from salesapi.eventlog.epochs import Epochs, stored_epochs
from salesapi.eventlog.reading import HEAD
from salesapi.eventlog.recorder import PositionGap

SEALED_WAIT_SECONDS: Final = 10.0
"""How long an export waits for the sealer to reach its last event."""

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""`on_progress(what, done, of)`: called now and then, never more than once a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The extent of an export and its root. Keep `root` and `size` elsewhere: with them no rewriting goes unseen."""

    epochs: Epochs
    size: int
    root: bytes


def no_progress(*_: object) -> None:
    """For callers who do not want to know."""


async def export(url: str, path: Path, *, up_to: int | None = None, on_progress: OnProgress = no_progress) -> Exported:
    """Writes the first `up_to` events (None: all there are now) to a file, which appears there only when it is complete.

    Raises:
        NotSealed: the sealer has not come so far.
        EvidenceBroken: a sealed hash is missing.
        NotExportable: a stored text does not fit in a line.
        PositionGap: an event is missing.
        ValueError: the log has fewer events.
    """
    unfinished = path.with_name(path.name + ".part")
    connection = await open_connection(url, name="export", settings=SNAPSHOT_READS)
    try:
        plan = await plan_export(connection, up_to)
        done = 0
        with unfinished.open("wb") as file:
            async for lines in export_lines(connection, plan):
                file.write(b"".join(lines))
                done += len(lines)
                on_progress("exporting events", min(done, plan.size), plan.size)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        return plan
    finally:
        unfinished.unlink(missing_ok=True)
        await connection.close()


async def plan_export(connection: Connection, up_to: int | None) -> Exported:
    """Finds what an export up to a position will hold; waits until it is sealed.

    Raises:
        NotSealed: the sealer has not come so far within `SEALED_WAIT_SECONDS`.
        ValueError: the log has fewer events.
    """
    head: int = await connection.fetchval(HEAD)
    size = head if up_to is None else up_to
    if not 0 <= size <= head:
        raise ValueError(f"an export up to position {size} is not possible: the log has {head} events")
    epochs = await stored_epochs(connection)
    root = await wait_until_sealed(lambda: sealed_root(connection, size), size, SEALED_WAIT_SECONDS)
    return Exported(epochs=epochs, size=size, root=root)


async def export_lines(connection: Connection, plan: Exported) -> AsyncIterator[list[bytes]]:
    """The export's lines, a page at a time; the last page is the last line alone.

    Raises: as `export`.
    """
    written = 0
    async for page in pages(connection, up_to=plan.size):
        lines: list[bytes] = []
        for row, leaf in page:
            if leaf is None:
                raise EvidenceBroken(f"position {row.position} is sealed, but its leaf is missing from audit.leaf")
            lines.append(event_line(EventLine(epoch=plan.epochs.of(row.position), row=row, leaf=leaf)))
        written += len(lines)
        yield lines
    if written != plan.size:
        raise PositionGap(f"the log ends at {written}, but {plan.size} events are sealed: its last events were removed")
    yield [last_line(LastLine(epochs=plan.epochs, root=plan.root, size=plan.size))]

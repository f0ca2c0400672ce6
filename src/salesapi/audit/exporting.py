"""Writes the log as a file that anyone can verify without us: the stored bytes, a line for each event, the root last.

Leaf hashes and root are those that the sealer stored when the events were new, not computed from what stands in the log
now: an event that was changed since does not fit them, and the export shows it. Memory is bounded by a page of events.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

SEALED_WAIT_SECONDS: Final = 10.0
"""How long an export waits for the sealer to reach its last event."""

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""`on_progress(what, done, of)`: called now and then, never more than once a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written. Keep `root` and `size` elsewhere: with them nobody can rewrite the file unseen."""

    epoch: int
    size: int
    root: bytes


def no_progress(what: str, done: int, of: int) -> None:
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
    connection = await open_connection(url, name="export", settings=KEYED_READS)
    try:
        plan = await _plan(connection, up_to)
        with unfinished.open("wb") as file:
            async for lines in export_lines(connection, plan):
                file.write(lines)
                on_progress("export", min(file.tell(), plan.size), plan.size)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        return plan
    finally:
        unfinished.unlink(missing_ok=True)
        await connection.close()



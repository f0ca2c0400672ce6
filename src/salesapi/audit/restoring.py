"""Restores a log from an export into an empty database: byte for byte, wholly or not at all, and the tree above it anew.

An export holds events only. What is not in it has to come from elsewhere: keys of sealed fields, API keys, idempotency keys,
what imports remember. Read models follow from the log. Memory is bounded by `PAGE_BYTES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from salesapi.audit.export_file import ExportLines, NotAnExport, is_cut_off, last_line_of
from salesapi.audit.export_line import LAST_LINE_START, LastLine, read_event_line
from salesapi.audit.exporting import OnProgress, no_progress
from salesapi.audit.leaf import LOG_COLUMNS, StoredRow, in_log_order
from salesapi.audit.log_check import KnownRoot, LogCheck
from salesapi.audit.sealing import EvidenceBroken, seal_next, sealed_root
from salesapi.audit.verdict import Findings
from salesapi.audit.verifying import OutsideRoot
from salesapi.database.connections import Connection
from salesapi.database.locks import APPEND
from salesapi.eventlog.epochs import Epoch, add_epoch
from salesapi.eventlog.restoring import RestoreRefused

PAGE_BYTES: Final = 8 * 1024 * 1024
"""Bytes of lines that are stored at once."""
NOT_EMPTY: Final = """
    SELECT concat_ws(', ',
        CASE WHEN EXISTS (SELECT FROM log.event) THEN 'events' END,
        CASE WHEN EXISTS (SELECT FROM log.request) THEN 'idempotency keys' END,
        CASE WHEN EXISTS (SELECT FROM log.tracking) THEN 'checkpoints of followers' END,
        CASE WHEN EXISTS (SELECT FROM audit.leaf) OR EXISTS (SELECT FROM audit.root) THEN 'an audit tree' END,
        CASE WHEN (SELECT count(*) FROM log.epoch) > 1 THEN 'a history of restores' END)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The extent of a restored log, its root, and the epoch with which it goes on."""

    size: int
    root: bytes
    epoch: Epoch


async def restore_export(
    owner: Connection, path: Path, *, outside: OutsideRoot | None = None, on_progress: OnProgress = no_progress
) -> Restored:
    """Stores every event of an export as it was, and seals it, in one transaction of the owner's role.

    Raises:
        RestoreRefused: the database is not empty, or the export contradicts itself or the root that is known.
        NotAnExport, LineUnreadable, FormatUnknown: the file cannot be read as an export.
        EvidenceBroken: the tree that was made has another root.
    """
    last = last_line_of(path)
    async with owner.transaction():
        await owner.execute("SELECT pg_advisory_xact_lock($1)", APPEND)
        if there := await owner.fetchval(NOT_EMPTY):
            raise RestoreRefused(
                f"the database is not empty, it has {there}: restore into one that `salesapi migrate --empty` made"
            )
        await _store(owner, ExportLines(path, on_progress), last, outside)
        await _seal(owner, last, on_progress)
        for epoch in last.epochs.known:
            if epoch != Epoch(1, 1):
                await add_epoch(owner, epoch, reason="as the export tells")
        epoch = Epoch(last.epochs.current + 1, last.size + 1)
        await add_epoch(owner, epoch, reason=f"restored from an export of {last.size} events")
    return Restored(size=last.size, root=last.root, epoch=epoch)


async def _store(owner: Connection, lines: ExportLines, last: LastLine, outside: OutsideRoot | None) -> None:
    findings = Findings()
    known = [KnownRoot(size=last.size, root=last.root.hex(), source="the last line")]
    if outside is not None:
        known.append(KnownRoot(size=outside.size, root=outside.root.hex(), source="the root given"))
    check = LogCheck(findings, known)
    for page in _pages(lines, check, last):
        if findings.kept:
            break
        records = [in_log_order(row) for row in page]
        await owner.copy_records_to_table("event", schema_name="log", columns=LOG_COLUMNS, records=records)
    if not findings.kept and check.size == last.size and not check.unreached():
        return
    reasons = [str(finding) for finding in findings.kept] or [
        f"it has {check.size} events, {known.source} is over {known.size}" for known in check.unreached()
    ]
    raise RestoreRefused(
        f"the export contradicts what is known of it, nothing was restored: {(reasons or ['events after its end'])[0]}"
    )


def _pages(lines: ExportLines, check: LogCheck, last: LastLine) -> Iterator[list[StoredRow]]:
    page: list[StoredRow] = []
    page_bytes = 0
    for number, line in lines.read("restoring events"):
        if line.startswith(LAST_LINE_START):
            break
        if is_cut_off(line):
            raise NotAnExport(f"line {number}: the export was cut off in the middle of this line")
        each = read_event_line(line)
        if each.epoch != last.epochs.of(max(each.row.position, 1)):
            raise RestoreRefused(f"line {number}: its id has epoch {each.epoch}, the last line says another one")
        if check.add(each.row, each.leaf, line=number) is None:
            break
        page.append(each.row)
        page_bytes += len(line)
        if page_bytes >= PAGE_BYTES:
            yield page
            page, page_bytes = [], 0
    yield page


async def _seal(owner: Connection, last: LastLine, on_progress: OnProgress) -> None:
    """The tree over what is stored now, not over what was read: its root says that nothing changed on the way."""
    size = 0
    while size < last.size:
        size = await seal_next(owner)
        on_progress("sealing events", size, last.size)
    if await sealed_root(owner, last.size) != last.root:
        raise EvidenceBroken("the events that were stored have another root than the export: nothing was restored")

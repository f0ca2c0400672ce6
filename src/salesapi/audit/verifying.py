"""Verification of an export or of the database: proven, refuted with the place, or not enough evidence.

Two passes over the events. The first only looks for locked payout runs; the second checks every event, compares the roots
that the locks state with the tree over the events before them, and recomputes the locked pay where it was calculated.
No key is needed, and for an export neither a server nor a network. Positions, sizes and lines count from 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from salesapi.audit import export_line
from salesapi.audit.exporting import OnProgress, no_progress
from salesapi.audit.log_check import KnownRoot, LogCheck
from salesapi.audit.pay_check import RUN_TYPES, LockedRun, LockedRuns, PayCheck
from salesapi.audit.verdict import Findings, Place, Rank, Verdict
from salesapi.eventlog.codec import Codec

PROGRESS_LINES: Final = 1_000
"""Lines between two calls of `on_progress`."""
RUN_MARK: Final = b'"type":"payout_run.'
"""Stands in the lines that the first pass has to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideRoot:
    """A root that the auditor holds, and the size that it was given for."""

    root: bytes
    size: int


def verify_export(
    path: Path, codec: Codec, *, outside: OutsideRoot | None = None, on_progress: OnProgress = no_progress
) -> Verdict:
    """Checks an exported file by itself, or against a root that was kept elsewhere.

    Progress is counted in bytes of the file, over both passes.

    Raises: OSError when the file cannot be read.
    """
    findings = Findings()
    lines = _Lines(path, on_progress)
    runs, epoch = _first_pass(lines, codec)
    check, pay = new_checks(findings, codec, runs, outside)
    _check_lines(lines, epoch, check, pay, findings=findings)
    return conclude(findings, check, pay, subject=f"the export {path.name}", is_outside_known=outside is not None)


def new_checks(
    findings: Findings, codec: Codec, runs: Sequence[LockedRun], outside: OutsideRoot | None
) -> tuple[LogCheck, PayCheck]:
    """The checks of the second pass, knowing what the first one found."""
    known = [
        KnownRoot(size=run.tree_size, root=run.tree_root, source=f"the lock of {run} at position {run.locked_at}")
        for run in runs
    ]
    if outside is not None:
        known.append(KnownRoot(size=outside.size, root=outside.root.hex(), source="the root given"))
    return LogCheck(findings, known), PayCheck(findings, codec, list(runs))


def conclude(findings: Findings, check: LogCheck, pay: PayCheck, *, subject: str, is_outside_known: bool) -> Verdict:
    """The verdict once every event was taken."""
    for known in check.unreached():
        findings.missing_evidence.append(
            f"{known.source} is over {known.size} events, here are only {check.size}: ask for an export that reaches there"
        )
    findings.notes += [
        f"{check.size} events, root {check.root().hex()}",
        f"{pay.runs_checked} locked payout runs with {pay.statements_confirmed} statements recomputed: all equal",
    ]
    if pay.worded_confirmed:
        findings.notes.append(
            f"{pay.worded_confirmed} of these statements say why in sentences: these stand as their digests hold them, all "
            "else is recomputed"
        )
    if not is_outside_known:
        findings.notes.append(
            "The root was taken from what was verified itself. Compare it with one that you hold (--root, --size): "
            "whoever can rewrite everything can write another root, too."
        )
    return findings.verdict(subject)


class _Lines:
    """The lines of a file with their numbers, read once for each pass and never whole."""

    def __init__(self, path: Path, on_progress: OnProgress) -> None:
        self._path = path
        self._on_progress = on_progress
        self._size_bytes = path.stat().st_size

    def read(self, what: str) -> Iterator[tuple[int, bytes]]:
        """All lines; one that is too long or lacks its newline is handed out as it is, and is the last."""
        with self._path.open("rb") as file:
            number = 0
            while line := file.readline(export_line.LINE_BYTES_MAX):
                number += 1
                yield number, line
                if not line.endswith(b"\n"):
                    return
                if number % PROGRESS_LINES == 0:
                    self._on_progress(what, file.tell(), self._size_bytes)


def _first_pass(lines: _Lines, codec: Codec) -> tuple[list[LockedRun], int | None]:
    """The locked runs, and the epoch that the last line says. A line that cannot be read is left to the second pass."""
    runs = LockedRuns()
    epoch: int | None = None
    for _, line in lines.read("looking for locked payout runs"):
        try:
            if line.startswith(export_line.LAST_LINE_START):
                epoch = export_line.read_last_line(line).epoch
            elif RUN_MARK in line and (row := export_line.read_event_line(line).row).type in RUN_TYPES:
                runs.add(row, codec)
        except export_line.LineUnreadable:
            continue
    return runs.found, epoch


def _check_lines(lines: _Lines, epoch: int | None, check: LogCheck, pay: PayCheck, *, findings: Findings) -> None:
    """The second pass: stops at a line after which nothing can be checked."""
    number = 0
    is_closed = False
    for number, line in lines.read("checking events"):
        place = Place(line=number, position=check.size + 1)
        try:
            if is_closed:
                raise export_line.LineUnreadable("stands after the last line")
            if line.startswith(export_line.LAST_LINE_START):
                _check_last_line(export_line.read_last_line(line), number, check, findings)
                is_closed = True
                continue
            each = export_line.read_event_line(line)
        except export_line.LineUnreadable as error:
            findings.add(Rank.EVENT, place, str(error))
            return
        if epoch is not None and each.epoch != epoch:
            findings.add(Rank.EVENT, place, f"its id has epoch {each.epoch}, the last line says {epoch}")
        if check.add(each.row, each.leaf, line=number) is None:
            return
        pay.add(each.row, line=number)
    if not is_closed:
        place = Place(line=number + 1, position=check.size + 1)
        findings.add(Rank.EVENT, place, "the export ends without its last line: its end was cut off")


def _check_last_line(last: export_line.LastLine, number: int, check: LogCheck, findings: Findings) -> None:
    if last.size != check.size:
        findings.add(Rank.EVENT, Place(line=number), f"says {last.size} events, but {check.size} stand before it")
        return
    check.compare_root(KnownRoot(size=last.size, root=last.root.hex(), source="the last line"), line=number)

"""Verification of an export or of the database: proven, refuted with the place, or not enough evidence.

Two passes over the events. The first only looks for locked payout runs; the second checks every event, compares the roots
that the locks state with the tree over the events before them, and recomputes the locked pay where it was calculated.
No key is needed, and for an export neither a server nor a network. Positions, sizes and lines count from 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from salesapi.audit import export_line
from salesapi.audit.export_file import ExportLines, NotAnExport, is_cut_off, looks_exported
from salesapi.audit.exporting import OnProgress, no_progress
from salesapi.audit.log_check import KnownRoot, LogCheck
from salesapi.audit.pay_check import RUN_TYPES, LockedRun, LockedRuns, PayCheck
from salesapi.audit.verdict import Findings, Place, Rank, Verdict
from salesapi.eventlog.codec import Codec

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
    findings, subject = Findings(), f"the export {path.name}"
    try:
        lines = ExportLines(path, on_progress)
        runs, last = _first_pass(lines, codec)
        check, pay = new_checks(findings, codec, runs, outside)
        _check_lines(lines, last, check, pay, findings=findings)
    except (NotAnExport, export_line.FormatUnknown) as error:
        return Findings(missing_evidence=[str(error)]).verdict(subject)
    return conclude(findings, check, pay, subject=subject, is_outside_known=outside is not None)


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


def _first_pass(lines: ExportLines, codec: Codec) -> tuple[list[LockedRun], export_line.LastLine | None]:
    """The locked runs, and the last line. A line that cannot be read is left to the second pass.

    Raises:
        NotAnExport: no line looks like one of an export.
        FormatUnknown: the export is of a newer program.
    """
    runs = LockedRuns()
    last: export_line.LastLine | None = None
    is_export = False
    for _, line in lines.read("looking for locked payout runs"):
        is_export = is_export or looks_exported(line)
        try:
            if line.startswith(export_line.LAST_LINE_START):
                last = export_line.read_last_line(line)
            elif RUN_MARK in line and (row := export_line.read_event_line(line).row).type in RUN_TYPES:
                runs.add(row, codec)
        except export_line.LineUnreadable:
            continue
    if not is_export:
        raise NotAnExport("no line of it is one of an export: name a file that `salesapi export` wrote")
    return runs.found, last


def _check_lines(
    lines: ExportLines, last: export_line.LastLine | None, check: LogCheck, pay: PayCheck, *, findings: Findings
) -> None:
    """The second pass: stops at a line after which nothing can be checked."""
    number = 0
    is_closed = False
    for number, line in lines.read("checking events"):
        place = Place(line=number, position=check.size + 1)
        if is_cut_off(line) and not is_closed:
            findings.missing_evidence.append(_cut_off(number, check.size, "in the middle of this line"))
            return
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
        if check.add(each.row, each.leaf, line=number) is None:
            return
        if last is not None and each.epoch != (epoch := last.epochs.of(each.row.position)):
            findings.add(Rank.EVENT, place, f"its id has epoch {each.epoch}, the last line says {epoch}")
        pay.add(each.row, line=number)
    if not is_closed:
        findings.missing_evidence.append(_cut_off(number + 1, check.size, "before its last line"))


def _cut_off(line: int, size: int, where: str) -> str:
    return f"line {line}: the export was cut off {where}, after {size} whole events: ask for it again"


def _check_last_line(last: export_line.LastLine, number: int, check: LogCheck, findings: Findings) -> None:
    if last.size != check.size:
        findings.add(Rank.EVENT, Place(line=number), f"says {last.size} events, but {check.size} stand before it")
        return
    check.compare_root(KnownRoot(size=last.size, root=last.root.hex(), source="the last line"), line=number)

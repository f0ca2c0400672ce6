"""The import itself: all files are read through, then the setup is given, then table by table the rows.

Clock: monotonic seconds for the summary; the record clock is the log's.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypeAlias

from salesapi.access.principals import Principal
from salesapi.clock import Clock
from salesapi.commands.command_reading import CommandReader
from salesapi.commands.handling import Handling
from salesapi.commands.key_issuing import register
from salesapi.database.connections import Pool
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.kernel import Role, natural_id
from salesapi.importing.candidates import candidates_of
from salesapi.importing.details import HeldDetails
from salesapi.importing.jobs import Job, running_job
from salesapi.importing.mapping import SETUP, Detail, ImportMapping, Layout, Table
from salesapi.importing.results import Report, RowResult, Summary, TableCounts
from salesapi.importing.row_writer import IN_FLIGHT_MAX, Candidate, TableWriting, setup_candidates
from salesapi.importing.tables import Source, source_of

ROLES: Final[frozenset[Role]] = frozenset({"admin", "finance", "integration"})
"""What an import may do: whoever starts one holds the database's address, so a narrower role would protect nothing."""
FILES_MAX: Final = 1_000

Watcher: TypeAlias = Callable[[str, int, int], None]
"""Told the table, how many of its rows are done, and how many its files have."""


class FilesRefused(RuntimeError):
    """The files given and the mapping's tables do not belong together. Nothing was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The services that an import works with: the real write path, or that of a rehearsal, which stores nothing."""

    pool: Pool
    handling: Handling
    catalogue: Catalogue
    clock: Clock
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFiles:
    """A table with the files given for it, and with what belongs to its rows."""

    table: Table
    sources: Sequence[Source]
    details: Sequence[HeldDetails]


def import_principal(source: str) -> Principal:
    """Makes the principal of an import: the same one for the same source, so that its keys are found again."""
    name = f"import:{source}"
    return Principal(id=natural_id("principal", name), name=name, roles=ROLES)


async def run_import(
    parts: Parts,
    mapping: ImportMapping,
    files: Sequence[Path],
    *,
    results: Report = lambda result: None,
    watcher: Watcher = lambda table, done, total: None,
) -> Summary:
    """Imports files by a mapping. Rejected rows are counted and told in `results`; the others go on.

    Raises:
        FilesRefused, TableUnreadable: nothing was imported.
        ImportRunning: another import of this source runs.
        LogUnavailable, LogOverloaded, OutcomeUnknown, asyncpg.PostgresError: run it again; it goes on where it stopped.
    """
    given = matched(mapping, files)
    started = time.monotonic()
    summary = Summary(source=mapping.source, is_dry_run=parts.is_dry_run)
    async with _job(parts, mapping, given) as job:
        work = _Import(
            parts=parts,
            mapping=mapping,
            job=job,
            reader=CommandReader(parts.catalogue, parts.clock, mapping.zone),
            results=results,
            watcher=watcher,
            summary=summary,
        )
        await work.run(given)
        await job.finish({table.table: table.counts() for table in summary.tables})
    summary.seconds = time.monotonic() - started
    return summary


def _job(parts: Parts, mapping: ImportMapping, given: Sequence[TableFiles]) -> AbstractAsyncContextManager[Job]:
    """The job that is alone with its source; a rehearsal needs not be."""
    rehearsal = Job(pool=parts.pool, source=mapping.source, principal_id=import_principal(mapping.source).id, id=None)
    return nullcontext(rehearsal) if parts.is_dry_run else running_job(rehearsal, mapping.sha256, _described(given))


def matched(mapping: ImportMapping, files: Sequence[Path]) -> list[TableFiles]:
    """The files of each table, in the order given, read through and counted.

    Raises:
        FilesRefused: a file that no table takes, the same file twice, too many, or rows without the files of their details.
        TableUnreadable, OSError.
    """
    if len(files) > FILES_MAX:
        raise FilesRefused(f"an import takes at most {FILES_MAX} files")
    if len({file.resolve() for file in files}) != len(files):
        raise FilesRefused("a file is given twice; give each once")
    wanted = [table for table in mapping.tables if _taken(table.layout, files)]
    taken = {file for table in wanted for layout in _layouts(table) for file in _taken(layout, files)}
    for file in files:
        if file not in taken:
            raise _not_taken(mapping, file)
    return [
        TableFiles(
            table=table,
            sources=[source_of(table.layout, file) for file in _taken(table.layout, files)],
            details=[_held(table, detail, files) for detail in table.details] if table in wanted else (),
        )
        for table in mapping.tables
    ]


def _taken(layout: Layout, files: Sequence[Path]) -> list[Path]:
    return [file for file in files if fnmatchcase(file.name, layout.file)]


def _layouts(table: Table) -> list[Layout]:
    return [table.layout, *(detail.layout for detail in table.details)]


def _not_taken(mapping: ImportMapping, file: Path) -> FilesRefused:
    for table in mapping.tables:
        if any(fnmatchcase(file.name, detail.layout.file) for detail in table.details):
            return FilesRefused(
                f"{file.name}: it belongs to rows of the table {table.name}; give {table.layout.file}, too"
            )
    patterns = ", ".join(dict.fromkeys(layout.file for table in mapping.tables for layout in _layouts(table)))
    return FilesRefused(f"{file.name}: no table of the mapping takes this file; they take {patterns or 'none'}")


def _held(table: Table, detail: Detail, files: Sequence[Path]) -> HeldDetails:
    sources = [source_of(detail.layout, file) for file in _taken(detail.layout, files)]
    if not sources:
        name = detail.layout.name
        raise FilesRefused(f"the rows of the table {table.name} have {name}; give {detail.layout.file}, too")
    return HeldDetails(detail, sources)


@dataclass(slots=True, kw_only=True)
class _Import:
    parts: Parts
    mapping: ImportMapping
    job: Job
    reader: CommandReader
    results: Report
    watcher: Watcher
    summary: Summary

    async def run(self, given: Sequence[TableFiles]) -> None:
        """The setup, then each table for which there are files."""
        principal = import_principal(self.mapping.source)
        await register(self.parts.handling, principal, origin=f"import:{self.mapping.source}")
        setup = self.mapping.setup
        if setup:
            # One after the other: later commands of a setup build on earlier ones.
            counts = TableCounts(table=SETUP)
            await self._write(setup_candidates(setup), counts, total=len(setup), in_flight=1)
            if counts.rejected:
                self.summary.is_setup_refused = True
                return
        for each in given:
            if each.sources:
                counts = TableCounts(table=each.table.name)
                total = sum(source.count for source in each.sources)
                candidates = candidates_of(each.table, each.sources, each.details)
                await self._write(candidates, counts, total=total, in_flight=IN_FLIGHT_MAX)
        self.summary.left_out = tuple(each.table.name for each in given if not each.sources)

    async def _write(self, candidates: Iterable[Candidate], counts: TableCounts, *, total: int, in_flight: int) -> None:
        self.summary.tables.append(counts)
        writing = TableWriting(
            job=self.job,
            handling=self.parts.handling,
            catalogue=self.parts.catalogue,
            reader=self.reader,
            principal=import_principal(self.mapping.source),
            table=counts.table,
            in_flight=in_flight,
        )

        def report(result: RowResult) -> None:
            self.summary.add(counts, result)
            self.results(result)
            self.watcher(counts.table, counts.rows, total)

        await writing.write(candidates, report)
        self.watcher(counts.table, total, total)  # Rows that are not distinct have no result.


def _described(given: Sequence[TableFiles]) -> list[dict[str, object]]:
    named = [(each.table.name, source) for each in given for source in each.sources]
    named += [
        (f"{each.table.name}.{held.detail.layout.name}", source)
        for each in given
        for held in each.details
        for source in held.sources
    ]
    return [
        {"table": name, "name": source.file.name, "rows": source.count, "sha256": _sha256(source.file)}
        for name, source in named
    ]


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""The import itself: all files are read through, then the setup is given, then table by table the rows.

Clock: monotonic seconds for the summary; the record clock is the log's.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypeAlias

from salesapi.access.principals import Principal
from salesapi.api.command_reading import CommandReader
from salesapi.clock import Clock
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.kernel import Role, natural_id
from salesapi.handling import Handling
from salesapi.importing.candidates import Source, candidates_of
from salesapi.importing.jobs import Job, Pool, running_job
from salesapi.importing.mapping import SETUP, ImportMapping, Table
from salesapi.importing.results import NoResultFile, ResultFile, RowResult, Summary, TableCounts
from salesapi.importing.tables import header_and_count
from salesapi.importing.writing import IN_FLIGHT_MAX, Candidate, TableWriting, setup_candidates

ROLES: Final[frozenset[Role]] = frozenset({"admin", "finance", "integration"})
"""What an import may do: whoever starts one holds the database's address, so a narrower role would protect nothing."""
FILES_MAX: Final = 1_000

Watcher: TypeAlias = Callable[[str, int, int], None]
"""Told the table, how many of its rows are done, and how many its files have."""


class FilesRefused(RuntimeError):
    """The files given and the mapping's tables do not belong together. Nothing was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an import works with: the real write path, or that of a rehearsal, which stores nothing."""

    pool: Pool
    handling: Handling
    catalogue: Catalogue
    clock: Clock
    is_dry_run: bool = False


def import_principal(source: str) -> Principal:
    """Who an import is: the same principal for the same source, so that its keys are found again."""
    name = f"import:{source}"
    return Principal(id=natural_id("principal", name), name=name, roles=ROLES)


async def run_import(
    parts: Parts,
    mapping: ImportMapping,
    files: Sequence[Path],
    *,
    results: ResultFile | None = None,
    watcher: Watcher = lambda table, done, total: None,
) -> Summary:
    """Imports files by a mapping. Rejected rows are counted and told in `results`; the others go on.

    Raises:
        FilesRefused, TableUnreadable: nothing was imported.
        ImportRunning: another import of this source runs.
        LogUnavailable, LogOverloaded, OutcomeUnknown, asyncpg.PostgresError: run it again; it goes on where it stopped.
    """
    sources = matched(mapping, files)
    principal = import_principal(mapping.source)
    started = time.monotonic()
    if parts.is_dry_run:
        rehearsal = Job(pool=parts.pool, source=mapping.source, principal_id=principal.id, id=None)
        summary = await _Import(parts, mapping, rehearsal, results or NoResultFile(), watcher).run(sources)
    else:
        async with running_job(
            parts.pool,
            source=mapping.source,
            principal_id=principal.id,
            mapping_sha256=mapping.sha256,
            files=_described(sources),
        ) as job:
            summary = await _Import(parts, mapping, job, results or NoResultFile(), watcher).run(sources)
            await job.finish({table.table: table.counts() for table in summary.tables})
    summary.seconds = time.monotonic() - started
    return summary


def matched(mapping: ImportMapping, files: Sequence[Path]) -> list[tuple[Table, list[Source]]]:
    """The files of each table, in the order given, read through and counted.

    Raises:
        FilesRefused: a file that no table takes, the same file twice, or too many.
        TableUnreadable, OSError.
    """
    if len(files) > FILES_MAX:
        raise FilesRefused(f"an import takes at most {FILES_MAX} files")
    if len({file.resolve() for file in files}) != len(files):
        raise FilesRefused("a file is given twice; give each once")
    for file in files:
        if not any(fnmatchcase(file.name, table.file) for table in mapping.tables):
            patterns = ", ".join(dict.fromkeys(table.file for table in mapping.tables)) or "none"
            raise FilesRefused(f"{file.name}: no table of the mapping takes this file; they take {patterns}")
    return [
        (table, [_source(table, file) for file in files if fnmatchcase(file.name, table.file)])
        for table in mapping.tables
    ]


class _Import:
    def __init__(self, parts: Parts, mapping: ImportMapping, job: Job, results: ResultFile, watcher: Watcher) -> None:
        self._parts = parts
        self._mapping = mapping
        self._job = job
        self._results = results
        self._watcher = watcher
        self._reader = CommandReader(parts.catalogue, parts.clock, mapping.zone)
        self._summary = Summary(source=mapping.source, is_dry_run=parts.is_dry_run)

    async def run(self, sources: Sequence[tuple[Table, list[Source]]]) -> Summary:
        """The setup, then each table for which there are files."""
        setup = self._mapping.setup
        if setup:
            # One after the other: later commands of a setup build on earlier ones.
            counts = TableCounts(table=SETUP)
            await self._write(setup_candidates(setup), counts, total=len(setup), in_flight=1)
            if counts.rejected:
                self._summary.is_setup_refused = True
                return self._summary
        for table, of_table in sources:
            if of_table:
                counts = TableCounts(table=table.name)
                total = sum(source.count for source in of_table)
                await self._write(candidates_of(table, of_table), counts, total=total, in_flight=IN_FLIGHT_MAX)
        self._summary.left_out = tuple(table.name for table, of_table in sources if not of_table)
        return self._summary

    async def _write(self, candidates: Iterable[Candidate], counts: TableCounts, *, total: int, in_flight: int) -> None:
        self._summary.tables.append(counts)
        writing = TableWriting(
            self._job,
            self._parts.handling,
            self._parts.catalogue,
            self._reader,
            principal=import_principal(self._mapping.source),
            table=counts.table,
            in_flight=in_flight,
        )

        def report(result: RowResult) -> None:
            self._summary.add(counts, result)
            self._results.write(result)
            self._watcher(counts.table, counts.rows, total)

        await writing.write(candidates, report)
        self._watcher(counts.table, total, total)  # Rows that are not distinct have no result.


def _source(table: Table, file: Path) -> Source:
    header, count = header_and_count(table, file)
    return Source(file=file, header=header, count=count)


def _described(sources: Sequence[tuple[Table, list[Source]]]) -> list[dict[str, object]]:
    return [
        {"table": table.name, "name": source.file.name, "rows": source.count, "sha256": _sha256(source.file)}
        for table, of_table in sources
        for source in of_table
    ]


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

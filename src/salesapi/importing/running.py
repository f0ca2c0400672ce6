"""The import itself: the setup first, then table by table, many rows at the same time, each row as one request.

Rows that write the same stream wait for each other in the order of the file; all others do not, so that the log's writer has
full batches. Clock: monotonic seconds for the summary; the record clock is the log's.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

from salesapi.access.principals import Principal
from salesapi.api.command_reading import CommandReader
from salesapi.clock import Clock
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.kernel import Role, natural_id
from salesapi.handling import Handling
from salesapi.importing.jobs import Job, Pool, running_job
from salesapi.importing.mapping import SETUP, ImportMapping, Table
from salesapi.importing.results import ResultFile, Summary, TableCounts
from salesapi.importing.tables import Header, header_and_count, rows_of
from salesapi.importing.writing import Candidate, SetupRows, TableRows

ROLES: Final[frozenset[Role]] = frozenset({"admin", "finance", "integration"})
"""What an import may do: its caller holds the database's address, so a narrower role would protect nothing."""
FILES_MAX: Final = 1_000

Watcher: TypeAlias = Callable[[str, int, int], None]
"""Told the table, how many of its rows are done, and how many there are."""


class FilesRefused(RuntimeError):
    """The files given and the mapping's tables do not belong together. Nothing was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an import works with: the real write path, or that of a rehearsal."""

    pool: Pool
    handling: Handling
    catalogue: Catalogue
    clock: Clock
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of a table, read through once: where its columns stand, and how many rows it has."""

    file: Path
    header: Header
    count: int


def import_principal(source: str) -> Principal:
    """Who an import is: the same principal for the same source, so that its keys are found again."""
    name = f"import:{source}"
    return Principal(id=natural_id("principal", name), name=name, roles=ROLES)


async def run_import(
    parts: Parts,
    mapping: ImportMapping,
    files: Sequence[Path],
    *,
    results: ResultFile,
    watcher: Watcher = lambda *_: None,
) -> Summary:
    """Imports files by a mapping. All files are read through before the first row is written.

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
        summary = await _run(parts, mapping, sources, rehearsal, results=results, watcher=watcher)
    else:
        described = [
            {"table": table.name, "name": source.file.name, "sha256": _sha256(source.file).hex(), "rows": source.count}
            for table, of_table in sources
            for source in of_table
        ]
        async with running_job(
            parts.pool,
            source=mapping.source,
            principal_id=principal.id,
            mapping_sha256=mapping.sha256,
            files=described,
        ) as job:
            summary = await _run(parts, mapping, sources, job, results=results, watcher=watcher)
            await job.finish({**_counts(summary), "tables": {each.table: _counts(each) for each in summary.tables}})
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
            patterns = ", ".join(dict.fromkeys(table.file for table in mapping.tables))
            raise FilesRefused(f"{file.name}: no table of the mapping takes this file; its tables take {patterns}")
    return [
        (table, [_source(table, file) for file in files if fnmatchcase(file.name, table.file)])
        for table in mapping.tables
    ]


def _source(table: Table, file: Path) -> Source:
    header, count = header_and_count(table, file)
    return Source(file=file, header=header, count=count)


async def _run(
    parts: Parts,
    mapping: ImportMapping,
    sources: Iterable[tuple[Table, list[Source]]],
    job: Job,
    *,
    results: ResultFile,
    watcher: Watcher,
) -> Summary:
    principal = import_principal(mapping.source)
    reader = CommandReader(parts.catalogue, parts.clock, mapping.zone)
    summary = Summary(source=mapping.source, is_dry_run=parts.is_dry_run)
    left_out: list[str] = []

    async def write(rows: Iterable[Candidate], name: str, of_table: Sequence[Source], *, total: int) -> TableCounts:
        counts = TableCounts(table=name, files=tuple(source.file.name for source in of_table))
        summary.tables.append(counts)
        writing = TableRows(
            job, parts.handling, parts.catalogue, reader, principal, table=name, in_turn=name == SETUP
        )
        async for result in writing.write(rows):
            summary.add(counts, result)
            results.write(result)
            watcher(name, counts.rows, total)
        return counts

    if mapping.setup:
        counts = await write(SetupRows(mapping.setup), SETUP, (), total=len(mapping.setup))
        if counts.rejected:
            summary.is_setup_refused = True
            return summary
    return summary


def _sha256(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()

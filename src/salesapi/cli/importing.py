"""`salesapi import`: runs an import and shows it to people: a progress bar on a terminal, a summary, the first rejections."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as ShownTable

from salesapi.app import Core, running_core
from salesapi.cli.cli_settings import DataDir, settings_for
from salesapi.cli.progress import shown_progress
from salesapi.cli.running import run
from salesapi.commands.handling import Handling
from salesapi.commands.stream_states import StreamStates
from salesapi.eventlog.codec import Codec
from salesapi.eventlog.recorder import LogOverloaded, LogUnavailable, OutcomeUnknown
from salesapi.eventlog.upcasts import UPCASTS
from salesapi.importing.dry_run_log import RehearsalFull, RehearsedKeys, RehearsedLog
from salesapi.importing.import_job import FilesRefused, Parts, run_import
from salesapi.importing.jobs import ImportRunning
from salesapi.importing.mapping_reading import read_mapping
from salesapi.importing.results import REJECTIONS_SHOWN_MAX, Summary, result_file
from salesapi.importing.tables import TableUnreadable
from salesapi.importing.yaml_text import MappingInvalid
from salesapi.privacy.encryption import FileKeyEncryption
from salesapi.privacy.keys import PostgreSQLKeys
from salesapi.settings import Settings

NOT_USABLE = (MappingInvalid, FilesRefused, TableUnreadable, ImportRunning)
"""Nothing was imported; the message says what to change."""
INTERRUPTED = (LogUnavailable, LogOverloaded, OutcomeUnknown, RehearsalFull)
STATUS_REJECTED = 1
STATUS_NOT_DONE = 2


async def import_files(
    settings: Settings, mapping: Path, files: Sequence[Path], *, dry_run: bool, results: Path | None
) -> int:
    """Imports the files; 0 when every row is in, 1 when some were rejected, 2 when the import could not be done."""
    try:
        if results is not None and results.resolve() in {file.resolve() for file in (mapping, *files)}:
            raise FilesRefused(f"{results}: the result file would overwrite what is imported; name another one")
        async with running_core(settings) as core:
            read = read_mapping(mapping, core.catalogue)
            parts = rehearsal_parts(core) if dry_run else import_parts(core)
            with result_file(results) as opened, shown_progress(Console(stderr=True), is_transient=False) as watcher:
                summary = await run_import(parts, read, files, results=opened, watcher=watcher)
    except NOT_USABLE as error:
        print(f"salesapi: {error}", file=sys.stderr)
        return STATUS_NOT_DONE
    except INTERRUPTED as error:
        print(f"salesapi: {error}. Run the same command again: it goes on where it stopped.", file=sys.stderr)
        return STATUS_NOT_DONE
    show(summary, Console(), results)
    return STATUS_REJECTED if summary.rejected else 0


def import_parts(core: Core) -> Parts:
    """The real write path."""
    return Parts(pool=core.pool, handling=core.handling, catalogue=core.catalogue, clock=core.clock)


def rehearsal_parts(core: Core) -> Parts:
    """A write path that ends in memory: every row is decided, nothing is stored."""
    assert core.settings.key_file is not None, "a running core has a key file"
    log = RehearsedLog(core.log)
    keys = RehearsedKeys(PostgreSQLKeys(core.pool, FileKeyEncryption(core.settings.key_file)))
    codec = Codec(core.catalogue.event_types(), keys, UPCASTS)
    states = StreamStates(log, codec, core.catalogue)
    handling = Handling(
        log,
        codec,
        states,
        core.catalogue,
        clock=core.clock,
        ids=core.ids,
        resolvers=core.resolvers,
        bounds=core.bounds,
    )
    return Parts(pool=core.pool, handling=handling, catalogue=core.catalogue, clock=core.clock, is_dry_run=True)


def show(summary: Summary, console: Console, results: Path | None = None) -> None:
    """Prints what became of the rows."""
    if summary.is_dry_run:
        console.print(
            "Dry run: every row was cleaned and decided on the log as it is, with the rows before it taken as stored. "
            "Nothing was written."
        )
    shown = ShownTable("table", *("rows", "imported", "changed", "unchanged", "rejected", "events"))
    for table in summary.tables:
        shown.add_row(table.table, str(table.rows), *map(str, table.counts().values()))
    console.print(shown)
    for result in summary.rejections:
        place = f"{result.file}:{result.line}" if result.file else result.row_id
        console.print(f"{result.table} {place}: {result.code}: {result.message}", markup=False, highlight=False)
    if summary.rejected > len(summary.rejections):
        where = f"; all of them are in {results}" if results else "; --results FILE.csv lists them all"
        console.print(f"{summary.rejected} rows were rejected, the first {REJECTIONS_SHOWN_MAX} are shown{where}")
    if summary.is_setup_refused:
        console.print("The setup was rejected, so no row was read.")
    if summary.left_out:
        console.print(f"No file was given for {', '.join(summary.left_out)}.", markup=False)
    rate = summary.rows / summary.seconds if summary.seconds else 0.0
    console.print(f"{summary.rows} rows, {summary.events} events, {summary.seconds:.1f} s, {rate:,.0f} rows/s")


def import_(
    *files: Path,
    mapping: Path,
    dry_run: bool = False,
    results: Path | None = None,
    data_dir: DataDir = None,
) -> None:
    """Imports CSV or XLSX files by a mapping; the same rows again add nothing. Ends with 1 when rows were rejected.

    Parameters
    ----------
    files
        The files, in any order; the mapping says which table each is.
    mapping
        The YAML file that maps columns to commands; see docs/guides/importing.md.
    dry_run
        Decide every row, store nothing.
    results
        Write what became of each row to this CSV file.
    """
    run(import_files(settings_for(data_dir), mapping, list(files), dry_run=dry_run, results=results))

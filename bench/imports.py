"""Imported rows per second: the real import of generated CRM files, beside COPY of the same event rows into an equal table.

The import cleans, decides and keys every row; COPY is what the disk and the indexes alone take.
"""

import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Final

from tests.importing.generated_crm import SEED, generated_crm

from bench.bench_database import Database, Ground
from bench.deal_stories import as_row
from bench.equal_table import make_equal_table
from bench.measuring import Effort, Line, Measure, rate
from bench.processes import REPOSITORY, ProcessFailed
from salesapi.app import Core, running_core
from salesapi.audit.leaf import LOG_COLUMNS
from salesapi.cli.importing import import_parts
from salesapi.domain.catalogue import Catalogue
from salesapi.eventlog.recorder import StoredEvent
from salesapi.importing.import_job import run_import
from salesapi.importing.mapping_reading import read_mapping

EXAMPLE: Final = REPOSITORY / "examples" / "maven_crm.yaml"
PAGE_EVENTS: Final = 10_000


async def measure(ground: Ground, effort: Effort) -> Sequence[Line]:
    """One import into a fresh database and one COPY in each round."""
    files = _files(ground.folder / "crm", effort.scaled(20, 2))
    lines = []
    for _ in range(effort.rounds):
        async with ground.database() as database, running_core(database.settings) as core:
            summary = await run_import(import_parts(core), read_mapping(EXAMPLE, Catalogue()), files)
            if summary.rejected:
                raise ProcessFailed(
                    f"{summary.rejected} rows were rejected, the first: {summary.rejections[0].message}"
                )
            seconds = await _copy_seconds(database, await _events(core))
        what = f"import of {summary.rows:,} rows, {summary.events:,} events"
        copied = ("COPY of its event rows", summary.rows / seconds)
        lines.append(rate(what, "rows/s", summary.rows / summary.seconds, beside=copied))
    return lines


def _files(folder: Path, times: int) -> list[Path]:
    """The generated company with more deals: those of further seeds."""
    with redirect_stdout(StringIO()):
        made = generated_crm(SEED)
        for further in range(1, times):
            for deal in generated_crm(SEED + further).deals:
                made.deals.append({**deal, "opportunity_id": f"{further}-{deal['opportunity_id']}"})
    return made.write(folder)


async def _events(core: Core) -> list[StoredEvent]:
    """The whole log."""
    found: list[StoredEvent] = []
    while True:
        page = await core.log.read(after=len(found), limit=PAGE_EVENTS)
        found += page.events
        if page.scanned_to >= page.head:
            return found


async def _copy_seconds(database: Database, events: Sequence[StoredEvent]) -> float:
    async with database.owner() as owner:
        await make_equal_table(owner)
        started = time.perf_counter()
        await owner.copy_records_to_table(
            "event", schema_name="bench", columns=LOG_COLUMNS, records=map(as_row, events)
        )
        return time.perf_counter() - started


MEASURE: Final = Measure(name="import", run=measure)

"""What an import left in the log: counts of events, folded deals, and a text of everything that can be compared."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from salesapi.app import Core
from salesapi.cli.importing import import_parts
from salesapi.domain.catalogue import Catalogue
from salesapi.domain.selling.deals import Deal
from salesapi.eventlog.codec import DecodedEvent
from salesapi.importing.import_job import run_import
from salesapi.importing.mapping_reading import read_mapping
from salesapi.importing.results import RowResult, Summary

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "maven_crm.yaml"
PAGE = 5_000


Row = dict[str, str]


def written(folder: Path, tables: Mapping[str, Sequence[Row]]) -> list[Path]:
    """The CSV file of each table, with CR LF at the ends of lines as in the real ones."""
    folder.mkdir(exist_ok=True)
    files = []
    for name, rows in tables.items():
        files.append(folder / f"{name}.csv")
        with files[-1].open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return files


class KeptResults:
    """A result file in memory."""

    def __init__(self) -> None:
        self.rows: list[RowResult] = []

    def rejected(self) -> list[tuple[str, str]]:
        """Row and code of each rejection."""
        return [(row.row_id, row.code) for row in self.rows if row.status == "rejected"]


async def imported(
    core: Core, files: Sequence[Path], mapping: Path = EXAMPLE, results: KeptResults | None = None
) -> Summary:
    report = (results or KeptResults()).rows.append
    return await run_import(import_parts(core), read_mapping(mapping, Catalogue()), files, results=report)


async def events(core: Core) -> list[DecodedEvent]:
    found: list[DecodedEvent] = []
    while True:
        page = await core.log.read(after=len(found), limit=PAGE)
        found += await core.codec.decode(page.events)
        if page.scanned_to >= page.head:
            return found


async def deals(core: Core) -> dict[UUID, Deal]:
    """All deals, folded."""
    evolve = core.catalogue.by_kind["deal"].evolve
    folded: dict[UUID, object] = {}
    for event in await events(core):
        stream = event.stored.stream
        if stream.kind == "deal":
            folded[stream.id] = evolve(folded.get(stream.id), event.event, event.recorded)
    return {id: deal for id, deal in folded.items() if isinstance(deal, Deal)}


async def counts(core: Core) -> Counter[str]:
    return Counter(event.stored.type for event in await events(core))


async def added_by(core: Core, files: Sequence[Path], mapping: Path = EXAMPLE) -> dict[str, int]:
    """Imports files of which no row is rejected; answers what that added, by type."""
    before = await counts(core)
    assert (await imported(core, files, mapping)).rejections == []
    return dict(await counts(core) - before)


async def content(core: Core) -> list[str]:
    """Everything that was said, whatever the order in which streams were written and when."""
    return sorted(
        f"{event.stored.stream.kind} {event.stored.stream.id} {event.stored.version} {event.stored.type} "
        f"{event.recorded.occurred} {event.event}"
        for event in await events(core)
    )

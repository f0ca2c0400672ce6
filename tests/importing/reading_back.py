"""What an import left in the log: counts of events, folded deals, and a text of everything that can be compared."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar
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
Made = TypeVar("Made")


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


@dataclass
class Importing(Generic[Made]):
    """Rows made for a test, the files that they are written to, and the database that these are imported into."""

    core: Core
    folder: Path
    made: Made
    tables: Mapping[str, list[Row]]
    mapping: Path = EXAMPLE
    results: KeptResults = field(default_factory=KeptResults)
    """Those of the latest import."""

    def files(self) -> list[Path]:
        return written(self.folder, self.tables)

    async def run(self) -> Summary:
        self.results = KeptResults()
        return await imported(self.core, self.files(), self.mapping, self.results)

    async def added(self) -> dict[str, int]:
        """Imports once more, with no row rejected; answers what that added, by type."""
        before = await counts(self.core)
        assert (await self.run()).rejections == []
        return dict(await counts(self.core) - before)

    async def stored_text(self) -> str:
        """Collects what the log holds, as it is stored."""
        return " ".join(f"{event.stored.payload} {event.stored.meta}" for event in await events(self.core))


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


def stages_and_won_minor(found: Mapping[UUID, Deal]) -> tuple[dict[str, int], int]:
    """How many deals are in each stage, and what was won."""
    won_minor = sum(deal.amount_minor or 0 for deal in found.values() if deal.status == "won")
    return dict(Counter(deal.stage.capitalize() for deal in found.values())), won_minor


async def counts(core: Core) -> Counter[str]:
    """The events of each type, without the one by which the import made itself known."""
    return Counter(event.stored.type for event in await events(core) if event.stored.stream.kind != "principal")


async def content(core: Core) -> list[str]:
    """Everything that was said, whatever the order in which streams were written and when."""
    return sorted(
        f"{event.stored.stream.kind} {event.stored.stream.id} {event.stored.version} {event.stored.type} "
        f"{event.recorded.occurred} {event.event}"
        for event in await events(core)
    )

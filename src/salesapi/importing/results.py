"""What an import says: the result of each row, as a file that is safe to open in a spreadsheet, and counts of each table."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

Status: TypeAlias = Literal["imported", "changed", "unchanged", "rejected"]

COLUMNS: Final = ("table", "file", "line", "row_id", "status", "events", "code", "message")
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text."""
REJECTIONS_SHOWN_MAX: Final = 10
"""Rejected rows that the summary shows in full; all of them are in the result file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """The outcome of one row. `events` counts those that this run added."""

    table: str
    file: str
    line: int
    row_id: str
    status: Status
    events: int = 0
    code: str = ""
    message: str = ""


@dataclass(slots=True, kw_only=True)
class TableCounts:
    """The rows of one table by what became of them."""

    table: str
    imported: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    events: int = 0

    @property
    def rows(self) -> int:
        """All rows together."""
        return self.imported + self.changed + self.unchanged + self.rejected

    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        return {name: number for name, number in asdict(self).items() if name != "table"}

    def add(self, result: RowResult) -> None:
        """Counts a row."""
        match result.status:
            case "imported":
                self.imported += 1
            case "changed":
                self.changed += 1
            case "unchanged":
                self.unchanged += 1
            case "rejected":
                self.rejected += 1
        self.events += result.events


@dataclass(slots=True, kw_only=True)
class Summary:
    """The outcome of an import, table by table. `seconds` is this process's monotonic clock."""

    source: str
    is_dry_run: bool
    tables: list[TableCounts] = field(default_factory=list)
    rejections: list[RowResult] = field(default_factory=list)
    """The first of them."""
    left_out: tuple[str, ...] = ()
    """Tables of the mapping for which no file was given."""
    is_setup_refused: bool = False
    """True where a command of the setup was rejected: no row was read then."""
    seconds: float = 0.0

    @property
    def rejected(self) -> int:
        """Rejected rows of all tables."""
        return sum(table.rejected for table in self.tables)

    @property
    def events(self) -> int:
        """Events that this run added, or would add."""
        return sum(table.events for table in self.tables)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    def add(self, counts: TableCounts, result: RowResult) -> None:
        """Counts a row."""
        counts.add(result)
        if result.status == "rejected" and len(self.rejections) < REJECTIONS_SHOWN_MAX:
            self.rejections.append(result)


Report: TypeAlias = Callable[[RowResult], None]
"""Told the result of each row, in the order of the rows."""


@contextmanager
def result_file(path: Path | None) -> Iterator[Report]:
    """A result file while the block runs; an earlier one is replaced. Readable by its owner only: it shows refused values."""
    if path is None:
        yield lambda result: None
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as opened:
        write_row = csv.writer(opened).writerow
        write_row(COLUMNS)

        def report(result: RowResult) -> None:
            values: Sequence[object] = [getattr(result, name) for name in COLUMNS]
            write_row([safe_cell(value) if isinstance(value, str) else value for value in values])

        yield report


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

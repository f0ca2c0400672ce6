"""Reads the rows of CSV and XLSX files with their line numbers. CSV is read as it streams by, a workbook one sheet at once.

Numbers of a spreadsheet become their shortest decimal text, so that no arithmetic touches them. No clock.
"""

import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import python_calamine

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.importing.cleaning import Cell
from salesapi.importing.mapping import Layout

CSV_BYTES_MAX: Final = 2 * 1024**3
WORKBOOK_BYTES_MAX: Final = 64 * 1024**2
"""Largest workbook, in bytes as it is stored (compressed); larger ones are exported as CSV."""
ROWS_MAX: Final = 1_000_000
"""Most rows of one file."""
FIELD_LENGTH_MAX: Final = 32_768
"""Longest cell, in characters: what a spreadsheet's cell holds."""
RUNAWAY_LENGTH_MAX: Final = 1024 * 1024
"""Longest field that is read on at all, in characters; a longer one is a quote that is never closed."""
WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


class TableUnreadable(RuntimeError):
    """A file cannot be read as its table; the message names file and line. Nothing of it was imported."""


class RowMalformed(Refused):
    """The row itself cannot be read; the others can."""

    code = "import.row_malformed"
    kind = Kind.MALFORMED
    message = "The row {reason}."


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file, beginning at this line (or at this row of the sheet), from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was read through once: where its columns stand, and how many rows it has."""

    layout: Layout
    file: Path
    width: int
    places: tuple[int, ...]
    """The place of each of the layout's columns, from 0."""
    count: int

    def rows(self) -> Iterator[Line]:
        """Reads the rows after the header.

        Raises:
            TableUnreadable: it was changed since it was read through.
        """
        lines = _lines(self.layout, self.file)
        next(lines, None)
        yield from lines

    def cells(self, line: Line) -> tuple[Cell, ...]:
        """The cells of the layout's columns.

        Raises:
            RowMalformed: more or fewer fields than the header, U+0000, a cell that is too long.
        """
        cells = line.cells
        if len(cells) != self.width:
            raise RowMalformed(reason=f"has {len(cells)} fields, the header {self.width}")
        for number, cell in enumerate(cells, start=1):
            if isinstance(cell, str):
                if len(cell) > FIELD_LENGTH_MAX:
                    raise RowMalformed(reason=f"has more than {FIELD_LENGTH_MAX} characters in field {number}")
                if "\x00" in cell:
                    raise RowMalformed(reason=f"holds the character U+0000 in field {number}, which cannot be stored")
        return tuple(cells[place] for place in self.places)


def source_of(layout: Layout, file: Path) -> Source:
    """Reads the whole file once.

    Raises:
        TableUnreadable: broken quotes or encoding, columns that are missing, unknown or named twice, too many rows.
        OSError.
    """
    lines = _lines(layout, file)
    first = next(lines, None)
    if first is None:
        raise TableUnreadable(f"{file.name}:1: the file is empty; its first line names the columns")
    places = _places(layout, file.name, first)
    count = 0
    for line in lines:
        count += 1
        if count > ROWS_MAX:
            raise TableUnreadable(f"{file.name}:{line.number}: a file has at most {ROWS_MAX} rows; split it")
    return Source(layout=layout, file=file, width=len(first.cells), places=places, count=count)


def _places(layout: Layout, file: str, line: Line) -> tuple[int, ...]:
    names = [str(cell).strip() for cell in line.cells]
    while names and not names[-1]:
        names.pop()  # A sheet is as wide as its widest row.
    place = f"{file}:{line.number}"
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableUnreadable(f"{place}: the column “{twice[0]}” stands there twice; name each column once")
    wanted = {column.header for column in layout.columns}
    missing = sorted(wanted - set(names))
    if missing:
        raise TableUnreadable(f"{place}: the column “{missing[0]}” of {layout.name} is missing")
    unknown = [name for name in names if name not in wanted and name not in layout.ignore]
    if unknown:
        raise TableUnreadable(
            f"{place}: the mapping does not know the column “{unknown[0]}”; declare it in {layout.name}, "
            "or list it under `ignore`"
        )
    return tuple(names.index(column.header) for column in layout.columns)


def _lines(layout: Layout, file: Path) -> Iterator[Line]:
    is_workbook = file.suffix.lower() in WORKBOOKS
    most = WORKBOOK_BYTES_MAX if is_workbook else CSV_BYTES_MAX
    if file.stat().st_size > most:
        raise TableUnreadable(f"{file.name}: the file has more than {most} bytes; split it")
    return _sheet_lines(layout, file) if is_workbook else _csv_lines(layout, file)


def _csv_lines(layout: Layout, file: Path) -> Iterator[Line]:
    csv.field_size_limit(RUNAWAY_LENGTH_MAX)
    # newline="": the reader itself tells line ends from those inside of quotes.
    with file.open(encoding=layout.encoding, newline="") as opened:
        reader = csv.reader(opened, delimiter=layout.delimiter, strict=True)
        number = 1
        try:
            for cells in reader:
                if cells:
                    yield Line(number, tuple(cells))
                number = reader.line_num + 1
        except csv.Error as error:
            raise TableUnreadable(f"{file.name}:{number}: this row is not CSV: {error}") from None
        except UnicodeError as error:
            reason = f"the text is not {layout.encoding} ({error.reason if isinstance(error, UnicodeDecodeError) else error})"
            raise TableUnreadable(f"{file.name}:{number} or later: {reason}; state its `encoding`") from None


def _sheet_lines(layout: Layout, file: Path) -> Iterator[Line]:
    try:
        with closing(python_calamine.load_workbook(str(file))) as workbook:
            names = workbook.sheet_names
            if layout.sheet is not None and layout.sheet not in names:
                raise TableUnreadable(f"{file.name}: there is no sheet “{layout.sheet}”; it has {', '.join(names)}")
            sheet = workbook.get_sheet_by_name(layout.sheet or names[0])
            for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
                if any(cell != "" for cell in cells):
                    yield Line(number, tuple(_cell(cell) for cell in cells))
    except python_calamine.CalamineError as error:
        raise TableUnreadable(f"{file.name}: the workbook cannot be read: {error}") from None


def _cell(value: object) -> Cell:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            # repr is the shortest text that means this number: 550.0 is what the sheet shows as 550.
            return repr(value).removesuffix(".0")
        case date():
            return value
        case _:
            return str(value)

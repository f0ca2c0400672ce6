"""The rows of a table's files as candidates: read, cleaned, joined, told apart by their identity, each with its line."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.importing.calculating import Row
from salesapi.importing.details import HeldDetails
from salesapi.importing.mapping import Table
from salesapi.importing.row_writer import Candidate
from salesapi.importing.rows import cleaned_row, complete_row
from salesapi.importing.tables import Line, Source
from salesapi.importing.templates import filled_text

ROW_ID_LENGTH_MAX: Final = 120
"""Longest identity of a row, in characters: it stands in idempotency keys."""
MARK_BYTES: Final = 12
"""Bytes kept of each row's identity, to find it again in the same files."""


class RowIdMissing(Refused):
    """A column of the row's identity is empty."""

    code = "import.row_id_missing"
    kind = Kind.MALFORMED
    message = "The row has no identity: a column that it is made of is empty."


class RowIdTooLong(Refused):
    """The row's identity does not fit into an idempotency key."""

    code = "import.row_id_too_long"
    kind = Kind.MALFORMED
    message = "The row's identity has more than {limit} characters; make `row_id` of a digest."


class RowRepeated(Refused):
    """Two rows of the files have the same identity; only the first one counts."""

    code = "import.row_repeated"
    kind = Kind.CONFLICT
    message = "A row with the same identity stands in {place}; only that one is imported."


def candidates_of(table: Table, sources: Sequence[Source], details: Sequence[HeldDetails] = ()) -> Iterator[Candidate]:
    """All rows that count, in order, then the details that no row has. Those that cannot be read carry the reason.

    Raises:
        TableUnreadable: a file was changed since it was read through.
    """
    reading = _Reading(table, details)
    for source in sources:
        for line in source.rows():
            candidate = reading.candidate(source, line)
            if candidate is not None:
                yield candidate
    for held in details:
        for file, number, refusal in held.without_row():
            yield Candidate(file=file, line=number, row_id="", steps=(), row={}, refusal=refusal)


class _Reading:
    def __init__(self, table: Table, details: Sequence[HeldDetails]) -> None:
        self._table = table
        self._details = details
        self._places: dict[bytes, str] = {}
        self._distinct: set[bytes] = set()

    def candidate(self, source: Source, line: Line) -> Candidate | None:
        """The row, or None where an earlier one had the same distinct columns."""
        row_id = ""
        row: Row = {}
        refusal: Refused | None = None
        try:
            row = cleaned_row(self._table.layout, source.cells(line))
            if self._table.distinct and self._is_seen(row):
                return None
            for held in self._details:
                held.claim(row)
            details = {held.detail.layout.name: held.of(row) for held in self._details}
            row = complete_row(self._table.layout, row, details)
            row_id = self._row_id(row, f"{source.file.name}:{line.number}")
        except RowRepeated as refused:
            row_id = filled_text(self._table.row_id, row) or ""
            refusal = refused
        except Refused as refused:
            refusal = refused
        return Candidate(
            file=source.file.name, line=line.number, row_id=row_id, steps=self._table.steps, row=row, refusal=refusal
        )

    def _is_seen(self, row: Row) -> bool:
        mark = _mark(repr([row[column] for column in self._table.distinct]))
        if mark in self._distinct:
            return True
        self._distinct.add(mark)
        return False

    def _row_id(self, row: Row, place: str) -> str:
        row_id = filled_text(self._table.row_id, row)
        if not row_id:
            raise RowIdMissing()
        if len(row_id) > ROW_ID_LENGTH_MAX:
            raise RowIdTooLong(limit=ROW_ID_LENGTH_MAX)
        first = self._places.setdefault(_mark(row_id), place)
        if first != place:
            raise RowRepeated(place=first)
        return row_id


def _mark(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=MARK_BYTES).digest()

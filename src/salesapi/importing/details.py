"""Details: the rows of other files that belong to the rows of a table. All of them are held while the table is imported.

A detail that cannot be read makes the row that it belongs to unreadable, because that row would be imported without it. One
that names no row at all could belong to any: its file is refused before anything is written. No clock.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.importing.calculating import Details, Row
from salesapi.importing.cleaning import Cleaned, clean
from salesapi.importing.mapping import Detail
from salesapi.importing.rows import cleaned_row, complete_detail
from salesapi.importing.tables import Line, Source, TableUnreadable
from salesapi.importing.templates import filled, filled_text, known_texts

DETAILS_MAX: Final = 250_000
"""Most details of one kind that are held in memory; each takes less than 1 KiB."""

Key: TypeAlias = tuple[str, ...]
"""What a detail and the row that it belongs to have in common."""


class DetailInvalid(Refused):
    """A detail of the row cannot be read, so that the row is not whole."""

    code = "import.detail_invalid"
    kind = Kind.MALFORMED
    message = "Of its {detail}, the one in {place} cannot be read: {reason}"


class DetailRepeated(Refused):
    """Two details of the row have the same identity."""

    code = "import.detail_repeated"
    kind = Kind.CONFLICT
    message = (
        "Of its {detail}, those in {first} and in {second} have the same identity; make their `row_id` of more columns."
    )


class DetailWithoutRow(Refused):
    """No row has these details."""

    code = "import.detail_without_row"
    kind = Kind.MALFORMED
    message = "Here begin {count} {detail} of {key}, but there is no such row, or it could not be read."


@dataclass(frozen=True, slots=True)
class _Held:
    """One detail with its place. Without an identity it could not be read, and `refusal` says why."""

    file: str
    line: int
    row_id: str | None
    values: dict[str, Cleaned]
    refusal: Refused | None = None

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


class HeldDetails:
    """The details of one kind, found by the row that they belong to."""

    def __init__(self, detail: Detail, sources: Sequence[Source]) -> None:
        """Reads the files.

        Raises:
            TableUnreadable: a detail does not say to which row it belongs, or there are too many.
        """
        self.detail = detail
        self.sources = sources
        names = [column.name for column in detail.layout.columns]
        self._key_places = [names.index(name) for name, _ in detail.of]
        self._held: defaultdict[Key, list[_Held]] = defaultdict(list)
        self._claimed: set[Key] = set()
        if sum(source.count for source in sources) > DETAILS_MAX:
            raise TableUnreadable(
                f"{sources[0].file.name}: there are more than {DETAILS_MAX} {detail.layout.name}; split the files so "
                "that the rows that belong together stay together"
            )
        for source in sources:
            for line in source.rows():
                self._hold(source, line)

    def of(self, row: Row) -> Details | None:
        """Those of a row, in the order of their identity; None where it has none.

        Raises:
            DetailInvalid, DetailRepeated.
        """
        by_id: dict[str, _Held] = {}
        for each in self._held.get(self._key(row) or (), ()):
            if each.row_id is None:
                reason = "it has no identity." if each.refusal is None else each.refusal.text
                raise DetailInvalid(detail=self.detail.layout.name, place=each.place, reason=reason)
            first = by_id.setdefault(each.row_id, each)
            if first is not each:
                raise DetailRepeated(detail=self.detail.layout.name, first=first.place, second=each.place)
        return tuple(by_id[row_id].values for row_id in sorted(by_id)) or None

    def claim(self, row: Row) -> None:
        """Notes that there is this row, whether it can be imported or not."""
        key = self._key(row)
        if key is not None:
            self._claimed.add(key)

    def without_row(self) -> Iterator[tuple[str, int, DetailWithoutRow]]:
        """File and line where the details begin whose row was not noted, with the refusal."""
        for key, held in self._held.items():
            if key not in self._claimed:
                refusal = DetailWithoutRow(count=len(held), detail=self.detail.layout.name, key=", ".join(key))
                yield held[0].file, held[0].line, refusal

    def _key(self, row: Row) -> Key | None:
        return known_texts(filled(template, row) for _, template in self.detail.of)

    def _hold(self, source: Source, line: Line) -> None:
        file, layout = source.file.name, self.detail.layout
        try:
            cells = source.cells(line)
            columns = [(layout.columns[place], cells[place]) for place in self._key_places]
            key = [clean(column.rule, column.name, cell) for column, cell in columns]
        except Refused as refused:
            raise TableUnreadable(
                f"{file}:{line.number}: to which row it belongs cannot be read: {refused.text}"
            ) from None
        known = tuple(str(part) for part in key if part is not None)
        if len(known) != len(key):
            return
        try:
            values = complete_detail(layout, cleaned_row(layout, cells))
            held = _Held(file, line.number, filled_text(self.detail.row_id, values) or None, values)
        except Refused as refused:
            held = _Held(file, line.number, None, {}, refused)
        self._held[known].append(held)

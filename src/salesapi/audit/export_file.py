"""Reads an export's lines from a file, as it is or compressed with gzip, and tells when a file is something else.

Read once for each pass and never whole. Nothing here is evidence against anybody: what cannot be read is only not proven.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

from salesapi.audit import export_line
from salesapi.audit.exporting import OnProgress, no_progress

PROGRESS_LINES: Final = 1_000
"""Lines between two calls of `on_progress`."""
GZIP: Final = b"\x1f\x8b"
PACKED: Final = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"PK\x03\x04": "zip",
    b"PGDMP": "pg_dump",
}
"""What other files that one may have in hand begin with."""
MAGIC_BYTES: Final = 6
LINE_STARTS: Final = (b'{"id":"', export_line.LAST_LINE_START)
DAMAGED: Final = (gzip.BadGzipFile, EOFError, zlib.error)


class NotAnExport(ValueError):
    """The file cannot be read as an export; the message says what it is and what to do."""


class ExportLines:
    """The lines of a file with their numbers, from 1."""

    def __init__(self, path: Path, on_progress: OnProgress = no_progress) -> None:
        """Looks what the file is. Progress is told in its bytes.

        Raises:
            NotAnExport: it is empty, or packed in another way.
            OSError: it cannot be read.
        """
        self._path = path
        self._on_progress = on_progress
        self._size_bytes = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(MAGIC_BYTES)
        if not magic:
            raise NotAnExport(f"{path.name} is empty: it was never written, or lost on its way. Ask for it again.")
        for start, name in PACKED.items():
            if magic.startswith(start):
                raise NotAnExport(
                    f"{path.name} is a file of {name}, not an export: unpack it first, or name the export itself"
                )
        self._is_packed = magic.startswith(GZIP)

    def read(self, what: str) -> Iterator[tuple[int, bytes]]:
        """All lines; one that is too long or lacks its newline is handed out as it is, and is the last.

        Raises:
            NotAnExport: its compressed form is cut off or damaged.
        """
        with self._opened() as (read_line, tell):
            number = 0
            while line := read_line(export_line.LINE_BYTES_MAX):
                number += 1
                yield number, line
                if not line.endswith(b"\n"):
                    return
                if number % PROGRESS_LINES == 0:
                    self._on_progress(what, tell(), self._size_bytes)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Callable[[int], bytes], Callable[[], int]]]:
        with self._path.open("rb") as raw:
            if not self._is_packed:
                yield raw.readline, raw.tell
                return
            try:
                with BufferedReader(gzip.GzipFile(fileobj=raw)) as file:
                    yield file.readline, raw.tell
            except DAMAGED as error:
                raise NotAnExport(f"{self._path.name} cannot be unpacked ({error}): ask for it again") from error


def looks_exported(line: bytes) -> bool:
    """Tells whether a line begins as those of an export do, whatever follows."""
    return line.startswith(LINE_STARTS)


def is_cut_off(line: bytes) -> bool:
    """Tells whether a line is the beginning of one, at the end of a file that lost the rest."""
    if line.endswith(b"\n") or len(line) >= export_line.LINE_BYTES_MAX:
        return False
    if not line.startswith(export_line.LAST_LINE_START) or b"}" not in line:
        return True
    try:
        export_line.read_last_line(line + b"\n")
    except export_line.LineUnreadable:
        return False
    return True


def last_line_of(path: Path) -> export_line.LastLine:
    """Reads what an export says of itself.

    Raises:
        NotAnExport: it has no last line.
        LineUnreadable, FormatUnknown: that of the last line.
        OSError: it cannot be read.
    """
    line = b""
    for _, each in ExportLines(path).read("looking for the last line"):
        line = each
    if not line.startswith(export_line.LAST_LINE_START) or is_cut_off(line):
        raise NotAnExport(f"{path.name} ends without the last line of an export: its end was cut off, or it is none")
    return export_line.read_last_line(line)

"""Files that cannot be read are refused with file and line; what can be read of the others comes in."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.workbook.workbook import Workbook

from salesapi.app import Core
from salesapi.cli.importing import import_files
from salesapi.importing.import_job import FilesRefused
from salesapi.importing.results import safe_cell
from salesapi.importing.tables import TableUnreadable
from salesapi.settings import Settings
from tests.importing.generated_crm import GeneratedCrm, generated_crm
from tests.importing.reading_back import EXAMPLE, Importing, content, imported

Crm = Importing[GeneratedCrm]


def _append(file: Path, stored: bytes) -> None:
    with file.open("ab") as opened:
        opened.write(stored)


def _replace(file: Path, old: bytes, new: bytes) -> None:
    file.write_bytes(file.read_bytes().replace(old, new, 1))


def _empty(file: Path) -> None:
    file.write_bytes(b"")


BROKEN: list[tuple[str, Callable[[Path], None], str]] = [
    ("a quote that never ends", lambda file: _append(file, b'X,"never closed\r\n'), r"sales_pipeline.csv:302: .*CSV"),
    ("text after a quote", lambda file: _append(file, b'X,"a" b,c\r\n'), r"sales_pipeline.csv:302: .*CSV"),
    ("another encoding", lambda file: _append(file, b"Zo\xeb,,,,,,,\r\n"), r"sales_pipeline.csv:\d+ .*utf-8"),
    ("an unknown column", lambda file: _replace(file, b"close_value", b"close_value,extra"), r":1: .*“extra”"),
    ("a missing column", lambda file: _replace(file, b"close_date", b"closed"), r":1: .*“close_date”.*missing"),
    ("a column twice", lambda file: _replace(file, b"close_date", b"engage_date"), r":1: .*twice"),
    ("an empty file", _empty, r"sales_pipeline.csv:1: the file is empty"),
]


@pytest.mark.parametrize(("defect", "spoil", "message"), BROKEN, ids=[name for name, _, _ in BROKEN])
async def test_a_file_that_cannot_be_read_is_refused_before_anything_is_written(
    crm: Crm, defect: str, spoil: Callable[[Path], None], message: str
) -> None:
    files = crm.files()
    spoil(files[-1])

    with pytest.raises(TableUnreadable, match=message):
        await imported(crm.core, files)

    assert await crm.core.log.head() == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"A,B\x00,,,,,,\r\n", "U+0000 in field 2"),
        (b"A,B\r\n", "has 2 fields, the header 8"),
        (b"A," + b"x" * 40_000 + b",,,,,,\r\n", "more than 32768 characters in field 2"),
    ],
    ids=["U+0000", "too few fields", "a field that is too long"],
)
async def test_a_malformed_row_is_rejected_with_its_line_and_the_others_come_in(
    crm: Crm, row: bytes, reason: str
) -> None:
    files = crm.files()
    _append(files[-1], row)

    await imported(crm.core, files, results=crm.results)

    [rejected] = [each for each in crm.results.rows if each.status == "rejected"]
    assert (rejected.file, rejected.line, rejected.code) == ("sales_pipeline.csv", 302, "import.row_malformed")
    assert reason in rejected.message


async def test_a_file_that_no_table_takes_is_refused(core: Core, tmp_path: Path) -> None:
    other = tmp_path / "notes.csv"
    other.write_text("a,b\n")

    with pytest.raises(FilesRefused, match=r"notes.csv: no table of the mapping takes this file"):
        await imported(core, [other])


async def test_a_workbook_says_the_same_as_its_csv(crm: Crm) -> None:
    files = crm.files()
    await imported(crm.core, files)
    before = await content(crm.core)
    typed = []
    for file in files:
        with file.open(newline="") as opened:
            rows = list(csv.reader(opened))
        book = Workbook()  # type: ignore[no-untyped-call]
        for row in rows:
            book.worksheets[0].append([_typed(cell) for cell in row])
        typed.append(file.with_suffix(".xlsx"))
        book.save(typed[-1])  # type: ignore[no-untyped-call]

    again = await imported(crm.core, typed)

    assert (again.events, again.rejections) == (0, [])
    assert await content(crm.core) == before


def _typed(cell: str) -> str | float | int | None:
    """As somebody would type it into a sheet: numbers as numbers."""
    if cell.isdecimal() and not cell.startswith("0"):
        return int(cell)
    try:
        return float(cell)
    except ValueError:
        return cell or None


async def test_the_command_writes_results_that_no_spreadsheet_runs_and_ends_with_one_when_rows_were_rejected(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crm = generated_crm()
    crm.deals.append({**crm.deals[0], "opportunity_id": "=1+1", "sales_agent": "Nobody"})
    files = crm.write(tmp_path / "files")
    results = tmp_path / "results.csv"

    status = await import_files(settings, EXAMPLE, files, dry_run=False, results=results)

    assert status == 1
    with results.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert rows[-1] | {"message": ""} == {
        "table": "opportunities",
        "file": "sales_pipeline.csv",
        "line": "302",
        "row_id": "'=1+1",
        "status": "rejected",
        "events": "0",
        "code": "not_found",
        "message": "",
    }
    assert [row["line"] for row in rows if row["table"] == "opportunities"] == [str(n) for n in range(2, 303)]
    assert "sales_pipeline.csv:302: not_found" in capsys.readouterr().out
    assert results.stat().st_mode & 0o077 == 0


async def test_the_command_ends_with_zero_when_all_is_in_and_with_two_when_it_cannot_be_done(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = generated_crm().write(tmp_path / "files")

    assert await import_files(settings, EXAMPLE, files, dry_run=True, results=None) == 0
    assert "Nothing was written" in capsys.readouterr().out
    assert await import_files(settings, EXAMPLE, files, dry_run=False, results=None) == 0
    assert await import_files(settings, EXAMPLE, files, dry_run=False, results=files[0]) == 2
    assert "would overwrite" in capsys.readouterr().err


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_cell_that_begins_like_a_formula_is_made_text(start: str) -> None:
    assert safe_cell(f"{start}1") == f"'{start}1"
    assert safe_cell("Won") == "Won"

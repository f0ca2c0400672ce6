"""Dates are computed in `domain/shared/dates.py` only, where no step leaves the calendar: 9999-12-31 is a date, too."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import REPOSITORY

SOURCE: Final = REPOSITORY / "src" / "salesapi"
ROOMS: Final = ("domain", "projections", "queries", "schemas")
AT_HOME: Final = ("dates.py", "time_bounds.py")
"""Files that compute with dates: the helpers, and the bounds around now."""
OVERFLOWING: Final = re.compile(r"\btimedelta\b|\breplace\(year=")
SUBTRACTED: Final = re.compile(r"(?<!self\.)\b\w+_on(?:::date)?\s+[-+]\s")
"""In SQL: PostgreSQL cannot subtract the infinite days that 9999-12-31 and 0001-01-01 stand as in the tables."""
OF_PERIODS: Final = "p.first_on + p.length"
"""The first day of a period, whose year is bounded by its text."""


@pytest.mark.parametrize("room", ROOMS)
def test_no_date_is_computed_but_by_what_stays_within_the_calendar(room: str) -> None:
    files = [file for file in sorted((SOURCE / room).rglob("*.py")) if file.name not in AT_HOME]
    assert [f"{file.name}: {line}" for file in files for line in _lines(file) if OVERFLOWING.search(line)] == []


def test_no_statement_subtracts_days_but_by_days_between() -> None:
    files = [*sorted((SOURCE / "queries").rglob("*.py")), *sorted((SOURCE / "projections").rglob("*.py"))]
    found = [f"{file.name}: {line}" for file in files for line in _lines(file) if SUBTRACTED.search(line)]
    assert [line for line in found if OF_PERIODS not in line] == []


def _lines(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text().splitlines()]

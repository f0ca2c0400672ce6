"""Advisory locks: each number has one meaning, and stands in one place."""

import re
from pathlib import Path

from salesapi.database import locks

SOURCE = Path(locks.__file__).parent.parent
MIGRATIONS = SOURCE / "database" / "migrations"
LOCK_NUMBER = re.compile(r"\b77[0-9]{2}\b")


def test_no_two_locks_have_one_number() -> None:
    numbers = (*locks.ONE_NUMBER, *locks.WITH_A_NAME)

    assert len(set(numbers)) == len(numbers)


def test_no_other_file_of_the_program_names_the_number_of_a_lock() -> None:
    found = [
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if file != Path(locks.__file__) and LOCK_NUMBER.search(file.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_the_lock_that_the_database_takes_itself_is_the_listed_one() -> None:
    taken = {
        number
        for file in MIGRATIONS.glob("*.sql")
        for number in re.findall(r"pg_advisory\w*\((\d+)\)", file.read_text(encoding="utf-8"))
    }

    assert taken == {str(locks.APPEND)}

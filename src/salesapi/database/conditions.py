"""The conditions of one statement of SQL with their parameters. Texts are fixed; every value is a parameter."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, TypeAlias

from salesapi.database.text import encoded

Named: TypeAlias = Mapping[str, tuple[str, object]]
"""Parameters by their names, each with its type and value."""
_NAMED: Final = re.compile(r"(?<!:):([a-z][a-z_]*)")


class Conditions:
    """The WHERE of one statement. Texts have `{}` where a parameter stands, or `{0}` where one stands several times."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self._texts: list[str] = []

    def add(self, text: str, *values: object) -> None:
        """Adds a condition with its parameters.

        Raises:
            TextRefused: see `parameter`.
        """
        self._texts.append(text.format(*(self.parameter(value) for value in values)))

    def parameter(self, value: object) -> str:
        """Adds a further parameter and returns its place.

        Raises:
            TextRefused: a text holds what PostgreSQL cannot carry.
        """
        if isinstance(value, str) or (isinstance(value, list) and value and isinstance(value[0], str)):
            encoded(value)
        self.values.append(value)
        return f"${len(self.values)}"

    def numbered(self, text: str, named: Named) -> str:
        """Returns a text with the places of parameters for `:name`. Only those named are sent.

        Raises:
            TextRefused: see `parameter`.
        """
        places: dict[str, str] = {}

        def place(match: re.Match[str]) -> str:
            name = match[1]
            if name not in places:
                sql_type, value = named[name]
                places[name] = f"{self.parameter(value)}::{sql_type}"
            return places[name]

        return _NAMED.sub(place, text)

    @property
    def text(self) -> str:
        """All of them together, each in parentheses: an OR in one of them cannot take away another."""
        return " AND ".join(f"({text})" for text in self._texts) or "true"


def days_between(*, first: str, last: str) -> str:
    """The text of the days from one date to another. The first and the last date that there is stand as infinite in the tables:
    the driver sends them so, and PostgreSQL can compare them, but not subtract.
    """
    return f"({stated(last)} - {stated(first)})"


def stated(day: str) -> str:
    """The text of a date as it was stated: the first and the last day that there is, where it is infinite in the table."""
    return f"CASE {day} WHEN '-infinity' THEN date '{date.min}' WHEN 'infinity' THEN date '{date.max}' ELSE {day} END"

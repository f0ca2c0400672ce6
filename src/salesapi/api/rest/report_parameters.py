"""The query parameters of reports: read, checked, and described for OpenAPI, all from the fields of `ReportFilter`.

Query parameters are camelCase. A filter that takes several values is sent several times; `customerAttribute` is `key:value`.
"""

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from salesapi.api.command_reading import malformed
from salesapi.domain.kernel import Kind, Refused
from salesapi.queries.reports_question import GROUPINGS_MAX, Dimension, GroupingInvalid, ReportQuestion, grouping_named
from salesapi.schemas.reports import ReportFilter

FILTERS: Final = TypeAdapter(ReportFilter)
POSITION_DIGITS_MAX: Final = 18
"""Longest position, in digits."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


_FIELDS: Final = {_camel(field.name): field.name for field in fields(ReportFilter)}
_DATES: Final = frozenset(name for name in _FIELDS if name.endswith(("From", "To")))
_COMMON: Final = ("groupBy", "asOf", "minPosition")
WINDOW: Final = ("from", "to")
"""The parameters of reports about what happened in a window."""


class ParameterUnknown(Refused):
    """A misspelt filter would silently not filter."""

    code = "report.parameter_unknown"
    kind = Kind.MALFORMED
    message = "There is no parameter {name} here; there are {known}."


class ParameterInvalid(Refused):
    """A parameter has a value that cannot be read, or comes more often than once."""

    code = "report.parameter_invalid"
    kind = Kind.MALFORMED
    message = "The parameter {name} is {expected}, sent once."


class ReportParameters:
    """The parameters of one request.

    Raises:
        ParameterUnknown: at once, where there are others than the filters, the common ones and `also`.
    """

    def __init__(self, request: Request, also: Sequence[str] = ()) -> None:
        """`also` names the report's own parameters."""
        self._query = request.query_params
        if any("\x00" in text for text in self._query.values()):
            raise ParameterInvalid(name="of a request", expected="text without U+0000")
        known = (*_FIELDS, *_COMMON, *also)
        unknown = next((name for name in self._query if name not in known), None)
        if unknown is not None:
            raise ParameterUnknown(name=unknown[:100], known=known)

    def question(self, *, but: tuple[Dimension, ...] = ()) -> ReportQuestion:
        """The whole question; `but` are dimensions that the report cannot be grouped by.

        Raises:
            ParameterInvalid, GroupingInvalid, CommandMalformed: with a pointer to the parameter.
        """
        texts = [text for value in self._query.getlist("groupBy") for text in value.split(",")]
        if len(texts) > GROUPINGS_MAX:
            raise GroupingInvalid(
                grouping=texts[GROUPINGS_MAX][:100], known=list(Dimension), most=GROUPINGS_MAX, pointer="/groupBy"
            )
        return ReportQuestion(
            filter=self._filter(),
            group_by=tuple(grouping_named(text[:100], but=but) for text in texts),
            as_of=self.day("asOf"),
            window_from=self.day("from"),
            window_to=self.day("to"),
        )

    def min_position(self) -> int | None:
        """The position that the answer must reflect."""
        text = self.one("minPosition")
        if text is not None and not (text.isascii() and text.isdigit() and len(text) <= POSITION_DIGITS_MAX):
            raise _invalid("minPosition", "a log position such as 42")
        return None if text is None else int(text)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of these; the first without."""
        text = self.one(name)
        if text is not None and text not in choices:
            raise _invalid(name, f"one of {', '.join(choices)}")
        return text or choices[0]

    def day(self, name: str) -> date | None:
        """A business date."""
        text = self.one(name)
        if text is None:
            return None
        try:
            return date.fromisoformat(text if _DATE.fullmatch(text) else "")
        except ValueError:
            raise _invalid(name, "a date such as 2026-03-31") from None

    def one(self, name: str) -> str | None:
        """A parameter that is sent at most once."""
        values = self._query.getlist(name)
        if len(values) > 1:
            raise _invalid(name, "a single value")
        return values[0] if values else None

    def _filter(self) -> ReportFilter:
        values: dict[str, object] = {}
        for name in set(self._query) & set(_FIELDS):
            sent = self._query.getlist(name)
            values[_FIELDS[name]] = self.day(name) if name in _DATES else sent
            if name == "customerAttribute":
                values[_FIELDS[name]] = [_attribute(text) for text in sent]
        try:
            return FILTERS.validate_python(values)
        except ValidationError as error:
            raise malformed(error) from None


def described_parameters(*also: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters as OpenAPI shows them."""
    properties: dict[str, Any] = FILTERS.json_schema()["properties"]
    filters = [_described(name, properties[field]) for name, field in _FIELDS.items()]
    return [*filters, *_COMMON_DESCRIBED, *also]


def parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """A further parameter of one report."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


_DAY: Final = {"type": "string", "format": "date"}
_GROUPINGS: Final = f"At most {GROUPINGS_MAX} of {', '.join(each for each in Dimension if each != Dimension.ATTRIBUTE)}"
_COMMON_DESCRIBED: Final = (
    parameter(
        "groupBy",
        {"type": "array", "items": {"type": "string"}, "maxItems": GROUPINGS_MAX},
        f"{_GROUPINGS}, or `attribute:<key>` of the customer; sent twice, or with a comma.",
    ),
    parameter("asOf", _DAY, "Deals stand as they did at the end of this day; undated ones are in no figure."),
    parameter("minPosition", {"type": "integer", "minimum": 0}, "Waits at most 2 seconds for this log position."),
)
WINDOW_DESCRIBED: Final = (
    parameter("from", _DAY, "First day of the window."),
    parameter("to", _DAY, "Last day of the window."),
)


def _described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A field's schema without its null: a parameter is absent instead."""
    inner = next((each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"), schema)
    if name == "customerAttribute":
        inner = {**inner, "items": {"type": "string", "examples": ["sector:retail"]}}
    return parameter(name, inner, schema["description"])


def _attribute(text: str) -> dict[str, str]:
    key, colon, value = text.partition(":")
    if not (key and colon):
        raise _invalid("customerAttribute", "a key and a value such as sector:retail")
    return {"key": key, "value": value}


def _invalid(name: str, expected: str) -> ParameterInvalid:
    return ParameterInvalid(name=name, expected=expected, pointer=f"/{name}")

"""The query parameters of reports: read, checked, and described for OpenAPI, all from the fields of `ReportFilter`.

A filter that takes several values is sent several times; `customerAttribute` is `key:value`. Dates are business dates.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from salesapi.api.rest.parameters import MIN_POSITION, ParameterInvalid, camel, day, min_position, sent_once
from salesapi.queries.selling.reports_question import GROUPINGS_MAX, Dimension, ReportQuestion, groupings
from salesapi.schemas.selling.reports import ReportFilter

FILTERS: Final = TypeAdapter(ReportFilter)
WINDOW: Final = ("from", "to")
"""The parameters of reports about what happened in a window."""

_FIELDS: Final = {camel(field.name): field.name for field in fields(ReportFilter)}
_DATES: Final = frozenset(name for name in _FIELDS if name.endswith(("From", "To")))
_REPEATED: Final = frozenset({*_FIELDS, "groupBy"} - _DATES)
_COMMON: Final = ("groupBy", "asOf", "minPosition")


class ReportParameters:
    """The parameters of one request.

    Raises:
        ParameterUnknown, ParameterInvalid: at once, for parameters that the report does not have, or twice what is once.
    """

    def __init__(self, request: Request, also: Sequence[str] = ()) -> None:
        """`also` names the report's own parameters."""
        self._sent = sent_once(request, (*_FIELDS, *_COMMON, *also), _REPEATED)
        self._query = request.query_params

    @property
    def min_position(self) -> int | None:
        """The position that the answer shall reflect.

        Raises:
            ParameterInvalid.
        """
        return min_position(self._sent)

    def question(self, *, but: tuple[Dimension, ...] = ()) -> ReportQuestion:
        """The whole question; `but` are dimensions that the report cannot be grouped by.

        Raises:
            ParameterInvalid, GroupingInvalid: with a pointer to the parameter.
        """
        return ReportQuestion(
            filter=self._filter(),
            group_by=groupings(
                [text for value in self._query.getlist("groupBy") for text in value.split(",")], but=but
            ),
            as_of=day(self._sent, "asOf"),
            window_from=day(self._sent, "from"),
            window_to=day(self._sent, "to"),
        )

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of these; the first without.

        Raises:
            ParameterInvalid.
        """
        text = self._sent.get(name, choices[0])
        if text not in choices:
            raise ParameterInvalid(name=name, reason=f"it is one of {', '.join(choices)}", pointer=f"/{name}")
        return text

    def _filter(self) -> ReportFilter:
        values: dict[str, object] = {}
        for name, field in _FIELDS.items():
            if name in _DATES:
                values[field] = day(self._sent, name)
            elif name in self._sent:
                sent = self._query.getlist(name)
                values[field] = [_attribute(text) for text in sent] if name == "customerAttribute" else sent
        try:
            return FILTERS.validate_python(values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = camel(str(first["loc"][0]))
            raise ParameterInvalid(name=name, reason=first["msg"], pointer=f"/{name}") from None


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
    MIN_POSITION,
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
        name = "customerAttribute"
        raise ParameterInvalid(name=name, reason="it is a key and a value such as sector:retail", pointer=f"/{name}")
    return {"key": key, "value": value}

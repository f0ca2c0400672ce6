"""Query parameters of reads, in camelCase: those of a list follow from its filter and its orders. Unknown ones are refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, PageRequest, PageSizeInvalid

Filter = TypeVar("Filter")
Ordering = TypeVar("Ordering", bound=StrEnum)

PARAMETER_LENGTH_MAX: Final = 2_000
"""Longest value of one parameter, in characters."""
POSITION_MAX: Final = 2**53 - 1
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9]{1,16}")

MIN_POSITION: Final[dict[str, Any]] = {
    "name": "minPosition",
    "in": "query",
    "required": False,
    "schema": {"type": "integer", "minimum": 1, "maximum": POSITION_MAX},
    "description": "Waits up to 2 seconds until the answer reflects this log position, as a receipt gave it.",
}
PAGE: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "first",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": PAGE_ROWS_MAX, "default": PAGE_ROWS_DEFAULT},
        "description": "How many rows.",
    },
    {
        "name": "after",
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": "The `next_cursor` of the page before, in the same order.",
    },
)

EXPAND: Final[dict[str, Any]] = {
    "name": "expand",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": ["events"]},
    "description": "`events`: with the business events that the lines of the page rest on.",
}


class ParameterUnknown(Refused):
    """A query parameter that this read does not take."""

    code = "parameter.unknown"
    kind = Kind.MALFORMED
    message = "There is no parameter {name} here; there are {known}."


class ParameterInvalid(Refused):
    """A query parameter cannot be read."""

    code = "parameter.invalid"
    kind = Kind.MALFORMED
    message = "The parameter {name} cannot be read: {reason}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest(Generic[Filter, Ordering]):
    """What a client asks of a list."""

    where: Filter
    order: Ordering
    page: PageRequest
    min_position: int | None


class ListParameters(Generic[Filter, Ordering]):
    """The parameters of one list."""

    def __init__(self, where: type[Filter], order: Ordering) -> None:
        """`order` is the default one; its class names all."""
        self._adapter = TypeAdapter(where)
        self._orders = type(order)
        self._order = order
        hints = get_type_hints(where)
        self._names = {camel(field.name): field.name for field in fields(where)}  # type: ignore[arg-type] # a dataclass
        self._lists = {name for name, field in self._names.items() if _holds(hints[field], tuple)}
        self._dates = {name for name, field in self._names.items() if _holds(hints[field], date)}
        self._known = (*self._names, "orderBy", "first", "after", "minPosition")

    def described(self) -> list[dict[str, Any]]:
        """The parameters for the OpenAPI document."""
        properties = self._adapter.json_schema()["properties"]
        filters = [_described(name, properties[field]) for name, field in self._names.items()]
        order = {
            "name": "orderBy",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "enum": [str(order) for order in self._orders], "default": str(self._order)},
            "description": "The order of the list.",
        }
        return [*filters, order, *PAGE, MIN_POSITION]

    def read(self, request: Request) -> ListRequest[Filter, Ordering]:
        """What the client asks.

        Raises:
            ParameterUnknown, ParameterInvalid, PageSizeInvalid.
        """
        sent = sent_once(request, self._known, self._lists)
        return ListRequest(
            where=self._filter(request, sent),
            order=self._ordering(sent.get("orderBy")),
            page=page_request(sent),
            min_position=min_position(sent),
        )

    def _filter(self, request: Request, sent: Mapping[str, str]) -> Filter:
        values: dict[str, object] = {}
        for name, field in self._names.items():
            if name not in sent:
                continue
            if name in self._dates and not _DATE.fullmatch(sent[name]):
                raise ParameterInvalid(name=name, reason="a date is written as 2026-03-02", pointer=f"/{name}")
            values[field] = request.query_params.getlist(name) if name in self._lists else sent[name]
        try:
            return self._adapter.validate_python(values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = camel(str(first["loc"][0]))
            raise ParameterInvalid(name=name, reason=first["msg"], pointer=f"/{name}") from None

    def _ordering(self, text: str | None) -> Ordering:
        try:
            return self._order if text is None else self._orders(text)
        except ValueError:
            known = ", ".join(self._orders)
            raise ParameterInvalid(name="orderBy", reason=f"it is one of {known}", pointer="/orderBy") from None


def sent_once(
    request: Request, known: tuple[str, ...], repeated: set[str] | frozenset[str] = frozenset()
) -> dict[str, str]:
    """The parameters of a request; only those in `repeated` may be sent several times.

    Raises:
        ParameterUnknown, ParameterInvalid.
    """
    sent: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise ParameterUnknown(name=name[:60], known=known, pointer=f"/{name[:60]}")
        if name in sent and name not in repeated:
            raise ParameterInvalid(name=name, reason="it is sent twice", pointer=f"/{name}")
        if len(value) > PARAMETER_LENGTH_MAX or "\x00" in value:
            raise ParameterInvalid(name=name, reason="it is too long or holds U+0000", pointer=f"/{name}")
        sent[name] = value
    return sent


def page_request(sent: Mapping[str, str]) -> PageRequest:
    """The page that is asked for.

    Raises:
        PageSizeInvalid.
    """
    text = sent.get("first")
    if text is not None and not _NUMBER.fullmatch(text):
        raise PageSizeInvalid(pointer="/first", limit=PAGE_ROWS_MAX)
    return PageRequest(first=PAGE_ROWS_DEFAULT if text is None else int(text), after=sent.get("after"))


def min_position(sent: Mapping[str, str]) -> int | None:
    """The position that the answer shall reflect.

    Raises:
        ParameterInvalid.
    """
    text = sent.get("minPosition")
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or not 0 < int(text) <= POSITION_MAX:
        raise ParameterInvalid(name="minPosition", reason="it is a position of the log", pointer="/minPosition")
    return int(text)


def expands_events(sent: Mapping[str, str]) -> bool:
    """Whether the business events are asked for, too.

    Raises:
        ParameterInvalid.
    """
    if sent.get("expand", "events") != "events":
        raise ParameterInvalid(name="expand", reason="it is `events`", pointer="/expand")
    return "expand" in sent


def number(sent: Mapping[str, str], name: str, most: int) -> int:
    """A whole number from 1 to `most`, which must be sent.

    Raises:
        ParameterInvalid.
    """
    text = sent.get(name, "")
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise ParameterInvalid(name=name, reason=f"send a number from 1 to {most}", pointer=f"/{name}")
    return int(text)


def day(sent: Mapping[str, str], name: str) -> date | None:
    """A date.

    Raises:
        ParameterInvalid.
    """
    text = sent.get(name)
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ParameterInvalid(name=name, reason="a date is written as 2026-03-02", pointer=f"/{name}")


def camel(name: str) -> str:
    """`closed_from` as `closedFrom`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _holds(hint: object, wanted: type) -> bool:
    """Whether the type, or one of its alternatives, is the wanted one."""
    return (
        hint is wanted
        or get_origin(hint) is wanted
        or (get_origin(hint) is not tuple and any(_holds(part, wanted) for part in get_args(hint)))
    )


def _described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One filter; null is not a value of a query parameter, absence is."""
    plain = {key: value for key, value in schema.items() if key not in ("description", "default", "title")}
    choices = [choice for choice in plain.pop("anyOf", []) if choice.get("type") != "null"]
    schema_sent = {**choices[0], **plain} if len(choices) == 1 else plain
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema_sent,
        "description": schema.get("description", ""),
    }

"""Query parameters that reads share: page, position, days, numbers. Unknown ones are refused, and what is sent twice."""

import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request

from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, PageRequest, PageSizeInvalid

PARAMETER_LENGTH_MAX: Final = 2_000
"""Longest value of one parameter, in characters."""
POSITION_MAX: Final = 2**53 - 1
_NUMBER: Final = re.compile(r"[0-9]{1,16}")


def described(name: str, schema: dict[str, Any], *, about: str, is_required: bool = False) -> dict[str, Any]:
    """A parameter of the query for the OpenAPI document."""
    return {"name": name, "in": "query", "required": is_required, "schema": schema, "description": about}


MIN_POSITION: Final = described(
    "minPosition",
    {"type": "integer", "minimum": 1, "maximum": POSITION_MAX},
    about="Waits up to 2 seconds until the answer reflects this log position, as a receipt gave it.",
)
ROWS: Final = {"type": "integer", "minimum": 1, "maximum": PAGE_ROWS_MAX, "default": PAGE_ROWS_DEFAULT}
PAGE: Final = (
    described("first", ROWS, about="How many rows."),
    described("after", {"type": "string"}, about="The `next_cursor` of the page before, in the same order."),
)


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


def number(sent: Mapping[str, str], name: str, most: int) -> int:
    """A whole number from 1 to `most`, which must be sent.

    Raises:
        ParameterInvalid.
    """
    text = sent.get(name, "")
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise ParameterInvalid(name=name, reason=f"send a number from 1 to {most}", pointer=f"/{name}")
    return int(text)

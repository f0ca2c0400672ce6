"""How REST reads the arguments of a question from query and path, and describes them for OpenAPI.

Texts become values by the argument's type; what no type tells, its mark `Texts` does. Unknown parameters are refused.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any, Final, Literal, get_args, get_origin
from uuid import UUID

from annotated_types import Ge, Le
from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from salesapi.api.reads.arguments import Argument, arguments_of, bound_of, camel, page_field, path_names
from salesapi.api.reads.question import Question, QuestionInvalid
from salesapi.api.rest.parameters import (
    MIN_POSITION,
    PAGE,
    ParameterInvalid,
    described,
    min_position,
    number,
    page_request,
    sent_once,
)
from salesapi.domain.shared.attributes import AttributeValue

DATE_TEXT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DECIMAL_TEXT: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,12})?", re.ASCII)
_UUID: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}
_DAY_SCHEMA: Final[dict[str, Any]] = {"type": "string", "format": "date"}


class ArgumentTexts:
    """The arguments of one question in REST."""

    def __init__(self, question: Question[Any, Any], also: Sequence[dict[str, Any]] = ()) -> None:
        """`also` are described parameters of the route that are no arguments: a form, a choice."""
        assert question.rest is not None, "REST does not answer this question"
        self._record = question.arguments
        self._in_path = path_names(question.rest.path)
        taken = [argument for argument in arguments_of(question.arguments) if argument.rest is not None]
        self._arguments = [argument for argument in taken if argument.field not in self._in_path]
        self._of_path = [argument for argument in taken if argument.field in self._in_path]
        missing = set(self._in_path) - {argument.field for argument in self._of_path}
        if missing:
            raise QuestionInvalid(
                f"the path of the question {question.name} names {', '.join(missing)}, which is no argument"
            )
        self._filters = {
            argument.field: FilterTexts(argument.kind) for argument in self._arguments if argument.is_filter
        }
        self._page = page_field(question.arguments)
        self._also = tuple(also)
        self._repeated = frozenset(
            name for argument in self._arguments for name in self._names(argument) if self._is_repeated(argument, name)
        )
        own = [name for argument in self._arguments for name in self._names(argument)]
        self.names: tuple[str, ...] = (*own, *(("first", "after") if self._page else ()), "minPosition")

    def _names(self, argument: Argument) -> tuple[str, ...]:
        if argument.is_filter:
            return self._filters[argument.field].names
        assert argument.rest is not None, "taken by REST"
        return (argument.rest,)

    def _is_repeated(self, argument: Argument, name: str) -> bool:
        if argument.is_filter:
            return name in self._filters[argument.field].repeated
        return argument.texts is not None and argument.texts.is_repeated

    def described(self) -> list[dict[str, Any]]:
        """The parameters for the OpenAPI document."""
        in_path = [{"name": name, "in": "path", "required": True, "schema": _UUID} for name in self._in_path]
        before: list[dict[str, Any]] = []
        after: list[dict[str, Any]] = []
        for argument in self._arguments:
            (after if argument.follows_page else before).extend(self._described(argument))
        return [*in_path, *before, *(PAGE if self._page else ()), *after, *self._also, MIN_POSITION]

    def _described(self, argument: Argument) -> list[dict[str, Any]]:
        if argument.is_filter:
            return self._filters[argument.field].described()
        (name,) = self._names(argument)
        if argument.texts is None:
            return [described(name, _schema(argument), about=argument.about, is_required=argument.is_required)]
        about = " ".join(filter(None, (argument.about, argument.texts.spelling)))
        return [described(name, argument.texts.schema, about=about, is_required=argument.is_required)]

    def read(self, request: Request) -> tuple[Any, int | None]:
        """The arguments, and the position that the answer shall reflect.

        Raises:
            ParameterUnknown, ParameterInvalid, PageSizeInvalid.
        """
        known = (*self.names, *(each["name"] for each in self._also))
        sent = sent_once(request, known, self._repeated)
        values: dict[str, object] = {
            argument.field: _read(_uuid, argument.field, [request.path_params[argument.field]])
            for argument in self._of_path
        }
        if self._page is not None:
            values[self._page] = page_request(sent)
        for argument in self._arguments:
            if argument.is_filter:
                values[argument.field] = self._filters[argument.field].read(request, sent)
            elif argument.rest in sent or argument.is_required:
                values[argument.field] = _value(argument, request, sent)
        return self._record(**values), min_position(sent)


class FilterTexts:
    """The fields of a filter as parameters of their own."""

    def __init__(self, record: type) -> None:
        declared: Any = record
        self._adapter: TypeAdapter[Any] = TypeAdapter(record)
        self._fields = {argument.rest: argument for argument in arguments_of(declared)}
        self.names: tuple[str, ...] = tuple(camel(field.name) for field in fields(declared))
        self.repeated = frozenset(
            name for name, argument in self._fields.items() if name and get_origin(argument.kind) is tuple
        )

    def described(self) -> list[dict[str, Any]]:
        """The parameters for the OpenAPI document; null is not a value of a parameter, absence is."""
        properties: dict[str, Any] = self._adapter.json_schema()["properties"]
        return [self._described(name, properties[argument.field]) for name, argument in self._fields.items() if name]

    def _described(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        plain = {key: value for key, value in schema.items() if key not in ("description", "default", "title")}
        choices = [choice for choice in plain.pop("anyOf", []) if choice.get("type") != "null"]
        sent = {**choices[0], **plain} if len(choices) == 1 else plain
        if self._is_attributes(name):
            sent = {**sent, "items": {"type": "string", "examples": ["sector:retail"]}}
        return described(name, sent, about=schema.get("description", ""))

    def read(self, request: Request, sent: Mapping[str, str]) -> Any:
        """The filter of a request.

        Raises:
            ParameterInvalid.
        """
        values: dict[str, object] = {}
        for name, argument in self._fields.items():
            if name is None or name not in sent:
                continue
            texts = request.query_params.getlist(name)
            if self._is_attributes(name):
                values[argument.field] = [_attribute(name, text) for text in texts]
            elif argument.kind is date:
                values[argument.field] = _read(_day, name, texts)
            else:
                values[argument.field] = texts if name in self.repeated else sent[name]
        try:
            return self._adapter.validate_python(values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = camel(str(first["loc"][0]))
            raise ParameterInvalid(name=name, reason=first["msg"], pointer=f"/{name}") from None

    def _is_attributes(self, name: str) -> bool:
        return get_args(self._fields[name].kind)[:1] == (AttributeValue,)


def _value(argument: Argument, request: Request, sent: Mapping[str, str]) -> object:
    name = argument.rest
    assert name is not None, "taken by REST"
    if argument.kind is int:
        return number(sent, name, bound_of(argument, Le) or 0)
    if name not in sent:
        raise ParameterInvalid(name=name, reason="it is missing", pointer=f"/{name}")
    return _read(_reader(argument), name, request.query_params.getlist(name))


def _reader(argument: Argument) -> Callable[[Sequence[str]], object]:
    if argument.texts is not None:
        return argument.texts.read
    return partial(_chosen, _choices(argument)) if _has_choices(argument) else _READERS[argument.kind]


def _read(read: Callable[[Sequence[str]], object], name: str, texts: Sequence[str]) -> object:
    try:
        return read(texts)
    except ValueError as error:
        raise ParameterInvalid(name=name, reason=str(error), pointer=f"/{name}") from None


def _has_choices(argument: Argument) -> bool:
    return get_origin(argument.kind) is Literal or (
        isinstance(argument.kind, type) and issubclass(argument.kind, StrEnum)
    )


def _choices(argument: Argument) -> list[str]:
    """The values that it may have: those of an enum in their order, of a literal the default first."""
    if get_origin(argument.kind) is not Literal:
        return list(argument.kind)
    return sorted(get_args(argument.kind), key=lambda choice: choice != argument.default)


def _chosen(choices: Sequence[str], texts: Sequence[str]) -> str:
    if texts[0] not in choices:
        raise ValueError(f"it is one of {', '.join(choices)}")
    return choices[choices.index(texts[0])]


def _uuid(texts: Sequence[str]) -> UUID:
    try:
        return UUID(texts[0])
    except ValueError:
        raise ValueError("it is no UUID") from None


def _day(texts: Sequence[str]) -> date:
    try:
        if DATE_TEXT.fullmatch(texts[0]):
            return date.fromisoformat(texts[0])
    except ValueError:
        pass
    raise ValueError("a date is written as 2026-03-02")


def _decimal(texts: Sequence[str]) -> Decimal:
    if DECIMAL_TEXT.fullmatch(texts[0]) is None:
        raise ValueError("it is a decimal such as 21.5")
    return Decimal(texts[0])


_READERS: Final[Mapping[Any, Callable[[Sequence[str]], object]]] = {
    UUID: _uuid,
    date: _day,
    Decimal: _decimal,
    str: lambda texts: texts[0],
}


def _attribute(name: str, text: str) -> dict[str, str]:
    key, colon, value = text.partition(":")
    if not (key and colon):
        raise ParameterInvalid(name=name, reason="it is a key and a value such as sector:retail", pointer=f"/{name}")
    return {"key": key, "value": value}


def _schema(argument: Argument) -> dict[str, Any]:
    default = {} if argument.is_required or argument.default is None else {"default": str(argument.default)}
    if argument.kind is date:
        return _DAY_SCHEMA
    if argument.kind is UUID:
        return _UUID
    if argument.kind is int:
        return {"type": "integer", "minimum": bound_of(argument, Ge), "maximum": bound_of(argument, Le)}
    if argument.kind is Decimal:
        return {"type": "string", "format": "decimal", **default}
    if _has_choices(argument):
        return {"type": "string", "enum": _choices(argument), **default}
    return {"type": "string", **default}

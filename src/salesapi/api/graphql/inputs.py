"""GraphQL input types from the dataclasses of commands, and the way back to the plain values that REST's body would hold.

A field that holds one of several records is a `@oneOf` input with a field for each kind; its value gets the kind again on the way
back. A field is required where the dataclass gives no default. Any other is optional: left out it takes the command's default
and, where the command tells absent from null (`UNSET`), absence is not null. What a field may hold beyond its form (lengths,
bounds, patterns) is checked by the command's own validator, the same for both doors.
"""

import types
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from inspect import cleandoc
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from annotated_types import Le
from strawberry.types.base import has_object_definition

from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.scalars import BigInt
from salesapi.domain.shared.kernel import About, Unset
from salesapi.domain.shared.key_digests import made_at_door
from salesapi.domain.shared.one_of import TAG, OneOf, is_tag, records_by_kind

INT_MAX: Final = 2**31 - 1
"""Largest value of GraphQL's Int."""
_SCALARS: Final = (str, bool, UUID, date, datetime, Decimal)


class TypeUnsupported(TypeError):
    """A command or a wire shape has a field of a type that GraphQL cannot carry."""


class Carried(ABC):
    """All types of one direction: which type carries a field of a record follows from its annotation."""

    keeps_null = False
    """Whether the type says that there may be nothing; else the caller does."""

    def __init__(self, enums: Enums) -> None:
        self._enums = enums

    @abstractmethod
    def of(self, record: type) -> type:
        """The type of a record."""

    @abstractmethod
    def one_of(self, name: str, records: Mapping[str, type], about: str | None) -> Any:
        """The type of one of several records, by their kinds."""

    @abstractmethod
    def whole(self, marks: tuple[object, ...]) -> Any:
        """The type of a whole number with these marks."""

    def carried(self, annotation: object, owner: type, field: str, marks: tuple[object, ...] = ()) -> Any:
        """The type of a field.

        Raises:
            TypeUnsupported: with the field, where there is no GraphQL form for it.
        """
        origin, parts = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            inner, *more = parts
            mark = next((each for each in more if isinstance(each, OneOf)), None)
            if mark is not None:
                return self.one_of(mark.name, records_by_kind(inner), description(annotation))
            return self.carried(inner, owner, field, (*marks, *more))
        if origin in (Union, types.UnionType):
            arms = [arm for arm in parts if arm not in (type(None), Unset)]
            if len(arms) == 1:
                inner = self.carried(arms[0], owner, field, marks)
                return inner | None if self.keeps_null and len(arms) < len(parts) else inner
        if origin is Literal:
            return self._enums.of(annotation, owner, field)
        if origin is tuple:
            item: Any = self.carried(parts[0], owner, field)
            return list[item]
        if annotation is int:
            return self.whole(marks)
        if annotation in _SCALARS:
            return annotation
        if isinstance(annotation, type) and is_dataclass(annotation):
            return self.of(annotation)
        raise TypeUnsupported(f"{owner.__name__}.{field} has the type {annotation}, which has no GraphQL form")


class Inputs(Carried):
    """All input types of one schema; each record becomes one type, however often it is used."""

    def __init__(self, enums: Enums) -> None:
        super().__init__(enums)
        self._by_name: dict[str, tuple[type, type]] = {}

    def of(self, record: type) -> type:
        """The input type of a command or of a value inside one.

        Raises:
            TypeUnsupported: with the field, where there is no GraphQL form for it.
        """
        name = f"{record.__name__}Input"
        if name not in self._by_name:
            self._by_name[name] = (record, self._made(name, record))
        known, made = self._by_name[name]
        if known is not record:
            raise TypeUnsupported(f"{known.__module__} and {record.__module__} both make {name}")
        return made

    def _made(self, name: str, record: type) -> type:
        hints = get_type_hints(record, include_extras=True)
        declared: Any = record
        made: dict[str, Any] = {"__annotations__": {}}
        for field in fields(declared):
            annotation = hints[field.name]
            if is_tag(field.name, annotation) or field.name == made_at_door(record):
                continue
            has_default = field.default is not MISSING or field.default_factory is not MISSING
            is_required = not has_default and not _admits_absence(annotation)
            carried = self.carried(annotation, record, field.name)
            made["__annotations__"][field.name] = carried if is_required else carried | None
            about = _description(annotation, field, carried)
            absent = {} if is_required else {"default": strawberry.UNSET}
            made[field.name] = strawberry.field(description=about, **absent)
        built = types.new_class(name, (), {}, lambda namespace: namespace.update(made))
        return strawberry.input(built, name=name, description=about_record(record))

    def one_of(self, name: str, records: Mapping[str, type], about: str | None) -> type:
        """The input of which one field is sent, which says the kind. One name stands for one union only."""
        name = f"{name}Input"
        if name not in self._by_name:
            made = {kind: self.of(record) for kind, record in records.items()}
            namespace: dict[str, Any] = {"__annotations__": {kind: each | None for kind, each in made.items()}}
            for kind, record in records.items():
                namespace[kind] = strawberry.field(description=about_record(record), default=strawberry.UNSET)
            built = types.new_class(name, (), {}, lambda body: body.update(namespace))
            self._by_name[name] = (built, strawberry.input(built, name=name, description=about, one_of=True))
        return self._by_name[name][1]

    def whole(self, marks: tuple[object, ...]) -> Any:
        """An Int where a bound says that it fits."""
        return int if any(isinstance(mark, Le) and _fits(mark.le) for mark in marks) else BigInt


def values_of(value: Any) -> Any:
    """An input as the client meant it, in plain JSON values with snake_case keys; what was not sent is not there."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [values_of(item) for item in value]
    if has_object_definition(value):
        definition = value.__strawberry_definition__
        names = [field.python_name for field in definition.fields]
        values = {name: getattr(value, name) for name in names}
        sent = {name: values_of(inner) for name, inner in values.items() if inner is not strawberry.UNSET}
        if definition.is_one_of:
            ((kind, record),) = sent.items()
            return {TAG: kind, **record}
        return sent
    return value


def about_record(record: type) -> str:
    """The description of a type that is made of a record."""
    return cleandoc(record.__doc__ or "")


def _admits_absence(annotation: object) -> bool:
    """Tells whether null is among the values: GraphQL cannot require such a field, the command's reader does."""
    if get_origin(annotation) is Annotated:
        return _admits_absence(get_args(annotation)[0])
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)


def description(annotation: object) -> str | None:
    """The `About` text of a field: the last one, which the field itself gives, before that of its type."""
    metadata = annotation.__metadata__ if get_origin(annotation) is Annotated else ()  # type: ignore[attr-defined]
    return next((part.text for part in reversed(metadata) if isinstance(part, About)), None)


def _description(annotation: object, field: Field[Any], carried: object) -> str | None:
    about, default = description(annotation), field.default
    if not isinstance(default, str | int) or isinstance(default, Enum):
        return about
    is_enum = isinstance(carried, type) and issubclass(carried, Enum)
    shown = default.upper() if is_enum and isinstance(default, str) else str(default).lower()
    return f"{about or ''} Without it `{shown}`.".strip()


def _fits(bound: object) -> bool:
    return isinstance(bound, int) and bound <= INT_MAX

"""GraphQL object types from the wire shapes of reads: the fields of the shape, and the relations that lead on from it.

A field that holds one of several records is a union; the `kind` of each is of one enum, so that it can be asked of all of them.
"""

import functools
import operator
import types
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from inspect import cleandoc
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from annotated_types import Le
from strawberry.scalars import JSON

from salesapi.api.graphql.context import Info, OperationContext
from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.inputs import INT_MAX, description
from salesapi.api.graphql.relations import RELATIONS, Many, One
from salesapi.api.graphql.scalars import BigInt
from salesapi.domain.shared.one_of import OneOf, is_tag, records_by_kind
from salesapi.queries.paging import PAGE_ROWS_MAX, PageSizeInvalid
from salesapi.schemas.scalars import Wide

RELATED_DEFAULT: Final = 10
"""How many things a nested list holds where it is not said."""
_SCALARS: Final = (str, bool, UUID, date, datetime, Decimal)
RelatedFirst = Annotated[int, strawberry.argument(description=f"How many, at most {PAGE_ROWS_MAX}.")]


class OutputUnsupported(TypeError):
    """A wire shape has a field of a type that GraphQL cannot carry."""


class Outputs:
    """All object types of one schema; shapes may refer to each other in circles."""

    def __init__(self, enums: Enums) -> None:
        self._enums = enums
        self._by_shape: dict[type, type] = {}

    @property
    def shapes(self) -> dict[str, type]:
        """The shape behind each type, by the type's name."""
        return {shape.__name__: shape for shape in self._by_shape}

    def of(self, shape: type, kind: type[Enum] | None = None) -> type:
        """The object type of a shape; `kind` is the type of the kind of one that is in a union.

        Raises:
            OutputUnsupported: with the field, where there is no GraphQL form for it.
        """
        if shape in self._by_shape:
            return self._by_shape[shape]
        # Known before it is complete, so that a relation may lead back to it.
        made: Any = types.new_class(shape.__name__)
        self._by_shape[shape] = made
        made.__annotations__ = {}
        hints = get_type_hints(shape, include_extras=True)
        declared: Any = shape
        for field in fields(declared):
            is_kind = kind is not None and is_tag(field.name, hints[field.name])
            made.__annotations__[field.name] = kind if is_kind else self._type(hints[field.name], shape, field.name)
            setattr(made, field.name, strawberry.field(description=description(hints[field.name])))
        for relation in RELATIONS.get(shape, ()):
            setattr(made, relation.name, self._relation(relation))
        if kind is not None:
            made.is_type_of = _is_of(shape)
        strawberry.type(made, name=shape.__name__, description=cleandoc(shape.__doc__ or ""))
        return self._by_shape[shape]

    def _union(self, name: str, records: Mapping[str, type], about: str | None) -> Any:
        kind = self._enums.named(f"{name}Kind", list(records))
        made: list[Any] = [self.of(record, kind) for record in records.values()]
        return Annotated[functools.reduce(operator.or_, made), strawberry.union(name, description=about)]

    def _relation(self, relation: One | Many) -> Any:
        target: Any = self.of(relation.shape)
        resolver = _one(relation) if isinstance(relation, One) else _many(relation)
        resolver.__annotations__["return"] = target | None if isinstance(relation, One) else list[target]
        return strawberry.field(resolver=resolver, description=relation.about)

    def _type(self, annotation: object, owner: type, field: str, metadata: tuple[object, ...] = ()) -> Any:
        if get_origin(annotation) is Annotated:
            inner, *more = get_args(annotation)
            mark = next((each for each in more if isinstance(each, OneOf)), None)
            if mark is not None:
                return self._union(mark.name, records_by_kind(inner), description(annotation))
            return self._type(inner, owner, field, (*metadata, *more))
        if get_origin(annotation) in (Union, types.UnionType):
            arms = [arm for arm in get_args(annotation) if arm is not type(None)]
            if len(arms) == 1:
                return self._type(arms[0], owner, field, metadata) | None
        if get_origin(annotation) is Literal:
            return self._enums.of(annotation, owner, field)
        if get_origin(annotation) is tuple:
            item: Any = self._type(get_args(annotation)[0], owner, field)
            return list[item]
        if get_origin(annotation) is dict:
            return JSON
        if annotation is int:
            return BigInt if any(_is_wide(mark) for mark in metadata) else int
        if annotation in _SCALARS:
            return annotation
        if isinstance(annotation, type) and is_dataclass(annotation):
            return self.of(annotation)
        raise OutputUnsupported(f"{owner.__name__}.{field} has the type {annotation}, which has no GraphQL form")


def _is_of(shape: type) -> Callable[[object, object], bool]:
    return lambda value, _: isinstance(value, shape)


def _one(relation: One) -> Callable[[Any, Info], Awaitable[Any]]:
    async def resolver(root: Any, info: Info) -> Any:
        key = relation.key_of(root)
        return None if key is None else await info.context.loader(relation.load, relation.load, None).load(key)

    return resolver


def _many(relation: Many) -> Callable[[Any, Info, RelatedFirst], Awaitable[Any]]:
    async def resolver(root: Any, info: Info, first: RelatedFirst = RELATED_DEFAULT) -> Any:
        if not 1 <= first <= PAGE_ROWS_MAX:
            raise PageSizeInvalid(pointer="/first", limit=PAGE_ROWS_MAX)

        async def load(asked: OperationContext, keys: Any) -> Any:
            return await relation.load(asked, keys, first)

        empty: tuple[Any, ...] = ()
        return await info.context.loader((relation.load, first), load, empty).load(relation.key_of(root))

    return resolver


def _is_wide(mark: object) -> bool:
    return isinstance(mark, Wide) or (isinstance(mark, Le) and isinstance(mark.le, int) and mark.le > INT_MAX)

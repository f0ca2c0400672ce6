"""GraphQL object types from the wire shapes of reads: the fields of the shape, and the relations that lead on from it.

A field that holds one of several records is a union; the `kind` of each is of one enum, so that it can be asked of all of them.
"""

import functools
import operator
import types
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from enum import Enum
from inspect import cleandoc
from typing import Annotated, Any, Final, get_origin, get_type_hints

import strawberry
from annotated_types import Le
from strawberry.scalars import JSON

from salesapi.api.graphql.context import Info, OperationContext
from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.inputs import INT_MAX, Carried, description
from salesapi.api.graphql.relations import RELATIONS, Many, One
from salesapi.api.graphql.scalars import BigInt
from salesapi.domain.shared.one_of import is_tag
from salesapi.queries.paging import PAGE_ROWS_MAX, PageSizeInvalid
from salesapi.schemas.scalars import Wide

RELATED_DEFAULT: Final = 10
"""How many things a nested list holds where it is not said."""
RelatedFirst = Annotated[int, strawberry.argument(description=f"How many, at most {PAGE_ROWS_MAX}.")]


class Outputs(Carried):
    """All object types of one schema; shapes may refer to each other in circles."""

    keeps_null = True

    def __init__(self, enums: Enums) -> None:
        super().__init__(enums)
        self._by_shape: dict[type, type] = {}

    @property
    def shapes(self) -> dict[str, type]:
        """The shape behind each type, by the type's name."""
        return {shape.__name__: shape for shape in self._by_shape}

    def of(self, shape: type, kind: type[Enum] | None = None) -> type:
        """The object type of a shape; `kind` is the type of the kind of one that is in a union.

        Raises:
            TypeUnsupported: with the field, where there is no GraphQL form for it.
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
            made.__annotations__[field.name] = kind if is_kind else self.carried(hints[field.name], shape, field.name)
            setattr(made, field.name, strawberry.field(description=description(hints[field.name])))
        for relation in RELATIONS.get(shape, ()):
            setattr(made, relation.name, self._relation(relation))
        if kind is not None:
            made.is_type_of = _is_of(shape)
        strawberry.type(made, name=shape.__name__, description=cleandoc(shape.__doc__ or ""))
        return self._by_shape[shape]

    def one_of(self, name: str, records: Mapping[str, type], about: str | None) -> Any:
        """The union of the records' types."""
        kind = self._enums.named(f"{name}Kind", list(records))
        made: list[Any] = [self.of(record, kind) for record in records.values()]
        return Annotated[functools.reduce(operator.or_, made), strawberry.union(name, description=about)]

    def _relation(self, relation: One | Many) -> Any:
        target: Any = self.of(relation.shape)
        resolver = _one(relation) if isinstance(relation, One) else _many(relation)
        resolver.__annotations__["return"] = target | None if isinstance(relation, One) else list[target]
        return strawberry.field(resolver=resolver, description=relation.about)

    def whole(self, marks: tuple[object, ...]) -> Any:
        """A BigInt where a mark says that it may be wide."""
        return BigInt if any(_is_wide(mark) for mark in marks) else int

    def carried(self, annotation: object, owner: type, field: str, marks: tuple[object, ...] = ()) -> Any:
        """As for inputs; what has names of its own is JSON."""
        return JSON if get_origin(annotation) is dict else super().carried(annotation, owner, field, marks)


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

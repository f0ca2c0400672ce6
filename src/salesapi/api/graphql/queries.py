"""The type `Query`: one field for each question that GraphQL answers, and the position that an answer reflects."""

import types
from collections.abc import Mapping
from typing import Any, Final

import strawberry

from salesapi.api.graphql.connections import MinPosition
from salesapi.api.graphql.context import OperationContext
from salesapi.api.graphql.scalars import BigInt

Info = strawberry.Info[OperationContext, None]
_ABSENT: Final[Any] = strawberry.UNSET


def query_type(questions: Mapping[str, Any]) -> type:
    """The type `Query` with the fields of these questions."""
    made: Any = types.new_class("Query")
    made.position = strawberry.field(
        resolver=_position, description="Log position that everything in this answer reflects, at least."
    )
    for name, field in questions.items():
        setattr(made, name, field)
    made.__annotations__ = {}
    strawberry.type(made, name="Query", description="All reads, within the scope of the key.")
    query: type = made
    return query


async def _position(info: Info, min_position: MinPosition = _ABSENT) -> BigInt:
    return BigInt(await info.context.position(min_position or None))

"""The type `Query`: lists, single things, reports, each one question of `queries/` within the asker's scope."""

import types
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import strawberry

from salesapi.api.graphql.connections import Connections, MinPosition
from salesapi.api.graphql.context import Asked
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.scalars import BigInt
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.api.reads.declaration import ItemRead

Info = strawberry.Info[Asked, None]
_ABSENT: Final[Any] = strawberry.UNSET


def query_type(outputs: Outputs, connections: Connections, questions: Mapping[str, Any]) -> type:
    """The type `Query` with all fields."""
    made: Any = types.new_class("Query")
    answers = {listed.name: connections.field(listed) for listed in LISTS}
    answers |= {item.name: _item(item, outputs) for item in ITEMS}
    answers |= {
        "position": strawberry.field(
            resolver=_position, description="Log position that everything in this answer reflects, at least."
        ),
        **questions,
    }
    for name, field in answers.items():
        setattr(made, name, field)
    made.__annotations__ = {}
    strawberry.type(made, name="Query", description="All reads, within the scope of the key.")
    query: type = made
    return query


def _item(item: ItemRead[Any], outputs: Outputs) -> Any:
    async def resolver(info: Info, id: UUID, min_position: MinPosition = _ABSENT) -> Any:
        asked = info.context
        await asked.position(min_position or None)
        return await asked.read(item.query, item.scope, _uuid(id))

    shape: Any = outputs.of(item.shape)
    resolver.__annotations__["return"] = shape | None
    return strawberry.field(resolver=resolver, name=item.name, description=f"{item.summary}.")


async def _position(info: Info, min_position: MinPosition = _ABSENT) -> BigInt:
    return BigInt(await info.context.position(min_position or None))


def _uuid(value: object) -> UUID:
    """Ids arrive as the client's text, which the scalar has checked."""
    return UUID(str(value))

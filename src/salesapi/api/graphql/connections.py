"""Lists as Relay connections: pages with cursors, and the position that they reflect."""

import types
from typing import Annotated, Any, Final

import orjson
import strawberry
from pydantic import TypeAdapter, ValidationError

from salesapi.api.graphql.context import Asked
from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.inputs import Inputs, values_of
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.scalars import BigInt
from salesapi.api.reads.declaration import ListRead
from salesapi.commands.command_reading import CommandMalformed, malformed
from salesapi.queries.paging import PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, Page, PageRequest

Info = strawberry.Info[Asked, None]
First = Annotated[int, strawberry.argument(description=f"How many, at most {PAGE_ROWS_MAX}.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on after, in the same order.")]
MinPosition = Annotated[
    BigInt | None,
    strawberry.argument(
        description="Waits up to 2 seconds until the answer reflects this log position, as a receipt gave it."
    ),
]
_ABSENT: Final[Any] = strawberry.UNSET
_U0000: Final = b"\\u0000"


@strawberry.type(description="Where a page of a list stands.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Connections:
    """Makes the connection types and the fields that answer them."""

    def __init__(self, enums: Enums, inputs: Inputs, outputs: Outputs) -> None:
        self._enums = enums
        self._inputs = inputs
        self._outputs = outputs
        self._by_shape: dict[type, Any] = {}

    def of(self, shape: type) -> Any:
        """The connection type over a shape: `DealConnection`."""
        if shape not in self._by_shape:
            node: Any = self._outputs.of(shape)
            edge: Any = types.new_class(f"{shape.__name__}Edge")
            edge.__annotations__ = {"cursor": str, "node": node | None}
            strawberry.type(edge, description="A thing with its place in the list.")
            made: Any = types.new_class(f"{shape.__name__}Connection")
            made.__annotations__ = {"edges": list[edge], "page_info": PageInfo, "position": BigInt}
            made.position = strawberry.field(description="Log position that the answer reflects, at least.")
            strawberry.type(made, description="A page of a list. Lists are no snapshots: see the cursors' order.")
            self._by_shape[shape] = (made, edge)
        return self._by_shape[shape][0]

    def page(self, shape: type, page: Page[Any], after: str | None, position: int) -> Any:
        """A page as its connection."""
        made, edge = self._by_shape[shape]
        return made(
            edges=[edge(cursor=cursor, node=item) for item, cursor in zip(page.items, page.cursors, strict=True)],
            page_info=PageInfo(
                has_next_page=page.has_more,
                has_previous_page=after is not None,
                start_cursor=page.cursors[0] if page.cursors else None,
                end_cursor=page.cursors[-1] if page.cursors else None,
            ),
            position=BigInt(position),
        )

    def field(self, listed: ListRead[Any, Any, Any]) -> Any:
        """The field that answers a list."""
        orders = type(listed.order)
        order_enum = self._enums.named(orders.__name__, [str(order) for order in orders])
        adapter: TypeAdapter[Any] = TypeAdapter(listed.where)

        async def resolver(
            info: Info,
            filter: Any = _ABSENT,
            order_by: Any = order_enum(str(listed.order)),
            first: First = PAGE_ROWS_DEFAULT,
            after: After = _ABSENT,
            min_position: MinPosition = _ABSENT,
        ) -> Any:
            asked = info.context
            page = PageRequest(first=first, after=after or None)
            where = read_filter(adapter, filter)
            position = await asked.position(min_position or None)
            order = orders(order_by.value)
            found = await asked.read(listed.query, listed.scope, where=where, order=order, page=page)
            return self.page(listed.shape, found, page.after, position)

        given: Any = self._inputs.of(listed.where)
        resolver.__annotations__ |= {"filter": given | None, "order_by": order_enum, "return": self.of(listed.shape)}
        return strawberry.field(resolver=resolver, name=listed.name, description=f"{listed.summary}.")


def read_filter(adapter: TypeAdapter[Any], given: object) -> Any:
    """A filter from its input; without one, everything.

    Raises:
        CommandMalformed: with a pointer below `/filter`.
    """
    return read_json(adapter, {} if given is None or given is _ABSENT else values_of(given), pointer="/filter")


def read_json(adapter: TypeAdapter[Any], values: Any, *, pointer: str) -> Any:
    """An argument from the plain values of its input.

    Raises:
        CommandMalformed: with a pointer that begins with the argument's.
    """
    text = orjson.dumps(values)
    if _U0000 in text:
        raise CommandMalformed(reason="It holds the character U+0000, which no text here has.", pointer=pointer)
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        refused = malformed(error, values)
        refused.pointer = f"{pointer}{refused.pointer}"
        raise refused from None

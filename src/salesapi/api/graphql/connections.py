"""Lists as Relay connections: pages with cursors, and the position that they reflect."""

import types
from typing import Annotated, Any, Final

import orjson
import strawberry
from pydantic import TypeAdapter, ValidationError

from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.scalars import BigInt
from salesapi.commands.command_reading import CommandMalformed, malformed
from salesapi.queries.paging import PAGE_ROWS_MAX, Page

First = Annotated[int, strawberry.argument(description=f"How many, at most {PAGE_ROWS_MAX}.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on after, in the same order.")]
MinPosition = Annotated[
    BigInt | None,
    strawberry.argument(
        description="Waits up to 2 seconds until the answer reflects this log position, as a receipt gave it."
    ),
]
_U0000: Final = b"\\u0000"


@strawberry.type(description="Where a page of a list stands.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Connections:
    """Makes the connection types, and pages of them."""

    def __init__(self, outputs: Outputs) -> None:
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

"""The envelopes of REST answers, for the OpenAPI document: a page of things, or one thing, and the position they reflect."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field, create_model

Shape = TypeVar("Shape")
ReflectedPosition = Annotated[int, Field(ge=0, description="Log position that the answer reflects, at least.")]


class PageAnswer(BaseModel, Generic[Shape]):
    """A page of a list."""

    items: Annotated[tuple[Shape, ...], Field(description="The rows.")]
    next_cursor: Annotated[str | None, Field(description="Send it as `after` to go on; null at the end.")]
    position: ReflectedPosition


class ItemAnswer(BaseModel, Generic[Shape]):
    """One thing."""

    item: Shape
    position: ReflectedPosition


class ItemsAnswer(BaseModel, Generic[Shape]):
    """All parts of one thing."""

    items: Annotated[tuple[Shape, ...], Field(description="All of them, in their order.")]
    position: ReflectedPosition


def page_of(shape: Any) -> type[BaseModel]:
    """The answer of a list, named `DealPage`."""
    return create_model(f"{shape.__name__}Page", __base__=PageAnswer[shape], __doc__=PageAnswer.__doc__)


def item_of(shape: Any) -> type[BaseModel]:
    """The answer with one thing, named `DealAnswer`."""
    return create_model(f"{shape.__name__}Answer", __base__=ItemAnswer[shape], __doc__=ItemAnswer.__doc__)


def items_of(shape: Any) -> type[BaseModel]:
    """The answer with all parts of a thing, named `StageVisitList`."""
    return create_model(f"{shape.__name__}List", __base__=ItemsAnswer[shape], __doc__=ItemsAnswer.__doc__)

"""What both doors need to know of a read: where it is found, what it answers, and the question of `queries/` that answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from salesapi.api.authentication import ScopeOf
from salesapi.queries.paging import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRead:
    """A list: `query(connection, scope, where=, order=, page=)`."""

    path: str
    """The path in REST."""
    name: str
    """The operation in REST and the field of `Query` in GraphQL."""
    summary: str
    """One sentence for the users of both doors, without its full stop."""
    shape: type
    """What the list holds."""
    where: type
    """Its filter."""
    order: StrEnum
    """Its order unless the client names one; the class has all of them."""
    query: Callable[..., Awaitable[Page[Any]]]
    reads: tuple[str, ...]
    """The read models whose position the answer reflects."""
    scope: ScopeOf = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRead:
    """One thing by the one id in its path: `query(connection, scope, id)`. The fields are as those of a list."""

    path: str
    name: str
    summary: str
    shape: type
    query: Callable[..., Awaitable[Any]]
    reads: tuple[str, ...]
    scope: ScopeOf = "rows"

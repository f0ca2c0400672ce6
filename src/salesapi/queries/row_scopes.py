"""Who sees the rows of a list. Each list states one: there is no list without."""

from dataclasses import dataclass
from typing import Final

from salesapi.access.principals import Scope, ScopeOf
from salesapi.database.conditions import Conditions
from salesapi.queries.sources import DeclarationWrong


@dataclass(frozen=True, slots=True, kw_only=True)
class RowScope:
    """The rows that are seen by who does not see everything.

    Raises:
        DeclarationWrong: it bounds nothing.
    """

    text: str
    """A condition with `{0}` where the ids of the members stand that the asker sees; empty where everybody sees all."""
    of: ScopeOf = "rows"
    """Which of the asker's scopes it is: the one over rows, or the one over pay."""

    def __post_init__(self) -> None:
        """Checks that members bound it."""
        if self.text and "{0}" not in self.text:
            raise DeclarationWrong(f"the scope `{self.text}` has no place `{{0}}` for the members who are seen")

    def add_to(self, conditions: Conditions, scope: Scope) -> None:
        """Bounds a statement."""
        if self.text and scope.member_ids is not None:
            conditions.add(self.text, list(scope.member_ids))


_POOL: Final = " OR owner_id IS NULL"
EVERYBODY: Final = RowScope(text="")
"""What belongs to nobody: everybody who has a key sees it."""


def by_owner(*, has_pool: bool = False) -> RowScope:
    """Seen by who is in scope of the owner; without an owner by everybody, where there is a pool."""
    return RowScope(text=f"{_of_members('owner_id')}{_POOL if has_pool else ''}")


def by_customer(*, has_pool: bool = False) -> RowScope:
    """Seen by who is in scope of the owner of its customer; of customers in the pool by everybody, where that is said."""
    owned = f"{_of_members('owner_id')}{_POOL if has_pool else ''}"
    return RowScope(text=f"customer_id IN (SELECT customer_id FROM read.customer WHERE {owned})")  # noqa: S608


def by_pay(column: str = "member_id") -> RowScope:
    """Seen by whose pay scope holds the member in this column."""
    return RowScope(text=_of_members(column), of="pay")


def _of_members(column: str) -> str:
    return f"{column} = ANY({{0}}::uuid[])"

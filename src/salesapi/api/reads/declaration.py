"""What both doors need to know of a read: where it is found, how it is told, and the declared list or thing that answers it."""

import re
from dataclasses import dataclass, make_dataclass
from dataclasses import field as with_default
from typing import Annotated, Any, Generic
from uuid import UUID

from salesapi.access.principals import EVERY_ROLE, refuse_foreign_role
from salesapi.api.reads.arguments import Named, path_names
from salesapi.api.reads.question import InRest, Item, PageOf, Question, Reading
from salesapi.domain.shared.kernel import About, Role
from salesapi.queries.filters import Filter
from salesapi.queries.listings import Listing, Single
from salesapi.queries.orders import Ordering
from salesapi.queries.paging import Page, PageRequest, Shape
from salesapi.queries.sources import DeclarationWrong


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRead(Generic[Shape, Filter, Ordering]):
    """A list."""

    name: str
    """The operation in REST and the field of `Query` in GraphQL."""
    summary: str
    """One sentence for the users of both doors, without its full stop."""
    listing: Listing[Shape, Filter, Ordering]
    at: str = ""
    """The path in REST, where it does not follow from the name."""
    roles: frozenset[Role] = EVERY_ROLE
    """Who may ask."""

    @property
    def path(self) -> str:
        """The path in REST: `rateTables` are at `/v1/rate-tables`."""
        return self.at or f"/v1/{_kebab(self.name)}"

    def question(self) -> Question[Any, Page[Shape]]:
        """Declares it to the doors: a filter, an order, a page."""
        listing, order = self.listing, self.listing.orders.default
        ordering: Any = Annotated[type(order), About("The order of the list.")]
        where = listing.filters.where
        arguments = _record(
            f"{self.name}Arguments",
            ("filter", where, with_default(default=where())),
            ("order_by", ordering, with_default(default=order)),
            ("page", PageRequest, with_default(default=PageRequest())),
        )

        async def answer(reading: Reading, given: Any) -> Page[Shape]:
            refuse_foreign_role(reading.caller.principal, self.roles, self.path)
            read, scope = listing.page, listing.scope_of
            return await reading.read(read, scope, where=given.filter, order=given.order_by, page=given.page)

        return Question(
            name=self.name,
            summary=self.summary,
            arguments=arguments,
            answers=PageOf(listing.shape),
            answer=answer,
            reads=listing.reads,
            rest=in_rest(self.path, self.roles),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRead(Generic[Shape]):
    """One thing by the one id in its path. `name`, `summary`, `at` and `roles` are as those of a list.

    Raises:
        DeclarationWrong: the path has not one id, or the things of the list have none.
    """

    name: str
    summary: str
    thing: Listing[Shape, Any, Any] | Single[Shape]
    at: str = ""
    roles: frozenset[Role] = EVERY_ROLE

    def __post_init__(self) -> None:
        """Checks that it is found by one id."""
        if self.path.count("{") != 1:
            raise DeclarationWrong(f"{self.name}: the path {self.path} is to have one id")
        if isinstance(self.thing, Listing) and not self.thing.has_ids:
            raise DeclarationWrong(f"{self.name}: the things of its list have no ids")

    @property
    def path(self) -> str:
        """The path in REST: a `rateTable` is at `/v1/rate-tables/{rate_table_id}`."""
        kebab = _kebab(self.name)
        return self.at or f"/v1/{kebab}s/{{{kebab.replace('-', '_')}_id}}"

    def question(self) -> Question[Any, Shape]:
        """Declares it to the doors: an id, which GraphQL calls `id`."""
        (name,) = path_names(self.path)
        arguments = _record(f"{self.name}Of", (name, Annotated[UUID, Named(name, "id")]))

        async def answer(reading: Reading, given: Any) -> Shape:
            refuse_foreign_role(reading.caller.principal, self.roles, self.path)
            return await reading.read(self.thing.one, self.thing.scope_of, getattr(given, name))

        return Question(
            name=self.name,
            summary=self.summary,
            arguments=arguments,
            answers=Item(self.thing.shape),
            answer=answer,
            reads=self.thing.reads,
            rest=in_rest(self.path, self.roles),
        )


def in_rest(path: str, roles: frozenset[Role]) -> InRest:
    """The place in REST; who may ask is said where that is not everybody."""
    if roles == EVERY_ROLE:
        return InRest(path=path)
    return InRest(path=path, about=f"Roles: {', '.join(sorted(roles))}.", refusals=(401, 403, 404, 422, 503))


def _record(name: str, *fields: tuple[str, Any] | tuple[str, Any, Any]) -> type:
    """The record of a question's arguments."""
    return make_dataclass(f"{name[0].upper()}{name[1:]}", fields, frozen=True, kw_only=True)


def _kebab(name: str) -> str:
    """`rateTables` as `rate-tables`."""
    return re.sub("[A-Z]", lambda capital: f"-{capital[0].lower()}", name)


def refuse_repeated(reads: tuple[ListRead[Any, Any, Any] | ItemRead[Any], ...]) -> None:
    """Refuses two reads with one name or one path.

    Raises:
        DeclarationWrong.
    """
    known: set[str] = set()
    for read in reads:
        for said in (read.name, read.path):
            if said in known:
                raise DeclarationWrong(f"{said} is declared twice")
            known.add(said)

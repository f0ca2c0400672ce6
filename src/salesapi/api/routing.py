"""Finds the route of a request among those of its thing: there are hundreds, and the framework tries one after the other."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

FOUND = "salesapi.route"


class RoutesByThing(BaseRoute):
    """All routes as one, told apart by the first two words of their paths, such as `/v1/deals`."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self.all = tuple(routes)
        self._by_words: dict[tuple[str, ...], list[BaseRoute]] = {}
        for route in routes:
            self._by_words.setdefault(_words(getattr(route, "path", "")), []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that takes the request, or one that has its path with another method."""
        partial: tuple[Match, Scope] = Match.NONE, {}
        for route in self._by_words.get(_words(scope["path"]), ()):
            match, found = route.matches(scope)
            if match is not Match.NONE and partial[0] is Match.NONE:
                partial = match, {**found, FOUND: route}
            if match is Match.FULL:
                return match, {**found, FOUND: route}
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by the route that was found."""
        await scope[FOUND].handle(scope, receive, send)


def _words(path: str) -> tuple[str, ...]:
    return tuple(path.split("/", 3)[1:3])

"""REST routes of lists and details. Each asks one question of `queries/`; the answer carries the position that it reflects."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Request, Response

from salesapi.api.authentication import Asker, Asking
from salesapi.api.read_positions import reached
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.argument_texts import path_id
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.parameters import (
    MIN_POSITION,
    ListParameters,
    min_position,
    sent_once,
)
from salesapi.queries.paging import Page
from salesapi.schemas.answers import item_of, page_of

if TYPE_CHECKING:
    import asyncpg

_REFUSED: Final[dict[int | str, dict[str, Any]]] = {status: REFUSALS[status] for status in (401, 404, 422, 503)}


class ReadRoutes:
    """Adds the routes of all lists and single things."""

    def __init__(self, asking: Asking, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._asking = asking
        self._pool = pool

    def add_to(self, app: FastAPI) -> None:
        """Adds all of them."""
        for listed in LISTS:
            self._add_list(app, listed)
        for item in ITEMS:
            self._add_item(app, item)

    def _add_list(self, app: FastAPI, read: ListRead[Any, Any, Any]) -> None:
        parameters: ListParameters[Any, Any] = ListParameters(read.where, read.order)

        async def endpoint(request: Request) -> Response:
            asker = await self._asker(request)
            asked = parameters.read(request)
            position = await reached(self._pool, read.reads, asked.min_position)
            async with self._pool.acquire() as connection:
                page = await read.query(
                    connection, asker.scope(read.scope), where=asked.where, order=asked.order, page=asked.page
                )
            return page_answer(page, position)

        answer, described = page_of(read.shape), parameters.described()
        _add(app, read.path, endpoint, name=read.name, summary=read.summary, answer=answer, parameters=described)

    def _add_item(self, app: FastAPI, read: ItemRead[Any]) -> None:
        async def endpoint(request: Request) -> Response:
            asker = await self._asker(request)
            ((name, text),) = request.path_params.items()
            sent = sent_once(request, ("minPosition",))
            position = await reached(self._pool, read.reads, min_position(sent))
            async with self._pool.acquire() as connection:
                item = await read.query(connection, asker.scope(read.scope), path_id(name, text))
            return item_answer(item, position)

        answer = item_of(read.shape)
        _add(app, read.path, endpoint, name=read.name, summary=read.summary, answer=answer, parameters=[MIN_POSITION])

    async def _asker(self, request: Request) -> Asker:
        return await self._asking.asker(request.headers.get("authorization"))


def page_answer(page: Page[Any], position: int) -> Response:
    """A page of a list."""
    return json_answer({"items": page.items, "next_cursor": page.next_cursor, "position": position})


def item_answer(item: object, position: int) -> Response:
    """One thing, with the version of its stream for If-Match."""
    version = getattr(item, "version", None)
    headers = {} if version is None else {"etag": f'"{version}"'}
    return json_answer({"item": item, "position": position}, headers=headers)


def _add(
    app: FastAPI,
    path: str,
    endpoint: Callable[[Request], Awaitable[Response]],
    *,
    name: str,
    summary: str,
    answer: type,
    parameters: list[dict[str, Any]],
) -> None:
    in_path = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for part in path.split("/")
        if part.startswith("{")
    ]
    app.add_api_route(
        path,
        endpoint,
        methods=["GET"],
        operation_id=name,
        tags=[path.split("/")[2]],
        summary=summary,
        response_model=None,
        responses={200: {"model": answer, "description": "The answer."}, **_REFUSED},
        openapi_extra={"parameters": [*in_path, *parameters]},
    )

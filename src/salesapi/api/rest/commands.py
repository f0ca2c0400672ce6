"""REST routes of all commands, derived from the catalogue, and the bulk route."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from salesapi.api.authentication import Authenticator, Caller
from salesapi.api.refusals import STATUS, problem
from salesapi.api.rest.answers import json_answer, receipt_answer, receipt_values
from salesapi.api.rest.parameters import sent_once
from salesapi.commands.bulk import Bulk, BulkResult, IfMatchMalformed
from salesapi.commands.command_reading import CommandMalformed, CommandReader, checked_key, correlation_id, fingerprint
from salesapi.commands.handling import BULK_MAX, Handling
from salesapi.commands.requests import Envelope
from salesapi.domain.catalogue import Catalogue, mutation_name, route
from salesapi.domain.shared.declarations import AnyCommand, AnyStream
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.recorder import EventLog

HEADERS: Final[list[dict[str, Any]]] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "The same key with the same request gives the same receipt again. Not needed for a dry run.",
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The version that the change is meant for, as the `ETag` gave it.",
    },
    {
        "name": "dryRun",
        "in": "query",
        "required": False,
        "schema": {"type": "boolean", "default": False},
        "description": "Answers the events that would be written, and writes nothing.",
    },
]
REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": f"Refused: {description}.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, description in (
        (401, "no valid API key"),
        (403, "the roles do not allow it"),
        (404, "no such thing, or not yours"),
        (409, "a rule or a conflict"),
        (412, "the version is stale"),
        (413, "too large"),
        (422, "malformed, also a body that is not JSON, or the idempotency key is taken"),
        (503, "try again shortly"),
    )
}


class BodyNotJson(Refused):
    """The body cannot be read at all."""

    code = "body.not_json"
    kind = Kind.MALFORMED
    message = "The body is one JSON object: {reason}."


class CommandRoute(APIRoute):
    """Calls its endpoint with the request as it is: a command's body and headers are read by us, for both doors alike.

    The framework would look for parameters and a model of the answer, and keep stacks for dependencies; there are none.
    """

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], **described: Any) -> None:
        super().__init__(path, endpoint, **described)
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


class CommandRoutes:
    """Adds a route for each command."""

    def __init__(
        self,
        catalogue: Catalogue,
        authenticator: Authenticator,
        *,
        reader: CommandReader,
        handling: Handling,
        log: EventLog,
    ) -> None:
        self._catalogue = catalogue
        self._authenticator = authenticator
        self._reader = reader
        self._handling = handling
        self._log = log
        self._bulks = Bulk(catalogue, reader, handling)

    def add_to(self, app: FastAPI) -> None:
        """Derives all routes."""
        for name, (stream, kind) in self._catalogue.commands.items():
            self._add(app, name, stream, kind)
        app.add_api_route(
            "/v1/bulk",
            self._bulk,
            methods=["POST"],
            operation_id="bulk",
            tags=["bulk"],
            summary="Several commands at once",
            description=BULK_DESCRIPTION,
            response_model=None,
            responses={200: {"description": "One result for each command, in order."}, **REFUSALS},
            openapi_extra={"parameters": HEADERS[:1] + HEADERS[2:], "requestBody": _body("Bulk")},
        )

    def _add(self, app: FastAPI, name: str, stream: AnyStream, kind: AnyCommand) -> None:
        async def endpoint(request: Request) -> Response:
            return await self._answer(request, name, kind)

        path = route(stream, kind)
        target: list[dict[str, Any]] = []
        if kind.target is not None:
            schema = {"type": "string", "format": "uuid"}
            target = [{"name": kind.target, "in": "path", "required": True, "schema": schema}]
        summary, _, rest = (kind.command.__doc__ or "").strip().partition("\n")
        app.router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            operation_id=mutation_name(kind),
            tags=[stream.plural],
            summary=summary,
            description="\n\n".join(
                [
                    f"{summary}\n{rest}",
                    f"Roles: {', '.join(sorted(kind.roles))}.",
                    *([kind.duty.in_words()] if kind.duty else []),
                ]
            ),
            status_code=201 if kind.creates else 200,
            response_model=None,
            responses={
                201 if kind.creates else 200: {
                    "description": "The receipt.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}},
                },
                **REFUSALS,
            },
            openapi_extra={"parameters": [*target, *HEADERS], "requestBody": _body(name)},
            route_class_override=CommandRoute,
        )

    async def _answer(self, request: Request, name: str, kind: AnyCommand) -> Response:
        caller = await self._authenticator.caller(request.headers.get("authorization"))
        values = _object(await request.body())
        if kind.target is not None:
            if kind.target in values:
                raise CommandMalformed(
                    reason=f"The field /{kind.target} stands in the path.", pointer=f"/{kind.target}"
                )
            values[kind.target] = request.path_params[kind.target]
        dry_run = _flag(request, "dryRun")
        envelope = _envelope(request, caller, name, values, dry_run=dry_run)
        expected = _expected_version(request.headers.get("if-match"))
        command = self._reader.read(name, values, expected)
        receipt = await self._handling.handle(command, envelope, dry_run=dry_run)
        return receipt_answer(receipt, self._log.known_epochs, is_creation=kind.creates)

    async def _bulk(self, request: Request) -> Response:
        caller = await self._authenticator.caller(request.headers.get("authorization"))
        values = _object(await request.body())
        dry_run = _flag(request, "dryRun")
        envelope = _envelope(request, caller, "bulk", values, dry_run=dry_run)
        results = await self._bulks.run(values, envelope, dry_run=dry_run)
        return json_answer({"results": [self._result(result) for result in results]})

    def _result(self, result: BulkResult) -> dict[str, Any]:
        if isinstance(result, Refused):
            return {"problem": problem(result), "status": STATUS[result.kind]}
        return {"receipt": receipt_values(result, self._log.known_epochs)}


BULK_DESCRIPTION: Final = f"""Up to {BULK_MAX} commands in one request, in order.

`atomic: true` stores all of them in one commit or none; `atomic: false` decides each for itself and answers a receipt or a
problem for each. Each item is `{{"command": "ChangeDealStage", "values": {{...}}, "if_match": 3}}`."""


def _body(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _object(body: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyNotJson(reason=str(error)) from None
    if not isinstance(values, dict):
        raise BodyNotJson(reason="it is something else")
    return values


def _flag(request: Request, name: str) -> bool:
    """The one parameter of a command. Another one is refused: a misspelt `dryRun` would write."""
    value = sent_once(request, (name,)).get(name, "false")
    if value not in ("true", "false"):
        raise CommandMalformed(reason=f"The parameter {name} is true or false.", pointer=f"/{name}")
    return value == "true"


def _envelope(request: Request, caller: Caller, name: str, values: object, *, dry_run: bool) -> Envelope:
    key = request.headers.get("idempotency-key")
    return Envelope(
        principal=caller.principal,
        scope=caller.rows,
        key=None if dry_run else checked_key(key),
        fingerprint=fingerprint(name, values),
        correlation_id=correlation_id(request.headers.get("x-correlation-id")),
    )


def _expected_version(text: str | None) -> int | None:
    if text is None or text == "*":
        return None
    inner = text.strip().removeprefix("W/").strip('"')
    if not (inner.isascii() and inner.isdigit()) or len(inner) > 9:
        raise IfMatchMalformed(pointer="/If-Match")
    return int(inner)

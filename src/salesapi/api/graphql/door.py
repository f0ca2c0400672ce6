"""The GraphQL door: `POST /graphql` by the GraphQL-over-HTTP specification, and GraphiQL in development.

With `Accept: application/graphql-response+json` a request of which nothing was executed is answered with 400 and no `data`;
clients that ask for `application/json` get 200 with errors, as that form has always been. A refusal inside an executed
operation is an error with its code and status in `extensions`.
"""

from typing import Final

import orjson
from fastapi import FastAPI, Request, Response
from graphql import OperationType
from strawberry.http.ides import get_graphql_ide_html

from salesapi.api.authentication import Authenticator
from salesapi.api.graphql.board_watch import BoardWatch
from salesapi.api.graphql.context import OperationContext, Sources
from salesapi.api.graphql.documents import Prepared
from salesapi.api.graphql.errors import RequestNotGraphQL
from salesapi.api.graphql.executing import Answer, Executor, refused_answer
from salesapi.api.graphql.schema import build_schema
from salesapi.api.graphql.sockets import Sockets
from salesapi.api.limits import BodyTooLarge
from salesapi.api.outages import ANSWERED, refusal
from salesapi.api.reads.question import ReadSources
from salesapi.api.refusals import STATUS, headers_of
from salesapi.app import Core
from salesapi.commands.bulk import Bulk
from salesapi.commands.command_reading import CommandReader, correlation_id
from salesapi.domain.shared.kernel import Kind, Refused

PATH: Final = "/graphql"
BODY_BYTES_MAX: Final = 64 * 1024
"""Largest request, in bytes: a document and its variables."""
RESPONSE_JSON: Final = "application/graphql-response+json"
PLAIN_JSON: Final = "application/json"


class MediaTypeRefused(Refused):
    """The request's body or the wanted answer is of a type that is not spoken here."""

    code = "graphql.media_type"
    kind = Kind.MALFORMED
    message = "Send `application/json` and accept `application/graphql-response+json` or `application/json`."


class QueriesArePosted(Refused):
    """A GET that is not a browser's."""

    code = "graphql.method"
    kind = Kind.MALFORMED
    message = "Send operations by POST."


class SubscriptionsNeedWebSocket(Refused):
    """A subscription by POST."""

    code = "graphql.subscription"
    kind = Kind.MALFORMED
    message = "Send subscriptions over a WebSocket at the same path, by the protocol graphql-transport-ws."


class GraphQLDoor:
    """Serves one schema over one core."""

    def __init__(self, core: Core, authenticator: Authenticator, reader: CommandReader, reading: ReadSources) -> None:
        self._is_development = core.settings.development
        self._sources = Sources(
            handling=core.handling,
            reader=reader,
            bulk=Bulk(core.catalogue, reader, core.handling),
            reading=reading,
            board=BoardWatch(core.pool, core.log),
            authenticator=authenticator,
            log=core.log,
        )
        self._executor = Executor(build_schema(core.catalogue), with_introspection=self._is_development)
        self._sockets = Sockets(self._executor, self._sources)

    def add_to(self, app: FastAPI) -> None:
        """Mounts the door."""
        app.add_api_route(PATH, self._post, methods=["POST"], include_in_schema=False)
        app.add_api_route(PATH, self._get, methods=["GET"], include_in_schema=False)
        app.add_api_websocket_route(PATH, self._sockets.serve)

    async def _get(self, request: Request) -> Response:
        """GraphiQL for people in development; nothing else is read by GET."""
        if self._is_development and "text/html" in request.headers.get("accept", ""):
            return Response(get_graphql_ide_html("graphiql"), media_type="text/html")
        return _response(refused_answer(QueriesArePosted()), PLAIN_JSON, 405, {"allow": "POST"})

    async def _post(self, request: Request) -> Response:
        media_type = _media_type(request.headers.get("accept"))
        if media_type is None:
            return _response(refused_answer(MediaTypeRefused()), PLAIN_JSON, 406)
        try:
            asked = await self._asked(request)
            content = await _content(request)
        except ANSWERED as failure:
            return _refused(refusal(failure), media_type)
        operation = self._executor.prepared(content)
        if isinstance(operation, Prepared) and operation.kind is OperationType.SUBSCRIPTION:
            operation = refused_answer(SubscriptionsNeedWebSocket())
        answer = operation if isinstance(operation, Answer) else await self._executor.executed(operation, asked)
        is_plain = answer.status == 400 and media_type == PLAIN_JSON
        return _response(answer, media_type, 200 if is_plain else answer.status)

    async def _asked(self, request: Request) -> OperationContext:
        authorization = request.headers.get("authorization", "")
        return OperationContext(
            caller=await self._sources.authenticator.caller(authorization),
            authorization=authorization,
            sources=self._sources,
            request_id=request.scope.get("request_id", ""),
            correlation_id=correlation_id(request.headers.get("x-correlation-id")),
        )


async def _content(request: Request) -> object:
    """The JSON of the body."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PLAIN_JSON:
        raise MediaTypeRefused()
    body = await request.body()
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge(limit=BODY_BYTES_MAX)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestNotGraphQL(reason=f"The body is not JSON: {error}.") from None


def _media_type(accept: str | None) -> str | None:
    """The media type of the answer, or None where none of the accepted ones is spoken here."""
    accepted = [part.partition(";")[0].strip().lower() for part in (accept or PLAIN_JSON).split(",")]
    if RESPONSE_JSON in accepted:
        return RESPONSE_JSON
    return PLAIN_JSON if {PLAIN_JSON, "application/*", "*/*"} & set(accepted) else None


def _refused(refused: Refused, media_type: str) -> Response:
    """A request that did not come as far as its document: the status says why, whatever the media type."""
    status = {MediaTypeRefused: 415, RequestNotGraphQL: 400}.get(type(refused), STATUS[refused.kind])
    return _response(refused_answer(refused), media_type, status, headers_of(refused))


def _response(answer: Answer, media_type: str, status: int, headers: dict[str, str] | None = None) -> Response:
    content = orjson.dumps(answer.content, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
    return Response(content, status, headers, f"{media_type}; charset=utf-8")

"""The export as a download: `GET /v1/export` streams the same bytes that `salesapi export` writes, for an auditor's own disk.

Memory is bounded by a page of events for each export under way. An export that ends without its last line was cut off, which
`salesapi verify` tells.
"""

from collections.abc import AsyncIterator
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from salesapi.access.principals import refuse_foreign_role
from salesapi.api.authentication import Authenticator
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.parameters import ParameterInvalid, ParameterUnknown, described
from salesapi.audit.exporting import Exported, export_lines, plan_export
from salesapi.database.connections import SNAPSHOT_READS, OwnConnection, open_connection
from salesapi.domain.shared.kernel import Kind, Refused, roles

EXPORT_ROLES: Final = roles("auditor", "finance", "admin")
EXPORTS_MAX: Final = 2
"""Exports of one process at the same time."""
SIZE_DIGITS_MAX: Final = 18
MEDIA_TYPE: Final = "application/jsonl"


class TooManyExports(Refused):
    """As many exports as one process makes at a time are under way."""

    code = "export.too_many"
    kind = Kind.UNAVAILABLE
    message = "{limit} exports are under way already; ask again when one of them is done."


class ExportPastHead(Refused):
    """An export of more events than there are."""

    code = "export.past_head"
    kind = Kind.RULE
    message = "The log has fewer than {up_to} events."


class ExportRoutes:
    """Adds the export's route."""

    def __init__(self, authenticator: Authenticator, database_url: str | None) -> None:
        """`database_url` is the application role's; each export has a connection of its own."""
        self._authenticator = authenticator
        self._database_url = database_url
        self._under_way = 0

    def add_to(self, app: FastAPI) -> None:
        """Adds it."""
        app.add_api_route(
            "/v1/export",
            self._answer,
            methods=["GET"],
            operation_id="export",
            tags=["events"],
            summary="The whole log as evidence",
            description=DESCRIPTION,
            response_model=None,
            responses={
                200: {"description": "The export.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
                **{status: refusal for status, refusal in REFUSALS.items() if status in (401, 403, 409, 422, 503)},
            },
            openapi_extra={"parameters": PARAMETERS},
        )

    async def _answer(self, request: Request) -> StreamingResponse:
        caller = await self._authenticator.caller(request.headers.get("authorization"))
        refuse_foreign_role(caller.principal, EXPORT_ROLES, "The export")
        up_to = _up_to(request)
        if self._under_way >= EXPORTS_MAX:
            raise TooManyExports(limit=EXPORTS_MAX)
        self._under_way += 1
        try:
            return await self._begun(up_to)
        except BaseException:
            self._under_way -= 1
            raise

    async def _begun(self, up_to: int | None) -> StreamingResponse:
        assert self._database_url is not None, "a running core has a database"
        connection = await open_connection(self._database_url, name="export", settings=SNAPSHOT_READS)
        try:
            plan = await plan_export(connection, up_to)
        except ValueError as error:
            await connection.close()
            raise ExportPastHead(pointer="/upTo", up_to=up_to or 0) from error
        except BaseException:
            connection.terminate()
            raise
        return _Download(self, connection, plan)

    async def ended(self, connection: OwnConnection) -> None:
        """Gives the connection and the place up, whether the download was whole or cut off."""
        self._under_way -= 1
        connection.terminate()


class _Download(StreamingResponse):
    """Streams an export, and gives everything up at its end, also where the client left before it began."""

    def __init__(self, routes: ExportRoutes, connection: OwnConnection, plan: Exported) -> None:
        name = f"salesapi-{plan.size}.jsonl"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        super().__init__(_bytes(connection, plan), 200, headers, MEDIA_TYPE)
        self._routes = routes
        self._connection = connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._routes.ended(self._connection)


async def _bytes(connection: OwnConnection, plan: Exported) -> AsyncIterator[bytes]:
    async for lines in export_lines(connection, plan):
        yield b"".join(lines)


def _up_to(request: Request) -> int | None:
    for name in request.query_params:
        if name != "upTo":
            raise ParameterUnknown(name=name[:60], known=("upTo",), pointer=f"/{name[:60]}")
    text = request.query_params.get("upTo")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > SIZE_DIGITS_MAX:
        raise ParameterInvalid(name="upTo", reason="it is a number of events", pointer="/upTo")
    return int(text)


DESCRIPTION: Final = f"""The stored events as JSON lines, byte for byte, with the root of the audit tree in the last line.

It is what `salesapi export` writes, and `salesapi verify --export` checks without a server. Without its last line it was cut off.

Personal fields are sealed, and the keys are not in it. Roles: {", ".join(sorted(EXPORT_ROLES))}."""
PARAMETERS: Final = [
    described(
        "upTo",
        {"type": "integer", "format": "int64", "minimum": 0},
        about="Only the first so many events; without it all that there are now.",
    ),
]

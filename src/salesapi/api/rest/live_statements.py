"""REST route of live statements: `GET /v1/live-statements/{plan_id}/{member_id}?period=2026-03`."""

from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Request, Response

from salesapi.api.authentication import Asking
from salesapi.api.read_positions import log_reached
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.parameters import (
    EXPAND,
    MIN_POSITION,
    PAGE,
    ParameterInvalid,
    expands_events,
    min_position,
    page_request,
    sent_once,
)
from salesapi.api.rest.reads import path_ids
from salesapi.eventlog.recorder import EventLog
from salesapi.ledgers import Ledgers
from salesapi.queries.pay.line_events import events_of_page
from salesapi.queries.pay.live_statements import LiveQuestion, live_statement
from salesapi.schemas.answers import item_of
from salesapi.schemas.pay.live_statements import LiveStatementTrace

if TYPE_CHECKING:
    import asyncpg

PATH: Final = "/v1/live-statements/{plan_id}/{member_id}"
_DESCRIPTION: Final = """What a payout run would calculate now, from everything recorded up to the head of the log, with what \
surrounds it: attainment and the derivation of the quota, the distance to the next tier, the rank, the year to date, and what is \
earned and still to come. With `minPosition` it reflects a write of your own. It pays nothing: issued statements do.

Pages of lines are of the moment at which each is asked for: compare `position`."""
_PARAMETERS: Final[list[dict[str, Any]]] = [
    *(
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in ("plan_id", "member_id")
    ),
    {
        "name": "period",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "examples": ["2026-03", "2026Q1", "2026"]},
        "description": "A period that the plan pays by: a month, a quarter or a year.",
    },
    *PAGE,
    EXPAND,
    MIN_POSITION,
]


class LiveStatementRoutes:
    """Adds the route."""

    def __init__(self, asking: Asking, pool: "asyncpg.Pool[asyncpg.Record]", log: EventLog, ledgers: Ledgers) -> None:
        self._asking = asking
        self._pool = pool
        self._log = log
        self._ledgers = ledgers

    def add_to(self, app: FastAPI) -> None:
        """Adds it."""
        app.add_api_route(
            PATH,
            self._live_statement,
            methods=["GET"],
            operation_id="liveStatement",
            tags=["live-statements"],
            summary="A member's statement as it stands now",
            description=_DESCRIPTION,
            response_model=None,
            responses={
                200: {"model": item_of(LiveStatementTrace), "description": "The answer."},
                **{status: REFUSALS[status] for status in (401, 404, 409, 422, 503)},
            },
            openapi_extra={"parameters": _PARAMETERS},
        )

    async def _live_statement(self, request: Request) -> Response:
        asker = await self._asking.asker(request.headers.get("authorization"))
        plan_id, member_id = path_ids(request)
        sent = sent_once(request, ("period", "first", "after", "expand", "minPosition"))
        page, is_expanded = page_request(sent), expands_events(sent)
        if "period" not in sent:
            raise ParameterInvalid(name="period", reason="it is missing", pointer="/period")
        await log_reached(self._log, min_position(sent))
        question = LiveQuestion(plan_id=plan_id, member_id=member_id, period=sent["period"])
        found = await live_statement(self._ledgers, asker.pay, question)
        lines, events = found.page(page), None
        if is_expanded:
            async with self._pool.acquire() as connection:
                events = await events_of_page(connection, asker.pay, lines.items)
        trace = LiveStatementTrace(
            statement=found.statement, lines=lines.items, next_cursor=lines.next_cursor, events=events
        )
        return json_answer({"item": trace, "position": found.statement.position})

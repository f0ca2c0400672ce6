"""REST route of estimates: `GET /v1/deals/{deal_id}/commission-estimate`."""

from typing import Any, Final

from fastapi import FastAPI, Request, Response

from salesapi.api.authentication import Asking
from salesapi.api.read_positions import log_reached
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.parameters import MIN_POSITION, min_position, sent_once
from salesapi.api.rest.reads import path_ids
from salesapi.commands.stream_states import StreamStates
from salesapi.eventlog.recorder import EventLog
from salesapi.ledgers import Ledgers
from salesapi.queries.pay.commission_estimates import commission_estimate
from salesapi.schemas.answers import item_of
from salesapi.schemas.pay.commission_estimates import CommissionEstimate

PATH: Final = "/v1/deals/{deal_id}/commission-estimate"
_DESCRIPTION: Final = """For everybody whose pay is in your scope and whom the win would credit: what is earned in the period in \
which the deal is expected to close, with the deal less without it. It is an estimate: nothing is posted. The deal needs an \
amount and an expected closing day."""
_DEAL_ID: Final[dict[str, Any]] = {
    "name": "deal_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}


class EstimateRoutes:
    """Adds the route."""

    def __init__(self, asking: Asking, log: EventLog, states: StreamStates, ledgers: Ledgers) -> None:
        self._asking = asking
        self._log = log
        self._states = states
        self._ledgers = ledgers

    def add_to(self, app: FastAPI) -> None:
        """Adds it."""
        app.add_api_route(
            PATH,
            self._estimate,
            methods=["GET"],
            operation_id="commissionEstimate",
            tags=["deals"],
            summary="What an open deal would earn, to whom, as an estimate",
            description=_DESCRIPTION,
            response_model=None,
            responses={
                200: {"model": item_of(CommissionEstimate), "description": "The answer."},
                **{status: REFUSALS[status] for status in (401, 404, 409, 422, 503)},
            },
            openapi_extra={"parameters": [_DEAL_ID, MIN_POSITION]},
        )

    async def _estimate(self, request: Request) -> Response:
        asker = await self._asking.asker(request.headers.get("authorization"))
        (deal_id,) = path_ids(request)
        await log_reached(self._log, min_position(sent_once(request, ("minPosition",))))
        found, position = await commission_estimate(
            self._states, self._ledgers, deal_id, rows=asker.rows, pay=asker.pay
        )
        return json_answer({"item": found, "position": position})

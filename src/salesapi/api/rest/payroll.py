"""REST route of the export to payroll and ERP (R71): `GET /v1/payout-runs/{payout_run_id}/payroll`, as JSON or CSV.

The answer carries neither a position nor an instant, so that the same request gives the same bytes again.
"""

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Request, Response

from salesapi.api.authentication import Asking
from salesapi.api.read_positions import reached
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.csv_answers import FORMAT, csv_answer, csv_content, is_csv
from salesapi.api.rest.parameters import MIN_POSITION, min_position, sent_once
from salesapi.api.rest.reads import path_ids
from salesapi.queries.pay.payroll import LINES_MAX, READS, locked_run, payroll
from salesapi.schemas.pay.payroll import Payroll, PayrollLine

if TYPE_CHECKING:
    import asyncpg

PATH: Final = "/v1/payout-runs/{payout_run_id}/payroll"
COLUMNS: Final = tuple(field.name for field in fields(PayrollLine))
"""The columns of CSV: the fields of a line, in their order."""

_PARAMETERS: Final[list[dict[str, Any]]] = [
    {"name": "payout_run_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
    {
        "name": "batch",
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": "Only the members whom this batch pays, as it was instructed, whatever became of it.",
    },
    FORMAT,
    MIN_POSITION,
]
_DESCRIPTION: Final = f"""One line for each member, component, account and period that it is for; lines of 0 are left out. The \
lines of a member sum to its statement; a batch has the lines that it pays. The account follows from the kind \
of line, as in the totals of a statement. Cost centre, employee number and employer are those that were known when the run was \
calculated. Who sees only some statements gets the lines of these. At most {LINES_MAX:,} lines.

The same request gives the same bytes again, whatever happens later."""


class PayrollRoutes:
    """Adds the route."""

    def __init__(self, asking: Asking, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._asking = asking
        self._pool = pool

    def add_to(self, app: FastAPI) -> None:
        """Adds it."""
        app.add_api_route(
            PATH,
            self._payroll,
            methods=["GET"],
            operation_id="payroll",
            tags=["payout-runs"],
            summary="A locked run for payroll and ERP, as JSON or CSV",
            description=_DESCRIPTION,
            response_model=None,
            responses={
                200: {"model": Payroll, "description": "The export.", "content": csv_content()},
                **{status: REFUSALS[status] for status in (401, 404, 409, 422, 503)},
            },
            openapi_extra={"parameters": _PARAMETERS},
        )

    async def _payroll(self, request: Request) -> Response:
        asker = await self._asking.asker(request.headers.get("authorization"))
        (run_id,) = path_ids(request)
        sent = sent_once(request, ("batch", "format", "minPosition"))
        as_csv = is_csv(sent)
        await reached(self._pool, READS, min_position(sent))
        async with self._pool.acquire() as connection:
            run = await locked_run(connection, asker.pay, run_id)
        await reached(self._pool, READS, run.position)
        async with self._pool.acquire() as connection:
            found = await payroll(connection, asker.pay, run, sent.get("batch"))
        if as_csv:
            return csv_answer(f"payroll-{run_id}", COLUMNS, map(attrgetter(*COLUMNS), found.lines))
        return json_answer(found)

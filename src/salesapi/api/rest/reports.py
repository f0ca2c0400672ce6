"""REST routes of reports: `GET /v1/reports/deals`, `.../funnel`, `.../stage-velocity`, `.../receivables`."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI, Request, Response

from salesapi.api.authentication import Asking
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.receivables_parameters import ReceivablesParameters
from salesapi.api.rest.receivables_parameters import described_parameters as described_receivables
from salesapi.api.rest.report_parameters import (
    WINDOW,
    WINDOW_DESCRIBED,
    ReportParameters,
    described_parameters,
    parameter,
)
from salesapi.queries.selling.reports import Reports
from salesapi.queries.selling.reports_question import BY_STAGE_ALREADY
from salesapi.schemas.cash.receivables import ReceivablesReport
from salesapi.schemas.selling.reports import DealReport, FunnelCohort, FunnelSnapshot, StageVelocity

MODES: Final = ("snapshot", "cohort")
NOT_STORED: Final = {"cache-control": "no-store"}
_STATUSES: Final = (401, 413, 422, 503)


class ReportRoutes:
    """Adds the routes of reports. Any role may ask; the scope says whose deals are counted."""

    def __init__(self, asking: Asking, reports: Reports) -> None:
        self._asking = asking
        self._reports = reports

    def add_to(self, app: FastAPI) -> None:
        """Adds them."""
        add_report(app, "deals", self._deals, DealReport, described_parameters())
        windowed = described_parameters(*WINDOW_DESCRIBED)
        mode = parameter("mode", {"type": "string", "enum": MODES, "default": MODES[0]}, "Flow, or cohorts.")
        add_report(app, "funnel", self._funnel, FunnelSnapshot | FunnelCohort, [*windowed, mode])
        add_report(app, "stage-velocity", self._stage_velocity, StageVelocity, windowed)
        add_report(app, "receivables", self._receivables, ReceivablesReport, described_receivables())

    async def _deals(self, request: Request) -> Response:
        """Deals: counts, win rates, values, sales cycles

        One set of figures for each group; without `groupBy` there is one group of all deals. Values are by currency.
        """
        asker = await self._asking.asker(request.headers.get("authorization"))
        parameters = ReportParameters(request)
        report = await self._reports.deals(parameters.question(), asker.rows, parameters.min_position)
        return json_answer(report, headers=NOT_STORED)

    async def _funnel(self, request: Request) -> Response:
        """Funnel: stages with their conversion, by snapshot or by cohort

        `snapshot`: the deals in each stage, and how stages were left within the window `from` to `to`. `cohort`: of the deals
        that entered a stage within the window, how many were ever in the next one, or won; a deal counts once a stage.
        """
        asker = await self._asking.asker(request.headers.get("authorization"))
        parameters = ReportParameters(request, also=(*WINDOW, "mode"))
        is_cohort = parameters.choice("mode", MODES) == "cohort"
        answer = self._reports.funnel_cohort if is_cohort else self._reports.funnel_snapshot
        report = await answer(parameters.question(but=BY_STAGE_ALREADY), asker.rows, parameters.min_position)
        return json_answer(report, headers=NOT_STORED)

    async def _stage_velocity(self, request: Request) -> Response:
        """Stage velocity: how long deals stay in each stage

        Median and p90 over the visits that ended within the window `from` to `to`. Visits that last are told apart, with
        their ages on the day `asOf`.
        """
        asker = await self._asking.asker(request.headers.get("authorization"))
        parameters = ReportParameters(request, also=WINDOW)
        question = parameters.question(but=BY_STAGE_ALREADY)
        report = await self._reports.stage_velocity(question, asker.rows, parameters.min_position)
        return json_answer(report, headers=NOT_STORED)

    async def _receivables(self, request: Request) -> Response:
        """Receivables: open invoices by age, and how fast they are paid

        What is open at the end of the day `asOf`, by currency and by days overdue: that day less the due date. The collection
        cycle is counted over the invoices that were settled with money within the window `from` to `to`.
        """
        asker = await self._asking.asker(request.headers.get("authorization"))
        parameters = ReceivablesParameters(request)
        report = await self._reports.receivables(parameters.question(), asker.rows, parameters.min_position)
        return json_answer(report, headers=NOT_STORED)


def add_report(
    app: FastAPI,
    name: str,
    endpoint: Callable[[Request], Awaitable[Response]],
    shape: object,
    parameters: list[dict[str, Any]],
    *,
    content: dict[str, Any] | None = None,
) -> None:
    """Adds the route of a report; its endpoint's docstring is its documentation. `content` are further forms of the answer."""
    summary, _, description = (endpoint.__doc__ or "").partition("\n")
    app.add_api_route(
        f"/v1/reports/{name}",
        endpoint,
        methods=["GET"],
        operation_id=f"{name.replace('-', ' ').title().replace(' ', '')}Report",
        tags=["reports"],
        summary=summary,
        description=description.strip(),
        response_model=None,
        responses={
            200: {"description": "The report.", "model": shape, "content": content or {}},
            **{status: refusal for status, refusal in REFUSALS.items() if status in _STATUSES},
        },
        openapi_extra={"parameters": parameters},
    )

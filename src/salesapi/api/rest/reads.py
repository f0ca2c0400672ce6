"""REST routes of lists and details. Each asks one question of `queries/`; the answer carries the position that it reflects."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from fastapi import FastAPI, Request, Response

from salesapi.api.authentication import Asker, Asking
from salesapi.api.read_positions import log_reached, reached
from salesapi.api.reads.catalogue import ITEMS, LISTS
from salesapi.api.reads.declaration import ItemRead, ListRead
from salesapi.api.rest.answers import json_answer
from salesapi.api.rest.commands import REFUSALS
from salesapi.api.rest.parameters import (
    EXPAND,
    MIN_POSITION,
    PAGE,
    ListParameters,
    ParameterInvalid,
    day,
    expands_events,
    min_position,
    number,
    page_request,
    sent_once,
)
from salesapi.clock import Clock
from salesapi.commands.stream_states import StreamStates
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.pay.plans.compensation_plans import VERSIONS_MAX
from salesapi.eventlog.recorder import EventLog
from salesapi.queries.customers.customers import TIMELINE_READS, customer_timeline
from salesapi.queries.organisation.teams import teams_on
from salesapi.queries.paging import Page
from salesapi.queries.pay import compensation_plans
from salesapi.queries.pay.line_events import events_of_page
from salesapi.queries.pay.payout_runs import READS, payout_run, statement, statement_lines, statements
from salesapi.queries.selling.deals import VISITS_READ, stage_visits
from salesapi.schemas.answers import item_of, items_of, page_of
from salesapi.schemas.customers.customers import TimelineEntry
from salesapi.schemas.organisation.teams import Team
from salesapi.schemas.pay.compensation_plans import CompensationPlanDifferences
from salesapi.schemas.pay.payout_runs import Statement, StatementFilter, StatementOrder, StatementTrace
from salesapi.schemas.selling.deals import StageVisit

if TYPE_CHECKING:
    import asyncpg

_REFUSED: Final[dict[int | str, dict[str, Any]]] = {status: REFUSALS[status] for status in (401, 404, 422, 503)}
_PAGED: Final = ("first", "after", "minPosition")
_DAY: Final[dict[str, Any]] = {
    "name": "on",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "format": "date"},
    "description": "The day on which the teams are shown; without it today (UTC).",
}
_VERSIONS: Final[list[dict[str, Any]]] = [
    {
        "name": name,
        "in": "query",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": VERSIONS_MAX},
        "description": f"Number of the version that {what}.",
    }
    for name, what in (("from", "is compared with"), ("to", "is compared"))
]


class ReadRoutes:
    """Adds the routes of all reads that are no reports."""

    def __init__(
        self, asking: Asking, pool: "asyncpg.Pool[asyncpg.Record]", states: StreamStates, log: EventLog, clock: Clock
    ) -> None:
        self._asking = asking
        self._pool = pool
        self._states = states
        self._log = log
        self._clock = clock

    def add_to(self, app: FastAPI) -> None:
        """Adds all of them."""
        for listed in LISTS:
            self._add_list(app, listed)
        for item in ITEMS:
            self._add_item(app, item)
        paged = [*PAGE, MIN_POSITION]
        for path, name, summary, endpoint, answer, parameters in (
            (
                "/v1/deals/{deal_id}/stage-visits",
                "stageVisits",
                "The stays of a deal in its stages",
                self._stage_visits,
                items_of(StageVisit),
                [MIN_POSITION],
            ),
            (
                "/v1/customers/{customer_id}/timeline",
                "customerTimeline",
                "What happened to a customer, its deals, leads, agreements and invoices, the latest recorded first",
                self._timeline,
                page_of(TimelineEntry),
                paged,
            ),
            ("/v1/teams", "teams", "Teams as they stand on a day", self._teams, page_of(Team), [_DAY, *paged]),
            (
                "/v1/compensation-plans/{plan_id}/differences",
                "compensationPlanDifferences",
                "What one version of a compensation plan changes against another",
                self._plan_differences,
                item_of(CompensationPlanDifferences),
                [*_VERSIONS, MIN_POSITION],
            ),
            (
                "/v1/payout-runs/{payout_run_id}/statements",
                "payoutRunStatements",
                "Statements of a payout run that stand, the largest first",
                self._run_statements,
                page_of(Statement),
                paged,
            ),
            (
                "/v1/statements/{payout_run_id}/{member_id}",
                "statement",
                "One statement with its lines, each with the trace that explains it",
                self._statement,
                item_of(StatementTrace),
                [*paged, EXPAND],
            ),
        ):
            _add(app, path, endpoint, name=name, summary=summary, answer=answer, parameters=parameters)

    def _add_list(self, app: FastAPI, read: ListRead) -> None:
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

    def _add_item(self, app: FastAPI, read: ItemRead) -> None:
        async def endpoint(request: Request) -> Response:
            asker = await self._asker(request)
            (id,) = path_ids(request)
            sent = sent_once(request, ("minPosition",))
            position = await reached(self._pool, read.reads, min_position(sent))
            async with self._pool.acquire() as connection:
                item = await read.query(connection, asker.scope(read.scope), id)
            return item_answer(item, position)

        answer = item_of(read.shape)
        _add(app, read.path, endpoint, name=read.name, summary=read.summary, answer=answer, parameters=[MIN_POSITION])

    async def _stage_visits(self, request: Request) -> Response:
        asker = await self._asker(request)
        (deal_id,) = path_ids(request)
        position = await reached(self._pool, VISITS_READ, min_position(sent_once(request, ("minPosition",))))
        async with self._pool.acquire() as connection:
            visits = await stage_visits(connection, asker.rows, deal_id)
        return json_answer({"items": visits, "position": position})

    async def _timeline(self, request: Request) -> Response:
        asker = await self._asker(request)
        (customer_id,) = path_ids(request)
        sent = sent_once(request, _PAGED)
        page = page_request(sent)
        position = await reached(self._pool, TIMELINE_READS, min_position(sent))
        async with self._pool.acquire() as connection:
            entries = await customer_timeline(connection, asker.rows, customer_id, page)
        return page_answer(entries, position)

    async def _plan_differences(self, request: Request) -> Response:
        asker = await self._asker(request)
        (plan_id,) = path_ids(request)
        sent = sent_once(request, ("from", "to", "minPosition"))
        numbers = {f"version_{name}": number(sent, name, VERSIONS_MAX) for name in ("from", "to")}
        position = await reached(self._pool, compensation_plans.READS, min_position(sent))
        async with self._pool.acquire() as connection:
            found = await compensation_plans.compensation_plan_differences(connection, asker.pay, plan_id, **numbers)
        return item_answer(found, position)

    async def _run_statements(self, request: Request) -> Response:
        asker = await self._asker(request)
        (run_id,) = path_ids(request)
        sent = sent_once(request, _PAGED)
        page = page_request(sent)
        position = await reached(self._pool, READS, min_position(sent))
        async with self._pool.acquire() as connection:
            await payout_run(connection, asker.pay, run_id)
            where = StatementFilter(payout_run_id=run_id)
            found = await statements(connection, asker.pay, where=where, order=StatementOrder.TOTAL_DESC, page=page)
        return page_answer(found, position)

    async def _statement(self, request: Request) -> Response:
        asker = await self._asker(request)
        run_id, member_id = path_ids(request)
        sent = sent_once(request, (*_PAGED, "expand"))
        page, is_expanded = page_request(sent), expands_events(sent)
        position = await reached(self._pool, READS, min_position(sent))
        async with self._pool.acquire() as connection:
            found = await statement(connection, asker.pay, payout_run_id=run_id, member_id=member_id)
            lines = await statement_lines(connection, found, page)
            events = await events_of_page(connection, asker.pay, lines.items) if is_expanded else None
        trace = StatementTrace(statement=found, lines=lines.items, next_cursor=lines.next_cursor, events=events)
        return json_answer({"item": trace, "position": position})

    async def _teams(self, request: Request) -> Response:
        await self._asker(request)
        sent = sent_once(request, ("on", *_PAGED))
        page, on = page_request(sent), day(sent, "on") or self._clock.now().date()
        position = await log_reached(self._log, min_position(sent))
        teams = await self._states.state(TREE)
        return page_answer(teams_on(teams if isinstance(teams, Teams) else Teams(), on, page), position)

    async def _asker(self, request: Request) -> Asker:
        return await self._asking.asker(request.headers.get("authorization"))


def path_ids(request: Request) -> tuple[UUID, ...]:
    """The ids in the path, in their order.

    Raises:
        ParameterInvalid: one is no UUID.
    """
    return tuple(_uuid(name, text) for name, text in request.path_params.items())


def _uuid(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ParameterInvalid(name=name, reason="it is no UUID", pointer=f"/{name}") from None


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

"""Puts both doors, health and metrics on one ASGI application."""

from fastapi import FastAPI

from salesapi.api.authentication import Asking
from salesapi.api.graphql.door import GraphQLDoor
from salesapi.api.limits import App, Bounded, Metrics
from salesapi.api.openapi import described
from salesapi.api.rest.answers import add_problem_handlers
from salesapi.api.rest.commands import CommandRoutes
from salesapi.api.rest.estimates import EstimateRoutes
from salesapi.api.rest.feed import FeedRoutes
from salesapi.api.rest.finance_reports import FinanceReportRoutes
from salesapi.api.rest.health import HealthRoutes
from salesapi.api.rest.live_statements import LiveStatementRoutes
from salesapi.api.rest.payroll import PayrollRoutes
from salesapi.api.rest.reads import ReadRoutes
from salesapi.api.rest.reports import ReportRoutes
from salesapi.app import Core
from salesapi.commands.command_reading import CommandReader
from salesapi.queries.selling.reports import Reports
from salesapi.subscriptions.names import always_followed


def http_app(core: Core) -> App:
    """The ASGI application over a running core."""
    return Bounded(doors(core), Metrics(core.registry))


def doors(core: Core) -> FastAPI:
    """All routes of both doors."""
    development = core.settings.development
    app = FastAPI(
        title="salesapi",
        version="1",
        openapi_url="/openapi.json" if development else None,
        docs_url="/docs" if development else None,
        redoc_url=None,
    )
    add_problem_handlers(app)
    asking = Asking(core.api_keys, core.scopes, core.clock)
    reader = CommandReader(core.catalogue, core.clock, core.settings.time_zone)
    CommandRoutes(core.catalogue, asking, reader, core.handling, core.epoch).add_to(app)
    ReadRoutes(asking, core.pool, core.states, core.log, core.clock).add_to(app)
    EstimateRoutes(asking, core.log, core.states, core.ledgers).add_to(app)
    LiveStatementRoutes(asking, core.pool, core.log, core.ledgers).add_to(app)
    PayrollRoutes(asking, core.pool).add_to(app)
    reports = Reports(core.pool, core.states)
    ReportRoutes(asking, reports).add_to(app)
    FinanceReportRoutes(asking, reports).add_to(app)
    FeedRoutes(asking, core.log, core.epoch, core.catalogue).add_to(app)
    HealthRoutes(core.pool, core.registry, always_followed(has_nats=core.settings.nats_url is not None)).add_to(app)
    GraphQLDoor(core, asking, reader).add_to(app)
    described(app, core.catalogue)
    return app

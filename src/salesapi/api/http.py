"""Puts both doors, health and metrics on one ASGI application."""

from fastapi import FastAPI
from starlette.types import ASGIApp

from salesapi.api.authentication import Authenticator
from salesapi.api.graphql.door import GraphQLDoor
from salesapi.api.limits import Bounded, Metrics
from salesapi.api.openapi import described
from salesapi.api.reads.question import ReadSources
from salesapi.api.rest.answers import add_problem_handlers
from salesapi.api.rest.commands import CommandRoutes
from salesapi.api.rest.export import ExportRoutes
from salesapi.api.rest.feed import FeedRoutes
from salesapi.api.rest.health import HealthRoutes
from salesapi.api.rest.questions import QuestionRoutes
from salesapi.api.routing import RoutesByThing
from salesapi.app import Core
from salesapi.commands.command_reading import CommandReader
from salesapi.queries.reports import Reports
from salesapi.subscriptions.names import always_followed


def http_app(core: Core) -> ASGIApp:
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
    authenticator = Authenticator(core.api_keys, core.scopes, core.clock)
    reader = CommandReader(core.catalogue, core.clock, core.settings.time_zone)
    CommandRoutes(core.catalogue, authenticator, reader=reader, handling=core.handling, log=core.log).add_to(app)
    reading = read_sources(core)
    QuestionRoutes(authenticator, reading).add_to(app)
    FeedRoutes(authenticator, core.log, core.catalogue).add_to(app)
    database_url = core.settings.database_url
    ExportRoutes(authenticator, None if database_url is None else database_url.get_secret_value()).add_to(app)
    expected = always_followed(has_nats=core.settings.nats_url is not None)
    HealthRoutes(core.pool, core.registry, room=core.room, expected=expected).add_to(app)
    GraphQLDoor(core, authenticator, reader, reading).add_to(app)
    described(app, core.catalogue)
    app.router.routes = [RoutesByThing(app.router.routes)]
    return app


def read_sources(core: Core) -> ReadSources:
    """Collects the sources that the questions of this process share."""
    return ReadSources(
        pool=core.pool,
        log=core.log,
        states=core.states,
        ledgers=core.ledgers,
        clock=core.clock,
        reports=Reports(core.pool, core.states, core.clock, core.bounds),
    )

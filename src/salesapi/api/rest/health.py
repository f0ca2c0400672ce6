"""`/healthz`: this process lives. `/readyz`: it can do its work, and which follower lags or has stopped. Both are open."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response

from salesapi.api.rest.answers import json_answer
from salesapi.queries.health import health

if TYPE_CHECKING:
    import asyncpg


class HealthRoutes:
    """Adds the two routes; they are not part of the API's contract."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    def add_to(self, app: FastAPI) -> None:
        """Adds them."""
        app.add_api_route("/healthz", self._live, methods=["GET"], include_in_schema=False)
        app.add_api_route("/readyz", self._ready, methods=["GET"], include_in_schema=False)

    async def _live(self, request: Request) -> Response:
        return json_answer({"status": "alive"})

    async def _ready(self, request: Request) -> Response:
        found = await health(self._pool)
        if found is None:
            return json_answer({"status": "not ready", "reason": "PostgreSQL does not answer"}, 503)
        return json_answer({"status": "ready", **asdict(found)})

"""`/healthz`: this process lives. `/readyz`: it can do its work, and which follower lags or has stopped. Both are open."""

from typing import Any, Final

import asyncpg
from fastapi import FastAPI, Request, Response

from salesapi.api.rest.answers import json_answer
from salesapi.app import Core

READY_SECONDS: Final = 2.0
"""Longest wait for the database before it counts as down."""


class HealthRoutes:
    """Adds the two routes."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def add_to(self, app: FastAPI) -> None:
        """Adds them; they are not part of the API's contract."""
        app.add_api_route("/healthz", self._live, methods=["GET"], include_in_schema=False)
        app.add_api_route("/readyz", self._ready, methods=["GET"], include_in_schema=False)

    async def _live(self, request: Request) -> Response:
        return json_answer({"status": "alive"})

    async def _ready(self, request: Request) -> Response:
        try:
            followers = await self._core.pool.fetch(FOLLOWERS, timeout=READY_SECONDS)
            head = await self._core.pool.fetchval("SELECT coalesce(max(position), 0) FROM log.event")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return json_answer({"status": "not ready", "reason": "PostgreSQL does not answer"}, 503)
        stopped: list[dict[str, Any]] = [dict(row) for row in await self._core.pool.fetch(STOPPED)]
        return json_answer(
            {
                "status": "ready",
                "head": head,
                "followers": [{**dict(row), "lag": head - row["position"]} for row in followers],
                "stopped": stopped,
            }
        )


FOLLOWERS: Final = "SELECT follower, position FROM log.tracking ORDER BY follower"
STOPPED: Final = "SELECT name, position, error, since FROM read.stopped ORDER BY name"

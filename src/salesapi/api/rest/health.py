"""`/healthz`: this process lives. `/readyz`: it can do its work, and how each follower is. `/metrics`: the same in numbers.

The status of `/readyz` is about this process alone: 200 where it can answer requests, 503 where it cannot, so that a load
balancer takes a server away for its own fault only. A follower in trouble makes every server's reads stale alike, and taking
all of them away would help nobody: it is named in the body, where `are_followers_well` is false then, and in the metrics,
for an alarm. All three are open: they hold no secret and no value of an event.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final, get_args

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from salesapi.api.rest.answers import json_answer
from salesapi.database.connections import Pool
from salesapi.queries.health import Health, State, health, is_restore_untold

RESTORE_UNTOLD: Final = "the database was made from a backup: run `salesapi restored`, nothing is written before"
METRICS_MEDIA_TYPE: Final = "text/plain; version=0.0.4"


class HealthRoutes:
    """Adds the three routes; they are not part of the API's contract."""

    def __init__(self, pool: Pool, registry: CollectorRegistry, expected: Sequence[str]) -> None:
        """`registry` holds this process's own metrics; `expected` are the followers that must run in some process."""
        self._pool = pool
        self._registry = registry
        self._expected = tuple(expected)

    def add_to(self, app: FastAPI) -> None:
        """Adds them."""
        app.add_api_route("/healthz", self._live, methods=["GET"], include_in_schema=False)
        app.add_api_route("/readyz", self._ready, methods=["GET"], include_in_schema=False)
        app.add_api_route("/metrics", self._metrics, methods=["GET"], include_in_schema=False)

    async def _live(self, request: Request) -> Response:
        return json_answer({"status": "alive"})

    async def _ready(self, request: Request) -> Response:
        found = await health(self._pool, self._expected)
        if found is None:
            return json_answer({"status": "not ready", "reason": "PostgreSQL does not answer"}, 503)
        if await is_restore_untold(self._pool):
            return json_answer({"status": "not ready", "reason": RESTORE_UNTOLD, **asdict(found)}, 503)
        return json_answer({"status": "ready", **asdict(found)})

    async def _metrics(self, request: Request) -> Response:
        found = await health(self._pool, self._expected)
        followers = b"" if found is None else generate_latest(_gauges(found))
        return Response(generate_latest(self._registry) + followers, media_type=METRICS_MEDIA_TYPE)


def _gauges(found: Health) -> CollectorRegistry:
    """The followers' metrics. Made anew each time: a follower that is gone must not be shown for ever."""
    registry = CollectorRegistry()
    Gauge("salesapi_log_head", "Position of the log's last event.", registry=registry).set(found.head)
    position = Gauge("salesapi_follower_position", "Position up to which it is done.", ["follower"], registry=registry)
    lag = Gauge(
        "salesapi_follower_lag_events", "Events between it and the log's head.", ["follower"], registry=registry
    )
    states = Gauge(
        "salesapi_follower_state", "1 for the state that it is in.", ["follower", "state"], registry=registry
    )
    trouble = Gauge(
        "salesapi_follower_trouble",
        "1 while it does not follow, with the reason.",
        ["follower", "error"],
        registry=registry,
    )
    for each in found.followers:
        position.labels(each.follower).set(each.position)
        lag.labels(each.follower).set(each.lag)
        for state in get_args(State):
            states.labels(each.follower, state).set(each.state == state)
        if each.state != "following":
            trouble.labels(each.follower, each.error or each.state).set(1)
    return registry

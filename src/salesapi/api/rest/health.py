"""`/healthz`: this process lives. `/readyz`: it can do its work, and how each follower is. `/metrics`: the same in numbers.

The status of `/readyz` is about this process alone: 200 where it can answer requests, 503 where it cannot, so that a load
balancer takes a server away for its own fault only. A follower in trouble makes every server's reads stale alike, and taking
all of them away would help nobody: it is named in the body, where `are_followers_well` is false then, and in the metrics,
for an alarm. A full disk is told with 503, too: who sends writes elsewhere asks `/readyz`, who only reads asks
`/readyz?for=reads`. All three are open: they hold no secret and no value of an event.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final, get_args

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from salesapi.api.rest.answers import json_answer
from salesapi.database.connections import Pool
from salesapi.eventlog.room import StorageRoom
from salesapi.queries.health import Health, State, health, is_restore_untold
from salesapi.streaming.comparing import KINDS

RESTORE_UNTOLD: Final = "the database was made from a backup: run `salesapi restored`, nothing is written before"
METRICS_MEDIA_TYPE: Final = "text/plain; version=0.0.4"


class HealthRoutes:
    """Adds the three routes; they are not part of the API's contract."""

    def __init__(self, pool: Pool, registry: CollectorRegistry, *, room: StorageRoom, expected: Sequence[str]) -> None:
        """`registry` holds this process's own metrics; `expected` are the followers that must run in some process."""
        self._pool = pool
        self._registry = registry
        self._room = room
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
        if await self._room.is_there():
            return json_answer({"status": "ready", **asdict(found)})
        status = 200 if request.query_params.get("for") == "reads" else 503
        reason = "the database has no room left: writes are refused, reads are answered"
        return json_answer({"status": "not ready", "reason": reason, **asdict(found)}, status)

    async def _metrics(self, request: Request) -> Response:
        found = await health(self._pool, self._expected)
        followers = b"" if found is None else generate_latest(_gauges(found))
        followers += generate_latest(_room_gauge(has_room=await self._room.is_there()))
        return Response(generate_latest(self._registry) + followers, media_type=METRICS_MEDIA_TYPE)


def _room_gauge(*, has_room: bool) -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge("salesapi_storage_full", "1 while writes find no room.", registry=registry).set(not has_room)
    return registry


def _gauges(found: Health) -> CollectorRegistry:
    """The followers' metrics. Made anew each time: a follower that is gone must not be shown for ever."""
    registry = CollectorRegistry()
    Gauge("salesapi_log_head", "Position of the log's last event.", registry=registry).set(found.head)
    position = Gauge("salesapi_follower_position", "Position up to which it is done.", ["follower"], registry=registry)
    lag = Gauge(
        "salesapi_follower_lag_events", "Events between it and the log's head.", ["follower"], registry=registry
    )
    age = Gauge(
        "salesapi_follower_age_seconds",
        "Age of the oldest event that it has not handled.",
        ["follower"],
        registry=registry,
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
    faults = Counter(
        "salesapi_stream_faults", "Messages of the stream that were not those of the log.", ["kind"], registry=registry
    )
    place = Gauge("salesapi_stream_fault_position", "Position of the last such message.", ["kind"], registry=registry)
    for kind in KINDS:
        faults.labels(kind)
    for fault in found.stream_faults:
        faults.labels(fault.kind).inc(fault.faults)
        place.labels(fault.kind).set(fault.position)
    for each in found.followers:
        position.labels(each.follower).set(each.position)
        lag.labels(each.follower).set(each.lag)
        age.labels(each.follower).set(each.age_seconds)
        for state in get_args(State):
            states.labels(each.follower, state).set(each.state == state)
        if each.state != "following":
            trouble.labels(each.follower, each.error or each.state).set(1)
    return registry

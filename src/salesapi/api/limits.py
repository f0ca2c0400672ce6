"""Bounds of a request as pure ASGI middleware: the body's size counted by bytes, a request id, time and outcome measured.

Written as plain ASGI because the framework's own middleware base costs more than everything else in a request.
"""

import asyncio
import contextlib
import re
import time
from typing import Final

import orjson
import uuid_utils
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from salesapi.api.refusals import problem
from salesapi.domain.shared.kernel import Kind, Refused

BODY_BYTES_MAX: Final = 1024 * 1024
"""Largest request body, in bytes."""
DRAINED_BYTES_MAX: Final = 8 * 1024 * 1024
"""How much of an oversized body is read and dropped, so that its sender can still read the refusal."""
DRAIN_SECONDS_MAX: Final = 2.0
"""How long that is waited for: a sender may announce a body that never comes."""

SAFE_HEADERS: Final = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""What every answer says: it is for its asker alone, and is only what its media type says. A route's own word wins."""
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9_-]{1,64}")


class BodyTooLarge(Refused):
    """The request's body is over the limit."""

    code = "body.too_large"
    kind = Kind.TOO_LARGE
    message = "A request's body is at most {limit} bytes."


class Metrics:
    """The metrics of requests that `/metrics` shows."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "salesapi_request_seconds",
            "Time from the request's first byte to the end of its answer, in seconds.",
            ("method", "route"),
            registry=registry,
        )
        self.answers = Counter(
            "salesapi_answers_total", "Answers by status.", ("method", "route", "status"), registry=registry
        )
        self._found: dict[tuple[str, str, int], tuple[Histogram, Counter]] = {}

    def count(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one answer. The series are looked up once: there are as many as routes and statuses."""
        found = self._found.get((method, route, status))
        if found is None:
            found = self.seconds.labels(method, route), self.answers.labels(method, route, status)
            self._found[method, route, status] = found
        found[0].observe(seconds)
        found[1].inc()


class Bounded:
    """The outermost layer: refuses oversized bodies, names each request, measures it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid_utils.uuid7()).encode()
        scope["request_id"] = request_id.decode()
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given_headers = list(message.get("headers", ()))
                named = {name.lower() for name, _ in given_headers}
                safe = [header for header in SAFE_HEADERS if header[0] not in named]
                message["headers"] = [*given_headers, *safe, (b"x-request-id", request_id)]
            await send(message)

        try:
            length = headers.get(b"content-length", b"0")
            if not length.isdigit() or int(length) > BODY_BYTES_MAX:
                await _drain(receive)
                await refuse_body(sending)
            else:
                await self._app(scope, _counted(receive), sending)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            seconds = time.perf_counter() - started
            self._metrics.count(method=scope["method"], route=route, status=status, seconds=seconds)


def _counted(receive: Receive) -> Receive:
    """Counts the bytes of a body that comes without a length, or with a false one."""
    left = BODY_BYTES_MAX

    async def receiving() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            if message.get("more_body"):
                await _drain(receive)
            raise BodyTooLarge(limit=BODY_BYTES_MAX)
        return message

    return receiving


async def _drain(receive: Receive) -> None:
    left = DRAINED_BYTES_MAX
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            while left > 0:
                message = await receive()
                if not message.get("more_body"):
                    return
                left -= len(message["body"])


async def refuse_body(send: Send) -> None:
    """Answers 413 and closes the connection, so that the rest of the body is not read."""
    body = orjson.dumps(problem(BodyTooLarge(limit=BODY_BYTES_MAX)))
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""How REST answers: JSON bytes, problems (RFC 9457), receipts with their headers."""

import logging
from dataclasses import fields, is_dataclass
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from salesapi.api.outages import ANSWERED, refusal
from salesapi.api.refusals import STATUS, headers_of, problem
from salesapi.commands.command_results import CommandResult
from salesapi.domain.shared.kernel import Kind, Refused
from salesapi.eventlog.epochs import Epochs

logger = logging.getLogger(__name__)

PROBLEM_JSON: Final = "application/problem+json"
INTEGER_MAX: Final = 2**63 - 1
"""Largest integer that orjson writes."""
INSTANCE_LENGTH_MAX: Final = 200
"""How much of a path a problem repeats, in characters."""
OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def json_answer(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Plain values as JSON; decimals as strings."""
    try:
        text = orjson.dumps(content, default=str, option=OPTIONS)
    except orjson.JSONEncodeError:
        text = orjson.dumps(_with_wide_integers(content), default=str, option=OPTIONS)
    return Response(text, status, headers, "application/json")


def _with_wide_integers(value: Any) -> Any:
    """The values with the text of integers that orjson does not write: a sum of many of the largest amounts passes 64 bits."""
    if isinstance(value, dict):
        return {name: _with_wide_integers(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_with_wide_integers(inner) for inner in value]
    if is_dataclass(value):
        return {field.name: _with_wide_integers(getattr(value, field.name)) for field in fields(value)}
    is_wide = isinstance(value, int) and not -INTEGER_MAX <= value <= INTEGER_MAX
    return orjson.Fragment(str(value)) if is_wide else value


def problem_answer(refused: Refused, request: Request) -> Response:
    """A refusal as problem+json with its status."""
    content = orjson.dumps(problem(refused, instance=instance_of(request)), option=OPTIONS)
    return Response(content, STATUS[refused.kind], headers_of(refused), PROBLEM_JSON)


def instance_of(request: Request) -> str:
    """The path that was asked for, as far as a problem repeats it."""
    return request.url.path[:INSTANCE_LENGTH_MAX]


def internal_answer(request: Request) -> Response:
    """A fault of ours as problem+json: nothing of it but the request's id, under which the log names the fault."""
    request_id = request.scope.get("request_id", "")
    detail = {
        "type": "urn:salesapi:problem:internal",
        "title": "Internal error",
        "status": 500,
        "detail": f"Quote the request id {request_id} when you report it.",
        "code": "internal",
        "instance": instance_of(request),
        "parameters": {"request_id": request_id},
    }
    # The server ends the connection of a request that failed so: the client is told, and does not use it again.
    return Response(orjson.dumps(detail), 500, {"connection": "close"}, PROBLEM_JSON)


def receipt_values(receipt: CommandResult, epochs: Epochs) -> dict[str, Any]:
    """A receipt as both doors show it. Positions are null in a dry run, which shows the payloads instead."""
    events = []
    for event in receipt.events:
        values: dict[str, Any] = {
            "id": epochs.id_of(event.position) if event.position else None,
            "type": event.type,
            "stream_kind": event.stream_kind,
            "stream_id": event.stream_id,
            "version": event.version,
            "position": event.position,
        }
        events.append({**values, "payload": event.payload} if receipt.is_dry_run else values)
    key = {"key": receipt.made_key} if receipt.makes_key else {}
    return {
        "id": receipt.id,
        "kind": receipt.kind,
        "version": receipt.version,
        "position": None if receipt.is_dry_run else receipt.position,
        "recorded_at": receipt.recorded_at,
        "events": events,
        **key,
    }


def receipt_answer(receipt: CommandResult, epochs: Epochs, *, is_creation: bool) -> Response:
    """201 for a new thing, 200 for a change or a dry run. A retry gets the same body again."""
    headers = {"etag": f'"{receipt.version}"'}
    if receipt.is_replay:
        headers["idempotent-replayed"] = "true"
    status = 201 if is_creation and not receipt.is_dry_run else 200
    return json_answer(receipt_values(receipt, epochs), status, headers)


class _Plain(Refused):
    """Something that the framework refused before it reached us."""

    code = "request.malformed"
    kind = Kind.MALFORMED
    message = "{reason}"


class _NoRoute(Refused):
    code = "route.unknown"
    kind = Kind.NOT_FOUND
    message = "There is nothing at this path; see the API docs."


class _MethodNotAllowed(Refused):
    code = "method.not_allowed"
    kind = Kind.MALFORMED
    message = "This path does not take that method, but {allowed}."


def add_problem_handlers(app: FastAPI) -> None:
    """Makes every refusal, also the framework's own, and every outage a problem."""

    async def on_refused(request: Request, error: Exception) -> Response:
        return problem_answer(refusal(error), request)

    async def on_fault(request: Request, error: Exception) -> Response:
        # The framework raises it again, so that the server's log has its type and places; this line has the id.
        logger.error("request %s failed: %s", request.scope.get("request_id", ""), type(error).__name__)
        return internal_answer(request)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        return problem_answer(_Plain(reason=f"{place}: {first['msg']}.", pointer=f"/{place}"), request)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return problem_answer(_NoRoute(), request)
        if error.status_code == 405:
            refused: Refused = _MethodNotAllowed(allowed=(error.headers or {}).get("Allow"))
        else:
            refused = _Plain(reason=str(error.detail))
        detail = {**problem(refused, instance=instance_of(request)), "status": error.status_code}
        return Response(orjson.dumps(detail, option=OPTIONS), error.status_code, error.headers, PROBLEM_JSON)

    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_fault)
    for answered in ANSWERED:
        app.add_exception_handler(answered, on_refused)

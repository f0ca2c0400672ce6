"""The OpenAPI 3.1 document: the framework's, with the derived schemas of commands, receipts and problems."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from salesapi.api.command_schemas import command_schemas
from salesapi.api.routing import RoutesByThing
from salesapi.commands.handling import BULK_MAX
from salesapi.domain.catalogue import Catalogue

DESCRIPTION = """Headless, event-sourced sales API. Every write is a command that leads to immutable events; every read
comes from models folded from them. Amounts are integers of minor units; decimals and percentages are strings.

Authenticate with `Authorization: Bearer <API key>`."""

_UUID: dict[str, Any] = {"type": "string", "format": "uuid"}
_POSITION: dict[str, Any] = {"type": ["integer", "null"], "minimum": 1}

SHARED_SCHEMAS: dict[str, dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "description": "A refusal (RFC 9457). `code` is stable; `parameters` let you say it in your own words.",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "examples": ["deal.closed"]},
            "instance": {"type": "string"},
            "pointer": {"type": "string", "description": "JSON pointer of the field that caused it."},
            "parameters": {"type": "object", "additionalProperties": True},
        },
        "required": ["type", "title", "status", "detail", "code"],
    },
    "Receipt": {
        "type": "object",
        "description": "The answer to a command. Send `position` as `minPosition` to read your own write.",
        "properties": {
            "id": {**_UUID, "description": "The thing that was created or changed."},
            "kind": {"type": "string"},
            "version": {"type": "integer", "description": "Version of its stream; the value for If-Match."},
            "position": {**_POSITION, "description": "Log position that reflects it; null in a dry run."},
            "recorded_at": {"type": ["string", "null"], "format": "date-time"},
            "events": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": ["string", "null"], "description": "`{epoch}:{position}`."},
                        "type": {"type": "string", "examples": ["deal.stage_changed"]},
                        "stream_kind": {"type": "string"},
                        "stream_id": _UUID,
                        "version": {"type": "integer"},
                        "position": _POSITION,
                        "payload": {"type": "object", "description": "Only in a dry run."},
                    },
                    "required": ["id", "type", "stream_kind", "stream_id", "version", "position"],
                },
            },
            "key": {
                "type": ["string", "null"],
                "description": "Of commands that make an API key only: the key in full, answered once; null in a retry.",
            },
        },
        "required": ["id", "kind", "version", "position", "recorded_at", "events"],
    },
    "Bulk": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "atomic": {"type": "boolean", "description": "All or none, or each for itself."},
            "commands": {
                "type": "array",
                "minItems": 1,
                "maxItems": BULK_MAX,
                "items": {
                    "type": "object",
                    "properties": {
                        "command": {"type": "string", "examples": ["ChangeDealStage"]},
                        "values": {"type": "object", "description": "As the command's own body, with its id."},
                        "if_match": {"type": "integer", "minimum": 0},
                    },
                    "required": ["command", "values"],
                },
            },
        },
        "required": ["atomic", "commands"],
    },
}


def described(app: FastAPI, catalogue: Catalogue) -> None:
    """Makes the application answer the full document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = openapi_document(app, catalogue)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def openapi_document(app: FastAPI, catalogue: Catalogue) -> dict[str, Any]:
    """The document, with components in a stable order."""
    routes = [each for route in app.routes for each in (route.all if isinstance(route, RoutesByThing) else (route,))]
    made = get_openapi(
        title=app.title, version=app.version, openapi_version="3.1.0", description=DESCRIPTION, routes=routes
    )
    components = made.setdefault("components", {})
    schemas = {**components.get("schemas", {}), **command_schemas(catalogue), **SHARED_SCHEMAS}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    components["responses"] = _shared_refusals(made)
    made["security"] = [{"bearer": []}]
    made["servers"] = [{"url": "/"}]
    return made


def _shared_refusals(document: dict[str, Any]) -> dict[str, Any]:
    """Moves the refusals, which every operation repeats, to one place."""
    shared: dict[str, Any] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if "application/problem+json" in answer.get("content", {}):
                    name = f"Refused{status}"
                    if shared.setdefault(name, answer) == answer:
                        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))

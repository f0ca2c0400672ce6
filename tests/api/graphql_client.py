"""Calls to the GraphQL door as its users make them, and a REST body as the mutation that says the same."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx2
from strawberry.utils.str_converters import to_camel_case

from salesapi.domain.catalogue import Catalogue, mutation_name
from salesapi.domain.shared.one_of import TAG, records_by_kind
from tests.service import Service

RECEIPT = "id kind version position recordedAt isReplay events { id type streamKind streamId version position payload }"
RESPONSE_JSON = "application/graphql-response+json"
CATALOGUE = Catalogue()


async def ask(
    service: Service, document: str, variables: dict[str, Any] | None = None, *, role: str = "admin", **headers: str
) -> httpx2.Response:
    """One operation."""
    bearer = {"authorization": f"Bearer {service.keys[role]}", "accept": RESPONSE_JSON}
    content = {"query": document, "variables": variables}
    return await service.client.post("/graphql", json=content, headers={**bearer, **headers})


async def must(service: Service, document: str, variables: dict[str, Any] | None = None, role: str = "admin") -> Any:
    """One operation without errors; its data."""
    answer = (await ask(service, document, variables, role=role)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def mutate(
    service: Service, command: str, values: dict[str, Any], *, role: str = "admin", key: str | None = None, **more: Any
) -> dict[str, Any]:
    """One command by its class name, from the values that REST would take; the receipt, or `{"error": ...}`."""
    _, kind = CATALOGUE.command(command)
    name = mutation_name(kind)
    values = dict(values)
    arguments = {
        to_camel_case(field): values.pop(field) for field in ("occurred_at", "occurred_zone") if field in values
    }
    arguments |= {"idempotencyKey": service.headers(role, key)["idempotency-key"], **more}
    types = {"occurredAt": "String", "occurredZone": "String", "idempotencyKey": "String"}
    types |= {"expectedVersion": "Int", "dryRun": "Boolean!"}
    declared = "".join(f", ${argument}: {types[argument]}" for argument in arguments)
    passed = "".join(f", {argument}: ${argument}" for argument in arguments)
    document = f"mutation($input: {command}Input!{declared}) {{ {name}(input: $input{passed}) {{ {RECEIPT} }} }}"
    answer = await ask(service, document, {"input": as_input(kind.command, values), **arguments}, role=role)
    content = answer.json()
    if "errors" in content:
        return {"error": content["errors"][0], "http_status": answer.status_code}
    receipt: dict[str, Any] = content["data"][name]
    return receipt


def as_input(record: Any, values: Any) -> Any:
    """REST's snake_case values as the GraphQL input: camelCase names, enum names; everything unknown as it is."""
    if not isinstance(values, dict):
        return values
    hints = get_type_hints(record, include_extras=True)
    known = {field.name for field in fields(record)}
    return {
        to_camel_case(name): _value(hints[name], value) if name in known else value for name, value in values.items()
    }


def _one_of(records: Mapping[str, type], value: Any) -> Any:
    """A record with its kind as the field of that kind; what is of no kind as it is."""
    kind = value.get(TAG) if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in records:
        return value
    return {to_camel_case(kind): as_input(records[kind], {name: each for name, each in value.items() if name != TAG})}


def _value(annotation: Any, value: Any) -> Any:
    if value is None:
        return None
    if records := records_by_kind(annotation):
        return _one_of(records, value)
    if get_origin(annotation) is Annotated:
        return _value(get_args(annotation)[0], value)
    if get_origin(annotation) in (Union, UnionType):
        arm = next(
            arm for arm in get_args(annotation) if arm is not type(None) and getattr(arm, "__name__", "") != "Unset"
        )
        return _value(arm, value)
    if get_origin(annotation) is Literal:
        return value.upper() if isinstance(value, str) else value
    if get_origin(annotation) is tuple and isinstance(value, list):
        return [_value(get_args(annotation)[0], item) for item in value]
    return as_input(annotation, value) if is_dataclass(annotation) else value


def snake(node: dict[str, Any]) -> dict[str, Any]:
    """A GraphQL node with the names that REST gives."""
    return {re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): value for name, value in node.items()}

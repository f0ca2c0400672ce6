"""JSON Schemas of the commands as clients send them, for OpenAPI: derived from the dataclasses, nothing written twice."""

from dataclasses import fields
from typing import Any, Final

from pydantic import TypeAdapter

from salesapi.domain.catalogue import Catalogue
from salesapi.domain.shared.declarations import AnyCommand
from salesapi.domain.shared.kernel import UNSET
from salesapi.domain.shared.key_digests import made_at_door

REFERENCE: Final = "#/components/schemas/{model}"

OCCURRED_AT: Final[dict[str, Any]] = {
    "occurred_at": {
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}, {"type": "null"}],
        "description": "Business time: an instant with offset, a local date, or null where it is not known. "
        "Without the field it is now. It lies between the company's first day and now.",
    },
    "occurred_zone": {
        "type": "string",
        "description": "IANA zone in which a business date is read; without it the company's zone.",
    },
}


def command_schemas(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """All command bodies and the values in them, by component name."""
    components: dict[str, dict[str, Any]] = {}
    for name, (_, kind) in catalogue.commands.items():
        schema = TypeAdapter(kind.command).json_schema(ref_template=REFERENCE)
        components.update(schema.pop("$defs", {}))
        components[name] = _as_sent(schema, kind)
    return components


def _as_sent(schema: dict[str, Any], kind: AnyCommand) -> dict[str, Any]:
    """Without the id that stands in the path and what the door makes, and with the business time."""
    properties: dict[str, Any] = {**schema["properties"], **OCCURRED_AT}
    for unsent in (kind.target, made_at_door(kind.command)):
        if unsent is not None:
            del properties[unsent]
    for field in fields(kind.command):
        if field.default is UNSET:
            properties[field.name].pop("default", None)
    required = [name for name in schema.get("required", ()) if name in properties]
    return {**schema, "properties": properties, **({"required": required} if required else {"required": []})}

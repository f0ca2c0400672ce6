"""Checks a value against a JSON Schema, as far as our own schemas go: a keyword that is not known here fails the test."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

SAID_ONLY: Final = {"$schema", "$defs", "title", "description", "default", "discriminator"}
TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
FORMATS: Final[Mapping[str, Callable[[str], object]]] = {"date": date.fromisoformat, "uuid": UUID}


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """Lists where the value is not as the schema says, as JSON pointers with the keyword that fails."""
    return list(_problems(schema, value, "", schema))


def _problems(schema: dict[str, Any], value: Any, pointer: str, root: dict[str, Any]) -> Iterator[str]:
    for keyword, wanted in schema.items():
        if keyword in SAID_ONLY:
            continue
        if keyword == "$ref":
            yield from _problems(root["$defs"][wanted.removeprefix("#/$defs/")], value, pointer, root)
        elif keyword == "anyOf":
            if all(list(_problems(choice, value, pointer, root)) for choice in wanted):
                yield f"{pointer} anyOf"
        elif keyword == "oneOf":
            fitting = [choice for choice in wanted if not list(_problems(choice, value, pointer, root))]
            if len(fitting) != 1:
                yield f"{pointer} oneOf"
        elif keyword == "properties":
            for name, inner in wanted.items() if isinstance(value, dict) else ():
                if name in value:
                    yield from _problems(inner, value[name], f"{pointer}/{name}", root)
        elif keyword == "items":
            for index, each in enumerate(value if isinstance(value, list) else ()):
                yield from _problems(wanted, each, f"{pointer}/{index}", root)
        elif not _holds(keyword, wanted, value, schema):
            yield f"{pointer} {keyword}"


def _holds(keyword: str, wanted: Any, value: Any, schema: dict[str, Any]) -> bool:
    match keyword:
        case "type":
            return isinstance(value, TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))
        case "required":
            return not isinstance(value, dict) or set(wanted) <= value.keys()
        case "additionalProperties":
            assert wanted is False, "our objects are closed"
            return not isinstance(value, dict) or value.keys() <= schema["properties"].keys()
        case "enum":
            return value in wanted
        case "const":
            return bool(value == wanted)
        case "minItems" | "minLength":
            return not isinstance(value, list | str) or len(value) >= wanted
        case "maxItems" | "maxLength":
            return not isinstance(value, list | str) or len(value) <= wanted
        case "minimum":
            return not isinstance(value, int) or value >= wanted
        case "exclusiveMinimum":
            return not isinstance(value, int) or value > wanted
        case "maximum":
            return not isinstance(value, int) or value <= wanted
        case "pattern":
            return not isinstance(value, str) or re.search(wanted, value) is not None
        case "format":
            return not isinstance(value, str) or _is_formed(wanted, value)
    raise AssertionError(f"the keyword {keyword} is not known here")


def _is_formed(name: str, text: str) -> bool:
    try:
        FORMATS[name](text)
    except ValueError:
        return False
    return True

"""One of several records in one field, told apart by the literal `kind` that each of them has (a tagged union).

The doors are told by the mark on the field: which records there are follows from its type. Standard library only.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Final, Literal, Protocol, Union, get_args, get_origin, get_type_hints

TAG: Final = "kind"
"""The field that says which of the records it is."""
UNKNOWN: Final = "kind_unknown"
"""How a reader names the error of a kind that there is not."""


class CoreSchemas(Protocol):
    """The maker of pydantic's schemas; the domain does not import it."""

    def generate_schema(self, source: object, /) -> object:
        """The schema of a type."""


class JsonSchemas(Protocol):
    """The maker of JSON Schemas from pydantic's schemas."""

    def __call__(self, core_schema: object, /) -> dict[str, object]:
        """The JSON Schema of a schema."""

    def resolve_ref_schema(self, reference: dict[str, object], /) -> dict[str, object]:
        """The definition that a reference names."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a field that holds one of several records; `name` is what they are together, as GraphQL calls it."""

    name: str

    def __get_pydantic_core_schema__(self, source: object, handler: CoreSchemas) -> dict[str, object]:
        """Reads by the tag, so that what is wrong is told of the one record that was meant."""
        records = records_by_kind(source)
        return {
            "type": "tagged-union",
            "discriminator": TAG,
            "choices": {kind: handler.generate_schema(record) for kind, record in records.items()},
            "custom_error_type": UNKNOWN,
            "custom_error_message": f"`{TAG}` is one of {', '.join(records)}",
        }

    def __get_pydantic_json_schema__(self, core_schema: object, handler: JsonSchemas) -> dict[str, object]:
        """Asks for the tag, which each record has by itself in Python."""
        schema = handler(core_schema)
        choices = schema["oneOf"]
        assert isinstance(choices, list), "a tagged union is one of its choices"
        for choice in choices:
            _require_tag(handler.resolve_ref_schema(choice))
        return schema


def _require_tag(definition: MutableMapping[str, object]) -> None:
    required = definition.get("required", [])
    assert isinstance(required, list), "a JSON Schema requires a list of names"
    if TAG not in required:
        definition["required"] = [TAG, *required]


def records_by_kind(hint: object) -> Mapping[str, type]:
    """The records of a union by their kinds; none where the type is no union of several records with a kind."""
    if get_origin(hint) is Annotated:
        return records_by_kind(get_args(hint)[0])
    if get_origin(hint) not in (Union, UnionType):
        return {}
    kinds = {kind: arm for arm in get_args(hint) for kind in _kind_of(arm)}
    return kinds if len(kinds) > 1 else {}


def is_tag(name: str, hint: object) -> bool:
    """Tells whether a field of a record is its tag: a `kind` that has one value."""
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return name == TAG and get_origin(bare) is Literal and len(get_args(bare)) == 1


def _kind_of(record: object) -> tuple[str, ...]:
    """The one kind of a record; none of another type."""
    hint = get_type_hints(record, include_extras=True).get(TAG) if isinstance(record, type) else None
    if hint is None or not is_tag(TAG, hint):
        return ()
    return get_args(get_args(hint)[0] if get_origin(hint) is Annotated else hint)

"""Attribute definitions: which typed fields a company adds to its leads, customers, deals and activities, as data.

One stream `attribute_definition` for each kind of thing. Values travel as text, typed by their definition, so that numbers
stay exact in every door.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Final, Literal, Protocol, TypeAlias
from uuid import UUID

from annotated_types import MaxLen

from salesapi.domain.shared.declarations import Needs, Stream, creates
from salesapi.domain.shared.kernel import (
    About,
    Context,
    Facts,
    Key,
    Kind,
    Recorded,
    Refused,
    StreamRef,
    Title,
    natural_id,
    record,
    roles,
)
from salesapi.domain.shared.states import made_from

CHOICES_MAX: Final = 200
DEFINITIONS_MAX: Final = 200
"""Most attributes of one kind of thing."""
VALUES_MAX: Final = 50
"""Most attribute values in one command."""

Owned: TypeAlias = Literal["lead", "customer", "deal", "activity"]
ValueType: TypeAlias = Literal["text", "number", "date", "boolean", "choice"]


@record
class AttributeValue:
    """One typed attribute of a thing."""

    key: Annotated[Key, About("Key of the attribute's definition.")]
    value: Annotated[
        Annotated[str, MaxLen(500)] | None,
        About("The value as text: a number with a point, a date as YYYY-MM-DD, true or false; null clears it."),
    ]


AttributeValues: TypeAlias = Annotated[
    tuple[AttributeValue, ...], MaxLen(VALUES_MAX), About("Typed attributes, by their definitions.")
]


class WithAttributes(Protocol):
    """A command that sends attribute values."""

    @property
    def attributes(self) -> tuple[AttributeValue, ...]:
        """The values."""


@record
class AttributeDefined:
    """An attribute is available, or its definition has a new version."""

    of: Owned
    key: str
    name: str
    value_type: ValueType
    choices: tuple[str, ...]
    definition_version: int


@record
class DefineAttribute:
    """Defines an attribute of leads, customers, deals or activities, or a new version of one (its type never changes)."""

    of: Annotated[Owned, About("The kind of thing that carries it.")]
    key: Annotated[Key, About("Stable key, lower case, for example `sector`.")]
    name: Annotated[Title, About("Name shown to people.")]
    value_type: Annotated[ValueType, About("Type of its values.")] = "text"
    choices: Annotated[tuple[Key, ...], MaxLen(CHOICES_MAX), About("Allowed values where the type is `choice`.")] = ()


class AttributeUnknown(Refused):
    """No such attribute is defined for this kind of thing."""

    code = "attribute.unknown"
    kind = Kind.RULE
    message = "There is no attribute {key}; define it first, or leave it out."


class AttributeValueInvalid(Refused):
    """The value does not fit the attribute's type."""

    code = "attribute.value_invalid"
    kind = Kind.RULE
    message = "The attribute {key} takes {expected}."


class AttributeTypeFixed(Refused):
    """The type of an attribute never changes, because stored values have it."""

    code = "attribute.type_fixed"
    message = "The attribute {key} is of type {value_type}; define another attribute for another type."


class AttributeDefinitionInvalid(Refused):
    """The definition contradicts itself."""

    code = "attribute.definition_invalid"
    message = "{reason}"


@record
class Definition:
    """The latest version of one attribute's definition."""

    name: str
    value_type: ValueType
    choices: tuple[str, ...]
    version: int


@record
class AttributeDefinitions:
    """All attributes of one kind of thing."""

    of: Owned
    by_key: tuple[tuple[str, Definition], ...] = ()

    def definition(self, key: str) -> Definition | None:
        """The definition with this key."""
        return dict(self.by_key).get(key)


@cache
def definitions_ref(of: Owned) -> StreamRef:
    """The stream that holds the attribute definitions of a kind of thing."""
    return StreamRef("attribute_definition", natural_id("attribute_definition", of))


def definitions_needed(of: Owned) -> Needs[object, WithAttributes]:
    """The needs of a command that sends values: the attribute definitions of its kind of thing."""

    def needs(state: object, command: WithAttributes, facts: Facts) -> tuple[StreamRef, ...]:
        return (definitions_ref(of),) if command.attributes else ()

    return needs


def merged(stored: tuple[AttributeValue, ...], *, sent: tuple[AttributeValue, ...]) -> tuple[AttributeValue, ...]:
    """The values after a change: sent ones replace stored ones, null clears. Sorted by key."""
    values = {value.key: value for value in (*stored, *sent)}
    return tuple(values[key] for key in sorted(values) if values[key].value is not None)


def changed_values(
    stored: tuple[AttributeValue, ...], *, sent: tuple[AttributeValue, ...]
) -> tuple[AttributeValue, ...]:
    """The sent values that differ from the stored ones. Of two for one attribute the last one counts."""
    known = {value.key: value.value for value in stored}
    latest = {value.key: value for value in sent}
    return tuple(value for value in latest.values() if known.get(value.key) != value.value)


def refuse_invalid_values(of: Owned, command: WithAttributes, facts: Facts) -> None:
    """Checks the values that a command sends against the definitions for this kind of thing, which it needs.

    Raises:
        AttributeUnknown, AttributeValueInvalid: with the pointer of the value.
    """
    definitions = facts.state(definitions_ref(of)) if command.attributes else None
    assert definitions is None or isinstance(definitions, AttributeDefinitions)
    for index, value in enumerate(command.attributes):
        definition = definitions.definition(value.key) if definitions else None
        pointer = f"/attributes/{index}"
        if definition is None:
            raise AttributeUnknown(key=value.key, pointer=f"{pointer}/key")
        expected = _mismatch(definition, value.value)
        if expected:
            raise AttributeValueInvalid(key=value.key, expected=expected, pointer=f"{pointer}/value")


def _mismatch(definition: Definition, value: str | None) -> str | None:
    if value is None:
        return None
    match definition.value_type:
        case "text":
            return None
        case "number":
            return None if _is_number(value) else "a number such as 12.5"
        case "date":
            return None if _is_date(value) else "a date such as 2026-03-31"
        case "boolean":
            return None if value in ("true", "false") else "true or false"
        case "choice":
            return None if value in definition.choices else f"one of {', '.join(definition.choices)}"


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", text) is not None
    except InvalidOperation:
        return False


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def define(
    state: AttributeDefinitions | None, command: DefineAttribute, context: Context
) -> tuple[AttributeDefined, ...]:
    """Decides `DefineAttribute`. Defining the same again changes nothing."""
    if (command.value_type == "choice") != bool(command.choices):
        raise AttributeDefinitionInvalid(
            reason="An attribute of type choice needs choices, and no other type takes them.", pointer="/choices"
        )
    known = state.definition(command.key) if state else None
    if known and known.value_type != command.value_type:
        raise AttributeTypeFixed(key=command.key, value_type=known.value_type, pointer="/value_type")
    if known and (known.name, known.choices) == (command.name, command.choices):
        return ()
    if state and known is None and len(state.by_key) >= DEFINITIONS_MAX:
        raise AttributeDefinitionInvalid(reason=f"A {command.of} has at most {DEFINITIONS_MAX} attributes.")
    return (made_from(AttributeDefined, command, definition_version=known.version + 1 if known else 1),)


def evolve(state: AttributeDefinitions | None, event: AttributeDefined, recorded: Recorded) -> AttributeDefinitions:
    """Folds the stream to its state."""
    definition = made_from(Definition, event, version=event.definition_version)
    known = dict(state.by_key) if state else {}
    return AttributeDefinitions(of=event.of, by_key=tuple({**known, event.key: definition}.items()))


def _stream_of(command: DefineAttribute) -> UUID:
    return definitions_ref(command.of).id


STREAM: Final = Stream[AttributeDefinitions, AttributeDefined](
    kind="attribute_definition",
    plural="attribute-definitions",
    evolve=evolve,
    commands=(creates(DefineAttribute, decide=define, roles=roles("admin"), stream_of=_stream_of, verb=""),),
    named={AttributeDefined: "attribute_definition.defined"},
)

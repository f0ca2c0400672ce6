"""What was promised does not change in silence: schemas of released events, and the columns of a version of a read model.

openapi/released.json     each event schema that a tagged version promised: since when, and a digest of what it says
openapi/read-models.json  each read model: its version, its columns with their types, its key and its group

An event that was stored stays readable for ever, so a schema of `released.json` never changes; a changed event gets a new
schema version beside an upcast from the old one. A read model's table is named by its version, so other columns under
the same version would meet a table that has the old ones. Both are compared here before anything is written.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from salesapi.projections.projection import Projection
from salesapi.projections.tables import checked_columns

READ_MODELS: Final = "read-models.json"
RELEASED: Final = "released.json"
EVENTS: Final = "events/"

WORDS: Final = frozenset({"$schema", "title", "description", "examples"})
"""Keywords that demand nothing of a payload; they may be bettered after a release."""
UNORDERED: Final = frozenset({"anyOf", "enum", "required"})
"""Keywords whose list means the same in any order."""
PROPERTIES: Final = "properties"
"""The keyword whose members are names of ours, not keywords."""
REFERENCE: Final = "$ref"
DEFINITION: Final = "#/$defs/"


def broken_promises(*, files: Mapping[str, str], committed: Mapping[str, str]) -> list[str]:
    """Says by name what of the committed promises these files would break, and what to do instead; empty when nothing."""
    return [
        *_changed_read_models(files=files, committed=committed),
        *_changed_events(files=files, committed=committed),
    ]


def read_models(projections: Iterable[Projection]) -> dict[str, Any]:
    """Describes what each read model stores, by its name."""
    return {projection.name: _stored(projection) for projection in sorted(projections, key=lambda each: each.name)}


def _stored(projection: Projection) -> dict[str, Any]:
    return {
        "version": projection.version,
        "columns": {column.name: column.described.partition(" ")[2] for column in checked_columns(projection)},
        "key": list(projection.key),
        "group": list(projection.group),
    }


def with_kept(*, files: Mapping[str, str], committed: Mapping[str, str]) -> dict[str, str]:
    """Adds what the code does not make and stays promised: the list of released events, and schemas of their old versions."""
    promised = {RELEASED, *(f"{EVENTS}{event}.json" for event in _released(committed))}
    return {**{path: text for path, text in committed.items() if path in promised}, **files}


def released_now(version: str, *, files: Mapping[str, str], committed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Lists every event's schema as promised: those of earlier versions as they were, new ones since this version."""
    new = {
        event: {"since": version, "digest": schema_digest(files[f"{EVENTS}{event}.json"])} for event in _events(files)
    }
    return dict(sorted({**new, **_released(committed)}.items()))


def schema_digest(schema: str) -> str:
    """Digests what a schema demands of a payload; its words, its order and the names of our classes do not count."""
    whole = json.loads(schema)
    definitions = whole.pop("$defs", {})
    return sha256(_text(_meaning(whole, definitions, ())).encode()).hexdigest()


def _text(meaning: object) -> str:
    return json.dumps(meaning, sort_keys=True)


def _meaning(node: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """Puts each definition where it is referred to; one that holds itself is named by how far out it began."""

    def within(value: Any) -> Any:
        return _meaning(value, definitions, inside)

    if isinstance(node, list):
        return [within(each) for each in node]
    if not isinstance(node, dict):
        return node
    meaning: dict[str, Any] = {}
    for keyword, value in node.items():
        if keyword == PROPERTIES:
            meaning[keyword] = {name: within(each) for name, each in value.items()}
        elif keyword in UNORDERED:
            meaning[keyword] = sorted(within(value), key=_text)
        elif keyword == REFERENCE:
            name = value.removeprefix(DEFINITION)
            is_open = name in inside
            target = {"outward": len(inside) - inside.index(name)} if is_open else definitions[name]
            meaning |= target if is_open else _meaning(target, definitions, (*inside, name))
        elif keyword not in WORDS:
            meaning[keyword] = within(value)
    return meaning


def _changed_read_models(*, files: Mapping[str, str], committed: Mapping[str, str]) -> Iterator[str]:
    made, before = json.loads(files[READ_MODELS]), json.loads(committed.get(READ_MODELS, "{}"))
    for name in sorted(set(made) & set(before)):
        version, version_before = made[name]["version"], before[name]["version"]
        difference = _difference(before=_lines(before[name]), after=_lines(made[name]))
        if version < version_before:
            yield f"read model {name}: its version went back from {version_before} to {version}"
        elif version == version_before and difference:
            yield (
                f"read model {name}: {difference}, and its version is still {version}: set version={version + 1} where it is "
                f"declared, so that a new table is built beside the old one (where version {version} was never committed, "
                f"restore openapi/{READ_MODELS} instead)"
            )


def _lines(model: Mapping[str, Any]) -> list[str]:
    """One line for each thing that a table of this version has; their order counts."""
    columns = [f"{name} {kind}" for name, kind in model["columns"].items()]
    return [*columns, f"key {', '.join(model['key'])}", f"group {', '.join(model['group'])}"]


def _difference(*, before: list[str], after: list[str]) -> str:
    """Says what was lost and got; empty when nothing."""
    gone, new = [line for line in before if line not in after], [line for line in after if line not in before]
    if before != after and not gone and not new:
        return "its columns stand in another order"
    return "; ".join([*(f"lost `{line}`" for line in gone), *(f"got `{line}`" for line in new)])


def _changed_events(*, files: Mapping[str, str], committed: Mapping[str, str]) -> Iterator[str]:
    declared = {_type(event): _schema(event) for event in _events(files)}
    for event, promise in _released(committed).items():
        path = f"{EVENTS}{event}.json"
        schema = files.get(path) or committed.get(path)
        released = f"event {event}: released in {promise['since']}"
        if declared.get(_type(event), 0) < _schema(event):
            yield f"{released}, and no class reads it any more: what was stored of it must stay readable"
        elif schema is None:
            yield f"{released}, and its schema is gone from openapi/{EVENTS}: bring it back as it was"
        elif schema_digest(schema) != promise["digest"]:
            yield (
                f"{released}, and its schema changed: declare the next schema version with an upcast from this one, "
                "and leave this one as it was"
            )


def _released(committed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    events: dict[str, dict[str, str]] = json.loads(committed.get(RELEASED, "{}"))
    return events


def _events(files: Iterable[str]) -> list[str]:
    """The events whose schemas are among these files, such as `deal.won.v1`."""
    return sorted(path.removeprefix(EVENTS).removesuffix(".json") for path in files if path.startswith(EVENTS))


def _type(event: str) -> str:
    return event.rpartition(".v")[0]


def _schema(event: str) -> int:
    return int(event.rpartition(".v")[2])

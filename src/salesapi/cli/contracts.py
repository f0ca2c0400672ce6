"""`salesapi contracts`: writes what we promise to others, from the catalogue and the doors alone; needs no engine.

openapi/openapi.json      REST, OpenAPI 3.1
openapi/schema.graphql    GraphQL
openapi/asyncapi.json     the stream in JetStream, AsyncAPI 3.0
openapi/events/*.json     one JSON Schema for each event type and version
openapi/compensation-plan.schema.json
                          JSON Schema of what a version of a plan says
openapi/read-models.json  each read model's version, with its columns
openapi/released.json     what a tagged version promised of events; written by `--release` alone
openapi/refusals.md       all refusals by code
openapi/reasons.md        why pay comes to what it does: kinds, inputs, and how they read
openapi/names.md          event, class, stored type, command, REST, GraphQL, subject
openapi/duties.md         who may give a command, and who may not, because another person has to

What would break a promise (see `compatibility.py`) is told by name, and nothing is written.
"""

import inspect
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import asyncpg
from pydantic import TypeAdapter

import salesapi
from salesapi.api.graphql.schema import schema_text
from salesapi.api.http import doors
from salesapi.api.openapi import openapi_document
from salesapi.api.plan_schema import DIALECT, plan_schema
from salesapi.api.refusals import STATUS
from salesapi.app import assembled
from salesapi.cli.compatibility import READ_MODELS, RELEASED, broken_promises, read_models, released_now, with_kept
from salesapi.cli.reason_contract import reason_contract
from salesapi.cli.running import run
from salesapi.domain.catalogue import Catalogue, mutation_name, route
from salesapi.domain.shared.kernel import Refused
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from salesapi.privacy.personal import personal_fields
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.settings import Settings

FOLDER: Final = Path(__file__).resolve().parents[3] / "openapi"
NOWHERE: Final = "postgresql://nobody@127.0.0.1:1/nothing"
"""Contracts are made without a connection; this address is never dialled."""


async def contract_files() -> dict[str, str]:
    """Makes all files, by their path below `openapi/`."""
    catalogue = Catalogue()
    pool = asyncpg.create_pool(NOWHERE)
    core = assembled(Settings(development=True), pool=pool, log=PostgreSQLEventLog(NOWHERE, pool), keys=None)
    files = {
        "openapi.json": _json(openapi_document(doors(core), catalogue)),
        "schema.graphql": schema_text(),
        "asyncapi.json": _json(_asyncapi(catalogue)),
        "compensation-plan.schema.json": _json(plan_schema()),
        READ_MODELS: _json(read_models(PROJECTIONS)),
        "refusals.md": _refusals(),
        "reasons.md": reason_contract(),
        "names.md": _names(catalogue),
        "duties.md": _duties(catalogue),
    }
    for event_type in catalogue.event_types():
        files[f"events/{event_type.name}.v{event_type.schema}.json"] = _json(_event_schema(event_type.event))
    return files


def write_contracts(files: dict[str, str], folder: Path = FOLDER) -> None:
    """Writes the files; one that is no longer made is removed."""
    for path in _present(folder) - set(files):
        (folder / path).unlink()
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def different(*, files: dict[str, str], committed: dict[str, str]) -> list[str]:
    """The committed files that differ from what the code makes now, are missing, or are left over."""
    return sorted(path for path in {*files, *committed} if files.get(path) != committed.get(path))


def committed_files(folder: Path = FOLDER) -> dict[str, str]:
    """Reads what is promised so far, by path below the folder."""
    return {path: (folder / path).read_text() for path in _present(folder)}


def _present(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _json(values: object) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _event_schema(event: type) -> dict[str, Any]:
    """The stored payload. A personal field holds a sealed value in the log and in the stream."""
    schema = TypeAdapter(event).json_schema(mode="serialization")
    sealed = sorted(".".join(field.path) for field in personal_fields(event))
    return {"$schema": DIALECT, **schema, "x-sealed-fields": sealed}


def _asyncapi(catalogue: Catalogue) -> dict[str, Any]:
    messages = {
        event.name: {
            "name": event.name,
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"./events/{event.name}.v{event.schema}.json"},
        }
        for event in catalogue.event_types()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "salesapi stream",
            "version": "1",
            "description": "The log in JetStream. The stream's sequence equals the log position: a consumer that has "
            "handled sequence n has handled the log up to n. Messages are CloudEvents 1.0 in structured mode; `data` is "
            "the payload described here.",
        },
        "channels": {
            name: {"address": f"sales.v1.{name}", "messages": {name: {"$ref": f"#/components/messages/{name}"}}}
            for name in messages
        },
        "operations": {
            f"receive.{name}": {"action": "send", "channel": {"$ref": f"#/channels/{name}"}} for name in messages
        },
        "components": {"messages": messages},
    }


def refusal_classes() -> list[type[Refused]]:
    """Every refusal that the program can answer."""
    for module in pkgutil.walk_packages(salesapi.__path__, "salesapi."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    return sorted(set(_below(Refused)), key=lambda refusal: (refusal.code, refusal.__name__))


def _below(refusal: type[Refused]) -> Iterator[type[Refused]]:
    for each in refusal.__subclasses__():
        yield each
        yield from _below(each)


def _refusals() -> str:
    lines = ["# Refusals", "", "Codes are stable. `{...}` are the parameters beside the text.", ""]
    lines += ["| code | status | says | when |", "|---|---|---|---|"]
    seen: set[str] = set()
    for refusal in refusal_classes():
        if refusal.code in seen:
            continue
        seen.add(refusal.code)
        when = " ".join((inspect.getdoc(refusal) or "").split()) if refusal.__doc__ != Refused.__doc__ else ""
        lines.append(f"| `{refusal.code}` | {STATUS[refusal.kind]} | {refusal.message} | {when} |")
    return "\n".join(lines) + "\n"


def _names(catalogue: Catalogue) -> str:
    lines = ["# Names", "", "## Commands", "", "| command | REST | GraphQL | roles |", "|---|---|---|---|"]
    for name, (stream, kind) in catalogue.commands.items():
        roles = ", ".join(sorted(kind.roles))
        lines.append(f"| `{name}` | `POST {route(stream, kind)}` | `{mutation_name(kind)}` | {roles} |")
    lines += ["", "## Events", "", "| class | stored type and schema | subject |", "|---|---|---|"]
    lines += [
        f"| `{event.event.__name__}` | `{event.name}` v{event.schema} | `sales.v1.{event.name}` |"
        for event in catalogue.event_types()
    ]
    return "\n".join(lines) + "\n"


def _duties(catalogue: Catalogue) -> str:
    lines = [
        "# Duties",
        "",
        "Who may give a command, and who may not although the role fits. People are told apart by the member whose key it is,",
        "as it was when the earlier event was recorded; a key that names no member is nobody's, and never another person's.",
        "",
        "| command | roles | not for | because |",
        "|---|---|---|---|",
    ]
    for name, (_, kind) in catalogue.commands.items():
        roles = ", ".join(sorted(kind.roles))
        refused, why = ("; ".join(kind.duty.refuses()), kind.duty.why) if kind.duty else ("", "")
        lines.append(f"| `{name}` | {roles} | {refused} | {why} |")
    return "\n".join(lines) + "\n"


def write_or_compare(files: dict[str, str], folder: Path = FOLDER, *, check: bool, is_release: bool = False) -> int:
    """Writes or compares the files and prints what is to be known; 1 where they differ or would break a promise."""
    committed = committed_files(folder)
    broken = broken_promises(files=files, committed=committed)
    for promise in broken:
        print(promise)
    if is_release:
        files = {**files, RELEASED: _json(released_now(version("salesapi"), files=files, committed=committed))}
    files = with_kept(files=files, committed=committed)
    if check:
        differences = different(files=files, committed=committed)
        for path in differences:
            print(f"openapi/{path} differs from the code: run `make contracts` and commit it")
        return 1 if broken or differences else 0
    if broken:
        print("nothing was written")
        return 1
    write_contracts(files, folder)
    print(f"{len(files)} files written")
    return 0


def contracts(*, check: bool = False, release: bool = False) -> None:
    """Writes openapi/ anew: REST, GraphQL, the stream, events, plans, read models, refusals, names.

    Parameters
    ----------
    check
        Compare with what is committed instead, and end with 1 where it differs.
    release
        Promise the schema of every event from this version on, in released.json. Once for each version, before its tag.
    """

    async def contracting() -> int:
        return write_or_compare(await contract_files(), check=check, is_release=release)

    run(contracting())

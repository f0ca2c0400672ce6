"""Rules of the domain that a reader relies on, checked on the source itself: who may import what, and no floats.

Records, pure checks and folds of a capability may be read anywhere in the domain; its deciders are its own. What crosses
capabilities stands in `consequences.py`.
"""

import ast
import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, get_type_hints

import pytest

import salesapi.domain
from salesapi.domain.catalogue import STREAMS
from salesapi.domain.consequences import FOLLOWING
from salesapi.domain.shared.declarations import Stream
from salesapi.domain.shared.references import parts_of_hint
from salesapi.eventlog.codec import ERASING

DOMAIN: Final = Path(inspect.getfile(salesapi.domain)).parent
FILES: Final = sorted(DOMAIN.rglob("*.py"))
SOURCE: Final = DOMAIN.parent
SOURCES: Final = sorted(file for file in SOURCE.rglob("*.py") if "StreamRef(" in file.read_text())
KINDS: Final = {stream.kind for stream in STREAMS}
WIRING: Final = "salesapi.domain.catalogue"
"""The one module that names every capability as a whole."""


def _name(file: Path) -> str:
    parts = ("salesapi", "domain", *file.relative_to(DOMAIN).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _taken(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Module, name and line of everything that a file takes from the domain, by import or by way of a whole module."""
    whole: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("salesapi.domain"):
            for alias in node.names:
                path = f"{node.module}.{alias.name}"
                if _is_module(path):
                    whole[alias.asname or alias.name] = path
                else:
                    yield node.module or "", alias.name, node.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in whole:
            yield whole[node.value.id], node.attr, node.lineno


def _is_module(path: str) -> bool:
    return path in {_name(file) for file in FILES}


def _deciders(streams: Iterable[object]) -> set[object]:
    return {command.decide for stream in streams if isinstance(stream, Stream) for command in stream.commands}


DECIDERS: Final = _deciders(STREAMS)


def _offences(source: str, own: set[object]) -> list[str]:
    """Lists what a module takes of another capability and must not; `own` are the deciders of the module's streams."""
    found = []
    for module, name, line in _taken(ast.parse(source)):
        taken = getattr(importlib.import_module(module), name)
        if isinstance(taken, Stream):
            found.append(f"line {line}: {module}.{name} is a stream; read it from the catalogue")
        if inspect.isfunction(taken) and taken in DECIDERS - own:
            found.append(f"line {line}: {module}.{name} decides; let consequences.py give its command")
        if inspect.isfunction(taken) and name.startswith("_"):
            found.append(f"line {line}: {module}.{name} is private to its module")
    return found


@pytest.mark.parametrize("file", [file for file in FILES if _name(file) != WIRING], ids=_name)
def test_a_module_of_the_domain_takes_no_decision_of_another_capability(file: Path) -> None:
    own = _deciders(vars(importlib.import_module(_name(file))).values())
    assert _offences(file.read_text(), own) == []


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_whatever_decides_a_command_is_declared_with_it(file: Path) -> None:
    module = importlib.import_module(_name(file))
    deciding = [
        name
        for name, found in vars(module).items()
        if inspect.isfunction(found)
        and found.__module__ == module.__name__
        and list(inspect.signature(found).parameters)[1:3] == ["command", "context"]
    ]
    undeclared = [name for name in deciding if vars(module)[name] not in DECIDERS | set(FOLLOWING.values())]
    assert undeclared == [], (
        f"{file.name}: declare its command in the stream's `commands`, or what follows in `FOLLOWING`"
    )


def test_every_event_is_decided_by_some_command() -> None:
    """Those by which a thing loses what is personal follow from the decision on the person."""
    for stream in STREAMS:
        results = [get_type_hints(command.decide)["return"] for command in stream.commands]
        decided = {part for result in results for part in parts_of_hint(result)}
        decided |= {event.event for event in stream.events if event.name.endswith(ERASING)}
        undecided = [event.name for event in stream.events if event.event not in decided]
        assert undecided == [], f"{stream.kind}: no decider's signature names them"


FORBIDDEN: Final = (
    "from salesapi.domain.selling.deal_decisions import open_deal",
    "from salesapi.domain.selling import deal_decisions\ndeal_decisions.win",
    "from salesapi.domain.selling.deal_decisions import STREAM",
    "from salesapi.domain.selling.deal_decisions import _refuse_closed",
)


@pytest.mark.parametrize("source", FORBIDDEN)
def test_the_rule_finds_a_decision_by_whichever_way_it_is_taken(source: str) -> None:
    assert len(_offences(source, set())) == 1


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_no_float_touches_the_domain(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        is_float = is_literal or (isinstance(node, ast.Name) and node.id == "float")
        assert not is_float, f"{file.name}:{getattr(node, 'lineno', 0)} is a float; use int or Decimal"


def test_every_stream_that_is_declared_is_in_the_catalogue() -> None:
    modules = [importlib.import_module(_name(file)) for file in FILES]
    declared = [stream for module in modules for stream in vars(module).values() if isinstance(stream, Stream)]
    assert {stream.kind for stream in declared} == {stream.kind for stream in STREAMS}


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_stream_is_named_by_a_kind_that_is_declared(file: Path) -> None:
    """A need for a stream of a kind that nobody declares would find nothing, and say that the thing is unknown."""
    for node in ast.walk(ast.parse(file.read_text())):
        is_ref = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "StreamRef"
        kind = node.args[0] if is_ref and isinstance(node, ast.Call) and node.args else None
        if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
            assert kind.value in KINDS, f"{file.name}:{kind.lineno} names the kind {kind.value}"


def test_the_domain_imports_only_itself_the_standard_library_and_annotated_types() -> None:
    allowed = {*sys.stdlib_module_names, "annotated_types", "salesapi"}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                assert module.split(".")[0] in allowed, f"{file.name} imports {module}"
                assert not module.startswith("salesapi") or module.startswith("salesapi.domain"), (
                    f"{file.name}: {module}"
                )

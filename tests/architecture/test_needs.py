"""What a decider reads of other streams is what its command refers to or its needs name: nothing else is loaded for it."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import is_dataclass
from types import FunctionType, ModuleType
from typing import Final, get_type_hints

import pytest

from salesapi.domain.catalogue import STREAMS
from salesapi.domain.shared import references
from salesapi.domain.shared.declarations import AnyCommand
from salesapi.domain.shared.references import parts_of_hint, referring_fields

REFS: Final = {"PayFactsRef", "TreeRootRef"}
"""What a decider reads besides streams."""
COMMANDS: Final = [command for stream in STREAMS for command in stream.commands]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.command.__name__)
def test_a_decider_reads_what_its_command_refers_to_or_its_needs_name(command: AnyCommand) -> None:
    asked = {*read_in(command.needs, set()), *referred(command.command)}
    benefits = command.duty.benefits if command.duty else None
    unasked = {*read_in(command.decide, set()), *read_in(benefits, set())} - asked
    assert not unasked, (
        f"{command.command.__name__}: its decider reads {', '.join(sorted(unasked))}; "
        "name it in `needs`, or mark the id by Refers"
    )


def test_there_are_deciders_that_read_other_streams() -> None:
    reading = [command for command in COMMANDS if {*read_in(command.decide, set())}]
    assert len(reading) > 20


def read_in(function: object, seen: set[object]) -> Iterator[str]:
    """The kinds of streams, and the other things, that a function of the domain names or a function that it calls."""
    function = inspect.unwrap(function) if callable(function) else function
    is_ours = isinstance(function, FunctionType) and function.__module__.startswith("salesapi.domain")
    if not isinstance(function, FunctionType) or not is_ours or function.__module__ == references.__name__:
        return
    if function in seen:
        return
    seen.add(function)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call):
            yield from kinds_named(node)
        if isinstance(node, ast.Name):
            yield from read_in(function.__globals__.get(node.id), seen)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = function.__globals__.get(node.value.id)
            if isinstance(module, ModuleType):
                yield from read_in(getattr(module, node.attr, None), seen)


def kinds_named(call: ast.Call) -> Iterator[str]:
    """The kind in `StreamRef("customer", ...)`; one that is found at run time can't be told."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "StreamRef" and isinstance(call.args[0], ast.Constant):
        yield str(call.args[0].value)
    elif name in REFS:
        yield name


def referred(record: type) -> Iterator[str]:
    """The kinds that a record refers to, and the records in it."""
    hints = get_type_hints(record, include_extras=True)
    for field in referring_fields(record):
        if field.kind:
            yield field.kind
        for part in parts_of_hint(hints[field.name]):
            if isinstance(part, type) and is_dataclass(part):
                yield from referred(part)

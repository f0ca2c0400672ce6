"""The measures of the house style hold everywhere but at the places of `exceptions.py`, and those get fewer."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.architecture import exceptions
from tests.architecture.measures import (
    FILE_LINES_MAX,
    FUNCTION_LINES_MAX,
    POSITIONAL_MAX,
    Measure,
    confusable,
    long_files,
    long_functions,
    many_positional,
    places,
    unchecked_callables,
)
from tests.conftest import REPOSITORY

EVERYWHERE: Final = ("src", "tests", "bench")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One measure, the folders that it holds in, its exceptions, and what to do about a new place."""

    measure: Measure
    folders: tuple[str, ...]
    exceptions: frozenset[str]
    advice: str


RULES: Final = {
    "file lines": Rule(
        measure=long_files,
        folders=EVERYWHERE,
        exceptions=exceptions.LONG_FILES,
        advice=f"has more than {FILE_LINES_MAX} lines; part it by subject",
    ),
    "function lines": Rule(
        measure=long_functions,
        folders=EVERYWHERE,
        exceptions=frozenset(),
        advice=f"has more than {FUNCTION_LINES_MAX} lines; take a step out of it",
    ),
    "positional arguments": Rule(
        measure=many_positional,
        folders=("src",),
        exceptions=exceptions.MANY_POSITIONAL,
        advice=f"takes more than {POSITIONAL_MAX} arguments by position; put `*` before those that a call should name",
    ),
    "arguments of one type": Rule(
        measure=confusable,
        folders=("src",),
        exceptions=exceptions.CONFUSABLE,
        advice="takes two arguments of one type by position, which a call may swap; put `*` before them",
    ),
    "unchecked callables": Rule(
        measure=unchecked_callables,
        folders=("src",),
        exceptions=exceptions.UNCHECKED_CALLABLES,
        advice="says `Callable[..., X]`, so that no wrong function is told; name the arguments or take a type parameter",
    ),
}


@cache
def places_of(name: str) -> frozenset[str]:
    rule = RULES[name]
    return frozenset(places(rule.measure, source_files(rule.folders)))


def source_files(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_style_holds_but_for_its_exceptions(name: str) -> None:
    rule = RULES[name]
    assert [f"{place} {rule.advice}" for place in sorted(places_of(name) - rule.exceptions)] == []


@pytest.mark.parametrize("name", RULES)
def test_an_exception_that_is_no_longer_needed_is_taken_off_the_list(name: str) -> None:
    unneeded = sorted(RULES[name].exceptions - places_of(name))
    assert unneeded == [], "take these off the list in tests/architecture/exceptions.py"


@pytest.mark.parametrize(
    ("measure", "source", "found"),
    [
        (long_files, "x = 1\n" * FILE_LINES_MAX, []),
        (long_files, "x = 1\n" * (FILE_LINES_MAX + 1), [""]),
        (long_functions, "def f():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1), []),
        (long_functions, "class A:\n  async def f(self):\n" + "    x = 1\n" * FUNCTION_LINES_MAX, ["A.f"]),
        (many_positional, "class A:\n  def f(self, a, b, c, d, *, e): ...", []),
        (many_positional, "def f():\n  def g(a, b, /, c, d, e): ...", ["f.g"]),
        (confusable, "def f(a: int, b: str, *, c: int): ...", []),
        (confusable, "def _f(a: int, b: int): ...\nclass _A:\n  def f(self, a: int, b: int): ...", []),
        (confusable, "class A:\n  def __init__(self, a: int, b: str, c: int): ...", ["A.__init__"]),
        (unchecked_callables, "Decide: T = Callable[[int], str]", []),
        (unchecked_callables, "class A:\n  evolve: Callable[..., object] | None = None", ["A.evolve"]),
        (unchecked_callables, "def f(query: collections.abc.Callable[..., int]) -> int: ...", ["f"]),
    ],
)
def test_a_measure_finds_what_breaks_its_rule(measure: Measure, source: str, found: list[str]) -> None:
    assert list(measure(source)) == found

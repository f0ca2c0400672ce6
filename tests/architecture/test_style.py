"""The measures of the house style hold everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

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
    """One measure, the folders that it holds in, and what to do about a place that breaks it."""

    measure: Measure
    folders: tuple[str, ...]
    advice: str


RULES: Final = {
    "file lines": Rule(
        measure=long_files,
        folders=EVERYWHERE,
        advice=f"has more than {FILE_LINES_MAX} lines; part it by subject",
    ),
    "function lines": Rule(
        measure=long_functions,
        folders=EVERYWHERE,
        advice=f"has more than {FUNCTION_LINES_MAX} lines; take a step out of it",
    ),
    "positional arguments": Rule(
        measure=many_positional,
        folders=("src",),
        advice=f"takes more than {POSITIONAL_MAX} arguments by position; put `*` before those that a call should name",
    ),
    "arguments of one type": Rule(
        measure=confusable,
        folders=("src",),
        advice="takes two arguments of one type by position, which a call may swap; put `*` before them",
    ),
    "unchecked callables": Rule(
        measure=unchecked_callables,
        folders=("src",),
        advice="says `Callable[..., X]`, so that no wrong function is told; name the arguments or take a type parameter",
    ),
}


def source_files(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_style_holds(name: str) -> None:
    rule = RULES[name]
    assert [f"{place} {rule.advice}" for place in sorted(places(rule.measure, source_files(rule.folders)))] == []


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

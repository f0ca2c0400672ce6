"""Where a problem of a plan stands: that of a part as the whole sees it, and what is named twice in a list. Pure.

Pointers are JSON pointers (RFC 6901).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from salesapi.domain.pay.rules.tables import Problem

Part = TypeVar("Part")


def at(pointer: str, found: Problem | None) -> Iterator[Problem]:
    """A problem of a part, seen from the whole."""
    if found is not None:
        yield Problem(pointer=f"{pointer}{found.pointer}", reason=found.reason)


def of_part(pointer: str, part: Part | None, problem: Callable[[Part], Problem | None]) -> Iterator[Problem]:
    """The problem of a part, seen from the whole; a part that is not stated has none."""
    if part is not None:
        yield from at(pointer, problem(part))


def of_stated(part: Part | None, problems: Callable[[Part], Iterator[Problem]]) -> Iterator[Problem]:
    """The problems of a part, which say themselves where it stands; one that is not stated has none."""
    if part is not None:
        yield from problems(part)


def named_twice(pointer: str, values: Sequence[str]) -> Iterator[Problem]:
    """Each value of a list that stands in it before."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(pointer=f"{pointer}/{index}", reason=f"{value} is named twice")

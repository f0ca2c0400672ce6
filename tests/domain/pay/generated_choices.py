"""Choices of a seeded random, as all generated plans make them."""

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar, get_args

Made = TypeVar("Made")


def maybe(random: Random, share: float, make: Callable[[Random], Made]) -> Made | None:
    """Makes a value in this share of the cases, else None."""
    return make(random) if random.random() < share else None


def one_of(random: Random, literal: Any) -> Any:
    """One of the words of a literal type."""
    return random.choice(get_args(literal))

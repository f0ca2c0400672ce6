"""How a start tells what it does, in plain sentences without secrets."""

from collections.abc import Callable
from typing import TypeAlias

LogProgress: TypeAlias = Callable[[str], None]


def say_nothing(sentence: str) -> None:
    """Keep progress to oneself."""

"""What a fact holds of an API key: its prefix and the digest of the whole. The key itself never comes this far.

A bearer key reads `sk_<prefix>_<secret>`. The door makes it when a command asks for one, hands the command the digest, and
answers the key once, beside the receipt: no decider, no event and no table ever has it.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Final, get_type_hints
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.kernel import About, natural_id, record

PREFIX_LENGTH: Final = 12
"""Hexadecimal digits that name a new key: two of a million keys have one in common with odds of 1 to 500."""
PREFIX_LENGTH_OLD: Final = 8
"""Digits of keys that were made before keys were facts."""


@dataclass(frozen=True, slots=True)
class MadeAtDoor:
    """Marks the field of a command that no client sends: the door makes a key, and fills the field with its digest."""


@record
class KeyDigest:
    """The part of a key that may be known: the prefix names it, and SHA-256 of all of its 256 random bits proves it."""

    prefix: Annotated[str, MinLen(PREFIX_LENGTH_OLD), MaxLen(PREFIX_LENGTH), About("Hexadecimal digits, lower case.")]
    sha256: Annotated[str, MinLen(64), MaxLen(64), About("SHA-256 of the key, hexadecimal.")]


def key_id(prefix: str) -> UUID:
    """The id of the key with this prefix: whoever is shown a key finds its stream without any index."""
    return natural_id("api_key", prefix)


@cache
def made_at_door(command: type) -> str | None:
    """The name of the command's field that the door fills, where it has one."""
    hints = get_type_hints(command, include_extras=True)
    marked = [
        field.name
        for field in fields(command)
        if any(isinstance(part, MadeAtDoor) for part in getattr(hints[field.name], "__metadata__", ()))
    ]
    return marked[0] if marked else None

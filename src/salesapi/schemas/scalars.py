"""The wide integers of the wire: JSON integers within 2^53 in REST, `BigInt` in GraphQL, because its `Int` has 32 bits."""

from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Wide:
    """Marks an integer that may not fit into 32 bits."""


WIDE: Final = Wide()
Position: TypeAlias = Annotated[int, WIDE]
"""A place in the log, from 1."""
Amount: TypeAlias = Annotated[int, WIDE]
"""Minor units of a currency (ISO 4217 exponent)."""

"""The forms that filters of lists share, with their bounds."""

from typing import Annotated, Final, TypeAlias
from uuid import UUID

from annotated_types import MaxLen, MinLen

from salesapi.domain.shared.kernel import Key

CHOSEN_MAX: Final = 100
"""Most values of one filter that takes several."""
SEARCH_LENGTH_MAX: Final = 100
"""Longest text to search for, in characters."""

Uuids: TypeAlias = Annotated[tuple[UUID, ...], MinLen(1), MaxLen(CHOSEN_MAX)]
Keys: TypeAlias = Annotated[tuple[Key, ...], MinLen(1), MaxLen(CHOSEN_MAX)]
SearchText: TypeAlias = Annotated[str, MinLen(1), MaxLen(SEARCH_LENGTH_MAX)]

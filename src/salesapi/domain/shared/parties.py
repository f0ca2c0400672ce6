"""Parties: what leads and customers have in common, a kind and ways to reach them. Value types without a stream."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen

CustomerKind: TypeAlias = Literal["company", "person"]
PhoneText: TypeAlias = Annotated[str, MaxLen(60)]
EmailText: TypeAlias = Annotated[str, MaxLen(254)]
